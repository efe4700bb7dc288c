"""Query rewriting: a follow-up and the conversation before it -> queries that stand alone.

Rules are tried in order; the first that recognises the follow-up writes the queries. A question
that no rule recognises stands alone and is returned as it is. When in doubt, it stands alone: a
good question that is rewritten wrongly does more harm than a follow-up that is not understood.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from index.datatypes import Turn
from index.dialogue import courtesy, phrases
from index.dialogue.antecedents import Context, context
from index.dialogue.entity_mentions import Form, Roles, with_article

MOST_WORDS = 14
"""A longer question names its own subject."""
MOST_WORDS_BEFORE = 40
"""An earlier question longer than this is a post, and no follow-up is completed from it."""
_FRAGMENT_WORDS = 6


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question split into the parts that the rules look at."""

    text: str
    """Without pleasantries and final marks."""
    body: str
    """Without ``and``, ``what about``."""
    has_lead: bool
    """Whether there was such a lead, which only a follow-up has."""
    has_question_mark: bool

    @property
    def words(self) -> int:
        """The number of words of the body."""
        return len(self.body.split())


Rule: TypeAlias = Callable[[FollowUp, Context], tuple[str, ...]]
"""Returns the queries that a follow-up becomes; none when it is not of the rule's kind."""


def rewrite(question: str, history: Sequence[Turn], roles: Roles) -> tuple[str, ...]:
    """Return the queries that a question becomes, itself alone when it needs no context."""
    if not history or len(question.split()) > MOST_WORDS:
        return (question,)
    follow_up = _split(question)
    before = context(history, roles)
    if (
        not follow_up.text
        or re.search(r"[.!?\n]\s", follow_up.text)
        or phrases.TO_THE_BOT.search(follow_up.text)
    ):
        return (question,)
    if len(before.question.split()) > MOST_WORDS_BEFORE:
        return (question,)
    for rule in _RULES:
        if queries := rule(follow_up, before):
            return tuple(dict.fromkeys(_as_question(query) for query in queries))
    return (question,)


def _split(question: str) -> FollowUp:
    text = courtesy.take_apart(question).core
    body = phrases.LEAD.sub("", text)
    return FollowUp(text, body, len(body) < len(text), question.rstrip().endswith("?"))


def _as_question(text: str) -> str:
    """Write a query with a capital and a question mark."""
    plain = " ".join(text.split()).rstrip(" ?.!,;:")
    return f"{plain[:1].upper()}{plain[1:]}?"


def _more(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``tell me more``, ``really?``: repeat the question, whose passages say more."""
    return (before.question,) if phrases.MORE.match(follow_up.body) else ()


def _why(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    if not (found := phrases.WHY.match(follow_up.body)):
        return ()
    return (before.asked_with("why not" if found["no"] else "why"),)


def _bare(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``how much more?``, ``since when?``: the question with another interrogative."""
    words = follow_up.body.lower().split()
    if (
        not phrases.ASKS.match(follow_up.body)
        or not phrases.BARE.issuperset(words)
        or len(words) > _FRAGMENT_WORDS
    ):
        return ()
    return (before.asked_with(follow_up.body.lower()),)


def _reverse(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    return (before.reversed(),) if phrases.REVERSED.match(follow_up.body) else ()


def _other(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``and the other one?``: the role that the earlier question did not name."""
    if not phrases.OTHER.match(follow_up.body):
        return ()
    role = before.other()
    return (before.about(role, Form.MANY),) if role else ()


def _role(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``and for software engineers?``: the earlier question about another role."""
    mentions = before.roles.mentions(follow_up.body)
    if len(mentions) != 1:
        return _misspelt_role(follow_up, before) if not mentions else ()
    mention = mentions[0]
    if not phrases.BEFORE_ROLE.match(follow_up.body[: mention.start]):
        return ()
    alone = (
        follow_up.text == follow_up.text[mention.start : mention.end]
        and mention.form is not Form.MANY
    )
    if alone and before.answered and not follow_up.has_question_mark:
        return ()  # a name alone asks for what it names
    tail = follow_up.body[mention.end :]
    rest = tail[phrases.AFTER_ROLE.match(tail).end() :]  # type: ignore[union-attr]  # matches nothing, too
    if rest and not _is_circumstance(rest, follow_up, follow_up.body[: mention.start]):
        return ()
    meant = before.about(mention.role, mention.form)
    if meant == before.question and not follow_up.has_lead:
        return ()  # ``do bakers use it?``, of the role that was spoken of
    return (f"{meant} {rest}",)


def _is_circumstance(rest: str, follow_up: FollowUp, opening: str) -> bool:
    """Return whether what follows a role narrows a follow-up: ``and for bakers in France``."""
    if phrases.FINITE.search(opening) or not (follow_up.has_lead or opening):
        return False
    return bool(phrases.PREPOSITION.match(rest)) and len(rest.split()) <= _FRAGMENT_WORDS


def _misspelt_role(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``an for softwar enginers``: a fragment, where hardly anything else can be meant."""
    words = follow_up.body.split()
    while words and phrases.BEFORE_ROLE.match(f"{words[0]} "):
        words = words[1:]
    if not words or len(words) > _FRAGMENT_WORDS // 2 or words == follow_up.text.split():
        return ()
    meant = before.roles.misspelt(" ".join(words))
    return (before.about(*meant),) if meant else ()


def _circumstance(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``and in healthcare?``: the earlier question with one thing added."""
    if not phrases.PREPOSITION.match(follow_up.body) or follow_up.words > _FRAGMENT_WORDS:
        return ()
    if phrases.FINITE.search(follow_up.body) or before.roles.mentions(follow_up.body):
        return ()
    return (before.added(follow_up.body),)


def _topic(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``what about the pay?``, ``which languages?``: another topic, the same roles."""
    body = follow_up.body
    named = follow_up.has_lead or phrases.OWN_TOPIC.match(body) or phrases.WH_NOUN.match(body)
    if (
        not named
        or not 0 < follow_up.words < _FRAGMENT_WORDS
        or before.roles.mentions(follow_up.body)
    ):
        return ()
    if not phrases.WH_NOUN.match(follow_up.body) and (
        phrases.FINITE.search(follow_up.body) or _interrogative(follow_up.body)
    ):
        return ()
    noun = phrases.POSSESSIVE.sub("", follow_up.body)
    whom = before.they()
    swapped = before.instead(noun) if noun == follow_up.body else ()
    return (*swapped, *((f"{follow_up.body.replace(noun, '')}{noun} for {whom}",) if whom else ()))


def _choice(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``which of them earns more?``: the two that were spoken of."""
    found = phrases.CHOICE.match(follow_up.body)
    if not found or before.roles.mentions(follow_up.body):
        return ()
    rest, options = found["rest"].strip(), before.options()
    if len(options) < 2 or not rest:
        return before.beside(follow_up.body) if before.asks_which() else ()
    return (f"Which {rest}, {' or '.join(options)}",)


def _pronoun(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    return before.resolved(follow_up.body)


def _continued(follow_up: FollowUp, before: Context) -> tuple[str, ...]:
    """Complete ``and do I need maths?`` as of the role that was spoken of, and as it stands."""
    if (
        not follow_up.has_lead
        or before.roles.mentions(follow_up.body)
        or not phrases.IMPERSONAL.search(follow_up.body)
    ):
        return ()
    if len(before.focus) != 1:
        return ()
    return (follow_up.body, f"{follow_up.body} as {with_article(before.focus[0])}")


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
