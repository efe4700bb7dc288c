import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from typer.testing import Result

from corpus import Corpus
from index.building.builder import Recipe, build
from index.versions import version_store
from tests.support import commands
from tests.support.encoding import HandEncoder
from tests.support.publishing import edit_manifest


def run(*arguments: object) -> Result:
    return commands.run("versions", *arguments)


@pytest.fixture
def out(index_folder: Path, tmp_path: Path) -> Path:
    """An index to change, whose one version is dated long ago."""
    folder = shutil.copytree(index_folder, tmp_path / "index")
    edit_manifest(folder, version_store.current(folder), built_at="2001-01-01T00:00:00Z")
    return folder


@pytest.fixture
def old(out: Path) -> str:
    return version_store.current(out)


@pytest.fixture
def new(corpus: Corpus, out: Path, old: str, runtime: Path, tmp_path: Path) -> str:
    """A second version, which is the live one."""
    changed = replace(corpus, content_hash=f"after {old}")
    return build(changed, out, HandEncoder(), Recipe(runtime), cache=tmp_path / "cache").version


def test_versions_are_listed_newest_first_with_the_live_one_marked(
    out: Path, old: str, new: str
) -> None:
    result = run("list", "--out", out)

    rows = [line.split() for line in result.stdout.splitlines() if "by-hand" in line]
    assert [row[:2] for row in rows] == [["live", new], [old, "2001-01-01"]]
    assert result.exit_code == 0


def test_version_that_cannot_be_read_is_counted_below_the_list(
    out: Path, old: str, new: str
) -> None:
    edit_manifest(out, old, format=1)

    result = run("list", "--out", out)

    assert new in result.stdout
    assert old not in result.stdout
    assert result.stderr.startswith("1 version cannot be read. To see why, run: careers-faq")


def test_folder_of_the_service_is_meant_where_none_is_named(out: Path, old: str) -> None:
    result = commands.run("versions", "verify", settings={"FAQ_INDEX_DIR": str(out)})

    assert result.stdout.startswith(f"{old}:")


def test_whole_versions_are_verified(out: Path, old: str, new: str) -> None:
    result = run("verify", "--out", out)

    assert result.exit_code == 0
    assert {line.split(":")[0] for line in result.stdout.splitlines()} == {old, new}


@pytest.mark.parametrize("named", [False, True], ids=["all", "one"])
def test_corrupt_version_is_reported_by_file(out: Path, old: str, new: str, named: bool) -> None:
    (out / "versions" / old / "units.json").write_text("[]")

    result = run("verify", *([old] if named else []), "--out", out)

    assert result.exit_code == 1
    assert "units.json is not what was built" in result.stdout
    assert (f"{new}:" in result.stdout) is not named


def test_rollback_makes_the_version_before_the_live_one(out: Path, old: str, new: str) -> None:
    result = run("rollback", "--out", out, "--by", "Ann")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Version {old} is live.\nRolled back to {old} on ")
    assert "by Ann (" in result.stdout
    assert version_store.current(out) == old


def test_rollback_makes_the_named_version_live(out: Path, old: str, new: str) -> None:
    run("rollback", "--out", out)

    run("rollback", new, "--out", out)

    assert version_store.current(out) == new


def test_rollback_without_an_older_version_changes_nothing(out: Path, old: str) -> None:
    result = run("rollback", "--out", out)

    assert result.exit_code == 1
    assert "No version" in result.output
    assert version_store.current(out) == old


def test_rollback_to_a_corrupt_version_changes_nothing(out: Path, old: str, new: str) -> None:
    (out / "versions" / old / "units.json").write_text("[]")

    result = run("rollback", "--out", out)

    assert result.exit_code == 1
    assert "units.json" in result.output
    assert version_store.current(out) == new


def test_prune_keeps_the_newest_versions_and_what_an_undo_leads_to(
    corpus: Corpus, out: Path, old: str, new: str, runtime: Path, tmp_path: Path
) -> None:
    another = replace(corpus, content_hash="another")
    steps = Recipe(runtime)
    unused = build(another, out, HandEncoder(), steps, cache=tmp_path / "c", publish=False).version
    edit_manifest(out, unused, built_at="2000-01-01T00:00:00Z")

    result = run("prune", "--keep", 1, "--out", out)

    assert (result.exit_code, result.stdout) == (0, f"I deleted {unused}.\n")
    assert version_store.version_names(out) == tuple(sorted([old, new]))


def test_list_shows_who_made_a_version_live_and_what_that_changed(
    out: Path, old: str, new: str
) -> None:
    run("rollback", "--out", out, "--by", "Ann")

    table = run("list", "--out", out).stdout
    shown = run("list", old, "--out", out)

    assert re.search(rf"live +{old} .* Ann \(.*\) +no answer changed", table)
    assert shown.stdout.startswith(f"Rolled back to {old} on ")
    assert f"Before that, {new} was live." in shown.stdout


def test_version_without_a_publication_record_says_so(out: Path, old: str) -> None:
    result = run("list", old, "--out", out)

    assert (result.exit_code, result.stdout) == (
        0,
        f"I have no record of publishing {old}.\n",
    )


def test_unknown_version_is_an_error(out: Path) -> None:
    result = run("list", "ffffffffffff", "--out", out)

    assert result.exit_code == 1
    assert "There is no version" in result.output


def test_prune_keeps_the_live_version_however_old(out: Path, old: str, new: str) -> None:
    version_store.publish(out, old)

    result = run("prune", "--keep", 1, "--out", out)

    assert result.stdout == "There's nothing to delete.\n"
    assert version_store.version_names(out) == tuple(sorted([old, new]))


@pytest.mark.parametrize("command", ["rollback", "prune"])
def test_who_holds_the_lock_is_reported(command: str, out: Path, old: str, new: str) -> None:
    with version_store.building(out):
        result = run(command, "--out", out)

    assert result.exit_code == 1
    assert f"{out} is in use by " in result.output
    assert f"process {os.getpid()} on " in result.output
    assert "add --wait" in result.output


def test_waiting_says_for_whom_and_goes_on_when_the_lock_is_free(
    out: Path, old: str, new: str
) -> None:
    locked, free = Event(), Event()

    def build() -> None:
        with version_store.building(out):
            locked.set()
            free.wait()

    with ThreadPoolExecutor(2) as threads:
        building = threads.submit(build)
        locked.wait()
        waiting = threads.submit(run, "rollback", "--wait", "--out", out)
        wait([waiting], timeout=0.5)
        was_live = version_store.current(out)
        free.set()
        building.result()
        result = waiting.result()

    assert was_live == new
    assert result.stdout.startswith("Waiting for ")
    assert version_store.current(out) == old


@pytest.mark.parametrize("command", ["list", "verify", "rollback", "prune", "push"])
def test_help_has_an_example(command: str) -> None:
    assert f"careers-faq versions {command}" in run(command, "--help").stdout
