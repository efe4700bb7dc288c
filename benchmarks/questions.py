"""Questions to ask: many distinct ones, or a mix in which some come again and again."""

import random
from collections.abc import Sequence
from itertools import product

SEED = 20240607
OPENINGS = (
    "",
    "Quick question: ",
    "Hi, ",
    "Hello! ",
    "I was wondering, ",
    "Just curious: ",
    "Honest question, ",
    "Asking for a friend: ",
    "Sorry if this was asked before. ",
    "Thanks for the page. ",
)
ZIPF_POOL = 2000
"""Questions in the mix; about what a site's visitors ask in a month."""


def distinct(asked: Sequence[str]) -> list[str]:
    """Return every question with every opening, none twice, in a fixed random order."""
    texts = [opening + question for question, opening in product(asked, OPENINGS)]
    random.Random(SEED).shuffle(texts)  # noqa: S311 - for an order, not for secrets
    return list(dict.fromkeys(texts))


def zipf(asked: Sequence[str], count: int) -> list[str]:
    """Draw `count` questions; the n-th of the pool is asked 1/n as often as the first.

    Queries to search engines are distributed about so (Adar, Weld, Bershad and Gribble, Why We
    Search, 2007).
    """
    pool = distinct(asked)[:ZIPF_POOL]
    weights = [1 / rank for rank in range(1, len(pool) + 1)]
    return random.Random(SEED).choices(pool, weights, k=count)  # noqa: S311 - see above
