from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import EntryModel
from service.analytics import entry_drafts

TODAY = date(2026, 11, 25)


def drafted(*questions: str, taken: tuple[str, ...] = ()) -> EntryModel:
    """The entry, read as the content's own models read it."""
    (fields,) = yaml.load(entry_drafts.entry(questions, taken, TODAY), yaml.BaseLoader)  # noqa: S506
    return EntryModel.model_validate(fields)


def test_entry_is_ready_to_paste() -> None:
    assert entry_drafts.entry(["What does a bootcamp cost?", "bootcamp: price?"], (), TODAY) == (
        "- id: faq-bootcamp-cost\n"
        "  question: What does a bootcamp cost?\n"
        "  variants:\n"
        "  - 'bootcamp: price?'\n"
        "  answer: 'TODO: write the answer.'\n"
        "  reviewed: 2026-11-25\n"
    )


def test_id_is_not_in_use() -> None:
    taken = ("faq-bootcamp-cost", "faq-bootcamp-cost-2")

    assert drafted("What does a bootcamp cost?", taken=taken).id == "faq-bootcamp-cost-3"


def test_what_was_redacted_is_no_variant() -> None:
    assert drafted("Why?", "I am [name], why?", "why not", "WHY NOT").variants == ["why not"]


@pytest.mark.parametrize(
    "question",
    ["- a\n- b", "{a: b}", "!!python/object:x", "null", "yes", "# no", "工作?", "\x00 x", "?"],
)
def test_entry_is_valid_whatever_was_asked(question: str) -> None:
    entry = drafted(question, question + "!")

    assert entry.question == " ".join(question.replace("\x00", " ").split())
    assert entry.answer == entry_drafts.PLACEHOLDER


@given(
    st.text(min_size=1, max_size=60).filter(
        lambda text: any(character.isalnum() for character in text)
    )
)
def test_entry_is_valid_for_any_text(question: str) -> None:
    assert drafted(question).id.startswith("faq")


def test_variants_can_be_added_to_an_entry_that_exists() -> None:
    assert yaml.safe_load(entry_drafts.variants(["Why?", "how [number]"])) == {"variants": ["Why?"]}
