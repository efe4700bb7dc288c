"""Versions of the tiny corpus, built by hand and self-tested."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from corpus import load
from index.building.builder import recipe
from index.quality.opened_version import OpenedVersion
from index.quality.publication import build_version
from index.versions import version_store
from tests.support.encoding import HandEncoder


def edit(content: Path, changes: Mapping[str, str], name: str = "faqs/jobs.yaml") -> Path:
    """Replace texts in a file of a corpus; each has to be there."""
    path = content / name
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return content


def edit_manifest(out: Path, version: str, **changes: object) -> Path:
    """Change fields of a version's manifest, as if it had been built with them."""
    path = version_store.version_folder(out, version) / version_store.MANIFEST_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return path


def date_in_one_second(out: Path, versions: Sequence[str]) -> None:
    """Let versions look as if they had been built one after the other within a second."""
    for number, version in enumerate(versions):
        path = edit_manifest(out, version, built_at="2026-11-26T00:00:00Z")
        os.utime(path, (1e9 + number, 1e9 + number))


def built(content: Path, runtime: Path, out: Path, *, publish: bool = False) -> OpenedVersion:
    """Build a version in `out`, with its figures, and open it."""
    corpus, encoder, steps = load(content), HandEncoder(), recipe(runtime)
    steps = replace(steps, out_of_scope=steps.out_of_scope[:20])  # a build takes 0.1 s then
    cache = out.parent / "vectors"
    version = build_version(corpus, out, encoder, steps, cache=cache, encoder=encoder)
    if publish:
        version_store.publish(out, version.loaded.manifest.version)
    return version
