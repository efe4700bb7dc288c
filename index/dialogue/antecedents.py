"""Antecedents: what a follow-up can refer to, found in the questions before it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.datatypes import Turn
from index.dialogue import phrases
from index.dialogue.entity_mentions import Form, Mention, Roles, with_article
from index.text.normalisation import plural

_LOOK_BACK = 3
"""Turns in which the role that is spoken of is looked for."""


@dataclass(frozen=True, slots=True)
class Context:
    """What was spoken of."""

    question: str
    """The last question as it was understood, without its final mark."""
    focus: tuple[str, ...]
    """Roles that were spoken of last, in the order in which they were named."""
    recent: tuple[str, ...]
    """Roles that were named lately."""
    mentions: tuple[Mention, ...]
    """In the last question."""
    answered: bool
    """Whether it got an answer."""
    roles: Roles

    def asked_with(self, interrogative: str) -> str:
        """Ask the last question with another interrogative: ``why``, ``how much more``."""
        if self.question.lower().startswith(interrogative):
            return self.question
        if phrases.OPENS.match(self.question):
            return f"{interrogative} {_lower_first(self.question)}"
        found = phrases.INTERROGATIVE.match(self.question)
        if not found:
            return f"{interrogative}, {self.question}"
        return f"{interrogative} {found['rest']} {found['noun']}"

    def about(self, role: str, form: Form) -> str:
        """Ask the last question about another role."""
        named = {mention.role for mention in self.mentions}
        if role in named:
            return self.question
        if not named:
            return f"{self.question} for {self.roles.say(role, Form.MANY)}"
        return self._rewritten(lambda mention: role)

    def reversed(self) -> str:
        """Ask the last question with two roles exchanged."""
        named = tuple(dict.fromkeys(mention.role for mention in self.mentions))
        if len(named) != 2:
            return self.question
        return self._rewritten(lambda mention: named[mention.role == named[0]])

    def _rewritten(self, other: Callable[[Mention], str]) -> str:
        pieces, at = [], 0
        for mention in self.mentions:
            pieces += [
                self.question[at : mention.start],
                self.roles.say(other(mention), mention.form),
            ]
            at = mention.end
        text = "".join([*pieces, self.question[at:]])
        return re.sub(r"\b(a|an) (?=(\w))", _article, text, flags=re.IGNORECASE)

    def other(self) -> str | None:
        """Return the one role that was not spoken of, when there is one."""
        left = [name for name in self.roles.names if name not in self.focus]
        return left[0] if len(left) == 1 else None

    def added(self, circumstance: str) -> str:
        """Ask the last question with a circumstance added, or put in the place of one like it."""
        last = phrases.LAST_PLACE.match(self.question)
        alike = last and last["which"].lower() == circumstance.split()[0].lower()
        if last and alike and not self.roles.mentions(last["where"]):
            return f"{last['first']} {circumstance}"
        return f"{self.question} {circumstance}"

    def they(self) -> str:
        """Name those who were spoken of; empty when there is nobody.

        Of two the first, of whom the question was, unless it was of both alike.
        """
        who = self.focus
        if len(self.mentions) > 1 and not self._side_by_side():
            who = who[:1]
        return " and ".join(plural(role) for role in who)

    def _side_by_side(self) -> bool:
        one, two = self.mentions[:2]
        return bool(phrases.BESIDE.fullmatch(self.question[one.end : two.start]))

    def instead(self, noun: str) -> tuple[str, ...]:
        """Ask the last question about another thing of the same kind, where it is clear which."""
        named = self._names()
        if named and not self.roles.mentions(noun):
            last = named[-1]
            return (f"{self.question[: last.start()]}{noun}{self.question[last.end() :]}",)
        topic = phrases.TOPIC.match(self.question)
        return (f"what is {noun}",) if topic and not self.mentions else ()

    def options(self) -> tuple[str, ...]:
        """Return the two things or roles that were spoken of together; nothing else."""
        if len(self.mentions) < 2 and (either := phrases.EITHER.search(self.question)):
            return either.groups()
        if len(self.recent) < 2:
            return ()
        if {mention.form for mention in self.mentions} == {Form.FIELD}:
            return tuple(self.roles.say(name, Form.FIELD) for name in self.recent[:2])
        return tuple(with_article(name) for name in self.recent[:2])

    def asks_which(self) -> bool:
        """Return whether the last question asked for one of several things: ``which languages``."""
        found = phrases.INTERROGATIVE.match(self.question)
        return bool(found and found["asks"].lower() in ("what", "which") and found["noun"].strip())

    def beside(self, text: str) -> tuple[str, ...]:
        """Put the last question before a text, as its topic; once only, so that it ends."""
        first, _, more = self.question.partition("? ")
        return () if more and self.answered else (f"{first}? {text}",)

    def resolved(self, text: str) -> tuple[str, ...]:
        """Put what was spoken of in the place of a pronoun; nothing when there is none."""
        if not phrases.ASKING.match(text):
            return ()
        for resolve in (self._job, self._one, self._them, self._thing):
            if found := resolve(text):
                return found
        return ()

    def _job(self, text: str) -> tuple[str, ...]:
        found = phrases.THE_JOB.search(text)
        if not found or not self.focus or self.roles.mentions(text):
            return ()
        whose = " and ".join(with_article(role) for role in self.focus)
        return (f"{text[: found.start()]}the {found['noun']} of {whose}{text[found.end() :]}",)

    def _one(self, text: str) -> tuple[str, ...]:
        if len(self.focus) != 1 or not (found := phrases.BECOME_ONE.search(text)):
            return ()
        return (f"{text[: found.end('verb')]} {with_article(self.focus[0])}{text[found.end() :]}",)

    def _them(self, text: str) -> tuple[str, ...]:
        found = phrases.THEY.search(text)
        if not found or self._inside(text, found.start()) or self._named_else(text):
            return ()
        who = self.they() or self._topic()
        if not who:
            return self.beside(text)
        owner = found["they"].lower() in ("their", "theirs", "thier")
        return (f"{text[: found.start()]}{who}{chr(39) if owner else ''}{text[found.end() :]}",)

    def _thing(self, text: str) -> tuple[str, ...]:
        found = phrases.IT.search(text)
        if not found or self.roles.mentions(text) or self._inside(text, found.start()):
            return ()
        if phrases.EXPLETIVE.search(text):
            return ()
        if not self.answered and not self.mentions:
            return self.beside(text)
        deed = self._deed()
        if deed and phrases.HOW_LONG.search(text):
            return (f"{text} to {deed}",)
        if deed and phrases.IS_ADJECTIVE.match(text):
            return (f"{text} to {deed}",)
        things = self._things()
        if not things:
            return self.beside(text)
        owner = "'s" if found["it"].lower() == "its" else " is" if "'" in found["it"] else ""
        return tuple(
            f"{text[: found.start()]}{thing}{owner}{text[found.end() :]}" for thing in things
        )

    def _inside(self, text: str, at: int) -> bool:
        """Return whether a pronoun refers to something in its own sentence."""
        before = text[:at]
        return bool(self.roles.mentions(before)) or not phrases.BEFORE_PRONOUN.match(before)

    def _named_else(self, text: str) -> bool:
        """Return whether a text names a role, and not as somebody to compare with."""
        named = self.roles.mentions(text)
        return any(not phrases.BESIDE_ROLE.search(text[: mention.start]) for mention in named)

    def _things(self) -> tuple[str, ...]:
        """Return what ``it`` can be: a thing that was named, else what those in a role do."""
        if len(self.mentions) < 2 and phrases.EITHER.search(self.question):
            return ()
        if names := self._names():
            return (names[-1].group(),)
        if topic := self._topic():
            return (topic,)
        return tuple(self.roles.say(role, Form.FIELD) for role in self.focus)

    def _topic(self) -> str:
        found = phrases.TOPIC.match(self.question)
        return found["topic"] if found and not self.mentions else ""

    def _deed(self) -> str:
        found = phrases.DEED.search(self.question)
        return found["deed"] if found else ""

    def _names(self) -> list[re.Match[str]]:
        spans = [(mention.start, mention.end) for mention in self.mentions]
        return [
            name
            for name in phrases.NAME.finditer(self.question)
            if name.group() not in ("I", "AI") and not any(a <= name.start() < b for a, b in spans)
        ]


def context(history: Sequence[Turn], roles: Roles) -> Context:
    """Gather what was spoken of. `history` has at least one turn, the oldest first."""
    question = history[-1].question.strip().rstrip(" ?.!")
    named = [_named(turn, roles) for turn in _on_topic(history)]
    return Context(
        question,
        focus=next(filter(None, named), ()),
        recent=tuple(dict.fromkeys(role for names in named for role in names)),
        mentions=roles.likely_mentions(question),
        answered=history[-1].unit is not None,
        roles=roles,
    )


def _on_topic(history: Sequence[Turn]) -> Iterator[Turn]:
    """Go back through the last turns; one without an answer may have changed the topic."""
    for turn in reversed(history[-_LOOK_BACK:]):
        yield turn
        if turn.unit is None:
            return


def _named(turn: Turn, roles: Roles) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.role for mention in roles.likely_mentions(turn.question)))


def _article(found: re.Match[str]) -> str:
    word = "an" if found[2].lower() in "aeiou" else "a"
    return f"{word.capitalize() if found[1][0].isupper() else word} "


def _lower_first(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
