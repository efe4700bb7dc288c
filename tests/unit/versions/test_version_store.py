from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus
from index.building.builder import Recipe, build
from index.building.chunking import chunk
from index.datatypes import ChunkRole
from index.errors import (
    IndexBusy,
    IndexCorrupt,
    IndexIncompatible,
    IndexMissing,
    RetrievalError,
    UnknownVersion,
)
from index.storage.atomic_files import file_digest
from index.versions import version_store
from tests.support.encoding import HandEncoder
from tests.support.publishing import date_in_one_second, edit_manifest


@pytest.fixture
def second(corpus: Corpus, out: Path, runtime: Path, tmp_path: Path) -> str:
    """Another version, built later and not live."""
    changed = replace(corpus, content_hash="of changed content")
    recipe = Recipe(runtime)
    manifest = build(changed, out, HandEncoder(), recipe, cache=tmp_path / "c", publish=False)
    return manifest.version


def live_folder(out: Path) -> Path:
    return version_store.version_folder(out, version_store.current(out))


def test_loaded_version_is_what_was_saved(out: Path, corpus: Corpus) -> None:
    chunked = chunk(corpus)

    loaded = version_store.load(out)

    assert loaded.contents.units == chunked.units
    chunks = loaded.contents.chunks
    assert tuple(c for c in chunks if c.role is not ChunkRole.PARAPHRASE) == chunked.chunks
    assert loaded.contents.groups == version_store.Groups(corpus.synonyms, corpus.equivalents)
    assert (
        loaded.contents.dense.vectors.tolist()
        == HandEncoder().encode([chunk.embedded for chunk in chunks]).tolist()
    )
    assert len(loaded.contents.lexical.scores("bread")) == len(chunks)
    assert loaded.folder == live_folder(out)


def test_folder_holds_the_listed_files_and_no_others(out: Path) -> None:
    folder = live_folder(out)
    manifest = version_store.verify(folder)

    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}

    assert files == {*manifest.files, "manifest.json"}
    assert {"units.json", "chunks.json", "groups.json", "vectors.faiss"} < files
    assert {"encoder.onnx", "tokenizer.json"} < files


@pytest.mark.parametrize(
    "name", ["units.json", "vectors.faiss", "lexical/params.index.json", "encoder.onnx"]
)
def test_changed_file_is_refused_by_name(out: Path, name: str) -> None:
    path = live_folder(out) / name
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    with pytest.raises(IndexCorrupt, match=name):
        version_store.load(out)


def test_missing_file_is_refused_by_name(out: Path) -> None:
    (live_folder(out) / "chunks.json").unlink()

    with pytest.raises(IndexCorrupt, match=r"chunks\.json is missing"):
        version_store.load(out)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"format": %d}' % version_store.FORMAT, b"\xff"]
)
def test_unreadable_manifest_is_refused(out: Path, data: bytes) -> None:
    (live_folder(out) / "manifest.json").write_bytes(data)

    with pytest.raises(IndexCorrupt, match=r"manifest\.json cannot be read"):
        version_store.load(out)


def test_version_without_a_manifest_is_refused(out: Path) -> None:
    (live_folder(out) / "manifest.json").unlink()

    with pytest.raises(IndexCorrupt, match=r"manifest\.json is missing"):
        version_store.load(out)


def test_other_format_is_refused_whatever_else_the_manifest_holds(out: Path) -> None:
    (live_folder(out) / "manifest.json").write_text('{"format": 99, "shape": "unheard of"}')

    with pytest.raises(
        IndexIncompatible, match=f"format 99; this release needs {version_store.FORMAT}"
    ):
        version_store.load(out)


def test_folder_under_the_name_of_another_version_is_refused(out: Path) -> None:
    folder = live_folder(out)
    folder.rename(folder.with_name("0123456789ab"))

    with pytest.raises(IndexCorrupt, match="is the manifest of"):
        version_store.load(out, "0123456789ab")


def test_file_with_the_right_digest_and_the_wrong_shape_is_refused(out: Path) -> None:
    path = live_folder(out) / "units.json"
    path.write_text('[{"id": 1}]')
    files = version_store.read_manifest(live_folder(out)).files
    edit_manifest(out, version_store.current(out), files={**files, "units.json": file_digest(path)})

    with pytest.raises(IndexCorrupt, match="cannot be read"):
        version_store.load(out)


def test_nothing_published_is_missing(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="careers-faq build"):
        version_store.load(tmp_path)


@pytest.mark.parametrize("name", ["", "../../etc", "0123456789ab extra", "\x00"])
def test_current_that_names_no_version_is_refused(out: Path, name: str) -> None:
    (out / "current").write_text(name)

    with pytest.raises(IndexCorrupt, match="does not hold the name of a version"):
        version_store.load(out)


@pytest.mark.parametrize("version", ["ffffffffffff", "..", "../versions", ""])
def test_unknown_version_is_refused(out: Path, version: str) -> None:
    with pytest.raises(UnknownVersion, match="careers-faq versions list"):
        version_store.version_folder(out, version)


def test_published_version_is_the_one_that_loads(out: Path, second: str) -> None:
    assert version_store.current(out) != second

    version_store.publish(out, second)

    assert version_store.load(out).manifest.version == second
    assert (out / "current").read_bytes() == f"{second}\n".encode()


def test_corrupt_version_is_not_published_and_what_was_live_stays(out: Path, second: str) -> None:
    live = version_store.current(out)
    (out / "versions" / second / "units.json").write_text("[]")

    with pytest.raises(IndexCorrupt, match=r"units\.json"):
        version_store.publish(out, second)

    assert version_store.load(out).manifest.version == live


def test_versions_are_listed_newest_first_without_the_unreadable(out: Path, second: str) -> None:
    live = version_store.current(out)
    edit_manifest(out, version_store.current(out), built_at="2001-01-01T00:00:00Z")
    (out / "versions" / "0123456789ab").mkdir()
    (out / "versions" / ".building-xyz").mkdir()

    assert [manifest.version for manifest in version_store.list_versions(out)] == [second, live]
    assert version_store.version_names(out) == tuple(sorted([second, live, "0123456789ab"]))


@pytest.mark.parametrize("is_second_later", [True, False])
def test_of_versions_built_in_one_second_the_one_written_last_is_newest(
    out: Path, second: str, *, is_second_later: bool
) -> None:
    live = version_store.current(out)
    date_in_one_second(out, (live, second) if is_second_later else (second, live))

    order = [manifest.version for manifest in version_store.list_versions(out)]
    assert order == ([second, live] if is_second_later else [live, second])


def test_version_is_removed_unless_it_is_live(out: Path, second: str) -> None:
    live = version_store.current(out)

    with version_store.building(out):
        version_store.remove(out, second)
        with pytest.raises(RetrievalError, match="is the live version"):
            version_store.remove(out, live)

    assert version_store.version_names(out) == (live,)


def test_two_builders_do_not_collide(out: Path) -> None:
    with (
        version_store.building(out),
        pytest.raises(IndexBusy, match="is in use by"),
        version_store.building(out),
    ):
        pass  # never reached


def test_what_a_dead_build_left_is_removed_by_the_next(out: Path) -> None:
    leftover = out / "versions" / ".building-dead"
    leftover.mkdir()
    (leftover / "units.json").write_text("[")

    with version_store.building(out):
        pass

    assert not leftover.exists()


def test_name_of_a_version_depends_on_every_part_and_on_their_order() -> None:
    names = {
        version_store.version_name(parts) for parts in (["a", "b"], ["b", "a"], ["a"], ["ab"], [])
    }

    assert len(names) == 5
    assert all(len(name) == 12 for name in names)
