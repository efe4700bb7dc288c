import subprocess
import sys
from pathlib import Path

import pytest
from rank_bm25 import BM25Okapi

from index.errors import IndexCorrupt
from index.search import bm25

TEXTS = [
    "Do bakers work at night?",
    "Bakers bake bread. Bread is baked at night, at night!",
    "Cooks work in kitchens",
    "Is C++ faster than C# or C?",
    "the and of",
    "",
]


class Lucene(BM25Okapi):  # type: ignore[misc]
    """rank-bm25 with the idf that Lucene uses, which is never negative, and without k1 + 1."""

    def _calc_idf(self, nd: dict[str, int]) -> None:
        import math

        self.idf = {
            word: math.log(1 + (self.corpus_size - n + 0.5) / (n + 0.5)) / (self.k1 + 1)
            for word, n in nd.items()
        }


@pytest.mark.parametrize(
    "query", ["baker night", "bread at night bread", "c++", "kitchens?", "zzz"]
)
def test_scores_are_those_of_a_second_implementation(query: str) -> None:
    documents = [bm25.terms(text) for text in TEXTS]
    other = Lucene(documents, k1=bm25.K1, b=bm25.B)

    scores = bm25.build(TEXTS).scores(query)

    assert scores.tolist() == pytest.approx(other.get_scores(bm25.terms(query)).tolist())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Which engineers earn more?", ["which", "engineer", "earn", "more"]),
        ("The salaries of the bosses' classes", ["salary", "bosse", "classe"]),
        ("C++ vs C# in statistics", ["c++", "vs", "c#", "statistic"]),
        ("status and business class", ["status", "business", "class"]),
        ("the of and", []),
    ],
)
def test_terms_are_words_without_stopwords_and_plurals(text: str, expected: list[str]) -> None:
    assert bm25.terms(text) == expected


@pytest.mark.parametrize("query", ["", "the", "🙂", "zebra"])
def test_query_without_a_known_term_scores_nothing(query: str) -> None:
    assert bm25.build(TEXTS).scores(query).tolist() == [0.0] * len(TEXTS)


def test_texts_without_any_word_can_be_indexed() -> None:
    assert bm25.build(["the", ""]).scores("the baker").tolist() == [0.0, 0.0]


def test_saved_index_scores_alike(tmp_path: Path) -> None:
    built = bm25.build(TEXTS)
    built.save(tmp_path / "lexical")

    loaded = bm25.load(tmp_path / "lexical")

    assert loaded.scores("bakers at night").tolist() == built.scores("bakers at night").tolist()


def test_files_do_not_depend_on_the_seed_of_hashes(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index.search import bm25; "
        "bm25.build(['one two three four', 'five six one']).save(Path(sys.argv[1]))"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", code, tmp_path / seed], check=True, env={"PYTHONHASHSEED": seed}
        )

    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / seed).iterdir()} for seed in "12"
    )
    assert one == two


def test_unreadable_folder_is_reported_by_name(tmp_path: Path) -> None:
    loaded = bm25.load(tmp_path / "lexical")

    with pytest.raises(IndexCorrupt, match="lexical/ cannot be read"):
        loaded.scores("bakers at night")


def test_opening_an_index_imports_no_bm25_and_no_scipy(index_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index.versions import version_store; "
        "version_store.load(Path(sys.argv[1])); "
        "sys.exit({'bm25s', 'scipy'} & set(sys.modules) != set())"
    )

    subprocess.run([sys.executable, "-c", code, index_folder], check=True)
