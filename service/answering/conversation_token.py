"""A conversation as its visitor carries it: an opaque token that holds what a follow-up needs.

Every response brings one and the next question sends it back, so any worker or replica understands
that question and the service stores nothing of it. A token is not signed: whoever forges one
invents a past of their own, and reads or changes nobody else's. One that cannot be read, is too
old or comes from another site begins a new conversation.
"""

import base64
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter

from index.datatypes import Turn
from index.text.normalisation import folded_length
from index.versions.publication_history import PublishedVersion

MAX_TURNS = 5
"""A follow-up refers to the last turn or two."""
MAX_LENGTH = 4096
"""Characters of a token. Of long questions the last ones are kept, as many as fit."""
LONGEST_TURN = 2000
"""Characters after NFKC, which writes up to 18 for one; a rewritten question is little longer than
what a visitor may ask."""
MAX_AGE_SECONDS = 24 * 60 * 60
_FORMAT = "1"
"""Stands first; another release may use another."""


def _is_bounded(text: str) -> str:
    if folded_length(text) > LONGEST_TURN:
        raise ValueError("a question is too long")
    return text


_Text: TypeAlias = Annotated[str, AfterValidator(_is_bounded)]
_Id: TypeAlias = Annotated[str, StringConstraints(max_length=200)]
_Turn: TypeAlias = tuple[_Text, _Id | None, Annotated[tuple[_Id, ...], Field(max_length=20)]]
_Turns: TypeAlias = Annotated[tuple[_Turn, ...], Field(max_length=MAX_TURNS)]
_CONTENT = TypeAdapter(tuple[_Id, int, _Id, _Id, _Turns])
"""Site, second of issue, when the newest version went live, its name, turns."""
_NOTHING_SEEN = PublishedVersion("", "")


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said before, and the newest index version that was seen."""

    turns: tuple[Turn, ...] = ()
    """Oldest first."""
    newest: PublishedVersion = _NOTHING_SEEN

    def continued(self, turn: Turn | None, answered_by: PublishedVersion) -> "Conversation":
        """Return the conversation with one more turn, if there is one to refer to."""
        turns = (*self.turns, turn)[-MAX_TURNS:] if turn else self.turns
        return Conversation(turns, max(self.newest, answered_by, key=lambda mark: mark.at))


def encode(conversation: Conversation, site: str, now: float) -> str:
    """Write a token of at most `MAX_LENGTH` characters, dropping the oldest turns to fit.

    Args:
        conversation: To be continued.
        site: Key of the site; empty where there is only one.
        now: Seconds since 1970.

    """
    turns = tuple((turn.question, turn.unit, turn.offered) for turn in conversation.turns)
    newest = conversation.newest
    while True:
        content = _CONTENT.dump_json((site, int(now), newest.at, newest.version, turns))
        token = _FORMAT + base64.urlsafe_b64encode(content).decode().rstrip("=")
        if len(token) <= MAX_LENGTH or not turns:
            return token
        turns = turns[1:]


def decode(token: str | None, site: str, now: float) -> Conversation:
    """Read a token; an empty conversation unless it is a valid one of this site, and recent."""
    if not token or len(token) > MAX_LENGTH or not token.startswith(_FORMAT):
        return Conversation()
    text = token.removeprefix(_FORMAT)
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        issuer, issued, at, version, turns = _CONTENT.validate_json(content, strict=True)
    except ValueError:  # Pydantic's and binascii's errors are ValueErrors
        return Conversation()
    if issuer != site or not now - MAX_AGE_SECONDS <= issued <= now + MAX_AGE_SECONDS:
        return Conversation()
    return Conversation(tuple(Turn(*turn) for turn in turns), PublishedVersion(at, version))
