"""What people wrote into an imported file outlives the next import."""

from pathlib import Path

import pytest

from corpus import Entry, load
from corpus.importers import Change, NoteKind, arrange, merge, read_source
from corpus.importers.merge.merge import Merged

FIRST = (
    "id,question,answer\n"
    "lunch,Is luncch free?,Yes\n"
    "tea,Is tea free?,No\n"
    ",How do I apply for a place in the kitchen?,Send a letter to the front desk in Main Street.\n"
)
EDITS = (
    ("- id: tea\n", "# Ann looks after this one.\n- id: tea\n"),
    ("luncch free?\n", "luncch free? # typo\n  variants:\n    - free food at noon\n"),
    ('  answer: "Yes"\n', '  answer: "Yes"\n  related: [tea]\n  reviewed: 2026-01-01\n'),
)
MINE = "\n- id: mine\n  question: Who wrote this?\n  answer: I did. # by hand\n"


def imported(folder: Path, text: str) -> Merged:
    found = read_source("faq.csv", text.encode(), ".csv")
    return merge(arrange(found, "FAQ"), "faq", folder)


def write(folder: Path, merged: Merged) -> Path:
    (target,) = merged.targets
    path = folder / target.name
    path.parent.mkdir(exist_ok=True)
    path.write_text(target.text)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = write(tmp_path, imported(tmp_path, FIRST))
    text = path.read_text()
    for before, after in EDITS:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text + MINE)
    return path


def entries(file: Path) -> dict[str, Entry]:
    return {entry.id: entry for entry in load(file.parent.parent).entries}


def again(file: Path, text: str) -> Merged:
    merged = imported(file.parent.parent, text)
    write(file.parent.parent, merged)
    return merged


def test_import_that_changes_nothing_leaves_the_file_as_it_is(file: Path) -> None:
    (target,) = imported(file.parent.parent, FIRST).targets

    assert target.change is Change.SAME


def test_entry_is_found_again_by_its_id(file: Path) -> None:
    again(file, FIRST.replace("luncch", "lunch").replace("Yes", "Yes daily"))

    lunch = entries(file)["lunch"]
    assert (lunch.question, lunch.markdown) == ("Is lunch free?", "Yes daily")
    assert (lunch.variants, lunch.related) == (("free food at noon",), ("tea",))
    assert str(lunch.reviewed) == "2026-01-01"


@pytest.mark.parametrize(
    "change",
    [
        ("Is tea free?", "Is the tea free?"),
        ("apply for a place in the kitchen", "get a place in your kitchen"),
        ("No\n", "No but soon\n"),
    ],
)
def test_entry_is_found_again_by_question_or_likeness(file: Path, change: tuple[str, str]) -> None:
    before = set(entries(file))

    again(file, FIRST.replace("\ntea,", "\n,").replace(*change))

    assert set(entries(file)) == before


def test_other_question_with_the_same_short_answer_is_another_entry(file: Path) -> None:
    again(file, FIRST.replace("lunch,Is luncch free?", ",Is milk free?"))

    assert {"lunch", "is-milk-free"} <= set(entries(file))


def test_comments_order_and_entries_of_others_stay(file: Path) -> None:
    lines = file.read_text().splitlines()

    merged = again(file, FIRST.replace("No\n", "No but soon\n"))

    left = file.read_text().splitlines()
    assert [line for line in lines if line not in left] == ['  answer: "No"']
    assert [line for line in left if line not in lines] == ['  answer: "No but soon"']
    (target,) = merged.targets
    assert "mine" not in target.diff
    named = [note.text for note in merged.notes if note.kind is NoteKind.LEFT_OUT]
    assert named == ["'mine' of faqs/faq.yaml stays, though the source does not have it"]


def test_new_entry_stands_where_the_source_has_it(file: Path) -> None:
    again(file, FIRST.replace("tea,Is", "milk,Is milk free?,Maybe\ntea,Is"))

    assert list(entries(file))[:3] == ["lunch", "milk", "tea"]


def test_new_entry_before_all_others_stands_below_the_words_about_the_file(file: Path) -> None:
    file.write_text("# Ours, see the wiki.\n\n" + file.read_text())

    again(file, FIRST.replace("lunch,Is", "milk,Is milk free?,Maybe\nlunch,Is"))

    assert list(entries(file))[:3] == ["milk", "lunch", "tea"]
    assert file.read_text().startswith("# Ours, see the wiki.\n\n- id: milk\n")


def test_ends_of_lines_and_a_comment_behind_a_changed_value_stay(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    merged = imported(file.parent.parent, FIRST.replace("luncch", "lunch"))

    assert "question: Is lunch free? # typo\r\n" in merged.targets[0].text
    assert "\n" not in merged.targets[0].text.replace("\r\n", "")


def test_answer_of_several_lines_is_replaced_whole(file: Path) -> None:
    long = 'tea,Is tea free?,"No.\n\n# Not so far\n\nBut soon."\n'
    again(file, FIRST.replace("tea,Is tea free?,No\n", long))
    again(file, FIRST)

    assert entries(file)["tea"].markdown == "No"
    assert "# Ann looks after this one." in file.read_text()


def test_entry_that_the_source_dropped_is_named_and_stays(file: Path) -> None:
    merged = again(file, "\n".join(FIRST.split("\n")[:2]) + "\n")

    assert "tea" in entries(file)
    assert sum("stays" in note.text for note in merged.notes) == 3


ARTICLE = "The Kitchen\n\nTools\n\nWe use these.\n\n- Knife, sharp\n- Pan\n\nHeat\n\nIt is hot.\n"
HAND_WORK = (
    ("title: The Kitchen\n", "title: Ours # by Ann\nsources:\n  - https://e.org/a\nowner: Ann\n"),
    ("- Pan\n", "- Pan {#pan}\n"),
    ("\n## Heat", "\n<!-- ask Bob -->\n\n## Heat"),
    ("It is hot.\n", "It is hot.\n\n<!--\nof two\nlines\n-->\n"),
)


def article(folder: Path, text: str) -> Merged:
    found = read_source("a.txt", text.encode(), ".txt")
    return merge(arrange(found, "A"), "a", folder)


@pytest.fixture
def edited(tmp_path: Path) -> str:
    path = write(tmp_path, article(tmp_path, ARTICLE))
    text = path.read_text()
    for before, after in HAND_WORK:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text)
    return text


def test_article_keeps_its_front_matter_ids_and_comments(edited: str, tmp_path: Path) -> None:
    (unchanged,) = article(tmp_path, ARTICLE).targets
    (target,) = article(tmp_path, ARTICLE.replace("sharp", "blunt")).targets

    assert unchanged.change is Change.SAME
    assert target.text == edited.replace("sharp", "blunt")


def test_section_that_the_source_no_longer_has_is_named(edited: str, tmp_path: Path) -> None:
    merged = article(tmp_path, ARTICLE.replace("Heat", "Noise"))

    gone = [note.text for note in merged.notes if note.kind is NoteKind.LEFT_OUT]
    assert gone == ["the section 'Heat' ('heat') of the article goes"]
    assert all(comment in merged.targets[0].text for comment in ("ask Bob", "of two\nlines"))
