import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from index.datatypes import (
    Abstained,
    Answered,
    Citation,
    Clarify,
    Conversed,
    Hit,
    Kind,
    Manifest,
    ModelCard,
    Outcome,
    Reason,
    Side,
    Source,
    Suggestion,
    Trace,
    Unit,
    VectorIndexCard,
    VectorIndexKind,
)
from index.freshness import Freshness
from service.answering.messages import (
    BEST_FOUND,
    LANGUAGES,
    OTHER_LANGUAGE,
    PARTIAL,
    Contact,
    message,
)
from service.answering.pipeline import Exchange
from service.api.presenters import body, index_info, serialiser
from service.api.schemas import AskResponse

CITATION = Citation("faqs/careers.yaml", 10, 20, "ab" * 32)
UNIT = Unit(
    id="faq-01",
    kind=Kind.FAQ,
    document="faqs/careers.yaml",
    document_title="Careers",
    title="Do I need a degree?",
    level=0,
    trail=(),
    text="No, you do not.",
    markdown="No, you **do not**.",
    html="<p>No, you <strong>do not</strong>.</p>",
    url="/faq#faq-01",
    owner="Careers team",
    reviewed=date(2026, 11, 23),
    valid_until=None,
    sources=(Source("A page", "https://example.org/page"),),
    related=("faq-02",),
    questions=("Do I need a degree?",),
    parent=None,
    sides=(),
    citation=CITATION,
)
SIDE = Side("se", "Software engineer", "art-pay--se", "Well paid.", "<p>Well paid.</p>", CITATION)
HIT = Hit(UNIT, 0.75, "No, you do not.", ((0, 2),))
OFFER = Suggestion("faq-02", "Is it hard?")
TRACE = Trace("do i need a degree", {}, ())

CITATION_JSON = {
    "document": "faqs/careers.yaml",
    "start": 10,
    "end": 20,
    "sha256": "ab" * 32,
}
ANSWER_JSON: dict[str, Any] = {
    "id": "faq-01",
    "kind": "faq",
    "title": "Do I need a degree?",
    "text": "No, you do not.",
    "markdown": "No, you **do not**.",
    "html": "<p>No, you <strong>do not</strong>.</p>",
    "url": "/faq#faq-01",
    "reviewed": "2026-11-23",
    "sources": [{"title": "A page", "url": "https://example.org/page"}],
    "citation": CITATION_JSON,
    "sides": [],
}
PASSAGE_JSON = {
    "id": "faq-01",
    "document": "faqs/careers.yaml",
    "heading": "Do I need a degree?",
    "text": "No, you do not.",
    "url": "/faq#faq-01",
    "score": 0.75,
    "highlights": [[0, 2]],
}


def abstained(
    reason: Reason,
    boundary: Unit | None = None,
    language: str | None = None,
    nearest: Sequence[Suggestion] = (OFFER,),
) -> Abstained:
    return Abstained(reason, boundary, language, 0.2, tuple(nearest), (HIT,), TRACE)


CONTACT = "mailto:a@b.org"


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return a response as it is sent, which is the one shape of a response, in its order."""
    written = body(Exchange("an-exchange", "a-conversation", serialiser(CONTACT)(outcome, "v1")))
    assert AskResponse.model_validate_json(written).model_dump_json().encode() == written
    sent: dict[str, Any] = json.loads(written)
    return sent


def expected(outcome: Outcome, name: str, confidence: float, answer: object) -> dict[str, Any]:
    said = message(outcome, CONTACT)
    return {
        "interaction_id": "an-exchange",
        "conversation_id": "a-conversation",
        "outcome": name,
        "confidence": confidence,
        "message": said.text,
        "message_html": said.html,
        "contact": {"label": "Ask a person", "url": CONTACT} if said.contact else None,
        "answer": answer,
        "passages": [PASSAGE_JSON],
        "suggestions": [{"id": "faq-02", "question": "Is it hard?"}],
        "index_version": "v1",
    }


def test_answer_is_returned_whole() -> None:
    outcome = Answered(UNIT, 0.9, (HIT,), (OFFER,), TRACE)

    assert as_json(outcome) == expected(outcome, "answer", 0.9, ANSWER_JSON)


@pytest.mark.parametrize("role", ["se", "mle", None])
def test_comparison_has_both_sides_and_says_which_is_asked_for(role: str | None) -> None:
    unit = replace(UNIT, kind=Kind.COMPARISON, sides=(SIDE,))

    outcome = Answered(unit, 0.9, (HIT,), (OFFER,), TRACE, asked_role=role)
    answer = as_json(outcome)["answer"]

    side = {
        "role": "se",
        "label": "Software engineer",
        "id": "art-pay--se",
        "text": "Well paid.",
        "html": "<p>Well paid.</p>",
        "citation": CITATION_JSON,
        "asked": role == "se",
    }
    assert answer == {**ANSWER_JSON, "kind": "comparison", "sides": [side]}


def test_clarifying_gives_no_answer_but_candidates() -> None:
    outcome = Clarify((OFFER,), 0.5, (HIT,), TRACE)

    assert as_json(outcome) == expected(outcome, "clarify", 0.5, None)


@pytest.mark.parametrize("reason", Reason)
def test_refusal_gives_no_answer_but_the_nearest(reason: Reason) -> None:
    outcome = abstained(reason, boundary=replace(UNIT, kind=Kind.BOUNDARY))

    assert as_json(outcome) == expected(outcome, "no_answer", 0.2, None)


def test_smalltalk_is_an_answer_of_its_kind() -> None:
    unit = replace(UNIT, kind=Kind.SMALLTALK)
    outcome = Conversed(unit, 0.9, (HIT,), (OFFER,), TRACE)

    assert as_json(outcome) == expected(
        outcome, "smalltalk", 0.9, {**ANSWER_JSON, "kind": "smalltalk"}
    )


def test_what_holds_the_place_of_units_is_only_a_text_within_a_text() -> None:
    place = '"answer":null,"passages":[]'
    offer = Suggestion("faq-03", place)
    outcome = Answered(UNIT, 0.9, (HIT, HIT), (OFFER, offer), TRACE, others=(offer,))

    sent = as_json(outcome)

    assert (sent["answer"], sent["passages"]) == (ANSWER_JSON, [PASSAGE_JSON, PASSAGE_JSON])
    assert sent["suggestions"][1]["question"] == place
    assert place in sent["message"]


@pytest.mark.parametrize(("score", "marks"), [(0.0001, ()), (1.0, ((0, 2), (3, 8))), (0.0, ())])
def test_passage_has_its_own_score_and_marks(score: float, marks: tuple[tuple[int, int]]) -> None:
    hit = replace(HIT, score=score, highlights=marks)

    sent = as_json(Clarify((), 0.5, (HIT, hit), TRACE))["passages"]

    assert sent == [
        PASSAGE_JSON,
        {**PASSAGE_JSON, "score": score, "highlights": [*map(list, marks)]},
    ]


@pytest.mark.parametrize(("given", "shown"), [(1.0000001, 1.0), (-0.0000001, 0.0)])
def test_confidence_stays_a_probability(given: float, shown: float) -> None:
    assert as_json(Clarify((), given, (), TRACE))["confidence"] == shown


def test_index_is_described_without_its_files() -> None:
    manifest = Manifest(
        format=1,
        version="v1",
        built_at="2026-11-23T12:00:00Z",
        model=ModelCard("mini", "cd" * 32, 8, "by-hand"),
        content_hash="ef" * 32,
        counts={"units": 3},
        figures={"auroc": 0.9},
        dense=VectorIndexCard(VectorIndexKind.FLAT, 3, 0, 0, 1.0),
        files={"units.json": "12" * 32},
    )

    assert index_info(manifest, Freshness(1, 2, 3)).model_dump() == {
        "version": "v1",
        "built_at": "2026-11-23T12:00:00Z",
        "model": {"name": "mini", "sha256": "cd" * 32, "dimension": 8, "runtime": "by-hand"},
        "content_hash": "ef" * 32,
        "counts": {"units": 3},
        "figures": {"auroc": 0.9},
        "freshness": {"overdue": 1, "expiring": 2, "expired": 3},
    }


BOUNDARY = replace(UNIT, kind=Kind.BOUNDARY, text="This site has no salary figures.")


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Answered(UNIT, 0.9, (), (), TRACE), ""),
        (
            Answered(replace(UNIT, kind=Kind.COMPARISON), 0.9, (), (), TRACE),
            "",
        ),
        (
            Answered(UNIT, 0.9, (), (OFFER,), TRACE, others=(OFFER,)),
            f"You asked more than one thing, so here's the first. Next up: “{OFFER.question}”",
        ),
        (
            Answered(UNIT, 1.0, (), (OFFER,), TRACE, others=(OFFER,), is_chosen=True),
            f"Here's the first of them. Next up: “{OFFER.question}”",
        ),
        (Answered(UNIT, 0.9, (), (), TRACE, leaves_out=True), "I can only answer part of that."),
        (Clarify((OFFER, OFFER), 0.5, (), TRACE), "Which of these do you mean?"),
        (Clarify((OFFER,), 0.5, (), TRACE), "Do you mean this?"),
        (Conversed(replace(UNIT, text="Hello!"), 0.9, (), (), TRACE), "Hello!"),
        (abstained(Reason.BOUNDARY, BOUNDARY), "This site has no salary figures."),
        (abstained(Reason.LANGUAGE, language="de"), LANGUAGES["de"]),
        (abstained(Reason.LANGUAGE, language="xx"), OTHER_LANGUAGE),
        (abstained(Reason.LANGUAGE), OTHER_LANGUAGE),
        (
            abstained(Reason.UNREADABLE),
            "I can't read that as a question. Could you put it in a few words?",
        ),
        (
            abstained(Reason.NOT_COVERED),
            (
                "I don't have an answer to that. These come closest. "
                "You can ask a person at https://example.org/contact."
            ),
        ),
        (
            abstained(Reason.NONE_CHOSEN),
            (
                "Then I don't have it, sorry. You could try other words. "
                "You can ask a person at https://example.org/contact."
            ),
        ),
        (
            abstained(Reason.NOT_COVERED, nearest=()),
            "I don't have an answer to that. You can ask a person at https://example.org/contact.",
        ),
        (
            abstained(Reason.EXPIRED),
            (
                "My answer to that is out of date and being reviewed, so I won't show it. "
                "You can ask a person at https://example.org/contact."
            ),
        ),
    ],
)
def test_every_outcome_has_its_sentence(outcome: Outcome, sentence: str) -> None:
    assert message(outcome, "https://example.org/contact").text == sentence


def test_refusal_without_a_contact_names_none() -> None:
    assert message(abstained(Reason.NOT_COVERED, nearest=())).text == (
        "I don't have an answer to that."
    )


def test_unfinished_search_is_said_instead_of_no_answer_and_before_an_answer() -> None:
    partial = replace(TRACE, is_partial=True)
    missed = replace(abstained(Reason.NOT_COVERED, nearest=()), trace=partial)
    given = Answered(UNIT, 0.8, (HIT,), (), partial)

    assert message(missed).text == PARTIAL
    assert message(given).text == f"{PARTIAL} {BEST_FOUND}"


def test_mail_address_is_shown_as_people_write_it() -> None:
    assert message(abstained(Reason.NOT_COVERED, nearest=()), "mailto:jobs@example.org").text == (
        "I don't have an answer to that. You can ask a person at jobs@example.org."
    )


URL = "https://example.org/help?a=1&b=2"
TALK = replace(UNIT, kind=Kind.SMALLTALK, html="<p>Hello!</p>")


@pytest.mark.parametrize(
    ("outcome", "is_offered"),
    [
        (abstained(Reason.NOT_COVERED), True),
        (abstained(Reason.BOUNDARY, BOUNDARY), True),
        (abstained(Reason.LANGUAGE), True),
        (abstained(Reason.UNREADABLE), False),
        (Conversed(replace(TALK, text="Please use the contact link."), 0.9, (), (), TRACE), True),
        (Conversed(TALK, 0.9, (), (), TRACE), False),
        (Clarify((OFFER,), 0.5, (), TRACE), False),
        (Answered(UNIT, 0.9, (), (), TRACE), False),
    ],
)
def test_contact_is_offered_where_a_person_may_help(outcome: Outcome, is_offered: bool) -> None:
    assert message(outcome, URL).contact == (Contact("Ask a person", URL) if is_offered else None)
    assert message(outcome).contact is None


def test_message_as_html_keeps_its_links() -> None:
    boundary = replace(BOUNDARY, html='<p>See <a href="/faq#pay">pay</a>.</p>')

    assert message(abstained(Reason.BOUNDARY, boundary)).html == boundary.html
    assert message(Conversed(TALK, 0.9, (), (), TRACE)).html == "<p>Hello!</p>"
    assert message(abstained(Reason.NOT_COVERED, nearest=()), URL).html == (
        "<p>I don't have an answer to that. You can ask a person at "
        '<a href="https://example.org/help?a=1&amp;b=2" rel="noopener noreferrer">'
        "https://example.org/help?a=1&amp;b=2</a>.</p>"
    )
