"""Choices: a reply to "Which of these do you mean?", as the positions of what it chooses."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from index.datatypes import Turn
from index.dialogue import courtesy
from index.dialogue.phrases import AUXILIARY, either
from index.text.normalisation import fold, topic_words, words

Canonical: TypeAlias = Callable[[str], str]
"""Writes a text in the words that the content uses."""

_REQUEST = re.compile(
    r"(?:what|how) about|(?:can|could) (?:i|you|we) (?:have|see|get|show|tell|give|open)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 6
"""A reply with more words, spelled out, is a new question unless it repeats a choice."""
_BARE_WORDS = 2
"""Words of a topic that may be a choice although nothing says so: ``money``."""
_ALIKE = 0.75
"""A question repeats a choice when they share this much of their words."""
_NUMBERS = (
    ("1", "one", "1st", "first", "a", "i", "top", "former"),
    ("2", "two", "2nd", "second", "b", "ii", "latter"),
    ("3", "three", "3rd", "third", "c", "iii"),
    ("4", "four", "4th", "fourth", "d", "iv"),
    ("5", "five", "5th", "fifth", "e", "v"),
)
_POSITIONS = {word: at for at, names in enumerate(_NUMBERS) for word in names}
_LAST = ("last", "final", "bottom", "lowest", "latter")
_WORD = re.compile(r"[^\W\d_]{4,}")
_ORDINALS = ("first", "second", "third", "fourth", "last", "former", "latter")
_NEARLY = 0.78
"""Share of common letters from which a word is a misspelt ordinal: ``fisrt``, ``secnd``."""
_MIDDLE = ("middle", "centre", "center")
_ORDINAL = either("|".join(_POSITIONS), "|".join((*_LAST, *_MIDDLE)))
_SPELLED = either(*(name for names in _NUMBERS for name in names[2:4]), "former", "latter", *_LAST)
_COUNTED = "(?:one|1|option|question|choice|answer|topic|item|number|suggestion|link|point|thing)s?"
_OPENING = re.compile(
    "^(?:"
    + either(
        "no|yes|yeah|ok|well|u[hm]+|er+m?|oh|hm+|so|and|then|maybe|probably|actually|please|pls|just|sorry",
        "i (?:mean|meant|want(?:ed)?|choose|pick|prefer|think|guess|need|like|said|take)",
        "(?:i'd|i would) (?:like|prefer|go (?:with|for)|take|pick|choose|say)",
        "(?:i'll|i will|let'?s|let us|lets) (?:take|go (?:with|for)|do|have|see|pick|choose|try)",
        "(?:show|give|tell|open|answer|explain|take|pick|choose|select|go (?:with|for)|try)",
        "me|to (?:see|read|know)",
        "(?:can|could) (?:i|you) (?:have|see|get|show|tell|give|answer|explain|open)",
        "(?:it'?s|that'?s|its|thats|it is|that is|it would be|is|was|what about|how about)",
        "whichever (?:is|comes)",
    )
    + r"[\s,]+)+(?=\S)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?<![\s,])[\s,]++"
    r"(?:of (?:them|those|these|the (?:list|two|three))|(?:from|on|in) the list|above|then"
    r"|i (?:think|guess|suppose|mean)|instead|you (?:listed|said|mentioned|offered|gave|suggested)"
    r"|would be (?:good|great|nice)|sounds (?:good|right|best)"
    r"|(?:is|was) (?:it|the one|(?:what|the one) i (?:want|need|mean|meant|wanted|was after))))+$",
    re.IGNORECASE,
)


def _whole(*patterns: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(patterns)})", re.IGNORECASE)


_NUMBERED = _whole(
    rf"(?:the |this |that )?(?:{_COUNTED} )?(?:number |nr\.? |no\.? |num |numero )?"
    rf"[#(]?(?P<at>{_ORDINAL})[).]?(?: {_COUNTED})?"
)
_FURTHER = _whole(r"(?:the )?[#(]?(?P<at>\d{1,2})(?:st|nd|rd|th)?[).]?(?: " + _COUNTED + ")?")
_SEVERAL = re.compile(r"\s*(?:(?:,|;|&|\+|/|\band\b|\bthen\b|\bplus\b)\s*)+", re.IGNORECASE)
_ALL = _whole(
    r"(?:all|both|each|every one|everything|either)(?: (?:one|of )?(?:them|these|those)?)?"
    r"(?: (?:two|three|four))?(?: please)?",
    "all (?:two|three|four|of the above)|the (?:whole )?lot|the two|one and the other",
)
_NONE = _whole(
    "(?:none|neither|not any)(?: one)?(?: of (?:them|these|those|the above|that|it))?",
    "no+|nope|nah|nay|n|not (?:really|these|those|one of (?:them|these|those)|what i mean(?:t)?)",
    "(?:no,? )?(?:it'?s |that'?s |that is |its |thats )?not (?:it|that|what i (?:mean|meant|asked)"
    "(?: for)?|what i(?:'m| am) (?:asking|looking for)|quite)",
    "(?:something|someone|a different|another|some other)(?: (?:else|one|thing))?|anything else",
    "nothing(?: of (?:that|these|those))?|never ?mind|nvm|forget (?:it|that)|no thanks?|skip",
    "cancel",
    "(?:all )?wrong|(?:i )?did(?:n'?t| not) (?:ask|mean) (?:that|this|any of (?:these|them))",
    "i (?:don'?t|do not) (?:mean|want) (?:any of )?(?:these|those|them|that)",
)
_YES = _whole(
    "y|ye|yes+|yea+h?|yep|yup|ya|sure(?: thing)?|ok|okay|k|correct|exactly|right|of course",
    "(?:yes,? )?(?:that|this|it)(?: (?:one|is (?:it|right)))?|please do|do it|go ahead|definitely",
    "(?:yes,? )?(?:that'?s|thats) (?:it|right|the one|what i (?:mean|meant))|absolutely",
    "(?:i'?m )?(?:not sure|unsure)|idk|(?:i )?don'?t know|which(?: one)?(?: is right)?",
    "what (?:are|were) (?:the|my) (?:options|choices|questions)|(?:the )?other(?: one)?s?",
    "yes (?:i do|it is|please|sure)|i do|the (?:only )?one|i did|why not|go on|fine|good|great",
)
_ANY = _whole(
    "any(?: (?:one|of (?:them|these|those)))?|whichever|whatever|(?:i )?don'?t (?:care|mind)",
    "(?:it )?does(?:n'?t| not) matter|you (?:choose|pick|decide)|anything",
)
_BUT = _whole("(?:(?:all|both|any(?:thing)?|everything) )?(?:not|but|except) (?P<but>.+)")
_BOTH = re.compile(r"^(?:both|all of) (?=.*(?:and|&|,))", re.IGNORECASE)
_ON = re.compile(r"^(?:about|for|regarding|on|to|with) ", re.IGNORECASE)
_OTHERS = _whole(
    "(?:the |all the )?(?:others?|rest|remaining)(?: (?:ones?|two|options?|questions?))?"
)
_ABOUT = re.compile(
    r"(?:(?:the )?(?:one|question|option|choice|part|bit|topic|first one)|about|regarding|for)"
    r"(?: (?:about|on|with|for|where|regarding|concerning|of|in|to do with|"
    r"(?:that|which) (?:is|are|says?|mentions?|has|talks? (?:about|of)|deals? with)(?: about)?))?"
    r" (?P<topic>.+)"
    r"|(?:the )?(?P<kind>.+?) (?:one|question|option|choice|part|bit|topic)s?",
    re.IGNORECASE,
)
_ASKS = re.compile(rf"(?:what|which|who|how|why|when|where|{AUXILIARY})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reply chooses from a list; neither a position nor a topic when it is unclear."""

    positions: tuple[int, ...] = ()
    """Of what was chosen, in the order in which it was named."""
    is_none: bool = False
    """Whether the reply says that none is meant."""
    topic: str = ""
    """What the chosen one is said to be about, in words that no single title has."""
    is_certain: bool = True
    """Whether the reply can only be a choice; else its topic may as well be a new question."""


UNCLEAR = Choice()
NONE = Choice(is_none=True)


def choose(reply: str, titles: Sequence[str], canonical: Canonical) -> Choice | None:
    """Return what a cleaned reply chooses of some titles; None when it is a new question."""
    reply = " ".join(reply.split())  # patterns below try each blank of a run
    text = reply.strip(" ?.!,;:\"'")
    core = courtesy.take_apart(reply).core
    plain = _plain(core)
    for said in dict.fromkeys(filter(None, (text, core, _plain(text), plain, _ON.sub("", plain)))):
        if (choice := _by_place(said, len(titles))) is not None:
            return choice
    is_question = _ASKS.match(core) and not _REQUEST.match(core)
    return _by_words(core if is_question else _plain(core) or core, titles, canonical)


def _plain(text: str) -> str:
    """Leave out what stands around a choice: ``I mean … then``."""
    return _CLOSING.sub("", _OPENING.sub("", text)).strip(" ?.!,;:\"'")


def choose_another(reply: str, count: int, chosen: int) -> Choice | None:
    """Return what a reply chooses after one of several was chosen; None when it is a question."""
    reply = " ".join(reply.split())
    text = _plain(courtesy.take_apart(reply).core or reply)
    if _OTHERS.fullmatch(text):
        return Choice(tuple(at for at in range(count) if at != chosen))
    place = _place(text, count)
    return None if place is None or place < 0 or text.isdecimal() else Choice((place,))


def _by_place(text: str, count: int) -> Choice | None:
    if _YES.fullmatch(text):
        return Choice((0,)) if count == 1 else UNCLEAR
    if _NONE.fullmatch(text):
        return NONE
    if _ALL.fullmatch(text):
        return Choice(tuple(range(count)))
    if _ANY.fullmatch(text):
        return Choice((0,))
    if re.fullmatch(r"(?:the )?first (?:two|2)", text, re.IGNORECASE):
        return Choice((0, 1)) if count > 1 else UNCLEAR
    if (rest := _BUT.fullmatch(text)) and (at := _place(rest["but"], count)) is not None:
        return Choice(tuple(place for place in range(count) if place != at)) if at >= 0 else UNCLEAR
    places = [_place(part, count) for part in _SEVERAL.split(_BOTH.sub("", text)) if part]
    named = tuple(dict.fromkeys(at for at in places if at is not None))
    if not places or len(named) < len(places):
        return None
    return Choice(named) if all(0 <= at < count for at in named) else UNCLEAR


def _place(text: str, count: int) -> int | None:
    """Return the position that a text names, -1 for one that does not exist."""
    numbered = _NUMBERED.fullmatch(text) or _NUMBERED.fullmatch(_WORD.sub(_spelt, text))
    if numbered is None:
        further = _FURTHER.fullmatch(text)
        return -1 if further else None
    at = numbered["at"].lower()
    if at in _LAST and not (at == "latter" and count < 2):
        return count - 1
    if at in _MIDDLE:
        return count // 2 if count % 2 else -1
    return _POSITIONS[at] if _POSITIONS[at] < count else -1


def _spelt(word: re.Match[str]) -> str:
    """Return the ordinal that a word misspells, else the word."""
    near = get_close_matches(word.group().lower(), _ORDINALS, n=1, cutoff=_NEARLY)
    return near[0] if near else word.group()


def _by_words(text: str, titles: Sequence[str], canonical: Canonical) -> Choice | None:
    """Choose the title that holds the words of a reply."""
    folded = [fold(title) for title in titles]
    if fold(text) in folded:
        return Choice((folded.index(fold(text)),))
    about = _ABOUT.fullmatch(text)
    topic = (about["topic"] or about["kind"]) if about else text
    fold_words = topic_words if topic_words(topic) else words  # ``the one about where``
    said = frozenset(fold_words(canonical(topic)))
    held = [frozenset(fold_words(canonical(title))) for title in titles]
    if not said:
        return None
    shared = [len(said & title) for title in held]
    most = max(shared)
    at, is_alone = shared.index(most), shared.count(most) == 1
    if _ASKS.match(text) or len(said) > _FEW_WORDS:
        return Choice((at,)) if is_alone and _repeats(text, titles[at], said, held[at]) else None
    if is_alone and most and (about or most == len(said)):
        return Choice((at,))
    if about or len(said) <= _BARE_WORDS:
        return Choice(topic=topic, is_certain=about is not None)
    return None


def _repeats(text: str, title: str, said: frozenset[str], held: frozenset[str]) -> bool:
    """Return whether a question is a choice in other or in fewer words."""
    is_part = said <= held and words(text)[0] == words(title)[0]
    is_part = is_part and (len(said) > _BARE_WORDS or len(words(text)) == 1)  # ``where?``
    return is_part or len(said & held) >= _ALIKE * len(said | held)


def standing(history: Sequence[Turn]) -> tuple[Turn | None, str | None]:
    """Return the turn whose choices a reply may choose from, and what it has chosen already."""
    if history and history[-1].offered:
        return history[-1], None
    if len(history) > 1 and history[-1].unit in history[-2].offered:
        return history[-2], history[-1].unit
    return None, None
