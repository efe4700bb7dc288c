"""Each site has a studio of its own, or none."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest
from fastapi.testclient import TestClient

from service.api.people import RECORDS, PersonRecord
from service.settings import SettingsError
from tests.support.hosting import BAKERY, KITCHEN, TOKENS, hosting, sites_file
from tests.support.paths import CONTENT

ENTRIES = "/v1/content/entries"
VISIT = {"question": "May I visit you?", "answer": "Yes.", "owner": "HR", "reviewed": "2026-11-20"}


@pytest.fixture
def client(sites_folder: Path) -> Iterator[TestClient]:
    for key in TOKENS:
        copytree(CONTENT, sites_folder / "content" / key)
    record = PersonRecord(name="Ann", role="editor", token_sha256=sha256(b"ann").hexdigest())
    (sites_folder / "people.json").write_bytes(RECORDS.dump_json([record]))
    own = {"corpus_dir": "content/bakery", "people_file": "people.json"}
    other = {"corpus_dir": "content/kitchen"}
    with hosting(sites_folder, sites_file(sites_folder, bakery=own, kitchen=other)) as client:
        yield client


def test_edit_of_one_site_is_none_of_another(client: TestClient, sites_folder: Path) -> None:
    headers = {"Authorization": f"Bearer {TOKENS['bakery']}"}

    created = client.post(f"{BAKERY}{ENTRIES}", json=VISIT, headers=headers)

    assert created.status_code == 201
    assert created.headers["location"] == f"{BAKERY}{ENTRIES}/may-i-visit-you"
    assert client.get(created.headers["location"], headers=headers).status_code == 200
    files = [sites_folder / "content" / key / "faqs" / "jobs.yaml" for key in TOKENS]
    assert ["May I visit" in path.read_text("utf-8") for path in files] == [True, False]


@pytest.mark.parametrize(
    ("site", "token", "status"),
    [
        (BAKERY, "ann", 200),
        (KITCHEN, "ann", 401),
        (KITCHEN, TOKENS["bakery"], 401),
        (KITCHEN, TOKENS["kitchen"], 200),
        ("", TOKENS["bakery"], 404),
    ],
)
def test_token_of_one_site_opens_no_other(
    client: TestClient, site: str, token: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    assert client.get(f"{site}{ENTRIES}", headers=headers).status_code == status


def test_key_of_this_machine_opens_no_site(client: TestClient) -> None:
    assert client.get(f"{BAKERY}/admin/enter?key=guess").status_code == 401


@pytest.mark.parametrize("name", ["corpus_dir", "people_file"])
def test_setting_that_each_site_has_is_refused_for_the_service(
    sites_folder: Path, name: str
) -> None:
    file = sites_file(sites_folder)

    with (
        pytest.raises(SettingsError, match=f"FAQ_{name.upper()}"),
        hosting(sites_folder, file, **{name: sites_folder}),
    ):
        pass
