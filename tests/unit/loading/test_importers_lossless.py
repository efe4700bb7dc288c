"""Whatever a source says is in what is written, or in the report of what was left out."""

import csv
import io
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import CorpusError, load
from corpus.importers import NoteKind, arrange, merge, read_source

BOUNDED = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
WORDS = st.sampled_from(
    ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=7).map(" ".join)
LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["", "", "", "# ", "## ", "1. ", "2) ", "- ", "  - ", "• ", "Q: ", "A: ", "> ", "    "]
    ),
    st.one_of(SENTENCES, SENTENCES.map(str.title), SENTENCES.map(str.capitalize)),
    st.sampled_from(["", ".", ".", "?", ":", ";", ": gamma delta.", "? Alpha beta.", " {#mu}"]),
)
TEXTS = st.lists(
    st.one_of(LINES, st.sampled_from(["", "", "", "---", "===", "FAQ:", "References:", "***"])),
    min_size=1,
    max_size=14,
).map("\n".join)
HEADERS = st.permutations(["question", "answer", "variants", "tags", "source", "reviewed", "id"])
CELLS = st.one_of(st.just(""), SENTENCES, SENTENCES.map("{}?".format), SENTENCES.map("{}.".format))
TABLES = st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=5)


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", text.casefold()))


def lost(raw: str, ending: str) -> set[str]:
    """The words of a source that nobody will see again; none when all of it is refused."""
    try:
        found = read_source(f"x{ending}", raw.encode(), ending)
    except CorpusError:
        return set()
    with tempfile.TemporaryDirectory() as name:
        draft = arrange(found, "X")
        merged = merge(draft, "x", Path(name))
        notes = [*draft.notes, *merged.notes]
        seen = [note.text for note in notes if note.kind is NoteKind.LEFT_OUT]
        for target in merged.targets:
            (Path(name) / target.name).parent.mkdir()
            (Path(name) / target.name).write_text(target.text, encoding="utf-8")
        if merged.targets:
            corpus = load(Path(name))
            seen += [text for entry in corpus.entries for text in (entry.question, entry.text)]
            seen += [text for entry in corpus.entries for text in (entry.id, *entry.variants)]
            for document in corpus.documents:
                seen += [document.title]
                for section in document.sections:
                    seen += [section.text, section.heading, *section.trail]
        written = [line for target in merged.targets for line in target.text.split("\n")]
        # Tags are kept as comments, and headings without words of their own as they are.
        seen += [line for line in written if line.startswith(("#", "  - http", "owner"))]
    return words(raw) - words("\n".join(seen))


@BOUNDED
@given(text=TEXTS)
def test_no_word_of_a_text_is_lost(text: str) -> None:
    assert lost(text, ".txt") - {"faq", "references"} <= set()


@BOUNDED
@given(text=TEXTS)
def test_no_word_of_markdown_is_lost(text: str) -> None:
    with suppress(CorpusError):
        assert lost(text, ".md") - {"mu"} == set()


@BOUNDED
@given(header=HEADERS, rows=TABLES, named=st.booleans())
def test_no_word_of_a_table_is_lost(header: list[str], rows: list[list[str]], named: bool) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows] if named else rows)

    assert lost(stream.getvalue(), ".csv") - set(header) == set()
