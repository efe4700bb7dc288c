import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from corpus import Corpus, load
from index.text.language_identification import (
    COMMONEST,
    FILE,
    WHOLE,
    Languages,
    foreign,
    save,
)
from index.text.normalisation import clean, words
from tests.support.paths import ROOT, SHIPPED, SUPPORT

LANGUAGES: dict[str, list[str]] = yaml.safe_load(
    (SUPPORT / "languages.yaml").read_text(encoding="utf-8")
)
TRADE = frozenset(words("A machine learning engineer or a software engineer: ML, SWE, Python, job"))


@pytest.fixture(scope="module")
def shipped_corpus() -> Corpus:
    return load(SHIPPED)


@pytest.fixture(scope="module")
def english(shipped_corpus: Corpus) -> list[str]:
    """Some 5,000 questions: terse, misspelt, in jargon, by people who learn English."""
    sections = (section for document in shipped_corpus.documents for section in document.sections)
    entries = (*shipped_corpus.entries, *shipped_corpus.smalltalk)
    asked = [question for section in sections for question in section.questions]
    asked += [question for entry in entries for question in (entry.question, *entry.variants)]
    asked += [example for boundary in shipped_corpus.boundaries for example in boundary.examples]
    return [clean(question) for question in asked]


@pytest.mark.parametrize("language", COMMONEST)
def test_questions_in_the_most_spoken_languages_are_identified(language: str) -> None:
    questions = LANGUAGES[language]

    right = [question for question in questions if foreign(clean(question), TRADE) == language]

    assert len(questions) >= 10
    assert len(right) >= 0.9 * len(questions), set(questions) - set(right)


def test_hardly_any_foreign_question_passes_for_english() -> None:
    questions = [question for asked in LANGUAGES.values() for question in asked]

    passed = [question for question in questions if foreign(clean(question), TRADE) is None]

    assert len(passed) <= 0.03 * len(questions), passed


def test_no_english_question_is_called_foreign(english: list[str]) -> None:
    vocabulary = frozenset(word for question in english for word in words(question))

    assert [question for question in english if foreign(question, vocabulary)] == []


def test_no_english_question_is_called_foreign_where_no_word_is_known(english: list[str]) -> None:
    sample = english[::5]  # each runs the model

    assert [question for question in sample if foreign(question, frozenset())] == []


@pytest.mark.parametrize(
    "question",
    [
        "wat iz the best lang 4 ml",
        "hru",
        "lmao ok",
        "Ist it hard",
        "is naïve Bayes used by MLEs",
        "shrug ¯\\_(ツ)_/¯",
        "what does 機械学習 mean",
        "6/६",
        "C++ vs Java vs R",
        "Munich Berlin Zürich São Paulo, which?",
        "???",
        "",
    ],
)
def test_odd_english_is_not_called_foreign(question: str) -> None:
    assert foreign(clean(question), TRADE) is None


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Was ist ein Machine Learning Engineer?", "de"),
        ("machine learning engineerの仕事は?", "ja"),
        ("¿Es difícil?", "es"),
        ("Що робить інженер?", "uk"),
        ("Wat is een software engineer?", "nl"),
        ("Was ist ML?", "de"),
        ("Ist ein Job als SWE sicher?", "de"),
        ("C'est une machine learning engineer?", "fr"),
        ("Vad är en machine learning engineer", "sv"),
    ],
)
def test_terms_of_the_trade_do_not_make_a_question_english(question: str, language: str) -> None:
    assert foreign(clean(question), TRADE) == language


def test_language_model_is_not_loaded_for_what_needs_none() -> None:
    code = (
        "import sys; from index.text.language_identification import foreign;"
        "foreign('what does a dev do?', ()); foreign('机器学习难吗', ());"
        "assert 'py3langid' not in sys.modules"
    )

    completed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)

    assert completed.returncode == 0


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reduced model, which takes seconds to make."""
    path = tmp_path_factory.mktemp("languages") / FILE
    save(path)
    return path


def test_saved_model_identifies_what_the_whole_one_does(saved_model: Path) -> None:
    questions = [clean(question) for asked in LANGUAGES.values() for question in asked]

    saved = Languages(saved_model, "its digest")

    assert saved.rank("wie wird man Koch") == WHOLE.rank("wie wird man Koch")
    identified = [foreign(question, TRADE, saved) for question in questions]
    assert identified == [foreign(question, TRADE) for question in questions]


def test_model_is_read_once_for_all_versions_that_have_it(
    saved_model: Path, tmp_path: Path
) -> None:
    shutil.copy(saved_model, tmp_path / FILE)
    first = Languages(tmp_path / FILE, "a digest")
    first.warm()
    (tmp_path / FILE).unlink()

    assert Languages(tmp_path / FILE, "a digest")._identifier() is first._identifier()


@pytest.mark.parametrize("content", [None, b"", b"no model"], ids=["gone", "empty", "other"])
def test_without_a_model_that_can_be_read_the_whole_one_is_used(
    content: bytes | None, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)

    languages = Languages(tmp_path / FILE, f"digest of {content!r}")  # else it would be held
    assert foreign("wie wird man Koch", TRADE, languages) == "de"
