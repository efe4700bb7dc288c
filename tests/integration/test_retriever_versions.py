"""The retriever on versions of other content, and on faulty ones."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus import load
from index import Retriever, open_index
from index.building.builder import build, recipe
from index.datatypes import Abstained, Answered, Reason, Suggestion
from index.errors import IndexCorrupt
from index.ranking import unit_scorer
from index.versions import version_store
from tests.support.encoding import HandEncoder

ARTICLE = "# Jobs\n\n## What a baker does {#baker}\n\nA baker bakes bread.\n"
ENTRY = "- {id: pay, question: What do cooks earn?, answer: Enough.}\n"


def built(folder: Path, runtime: Path, **files: str) -> Retriever:
    """An index of a corpus of these files; `__` in a name stands for the slash."""
    for name, text in files.items():
        path = folder / "corpus" / f"{name.replace('__', '/')}"
        path = path.with_suffix(".md" if "articles" in name else ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    corpus = load(folder / "corpus")
    build(corpus, folder / "index", HandEncoder(), recipe(runtime), cache=folder / "cache")
    return open_index(folder / "index", HandEncoder())


@pytest.mark.parametrize(
    ("files", "question", "given", "suggested"),
    [
        ({"articles__a": ARTICLE}, "what does a baker do", "baker", ()),
        ({"faqs__a": ENTRY}, "what do cooks earn", "pay", ()),
        (
            {"articles__a": ARTICLE, "faqs__a": ENTRY},
            "what does a baker do",
            "baker",
            (Suggestion("pay", "What do cooks earn?"),),
        ),
        ({"faqs__a": f"{ENTRY}- {{id: b, question: '?', answer: 🙂}}\n"}, "cooks earn", "pay", ()),
    ],
    ids=["article", "entry", "both", "wordless-entry"],
)
def test_smallest_corpora_are_answered_from(
    files: dict[str, str],
    question: str,
    given: str,
    suggested: tuple[Suggestion, ...],
    tmp_path: Path,
    runtime: Path,
) -> None:
    retriever = built(tmp_path, runtime, **files)

    outcome = retriever.answer(question)

    assert isinstance(outcome, Answered)
    assert outcome.unit.id == given
    assert outcome.related[:1] == suggested or not suggested


def test_unit_is_offered_by_its_title_when_nobody_asks_for_it(
    tmp_path: Path, runtime: Path
) -> None:
    entry = "- {id: pay, question: Who earns more?, answer: Cooks., related: [oven, b--se]}\n"
    article = (
        "---\ntitle: Jobs\nroles: {se: Baker}\n---\n\n"
        "## The oven {#oven}\n\nHot.\n\n## Baker {#b}\n\n- Dough is soft. {#b--se}\n"
    )
    retriever = built(tmp_path, runtime, faqs__a=entry, articles__b=article)

    outcome = retriever.answer("Who earns more?")

    assert isinstance(outcome, Answered)
    # A side is no unit of its own, and so is not offered.
    assert outcome.related == (Suggestion("oven", "The oven"),)


def test_building_twice_gives_the_same_bytes(
    content: Path, runtime: Path, tmp_path: Path, index_folder: Path
) -> None:
    build(load(content), tmp_path / "index", HandEncoder(), recipe(runtime), cache=tmp_path / "c")

    one, two = (version_store.load(folder).folder for folder in (index_folder, tmp_path / "index"))
    assert (one / unit_scorer.FILE).read_bytes() == (two / unit_scorer.FILE).read_bytes()


@pytest.mark.parametrize("name", ["ranking.safetensors", "lookup.safetensors", "confidence.json"])
def test_version_without_a_learned_file_is_reported(
    name: str, content: Path, runtime: Path, tmp_path: Path
) -> None:
    whole = recipe(runtime)

    def learn(*given: Any) -> dict[str, bytes]:
        learned = whole.learn(*given) if whole.learn else {}
        return {other: data for other, data in learned.items() if other != name}

    extras = {other: data for other, data in whole.extras.items() if other != name}
    lacking = replace(whole, extras=extras, learn=learn)
    build(load(content), tmp_path / "index", HandEncoder(), lacking, cache=tmp_path / "cache")

    with pytest.raises(IndexCorrupt, match=rf"has no {name}\. Run: careers-faq build"):
        open_index(tmp_path / "index", HandEncoder())


def test_calibration_of_a_version_is_what_its_answers_are_weighed_by(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    whole = recipe(runtime)
    shipped = json.loads(whole.extras["confidence.json"])
    timid = json.dumps({**shipped, "answer_at": 1.0, "clarify_at": 1.0}).encode()
    other = replace(whole, extras={**whole.extras, "confidence.json": timid})
    build(load(content), tmp_path / "index", HandEncoder(), other, cache=tmp_path / "cache")

    outcome = open_index(tmp_path / "index", HandEncoder()).answer("Do bakers work at night?")

    assert isinstance(outcome, Abstained)
    assert outcome.reason is Reason.NOT_COVERED
