import pytest

from corpus import CorpusError
from corpus.importers import (
    ImportDraft,
    ImportedArticle,
    Note,
    NoteKind,
    Question,
    arrange,
    read_source,
)
from corpus.importers.assemble.ids import section_ids
from corpus.importers.assemble.rendering import article_markdown
from corpus.importers.blocks import Prose
from corpus.importers.readers.html_to_markdown import to_markdown

PAGE = """\
<!doctype html>
<html lang="en"><head><title>Careers | Kitchen Ltd</title>
<link rel="canonical" href="https://kitchen.example/careers">
<script type="application/ld+json">
{"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [
 {"@type": "Question", "name": "Do you hire juniors?",
  "acceptedAnswer": {"@type": "Answer", "text": "<p>Yes, <b>every</b> spring.</p>"}}]}
</script><style>p { color: red }</style></head>
<body>
<header><a href="/">Home</a> <a href="/jobs">Jobs</a></header>
<nav><ul><li><a href="/a">About</a></li></ul></nav>
<main><!-- a comment -->
<h1>Careers at Kitchen</h1>
<p>We are twenty people who like to <em>cook</em> and to <a href="/learn">learn</a> each day.</p>
<h2>What you will do</h2>
<p>You will chop, stir and taste; nobody cooks alone, and everybody washes up at the end.</p>
<ul><li>Chopping: onions.</li><li>Stirring: soups, <code>always</code>.</li></ul>
<table><tr><th>Day</th><th>Hours</th></tr><tr><td>Monday</td><td>8</td></tr></table>
<h2>How do I apply?</h2>
<p>Send a letter and a photograph of a dish, and tell us when you could start.</p>
<h2>Questions</h2>
<h3>Do you hire juniors?</h3><p>Yes, every spring.</p>
<h3><button>May I bring my dog?</button></h3><div>No dogs in the kitchen, sadly.</div>
<details><summary>When do you open?</summary><p>At six in the <b>evening</b>.</p></details>
<p><strong>Is there parking?</strong></p><p>Behind the house, for bicycles only.</p>
<dl><dt>Brigade</dt><dt>Team</dt><dd>The people in a kitchen.</dd><dt>Pass</dt>
<dd>Where plates wait.</dd></dl>
</main>
<footer>© 2026 Kitchen Ltd. <a href="/imprint">Imprint</a></footer>
</body></html>
"""


def draft(page: str) -> ImportDraft:
    return arrange(read_source("page.html", page.encode(), ".html"), "Page")


def markdown(article: ImportedArticle | None) -> str:
    assert article is not None
    return article_markdown(article, section_ids(article, "page", set()), "")


def test_questions_are_found_in_all_their_shapes() -> None:
    assert draft(PAGE).questions == (
        Question("Do you hire juniors?", "Yes, **every** spring.", 6),
        Question(
            "How do I apply?",
            "Send a letter and a photograph of a dish, and tell us when you could start.",
            19,
        ),
        Question("May I bring my dog?", "No dogs in the kitchen, sadly.", 23),
        Question("When do you open?", "At six in the **evening**.", 24),
        Question("Is there parking?", "Behind the house, for bicycles only.", 25),
        Question("Brigade", "The people in a kitchen.", 26, variants=("Team",)),
        Question("Pass", "Where plates wait.", 26),
    )


def test_what_is_left_is_the_article() -> None:
    assert (
        markdown(draft(PAGE).article)
        == """\
---
title: Careers at Kitchen
url: https://kitchen.example/careers
---

# Careers at Kitchen {#careers-at-kitchen}

We are twenty people who like to *cook* and to [learn](https://kitchen.example/learn) each day.

## What you will do {#what-you-will-do}

You will chop, stir and taste; nobody cooks alone, and everybody washes up at the end.

- Chopping: onions. {#what-you-will-do-chopping}
- Stirring: soups, `always`. {#what-you-will-do-stirring}

| Day | Hours |
| --- | --- |
| Monday | 8 |
"""
    )


def test_what_is_no_content_is_reported() -> None:
    found = [note for note in draft(PAGE).notes if note.kind is NoteKind.LEFT_OUT]

    assert found == [
        Note(10, NoteKind.LEFT_OUT, "navigation or the like: 'Home Jobs About'"),
        Note(
            21, NoteKind.LEFT_OUT, "the heading 'Questions': no words of an article stand below it"
        ),
        Note(
            22,
            NoteKind.LEFT_OUT,
            "the question 'Do you hire juniors?' is in the data of the page already",
        ),
        Note(29, NoteKind.LEFT_OUT, "navigation or the like: '© 2026 Kitchen Ltd. Imprint'"),
    ]


def test_page_without_anything_but_words_is_taken_whole() -> None:
    found = draft("just a few words, and <b>some</b> bold ones")

    assert "just a few words, and **some** bold ones" in markdown(found.article)


def test_several_top_headings_stand_below_the_title_of_the_page() -> None:
    page = "<title>All</title><h1>One</h1><p>First words.</p><h1>Two</h1><p>More words.</p>"

    article = draft(page).article

    assert article is not None
    assert article.title == "All"
    assert [(section.heading.level, section.heading.text) for section in article.sections] == [
        (2, "One"),
        (2, "Two"),
    ]


def test_words_above_the_only_top_heading_stand_below_it() -> None:
    article = draft("<main><p>Published today.</p><h1>One</h1><p>First words.</p></main>").article

    assert "# One {#one}\n\nPublished today.\n\nFirst words.\n" in markdown(article)


@pytest.mark.parametrize("page", ["", "<html><body></body></html>", "<!-- nothing -->"])
def test_page_without_words_is_refused(page: str) -> None:
    with pytest.raises(CorpusError, match="there is nothing to import in it"):
        read_source("page.html", page.encode(), ".html")


def test_page_that_nests_without_end_is_refused() -> None:
    page = "<div>" * 5000 + "words" + "</div>" * 5000

    with pytest.raises(CorpusError, match="nests its parts too deeply"):
        read_source("page.html", page.encode(), ".html")


def test_broken_data_of_a_page_is_reported_and_the_rest_is_read() -> None:
    found = draft('<script type="application/ld+json">{"a": </script><p>Some words here.</p>')

    assert Note(1, NoteKind.LEFT_OUT, "the JSON-LD is no valid JSON") in found.notes
    assert found.article is not None


def test_encoding_that_a_page_names_is_used() -> None:
    page = '<meta charset="koi8-r"><p>Привет всем поварам, большим и маленьким</p>'

    found = read_source("page.html", page.encode("koi8-r"), ".html")

    assert "Привет" in str(found.blocks)


def test_group_of_details_is_a_heading_above_them() -> None:
    page = (
        "<details><summary>Money</summary>"
        "<details><summary>Is it paid?</summary>Yes, well.</details></details>"
    )

    assert draft(page).questions == (Question("Is it paid?", "Yes, well.", 1),)


def test_sign_beside_a_heading_is_no_part_of_it() -> None:
    page = '<h2 id="a">Tools <a href="#a" aria-label="Link">#</a></h2><p>Knives, and pans.</p>'

    article = draft(page).article

    assert article is not None
    assert [section.heading.text for section in article.sections] == ["Tools"]


def test_what_stands_between_parts_of_the_content_is_kept() -> None:
    words = "We are twenty people who like to cook and to learn, each day of the week, {}."
    parts = "".join(f"<h2>Part {number}</h2><p>{words.format(number)}</p>" for number in range(5))
    page = f"<body><main><h1>Kitchen</h1>{parts.replace('Part 3</h2>', 'Part 3</h2><p>12</p>')}"

    article = draft(page).article

    assert article is not None
    assert [
        block
        for section in article.sections
        for block in section.blocks
        if isinstance(block, Prose)
    ][3] == Prose("12", 1)


def test_list_with_headings_in_it_and_loose_words_are_kept() -> None:
    page = (
        "<main><p>We are twenty people.</p>Loose <b>words</b>, quite many of them.<hr>"
        "<ul><li><h2>Tools</h2>Knives, and pans, and pots.</li><li></li></ul>"
        "<span><div>Words in a box, of a kind.</div></span><button>Apply</button></main>"
    )

    text = markdown(draft(page).article)

    assert "Loose **words**, quite many of them.\n" in text
    assert "## Tools {#tools}\n\nKnives, and pans, and pots.\n\nWords in a box, of a kind." in text


def test_details_without_a_summary_or_an_answer_are_no_questions() -> None:
    page = (
        "<p>Words, a few of them.</p><details>No summary here.</details>"
        "<details><summary>Why?</summary></details><dl><dt>Term</dt></dl>"
        "<nav><details><summary>Menu</summary>Home</details></nav>"
    )

    found = draft(page)

    assert found.questions == ()
    assert "No summary here." in markdown(found.article)


def test_term_that_is_a_question_of_the_data_is_taken_once() -> None:
    page = PAGE.replace("<dt>Pass</dt>", "<dt>Do you hire juniors?</dt>")

    assert [question.question for question in draft(page).questions].count(
        "Do you hire juniors?"
    ) == 1


@pytest.mark.parametrize("text", ["page.html", "https://example.com/a", "C:\\temp"])
def test_text_that_looks_like_a_file_or_an_address_is_text(text: str) -> None:
    assert to_markdown(text) == text
