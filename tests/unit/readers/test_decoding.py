import pytest

from corpus import CorpusError
from corpus.importers.readers.decoding import Decoded, decode

LONG = "Was heißt »Umschulung«? Ein neuer Beruf, für alle, die es möchten; überall und jederzeit."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_and_plain_unicode_are_no_guess(encoding: str) -> None:
    assert decode("a.txt", LONG.encode(encoding)) == Decoded(LONG, "")


def test_guessed_older_encoding_is_reported() -> None:
    assert decode("a.txt", LONG.encode("cp1252")) == Decoded(LONG, "cp1252")


def test_declared_encoding_is_used_where_it_fits() -> None:
    assert decode("a.txt", "né".encode("mac-roman"), "mac-roman") == Decoded("né", "")


@pytest.mark.parametrize("declared", ["no-such-encoding", "utf-16"])
def test_declared_encoding_that_does_not_fit_is_not_used(declared: str) -> None:
    assert decode("a.txt", LONG.encode("cp1252"), declared) == Decoded(LONG, "cp1252")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xff\xfe\x00\xd8\x00", "it starts as utf-16 and goes on as something else"),
        (b"\x00\x01\x02\x00\x00\xff\xfe\x00", "it is not a text in any known encoding"),
    ],
)
def test_bytes_that_are_no_text_are_refused(raw: bytes, message: str) -> None:
    with pytest.raises(CorpusError, match=f"a.txt: {message}. Save it as UTF-8"):
        decode("a.txt", raw)
