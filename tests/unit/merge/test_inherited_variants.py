"""An import takes the ways of asking from a corpus on the same subject, and from no other."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corpus import Corpus, load
from corpus.importers.merge.text_likeness import Text, counterparts, texts_of
from service.commands.import_content import app
from tests.support.paths import CONTENT, ROOT

SEED = ROOT.parent / "shared" / "seed" / "article.txt"
SAME = """question,answer
How does one become a baker?,"By an apprenticeship at a bakery, which takes three years."
Who earns more: cook or baker?,Pay is much the same; it depends on the place and your years.
"""
OTHER = """question,answer
When do you open?,"At nine, Monday to Friday."
Do you ship mattresses abroad?,We ship within the country only.
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def imported(folder: Path, text: str, *options: object) -> Corpus:
    (folder / "faq.csv").write_text(text)
    result = run(folder / "faq.csv", "--out", folder / "out", *options)
    assert result.exit_code == 0, result.output
    return load(folder / "out")


def test_variants_are_inherited_from_a_corpus_on_the_same_subject(
    tmp_path: Path, corpus: Corpus
) -> None:
    taken = imported(tmp_path, SAME, "--like", CONTENT)

    asked = {entry.question: set(entry.variants) for entry in taken.entries}
    known = {entry.id: {entry.question, *entry.variants} for entry in corpus.entries}
    assert asked["How does one become a baker?"] >= known["faq-start"]
    assert asked["Who earns more: cook or baker?"] >= known["faq-pay"]
    assert [boundary.id for boundary in taken.boundaries] == [
        boundary.id for boundary in corpus.boundaries
    ]
    assert taken.synonyms == corpus.synonyms


def test_another_subject_gives_nothing_but_smalltalk_that_suits_any(tmp_path: Path) -> None:
    taken = imported(tmp_path, OTHER, "--like", CONTENT)

    assert [entry.variants for entry in taken.entries] == [(), ()]
    assert (taken.boundaries, taken.synonyms) == ((), ())
    assert {entry.id for entry in taken.smalltalk} >= {"talk-greeting", "talk-thanks"}
    said = " ".join(entry.text for entry in taken.smalltalk)
    assert "engineer" not in said.lower()


def test_alone_takes_nothing(tmp_path: Path) -> None:
    taken = imported(tmp_path, SAME, "--alone")

    assert [entry.variants for entry in taken.entries] == [(), ()]
    assert (taken.smalltalk, taken.boundaries) == ((), ())


def test_import_again_changes_nothing(tmp_path: Path) -> None:
    before = imported(tmp_path, SAME, "--like", CONTENT)

    again = imported(tmp_path, SAME, "--like", CONTENT)

    assert again == before


def test_corpus_that_does_not_load_is_reported_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "old" / "faqs").mkdir(parents=True)
    (tmp_path / "old" / "faqs" / "bad.yaml").write_text("- id: [")
    (tmp_path / "faq.csv").write_text(SAME)

    result = run(tmp_path / "faq.csv", "--out", tmp_path / "out", "--like", tmp_path / "old")

    assert result.exit_code == 0
    assert "I reused nothing of" in result.output


def test_text_has_its_counterpart_and_a_strange_one_none(corpus: Corpus) -> None:
    known = texts_of(corpus.documents, corpus.entries)

    same = counterparts(corpus, known)
    strange = counterparts(corpus, [Text("x", "Opening hours", "We open at nine.")])

    assert same == {known_id.id: known_id.id for known_id in known}
    assert strange == {}


def test_seed_becomes_a_bot_that_knows_how_people_ask(tmp_path: Path) -> None:
    if not SEED.exists():
        pytest.skip(f"{SEED} is not there: the source article is needed")

    result = run(SEED, "--out", tmp_path / "out")

    assert result.exit_code == 0, result.output
    taken, shipped = load(tmp_path / "out"), load(ROOT / "corpus")
    assert len(taken.entries) == len(shipped.entries) == 19
    assert all(entry.variants for entry in taken.entries)
    assert len(taken.boundaries) == len(shipped.boundaries)
    sections = [section for document in taken.documents for section in document.sections]
    ways = {way for section in sections for way in section.questions}
    known = {way for d in shipped.documents for section in d.sections for way in section.questions}
    assert len(ways & known) >= 0.9 * len(known)
