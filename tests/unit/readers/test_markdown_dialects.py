"""What site generators and note-taking programs add to Markdown."""

import time

import pytest

from corpus.importers import Note, NoteKind, arrange, read_source
from corpus.markdown import plain_text

BOTH = [("Is lunch free?", "Yes.\n\n- Bread"), ("Is tea free?", "No.")]
PANELS = {
    "mkdocs": (
        '??? question "Is lunch free?"\n\n    Yes.\n\n    - Bread\n\n'
        '???+ note "Is tea free?"\n    No.\n'
    ),
    "vuepress": "::: details Is lunch free?\nYes.\n\n- Bread\n:::\n:::info[Is tea free?]\nNo.\n:::",
    "mdx": (
        'import { Accordion } from "@x/y";\n\n<AccordionGroup>\n'
        '  <Accordion title="Is lunch free?">\n    Yes.\n\n    - Bread\n  </Accordion>\n'
        '  <Accordion title="Is tea free?">\n    No.\n  </Accordion>\n</AccordionGroup>\n'
    ),
    "hugo": (
        '{{< faq question="Is lunch free?" >}}\nYes.\n\n- Bread\n{{< /faq >}}\n\n'
        '{{% expand "Is tea free?" %}}\nNo.\n{{% /expand %}}\n'
    ),
    "liquid": (
        '{% accordion title="Is lunch free?" %}\nYes.\n\n- Bread\n{% endaccordion %}\n'
        '{% accordion title="Is tea free?" %}\nNo.\n{% endaccordion %}\n'
    ),
    "obsidian": "> [!faq]- Is lunch free?\n> Yes.\n>\n> - Bread\n\n> [!faq] Is tea free?\n> No.",
    "headings of HTML": (
        '+++\ntitle = "FAQ"\n+++\n* TOC\n{:toc}\n\n<h3 id="a">Is lunch free?</h3>\n\n'
        "Yes.\n\n- Bread\n\n"
        "### Is tea free?\n{: .small}\n\nNo.\n"
    ),
    "definitions": "Is lunch free?\n: Yes.\n\n    - Bread\n\nIs tea free?\n: No.\n",
}


@pytest.mark.parametrize("text", PANELS.values(), ids=PANELS)
def test_panel_whose_title_asks_is_a_canned_answer(text: str) -> None:
    draft = arrange(read_source("faq.md", text.encode(), ".md"), "FAQ")

    assert [(question.question, question.answer) for question in draft.questions] == BOTH
    assert draft.article is None


def test_what_only_a_program_reads_is_left_out_and_named() -> None:
    text = (
        "# FAQ\n\n[[_TOC_]]\n\n- [Lunch](#lunch)\n- [Tea](#tea)\n\n## Is lunch free?\n\n"
        '{% hint style="info" %}\nYes, see [[Kitchen|the kitchen]]. %%ask HR%%\n{% endhint %}\n\n'
        "> [!NOTE]\n> ==Not== on `[[Mondays]]`.\n\n[Back to top](#faq)\n\n"
        "## Is ~~hot~~ tea free?\n\n~~Yes.~~ No [[1]](https://e.org).\n\n```\n[[x]] %%y%%\n```\n"
    )

    draft = arrange(read_source("faq.md", text.encode(), ".md"), "FAQ")

    assert [(question.question, question.answer) for question in draft.questions] == [
        (
            "Is lunch free?",
            "Yes, see the kitchen.\n\n> **Note**  \n> Not on `[[Mondays]]`.",
        ),
        ("Is tea free?", "~~Yes.~~ No [[1]](https://e.org).\n\n```\n[[x]] %%y%%\n```"),
    ]
    assert [note for note in draft.notes if note.line > 1] == [
        Note(3, NoteKind.LEFT_OUT, "a line for another program: '[[_TOC_]]'"),
        Note(5, NoteKind.LEFT_OUT, "links to places of the page itself: 'Lunch Tea'"),
        Note(11, NoteKind.LEFT_OUT, "a comment: '%%ask HR%%'"),
        Note(11, NoteKind.LEFT_OUT, "a link to a note: '[[Kitchen|the kitchen]]'"),
        Note(17, NoteKind.LEFT_OUT, "links to places of the page itself: 'Back to top'"),
        Note(19, NoteKind.LEFT_OUT, "struck out: '~~hot~~'"),
        Note(21, NoteKind.GUESSED, "it stays, struck out: 'Yes.'"),
    ]


def test_title_that_asks_nothing_stands_in_bold_above_its_words() -> None:
    text = (
        '## Is lunch free?\n\nYes.\n\n!!! tip "Vegans"\n    Say so.\n\n:::warning\nNot late.\n:::\n'
    )

    (question,) = arrange(read_source("faq.md", text.encode(), ".md"), "FAQ").questions

    assert question.answer == "Yes.\n\n**Vegans**  \nSay so.\n\nNot late."


@pytest.mark.parametrize("line", ["<A>", "::: a", "{% a %}", "> [!a]", '??? a "b?"', "![[", "%% a"])
def test_panels_that_never_close_take_time_in_proportion(line: str) -> None:
    text = f"Bread.\n\n{line}\n" * 3_000

    started = time.process_time()
    read_source("faq.md", text.encode(), ".md")

    assert time.process_time() - started < 10


def test_signs_in_a_cell_begin_no_block() -> None:
    text = "| # | Question | Answer |\n|---|---|---|\n| 1 | How many? | 1. May: # of *two* |\n"

    draft = arrange(read_source("faq.md", text.encode(), ".md"), "FAQ")

    assert [plain_text(one.answer) for one in draft.questions] == ["1. May: # of two"]
    assert "the column '#' has no place in a canned answer" in [one.text for one in draft.notes]
