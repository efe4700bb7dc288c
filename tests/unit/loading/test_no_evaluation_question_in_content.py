"""No question that the answers are measured on stands in the content."""

import json

import pytest

from corpus import load
from index.text.normalisation import fold
from tests.support.paths import ROOT

LABELLED = ROOT.parent / "shared" / "eval" / "dev.jsonl"


@pytest.mark.skipif(not LABELLED.is_file(), reason=f"{LABELLED.name} is not beside the checkout")
def test_no_labelled_question_is_in_the_content_but_the_titles_of_canned_answers() -> None:
    corpus = load(ROOT / "corpus")
    asked = [
        *(
            question
            for document in corpus.documents
            for s in document.sections
            for question in s.questions
        ),
        *(variant for entry in corpus.entries for variant in entry.variants),
        *(variant for entry in corpus.smalltalk for variant in (entry.question, *entry.variants)),
        *(example for boundary in corpus.boundaries for example in boundary.examples),
        *(check.question for check in corpus.checks),
    ]
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]

    labelled = {fold(row["question"]) for row in rows}

    assert [question for question in asked if fold(question) in labelled] == []
