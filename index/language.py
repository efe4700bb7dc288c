"""Which language a question is in. The only module that imports py3langid."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache
from string import ascii_letters
from typing import TypeAlias

from index import automaton
from index.automaton import Automaton
from index.text import words

COMMONEST = ("zh", "es", "hi", "ar", "pt", "bn", "ru", "ja", "de", "fr")
"""Languages other than English that most people speak; a refusal is said in these."""
LEAST_ENGLISH = 0.01
"""A text is foreign when it is English with less than this probability (tests/languages.yaml)."""
_LATIN_BYTES = (*b" '", *ascii_letters.encode(), *range(0x80, 0xC0), *range(0xC2, 0xC9), 0xE1)
"""Of words in UTF-8: ASCII, and the following and the first bytes of other Latin letters."""
_LATIN = ("en", "es", "pt", "de", "fr", "it", "nl", "pl", "tr", "id", "vi", "sv")


def _twice(letters: str) -> re.Pattern[str]:
    """Match two of some letters: one alone may stand in a drawn face."""
    return re.compile(f"[{letters}].*?[{letters}]", re.DOTALL)


_SIGNS = (
    ("ja", _twice(r"\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d")),
    ("zh", _twice(r"\u3400-\u4dbf\u4e00-\u9fff")),
    ("ko", _twice(r"\u1100-\u11ff\uac00-\ud7a3")),
    ("hi", _twice(r"\u0904-\u0939")),
    ("bn", _twice(r"\u0985-\u09b9")),
    ("ar", _twice(r"\u0620-\u064a")),
    ("uk", re.compile(r"[\u0404\u0406\u0407\u0454\u0456\u0457\u0490\u0491]")),
    ("ru", _twice(r"\u0400-\u04ff")),
    ("es", re.compile(r"[¿¡]")),
)
"""Signs that tell the language, or the commonest that is written with them. Japanese stands before
Chinese, whose characters it uses as well, and Ukrainian before Russian."""
_LEAST_LETTERS = 5
_ENGLISH = frozenset(
    """the and for to need want best better good learn work are be were does did can could should
    would you it what which who how why when where with without my your their have if there than
    between about from they get much many or not""".split()  # noqa: SIM905 - a word a line else
)
"""Words of English alone, so that one is enough; ``is`` and ``was`` are Dutch and German, too."""
_SHARED = frozenset("a an as at by do has i in is me not of on was we will".split())  # noqa: SIM905
"""Words of English that other languages write as well: they count, although the corpus has them."""

Rank: TypeAlias = Callable[[str], Sequence[tuple[str, float]]]


@cache
def _rank() -> Rank:
    # About a second, so only once a question needs it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(list(_LATIN))
    # Made anew of the languages chosen and of what their letters reach: 20 MB instead of 80.
    rest, features = automaton.cut(
        Automaton(whole.tk_nextmove, whole.tk_row, whole.tk_output), _LATIN_BYTES
    )
    tables = (whole.nb_ptc[features], whole.nb_pc, whole.nb_classes, rest.moves, rest.features)
    rank: Rank = LanguageIdentifier(*tables, norm_probs=True, tk_row=rest.row).rank
    return rank


def warm() -> None:
    """Load the language model ahead of the first question that needs it."""
    _rank()


def foreign(text: str, vocabulary: Collection[str]) -> str | None:
    """Return the language of a text that is plainly not English, as ISO 639-1, else None.

    Words of the corpus are left out first: terms of the trade are English in any language.

    Args:
        text: The question.
        vocabulary: Lower-case words of the corpus.

    """
    found = words(text)
    if not _ENGLISH.isdisjoint(found):
        return None
    for language, sign in _SIGNS:
        if sign.search(text):
            return language
    return _latin([word for word in found if word not in vocabulary or word in _SHARED])


def _latin(own: Sequence[str]) -> str | None:
    rest = " ".join(own)
    if sum(character.isalpha() for character in rest) < _LEAST_LETTERS:
        return None
    if _SHARED.issuperset(own):
        return None
    ranked = _rank()(rest)
    if dict(ranked)["en"] >= LEAST_ENGLISH:
        return None
    return str(ranked[0][0])
