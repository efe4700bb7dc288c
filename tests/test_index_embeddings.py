import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.embeddings import encode_cached
from index.errors import IndexBusy
from tests.encoding import HandEncoder


class OtherModel(HandEncoder):
    sha256 = "1" * 64


def silent(done: int, total: int) -> None:
    pass


def test_vectors_come_in_the_order_of_the_texts(encoder: HandEncoder, tmp_path: Path) -> None:
    texts = ["a cook and a baker", "bread", "nothing known", "bread"]

    vectors = encode_cached(encoder, texts, tmp_path, silent)

    assert vectors.tolist() == HandEncoder().encode(texts).tolist()


def test_text_is_encoded_once(encoder: HandEncoder, tmp_path: Path) -> None:
    encode_cached(encoder, ["bread", "bread", "dough"], tmp_path, silent)
    vectors = encode_cached(encoder, ["dough", "oven", "bread"], tmp_path, silent)

    assert sorted(encoder.encoded) == ["bread", "dough", "oven"]
    assert vectors.tolist() == HandEncoder().encode(["dough", "oven", "bread"]).tolist()


def test_vector_of_another_model_is_not_taken(tmp_path: Path) -> None:
    other = OtherModel(["bread"])
    encode_cached(HandEncoder(), ["bread"], tmp_path, silent)

    vectors = encode_cached(other, ["bread"], tmp_path, silent)

    assert other.encoded == ["bread"]
    assert vectors.tolist() == [[0.0, 1.0]]


def test_progress_starts_with_what_is_known_and_ends_with_all(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    texts = [f"text {number}" for number in range(100)]
    encode_cached(HandEncoder(), texts[:10], tmp_path, silent)

    encode_cached(HandEncoder(), texts, tmp_path, lambda done, total: seen.append((done, total)))

    assert seen == [(10, 100), (74, 100), (100, 100)]


def test_unreadable_cache_is_begun_anew(encoder: HandEncoder, tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"no database at all, not even a short one" * 40)

    encode_cached(encoder, ["bread"], tmp_path, silent)
    encode_cached(encoder, ["bread"], tmp_path, silent)

    assert encoder.encoded == ["bread"]


def test_cache_that_is_in_use_is_left_alone(encoder: HandEncoder, tmp_path: Path) -> None:
    encode_cached(encoder, ["bread"], tmp_path, silent)
    path = tmp_path / "vectors.sqlite"
    before = path.read_bytes()

    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(IndexBusy, match="locked"):
            encode_cached(encoder, ["bread"], tmp_path, silent)

    assert path.read_bytes() == before
