import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus
from index.building.builder import Recipe, build
from index.errors import IndexBusy, IndexCorrupt, UnknownVersion
from index.versions import publication_history, version_store
from index.versions.publication_history import (
    Act,
    AnswerChange,
    PublicationChanges,
    PublishedVersion,
    TextChanges,
    published_version,
)
from tests.support.encoding import HandEncoder
from tests.support.publishing import date_in_one_second

CHANGES = PublicationChanges(
    live=None,
    texts=TextChanges(("n",), ("g",), ("c",)),
    answers=(AnswerChange("q", "a", "b"),),
    worse=(AnswerChange("w", "a", "b"),),
    better=(AnswerChange("r", "b", "a"),),
    failed=("q",),
    overruled=("a reason",),
)


@pytest.fixture
def versions(corpus: Corpus, out: Path, runtime: Path, tmp_path: Path) -> Sequence[str]:
    """Versions that are there; the first is live."""
    others = [
        build(
            replace(corpus, content_hash=str(number)),
            out,
            HandEncoder(),
            Recipe(runtime),
            cache=tmp_path / "cache",
            publish=False,
        ).version
        for number in range(3)
    ]
    return (version_store.current(out), *others)


def publish(out: Path, *versions: str) -> None:
    for version in versions:
        publication_history.publish(out, version, "Ann")


def undo(out: Path, version: str | None = None) -> str:
    return publication_history.roll_back(out, version, "Bob").version


def test_publication_is_noted_with_who_and_what_changed(out: Path, versions: Sequence[str]) -> None:
    publication_history.publish(out, versions[1], "Ann", replace(CHANGES, live=versions[0]))

    (noted,) = publication_history.history(out)
    assert version_store.current(out) == versions[1]
    assert (noted.act, noted.version, noted.before) == (Act.PUBLISH, versions[1], versions[0])
    assert (noted.by, noted.texts, noted.answers) == ("Ann", CHANGES.texts, CHANGES.answers)
    assert (noted.failed, noted.overruled) == (("q",), ("a reason",))
    assert (noted.worse, noted.better) == (
        (AnswerChange("w", "a", "b"),),
        (AnswerChange("r", "b", "a"),),
    )
    assert (noted.count_worse, noted.count_better) == (1, 1)


def test_note_of_before_tested_questions_were_noted_is_read(
    out: Path, versions: Sequence[str]
) -> None:
    publication_history.publish(out, versions[1], "Ann", replace(CHANGES, live=versions[0]))
    (path,) = (out / publication_history.FOLDER).iterdir()
    written = json.loads(path.read_bytes())
    for name in ("worse", "count_worse", "better", "count_better"):
        del written[name]
    path.write_text(json.dumps(written))

    (noted,) = publication_history.history(out)

    assert (noted.answers, noted.worse, noted.count_better) == (CHANGES.answers, (), 0)


def test_undo_turns_what_got_worse_and_better_around(out: Path, versions: Sequence[str]) -> None:
    publication_history.publish(out, versions[1], "Ann", replace(CHANGES, live=versions[0]))

    undone = publication_history.roll_back(out, None, "Bob")

    assert undone.worse == (AnswerChange("r", "a", "b"),)
    assert undone.better == (AnswerChange("w", "b", "a"),)
    assert (undone.count_worse, undone.count_better) == (1, 1)


def test_long_lists_are_cut_and_counted(out: Path, versions: Sequence[str]) -> None:
    worse = tuple(AnswerChange(f"w{number}", "a", "b") for number in range(500))
    many = replace(
        CHANGES,
        live=versions[0],
        answers=CHANGES.answers * 500,
        texts=TextChanges(("n",) * 500, (), ()),
        worse=worse,
    )

    publication_history.publish(out, versions[1], "Ann", many)

    (noted,) = publication_history.history(out)
    assert (len(noted.answers), noted.changed_answers) == (publication_history.MOST_LISTED, 500)
    assert len(noted.texts.new) == publication_history.MOST_LISTED
    assert (len(noted.worse), noted.count_worse) == (publication_history.MOST_LISTED, 500)


def test_publishing_what_is_live_is_not_noted(out: Path, versions: Sequence[str]) -> None:
    publish(out, versions[0])

    assert publication_history.history(out) == ()
    assert version_store.current(out) == versions[0]


def test_version_that_went_live_since_the_review_is_not_replaced(
    out: Path, versions: Sequence[str]
) -> None:
    version_store.publish(out, versions[2])

    with pytest.raises(IndexBusy, match=f"{versions[2]} went live in the meantime"):
        publication_history.publish(out, versions[1], "Ann", replace(CHANGES, live=versions[0]))

    assert version_store.current(out) == versions[2]
    assert publication_history.history(out) == ()


def test_version_that_is_refused_leaves_no_note(out: Path, versions: Sequence[str]) -> None:
    (out / "versions" / versions[1] / "units.json").write_text("[]")

    with pytest.raises(IndexCorrupt):
        publish(out, versions[1])

    assert publication_history.history(out) == ()
    assert list((out / publication_history.FOLDER).iterdir()) == []
    assert version_store.current(out) == versions[0]


def test_note_of_what_a_dead_process_did_not_bring_about_is_left_out(
    out: Path, versions: Sequence[str]
) -> None:
    publish(out, versions[1])
    publish(out, versions[2])
    version_store.publish(out, versions[1])  # as if the process had died before the last step

    died_last = [noted.version for noted in publication_history.history(out)]
    publish(out, versions[3])
    died_before = [noted.version for noted in publication_history.history(out)]

    assert died_last == [versions[1]]
    assert died_before == [versions[1], versions[3]]


def test_note_that_cannot_be_read_is_left_out(out: Path, versions: Sequence[str]) -> None:
    publish(out, versions[1], versions[2])
    first = min((out / publication_history.FOLDER).iterdir())
    first.write_text("{")
    (out / publication_history.FOLDER / "notes.txt").touch()

    assert [noted.version for noted in publication_history.history(out)] == [versions[2]]


def test_undo_goes_to_the_version_published_before_and_a_second_one_further(
    out: Path, versions: Sequence[str]
) -> None:
    publish(out, versions[2], versions[1], versions[3])

    assert [undo(out), undo(out), undo(out)] == [versions[1], versions[2], versions[0]]


def test_undo_after_an_undo_and_a_publication_goes_to_what_was_live_then(
    out: Path, versions: Sequence[str]
) -> None:
    publish(out, versions[1], versions[2])
    undo(out)
    publish(out, versions[3])

    assert undo(out) == versions[1]


def test_undo_of_a_step_forward_goes_back(out: Path, versions: Sequence[str]) -> None:
    publish(out, versions[1], versions[2])
    undo(out)

    assert undo(out, versions[2]) == versions[2]
    assert undo(out) == versions[1]


def test_version_published_again_is_undone_to_the_one_between(
    out: Path, versions: Sequence[str]
) -> None:
    publish(out, versions[1], versions[2], versions[1])

    assert undo(out) == versions[2]


def test_undo_passes_over_versions_that_are_gone(out: Path, versions: Sequence[str]) -> None:
    publish(out, versions[1], versions[2])
    shutil.rmtree(out / "versions" / versions[1])

    assert undo(out) == versions[0]


def test_undo_notes_what_it_takes_back(out: Path, versions: Sequence[str]) -> None:
    publication_history.publish(out, versions[1], "Ann", replace(CHANGES, live=versions[0]))

    undo(out)

    noted = publication_history.history(out)[-1]
    assert (noted.act, noted.by, noted.version) == (Act.ROLLBACK, "Bob", versions[0])
    assert noted.texts == TextChanges(("g",), ("n",), ("c",))
    assert noted.answers == (AnswerChange("q", "b", "a"),)


def test_where_nothing_was_noted_an_undo_goes_to_what_was_built_before_in_the_same_second_too(
    out: Path, versions: Sequence[str]
) -> None:
    version_store.publish(out, versions[2])
    date_in_one_second(out, versions)

    assert publication_history.previous(out) == versions[1]


def test_where_nothing_was_published_before_there_is_no_undo(out: Path) -> None:
    with pytest.raises(UnknownVersion, match="was published before the live one"):
        undo(out)


def test_of_versions_that_never_went_live_all_but_the_last_are_left_over(
    out: Path, versions: Sequence[str]
) -> None:
    one, other, last = versions[1:]

    assert publication_history.leftovers(out, [one, other, last], 1) == (one, other)
    assert publication_history.leftovers(out, [one, "gone", one, other], 2) == ()
    assert publication_history.leftovers(out, [versions[0]], 0) == ()

    publish(out, one, last, other)
    undo(out)

    assert publication_history.leftovers(out, versions, 0) == ()


def test_where_nothing_is_live_nothing_is_left_over(out: Path, versions: Sequence[str]) -> None:
    (out / "current").unlink()

    assert publication_history.leftovers(out, versions, 0) == ()


def test_version_that_a_store_still_names_is_not_deleted(
    out: Path, versions: Sequence[str]
) -> None:
    assert not publication_history.discard(out, versions[1], lambda version: False)
    assert versions[1] in version_store.version_names(out)

    assert publication_history.discard(out, versions[1], lambda version: version == versions[1])
    assert versions[1] not in version_store.version_names(out)


def test_live_version_and_the_steps_back_are_protected(out: Path, versions: Sequence[str]) -> None:
    publish(out, versions[1], versions[2], versions[3])
    before = publication_history.protected(out)

    undo(out)

    assert before == {versions[3], versions[2]}
    assert publication_history.protected(out) == {versions[2], versions[1], versions[3]}


def test_only_version_is_protected(out: Path) -> None:
    assert publication_history.protected(out) == {version_store.current(out)}


def test_first_version_has_none_before_it(out: Path, versions: Sequence[str]) -> None:
    (out / "current").unlink()

    publish(out, versions[1])

    (noted,) = publication_history.history(out)
    assert noted.before is None


def test_signature_is_the_account_after_the_name_that_was_given() -> None:
    account = publication_history.signature()

    assert "@" in account
    assert publication_history.signature("Ann") == f"Ann ({account})"


def test_what_went_live_later_is_never_behind_within_one_second(
    out: Path, versions: Sequence[str]
) -> None:
    marks = []
    for version in (versions[1], versions[2], versions[1]):
        publication_history.publish(out, version, "Ann")
        marks.append(published_version(out, version))

    assert [mark.version for mark in marks] == [versions[1], versions[2], versions[1]]
    assert marks[0].at < marks[1].at < marks[2].at


def test_rollback_is_newer_than_what_it_takes_back(out: Path, versions: Sequence[str]) -> None:
    publication_history.publish(out, versions[1], "Ann")
    publication_history.publish(out, versions[2], "Ann")
    before = published_version(out, versions[2])

    publication_history.roll_back(out, versions[1], "Bob")

    after = published_version(out, versions[1])
    assert before.is_behind(after)
    assert not after.is_behind(before)


def test_clock_that_went_back_makes_nothing_older(out: Path, versions: Sequence[str]) -> None:
    publication_history.publish(out, versions[1], "Ann")
    [note] = (out / publication_history.FOLDER).iterdir()
    at = published_version(out, versions[1]).at
    note.write_text(note.read_text("utf-8").replace(at, "2099-01-01T00:00:00Z"), "utf-8")

    publication_history.publish(out, versions[2], "Ann")

    assert published_version(out, versions[2]).at == "2099-01-01T00:00:01Z"


def test_version_that_nobody_noted_is_before_everything(out: Path, versions: Sequence[str]) -> None:
    (out / publication_history.FOLDER).mkdir()
    (out / publication_history.FOLDER / "000001.json").write_text("{")

    unnoted = published_version(out, versions[1])

    assert unnoted == PublishedVersion("", versions[1])
    assert unnoted.is_behind(PublishedVersion("2026-01-01T00:00:00Z", versions[2]))
    assert not unnoted.is_behind(PublishedVersion("2026-01-01T00:00:00Z", versions[1]))
