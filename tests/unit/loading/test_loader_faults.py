"""What the loader tells of content that it cannot read whole."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import CorpusError, Fault, load
from tests.support.content_files import ENTRY, units, write


def faults(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(CorpusError) as caught:
        load(folder)
    return [(fault.file, fault.line, fault.problem) for fault in caught.value.faults]


def test_every_fault_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "articles/a.md": "---\ntitle: T\n---\n\n## Part {#part}\n\nText.\n",
            "articles/a.questions.yaml": "prat: [Q?]\n",
            "articles/b.questions.yaml": "x: [Q?]\n",
            "faqs/broken.yaml": "- id: hidden\n  question: a: b\n",
            "faqs/x.yaml": ENTRY.format(id="part")
            + ENTRY.format(id="x")
            + "  related: [prt, hidden, x]\n  equivalents: [zzzzzz]\n",
            "faqs/y.yaml": "- question: Q?\n  answer: A.\n",
            "boundaries.yaml": "- id: x\n  topic: T\n  reply: R\n",
            "smalltalk.yaml": "hello\n",
        },
    )
    (folder / "synonyms.yaml").write_bytes(b"- [caf\xe9, bar]\n")

    assert faults(folder) == [
        ("articles/a.questions.yaml", 1, "articles/a.md has no section with the id 'prat'"),
        ("articles/b.questions.yaml", 0, "there is no article articles/b.md for these questions"),
        (
            "faqs/broken.yaml",
            2,
            "the YAML is broken: mapping values are not allowed in this context",
        ),
        ("faqs/x.yaml", 1, "the id 'part' is taken by articles/a.md:5"),
        ("faqs/x.yaml", 4, "the id 'x' is taken by boundaries.yaml:1"),
        ("faqs/x.yaml", 7, "there is no unit with the id 'prt'"),
        ("faqs/x.yaml", 8, "there is no unit with the id 'zzzzzz'"),
        ("faqs/y.yaml", 1, "'id' is missing"),
        ("smalltalk.yaml", 1, "the file must be a list"),
        ("synonyms.yaml", 1, "the byte 0xe9 is not UTF-8"),
    ]


def test_wrong_reference_names_the_closest_id(tmp_path: Path) -> None:
    text = ENTRY.format(id="faq-start") + "  related: [faq-strat, nothing-like-it]\n"
    folder = write(tmp_path, {"faqs/x.yaml": text})

    with pytest.raises(CorpusError) as caught:
        load(folder)

    assert [fault.remedy for fault in caught.value.faults] == [
        "Did you mean 'faq-start'?",
        "Write an id that exists, or remove it",
    ]


def test_questions_of_no_article_and_ids_that_are_taken_have_a_remedy(tmp_path: Path) -> None:
    files = {
        "articles/b.questions.yaml": "x: [Q?]\n",
        "faqs/x.yaml": ENTRY.format(id="x") + ENTRY.format(id="x"),
    }

    with pytest.raises(CorpusError) as caught:
        load(write(tmp_path, files))

    assert [fault.remedy for fault in caught.value.faults] == [
        "Name the file after its article, or remove it",
        "Give one of the two another id",
    ]


def test_wrong_reference_in_a_large_corpus_names_the_closest_id_too(tmp_path: Path) -> None:
    text = "".join(ENTRY.format(id=f"faq-{number}") for number in range(1200))
    folder = write(tmp_path, {"faqs/x.yaml": text + "  related: [faq-12345, zzz]\n"})

    with pytest.raises(CorpusError) as caught:
        load(folder)

    assert [fault.remedy.split()[0] for fault in caught.value.faults] == ["Did", "Write"]


@pytest.mark.parametrize("made", [True, False], ids=["empty", "missing"])
def test_folder_without_content_is_a_fault(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "corpus"
    if made:
        folder.mkdir()
    problem = "the corpus holds nothing to answer with" if made else "there is no such folder"

    assert faults(folder) == [(str(folder), 0, problem)]


def test_article_without_words_is_nothing_to_answer_with(tmp_path: Path) -> None:
    folder = write(tmp_path, {"articles/a.md": "# Title\n", "boundaries.yaml": ""})

    assert faults(folder) == [(str(folder), 0, "the corpus holds nothing to answer with")]


def test_links_that_lead_nowhere_or_in_circles_are_faults(tmp_path: Path) -> None:
    write(tmp_path, {"faqs/a.yaml": ENTRY.format(id="a")})
    (tmp_path / "faqs" / "loop").symlink_to(tmp_path / "faqs")
    (tmp_path / "faqs" / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "smalltalk.yaml").symlink_to(tmp_path / "smalltalk.yaml")

    assert faults(tmp_path) == [
        ("faqs/gone.yaml", 0, f"it cannot be read ({os.strerror(2).lower()})"),
        ("faqs/loop", 0, "the folder holds itself through a symbolic link"),
        ("smalltalk.yaml", 0, f"it cannot be read ({os.strerror(40).lower()})"),
    ]


def test_error_reads_as_one_line_a_fault() -> None:
    error = CorpusError([Fault("b", 0, "p", "R"), Fault("a", 2, "p", "R")])

    assert str(error) == "a:2: p. R\nb: p. R"


YAML_LINES = st.sampled_from(
    [
        "- id: a",
        "- id: b",
        "  question: Q?",
        "  answer: A.",
        "  answer: |",
        "    more",
        "  variants: [x, 'y']",
        "  variants:",
        "    - z",
        "  related: [a]",
        "  equivalents: [a, b]",
        "  sources: [https://e.org]",
        "  reviewed: 2026-11-23",
        "\t- é",
        "# c",
        "---",
        "a: [x]",
        "",
    ]
)


NAMES = st.sampled_from(
    [
        "faqs/a.yaml",
        "faqs/b.yaml",
        "smalltalk.yaml",
        "boundaries.yaml",
        "synonyms.yaml",
        "articles/a.md",
        "articles/a.questions.yaml",
    ]
)


FILES = st.dictionaries(NAMES, st.one_of(st.lists(YAML_LINES, max_size=12), st.text(max_size=30)))


@given(FILES)
def test_any_files_are_a_corpus_or_faults(files: dict[str, list[str] | str]) -> None:
    with TemporaryDirectory() as folder:
        for name, lines in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            text = lines if isinstance(lines, str) else "\n".join(lines)
            path.write_bytes(text.encode(errors="replace"))
        found, told = outcome(Path(folder))

    assert len(set(found)) == len(found)
    assert all(fault.problem and fault.remedy for fault in told)
    assert bool(found) != bool(told)


def outcome(folder: Path) -> tuple[list[str], tuple[Fault, ...]]:
    """Ids of what was read, or the faults."""
    try:
        return [unit.id for unit in units(load(folder))], ()
    except CorpusError as error:
        return [], error.faults
