import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import CorpusError, Fault, Span
from corpus.files import TextFile, walk


@given(st.text(), st.data())
def test_byte_offset_of_any_character_cuts_the_file_there(text: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(text)))

    file = TextFile.of("a.md", text.encode())

    assert file.raw[: file.byte(position)].decode() == text[:position]


def test_byte_offsets_are_right_beyond_the_first_checkpoint() -> None:
    text = "é" * 5000

    file = TextFile.of("a.md", text.encode())

    assert [file.byte(position) for position in (0, 1023, 1024, 4999, 5000)] == [
        0,
        2046,
        2048,
        9998,
        10000,
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_count_them(newline: str) -> None:
    file = TextFile.of("a.md", newline.join(["one", "two", "", "four"]).encode())

    assert [file.line(file.text.index(word)) for word in ("one", "two", "four")] == [1, 2, 4]


def test_span_names_line_bytes_and_digest() -> None:
    file = TextFile.of("faqs/a.yaml", "ä\nöü".encode())

    span = file.span(2, 4)

    assert span == Span("faqs/a.yaml", 2, 3, 7, hashlib.sha256("öü".encode()).hexdigest())


def test_byte_order_mark_is_a_fault() -> None:
    with pytest.raises(CorpusError) as caught:
        TextFile.of("a.md", b"\xef\xbb\xbfhello")

    assert caught.value.faults == (
        Fault(
            "a.md",
            1,
            "the file starts with a byte order mark",
            "Save it as UTF-8 without a byte order mark (BOM)",
        ),
    )


def test_byte_that_is_not_utf_8_is_a_fault_with_its_line() -> None:
    with pytest.raises(CorpusError) as caught:
        TextFile.of("a.md", "one\ntwo\ncafé".encode("latin-1"))

    assert caught.value.faults == (
        Fault("a.md", 3, "the byte 0xe9 is not UTF-8", "Save the file as UTF-8"),
    )


def test_walk_goes_through_folders_in_order_and_skips_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b.yaml", "a/z.yaml", ".hidden/x.yaml", ".swp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    faults: list[Fault] = []

    found = [path.relative_to(tmp_path).as_posix() for path in walk(tmp_path, tmp_path, faults)]

    assert (found, faults) == (["a/z.yaml", "b.yaml"], [])


def test_folder_that_holds_itself_is_a_fault_and_ends(tmp_path: Path) -> None:
    (tmp_path / "faqs").mkdir()
    (tmp_path / "faqs" / "again").symlink_to(tmp_path / "faqs")
    faults: list[Fault] = []

    found = list(walk(tmp_path, tmp_path / "faqs", faults))

    assert found == []
    assert faults == [
        Fault(
            "faqs/again",
            0,
            "the folder holds itself through a symbolic link",
            "Remove the symbolic link",
        )
    ]


def test_folder_that_is_a_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "faqs").touch()
    faults: list[Fault] = []

    assert list(walk(tmp_path, tmp_path / "faqs", faults)) == []
    assert [fault.problem for fault in faults] == [
        f"it cannot be read ({os.strerror(20).lower()})",
    ]
