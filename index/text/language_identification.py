"""Which language a question is in. The only module that imports py3langid."""

import re
from collections.abc import Collection, Sequence
from lzma import LZMAError
from pathlib import Path
from string import ascii_letters
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

from index.text import automaton
from index.text.automaton import Automaton
from index.text.normalisation import words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

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

FILE = "languages.npz.xz"


class Languages:
    """Tells languages in Latin letters apart. Safe to use from several threads.

    The model is read with the first text that needs it: in 0.1 s from the file that `save` writes,
    or from all of py3langid's, of which most is other languages: in a second and 80 MB. A process
    holds a model once, whoever reads the same file.
    """

    def __init__(self, path: Path | None = None, digest: str = "") -> None:
        """Take the file and its digest; without any, all of py3langid's model is read."""
        self._path = path
        self._digest = digest

    def rank(self, text: str) -> Sequence[tuple[str, float]]:
        """Return every language with its probability, the likeliest first."""
        found: Sequence[tuple[str, float]] = self._identifier().rank(text)
        return found

    def warm(self) -> None:
        """Read the model ahead of the first text that needs it, if there is a file of it."""
        if self._digest:
            self._identifier()

    def _identifier(self) -> "LanguageIdentifier":
        with _LOCK:
            if self._digest not in _HELD:
                _HELD[self._digest] = _read(self._path)
            return _HELD[self._digest]


WHOLE = Languages()
"""From all of py3langid's model."""
_LOCK = Lock()
_HELD: dict[str, "LanguageIdentifier"] = {}
"""The models that were read, by the digests of their files."""
_Model: TypeAlias = tuple[Any, ...]
"""As py3langid's files have it: weights, weights and names of the languages, moves, rows and
features of the automaton."""


def _read(path: Path | None) -> "LanguageIdentifier":
    from py3langid.langid import LanguageIdentifier

    weights, priors, names, moves, row, features = _saved(path) or _cut()
    return LanguageIdentifier(weights, priors, names, moves, features, norm_probs=True, tk_row=row)


def _saved(path: Path | None) -> _Model | None:
    """Read a file, unless it is none, or its version has been deleted meanwhile."""
    from py3langid import modelio

    if path is None:
        return None
    try:
        return tuple(modelio.load_model(path))
    except (OSError, EOFError, KeyError, ValueError, LZMAError):
        return None


def _cut() -> _Model:
    """Cut py3langid's model down to the languages chosen and to what their letters reach."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(list(_LATIN))
    rest, features = automaton.cut(
        Automaton(whole.tk_nextmove, whole.tk_row, whole.tk_output), _LATIN_BYTES
    )
    weights = whole.nb_ptc[features]
    return weights, whole.nb_pc, whole.nb_classes, rest.moves, rest.row, rest.features


def save(path: Path) -> None:
    """Write the model that `Languages` reads."""
    from py3langid import modelio

    modelio.save_model(path, _cut())


def foreign(text: str, vocabulary: Collection[str], languages: Languages = WHOLE) -> str | None:
    """Return the language of a text that is plainly not English, as ISO 639-1, else None.

    Words of the corpus are left out first: terms of the trade are English in any language.

    Args:
        text: The question.
        vocabulary: Lower-case words of the corpus.
        languages: Tell languages in Latin letters apart.

    """
    found = words(text)
    if not _ENGLISH.isdisjoint(found):
        return None
    for language, sign in _SIGNS:
        if sign.search(text):
            return language
    own = [word for word in found if word not in vocabulary or word in _SHARED]
    return _latin(own, languages)


def _latin(own: Sequence[str], languages: Languages) -> str | None:
    rest = " ".join(own)
    if sum(character.isalpha() for character in rest) < _LEAST_LETTERS:
        return None
    if _SHARED.issuperset(own):
        return None
    ranked = languages.rank(rest)
    if dict(ranked)["en"] >= LEAST_ENGLISH:
        return None
    return str(ranked[0][0])
