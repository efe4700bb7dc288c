import hashlib
import re
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Section, Source
from corpus.articles import ParsedArticle, parse_article
from corpus.entries import Parsed
from corpus.files import TextFile

FRONT = "---\ntitle: Jobs\nroles:\n  se: Software engineer\n  mle: ML engineer\n---\n"


def parse(text: str) -> Parsed[ParsedArticle]:
    return parse_article(TextFile.of("articles/jobs.md", text.encode()), "jobs")


def document(text: str) -> Document:
    parsed = parse(text)
    assert parsed.faults == ()
    return parsed.items[0].document


def sections(body: str) -> dict[str, Section]:
    return {section.id: section for section in document(FRONT + body).sections}


def texts(body: str) -> dict[str, str]:
    return {name: section.text for name, section in sections(body).items()}


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.problem) for fault in parse(text).faults]


def test_front_matter_describes_the_document() -> None:
    found = document(
        "---\ntitle: Jobs\nurl: /jobs\nowner: Team\nreviewed: 2026-11-23\nvalid_until: 2027-01-01\n"
        "roles: {se: Software engineer}\nsources:\n  - title: Book\n    url: https://e.org/b\n"
        "  - https://e.org/c\n---\n# Part\n\nText.\n"
    )

    sources = (Source("Book", "https://e.org/b"), Source("https://e.org/c", "https://e.org/c"))
    assert found == Document(
        id="jobs",
        title="Jobs",
        url="/jobs",
        owner="Team",
        reviewed=date(2026, 11, 23),
        valid_until=date(2027, 1, 1),
        roles={"se": "Software engineer"},
        sections=found.sections,
        file="articles/jobs.md",
    )
    assert [section.sources for section in found.sections] == [sources]


def test_title_may_be_the_first_heading() -> None:
    found = document("# Two jobs\n\nAn introduction.\n\n## Pay\n\nGood.\n")

    assert (found.title, found.url, found.owner, found.reviewed) == ("Two jobs", "/faq", "", None)
    assert [(part.id, part.heading, part.level) for part in found.sections] == [
        ("two-jobs", "Two jobs", 2),
        ("pay", "Pay", 2),
    ]


def test_text_above_the_first_heading_stands_under_the_title() -> None:
    found = document(FRONT + "Welcome.\n\n## Pay\n\nGood.\n")

    assert [(part.id, part.heading, part.text) for part in found.sections] == [
        ("jobs", "Jobs", "Welcome."),
        ("pay", "Pay", "Good."),
    ]


def test_section_knows_its_place() -> None:
    found = sections("## A {#a}\n\nx\n\n### B\n\n#### C {#c} ####\n\ny\n\nSetext {#s}\n---\n\nz\n")

    assert [(part.id, part.heading, part.level, part.trail) for part in found.values()] == [
        ("a", "A", 2, ()),
        ("c", "C", 4, ("A", "B")),
        ("s", "Setext", 2, ()),
    ]


def test_heading_without_text_of_its_own_is_only_a_heading() -> None:
    assert texts("## A {#a}\n\n<!-- later -->\n\n## B\n\n### C\n\nText.\n") == {"c": "Text."}


def test_list_items_with_ids_are_sections_and_stay_in_the_text_of_their_list() -> None:
    found = sections("## Tasks {#t}\n\nTwo:\n\n- **One**: a. {#one}\n* other list\n\nEnd.\n")

    assert found["t"].text == "Two:\n- One: a.\n- other list\n\nEnd."
    assert found["t"].markdown == "Two:\n\n- **One**: a.\n* other list\n\nEnd."
    assert found["one"] == Section(
        id="one",
        heading="Tasks",
        level=0,
        trail=(),
        markdown="**One**: a.",
        text="One: a.",
        html="<p><strong>One</strong>: a.</p>",
        parent="t",
        role=None,
        questions=(),
        sources=(),
        span=found["one"].span,
    )


def test_items_named_after_their_section_and_a_role_are_paired() -> None:
    found = sections("## Pay {#pay}\n\n- Good. {#pay--se}\n- Better. {#pay--mle}\n- So. {#x--se}\n")

    assert [(part.id, part.role, part.parent) for part in found.values()] == [
        ("pay", None, None),
        ("pay--se", "se", "pay"),
        ("pay--mle", "mle", "pay"),
        ("x--se", None, "pay"),
    ]


def test_items_pair_up_under_a_heading_without_an_id_too() -> None:
    found = sections("## Pay\n\n- Good. {#pay--se}\n- Better. {#pay--mle}\n")

    assert [part.role for part in found.values()] == [None, "se", "mle"]


@pytest.mark.parametrize(
    ("body", "markdown", "text"),
    [
        ("- a\n  b {#i}\n", "a\nb", "a b"),
        ("- a\n  {#i}\n", "a", "a"),
        ("- a\n\n  b {#i}\n", "a\n\nb", "a\n\nb"),
        ("- a {#i}\n\n  b\n", "a\n\nb", "a\n\nb"),
        ("- a {#i}\n  - b\n  - c\n", "a\n- b\n- c", "a\n- b\n- c"),
        ("10. a\n    b {#i}\n", "a\nb", "a b"),
        ("-   a {#i}\n", "a", "a"),
        ("- - a {#i}\n", "a", "a"),
        ("- `x {#y}` a {#i}\n", "`x {#y}` a", "x {#y} a"),
        ("-\n  a {#i}\n", "a", "a"),
    ],
)
def test_item_is_what_stands_between_its_bullet_and_its_id(
    body: str, markdown: str, text: str
) -> None:
    found = sections(f"## H {{#h}}\n\n{body}")

    assert (found["i"].markdown, found["i"].text) == (markdown, text)


def test_item_inside_an_item_with_an_id_belongs_to_that_item() -> None:
    found = sections("## H {#h}\n\n- a {#outer}\n  - b {#inner}\n- c\n  - d {#deep}\n")

    assert {part.id: part.parent for part in found.values()} == {
        "h": None,
        "outer": "h",
        "inner": "outer",
        "deep": "h",
    }
    assert found["outer"].text == "a\n- b"


def test_links_defined_at_the_end_work_in_every_section() -> None:
    found = sections("## A {#a}\n\nSee [b].\n\n## C\n\nText.\n\n[b]: https://e.org/b\n")

    assert found["a"].html == '<p>See <a href="https://e.org/b" rel="noopener">b</a>.</p>'


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_spans_hold_in_files_of_every_kind_of_newline(newline: str) -> None:
    body = "## Ä {#a}\n\n😀 text.\n\n- öne {#one}\n- two\n\n## B\n\nend\n"
    text = (FRONT + body).replace("\n", newline)
    source = TextFile.of("articles/jobs.md", text.encode())

    (draft,) = parse_article(source, "jobs").items

    slices = {part.id: source.raw[part.span.start : part.span.end] for part in _all(draft)}
    assert slices == {
        "a": f"😀 text.{newline}{newline}- öne {{#one}}{newline}- two".encode(),
        "one": "öne".encode(),
        "b": b"end",
    }
    for part in _all(draft):
        assert part.span.sha256 == hashlib.sha256(slices[part.id]).hexdigest()
    assert [part.span.line for part in _all(draft)] == [9, 11, 16]
    assert [part.text for part in _all(draft)] == ["😀 text.\n- öne\n- two", "öne", "end"]


def _all(draft: ParsedArticle) -> Iterator[Section]:
    yield from draft.document.sections


def test_headings_without_ids_get_slugs_that_differ() -> None:
    body = "## A\n\n### Role\n\nx\n\n## B\n\n### Role\n\ny\n\n## Pay\n\nz\n"

    parsed = parse(FRONT + body)

    assert [part.id for part in _all(parsed.items[0])] == ["a-role", "b-role", "pay"]
    assert [mention.id for mention in parsed.items[0].implicit] == ["a-role", "b-role", "pay"]
    assert parsed.declared == ()


def test_slug_of_a_heading_is_none_that_a_heading_or_an_item_has() -> None:
    body = "## A {#pay}\n\n- x {#hours}\n\n## Pay\n\ny\n\n## Hours\n\nz\n"

    parsed = parse(FRONT + body)

    ids = [part.id for part in _all(parsed.items[0])]
    assert len(set(ids)) == len(ids)
    assert {"pay", "hours"} < set(ids)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Text.\n", [(1, "the article has no title")]),
        ("---\ntitle: x\n", [(1, "the front matter has no end")]),
        ("---\ntitle: [\n---\n", [(3, "the YAML is broken: did not find expected node content")]),
        ("---\n- title\n---\n", [(2, "the entry must be a mapping, not a list")]),
        ("---\n---\n\nText.\n", [(1, "the article has no title")]),
        (
            "---\ntitel: x\nurl: javascript:x\nroles: {se: ''}\n---\n# A\n\n- x {#a--se}\n",
            [
                (2, "the key 'titel' is not known"),
                (3, "'url' is wrong: 'javascript:x' is not an address"),
                (4, "'roles' 'se' is blank"),
            ],
        ),
        (FRONT + "## A {#ä b}\n\nx\n", [(7, "'ä b' cannot be an id")]),
        (FRONT + "## {#a}\n\nx\n", [(7, "the heading has no words")]),
        (FRONT + "## A\n\nText. {#a}\n", [(9, "the id 'a' has no place here")]),
        (FRONT + "## A\n\n> - Text. {#a}\n", [(9, "the id 'a' has no place here")]),
        (FRONT + "## A\n\n- x {#a}\n\n  y {#b}\n", [(11, "the id 'b' has no place here")]),
        (FRONT + "## A\n\nx\n\n- {#a}\n", [(11, "the list item has no words")]),
        (FRONT + "## A\n\nx\n\n- ![](y) {#a}\n", [(11, "the list item has no words")]),
        (FRONT + "## A\n\n| x\\|{#a\\|b} |\n|-|\n| {#c\\|d} |\n", None),
        (FRONT + "## A {#a}\n\n- x {#a--cook}\n", [(9, "'cook' is not the key of a role")]),
    ],
)
def test_fault_is_reported_with_its_line(text: str, expected: list[tuple[int, str]] | None) -> None:
    found = faults(text)

    if expected is None:
        assert [line for line, _ in found] == [9, 11]
    else:
        assert sorted(found) == expected


WORDS = st.sampled_from(["alpha", "beta **b**", "gamma\n\ndelta", "- x\n- y", "1. z", "> q", "`c`"])


@given(st.lists(st.tuples(st.integers(1, 6), WORDS, st.booleans()), max_size=8))
def test_no_word_is_lost_and_none_stands_in_two_sections(
    parts: list[tuple[int, str, bool]],
) -> None:
    body = ""
    for number, (level, words, marked) in enumerate(parts):
        body += "#" * level + f" Heading{number}" + (f" {{#id{number}}}" if marked else "")
        body += f"\n\nstart{number}\n\n{words}\n\nend{number}\n\n"

    found = sections(body)

    spoken = " ".join(part.text for part in found.values())
    assert re.findall(r"(?:start|end)\d", spoken) == [
        f"{word}{number}" for number in range(len(parts)) for word in ("start", "end")
    ]
    for number, (_, words, marked) in enumerate(parts):
        name = f"id{number}" if marked else f"heading{number}"
        assert set(re.findall(r"[a-z]+", words)) <= set(re.findall(r"[a-z]+", found[name].text))


@given(st.text(st.sampled_from("ab {#}-\n*>`|\\\t\r1.é:'\"=~[]()<!\x00"), max_size=80))
def test_any_text_is_an_article_or_faults(body: str) -> None:
    source = TextFile.of("articles/jobs.md", (FRONT + body).encode())

    parsed = parse_article(source, "jobs")

    for part in _all(parsed.items[0]):
        cut = source.raw[part.span.start : part.span.end]
        assert part.span.sha256 == hashlib.sha256(cut).hexdigest()
        assert part.text or parsed.faults


@given(st.text(max_size=80))
def test_any_front_matter_is_read_or_faults(front: str) -> None:
    try:
        raw = f"---\n{front}\n---\n# T\n\nx\n".encode()
    except UnicodeEncodeError:
        return

    parsed = parse_article(TextFile.of("articles/jobs.md", raw), "jobs")

    assert parsed.faults or parsed.items[0].document.title
