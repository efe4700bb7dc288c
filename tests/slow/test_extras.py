"""Whoever sets nothing pays for nothing: what the extras bring is neither installed nor loaded."""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT
from tests.support.running import started

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OPTIONAL = {
    canonicalize_name(Requirement(line).name)
    for extra, lines in PROJECT["optional-dependencies"].items()
    if extra != "dev"
    for line in lines
}
"""What some extra asks for, but the tools of the tests."""

OURS = {
    "index.versions.replication",
    "index.milvus.search",
    "index.milvus.client",
    "service.extras.mcp.server",
    "service.api.redis_limiter",
    "service.ops.tracing",
}
"""What of ours drives them."""


def needed(lines: list[str], extras: frozenset[str] = frozenset()) -> Iterator[Requirement]:
    """The requirements that apply here, with these extras of whoever asks."""
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if not marker or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def installed_with(lines: list[str]) -> set[str]:
    """Everything that pip would install for these requirements."""
    waiting, found = list(needed(lines)), {}
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in found:
            found[key] = requirement
            waiting += needed(requires(requirement.name) or [], key[1])
    return {name for name, _ in found}


def test_service_alone_installs_nothing_that_only_an_extra_needs() -> None:
    alone = installed_with(PROJECT["dependencies"])

    assert {"fastapi", "numpy", "tokenizers"} <= alone
    # These come with FastAPI and tokenizers, whoever wants them.
    assert alone & OPTIONAL == {"fsspec", "huggingface-hub", "opentelemetry-api"}
    assert alone.isdisjoint({"aiohttp", "botocore", "grpcio", "pandas", "psycopg-binary"})


@pytest.mark.model
@pytest.mark.socket
def test_question_is_answered_without_a_module_of_an_extra(
    real_index: Path, tmp_path: Path
) -> None:
    told = (sys.executable, "-X", "importtime", "-m", "service")
    asked = json.dumps({"question": "Do cooks earn more than bakers?"}).encode()
    kind = {"Content-Type": "application/json"}

    with started(tmp_path, command=told, FAQ_INDEX_DIR=str(real_index)) as (_, address):
        request = Request(f"{address}/v1/ask", asked, kind)  # noqa: S310 - always http
        with urlopen(request, timeout=60) as response:  # noqa: S310 - as above
            outcome = json.load(response)["outcome"]

    text = (tmp_path / "log").read_text("utf-8")
    loaded = set(re.findall(r"^import time: +\d+ \| +\d+ \| +([\w.]+)$", text, re.MULTILINE))
    barred = {
        top
        for top, owners in packages_distributions().items()
        if not OPTIONAL.isdisjoint(map(canonicalize_name, owners))
    }
    # FastAPI itself loads the API of OpenTelemetry, which does nothing without what follows.
    barred = barred - {"opentelemetry"} | {"aiohttp", "botocore", "pandas"}
    assert outcome == "answer"
    assert {
        "service.answering.pipeline",
        "index.search.vector_index",
        "faiss",
        "sqlalchemy",
    } <= loaded
    assert {"redis", "pymilvus", "grpc", "fsspec", "s3fs", "psycopg", "mcp", "torch"} <= barred
    assert {name for name in loaded if name.partition(".")[0] in barred} == set()
    assert loaded.isdisjoint(OURS)
    assert not any(name.startswith(("opentelemetry.sdk", "opentelemetry.exp")) for name in loaded)
