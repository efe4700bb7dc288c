"""Versions pushed to stores and fetched from them: a folder, memory, and S3 over HTTP."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from index.errors import IndexCorrupt, IndexMissing, Unreachable
from index.storage.atomic_files import file_digest
from index.versions import publication_history, version_store
from index.versions.publication_history import published_version
from index.versions.replication import LONGEST_SILENCE, StoreLocation, VersionSource, push
from tests.support.s3_server import BUCKET, s3_server

NEXT = "b" * 12


@pytest.fixture
def out(index_folder: Path, tmp_path: Path) -> Path:
    """Where it is built: an index with a second version of other units, which is not live."""
    out = shutil.copytree(index_folder, tmp_path / "built")
    version = version_store.version_folder(out, version_store.current(out))
    copy = shutil.copytree(version, version.with_name(NEXT))
    before = file_digest(copy / "units.json")
    with (copy / "units.json").open("a", encoding="utf-8") as file:
        file.write("\n")
    manifest = copy / "manifest.json"
    text = manifest.read_text("utf-8").replace(version.name, NEXT)
    text = text.replace(before, file_digest(copy / "units.json"))
    manifest.write_text(text, "utf-8")
    return out


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def s3() -> Iterator[None]:
    with s3_server() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(params=["file", "memory", pytest.param("s3", marks=pytest.mark.socket)])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> StoreLocation:
    if request.param == "s3":
        request.getfixturevalue("s3")
    places = {"file": tmp_path / "store", "memory": f"/{uuid4()}", "s3": f"{BUCKET}/{uuid4()}"}
    return StoreLocation(f"{request.param}://{places[request.param]}")


def forward(out: Path, remote: StoreLocation, version: str = NEXT) -> None:
    publication_history.publish(out, version, "Ann")
    push(out, remote, "Ann")


def source(remote: StoreLocation, cache: Path) -> VersionSource:
    """One that never waits, and does not leave alone what failed."""
    times = iter(range(0, 100_000, 1000))
    return VersionSource(remote, cache, lambda: float(next(times)), lambda _: None)


def test_what_is_pushed_is_fetched_and_whole(out: Path, remote: StoreLocation, cache: Path) -> None:
    following = source(remote, cache)
    first = push(out, remote, "Ann")
    following.refresh()
    taken = version_store.current(cache)

    forward(out, remote)
    following.refresh()
    following.refresh()

    assert (taken, version_store.current(cache)) == (first, NEXT)
    assert version_store.load(cache).manifest == version_store.load(out).manifest
    assert [record.version for record in publication_history.history(cache)] == [first, NEXT]
    assert remote.record_numbers() == [1, 2]


def test_version_that_is_undone_and_redone_between_two_looks_is_newer(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    following = source(remote, cache)
    first = push(out, remote, "Ann")
    following.refresh()
    before = published_version(cache, first)

    forward(out, remote)
    forward(out, remote, first)
    following.refresh()

    assert version_store.current(cache) == first
    assert before.at < published_version(cache, first).at


def test_notes_of_an_index_that_was_there_before_give_way(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    shutil.copytree(out, cache)
    publication_history.publish(cache, NEXT, "somebody else")
    first = push(out, remote, "Ann")

    source(remote, cache).refresh()

    assert version_store.current(cache) == first
    assert [record.by for record in publication_history.history(cache)] == ["Ann"]


def test_damaged_file_is_refused_until_it_is_pushed_again(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    following = source(remote, cache)
    first = push(out, remote, "Ann")
    following.refresh()
    forward(out, remote)
    remote.write(f"versions/{NEXT}/units.json", b"[]")
    remote.write(f"versions/{NEXT}/encoder.onnx", b"")  # is here already, in the version before

    with pytest.raises(IndexCorrupt, match=r"units\.json is not what was built"):
        following.refresh()
    refused = version_store.current(cache)
    push(out, remote, "Ann", force=True)
    following.refresh()

    assert (refused, version_store.current(cache)) == (first, NEXT)
    assert not list((cache / "versions").glob(".fetching/*"))


def test_version_that_is_not_all_there_is_refused(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    remote.write("current", f"{version_store.current(out)}\n".encode())

    with pytest.raises(IndexCorrupt, match=r"manifest\.json is missing"):
        source(remote, cache).refresh()

    with pytest.raises(IndexMissing):
        version_store.current(cache)


def test_what_came_whole_is_not_fetched_again(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    first = push(out, remote, "Ann")
    whole = cache / "versions" / ".fetching" / first / "encoder.onnx"
    whole.parent.mkdir(parents=True)
    shutil.copy(out / "versions" / first / "encoder.onnx", whole)
    place = whole.stat().st_ino
    stale = cache / "versions" / ".fetching" / NEXT
    stale.mkdir()

    source(remote, cache).refresh()

    assert (cache / "versions" / first / "encoder.onnx").stat().st_ino == place
    assert not stale.exists()


def test_empty_store_holds_nothing(remote: StoreLocation, cache: Path) -> None:
    with pytest.raises(IndexMissing, match="Nothing is published in"):
        source(remote, cache).refresh()


def test_store_that_names_a_version_outside_writes_nothing_there(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    first = push(out, remote, "Ann")
    manifest = remote.read(f"versions/{first}/manifest.json")
    assert manifest is not None
    remote.write("versions/../../evil/manifest.json", manifest)
    remote.write("current", b"../../evil\n")

    with pytest.raises(IndexCorrupt, match="names no version"):
        source(remote, cache).refresh()
    assert not (cache / "versions").exists()


def test_manifest_that_names_a_file_outside_is_refused(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    first = push(out, remote, "Ann")
    path = f"versions/{first}/manifest.json"
    manifest = remote.read(path)
    assert manifest is not None
    remote.write(path, manifest.replace(b'"units.json"', b'"../../../units.json"'))

    with pytest.raises(IndexCorrupt, match="names a file outside its version"):
        source(remote, cache).refresh()


def test_cache_keeps_to_the_newest_versions(out: Path, remote: StoreLocation, cache: Path) -> None:
    following = source(remote, cache)
    first = push(out, remote, "Ann")
    live = out / "versions" / first
    for letter in "cdef":
        copy = shutil.copytree(live, live.with_name(letter * 12))
        manifest = copy / "manifest.json"
        manifest.write_text(manifest.read_text("utf-8").replace(first, letter * 12), "utf-8")
        forward(out, remote, letter * 12)
        following.refresh()

    assert version_store.current(cache) == "f" * 12
    assert len(version_store.version_names(cache)) in (3, 4)


def test_version_that_is_refused_is_left_alone_for_a_while_and_another_is_not(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    now = [0.0]
    following = VersionSource(remote, cache, lambda: now[0], lambda _: None)
    first = push(out, remote, "Ann")
    following.refresh()
    remote.write("current", f"{'c' * 12}\n".encode())
    with pytest.raises(IndexCorrupt):
        following.refresh()

    following.refresh()
    remote.write("current", f"{first}\n".encode())
    forward(out, remote)
    following.refresh()
    taken = version_store.current(cache)
    remote.write("current", f"{'c' * 12}\n".encode())

    assert taken == NEXT
    with pytest.raises(IndexCorrupt):
        following.refresh()


def test_store_that_does_not_answer_is_asked_seldom_and_used_within_seconds(
    out: Path, tmp_path: Path, cache: Path
) -> None:
    now = [0.0]
    place = tmp_path / "store"
    push(out, StoreLocation(f"file://{place}"), "Ann")
    following = VersionSource(
        StoreLocation(f"file://{place}"), cache, lambda: now[0], lambda _: None
    )
    (place / "current").rename(place / "kept")
    (place / "current").mkdir()  # cannot be read
    asked = 0
    for _ in range(600):
        now[0] += 0.1
        try:
            following.refresh()
        except Unreachable:
            asked += 1
    (place / "current").rmdir()
    (place / "kept").rename(place / "current")

    now[0] += LONGEST_SILENCE
    following.refresh()

    assert 60 / LONGEST_SILENCE < asked < 30
    assert version_store.current(cache) == version_store.current(out)


def test_folder_that_is_built_into_is_followed_without_a_push(out: Path, cache: Path) -> None:
    following = source(StoreLocation(f"file://{out}"), cache)
    first = version_store.current(out)
    following.refresh()
    publication_history.publish(out, NEXT, "Ann")
    following.refresh()
    taken = version_store.current(cache)

    publication_history.roll_back(out, first, "Ben")
    following.refresh()

    assert (taken, version_store.current(cache)) == (NEXT, first)
    assert published_version(cache, first) == published_version(out, first)
    assert published_version(cache, NEXT).is_behind(published_version(cache, first))


def test_second_worker_leaves_the_fetching_to_the_first(
    out: Path, remote: StoreLocation, cache: Path
) -> None:
    push(out, remote, "Ann")

    with version_store.building(cache):
        source(remote, cache).refresh()

    assert version_store.version_names(cache) == ()


def test_url_of_an_unknown_scheme_is_rejected() -> None:
    with pytest.raises(Unreachable, match="cannot be read or written"):
        StoreLocation("carrier-pigeon://loft")
