import hashlib
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Boundary, Corpus, CorpusError, Entry, Fault, Section, load
from corpus.loader import is_content, unread_files

TINY = Path(__file__).parent / "content"
SHIPPED = Path(__file__).parent.parent / "corpus"
ENTRY = "- id: {id}\n  question: Q {id}?\n  answer: A {id}.\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return folder


def faults(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(CorpusError) as caught:
        load(folder)
    return [(fault.file, fault.line, fault.problem) for fault in caught.value.faults]


def units(corpus: Corpus) -> list[Entry | Section | Boundary]:
    sections = [section for document in corpus.documents for section in document.sections]
    return [*sections, *corpus.entries, *corpus.smalltalk, *corpus.boundaries]


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
    assert unread_files(folder) == ("articles/picture.svg", "faqs/readme.txt")


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


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
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


def test_wrong_reference_in_a_large_corpus_is_told_quickly(tmp_path: Path) -> None:
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


@settings(max_examples=200, deadline=None, derandomize=True)
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


@settings(max_examples=25, deadline=None, derandomize=True)
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
