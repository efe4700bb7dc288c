"""The shipped content in Milvus answers as it does in the built-in engine, and without it, too."""

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from corpus import load
from index import Abstained, Answered, Retriever, open_index
from index.building.builder import build, recipe
from index.datatypes import Kind, Outcome
from index.encoding.embedder import ExportedEmbedder
from index.encoding.export import find_model, runtime_folder
from index.milvus import addresses
from index.milvus.client import Milvus
from index.quality.opened_version import reply_of
from tests.support.milvus_server import MilvusServer
from tests.support.paths import ROOT

pytestmark = [pytest.mark.socket, pytest.mark.model]
DEV = ROOT.parent / "shared" / "eval" / "dev.jsonl"
SAMPLED = 7
"""Every so many questions one is asked: Milvus Lite takes a third of a second for a search."""
RECOVERY = 60.0
"""Seconds that a client may take to notice that the server is back."""
PATIENT = 60.0
"""Seconds: Milvus Lite is written in Python, and a busy machine makes it slow."""


@dataclass(frozen=True, slots=True)
class Remote:
    server: MilvusServer
    folder: Path
    version: str
    retriever: Retriever


@pytest.fixture(scope="module")
def remote(server: MilvusServer, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Remote:
    out, model = tmp_path_factory.mktemp("remote") / "index", find_model()
    milvus = Milvus(server.address)
    runtime = runtime_folder(model, cache / "encoders")
    embedder, steps = ExportedEmbedder(runtime, model.name), replace(recipe(runtime), store=milvus)
    manifest = build(load(ROOT / "corpus"), out, embedder, steps, cache=cache / "embeddings")
    milvus.publish(manifest.version)
    read = addresses.loader(server.address, PATIENT)
    return Remote(server, out, manifest.version, open_index(out, load=read))


def questions() -> list[str]:
    if not DEV.exists():
        pytest.skip(f"{DEV} is not there: the labelled questions are needed")
    lines = DEV.read_text("utf-8").splitlines()[::SAMPLED]
    return [json.loads(line)["question"] for line in lines]


def top(outcome: Outcome) -> str:
    return outcome.passages[0].unit.id if outcome.passages else ""


def test_same_first_unit_and_same_outcome_as_the_built_in_engine(
    remote: Remote, shipped: Retriever
) -> None:
    asked = questions()

    pairs = [(shipped.answer(question), remote.retriever.answer(question)) for question in asked]

    assert sum(top(here) == top(there) for here, there in pairs) >= 0.99 * len(asked)
    differing = [
        question
        for question, (here, there) in zip(asked, pairs, strict=True)
        if reply_of(here) != reply_of(there)
    ]
    assert differing == []
    assert not any(there.trace.is_partial for _, there in pairs)


def test_version_names_its_store_and_keeps_the_canned_answers(remote: Remote) -> None:
    card = remote.retriever.manifest.remote

    assert card is not None
    assert (card.engine, card.rows) == ("milvus", remote.retriever.manifest.counts["chunks"])
    assert 0 < card.resident < card.rows
    assert remote.retriever.manifest.dense.rows == card.resident


def test_canned_answers_survive_an_outage_and_all_answers_return_after_it(remote: Remote) -> None:
    units = remote.retriever.units.values()
    canned = next(unit.title for unit in units if unit.kind is Kind.FAQ)
    article = next(
        unit.questions[0] for unit in units if unit.kind is Kind.PASSAGE and unit.questions
    )
    before = reply_of(remote.retriever.answer(article))
    remote.server.stop()

    try:
        given, missed = remote.retriever.answer(canned), remote.retriever.answer(article)
    finally:
        remote.server.start()
    again = remote.retriever.answer(article)
    deadline = time.monotonic() + RECOVERY
    while again.trace.is_partial and time.monotonic() < deadline:
        time.sleep(1)
        again = remote.retriever.answer(article)

    assert isinstance(given, Answered)
    assert given.unit.title == canned
    assert given.trace.is_partial
    assert isinstance(missed, Abstained) or missed.trace.is_partial
    assert reply_of(again) == before
