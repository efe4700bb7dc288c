"""Answers that were given while the vector store was away."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index import Outcome, Retriever, Turn
from tests.support.serving import open_small, serving, settings_for

QUESTION = {"question": "Do cooks earn more than bakers?"}


class Halved:
    """A retriever that says of its answers whether all was searched."""

    def __init__(self, whole: Retriever) -> None:
        self._whole = whole
        self.is_partial = True
        self.asked = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._whole, name)

    def answer(self, question: str, history: Sequence[Turn] = (), limit: int = 5) -> Outcome:
        self.asked += 1
        outcome = self._whole.answer(question, history, limit)
        return replace(outcome, trace=replace(outcome.trace, is_partial=self.is_partial))


def test_partial_answer_is_not_cached(tmp_path: Path, index_folder: Path) -> None:
    halved = Halved(open_small(index_folder))
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)

    with serving(settings, lambda _: halved) as client:  # type: ignore[arg-type,return-value]
        for _ in range(2):
            client.post("/v1/ask", json=QUESTION)
        asked_while_away = halved.asked
        halved.is_partial = False
        for _ in range(3):
            client.post("/v1/ask", json=QUESTION)
        figures = client.get("/metrics").text

    assert asked_while_away == 2
    assert halved.asked == 3
    assert 'faq_remembered_total{result="hit"} 2.0' in figures
    assert "faq_partial_total 2.0" in figures
