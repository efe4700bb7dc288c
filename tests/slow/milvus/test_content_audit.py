"""The content audit with the vectors in Milvus."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus, load
from index.building.builder import recipe
from index.milvus import addresses
from index.quality.content_audit import audit
from index.quality.opened_version import OpenedVersion
from index.quality.publication import build_version
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


def version(corpus: Corpus, runtime: Path, folder: Path, address: str) -> OpenedVersion:
    return build_version(
        corpus,
        folder / "index",
        HandEncoder(),
        replace(recipe(runtime), store=addresses.connect(address)),
        cache=folder / "cache",
        encoder=HandEncoder(),
        load=addresses.loader(address),
    )


def test_findings_do_not_depend_on_where_the_vectors_are(
    server: MilvusServer, faulty: Corpus, runtime: Path, tmp_path: Path
) -> None:
    here = version(faulty, runtime, tmp_path, addresses.BUILT_IN)
    there = version(faulty, runtime, tmp_path, server.address)

    local = audit(faulty, here)
    remote = audit(faulty, there)

    assert there.loaded.contents.resident is not None
    assert remote == local
    assert any("means the same as" in finding.problem for finding in remote)
    assert any(
        "says 4 years" in finding.problem and "says 3 years" in finding.problem
        for finding in remote
    )
