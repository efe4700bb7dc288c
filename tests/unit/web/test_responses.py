import gzip

import brotli
import pytest

from service.web.responses import accepted_coding, text_body


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=none", None),
        ("*", "br"),
        ("*, br;q=0", "gzip"),
        ("*;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_coding_is_the_one_that_the_client_prefers(header: str, coding: str | None) -> None:
    assert accepted_coding(header) == coding


def test_every_coding_holds_the_same_bytes() -> None:
    body = text_body("Bread. " * 100, "text/plain")

    assert gzip.decompress(body.encoded("gzip")) == body.content
    assert brotli.decompress(body.encoded("br")) == body.content
