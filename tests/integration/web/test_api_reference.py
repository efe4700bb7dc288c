import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "api.md"
_EXAMPLE = re.compile(
    r"```http\n(?P<method>[A-Z]+) (?P<path>\S+)\n(?P<body>.*?)```"
    r"(?:\n\n```json\n(?P<response>.*?)```)?",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Example:
    method: str
    path: str
    body: str
    response: str | None


def examples() -> list[Example]:
    return [Example(**match.groupdict()) for match in _EXAMPLE.finditer(PAGE.read_text("utf-8"))]


def differences(found: object, shown: object, place: str = "") -> list[str]:
    """Places where one has fields that the other lacks; an empty list is like any other."""
    if isinstance(found, list) and isinstance(shown, list):
        return differences(found[0], shown[0], f"{place}[]") if found and shown else []
    if not isinstance(found, dict) or not isinstance(shown, dict):
        return [] if type(found) is type(shown) else [place]
    if place in (".counts", ".figures"):
        return []
    lacking = [f"{place}.{name}" for name in sorted(found.keys() ^ shown.keys())]
    both = found.keys() & shown.keys()
    inner = [differences(found[name], shown[name], f"{place}.{name}") for name in sorted(both)]
    return [*lacking, *(one for places in inner for one in places)]


def test_every_route_has_an_example() -> None:
    shown = {(example.method, example.path.split("?")[0]) for example in examples()}

    assert shown == {
        ("POST", "/v1/ask"),
        ("POST", "/v1/feedback"),
        ("POST", "/v1/clicks"),
        ("DELETE", "/v1/interactions/<interaction_id>"),
        ("GET", "/v1/suggest"),
        ("GET", "/v1/questions"),
        ("GET", "/v1/answers/faq-04"),
        ("GET", "/v1/index"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
    }


@pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.method} {one.path}")
def test_example_gets_a_response_of_the_shape_shown(example: Example, client: TestClient) -> None:
    response = send(client, example)

    if example.response is None:
        assert response == b""
    else:
        assert differences(json.loads(response), json.loads(example.response)) == []


def send(client: TestClient, example: Example) -> bytes:
    """Send the example, put into the words of the small corpus that the tests share."""
    first = client.post("/v1/ask", json={"question": PAY}).json()
    path = example.path.replace("faq-04", "faq-pay").replace("can+you+learn", "do+cooks+earn")
    path = path.replace("<interaction_id>", first["interaction_id"])
    body = example.body.replace("<interaction_id>", first["interaction_id"])
    body = body.replace("Can you learn machine learning on your own?", PAY)
    given: dict[str, Any] = {"json": json.loads(body)} if body else {}
    return client.request(example.method, path, **given).content


PAY = "Do cooks earn more than bakers?"
