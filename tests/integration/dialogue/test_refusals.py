"""What a refusal of the shipped content leads on to."""

import re

import pytest

from index import Retriever
from index.datatypes import Abstained, Kind
from service.answering.messages import message


def linked(html: str) -> list[str]:
    return re.findall(r'href="/faq#([^"]+)"', html)


@pytest.mark.model
def test_refusal_links_to_content_that_is_suggested_first(shipped: Retriever) -> None:
    boundaries = [unit for unit in shipped.units.values() if unit.kind is Kind.BOUNDARY]
    refused = 0

    for boundary in boundaries:
        assert set(linked(boundary.html)) & set(shipped.units), boundary.id
        outcome = shipped.answer(boundary.questions[0])
        if isinstance(outcome, Abstained) and outcome.boundary is boundary:
            refused += 1
            assert linked(message(outcome).html)[0] == outcome.nearest[0].id, boundary.id

    assert refused >= 0.95 * len(boundaries)
