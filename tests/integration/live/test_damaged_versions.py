"""Every fault of every file of a version: it is refused by name, in time, and what is live stays.

tests/slow/live/test_damaged_versions.py does the same with the real encoder and a real process.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from index.errors import IndexCorrupt, RetrievalError
from index.storage.atomic_files import file_digest
from index.versions import publication_history, version_store
from tests.support.publishing import edit_manifest
from tests.support.serving import ADMIN, open_small, problem_of, serving, settings_for

PAY = "Do cooks earn more than bakers?"
GARBAGE = b"\x00\xff{garbage" * 40
UNSEEN = ("encoder.onnx", "tokenizer.json")
"""Not read where tests encode by hand."""


def lines_of_nothing(path: Path) -> None:
    path.write_bytes(b"[]" if path.suffix == ".json" else b"")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def linked(path: Path) -> None:
    real = path.with_name(f"{path.name}.real")
    path.rename(real)
    path.symlink_to(real.name)


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def sparse(path: Path) -> None:
    os.truncate(path, version_store.LARGEST_FILE + 1)


Fault = Callable[[Path], object]
SEEN: Mapping[str, Fault] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: os.truncate(path, path.stat().st_size - 1),
    "pipe": pipe,
    "symbolic link": linked,
    "device": device,
    "folder": folder,
    "too large": sparse,
}
"""What a digest reveals, or what is no file at all."""
SIGNED: Mapping[str, Fault] = {
    "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "garbage": lambda path: path.write_bytes(GARBAGE),
    "nothing in it": lines_of_nothing,
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
}
"""What has a digest to fit, as if it had been built so."""


@pytest.fixture
def version(index_folder: Path, tmp_path: Path) -> Path:
    """The folder of the live version of an own index."""
    out = Path(shutil.copytree(index_folder, tmp_path / "index"))
    return version_store.version_folder(out, version_store.current(out))


def sign(version: Path) -> None:
    """Give every file that is there the digest that it has."""
    files = {
        path.relative_to(version).as_posix(): file_digest(path)
        for path in version.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    edit_manifest(version.parents[1], version.name, files=files)


def refusal(out: Path) -> str:
    """What is said of the live version; empty when it opens."""
    try:
        open_small(out)
    except RetrievalError as error:
        return str(error)
    return ""


def names_of(version: Path) -> list[str]:
    return [*json.loads((version / "manifest.json").read_text())["files"], "manifest.json"]


def refusals(version: Path, fault: Fault, *, signed: bool) -> dict[str, str]:
    """What is said of the version with this fault in one file after the other."""
    said = {}
    out, kept = version.parents[1], version.parents[2] / "kept"
    shutil.copytree(version, kept)
    for name in names_of(version):
        if signed and name in (*UNSEEN, "manifest.json"):
            continue
        fault(version / name)
        if signed:
            sign(version)
        said[name] = refusal(out)
        shutil.rmtree(version)
        shutil.copytree(kept, version)
    return said


@pytest.mark.parametrize("fault", SEEN)
def test_damage_is_refused_and_the_file_named(fault: str, version: Path) -> None:
    said = refusals(version, SEEN[fault], signed=False)

    assert len(said) > 12
    assert {name: text for name, text in said.items() if name not in text} == {}


@pytest.mark.parametrize("fault", SIGNED)
def test_damage_with_a_digest_to_fit_is_refused_and_the_file_named(
    fault: str, version: Path
) -> None:
    said = refusals(version, SIGNED[fault], signed=True)

    assert len(said) > 9
    missed = {name: text for name, text in said.items() if name not in text}
    assert missed == {}


def test_file_in_the_place_of_another_is_refused(version: Path) -> None:
    names = [name for name in names_of(version) if name not in (*UNSEEN, "manifest.json")]
    whole = {name: (version / name).read_bytes() for name in names}
    opened = []
    for first, second in zip(names, [*names[1:], names[0]], strict=True):
        (version / first).write_bytes(whole[second])
        (version / second).write_bytes(whole[first])
        sign(version)
        said = refusal(version.parents[1])
        if first not in said and second not in said:
            opened.append((first, second))
        for name in (first, second):
            (version / name).write_bytes(whole[name])

    # Of BM25's own files, which are read only where there is no intent classifier.
    assert [pair for pair in opened if not all("lexical/" in name for name in pair)] == []


@pytest.mark.parametrize(
    "name",
    ["../../current", "/etc/hostname", "", ".", "a\\b", "lexical/../../x", "a\0b", "/dev/zero"],
)
def test_manifest_that_names_another_file_is_refused(name: str, version: Path) -> None:
    files = json.loads((version / "manifest.json").read_text())["files"]
    edit_manifest(version.parents[1], version.name, files={**files, name: "0" * 64})

    with pytest.raises(IndexCorrupt, match="outside its version"):
        open_small(version.parents[1])


@pytest.mark.parametrize("name", ["units.json", "ranking.safetensors", "lexical/params.index.json"])
def test_file_that_the_manifest_leaves_out_is_not_opened(name: str, version: Path) -> None:
    files = json.loads((version / "manifest.json").read_text())["files"]
    del files[name]
    edit_manifest(version.parents[1], version.name, files=files)

    with pytest.raises(IndexCorrupt, match=f"has no {name}"):
        open_small(version.parents[1])


@pytest.mark.parametrize("inner", ["version", "lexical"])
def test_folder_that_is_a_link_is_refused(inner: str, version: Path) -> None:
    path = version if inner == "version" else version / "lexical"
    elsewhere = version.parents[2] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)

    with pytest.raises(RetrievalError):
        open_small(version.parents[1])


@pytest.mark.parametrize(
    "fault", [pipe, linked, device, folder, lambda path: path.write_bytes(b"\xff" * 5000)]
)
def test_current_that_is_no_file_with_a_name_is_refused(fault: Fault, version: Path) -> None:
    fault(version.parents[1] / "current")

    with pytest.raises(IndexCorrupt, match="current"):
        open_small(version.parents[1])


def test_publication_records_that_are_no_files_are_passed_over(version: Path) -> None:
    out = version.parents[1]
    records = out / "publications"
    records.mkdir(exist_ok=True)
    os.mkfifo(records / "000900.json")
    (records / "000901.json").symlink_to("/dev/zero")
    (records / "000902.json").write_bytes(b"[" * 100_000)
    (records / "\u00b2.json").write_text("{}")

    assert publication_history.published_version(out, version.name).version == version.name
    assert open_small(out).manifest.version == version.name


def signed(version: Path, name: str, data: bytes) -> None:
    (version / name).write_bytes(data)
    sign(version)


ACTS: Mapping[str, Fault] = {
    "nothing in it": lambda version: signed(version, "units.json", b"[]"),
    "garbage": lambda version: signed(version, "ranking.safetensors", GARBAGE),
    "pipe": lambda version: pipe(version / "chunks.json"),
    "pipe for current": lambda version: pipe(version.parents[1] / "current"),
    "device": lambda version: device(version / "manifest.json"),
}


@pytest.mark.parametrize("act", ACTS)
def test_reload_is_refused_and_what_is_live_stays(
    act: str, version: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(settings_for(tmp_path, index_dir=version.parents[1])) as client:
        ACTS[act](version)
        refused = client.post("/v1/index/reload", headers=ADMIN)
        answered = client.post("/v1/ask", json={"question": PAY}).json()
        ready = client.get("/readyz").status_code
        metrics = client.get("/metrics").text

    assert problem_of(refused)["status"] == 409
    assert (answered["answer"]["id"], ready) == ("faq-pay", 200)
    assert answered["index_version"] == version.name
    assert 'faq_index_reloads_total{result="refused"} 1.0' in metrics
    assert caplog.text.count("index refused: ") == 1


@pytest.mark.parametrize("act", ACTS)
def test_service_starts_and_is_not_ready(act: str, version: Path, tmp_path: Path) -> None:
    ACTS[act](version)
    with serving(settings_for(tmp_path, index_dir=version.parents[1])) as client:
        statuses = [client.get(path).status_code for path in ("/healthz", "/readyz", "/v1/index")]

    assert statuses == [200, 503, 503]
