"""Which language a question is in. The only module that imports py3langid."""

from collections.abc import Collection
from functools import cache

from index.text import words

COMMONEST = ("zh", "es", "hi", "ar", "pt", "bn", "ru", "ja", "de", "fr")
"""Languages other than English that most people speak; a refusal is said in these."""
_KNOWN = ("en", *COMMONEST, "it", "nl", "pl", "tr", "ko", "id", "vi", "uk", "sv")
_SURE = 0.8
_LEAST_LETTERS = 6
_ENGLISH = frozenset(
    """the a an of to in on for and or is are be was were do does did can could should would will i
    you it what which who how why when where with without my your their have has not if there
    than between about from by at as me we they""".split()  # noqa: SIM905 - the list would take a line a word
)


@cache
def _identifier():  # type: ignore[no-untyped-def]  # the library ships no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(list(_KNOWN))
    # A restricted model holds on to the whole one, of six times the size: put into another, alone.
    return LanguageIdentifier(
        model.nb_ptc,
        model.nb_pc,
        model.nb_classes,
        model.tk_nextmove,
        model.tk_output,
        norm_probs=True,
        tk_row=model.tk_row,
    )


def warm() -> None:
    """Load the language model, which takes about half a second, ahead of the first question."""
    _identifier()


def foreign(text: str, vocabulary: Collection[str]) -> str | None:
    """Return the language of a text that is plainly not English, as ISO 639-1, else None.

    Words of the corpus are left out first: terms of the trade are English in any language.

    Args:
        text: The question.
        vocabulary: Lower-case words of the corpus.

    """
    own = [word for word in words(text) if word not in vocabulary]
    rest = " ".join(own)
    if sum(character.isalpha() for character in rest) < _LEAST_LETTERS and rest.isascii():
        return None
    if any(word in _ENGLISH for word in words(text)):
        return None
    language, probability = _identifier().classify(rest)
    return str(language) if language != "en" and probability >= _SURE else None
