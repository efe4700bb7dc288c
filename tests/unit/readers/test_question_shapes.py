"""Each answer goes to its own question, in the markup of common site builders and in any format."""

import json

import pytest

from corpus.importers import NoteKind, arrange, read_source
from corpus.importers.blocks import Found, Heading, Item, Listing, Prose

LONG = "We are a company that bakes bread and cakes for the town since long ago. " * 4


def page(body: str, head: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>FAQ</title>{head}</head>"
        f"<body><main><h1>FAQ</h1>{body}<p>{LONG}</p></main></body></html>"
    )


def read(text: str, ending: str = ".html") -> Found:
    return read_source(f"faq{ending}", text.encode(), ending)


def pairs(text: str, ending: str = ".html") -> list[tuple[str, str]]:
    return [
        (question.question, question.answer)
        for question in arrange(read(text, ending), "FAQ").questions
    ]


BOTH = [("Is lunch free?", "Yes."), ("Is tea free?", "No.")]
BUILDERS = {
    "bootstrap": (
        '<h2 class="accordion-header"><button data-bs-target="#a" aria-controls="a">Is lunch free?'
        '</button></h2><div id="a" class="collapse"><p>Yes.</p></div>'
        '<h2 class="accordion-header"><button data-bs-target="#b" aria-controls="b">Is tea free?'
        '</button></h2><div id="b" class="collapse"><p>No.</p></div>'
    ),
    "webflow": (
        '<div class="w-dropdown"><div class="w-dropdown-toggle" aria-controls="a">'
        '<div class="icon" aria-hidden="true"></div><div>Is lunch free?</div></div>'
        '<nav class="w-dropdown-list" id="a"><p>Yes.</p></nav></div>'
        '<div class="w-dropdown"><div class="w-dropdown-toggle" aria-controls="b">'
        '<div>Is tea free?</div></div><nav class="w-dropdown-list" id="b"><p>No.</p></nav></div>'
    ),
    "webflow without ids": (
        '<div class="w-dropdown"><div class="w-dropdown-toggle"><div>Is lunch free?</div></div>'
        '<nav class="w-dropdown-list"><p>Yes.</p></nav></div>'
        '<div class="w-dropdown"><div class="w-dropdown-toggle"><div>Is tea free?</div></div>'
        '<nav class="w-dropdown-list"><p>No.</p></nav></div>'
    ),
    "links that lead nowhere": (
        '<a href="#">Is lunch free? +</a><div class="answer">Yes.</div>'
        '<a href="javascript:void(0)">Is tea free? +</a><div class="answer">No.</div>'
    ),
    "webflow of divs": "".join(
        f'<div class="faq-item"><div class="faq-question-wrap"><div class="faq-question">{question}'
        '</div><div class="faq-icon">+</div></div><div class="faq-answer-wrap">'
        f'<p class="faq-answer">{answer}</p></div></div>'
        for question, answer in BOTH
    ),
    "materialize": '<ul class="collapsible">'
    + "".join(
        f'<li><div class="collapsible-header"><i class="material-icons">add</i>{question}</div>'
        f'<div class="collapsible-body">{answer}</div></li>'
        for question, answer in BOTH
    )
    + "</ul>",
    "links to the page": (
        '<ul><li><a href="#a">Is lunch free?</a></li><li><a href="#b">Is tea free?</a></li></ul>'
        '<h2 id="a">Is lunch free?</h2><p><a href="#b">Yes</a>. <a href="#top">Back to top</a></p>'
        '<h2 id="b">Is tea free?</h2><p><a href="javascript:x()">No</a>.</p>'
        "<h2>About us</h2>"
    ),
    "wordpress": (
        '<div class="schema-faq-section"><strong class="schema-faq-question">Is lunch free?'
        '</strong> <p class="schema-faq-answer">Yes.</p></div><div class="schema-faq-section">'
        '<strong class="schema-faq-question">Is tea free?</strong>'
        ' <p class="schema-faq-answer">No.</p></div><h2>About us</h2>'
    ),
    "notion": (
        '<ul class="toggle"><li><details open=""><summary>Is lunch free?</summary><p>Yes.</p>'
        '</details></li></ul><ul class="toggle"><li><details><summary>Is tea free?</summary>'
        "<p>No.</p></details></li></ul>"
    ),
    "hidden": (
        "<h2>Is lunch free?</h2><div hidden><p>Yes.</p></div>"
        '<h2>Is tea free? <i>+</i></h2><div style="display: none"><p>No.</p></div>'
    ),
    "aria-hidden": (
        '<div class="t">Is lunch free?</div><div aria-hidden="true">Yes.</div>'
        '<div class="t">Is tea free?</div><div aria-hidden="true">No.</div>'
    ),
    "tabs": (
        '<ul role="tablist"><li><a role="tab" href="#a">Is lunch free?</a></li>'
        '<li><a role="tab" href="#b">Is tea free?</a></li></ul>'
        '<div id="a" role="tabpanel">Yes.</div><div id="b" role="tabpanel" hidden>No.</div>'
    ),
    "breaks": (
        "<p><b>Is lunch free?</b><br>Yes.<br><br><b>Is tea free?</b><br>No.</p><h2>About us</h2>"
    ),
    "definitions": (
        "<dl><div><dt>Is lunch free?</dt><dd>Yes.</dd></div>"
        "<div><dt>Is tea free?</dt><dd>No.</dd></div></dl>"
    ),
    "classes": (
        '<div class="faq-title">Is lunch free?</div><div class="faq-text">Yes.</div>'
        '<div class="faq-title">Is tea free?</div><div class="faq-text">No.</div><h2>About us</h2>'
    ),
    "signs": (
        "<h3>Is lunch free? +</h3><p>Yes.</p>"
        "<h3>\u2212 Is tea free?</h3><p>No.</p><h2>About us</h2>"
    ),
    "elementor": (
        '<div class="item"><div class="elementor-tab-title" role="button" aria-controls="a"><a>'
        'Is lunch free?</a></div><div id="a" class="elementor-tab-content" style="display:none">'
        '<p>Yes.</p></div></div><div class="item"><div class="elementor-tab-title" role="button"'
        ' aria-controls="b">Is tea free?</div><div id="b"><p>No.</p></div></div>'
    ),
    "divi": (
        '<div class="et_pb_toggle"><h5 class="et_pb_toggle_title">Is lunch free?</h5>'
        '<div class="et_pb_toggle_content"><p>Yes.</p></div></div><div class="et_pb_toggle">'
        '<h5 class="et_pb_toggle_title">Is tea free?</h5>'
        '<div class="et_pb_toggle_content">No.</div></div>'
    ),
    "confluence": (
        '<div><div class="expand-control"><span><img src="x.png"></span><span>Is lunch free?</span>'
        '</div><div class="expand-content expand-hidden"><p>Yes.</p></div></div>'
        '<div><div class="expand-control"><span>Is tea free?</span></div>'
        '<div class="expand-content expand-hidden"><p>No.</p></div></div>'
    ),
    "boxes": (
        "<div><div><h3>Is lunch free?</h3><p>Yes.</p></div>"
        "<div><h3>Is tea free?</h3><p>No.</p></div></div>"
    ),
    "microdata": (
        '<div itemscope itemtype="https://schema.org/FAQPage">'
        '<div itemscope itemprop="mainEntity" itemtype="https://schema.org/Question">'
        '<h3 itemprop="name">Is lunch free? +</h3><div itemprop="acceptedAnswer" itemscope'
        ' itemtype="https://schema.org/Answer"><div itemprop="text"><p>Yes.</p></div></div></div>'
        '<div itemscope itemprop="mainEntity" itemtype="https://schema.org/Question">'
        '<b itemprop="name">Is tea free?</b><p itemprop="acceptedAnswer">No.</p></div></div>'
    ),
    "google docs": (
        "<style>.c1{font-weight:700}</style>"
        '<p><span class="c1">Is lunch free?</span></p><p>Yes.<sup><a href="#cmnt1" id="cmnt_ref1">'
        '[a]</a></sup></p><p><span class="c1">Is tea free?</span></p><p>No.</p><div><p>'
        '<a href="#cmnt_ref1" id="cmnt1">[a]</a>internal</p></div><h2>About us</h2>'
    ),
    "google sheets": (
        "<table><tr><th></th><th>A</th><th>B</th></tr><tr><th>1</th><td>Question</td>"
        "<td><p>Answer</p></td></tr><tr><th>2</th><td>Is lunch free?</td><td>Yes.</td></tr>"
        "<tr><th>3</th><td>Is tea free?</td><td>No.</td></tr></table>"
    ),
    "help desk": (
        "<h3>Is lunch free?</h3><p>Yes.</p><h3>Is tea free?</h3><p>No.</p>"
        "<div><span>Was this article helpful?</span><button>Yes</button></div><h2>About us</h2>"
    ),
    "left open": "<dl><dt>Is lunch free?<dd>Yes.<dt>Is tea free?<dd>No.</dl><p>One.<p>Two.",
    "roles": (
        '<div role="heading" aria-level="3"><span>Is lunch free?</span></div><div>Yes.</div>'
        '<div role="heading" aria-level="3">Is tea free?</div><div>No.</div><h2>About us</h2>'
    ),
    "labels": (
        '<input type="checkbox" id="c1"><label for="c1">Is lunch free?</label><div>Yes.</div>'
        '<input type="checkbox" id="c2"><label for="c2">Is tea free?</label><div>No.</div>'
        "<h2>About us</h2>"
    ),
    "two columns": (
        "<table><tr><td><b>Is lunch free?</b></td><td>Yes.</td></tr>"
        "<tr><td><b>Is tea free?</b></td><td>No.</td></tr></table>"
    ),
    "one column": (
        "<table><tr><td>Is lunch free?</td></tr><tr><td>Yes.</td></tr>"
        "<tr><td>Is tea free?</td></tr><tr><td>No.</td></tr></table>"
    ),
    "custom elements": (
        '<sl-details summary="Is lunch free?">Yes.</sl-details>'
        '<x-panel heading="Is tea free?"><p>No.</p></x-panel>'
    ),
    "letters of an icon font": "".join(
        f'<div><div class="faq-title"><a href="#"><span class="toggle-symbol">A</span>'
        f'<h4>{question}</h4></a></div><div class="faq-body">{answer}</div></div>'
        for question, answer in BOTH
    ),
    "labels below a menu": "<p>Bread.</p>"
    + "".join(
        f'<div><input type="checkbox" id="t{answer}"><label class="tab-label" for="t{answer}">'
        f'{question}</label><div class="tab-content">{answer}</div></div>'
        for question, answer in BOTH
    ),
    "paragraphs below a heading": (
        "<h2>FAQ</h2><p><em>Is lunch free?</em></p><p>Yes.</p>"
        "<p><em>Is tea free?</em></p><p>No.</p><h2>About us</h2>"
    ),
    "links to the top": (
        '<p><b>1. Is lunch free?</b></p><p>Yes.</p><p><a href="#top">↑ Top</a></p>'
        '<p><b>2. Is tea free?</b></p><p>No.</p><p><a href="#top">Top</a></p><h2>About us</h2>'
    ),
    "cut by tags": (
        "<details><summary>Is <b>lunch</b> free<i>?</i></summary>Yes.</details>"
        "<details><summary>Is tea free?</summary><p>No.</p></details>"
    ),
    "lead": "<p><b>Is lunch free?</b> Yes.</p><p><b>Is tea free?</b> No.</p><h2>About us</h2>",
    "marks": "<p>Q: Is lunch free?<br>A: Yes.</p><p>Q: Is tea free?</p><p>A: No.</p><h2>About</h2>",
}


@pytest.mark.parametrize("markup", BUILDERS.values(), ids=BUILDERS)
def test_answer_of_a_page_goes_to_its_question(markup: str) -> None:
    assert pairs(page(markup)) == BOTH


def test_what_nothing_opens_stays_hidden_and_is_named() -> None:
    found = read(page('<p>Bread.</p><p hidden>Old prices.</p><span style="display:none">x</span>'))

    named = {note.text for note in found.notes if note.kind is NoteKind.LEFT_OUT}
    assert {"hidden on the page: 'Old prices.'", "hidden on the page: 'x'"} <= named


def test_list_of_terms_is_a_list_unless_it_asks_or_explains() -> None:
    data = "<dl><dt>Location</dt><dd>Vienna</dd><dt>Salary:</dt><dd>60,000</dd></dl>"
    words = "<h2>Words</h2><dl><dt>Sourdough</dt><dd>A dough that ferments.</dd></dl>"

    draft = arrange(read(page(data + words)), "FAQ")

    assert [(question.question, question.kind) for question in draft.questions] == [
        ("Sourdough", NoteKind.GUESSED)
    ]
    assert draft.article is not None
    assert Listing((Item("Location: Vienna", 1), Item("Salary: 60,000", 1)), False, 1) in [
        block for section in draft.article.sections for block in section.blocks
    ]


def test_cell_that_goes_on_over_rows_of_a_page_gets_all_its_answers() -> None:
    markup = (
        "<table><tr><th>Question</th><th>Answer</th></tr><tr><td rowspan=2>Is lunch free?</td>"
        "<td>Yes.</td></tr><tr><td>Really.</td></tr></table>"
    )

    assert pairs(page(markup)) == [("Is lunch free?", "Yes.\n\nReally.")]


def test_looks_of_a_style_and_notes_beside_the_text_are_read_as_they_are_meant() -> None:
    style = "<style>.a{text-decoration:line-through} .b{vertical-align:super}</style>"
    markup = (
        '<p>It costs <span class="a">five</span> six euros and 10<span class="b">6</span> cents, '
        '<span class="sr-only">so they say, </span>see <a href="https://www.google.com/url?q='
        'https://e.org/a&amp;sa=D">here</a><img src="x.png">.</p>'
        '<div class="footnotes"><p>Some say seven.</p></div>'
    )

    found = read(page(markup, style))

    text = "It costs ~~five~~ six euros and 10<sup>6</sup> cents, see [here](https://e.org/a)."
    assert text in [block.markdown for block in found.blocks if isinstance(block, Prose)]
    named = [note.text for note in found.notes if note.kind is NoteKind.LEFT_OUT]
    assert named == [
        "hidden on the page: 'so they say,'",
        "hidden on the page: 'Some say seven.'",
        "a picture without a description: x.png",
    ]


def test_panel_of_a_title_that_asks_nothing_gets_the_title() -> None:
    markup = '<button aria-controls="a">Opening hours</button><div id="a" hidden>At six.</div>'

    article = arrange(read(page(markup)), "FAQ").article

    assert article is not None
    assert "Opening hours" in [section.heading.text for section in article.sections]


@pytest.mark.parametrize(
    "data",
    [
        {"acceptedAnswer": [{"text": "Yes."}, {"text": "Not on Mondays."}]},
        {"suggestedAnswer": [{"text": "Yes."}, "Not on Mondays."]},
        {"acceptedAnswer": {"text": "&lt;p&gt;Yes.&lt;/p&gt;&lt;p&gt;Not on Mondays.&lt;/p&gt;"}},
        {"acceptedAnswer": {"text": "<p>Yes.</p>\n<p>Not on Mondays.</p>"}},
        {"acceptedAnswer": {"text": [{"@value": "Yes.\n\nNot on Mondays."}]}},
        {"acceptedAnswer": {"@id": "#answer"}},
    ],
)
@pytest.mark.parametrize("kind", ["application/ld+json", "application/ld+json; charset=utf-8"])
def test_data_of_a_page_gives_the_whole_answer(data: dict[str, object], kind: str) -> None:
    question = {"@type": "Question", "name": "Q: Is lunch free?", **data}
    answer = {"@id": "#answer", "@type": "Answer", "text": "Yes.\n\nNot on Mondays."}
    graph = {"@graph": [{"@type": "WebPage", "mainEntity": {"mainEntity": [question]}}, answer]}
    script = f'<script type="{kind}">\n{json.dumps(graph)}\n</script>'

    assert pairs(page("", script)) == [("Is lunch free?", "Yes.\n\nNot on Mondays.")]


def test_other_answers_of_the_data_are_named() -> None:
    question = {
        "@type": "Question",
        "name": "Is lunch free?",
        "acceptedAnswer": {"text": "Yes."},
        "suggestedAnswer": {"text": "I think so."},
    }

    found = read(json.dumps(question), ".jsonld")

    assert [note.text for note in found.notes] == [
        "a suggested answer of 'Is lunch free?': 'I think so.'"
    ]


@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
@pytest.mark.parametrize(
    ("ask", "answer"),
    [("Q:", "A:"), ("Q1)", "A1)"), ("Q1.", "A1."), ("Question 3.", "Answer 3."), ("F:", "A:"),
     ("Frage 1:", "Antwort 1:"), ("[Q]", "[A]"), ("Q1 -", "A1 -"), ("(Q)", "(A)")],
)  # fmt: skip
def test_marks_are_read_alike_in_every_format(ending: str, ask: str, answer: str) -> None:
    lines = [f"{ask} Is lunch free?", f"{answer} Yes.", f"{ask} Is tea free?", f"{answer} No."]
    text = "\n\n".join(lines)
    if ending == ".html":
        text = page("".join(f"<p>{line}</p>" for line in lines) + "<h2>About us</h2>")

    assert pairs(text, ending) == BOTH


@pytest.mark.parametrize(
    "text",
    [
        "Q: Is lunch free? A: Yes.\nQ: Is tea free? A: No.",
        "Question: Is lunch free?\nAnswer:\nYes.\n\nQuestion: Is tea free?\nAnswer:\nNo.",
        "Q: Is lunch\nfree?\nA: Yes.\n\nQ: Is tea\nfree?\nA: No.",
        "**Q1. Is lunch free?**\n\n**A1.** Yes.\n\n**Q2. Is tea free?**\n\n**A2.** No.",
        "**Is lunch free?** Yes.\n\n**Is tea free?** No.",
        "**Is lunch free?**\nYes.\n\n**1. Is tea free?**\\\nNo.",
        "- **Is lunch free?** Yes.\n- **Is tea free?** No.",
        "- Is lunch free?\n  Yes.\n- Is tea free?\n  No.",
        "Is lunch free?\n: Yes.\n\nIs tea free?\n: No.",
        "## 1. Is lunch free?\n\nYes.\n\n## 2. Is tea free?\n\nNo.",
        "## 1.1 Is lunch free?\n\nYes.\n\n## 1.2 Is tea free?\n\nNo.",
        "| Question | Answer |\n|---|---|\n| Is lunch free? | Yes. |\n| Is tea free? | No. |",
    ],
)
def test_marks_and_looks_of_markdown_are_read(text: str) -> None:
    assert pairs(text, ".md") == BOTH


def test_asterisks_of_a_text_are_no_characters() -> None:
    text = "**Is lunch free?**\nYes.\n\n**Is tea free?**\nNo.\n"

    assert pairs(text, ".txt") == BOTH


@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_answer_mark_stands_on_a_line_of_its_own(ending: str) -> None:
    text = "Q: Is lunch free?\nA:\nYes.\n\nQ: Is tea free?\nA:\nNo.\n"

    assert pairs(text, ending) == BOTH


@pytest.mark.parametrize(
    "text",
    [
        "# Help\n\n**Want to join us?** Write to us.\n\nWe read every letter.",
        "# Help\n\nAsk yourself:\n\n1. Is it hot?\n2. Is it loud?\n\nThen cook.",
    ],
    ids=["call", "list"],
)
def test_question_of_a_running_text_stays_there(text: str) -> None:
    assert pairs(text, ".md") == []


def test_questions_of_one_name_are_distinguished_by_what_they_stand_below() -> None:
    text = (
        "# Help\n\n## Parking\n\n### What does it cost?\n\nTwo euros.\n\n"
        "## Lunch\n\n### What does it cost?\n\nNothing.\n"
    )

    assert pairs(text, ".md") == [
        ("Parking: What does it cost?", "Two euros."),
        ("Lunch: What does it cost?", "Nothing."),
    ]


@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_numbered_questions_are_answered_on_their_own_line(ending: str) -> None:
    text = "1. Is lunch free? Yes.\n2. Is tea free? No.\n"

    assert pairs(text, ending) == BOTH


@pytest.mark.parametrize(
    ("ask", "answer"),
    [("P:", "R:"), ("Pregunta:", "Respuesta:"), ("Question :", "Réponse :"),
     ("Vraag:", "Antwoord:"), ("Domanda 1:", "Risposta 1:"), ("Fråga:", "Svar:"), ("• Q:", "A:"),
     ("Q\uff1a", "A\uff1a"),
     ("Question 1\n", "Answer\n"), ("Q:\n", "A:\n"), ("**Q1**\n", "**A1:**\n"),
     ("#1", ""), ("", "")],
)  # fmt: skip
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_marks_of_other_languages_and_shapes_are_read(
    ending: str, gap: str, ask: str, answer: str
) -> None:
    text = f"{ask} Is lunch free?{gap}{answer} Yes.\n\n{ask} Is tea free?{gap}{answer} No.\n"

    assert pairs(text, ending) == BOTH


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("FAQ\n\nLUNCH\n\nIs lunch free?\nYes.\n\nTEA\n\nIs tea free?\nNo.\n", ".txt"),
        ("Is lunch free?\nYes.\n\nTea and so on\n\nIs tea free?\nNo.\n", ".md"),
        ("Is lunch free?\nYes.\n-----\nIs tea free?\nNo.\n-----\n", ".md"),
        ("Is lunch free?\nYes.\nIs tea free?\nNo.\n", ".txt"),
        ("    Is lunch free?\n        Yes.\n    Is tea free?\n        No.\n", ".txt"),
        (page("<p>Is lunch free?<br>Yes.</p><p>Is tea free?<br>No.</p><h2>About us</h2>"), ".html"),
        ("<h1>FAQ</h1><p>Is lunch free?</p><p>Yes.</p><p>Is tea free?</p><p>No.</p>", ".html"),
        (
            "**Ab**\n\n**Is lunch free?**\nYes.\n\n**Ab**\n\n**Is tea free?**\nNo.\n\n**Us**\n\nA.",
            ".md",
        ),
        ("FAQ\n\nIs lunch free?\nYes.\n\nIs tea free?\nNo.\n\nContact\n\nhr@e.org\n", ".txt"),
    ],
    ids=[
        "groups",
        "groups of a page",
        "rules",
        "lines",
        "indented",
        "breaks",
        "paragraphs",
        "bold",
        "contact",
    ],
)
def test_answer_ends_where_the_next_part_begins(text: str, ending: str) -> None:
    assert pairs(text, ending) == BOTH


def test_question_of_two_tabs_has_the_answer_of_each() -> None:
    panels = "".join(
        f'<div role="tabpanel" id="p{spot}" {state}><h3>Is lunch free?</h3><p>{answer}</p></div>'
        for spot, state, answer in (("1", "", "Yes."), ("2", "hidden", "No."))
    )
    tabs = '<b role="tab" aria-controls="p1">Cooks</b><b role="tab" aria-controls="p2">Guests</b>'

    assert pairs(page(tabs + panels)) == [
        ("Cooks: Is lunch free?", "Yes."),
        ("Guests: Is lunch free?", "No."),
    ]


def test_what_stands_in_a_page_from_elsewhere_is_named() -> None:
    parts = '<iframe src="https://e.org/map"></iframe><img src="map.png"><img src="a.png" alt="">'
    choice = "<select><option>Red</option><option>Blue</option></select>"

    found = read(page(f"<h2>Where?</h2><p>Here.</p>{parts}{choice}"))

    assert {note.text for note in found.notes if note.kind is NoteKind.LEFT_OUT} == {
        "a choice: Red, Blue",
        "a picture without a description: map.png",
        "embedded: https://e.org/map",
    }


def test_struck_out_words_of_a_question_are_left_out_and_named() -> None:
    markup = "<h2>Is <del>all </del>lunch free?</h2><p>Yes.</p><h2><s>Is it?</s></h2><p>No.</p>"

    found = read(page(markup))

    headings = [block.text for block in found.blocks if isinstance(block, Heading)]
    assert headings == ["FAQ", "Is lunch free?", "Is it?"]
    notes = [note.text for note in found.notes]
    assert "hidden on the page: 'all'" in notes
    assert "'Is it?' is struck out as a whole, and taken all the same" in notes


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (".html", page("<ol><li>Is it hot? Yes.</li><li>Is it far? No.</li></ol><p>Write us.</p>")),
        (".md", "# FAQ\n\n1. Is it hot? Yes.\n2. Is it far? No.\n\nWrite us.\n"),
        (".md", "# FAQ\n\n- **Is it hot?** Yes.\n- **Is it far?** No.\n\nWrite us.\n"),
    ],
    ids=["ordered", "numbers", "bold"],
)
def test_what_follows_a_list_of_questions_answers_none(ending: str, text: str) -> None:
    draft = arrange(read(text, ending), "FAQ")

    assert [question.answer for question in draft.questions] == ["Yes.", "No."]
    assert draft.article is not None
    below = draft.article.sections[0].blocks[0]
    assert isinstance(below, Prose)
    assert below.markdown == "Write us."
    said = "it stands below a list of questions, so it is part of no answer: 'Write us.'"
    assert said in [note.text for note in draft.notes]


def test_words_after_a_hidden_paragraph_stay_with_their_heading() -> None:
    body = "<h2>Is it hot?</h2><p hidden>Secret.</p><p>Yes, it is.</p><h2>Us</h2>"

    found = read(page(body))

    draft = arrange(found, "FAQ")
    asked = [(question.question, question.answer) for question in draft.questions]
    assert asked == [("Is it hot?", "Yes, it is.")]
    assert "hidden on the page: 'Secret.'" in [note.text for note in draft.notes]


def test_pictogram_behind_a_question_hides_no_question() -> None:
    text = "# FAQ\n\n## Can I park? \U0001f697\n\nYes.\n\n## Is it hot? \u2615\ufe0f\n\nNo.\n"

    assert pairs(text, ".md") == [
        ("Can I park? \U0001f697", "Yes."),
        ("Is it hot? \u2615\ufe0f", "No."),
    ]


def test_levels_of_a_list_of_google_docs_are_kept() -> None:
    lists = "".join(
        f'<ul class="lst-kix_x-{level}"><li>{text}</li></ul>'
        for level, text in ((0, "one"), (1, "inner"), (0, "two"))
    )

    ((_, answer),) = pairs(f"<main><h1>FAQ</h1><h2>What?</h2>{lists}</main>")

    assert answer == "- one\n\n  - inner\n- two"


def test_name_that_starts_with_a_letter_is_no_mark() -> None:
    text = "Q: Is lunch free?\nA: Yes.\nA. Smith pays.\n\nQ: Is tea free?\nA: No.\n"

    assert pairs(text, ".txt") == [("Is lunch free?", "Yes.\nA. Smith pays."), BOTH[1]]


@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_last_answer_that_is_longer_than_any_other_is_said(ending: str) -> None:
    text = "Q: Is lunch free?\nA: Yes.\n\nQ: Is tea free?\nA: No.\n\nWritten by Ann in May.\n"

    draft = arrange(read(text, ending), "FAQ")

    said = "the answer to 'Is tea free?' is taken to go on to the end: 'Written by Ann in May.'"
    assert [note.text for note in draft.notes if note.kind is NoteKind.GUESSED] == [said]


@pytest.mark.parametrize(
    "text",
    [
        "A) Bread is what we bake.\n\nB) Cake is, too.",
        "A: Bread is what we bake.",
        "Plan B. We bake.",
        "F: Temperatures are in degrees Fahrenheit.",
    ],
)
@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_letter_without_a_question_is_no_mark(text: str, ending: str) -> None:
    draft = arrange(read(text, ending), "FAQ")

    assert draft.questions == ()
    assert draft.article is not None


@pytest.mark.parametrize("question", ["Where is it?!", "Where is it?! (new)", "Where is it? 🏠"])
@pytest.mark.parametrize("ending", [".txt", ".md", ".html", ".csv"])
def test_question_may_end_with_more_than_its_mark(question: str, ending: str) -> None:
    texts = {
        ".txt": f"{question}\n\nIn town.\n\nIs tea free?\n\nNo.\n",
        ".md": f"**{question}**\n\nIn town.\n\n**Is tea free?**\n\nNo.\n",
        ".html": page(
            f'<div class="faq-title">{question}</div><div class="faq-text">In town.</div>'
            '<div class="faq-title">Is tea free?</div><div class="faq-text">No.</div>'
        ),
        ".csv": f"{question},In town.\nIs tea free?,No.\n",
    }

    assert pairs(texts[ending], ending) == [(question, "In town."), BOTH[1]]


def test_paragraph_that_is_never_closed_keeps_its_place() -> None:
    markup = "<dl><dt>Is lunch free?</dt><dd><p><p>Yes:</p><ul><li>Bread</li></ul></p></dd></dl>"

    assert pairs(page(markup)) == [("Is lunch free?", "Yes:\n\n- Bread")]


def test_page_that_word_saved_has_lists_and_no_conditions() -> None:
    item = (
        '<p class=MsoListParagraph style="mso-list:l0 level1 lfo1"><![if !supportLists]>'
        '<span><span style="mso-list:Ignore">{}<span>&nbsp;</span></span></span><![endif]>{}</p>'
    )
    markup = (
        "<p><b>Is lunch free?</b></p><p>Yes:</p>"
        + item.format("\u00b7", "Bread")
        + item.format("\u00b7", "Soup")
        + "<p><b>Is tea free?</b></p>"
        + item.format("1.", "No.")
        + "<h2>About us</h2>"
    )

    assert pairs(page(markup)) == [
        ("Is lunch free?", "Yes:\n\n- Bread\n- Soup"),
        ("Is tea free?", "1. No."),
    ]


def test_question_that_a_page_names_one_need_not_ask() -> None:
    markup = (
        '<div class="faq-question">Dogs in the office</div><div class="faq-answer">Fridays.</div>'
        '<div class="faq-question">Parking</div><div class="faq-answer"><p>Behind it.</p></div>'
    )

    assert pairs(page(markup)) == [("Dogs in the office", "Fridays."), ("Parking", "Behind it.")]


def test_picture_that_is_all_of_an_answer_is_named() -> None:
    found = read(page('<h2>Where is it?</h2><p><img src="m.png" alt="A map"></p><p>Here.</p>'))

    assert "a picture alone: 'A map'" in [note.text for note in found.notes]


@pytest.mark.parametrize(
    "text",
    [
        "Is the lunch free? Yes.\nIs the tea free? No.\n",
        "Is the lunch free? - Yes.\nIs the tea free? - No.\n",
        "Is the lunch free? -> Yes.\nIs the tea free? => No.\n",
        "(1) Is the lunch free?\nYes.\n\n(2) Is the tea free?\nNo.\n",
        "= FAQ\n\n== Is the lunch free?\n\nYes.\n\n== Is the tea free?\n\nNo.\n",
        "== Is the lunch free? ==\nYes.\n\n== Is the tea free? ==\nNo.\n",
    ],
    ids=["one line", "dashes", "arrows", "brackets", "AsciiDoc", "wiki"],
)
def test_more_shapes_of_a_text_are_read(text: str) -> None:
    assert pairs(text, ".txt") == [("Is the lunch free?", "Yes."), ("Is the tea free?", "No.")]


def test_lines_that_are_no_pairs_stay_a_paragraph() -> None:
    (block,) = read("Lunch? Yes.\nTea? No.\n", ".txt").blocks

    assert isinstance(block, Prose)


WIDE = str.maketrans({"?": "\uff1f", ":": "\uff1a", ".": "\uff0e", "@": "\uff31", "&": "\uff21"})
EAST = [("这是免费的吗?".translate(WIDE), "是的。"), ("谁在运营", "我们。")]


@pytest.mark.parametrize("ending", [".txt", ".md"])
@pytest.mark.parametrize(
    "text",
    [
        "问:{}\n答:{}\n\n问:{}\n答:{}\n",
        "【问】{}\n【答】{}\n\n【问】{}\n【答】{}\n",
        "質問1:{}\n回答1:{}\n\n質問2:{}\n回答2:{}\n",
        "Q1.{}\nA1.{}\n\n@2.{}\n&2.{}\n",
        "问:{}答:{}\n\n问:{}\n\n答:{}\n",
        "Q:{}\nA:{}\n\nQ:{}\nA:{}\n",
    ],
    ids=["letters", "brackets", "words", "full width", "one line", "colon"],
)
def test_marks_of_chinese_and_japanese_are_read(text: str, ending: str) -> None:
    assert pairs(text.translate(WIDE).format(*EAST[0], *EAST[1]), ending) == EAST


def test_chinese_names_of_columns_are_read() -> None:
    assert pairs("答案,问题\n我们。,谁在运营\n", ".csv") == [("谁在运营", "我们。")]


@pytest.mark.parametrize("ending", [".txt", ".md"])
@pytest.mark.parametrize("marks", ["a) b)", "(a) (b)", "a. b.", "i. ii.", "III) IV)"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["line below", "paragraph below"])
def test_letters_and_roman_numbers_before_questions_are_no_words(
    marks: str, gap: str, ending: str
) -> None:
    first, second = marks.split()
    text = f"{first} Is lunch free?{gap}Yes.\n\n{second} Is tea free?{gap}No.\n"

    assert pairs(text, ending) == BOTH


def test_letters_of_other_lines_stay() -> None:
    text = "Q: Is lunch free?\nA: Ask:\na) is it soup?\nb) bread\n"

    assert pairs(text, ".md") == [("Is lunch free?", "Ask:\na) is it soup?\nb) bread")]
    assert pairs("## c) Is tea free?\n\nNo.\n\n## I. Is it?\n\nIt is.\n", ".md") == [
        ("Is tea free?", "No."),
        ("Is it?", "It is."),
    ]


def test_marks_of_forums_are_no_words() -> None:
    answer = "Yes, [i]all[/i] of it: see [url=https://e.org/x]our page[/url]."
    shown = "Yes, all of it: see our page (https://e.org/x)."
    items = "[list]\n[*]Ann [1]\n[*] Bob\n[/list]"
    text = f"[b]Is lunch free?[/b]\n{answer}\n\n[B]Who bakes?[/B]\n{items}\n"

    questions = arrange(read(text, ".txt"), "FAQ").questions

    assert [(one.question, one.answer, one.line) for one in questions] == [
        ("Is lunch free?", shown, 1),
        ("Who bakes?", "- Ann [1]\n- Bob", 4),
    ]
    assert pairs(f'question,answer\n[b]Is lunch free?[/b],"{answer}"\n', ".csv") == [
        ("Is lunch free?", shown)
    ]


def test_brackets_that_no_forum_closes_stay() -> None:
    text = "Is lunch free?\nYes [b] or [list] it.\n\nIs tea free?\nNo [*] never.\n"

    assert pairs(text, ".txt") == [
        ("Is lunch free?", "Yes [b] or [list] it."),
        ("Is tea free?", "No [*] never."),
    ]


@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_lettered_questions_without_answers_keep_their_letters(ending: str) -> None:
    text = "Ask yourself this about a job.\n\na) Is it near?\nb) Is it paid?\n\nThen decide.\n"

    shown = "\n".join(
        block.markdown for block in read(text, ending).blocks if isinstance(block, Prose)
    )

    assert "a) Is it near?\nb) Is it paid?" in shown
