import stat
from pathlib import Path

import pytest

from service.api.people import People, Role
from tests.support.commands import run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "people.json"


def test_person_who_is_added_has_the_token_that_is_shown(file: Path) -> None:
    result = run("people", "add", "Ann Lee", "--role", "publisher", "--file", str(file))

    token = result.stdout.split("I show only this once: ")[1].strip()
    person = People(file, ()).by_token(token)
    assert person is not None
    assert (person.name, person.role) == ("Ann Lee", Role.PUBLISHER)
    assert token not in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listed = run("people", "list", "--file", str(file))
    assert listed.stdout == "Ann Lee\tpublisher\tby a token\n"


def test_person_who_is_added_again_has_a_new_token(file: Path) -> None:
    tokens = [
        run("people", "add", "Ann", "--file", str(file)).stdout.split("once: ")[1].strip()
        for _ in range(2)
    ]

    people = People(file, ())
    assert people.by_token(tokens[0]) is None
    assert people.by_token(tokens[1]) is not None


def test_person_who_is_removed_is_nobody(file: Path) -> None:
    run("people", "add", "Ann", "--by-proxy", "--file", str(file))

    assert run("people", "remove", "Ann", "--file", str(file)).exit_code == 0
    listed = run("people", "list", "--file", str(file))
    assert listed.stdout == ""
    assert listed.stderr == "Nobody is listed. Add somebody with: careers-faq people add NAME\n"
    assert run("people", "remove", "Ann", "--file", str(file)).exit_code == 1


def test_name_or_role_that_cannot_be_is_wrong_usage(file: Path) -> None:
    assert run("people", "add", "Ann", "--role", "boss", "--file", str(file)).exit_code == 2
    assert run("people", "add", " ", "--file", str(file)).exit_code == 2


def test_damaged_file_is_named_and_kept(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("{")

    result = run("people", "add", "Ann", "--file", str(file))

    assert result.exit_code == 1
    assert str(file) in result.stderr
    assert file.read_text() == "{"
    assert People(file, ()).by_token("x") is None
