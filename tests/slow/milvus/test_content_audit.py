"""What the audit finds in a version does not depend on where its vectors are."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus, load
from index.building.builder import recipe
from index.quality.content_audit import audit
from index.quality.opened_version import OpenedVersion
from index.quality.publication import build_version
from index.search.milvus import addresses
from index.search.milvus.collections import Milvus
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


def version(
    corpus: Corpus, runtime: Path, folder: Path, milvus: MilvusServer | None
) -> OpenedVersion:
    store = Milvus(milvus.address) if milvus else None
    return build_version(
        corpus,
        folder / "index",
        HandEncoder(),
        replace(recipe(runtime), vectors=store),
        cache=folder / "cache",
        encoder=HandEncoder(),
        vectors=addresses.whole(milvus.address) if milvus else None,
    )


def test_same_is_found_where_the_vectors_are_in_milvus(
    own_milvus: MilvusServer, faulty: Corpus, runtime: Path, tmp_path: Path
) -> None:
    here = version(faulty, runtime, tmp_path, None)
    there = version(faulty, runtime, tmp_path, own_milvus)

    found = audit(faulty, here)
    told = audit(faulty, there)

    assert there.loaded.contents.resident is not None
    assert told == found
    assert any("means the same as" in one.problem for one in told)
    assert any("says 4 years" in one.problem and "says 3 years" in one.problem for one in told)
