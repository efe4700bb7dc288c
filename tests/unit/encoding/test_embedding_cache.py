import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from index.datatypes import Vectors
from index.encoding.embedding_cache import CachingEncoder, LastVectors, encode_cached
from index.errors import IndexBusy, Unwritable
from tests.support.encoding import HandEncoder


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


def test_what_was_encoded_last_is_not_looked_up_again(encoder: HandEncoder, tmp_path: Path) -> None:
    last = LastVectors()
    first = last.encode(encoder, ["bread", "dough", "bread"], tmp_path, silent)
    (tmp_path / "vectors.sqlite").unlink()

    second = last.encode(encoder, ["oven", "dough", "oven"], tmp_path, silent)
    third = last.encode(encoder, ["oven", "dough"], tmp_path, silent)

    assert sorted(encoder.encoded) == ["bread", "dough", "oven"]
    plain = HandEncoder().encode
    assert first.tolist() == plain(["bread", "dough", "bread"]).tolist()
    assert second.tolist() == plain(["oven", "dough", "oven"]).tolist()
    assert third.tolist() == plain(["oven", "dough"]).tolist()


def test_what_another_model_encoded_last_is_not_used(tmp_path: Path) -> None:
    last, other = LastVectors(), OtherModel(["bread"])
    last.encode(HandEncoder(), ["bread"], tmp_path, silent)

    vectors = last.encode(other, ["bread"], tmp_path, silent)

    assert other.encoded == ["bread"]
    assert vectors.tolist() == OtherModel(["bread"]).encode(["bread"]).tolist()


def test_vector_of_another_model_is_not_used(tmp_path: Path) -> None:
    other = OtherModel(["bread"])
    encode_cached(HandEncoder(), ["bread"], tmp_path, silent)

    vectors = encode_cached(other, ["bread"], tmp_path, silent)

    assert other.encoded == ["bread"]
    assert vectors.tolist() == [[0.0, 1.0]]


def test_progress_starts_with_cached_texts_and_ends_with_all(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    texts = [f"text {number}" for number in range(100)]
    encode_cached(HandEncoder(), texts[:10], tmp_path, silent)

    encode_cached(HandEncoder(), texts, tmp_path, lambda done, total: seen.append((done, total)))

    assert seen == [(10, 100), (74, 100), (100, 100)]


class InBatches(HandEncoder):
    """Encodes many texts at once, until it is killed."""

    killed_after = 1000

    def encode_batches(self, batches: Sequence[Sequence[str]], /) -> Iterator[Vectors]:
        for number, batch in enumerate(batches):
            if number == self.killed_after:
                raise KeyboardInterrupt
            yield self.encode(batch)


def test_batch_encoder_receives_texts_sorted_by_length(tmp_path: Path) -> None:
    texts = ["bread " * (1 + number * 7 % 90) for number in range(90)]
    encoder = InBatches()

    vectors = encode_cached(encoder, texts, tmp_path, silent)

    assert encoder.encoded == sorted(texts, key=len)
    assert vectors.tolist() == HandEncoder().encode(texts).tolist()


def test_killed_encoding_resumes_where_it_stopped(tmp_path: Path) -> None:
    texts = [f"bread {number:03}" for number in range(300)]
    killed, resumed = InBatches(), InBatches()
    killed.killed_after = 2
    with pytest.raises(KeyboardInterrupt):
        encode_cached(killed, texts, tmp_path, silent)

    vectors = encode_cached(resumed, texts, tmp_path, silent)

    assert len(killed.encoded) == 128
    assert not set(killed.encoded) & set(resumed.encoded)
    assert vectors.tolist() == HandEncoder().encode(texts).tolist()


def test_unreadable_cache_is_replaced(encoder: HandEncoder, tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"no database at all, not even a short one" * 40)

    encode_cached(encoder, ["bread"], tmp_path, silent)
    encode_cached(encoder, ["bread"], tmp_path, silent)

    assert encoder.encoded == ["bread"]


def test_truncated_cache_is_replaced_with_its_journal(encoder: HandEncoder, tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(300)]
    encode_cached(encoder, texts, tmp_path, silent)
    path = tmp_path / "vectors.sqlite"
    for kept in (0.9, 0.5, 0.1):
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
        (tmp_path / "vectors.sqlite-journal").write_bytes(b"of the one before")

        vectors = encode_cached(HandEncoder(), texts, tmp_path, silent)

        assert vectors.tolist() == HandEncoder().encode(texts).tolist()
        assert [path.name for path in tmp_path.iterdir()] == ["vectors.sqlite"]


@pytest.mark.parametrize("damaged", [b"", b"\0", b"\0" * 76, b"\xff" * 76], ids=len)
def test_damaged_vector_is_encoded_again(
    damaged: bytes, encoder: HandEncoder, tmp_path: Path
) -> None:
    encode_cached(HandEncoder(), ["bread", "dough"], tmp_path, silent)
    with closing(sqlite3.connect(tmp_path / "vectors.sqlite")) as cache:
        cache.execute("UPDATE vectors SET vector = ? WHERE rowid = 1", (damaged,))
        cache.commit()

    vectors = encode_cached(encoder, ["bread", "dough"], tmp_path, silent)

    assert vectors.tolist() == HandEncoder().encode(["bread", "dough"]).tolist()
    assert len(encoder.encoded) == 1


def test_read_only_cache_is_reported_with_the_next_step(
    encoder: HandEncoder, tmp_path: Path
) -> None:
    (tmp_path / "vectors.sqlite").mkdir()

    with pytest.raises(Unwritable, match=r"unable to open .* Let the folder be written to"):
        encode_cached(encoder, ["bread"], tmp_path, silent)


def test_cache_that_is_in_use_is_left_alone(encoder: HandEncoder, tmp_path: Path) -> None:
    encode_cached(encoder, ["bread"], tmp_path, silent)
    path = tmp_path / "vectors.sqlite"
    before = path.read_bytes()

    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(IndexBusy, match="locked"):
            encode_cached(encoder, ["bread"], tmp_path, silent, busy_seconds=0.0)

    assert path.read_bytes() == before


def test_encoder_with_a_cache_in_memory_encodes_no_text_twice() -> None:
    encoder = HandEncoder()
    cached = CachingEncoder(encoder)

    rows = cached.encode(["baker", "cook", "baker"])
    cached.encode(["cook"])

    assert encoder.encoded == ["baker", "cook"]
    assert (rows == HandEncoder().encode(["baker", "cook", "baker"])).all()
