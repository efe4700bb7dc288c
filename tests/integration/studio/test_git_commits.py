import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from service.api.people import RECORDS, PersonRecord
from service.settings import Switch
from tests.integration.studio.test_content_routes import ENTRIES, FILE, TEXT, VISIT
from tests.support.content_files import write
from tests.support.serving import serving, settings_for

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_edit_is_committed_in_the_name_of_its_editor_and_nothing_besides(tmp_path: Path) -> None:
    folder = write(tmp_path / "site", {f"content/{FILE}": TEXT, "other.txt": "one"})
    git(folder, "init", "--quiet")
    write(folder, {"other.txt": "two"})
    git(folder, "add", "other.txt")
    record = PersonRecord(name="Ann Lee", role="editor", token_sha256=sha256(b"ann").hexdigest())
    people = tmp_path / "people.json"
    people.write_bytes(RECORDS.dump_json([record]))
    settings = settings_for(
        tmp_path / "index",
        corpus_dir=folder / "content",
        people_file=people,
        content_commits=Switch.ON,
    )

    with serving(settings) as client:
        headers = {"Authorization": "Bearer ann", "If-Match": "*"}
        created = client.post(ENTRIES, json=VISIT, headers=headers)
        deleted = client.delete(f"{ENTRIES}/{created.json()['id']}", headers=headers)

    assert (created.status_code, deleted.status_code) == (201, 204)
    log = git(folder, "log", "--format=%an|%cn|%s", "--name-only").split("\n")
    assert [line for line in log if line] == [
        f"Ann Lee|Ann Lee|Edit {FILE}",
        f"content/{FILE}",
        f"Ann Lee|Ann Lee|Edit {FILE}",
        f"content/{FILE}",
    ]
    assert git(folder, "status", "--porcelain").splitlines()[:1] == ["A  other.txt"]


def test_folder_that_is_no_checkout_is_edited_all_the_same(tmp_path: Path) -> None:
    folder = write(tmp_path / "content", {FILE: TEXT})
    settings = settings_for(tmp_path / "index", corpus_dir=folder, content_commits=Switch.ON)

    with serving(settings) as client:
        headers = {"Authorization": "Bearer sesame-sesame-sesame"}
        assert client.post(ENTRIES, json=VISIT, headers=headers).status_code == 201

    assert "May I visit you?" in (folder / FILE).read_text("utf-8")
