import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.articles import parse_article
from corpus.files import TextFile
from corpus.importers.escaping import clean, heading, lines_of_text, one_line, paragraph
from corpus.markdown import plain_text, render


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("C++ and vector<int>, 5 < 6 & so on", "C++ and vector<int>, 5 < 6 & so on"),
        ("as in [1]", "as in [1]"),
        ("a *star*", "a \\*star\\*"),
        ("a <b>tag</b>", "a \\<b\\>tag\\</b\\>"),
        ("# no heading", "\\# no heading"),
        ("1. no list", "1\\. no list"),
        ("no id {#here}", "no id &#123;#here\\}"),
        ("two\n lines", "two lines"),
    ],
)
def test_text_is_escaped_only_where_it_must_be(text: str, markdown: str) -> None:
    assert paragraph(text) == markdown


@given(st.text())
def test_any_paragraph_shows_its_words(text: str) -> None:
    assert plain_text(paragraph(text)) == one_line(text)


@given(st.text(min_size=1).filter(lambda text: one_line(text)))
def test_any_heading_shows_its_words(text: str) -> None:
    source = f"---\ntitle: T\n---\n\n## {heading(text)} {{#an-id}}\n\nWords.\n"

    parsed = parse_article(TextFile.of("a.md", source.encode()), "a")

    assert parsed.faults == ()
    (section,) = parsed.items[0].document.sections
    assert (section.id, section.heading) == ("an-id", one_line(text))


@given(st.text(st.characters()))
def test_clean_text_can_be_written(text: str) -> None:
    assert render(clean(text)).text is not None
    assert clean(clean(text)) == clean(text)
    clean(text).encode()


def test_line_below_a_list_is_no_part_of_its_last_item() -> None:
    assert lines_of_text("• one\n• two\nafter") == "- one\n- two\n\nafter"
