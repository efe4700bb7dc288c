import os
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus, load
from index.building.builder import Recipe, build
from index.building.chunking import Chunked
from index.building.classifier_cache import ClassifierCache
from index.datatypes import ModelCard, Vectors
from index.ranking.unit_scorer import OutOfScope
from index.versions import version_store
from tests.support.encoding import HandEncoder


@pytest.fixture
def recipe(runtime: Path) -> Recipe:
    return Recipe(runtime)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_build_publishes_what_its_manifest_says(
    corpus: Corpus, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    manifest = build(corpus, tmp_path / "index", encoder, recipe, cache=tmp_path / "cache")

    assert version_store.load(tmp_path / "index").manifest == manifest
    assert manifest.model == ModelCard("by-hand", "0" * 64, 19, "onnx-int8")
    assert manifest.content_hash == corpus.content_hash
    assert manifest.counts == {
        "documents": 1,
        "sections": 8,
        "entries": 4,
        "smalltalk": 2,
        "boundaries": 2,
        "units": 14,
        "chunks": len(version_store.load(tmp_path / "index").contents.chunks),
    }


def test_same_input_gives_the_same_version_and_the_same_bytes(
    corpus: Corpus, recipe: Recipe, tmp_path: Path
) -> None:
    one, two = (
        build(corpus, tmp_path / name, HandEncoder(), recipe, cache=tmp_path / f"{name}-cache")
        for name in ("one", "two")
    )

    assert one.version == two.version
    assert one.files == two.files
    assert files_of(tmp_path / "one" / "versions") == files_of(tmp_path / "two" / "versions")


def test_second_build_encodes_nothing_and_writes_nothing(
    corpus: Corpus, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    first = build(corpus, tmp_path / "index", encoder, recipe, cache=tmp_path / "cache")
    encoder.encoded.clear()

    second = build(corpus, tmp_path / "index", encoder, recipe, cache=tmp_path / "cache")

    assert second == first
    assert encoder.encoded == []


def test_edit_encodes_the_edit_alone(
    content: Path, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    out, cache = tmp_path / "index", tmp_path / "cache"
    first = build(load(content), out, encoder, recipe, cache=cache)
    encoder.encoded.clear()
    path = content / "faqs" / "jobs.yaml"
    path.write_text(path.read_text().replace("are cooks better paid", "do cooks earn a lot"))

    second = build(load(content), out, encoder, recipe, cache=cache)

    assert second.version != first.version
    assert encoder.encoded == ["do cooks earn a lot"]
    assert version_store.current(out) == second.version


def test_forced_build_writes_the_version_again(
    corpus: Corpus, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    out, cache = tmp_path / "index", tmp_path / "cache"
    first = build(corpus, out, encoder, recipe, cache=cache)
    inode = (out / "versions" / first.version / "units.json").stat().st_ino

    second = build(corpus, out, encoder, recipe, cache=cache, force=True)

    assert second.files == first.files
    assert (out / "versions" / first.version / "units.json").stat().st_ino != inode
    assert [path.name for path in (out / "versions").iterdir()] == [first.version]


def test_corrupt_version_is_built_again(
    corpus: Corpus, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    out, cache = tmp_path / "index", tmp_path / "cache"
    version = build(corpus, out, encoder, recipe, cache=cache).version
    (out / "versions" / version / "units.json").write_text("[]")

    build(corpus, out, encoder, recipe, cache=cache)

    assert version_store.load(out).manifest.version == version


def test_unpublished_build_leaves_what_is_live(
    corpus: Corpus, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    out, cache = tmp_path / "index", tmp_path / "cache"
    live = build(corpus, out, encoder, recipe, cache=cache).version
    changed = replace(corpus, content_hash="of changed content")

    other = build(changed, out, encoder, recipe, cache=cache, publish=False).version

    assert version_store.current(out) == live
    assert version_store.load(out, other).manifest.version == other


def test_encoder_is_linked_not_copied(
    corpus: Corpus, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    version = build(corpus, tmp_path / "index", encoder, recipe, cache=tmp_path / "cache").version

    linked = tmp_path / "index" / "versions" / version / "encoder.onnx"

    assert linked.samefile(recipe.runtime / "encoder.onnx")


def test_extra_and_learned_files_are_part_of_the_version(
    corpus: Corpus, encoder: HandEncoder, runtime: Path, tmp_path: Path
) -> None:
    def learn(
        chunked: Chunked, vectors: Vectors, out_of_scope: OutOfScope, _: ClassifierCache
    ) -> dict[str, bytes]:
        sizes = (
            len(chunked.chunks),
            len(vectors),
            len(out_of_scope.texts),
            len(out_of_scope.vectors),
        )
        return {"sizes.txt": " ".join(map(str, sizes)).encode()}

    strangers = ("what is the weather", "book a table")
    extras = {"confidence.json": b"{}"}
    recipe = Recipe(runtime, extras=extras, learn=learn, out_of_scope=strangers)

    manifest = build(corpus, tmp_path / "index", encoder, recipe, cache=tmp_path / "cache")

    files = files_of(tmp_path / "index" / "versions" / manifest.version)
    count = manifest.counts["chunks"]
    assert files["confidence.json"] == b"{}"
    assert files["sizes.txt"] == f"{count} {count} 2 2".encode()
    assert {"confidence.json", "sizes.txt"} < set(manifest.files)


def test_version_depends_on_content_chunks_model_encoder_and_extras(
    corpus: Corpus, runtime: Path, tmp_path: Path
) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"another encoder")
    (tmp_path / "tokenizer.json").write_bytes(b"a tokenizer")
    other_model = HandEncoder()
    other_model.sha256 = "1" * 64
    model, recipe = HandEncoder(), Recipe(runtime)
    cases: list[tuple[Corpus, HandEncoder, Recipe]] = [
        (corpus, model, recipe),
        (replace(corpus, content_hash="other"), model, recipe),
        (replace(corpus, smalltalk=()), model, recipe),
        (corpus, other_model, recipe),
        (corpus, model, Recipe(tmp_path)),
        (corpus, model, Recipe(runtime, extras={"confidence.json": b"{}"})),
        (corpus, model, Recipe(runtime, extras={"confidence.json": b"[]"})),
    ]

    versions = {
        build(content, tmp_path / "index", embedder, how, cache=tmp_path / "cache").version
        for content, embedder, how in cases
    }

    assert len(versions) == len(cases)


def test_progress_is_reported(
    corpus: Corpus, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    seen: list[tuple[str, int, int]] = []

    build(
        corpus,
        tmp_path / "index",
        encoder,
        recipe,
        cache=tmp_path / "cache",
        report=lambda step, done, total: seen.append((step, done, total)),
    )

    texts = len(set(encoder.encoded))
    assert seen[0] == ("encode", 0, texts)
    assert seen[-2:] == [("encode", texts, texts), ("publish", 1, 1)]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such permissions")
def test_another_user_can_read_the_version(
    corpus: Corpus, encoder: HandEncoder, recipe: Recipe, tmp_path: Path
) -> None:
    version = build(corpus, tmp_path / "index", encoder, recipe, cache=tmp_path / "cache").version

    assert (tmp_path / "index" / "versions" / version).stat().st_mode & 0o777 == 0o755
