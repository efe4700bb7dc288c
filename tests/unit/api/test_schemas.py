import sys

import pytest
from pydantic import ValidationError

from service.api.schemas import _BLANK, AskRequest


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
