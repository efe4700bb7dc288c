"""Versions of the tiny corpus, built by hand and put to the test."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from corpus import load
from index import store, trial
from index.builder import build, recipe
from index.store import Loaded
from tests.encoding import HandEncoder


def edit(content: Path, changes: Mapping[str, str], name: str = "faqs/jobs.yaml") -> Path:
    """Replace texts in a file of a corpus; each has to be there."""
    path = content / name
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return content


def built(content: Path, runtime: Path, out: Path, *, publish: bool = False) -> Loaded:
    """Build a version in `out`, with its figures, and read it."""
    corpus = load(content)
    measure = partial(trial.measure, checks=corpus.checks, encoder=HandEncoder())
    steps = replace(recipe(runtime), measure=measure)
    cache = out.parent / "vectors"
    manifest = build(corpus, out, HandEncoder(), steps, cache=cache, publish=publish)
    return store.load(out, manifest.version)
