"""Language identification of questions. The only module that imports py3langid.

py3langid reads a text byte by byte: a byte leads from one state of an automaton to the next, and
a state may stand for a feature. The build reduces its model to the languages written in Latin
letters and to the states that their bytes can reach, which a worker loads in a tenth of the time.
"""

import re
from array import array
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path
from string import ascii_letters
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.text.normalisation import words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

COMMONEST = ("zh", "es", "hi", "ar", "pt", "bn", "ru", "ja", "de", "fr")
"""The most spoken languages other than English; a refusal is written in these."""
LEAST_ENGLISH = 0.01
"""Probability below which a text is foreign (measured on tests/support/languages.yaml)."""
_LATIN_BYTES = (*b" '", *ascii_letters.encode(), *range(0x80, 0xC0), *range(0xC2, 0xC9), 0xE1)
"""Of words in UTF-8: ASCII, and the following and the first bytes of other Latin letters."""
_LATIN = ("en", "es", "pt", "de", "fr", "it", "nl", "pl", "tr", "id", "vi", "sv")


def _twice(letters: str) -> re.Pattern[str]:
    """Match two of some letters: a single one may be part of an emoticon."""
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
)
"""Letters that identify a language, or the most spoken one that uses them. Japanese comes before
Chinese, whose characters it uses as well, and Ukrainian before Russian."""
_LEAST_LETTERS = 5
_ENOUGH_KNOWN = 3
"""Words of the corpus beside which a single other word does not tell the language."""
_LEAST_CONTENT = 4
"""Letters of that word; shorter ones are the function words of another language."""
_SPANISH = re.compile(r"[¿¡]")
"""Marks that tell Spanish from its relatives, and nothing from English."""
_ENGLISH = frozenset(
    """the and for to need want best better good learn work are be were does did can could should
    would you it what which who how why when where with without my your their have if there than
    between about from they get much many or not""".split()  # noqa: SIM905 - a word a line else
)
"""Words of no other language, so one is enough; ``is`` and ``was`` are also Dutch and German."""
_FOREIGN = {
    **dict.fromkeys(("een", "het", "niet", "hoeveel", "waarom"), "nl"),
    **dict.fromkeys(("ist", "ein", "eine", "einen", "nicht", "und", "warum"), "de"),
    **dict.fromkeys(("une", "pourquoi", "combien"), "fr"),
    **dict.fromkeys(("dlaczego", "czy"), "pl"),
    **dict.fromkeys(("är", "och", "för"), "sv"),
}
"""Words of no English sentence: one tells the language of a question too short for the model."""
_SHARED = frozenset("a an as at by do has i in is me not of on was we will".split())  # noqa: SIM905
"""English words that other languages have as well: they count even when the corpus uses them."""

FILE = "languages.npz.xz"
_BYTES = 256
Numbers: TypeAlias = NDArray[np.integer]


class Languages:
    """Identifies languages written in Latin letters. Safe to use from several threads.

    The model is loaded with the first text that needs it: in 0.1 s from the file that `save`
    writes, or in a second and 80 MB from py3langid's own, most of which is other languages. A
    process loads each model once.
    """

    def __init__(self, path: Path | None = None, digest: str = "") -> None:
        """Use the model of a file with this digest; without a file, py3langid's own."""
        self._path = path
        self._digest = digest

    def rank(self, text: str) -> Sequence[tuple[str, float]]:
        """Return every language with its probability, the likeliest first."""
        ranked: Sequence[tuple[str, float]] = self._identifier().rank(text)
        return ranked

    def warm(self) -> None:
        """Load the model ahead of the first text that needs it, if there is a file of it."""
        if self._digest:
            self._identifier()

    def check(self) -> None:
        """Raise whatever is wrong with the file, if there is one and there is room to unpack it."""
        if self._path is not None and self._digest not in _LOADED:
            try:
                model = _saved(self._path)
            except OSError:
                return  # a full disk: py3langid unpacks into a temporary file
            model.rank("bonjour")
            with _LOCK:
                _LOADED[self._digest] = model

    def _identifier(self) -> "LanguageIdentifier":
        with _LOCK:
            if self._digest not in _LOADED:
                _LOADED[self._digest] = _read(self._path)
            return _LOADED[self._digest]


WHOLE = Languages()
"""From py3langid's own model."""
_LOCK = Lock()
_LOADED: dict[str, "LanguageIdentifier"] = {}
"""Models by the digests of their files."""
_Model: TypeAlias = tuple[Any, ...]
"""As py3langid's files have it: weights, weights and names of the languages, moves, rows and
features of the automaton."""


def _read(path: Path | None) -> "LanguageIdentifier":
    """Read a file; py3langid's own without one, or when its version has been deleted meanwhile."""
    if path is not None:
        with suppress(OSError, EOFError, KeyError, ValueError, LZMAError):
            return _saved(path)
    return _made(_reduced())


def _saved(path: Path) -> "LanguageIdentifier":
    from py3langid import modelio

    return _made(tuple(modelio.load_model(path)))


def _made(model: _Model) -> "LanguageIdentifier":
    from py3langid.langid import LanguageIdentifier

    weights, priors, names, moves, row, features = model
    return LanguageIdentifier(weights, priors, names, moves, features, norm_probs=True, tk_row=row)


def _reduced() -> _Model:
    """Reduce py3langid's model to Latin languages and to the states that their letters reach."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(list(_LATIN))
    automaton = Automaton(whole.tk_nextmove, whole.tk_row, whole.tk_output)
    rest, features = reduce(automaton, _LATIN_BYTES)
    weights = whole.nb_ptc[features]
    return weights, whole.nb_pc, whole.nb_classes, rest.moves, rest.row, rest.features


def save(path: Path) -> None:
    """Write the model that `Languages` reads."""
    from py3langid import modelio

    modelio.save_model(path, _reduced())


def foreign(text: str, vocabulary: Collection[str], languages: Languages = WHOLE) -> str | None:
    """Return the language of a text that is clearly not English, as ISO 639-1, else None.

    Words of the corpus are left out first: technical terms are English in any language.
    """
    in_text = words(text)
    if not _ENGLISH.isdisjoint(in_text):
        return None
    for language, sign in _SIGNS:
        if sign.search(text):
            return language
    for word in in_text:
        if word in _FOREIGN and word not in vocabulary:
            return _FOREIGN[word]
    telling = [word for word in in_text if word not in vocabulary or word in _SHARED]
    strange = [word for word in telling if word not in _SHARED]
    known = sum(word not in telling for word in in_text)
    if len(strange) == 1 and len(strange[0]) >= _LEAST_CONTENT and known >= _ENOUGH_KNOWN:
        return None  # one foreign word in a sentence of ours
    return "es" if (found := _latin(telling, languages)) and _SPANISH.search(text) else found


def _latin(telling: Sequence[str], languages: Languages) -> str | None:
    rest = " ".join(telling)
    if sum(character.isalpha() for character in rest) < _LEAST_LETTERS:
        return None
    if _SHARED.issuperset(telling):
        return None
    ranked = languages.rank(rest)
    if dict(ranked)["en"] >= LEAST_ENGLISH:
        return None
    return str(ranked[0][0])


@dataclass(frozen=True, slots=True)
class Automaton:
    """Tables of a language model, as py3langid reads them."""

    moves: "array[int]"
    """For each row 256 states, by byte."""
    row: "array[int]"
    """The row of each state; some states share one."""
    features: Sequence[int]
    """The feature that each state stands for, -1 for none."""


def reduce(whole: Automaton, allowed: Sequence[int]) -> tuple[Automaton, Numbers]:
    """Keep the states that `allowed` bytes reach; any other byte leads back to the first state.

    Returns:
        The rest, with states and features renumbered, and the features that were kept.

    """
    moves = np.frombuffer(whole.moves, whole.moves.typecode).reshape(-1, _BYTES)
    row = np.frombuffer(whole.row, whole.row.typecode)
    used = np.array(allowed)
    states = _reached(moves, row, used)
    rows, new_row = np.unique(row[states], return_inverse=True)
    kept, features = np.unique(np.array(whole.features)[states], return_inverse=True)
    numbers = np.zeros(len(row), dtype=np.uint32)
    numbers[states] = np.arange(len(states))
    rest = np.zeros((len(rows), _BYTES), dtype=_narrowest(len(states)))
    rest[:, used] = numbers[moves[np.ix_(rows, used)]]
    has_none = int(kept[0] == -1)
    return Automaton(
        array(rest.dtype.char, rest.tobytes()),
        array("I", new_row.astype(np.uint32).tobytes()),
        (features - has_none).tolist(),
    ), kept[has_none:]


def _reached(moves: Numbers, row: Numbers, allowed: Numbers) -> Numbers:
    """Return the states that can be reached, in ascending order."""
    is_reached = np.zeros(len(row), dtype=np.bool_)
    fresh = np.array([0])
    while len(fresh):
        is_reached[fresh] = True
        following = np.unique(moves[np.ix_(np.unique(row[fresh]), allowed)])
        fresh = following[~is_reached[following]]
    return np.flatnonzero(is_reached)


def _narrowest(states: int) -> type[np.unsignedinteger]:
    return np.uint16 if states <= np.iinfo(np.uint16).max + 1 else np.uint32
