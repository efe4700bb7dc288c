"""Mistakes that load well and publish something else than was meant."""

import os
from pathlib import Path

import pytest

from corpus import CorpusError, load
from corpus.linter import Finding, Severity, lint
from corpus.loader import unread_files
from tests.support.content_files import ENTRY, write
from tests.unit.loading.test_linter import TODAY, article, entry


def findings(folder: Path, files: dict[str, str]) -> list[Finding]:
    ordinary = ("no owner", "no review date", "no variants")
    found = lint(load(write(folder, files)), TODAY)
    return [finding for finding in found if not any(words in finding.problem for words in ordinary)]


@pytest.mark.parametrize(
    "answer",
    ["'<!-- later -->'", '"\\u200b\\u200d"', "'![](a.png)'", "'![a picture](a.png)'", "'&nbsp;'",
     '"\\u2800"', "'<br>'"],
)  # fmt: skip
def test_answer_that_shows_nothing_is_an_error(tmp_path: Path, answer: str) -> None:
    (found,) = findings(tmp_path, {"faqs/a.yaml": entry("faq-a", answer=answer)})

    assert (found.line, found.severity) == (3, Severity.ERROR)


@pytest.mark.parametrize("place", ["question", "variants", "examples"])
def test_question_that_shows_nothing_is_an_error(tmp_path: Path, place: str) -> None:
    blank = '"\\u200b"'
    files = {"faqs/a.yaml": entry("faq-a", question=blank if place == "question" else "")}
    if place == "variants":
        files["faqs/b.yaml"] = entry("b").replace("[tell me about b]", f"[{blank}]")
    if place == "examples":
        files["boundaries.yaml"] = f"- {{id: out, topic: T, reply: R, examples: [{blank}]}}\n"

    errors = [
        finding for finding in findings(tmp_path, files) if finding.severity is Severity.ERROR
    ]

    assert len(errors) == 1


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ("  answer: We rank #1 in town.\n", 3, "'We rank'"),
        ("  answer: We rank\n    first # of all\n", 4, "'We rank first'"),
        ("  answer: >\n    We give you:\n    - lunch\n    - tea\n", 5, "lunch - tea"),
        ("  answer: We give\n    - lunch\n    - tea\n", 4, "lunch - tea"),
        ('  answer: "We give\n    1. lunch\n    2. tea"\n', 4, "1. lunch"),
        ("  answer: >\n    | a | b |\n    |---|---|\n    | 1 | 2 |\n", 5, "| 1 | 2 |"),
        ("  answer: &more than you think\n", 3, "'than you think'"),
        ("  answer: 12:30\n", 3, "'12:30'"),
        ("  answer: 0x1F\n", 3, "'0x1F'"),
        ("  answer: yes\n", 3, "'yes'"),
        ("  answer: 1.10\n", 3, "'1.10'"),
        ("  answer: 2026-01-02\n", 3, "'2026-01-02'"),
        ("  answer: Fine.\n  variants:\n    - what about #2\n", 5, "'what about'"),
    ],
)
def test_text_that_yaml_bends_is_a_warning_with_what_is_published(
    tmp_path: Path, lines: str, line: int, words: str
) -> None:
    text = "- id: a\n  question: What is it?\n" + lines + "  owner: T\n  reviewed: 2026-11-01\n"

    (found,) = findings(tmp_path, {"faqs/a.yaml": text})

    assert (found.line, found.severity) == (line, Severity.WARNING)
    assert words in found.problem


@pytest.mark.parametrize(
    "lines",
    [
        '  answer: "We rank #1 in town."\n',
        "  answer: |\n    We give you:\n    - lunch\n    - tea\n",
        "  answer: >\n    We give you:\n\n    - lunch\n",
        "  answer: 'yes'\n",
        "  answer: No. #1 is taken\n".replace(" #", "#"),
        "  answer: Fine.\n  reviewed: 2026-11-01 # by Ann\n".replace("  reviewed", "  valid_until"),
    ],
)
def test_text_that_is_meant_so_is_no_warning(tmp_path: Path, lines: str) -> None:
    text = "- id: a\n  question: What is it?\n" + lines + "  owner: T\n  reviewed: 2026-11-01\n"

    problems = [finding.problem for finding in findings(tmp_path, {"faqs/a.yaml": text})]

    assert [problem for problem in problems if "expire" not in problem] == []


@pytest.mark.parametrize(
    "name", ["articles/b.md", "faqs/b.yaml", "articles/b.questions.yaml", "checks.jsonl"]
)
def test_conflict_that_is_not_resolved_is_an_error_at_each_sign(tmp_path: Path, name: str) -> None:
    text = "\n<<<<<<< HEAD\nYes.\n=======\nNo.\n>>>>>>> other\n"

    with pytest.raises(CorpusError) as error:
        load(write(tmp_path, {"faqs/a.yaml": ENTRY.format(id="a"), name: text}))

    assert [
        (fault.file, fault.line) for fault in error.value.faults if "reconciled" in fault.problem
    ] == [
        (name, 2),
        (name, 6),
    ]


@pytest.mark.parametrize("indent", ["", "  ", "\t"])
def test_conflict_inside_an_answer_is_an_error_however_far_it_stands_in(
    tmp_path: Path, indent: str
) -> None:
    text = f"- id: a\n  question: Q?\n  answer: |\n{indent}<<<<<<< HEAD\n    Yes.\n"

    with pytest.raises(CorpusError, match=r"faqs/a.yaml:4: two changes of the same lines"):
        load(write(tmp_path, {"faqs/a.yaml": text}))


@pytest.mark.parametrize(
    "words",
    ["{{ price }}", "{% if a %}", "TODO", "TBD", "Lorem ipsum", "[insert name]", "<%= price %>",
     "${price}", "%%PRICE%%", "[Company name]", "<Your price>", "XXXX", "____", "tbd", "xx.xx.xx",
     "@@PRICE@@", "???", "#REF!", "[citation needed]", "Error! Bookmark not defined",
     "Click or tap to enter text", "[form id=1]", "<img src=pay.png>"],
)  # fmt: skip
def test_what_is_left_of_a_template_is_named_with_its_line(tmp_path: Path, words: str) -> None:
    body = f"## Pay {{#art-pay}}\n\nWe pay.\n\nIt is {words} a month.\n"

    (found,) = findings(tmp_path, {"articles/a.md": article(body)})

    assert (found.line, found.severity) == (11, Severity.WARNING)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("boundarys.yaml", "boundaries.yaml"),
        ("Smalltalk.yaml", "smalltalk.yaml"),
        ("check.jsonl", "checks.jsonl"),
        ("faq/b.yaml", "faqs/b.yaml"),
        ("article/b.md", "articles/b.md"),
        ("faqs/b.YAML", "faqs/b.yaml"),
        ("articles/b.markdown", "articles/b.md"),
        ("b.md", "articles/b.md"),
        ("b.questions.yaml", "articles/b.questions.yaml"),
        ("articles/b.question.yml", "articles/b.questions.yaml"),
        ("faqs/b.yaml.bak", "faqs/b.yaml"),
        ("faqs/b.yaml~", "faqs/b.yaml"),
        ("b.yaml", "faqs/b.yaml"),
    ],
)
def test_file_that_is_not_read_gets_the_nearest_right_name(
    tmp_path: Path, name: str, right: str
) -> None:
    folder = write(tmp_path, {"faqs/a.yaml": ENTRY.format(id="a"), name: "x"})

    (fault,) = unread_files(folder)

    assert (fault.file, f"'{right}'" in fault.remedy) == (name, True)


def test_file_whose_name_is_not_utf8_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, {"faqs/a.yaml": ENTRY.format(id="a")})
    (folder / os.fsdecode(b"faqs/b\xff.yaml")).write_text(ENTRY.format(id="b"))

    with pytest.raises(CorpusError) as error:
        load(folder)

    assert str(error.value).encode().startswith(b"faqs/b\\udcff.yaml: ")


@pytest.mark.parametrize("name", ["faqs/b.yaml", "faqs/more", "smalltalk.yaml"])
def test_link_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    other = write(tmp_path / "other", {"b.yaml": ENTRY.format(id="b")})
    folder = write(tmp_path / "corpus", {"faqs/a.yaml": ENTRY.format(id="a")})
    (folder / name).symlink_to(other / "b.yaml" if name.endswith(".yaml") else other)

    with pytest.raises(CorpusError, match="leads outside the folder"):
        load(folder)


def test_link_inside_the_folder_is_read_and_a_pipe_is_not(tmp_path: Path) -> None:
    folder = write(tmp_path / "real", {".data/b.yaml": ENTRY.format(id="b"), "faqs/x.txt": ""})
    (folder / "faqs/b.yaml").symlink_to(folder / ".data/b.yaml")
    (tmp_path / "corpus").symlink_to(folder)

    assert [entry.id for entry in load(tmp_path / "corpus").entries] == ["b"]

    os.mkfifo(folder / "faqs/c.yaml")
    with pytest.raises(CorpusError, match=r"faqs/c.yaml: it is no regular file"):
        load(folder)


def test_link_that_is_no_address_is_a_warning(tmp_path: Path) -> None:
    text = entry("faq-a", answer="'See [us](www.example.org), [mail](mailto:a@b.c), [x](/y).'")

    (found,) = findings(tmp_path, {"faqs/a.yaml": text})

    assert "'www.example.org'" in found.problem


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("faqs/b.yaml.txt", "faqs/b.yaml"),
        ("faqs/#b.yaml#", "faqs/b.yaml"),
        ("faqs/b.yaml.bak", "faqs/b.yaml"),
        ("faqs/b.md", "articles/b.md"),
        ("articles/b.yaml", "faqs/b.yaml"),
        ("articles/b.markdown", "articles/b.md"),
        ("faq/b.yaml", "faqs/b.yaml"),
        ("checks.json", "checks.jsonl"),
        ("faqs/b.docx", "careers-faq import b.docx"),
    ],
)
def test_file_that_is_not_read_is_named_with_what_to_do(
    tmp_path: Path, name: str, right: str
) -> None:
    write(tmp_path, {"faqs/a.yaml": ENTRY.format(id="a"), name: "x"})

    (found,) = unread_files(tmp_path)

    assert found.file == name
    assert f"'{right}'" in found.remedy


def test_heading_without_anything_below_it_is_named(tmp_path: Path) -> None:
    body = "## Empty\n\n## Full\n\n### Part\n\nWords.\n"

    (found,) = findings(tmp_path, {"articles/a.md": article(body)})

    assert (found.line, found.severity) == (7, Severity.WARNING)
    assert "the heading 'Empty'" in found.problem
