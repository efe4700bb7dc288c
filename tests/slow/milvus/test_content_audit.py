"""What the audit finds in a version does not depend on where its vectors are."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from corpus import Corpus, load
from index.building.builder import VectorStore, build, recipe
from index.quality import self_test
from index.quality.content_audit import audit
from index.search.milvus import addresses
from index.search.milvus.collections import Milvus
from index.versions import version_store
from index.versions.version_store import Loaded
from tests.support.encoding import HandEncoder
from tests.support.milvus_server import MilvusServer

pytestmark = pytest.mark.socket
FAULTS = """
- id: faq-x
  question: bread in the morning
  variants: [oven morning hours recipe]
  answer: "Training in bread and dough takes 4 years. Bye."
  owner: Kitchen team
  reviewed: 2026-11-01
- id: faq-y
  question: training of butchers
  variants: [the recipe of morning oven hour]
  answer: "So."
  owner: Kitchen team
  reviewed: 2026-11-01
"""
SENTENCE = "The training of bread and dough takes 3 years."


@pytest.fixture
def faulty(content: Path) -> Corpus:
    """Two questions that mean the same, and a figure of an answer against one of the article."""
    (content / "faqs" / "more.yaml").write_text(FAULTS)
    article = next((content / "articles").glob("*.md"))
    said = article.read_text()
    article.write_text(said.replace("An apprenticeship takes three years for both.", SENTENCE))
    return load(content)


def version(corpus: Corpus, runtime: Path, folder: Path, vectors: VectorStore | None) -> Loaded:
    measure = partial(self_test.measure, checks=corpus.checks, encoder=HandEncoder())
    steps = replace(recipe(runtime), measure=measure, vectors=vectors)
    manifest = build(corpus, folder / "index", HandEncoder(), steps, cache=folder / "cache")
    return version_store.load(folder / "index", manifest.version)


def test_same_is_found_where_the_vectors_are_in_milvus(
    own_milvus: MilvusServer, faulty: Corpus, runtime: Path, tmp_path: Path
) -> None:
    here = version(faulty, runtime, tmp_path, None)
    there = version(faulty, runtime, tmp_path, Milvus(own_milvus.address))

    found = audit(faulty, here, HandEncoder())
    told = audit(faulty, there, HandEncoder(), addresses.whole(own_milvus.address))

    assert there.contents.resident is not None
    assert told == found
    assert any("means the same as" in one.problem for one in told)
    assert any("says 4 years" in one.problem and "says 3 years" in one.problem for one in told)
