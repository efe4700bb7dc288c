"""Pure: a follow-up and what came before -> the ways it can be read so that it stands alone.

Rules are tried in order; the first that recognises the follow-up writes its readings. A question
that no rule recognises stands alone and is returned as it is. When in doubt, it stands alone: a
good question that is rewritten wrongly does more harm than a follow-up that is not understood.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from index.datatypes import Turn
from index.dialogue import phrases
from index.dialogue.antecedents import Context, context
from index.dialogue.entity_mentions import Form, Roles, with_article

MOST_WORDS = 14
"""A longer question says what it is about."""
MOST_WORDS_BEFORE = 40
"""An earlier question longer than this is a post, and not built upon."""
_FRAGMENT_WORDS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart."""

    text: str
    """Without pleasantries and final marks."""
    body: str
    """Without ``and``, ``what about``."""
    led: bool
    """Whether there was such a lead, which only a follow-up has."""
    marked: bool
    """Whether it ended in a question mark."""

    @property
    def words(self) -> int:
        """Number of words of the body."""
        return len(self.body.split())


Rule: TypeAlias = Callable[[Asked, Context], tuple[str, ...]]
"""The readings of a follow-up; nothing when it is not of the rule's kind."""


def readings(question: str, history: Sequence[Turn], roles: Roles) -> tuple[str, ...]:
    """Return the readings of a question, itself alone when it needs nothing from before.

    Args:
        question: After cleaning.
        history: Earlier exchanges, oldest first.
        roles: That are compared.

    """
    if not history or len(question.split()) > MOST_WORDS:
        return (question,)
    asked = _take_apart(question)
    before = context(history, roles)
    if (
        not asked.text
        or re.search(r"[.!?\n]\s", asked.text)
        or phrases.TO_THE_BOT.search(asked.text)
    ):
        return (question,)
    if len(before.question.split()) > MOST_WORDS_BEFORE:
        return (question,)
    for rule in _RULES:
        if found := rule(asked, before):
            return tuple(dict.fromkeys(_sentence(reading) for reading in found))
    return (question,)


def _take_apart(question: str) -> Asked:
    text = phrases.POLITE.sub("", question.strip()).rstrip(" ?.!,;:")
    body = phrases.LEAD.sub("", text)
    return Asked(text, body, len(body) < len(text), question.rstrip().endswith("?"))


def _sentence(text: str) -> str:
    """Write a reading as a question."""
    plain = " ".join(text.split()).rstrip(" ?.!,;:")
    return f"{plain[:1].upper()}{plain[1:]}?"


def _more(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``tell me more``, ``really?``: the earlier question again, whose passages say more."""
    return (before.question,) if phrases.MORE.match(asked.body) else ()


def _why(asked: Asked, before: Context) -> tuple[str, ...]:
    if not (found := phrases.WHY.match(asked.body)):
        return ()
    return (before.asked_with("why not" if found["no"] else "why"),)


def _bare(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``how much more?``, ``since when?``: the earlier question with another interrogative."""
    words = asked.body.lower().split()
    if (
        not phrases.ASKS.match(asked.body)
        or not phrases.BARE.issuperset(words)
        or len(words) > _FRAGMENT_WORDS
    ):
        return ()
    return (before.asked_with(asked.body.lower()),)


def _reverse(asked: Asked, before: Context) -> tuple[str, ...]:
    return (before.reversed(),) if phrases.REVERSED.match(asked.body) else ()


def _other(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``and the other one?``: the role that the earlier question did not name."""
    if not phrases.OTHER.match(asked.body):
        return ()
    role = before.other()
    return (before.about(role, Form.MANY),) if role else ()


def _role(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``and for software engineers?``: the earlier question about another role."""
    mentions = before.roles.mentions(asked.body)
    if len(mentions) != 1:
        return _misspelt_role(asked, before) if not mentions else ()
    mention = mentions[0]
    if not phrases.BEFORE_ROLE.match(asked.body[: mention.start]):
        return ()
    alone = asked.text == asked.text[mention.start : mention.end] and mention.form is not Form.MANY
    if alone and before.answered and not asked.marked:
        return ()  # a name alone asks for what it names
    tail = asked.body[mention.end :]
    rest = tail[phrases.AFTER_ROLE.match(tail).end() :]  # type: ignore[union-attr]  # matches nothing, too
    if rest and not _is_circumstance(rest, asked, asked.body[: mention.start]):
        return ()
    meant = before.about(mention.role, mention.form)
    if meant == before.question and not asked.led:
        return ()  # ``do bakers use it?``, of the role that was spoken of
    return (f"{meant} {rest}",)


def _is_circumstance(rest: str, asked: Asked, opening: str) -> bool:
    """Tell whether what follows a role narrows a follow-up: ``and for bakers in France``."""
    if phrases.FINITE.search(opening) or not (asked.led or opening):
        return False
    return bool(phrases.PREPOSITION.match(rest)) and len(rest.split()) <= _FRAGMENT_WORDS


def _misspelt_role(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``an for softwar enginers``: a fragment, where hardly anything else can be meant."""
    words = asked.body.split()
    while words and phrases.BEFORE_ROLE.match(f"{words[0]} "):
        words = words[1:]
    if not words or len(words) > _FRAGMENT_WORDS // 2 or words == asked.text.split():
        return ()
    meant = before.roles.misspelt(" ".join(words))
    return (before.about(*meant),) if meant else ()


def _circumstance(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``and in healthcare?``: the earlier question with one thing added."""
    if not phrases.PREPOSITION.match(asked.body) or asked.words > _FRAGMENT_WORDS:
        return ()
    if phrases.FINITE.search(asked.body) or before.roles.mentions(asked.body):
        return ()
    return (before.added(asked.body),)


def _topic(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``what about the pay?``, ``which languages?``: another topic, the same roles."""
    named = asked.led or phrases.OWN_TOPIC.match(asked.body) or phrases.WH_NOUN.match(asked.body)
    if not named or not 0 < asked.words < _FRAGMENT_WORDS or before.roles.mentions(asked.body):
        return ()
    if not phrases.WH_NOUN.match(asked.body) and (
        phrases.FINITE.search(asked.body) or _interrogative(asked.body)
    ):
        return ()
    noun = phrases.POSSESSIVE.sub("", asked.body)
    whom = before.they()
    swapped = before.instead(noun) if noun == asked.body else ()
    return (*swapped, *((f"{asked.body.replace(noun, '')}{noun} for {whom}",) if whom else ()))


def _choice(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``which of them earns more?``: the two that were spoken of."""
    found = phrases.CHOICE.match(asked.body)
    if not found or before.roles.mentions(asked.body):
        return ()
    rest, options = found["rest"].strip(), before.options()
    if len(options) < 2 or not rest:
        return before.beside(asked.body) if before.asks_which() else ()
    return (f"Which {rest}, {' or '.join(options)}",)


def _pronoun(asked: Asked, before: Context) -> tuple[str, ...]:
    return before.resolved(asked.body)


def _continued(asked: Asked, before: Context) -> tuple[str, ...]:
    """Read ``and do I need maths?`` as of the role that was spoken of, and as it stands."""
    if (
        not asked.led
        or before.roles.mentions(asked.body)
        or not phrases.IMPERSONAL.search(asked.body)
    ):
        return ()
    if len(before.focus) != 1:
        return ()
    return (asked.body, f"{asked.body} as {with_article(before.focus[0])}")


def _interrogative(text: str) -> bool:
    return bool(re.match(r"(?:what|which|who|how|why|when|where)\b", text, re.IGNORECASE))


_RULES: tuple[Rule, ...] = (
    _more,
    _why,
    _bare,
    _reverse,
    _other,
    _role,
    _circumstance,
    _choice,
    _topic,
    _pronoun,
    _continued,
)
