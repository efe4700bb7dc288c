from pathlib import Path

import pytest

from corpus import Check, CorpusError, load
from tests.support.content_files import ENTRY, write

FILES = {"faqs/a.yaml": ENTRY.format(id="a")}


def faults(folder: Path, *lines: str) -> list[str]:
    write(folder, {**FILES, "checks.jsonl": "\n".join(lines)})
    with pytest.raises(CorpusError) as told:
        load(folder)
    return [str(fault) for fault in told.value.faults]


def test_checks_are_read_in_order_and_blank_lines_are_left_alone(tmp_path: Path) -> None:
    lines = (
        '{"question": " why\\n a? ", "expect": "a"}\n'
        "\n"
        '{"question": "what else", "expect": null, "note": "no such thing"}\n'
    )

    found = load(write(tmp_path, {**FILES, "checks.jsonl": lines})).checks

    assert found == (
        Check("why a?", "a", "checks.jsonl", 1),
        Check("what else", None, "checks.jsonl", 3),
    )


def test_corpus_may_have_no_checks(tmp_path: Path) -> None:
    assert load(write(tmp_path, FILES)).checks == ()


def test_check_is_part_of_what_a_version_is_made_of(tmp_path: Path) -> None:
    hashes = {
        load(write(tmp_path, {**FILES, "checks.jsonl": text})).content_hash
        for text in ("", '{"question": "x", "expect": null}')
    }

    assert len(hashes) == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "{",
            (
                "checks.jsonl:1: the line is not JSON (Expecting property name enclosed in double"
                ' quotes). Write {"question": "…", "expect": "faq-01"}, or null for no answer'
            ),
        ),
        (
            "[]",
            (
                'checks.jsonl:1: the line is no JSON object. Write {"question": "…", "expect":'
                ' "faq-01"}, or null for no answer'
            ),
        ),
        (
            '{"question": "why"}',
            "checks.jsonl:1: 'expect' is missing. Add a line 'expect: …'",
        ),
        (
            '{"question": "why", "expect": null, "nota": "x"}',
            (
                "checks.jsonl:1: the key 'nota' is not known. Did you mean 'note'? Known keys are"
                " question, expect, note"
            ),
        ),
        (
            '{"question": " ", "expect": null}',
            "checks.jsonl:1: 'question' is blank. Write a text, or remove it",
        ),
        (
            '{"question": "why", "expect": "aa"}',
            "checks.jsonl:1: there is no unit with the id 'aa'. Did you mean 'a'?",
        ),
    ],
)
def test_fault_is_reported_by_line_with_a_remedy(tmp_path: Path, line: str, expected: str) -> None:
    assert faults(tmp_path, line) == [expected]


def test_lines_that_nest_too_deeply_are_a_fault_and_no_crash(tmp_path: Path) -> None:
    assert "the line is not JSON" in faults(tmp_path, "[" * 100_000)[0]


def test_question_that_is_checked_twice_is_a_fault(tmp_path: Path) -> None:
    lines = ['{"question": "Why", "expect": "a"}', '{"question": "why", "expect": null}']

    assert faults(tmp_path, *lines) == [
        "checks.jsonl:2: the question stands in line 1, too. Remove one of the two"
    ]


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "{", "", "7", '{"question": "x", "expect": "nobody"}')) == 3
