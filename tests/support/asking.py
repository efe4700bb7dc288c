"""Exchanges in a database, for the tests of what is reported about them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from service.analytics.database import Click, ClickKind, Feedback, Interaction

NOW = datetime.now(UTC)
_numbers = count(1)


def asked(
    question: str | None,
    outcome: str = "no_answer",
    *,
    reason: str | None = None,
    days_ago: int = 0,
    confidence: float = 0.25,
    version: str = "v1",
) -> Interaction:
    """One exchange with an id of its own."""
    usual = "not_covered" if outcome == "no_answer" else ""
    return Interaction(
        id=str(UUID(int=(7 << 76) | (2 << 62) | next(_numbers))),
        asked_at=NOW - timedelta(days=days_ago),
        question=question,
        outcome=outcome,
        reason=usual if reason is None else reason,
        answer="faq-pay" if outcome == "answer" else None,
        confidence=confidence,
        index_version=version,
        milliseconds=1.5,
    )


def said(exchange: Interaction, helpful: bool, comment: str | None = None) -> Feedback:
    return Feedback(exchange.id, exchange.asked_at, helpful, comment)


def clicked(exchange: Interaction, kind: ClickKind) -> Click:
    return Click(exchange.id, kind, exchange.asked_at)
