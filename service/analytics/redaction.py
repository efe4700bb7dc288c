r"""Redacts personal data in a text before it is stored. Pure, and linear in the text's length.

It looks for web and mail addresses, handles, account, card, phone and other long
numbers, street addresses and postcodes, and names after "my name is", "I am", "Mr" and the like. It
errs on the side of hiding; what people say about themselves ("I am a nurse", "I'm 30") stays.
A text is read and stored folded (NFKC, without what prints nothing, any space as one blank), so
that no other way to write the same signs gets past the patterns.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

_WORD = r"[^\W\d_][\w'\u2019-]{0,40}"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'\u2019-]{0,40}"
_STREETS = "street|avenue|boulevard|blvd|straße|strasse|gasse|platz"
_OTHER_STREETS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Way|Terrace|"
    "Place|Close|Crescent|Str"
)
"""Most are words of their own ("5 years down the road"), so these need capitals."""
_STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|"
    "T[NX]|UT|V[AT]|W[AIVY]"
)
_TIMES = "years?|yrs?|months?|weeks?|days?|hours?|hrs?|minutes?|times|people|percent|of|in|on|or|to"

_DOT = r" ?(?:\(dot\)|\[dot\]|\{dot\}| dot ) ?"
_LOCAL = r"[\w.+%-]{1,64}"
_START = r"(?<![\w.+%-])"
_PROVIDERS = "gmail|googlemail|outlook|hotmail|live|yahoo|icloud|proton|protonmail|gmx|web|aol|mail"
_TOP = (
    "com|org|net|edu|gov|info|biz|xyz|dev|app|me|de|fr|uk|eu|nl|es|ch|se|pl|br|ca|au|jp|cn|ru|cz|"
    "dk|nz|za"
)
"""Of addresses without a path; none is a word that follows a full stop without a space."""
_NO_SITE = r"(?:[\w-]{1,63}\.){1,8}(?:js|ts|py)\b|(?:asp|vb|ado|ml)\.net\b"
_UNSEEN = re.compile("[\u0300-\u036f\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Marks that NFKC could not join with a letter, and selectors of variants."""
_BETWEEN_WORDS = re.compile("(?<=[a-z])[\u200b-\u200d\u2060\ufeff\u00ad]+(?=[A-Z])")
"""In the place of a space, rather than within a word."""
_PLAIN = str.maketrans(
    {"\u3002": ".", "\u2212": "-", "\u2215": "/", "\u115f": " ", "\u1160": " ", "\u2800": " "}
)

# Every repetition is bounded or over one class of characters that the next part cannot begin with,
# so no pattern tries a text twice (tests/unit/analytics/test_redaction.py counts the steps).
MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:\w[\w+.-]{1,11}://|www\.)[^\s<>\"]+", re.I), "[link]"),
    (re.compile(rf"{_LOCAL}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,8}}"), "[email]"),
    (
        re.compile(
            rf"{_START}{_LOCAL} ?@ ?(?:[\w-]{{1,63}} ?\. ?){{1,8}}(?:{_TOP}|io|ai|co)\b", re.I
        ),
        "[email]",
    ),
    (
        re.compile(
            rf"{_START}(?:[\w+%-]{{1,32}}{_DOT}){{0,3}}{_LOCAL} ?(?:\(at\)|\[at\]|\{{at\}}| at ) ?"
            rf"[\w-]{{1,63}}(?:{_DOT}[a-z]{{2,12}}){{1,3}}\b",
            re.I,
        ),
        "[email]",
    ),
    (
        re.compile(
            rf"{_START}{_LOCAL} ?(?:[(\[{{]at[)\]}}] ?[\w-]{{1,63}}| at (?:{_PROVIDERS}))"
            r"(?:\.[\w-]{1,63}){1,8}",
            re.I,
        ),
        "[email]",
    ),
    (
        re.compile(
            rf"(?<![\w@.-])(?!{_NO_SITE})(?:[\w-]{{2,63}}\.|[tx]\.(?=me/|co/|com/))"
            r"(?:[\w-]{1,63}\.){0,7}[^\W\d_]{2,24}(?::\d{1,5})?/[^\s<>\"]+",
            re.I,
        ),
        "[link]",
    ),
    (
        re.compile(
            rf"(?<![\w@.-])(?!{_NO_SITE})(?:(?:[\w-]{{1,63}}\.){{1,8}}(?:{_TOP})"
            r"|(?:[\w-]{2,63}\.){2,8}(?:io|ai|co|in|us|it|at))\b(?![\w-])",
            re.I,
        ),
        "[link]",
    ),
    (re.compile(r"(?<![\w@])@[A-Za-z_][\w.-]{2,30}"), "[handle]"),
    (
        re.compile(
            rf"\b\d{{1,5}}[a-z]?[ ,]{{1,2}}(?!(?:{_TIMES})\b)(?:{_WORD}[ ]){{1,3}}(?:{_STREETS})\b",
            re.I,
        ),
        "[address]",
    ),
    (
        re.compile(
            rf"\b\d{{1,5}}[a-zA-Z]?[ ,]{{1,2}}(?:{_CAPITAL}[ ]){{1,3}}(?:{_OTHER_STREETS})\b\.?"
        ),
        "[address]",
    ),
    (
        re.compile(
            rf"\b\d{{1,5}}(?: bis)?[ ,]{{1,2}}(?:rue|avenue|boulevard|place|chemin|impasse|allée)"
            rf"(?: (?:de|du|des|la|le|les|d'|l')){{0,2}} ?{_CAPITAL}(?: {_CAPITAL}){{0,2}}"
        ),
        "[address]",
    ),
    (
        re.compile(
            r"\b[^\W\d_]{2,30}(?:straße|strasse|str\.|gasse|weg|platz|allee) {1,2}\d{1,4}"
            r"[a-z]?\b",
            re.I,
        ),
        "[address]",
    ),
    (
        re.compile(
            rf"\b(?:via|calle|rua|plaza|piazza) {_CAPITAL}(?: {_CAPITAL}){{0,2}},? \d{{1,4}}\b",
            re.I,
        ),
        "[address]",
    ),
    (re.compile(r"\bp\.? ?o\.? ?box \d{1,8}\b", re.I), "[address]"),
    (re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"), "[postcode]"),
    (re.compile(rf"\b(?:{_STATES}) \d{{5}}(?:-\d{{4}})?\b"), "[postcode]"),
    # An IBAN: country, two check digits, and up to 30 letters and digits in groups of four.
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b"), "[number]"),
    (
        # Two years, as in 2020-2024, are no phone number.
        re.compile(
            r"(?<![\w.])(?!(?:19|20)\d\d[ /-]{1,3}(?:19|20)\d\d(?!\d))"
            r"\+?\(?\d(?:[ ()./\u2010-\u2015-]{0,3}\d){6,40}(?!\d)"
        ),
        "[number]",
    ),
    (re.compile(r"\d{7,}"), "[number]"),
)
_WORDS = rf"(?P<words>{_WORD}(?: {{1,2}}{_WORD}){{0,2}})"
INTRODUCED = re.compile(
    rf"\b(?:my ?(?:full |first |last |real )?name(?: ?is|['\u2019]?s)(?: ?:)? |name ?: ?"
    rf"|i am called |call me ){_WORDS}",
    re.I,
)
"""A name follows, however it is written."""
AFTER_I_AM = re.compile(
    rf"\b(?:i ?am|i['\u2019]m|im|this is|yours sincerely,|regards,)\s{{1,3}}{_WORDS}", re.I
)
"""A name may follow: capitalised, or a common one."""
TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof)\.?[ ]{{1,2}}(?P<words>{_CAPITAL}"
    rf"(?: {_CAPITAL}){{0,2}})"
)
_MOST_NAMES = 3


def redact(text: str) -> str:
    """Replace personal data by marks such as `[link]`, `[email]`, `[number]` or `[name]`."""
    text = _folded(text)
    for pattern, mark in MARKS:
        text = pattern.sub(mark, text)
    text = TITLED.sub(lambda match: _hidden(match, _capitals(_words(match))), text)
    text = INTRODUCED.sub(lambda match: _hidden(match, _introduced(_words(match))), text)
    return AFTER_I_AM.sub(lambda match: _hidden(match, _after_i_am(_words(match))), text)


def _folded(text: str) -> str:
    """Write a text in the signs that the patterns know, each in one way only."""
    if not text.isascii():
        text = _BETWEEN_WORDS.sub(" ", text)
        # Twice: what was between two signs may have kept them from being one.
        text = _seen(unicodedata.normalize("NFKC", text))
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split())


def _seen(text: str) -> str:
    text = _UNSEEN.sub("", text.translate(_PLAIN))
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _NEVER_SEEN)


_NEVER_SEEN = frozenset(("Cc", "Cf", "Me"))


def _words(match: re.Match[str]) -> list[str]:
    return match["words"].split()


def _hidden(match: re.Match[str], count: int) -> str:
    """Replace the first `count` of the matched words by `[name]`."""
    if not count:
        return match[0]
    ends = [found.end() for found in re.finditer(r"\S+", match["words"])]
    start = match.start("words") - match.start()
    return f"{match[0][:start]}[name]{match[0][start + ends[count - 1] :]}"


def _introduced(words: list[str]) -> int:
    """Count the words that are a name which is introduced as one."""
    if words[0].lower() in _lists().ordinary:
        return 0
    others = (word.lower() in _lists().ordinary for word in words)
    return next((at for at, is_other in enumerate(others) if is_other), len(words))


def _after_i_am(words: list[str]) -> int:
    """Count the words that are a name, where something else may follow."""
    first = words[0]
    if first.lower() in _lists().first_names:
        return max(1, _capitals(words))
    return 0 if first.lower() in _lists().ordinary else _capitals(words)


def _capitals(words: list[str]) -> int:
    count = 0
    for word in words[:_MOST_NAMES]:
        if not _is_written_as_name(word) or (count and word.lower() in _lists().ordinary):
            break
        count += 1
    return count


def _is_written_as_name(word: str) -> bool:
    """Whether a word is capitalised or in a script without case, unlike AI, QA and CS."""
    if word[0].lower() == word[0].upper():
        return True
    return word[0].isupper() and any(letter.islower() for letter in word[1:])


class _Lists:
    """Words that distinguish names from others, all in lower case."""

    def __init__(self, first_names: frozenset[str], ordinary: frozenset[str]) -> None:
        self.first_names = first_names
        """Common names that are no English words."""
        self.ordinary = ordinary
        """Words that follow "I am" and are no names, even capitalised."""


@cache
def _lists() -> _Lists:
    folder = Path(__file__).parent
    first_names, ordinary = (
        frozenset((folder / name).read_text(encoding="utf-8").split())
        for name in ("given_names.txt", "ordinary_words.txt")
    )
    return _Lists(first_names, ordinary)
