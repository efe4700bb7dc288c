import sys

import pytest
from pydantic import ValidationError

from service.analytics.interaction_ids import make
from service.api.schemas import _BLANK, AskRequest, FeedbackRequest


def test_every_kind_of_space_is_trimmed() -> None:
    spaces = {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()}

    assert spaces - set(_BLANK) == set()


@pytest.mark.parametrize("turns", [1, 5000])
def test_spaces_and_invisible_characters_by_turns_are_trimmed(turns: int) -> None:
    edge = " \u200b" * turns

    assert AskRequest(question=f"{edge}Why?{edge}").question == "Why?"


def test_whole_number_with_a_point_is_a_limit() -> None:
    assert AskRequest.model_validate({"question": "Why?", "limit": 5.0}).limit == 5


@pytest.mark.parametrize("limit", [5.5, "5", True, 1e999])
def test_what_is_no_whole_number_is_no_limit(limit: object) -> None:
    with pytest.raises(ValidationError):
        AskRequest.model_validate({"question": "Why?", "limit": limit})


@pytest.mark.parametrize(("sign", "most"), [("\ufdfa", 55), ("\u2026", 333), ("\uff21", 1000)])
def test_text_is_measured_as_it_is_read(sign: str, most: int) -> None:
    """One sign may stand for eighteen letters, and its cost is theirs."""
    assert AskRequest(question=sign * most).question == sign * most
    for model, texts in (
        (AskRequest, {"question": sign * (most + 1)}),
        (FeedbackRequest, {"interaction_id": make(), "helpful": True, "comment": sign * 1001}),
    ):
        with pytest.raises(ValidationError, match="1000 characters at most"):
            model.model_validate(texts)
