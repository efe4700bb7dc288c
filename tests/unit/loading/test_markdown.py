import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.markdown import TAGS, Rendered, parse, plain_text, render, to_html


@pytest.mark.parametrize(
    ("markdown", "text", "markup"),
    [
        ("", "", ""),
        ("Plain words.", "Plain words.", "<p>Plain words.</p>"),
        ('5 > 3, "so"', '5 > 3, "so"', '<p>5 &gt; 3, "so"</p>'),
        ("a **b** *c* `d`", "a b c d", "<p>a <strong>b</strong> <em>c</em> <code>d</code></p>"),
        ("one\ntwo", "one two", "<p>one\ntwo</p>"),
        ("one  \ntwo", "one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", "one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("a\n\n- b\n- c\n\nd", "a\n- b\n- c\n\nd", None),
        ("3. a\n4. b", "3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("- a\n  - b\n\n  more\n- c", "- a\n  - b\n  more\n- c", None),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nend", "a | b\n1 | 2\n\nend", None),
        ("```\nx < y\n```", "x < y", "<pre><code>x &lt; y\n</code></pre>"),
        (
            "[text](https://e.org)",
            "text",
            '<p><a href="https://e.org" rel="noopener">text</a></p>',
        ),
        ("![a *cat*](https://e.org/c.png)", "a cat", "<p>a cat</p>"),
        ("vector<int> or <b>bold</b>", "vector<int> or bold", None),
        ("a<br>b <!-- hidden -->c", "a\nb c", "<p>a<br>b c</p>"),
        ("<div>in <int> a box</div>", "in <int> a box", "<div>in &lt;int&gt; a box</div>"),
        ("<!-- only a comment -->", "", ""),
        ("***", "", "<hr>"),
    ],
)
def test_markdown_becomes_words_and_markup(markdown: str, text: str, markup: str | None) -> None:
    rendered = render(markdown)

    assert rendered == Rendered(text, rendered.html if markup is None else markup)
    assert (plain_text(markdown), to_html(markdown)) == (rendered.text, rendered.html)


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "x <script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://e.org" onclick="alert(1)">x</a>',
        '<p style="position:fixed" class="x" id="y">x</p>',
        "<iframe src=https://e.org></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "![x](https://e.org/pixel.png)",
        "<!--><script>alert(1)</script>-->",
    ],
)
def test_nothing_in_the_markup_can_run_or_load(markdown: str) -> None:
    tags = re.findall(r"<(?!/)[^>]*>", to_html(markdown))

    allowed = r'<(?:p|div|a(?: href="https://e\.org")?(?: rel="noopener")?)>'
    assert [tag for tag in tags if not re.fullmatch(allowed, tag)] == []


def test_tags_that_nobody_knows_are_shown_as_they_were_written() -> None:
    assert to_html("<script>alert(1)</script>") == "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_links_defined_elsewhere_in_the_document_work_in_a_part_of_it() -> None:
    _, references = parse("See [the book][1].\n\n[1]: https://e.org/book")

    rendered = render("See [the book][1].", references)

    assert rendered == Rendered(
        "See the book.",
        '<p>See <a href="https://e.org/book" rel="noopener">the book</a>.</p>',
    )


@given(st.text(st.sampled_from("ab <>/!-[]()*_`#&\\\n1.|~:\"'=éscript"), max_size=60))
def test_any_text_gives_safe_markup(markdown: str) -> None:
    rendered = render(markdown)

    assert set(re.findall(r"<([a-z0-9]+)", rendered.html)) <= TAGS
    assert "javascript:" not in rendered.html


@given(st.text(st.sampled_from("abc xyz,.?'é-"), max_size=40))
def test_shortcut_for_plain_words_agrees_with_the_parser(words: str) -> None:
    by_parser = render(f"{words}\n")

    shortcut = render(words)

    if not words.strip().startswith("-"):
        assert shortcut.text.strip() == by_parser.text
        assert html.unescape(shortcut.html).split() == html.unescape(by_parser.html).split()
