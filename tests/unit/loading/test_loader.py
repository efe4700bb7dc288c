import hashlib
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import load
from corpus.loader import is_content, unread_files
from tests.support.content_files import ENTRY, units, write
from tests.support.paths import CONTENT, ROOT

TINY = CONTENT


SHIPPED = ROOT / "corpus"


def test_tiny_corpus_is_read_whole_and_in_order() -> None:
    corpus = load(TINY)

    assert [unit.id for unit in units(corpus)] == [
        "art-baker",
        "art-baker-tasks",
        "art-task-dough",
        "art-task-baking",
        "art-hours",
        "art-hours--baker",
        "art-hours--cook",
        "training",
        "faq-pay",
        "faq-start",
        "faq-switch",
        "faq-night",
        "talk-greeting",
        "talk-thanks",
        "out-recipes",
        "out-other-jobs",
    ]
    assert corpus.folder == TINY
    assert corpus.synonyms == (
        ("cook", "chef", "kitchen worker"),
        ("apprenticeship", "traineeship"),
    )
    assert corpus.equivalents == (("faq-start", "training"),)
    assert corpus.documents[0].sections[-1].questions == ("How long is the training?",)


@pytest.mark.parametrize("folder", [TINY, SHIPPED], ids=["tiny", "shipped"])
def test_every_unit_is_verbatim_in_its_file(folder: Path) -> None:
    for unit in units(load(folder)):
        raw = (folder / unit.span.file).read_bytes()
        cut = raw[unit.span.start : unit.span.end]

        assert hashlib.sha256(cut).hexdigest() == unit.span.sha256
        assert raw.count(b"\n", 0, unit.span.start) + 1 == unit.span.line
        assert _words(cut.decode()) == _words(unit.markdown)


def _words(written: str) -> list[str]:
    """What is written, less id markers, escapes of a quoted text and the way lines are broken."""
    without = written.replace('\\"', '"').replace("''", "'")
    return [word for word in without.split() if not word.startswith("{#")]


def test_hash_follows_every_name_and_byte_of_the_content_and_nothing_else(tmp_path: Path) -> None:
    same = shutil.copytree(TINY, tmp_path / "same")
    (same / "notes.txt").write_text("not content")
    (same / "__init__.py").touch()
    renamed = shutil.copytree(TINY, tmp_path / "renamed")
    (renamed / "faqs" / "jobs.yaml").rename(renamed / "faqs" / "work.yaml")
    changed = shutil.copytree(TINY, tmp_path / "changed")
    with (changed / "synonyms.yaml").open("a") as file:
        file.write("# a comment\n")

    hashes = [load(folder).content_hash for folder in (TINY, same, renamed, changed)]

    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


def test_files_are_read_in_path_order_from_folders_too(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "faqs/b.yml": ENTRY.format(id="b"),
            "faqs/a/z.yaml": ENTRY.format(id="z"),
            "faqs/.draft.yaml": "broken: [",
            "faqs/readme.txt": "x",
            "articles/picture.svg": "x",
        },
    )

    assert [entry.id for entry in load(folder).entries] == ["z", "b"]
    assert [fault.file for fault in unread_files(folder)] == [
        "articles/picture.svg",
        "faqs/readme.txt",
    ]


@pytest.mark.parametrize(
    "name", ["articles/a.md", "articles/a.questions.yaml", "faqs/a.yml", "synonyms.yaml"]
)
def test_content_files_are_known_by_their_path(name: str) -> None:
    assert is_content(name)
    assert not is_content(f"elsewhere/{name}")


@pytest.mark.parametrize(
    "files",
    [
        {"faqs/a.yaml": ENTRY.format(id="a")},
        {"articles/a.md": "# Title\n\nText.\n"},
        {"faqs/a.yaml": ENTRY.format(id="a"), "smalltalk.yaml": "", "boundaries.yaml": ""},
    ],
    ids=["only faqs", "only an article", "empty files"],
)
def test_a_corpus_may_lack_any_part(tmp_path: Path, files: dict[str, str]) -> None:
    corpus = load(write(tmp_path, files))

    assert len(corpus.entries) + len(corpus.documents) == 1


def test_questions_of_an_article_with_a_dot_in_its_name_are_read(tmp_path: Path) -> None:
    files = {
        "articles/a.b.md": "# T\n\n## Pay {#pay}\n\ntext\n",
        "articles/a.b.questions.yaml": "pay: [What is the pay?]\n",
    }

    (document,) = load(write(tmp_path, files)).documents

    assert document.sections[0].questions == ("What is the pay?",)


def test_slugs_of_different_articles_do_not_collide(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "articles/one.md": "# T\n\n## Pay\n\ntext\n\n- x {#one-x}\n",
            "articles/two.md": "# T\n\n## Pay\n\ntext\n\n## Hours\n\ntext\n",
            "articles/two.questions.yaml": "two-pay: [What is the pay?]\n",
            "faqs/a.yaml": ENTRY.format(id="a") + "  related: [one-pay, two-pay, hours]\n",
        },
    )

    corpus = load(folder)

    assert [(part.id, part.parent) for doc in corpus.documents for part in doc.sections] == [
        ("one-pay", None),
        ("one-x", "one-pay"),
        ("two-pay", None),
        ("hours", None),
    ]
    assert corpus.documents[1].sections[0].questions == ("What is the pay?",)


def test_equivalents_that_share_an_id_are_one_group(tmp_path: Path) -> None:
    text = "".join(
        ENTRY.format(id=name) + (f"  equivalents: [{same}]\n" if same else "")
        for name, same in (("a", "b"), ("b", ""), ("c", "d"), ("d", ""), ("e", "d"), ("f", "b, f"))
    )

    corpus = load(write(tmp_path, {"faqs/x.yaml": text}))

    assert corpus.equivalents == (("a", "b", "f"), ("c", "d", "e"))


@given(st.permutations(["one", "two", "three", "four"]))
def test_ids_and_answers_do_not_depend_on_the_order_of_the_file(order: list[str]) -> None:
    with TemporaryDirectory() as folder:
        write(
            Path(folder),
            {
                "faqs/a.yaml": "".join(ENTRY.format(id=name) for name in order),
                "articles/a.md": "# T\n\n"
                + "".join(f"## {name} x\n\n{name}\n\n" for name in order),
            },
        )
        corpus = load(Path(folder))

    assert sorted((entry.id, entry.text) for entry in corpus.entries) == sorted(
        (name, f"A {name}.") for name in order
    )
    assert {part.id: part.text for part in corpus.documents[0].sections} == {
        f"{name}-x": name for name in order
    }
