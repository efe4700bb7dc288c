"""Text normalisation: cleaning a question, finding it inside a long post, folding words."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from os.path import commonprefix

LONG_POST_WORDS = 32
"""A text with more words is searched by its parts as well as whole."""
MAX_PARTS = 5
"""Parts of a long post that are searched at most; each costs one run of the encoder."""
MOST_WORDS = 180
"""Words of a long post, or of a part of one, that are searched; the encoder reads no more."""

CACHED = 64
"""Texts of which a step of reading is cached: the same text goes through it several times while it
is answered. No more, since they are what visitors wrote, and may be long."""

_FORUM_TAG = re.compile(
    r"^\s*(?:\[[A-Za-z0-9 ]{1,12}\]\s*|(?:ask|tell|show)\s+hn:\s*"
    r"|eli5:?\s+|tl;?dr:?\s+|question:\s+)+",
    re.IGNORECASE,
)
_SPACED_SYMBOLS = re.compile(r"\b([cCfF])\s+(\+\+|#)")
_DOTTED_LETTERS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_REPEATED_MARKS = re.compile(r"([?!.,])[?!.,]+")
_YEAR = re.compile(
    r"(?:(?:^|(?<![\s,])[\s,]++)(?:in|for|by|of|during|since|until|till|after|before|around|from|to|as|the|year))*"
    r"(?:^|(?<![\s,])[\s,]++)\(?(?:19[5-9]|20[0-6])\d\)?(?!\w|[.,]?\d|\s*(?:[-$€£%]|k\b|usd|dollars?|euros?"
    r"|pounds?|rupees|(?:a|an|per)\b|hours?|days?|people|lines|words))",
    re.IGNORECASE,
)
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n")
_PLAIN_QUOTES = str.maketrans("‘’“”", "''\"\"")  # noqa: RUF001 - what phones write
_CONTROLS = {
    code: None for code in range(128) if not chr(code).isprintable() and not chr(code).isspace()
}
"""Control characters of ASCII; most texts hold nothing else, and builds clean many texts."""
_WORD = re.compile(r"[^\W_]+(?:[+#]+|'[^\W_]+)?")
_FUNCTION_WORDS = frozenset(
    """a an the of for in on at to is are do does i you me my we it its this that these those and or
    with about as what which who how why when where one ones be can should would will get s please
    there from by into your they them""".split()  # noqa: SIM905 - a word a line else
)
_INTERROGATIVE = re.compile(
    r"^(?:so |and |but |also |or |well )*(?:what|which|who|whom|whose|when|where|why|how"
    r"|is|are|am|do|does|did|can|could|should|shall|would|will|has|have|any|anyone|help|advice)\b",
    re.IGNORECASE,
)


@lru_cache(CACHED)
def clean(question: str) -> str:
    """Fold a question to plain characters: no forum tags, ``c ++`` and ``A.I.`` joined."""
    text = question.translate(_CONTROLS) if question.isascii() else _plain(question)
    text = _FORUM_TAG.sub("", text)
    text = _SPACED_SYMBOLS.sub(r"\1\2", text)
    text = _DOTTED_LETTERS.sub(lambda match: match.group().replace(".", ""), text)
    text = _REPEATED_MARKS.sub(r"\1", text)
    return re.sub(r"[^\S\n]+", " ", text).strip()


def folded_length(text: str) -> int:
    """Return the length of a text after NFKC, as `clean` will read it: up to 18 times the given."""
    return len(text) if text.isascii() else len(unicodedata.normalize("NFKC", text))


def _plain(text: str) -> str:
    """Fold what is beyond ASCII."""
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode())
    text = "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return text.translate(_PLAIN_QUOTES)


def words(text: str) -> tuple[str, ...]:
    """Split into lower-case words; ``c++``, ``c#`` and ``don't`` stay whole."""
    if text.isascii():
        return tuple(_WORD.findall(text.lower()))
    return tuple(match.group().lower() for match in _WORD.finditer(text.translate(_PLAIN_QUOTES)))


def topic_words(text: str) -> frozenset[str]:
    """Fold a text to the words that distinguish it from others, in the singular."""
    return frozenset(
        word.removesuffix("'s").removesuffix("s") if len(word) > 3 else word
        for word in words(text)
        if word not in _FUNCTION_WORDS
    )


@lru_cache(CACHED)
def fold(question: str) -> str:
    """Fold a question to its words, so that case and marks do not matter."""
    return " ".join(words(clean(question)))


def replace_words(text: str, replacement: Callable[[str], str]) -> str:
    """Replace every word of a text, as `words` finds them but in their own case."""
    return _WORD.sub(lambda match: replacement(match.group()), text)


def years(text: str) -> tuple[str, ...]:
    """Find the years that a question names."""
    return tuple(re.findall(r"\d{4}", " ".join(match.group() for match in _YEAR.finditer(text))))


def without_years(text: str) -> str:
    """Leave out years with their prepositions, ``in 2026``, unless hardly anything else is left."""
    rest = _YEAR.sub("", text).strip(" ,")
    return rest if len(words(rest)) > 1 else text


def is_readable(text: str) -> bool:
    """Whether a text is language, rather than emoji, marks or one word over and over."""
    in_text = words(text)
    letters = sum(map(str.isalpha, text))
    if letters < 1 or letters * 4 < len(text.replace(" ", "")):
        return False
    return len(in_text) < 8 or len(set(in_text)) * 5 >= len(in_text)


def is_interrogative(text: str) -> bool:
    """Tell whether a text begins like a question, whatever mark it ends in."""
    return _INTERROGATIVE.match(text) is not None


def parts(text: str) -> tuple[str, ...]:
    """List what to search for: the text itself, and for a long post its likely questions.

    The first line comes first (forums put the question there), then sentences that end in a
    question mark or begin like a question, at most `MAX_PARTS` in all.
    """
    if len(words(text)) <= LONG_POST_WORDS and "\n" not in text:
        return (text,)
    split = map(_first_words, _BETWEEN_SENTENCES.split(text))
    sentences = [sentence for sentence in split if len(words(sentence)) > 1]
    asking = [s for s in sentences if s.endswith("?") or is_interrogative(s)]
    chosen = dict.fromkeys([*sentences[:1], *asking])
    return tuple(dict.fromkeys([*list(chosen)[: MAX_PARTS - 1], _first_words(text)]))


def _first_words(text: str) -> str:
    """Leave out what the encoder would not read: a long sentence is searched once then."""
    return " ".join(text.split()[:MOST_WORDS])


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Rewrites abbreviations and synonyms to the words that content uses."""

    canonical: Mapping[str, str]
    """Lower-case word or phrase to what replaces it."""
    pattern: re.Pattern[str] | None

    def apply(self, text: str) -> str:
        """Replace every known word or phrase, longest first; the rest stays as it is."""
        if self.pattern is None:
            return text
        return self.pattern.sub(self._canonical, text)

    def _canonical(self, match: re.Match[str]) -> str:
        # Letters without case, such as the Turkish dotless i, match but are no key.
        return self.canonical.get(match.group().lower(), match.group())


def compile_synonyms(groups: Sequence[Sequence[str]]) -> Synonyms:
    """Compile groups of synonyms, each with the word that the content uses first.

    The plural of a synonym stands for the plural of that word, unless a group lists it itself.
    """
    canonical = {word.lower(): group[0] for group in groups for word in group[1:]}
    if not canonical:
        return Synonyms({}, None)
    listed = {word.lower() for group in groups for word in group}
    plurals = {plural(word): _plural_of(means) for word, means in canonical.items()}
    canonical |= {word: means for word, means in plurals.items() if word not in listed}
    pattern = re.compile(rf"(?<![\w+#]){_longest_of(canonical)}(?![\w+#])", re.IGNORECASE)
    return Synonyms(canonical, pattern)


def _longest_of(words: Iterable[str]) -> str:
    """Write a pattern for the longest of some words that fits; how several begin is tried once."""
    alike: dict[str, list[str]] = {}
    for word in words:
        alike.setdefault(word[:1], []).append(word)
    is_optional = alike.pop("", None) is not None
    branches = []
    for group in alike.values():
        shared = commonprefix(group)  # noqa: RUF071 - of words, not of paths
        rest = _longest_of(word[len(shared) :] for word in group) if len(group) > 1 else ""
        branches.append(re.escape(shared) + rest)
    return f"(?:{'|'.join(branches)}){'?' if is_optional else ''}"


def plural(noun: str) -> str:
    """Return the plural of the last word of a name."""
    if noun.endswith("man"):
        return f"{noun[:-3]}men"
    if re.search(r"(?:s|x|ch|sh)$", noun):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if re.search(r"[^aeiou]y$", noun) else f"{noun}s"


def _plural_of(noun: str) -> str:
    """Return the plural of a word that may have none: ``statistics``, ``engineering``."""
    return noun if noun.endswith(("s", "ing")) else plural(noun)
