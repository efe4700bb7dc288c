import json
import re
from dataclasses import replace

import pytest

from corpus import load
from index.building.chunking import chunk
from index.datatypes import Kind, Unit
from service.web.faq_page import articles, json_ld, saved_answers, topics
from tests.support.paths import ROOT

CONTENT = ROOT / "tests" / "browser" / "content"
CORPUS = ROOT / "corpus"


@pytest.fixture(scope="module")
def units() -> dict[str, Unit]:
    return {unit.id: unit for unit in chunk(load(CONTENT)).units}


def test_article_keeps_its_headings_in_order(units: dict[str, Unit]) -> None:
    (article,) = articles(units)

    assert article.title == "Gardener or florist?"
    assert [
        (block.level, block.title, block.unit.id if block.unit else None)
        for block in article.blocks
    ] == [
        (2, "What a gardener does", "art-gardener"),
        (3, "The tools of a gardener", "art-tools"),
        (3, "Hostile text", "art-hostile"),
        (2, "Differences", None),
        (3, "Demand", "art-demand"),
    ]


def test_list_items_and_sides_get_their_anchors(units: dict[str, Unit]) -> None:
    blocks = {block.unit.id: block.html for block in articles(units)[0].blocks if block.unit}

    assert '<li id="art-tool-spade">Spade: for digging' in blocks["art-tools"]
    assert '<li id="art-tool-shears">Shears: for hedges' in blocks["art-tools"]
    assert '<li id="art-demand--gardener">Gardeners' in blocks["art-demand"]
    assert '<li id="art-demand--florist">Florists' in blocks["art-demand"]


def test_item_with_markup_and_a_list_of_its_own_gets_its_anchor(units: dict[str, Unit]) -> None:
    parent = units["art-tools"]
    html = (
        "<ul><li>\n<p><b>Spade</b> &amp; fork</p>\n<ul><li>steel</li></ul></li><li>Rake</li></ul>"
    )
    item = replace(units["art-tool-spade"], text="Spade & fork\n- steel")
    changed = {parent.id: replace(parent, html=html), item.id: item}

    (block,) = [block for block in articles(changed)[0].blocks if block.unit]

    assert block.html == html.replace("<li>\n<p>", '<li id="art-tool-spade">\n<p>')


def test_canned_answers_stand_under_the_name_of_their_file(units: dict[str, Unit]) -> None:
    (topic,) = topics(units)

    assert topic.title == "Pay and hours"
    assert [unit.id for unit in topic.entries] == ["faq-pay", "faq-hours", "faq-learn"]


def test_json_ld_says_what_the_corpus_says(units: dict[str, Unit]) -> None:
    page = json.loads(json_ld(units))

    assert page == {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "@id": f"#{unit.id}",
                "name": unit.title,
                "acceptedAnswer": {"@type": "Answer", "text": unit.html, "url": unit.url},
            }
            for unit in units.values()
            if unit.kind is Kind.FAQ
        ],
    }


def test_json_ld_cannot_end_its_script_element(units: dict[str, Unit]) -> None:
    hostile = replace(units["faq-pay"], title="</script><script>alert(1)</script>\u2028")

    text = json_ld({hostile.id: hostile})

    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text)["mainEntity"][0]["name"] == hostile.title


def test_saved_answers_hold_all_that_can_be_said_but_smalltalk(units: dict[str, Unit]) -> None:
    saved = json.loads(saved_answers("v1", units))

    assert saved["version"] == "v1"
    assert [answer["id"] for answer in saved["answers"]] == [
        unit.id for unit in units.values() if unit.kind is not Kind.SMALLTALK
    ]
    demand = next(answer for answer in saved["answers"] if answer["id"] == "art-demand")
    assert [side["label"] for side in demand["sides"]] == ["Gardener", "Florist"]
    assert demand["questions"] == ["Which trade is more in demand?"]
    assert demand["reviewed"] == "2026-01-02"


def test_every_id_of_the_shipped_corpus_is_an_anchor() -> None:
    corpus = load(CORPUS)
    units = {unit.id: unit for unit in chunk(corpus).units}
    blocks = [block for article in articles(units) for block in article.blocks]
    entries = [entry for topic in topics(units) for entry in topic.entries]

    anchors = {block.unit.id for block in blocks if block.unit} | {entry.id for entry in entries}
    anchors |= set(re.findall(r'<li id="([^"]+)">', "".join(block.html for block in blocks)))
    sections = {section.id for document in corpus.documents for section in document.sections}
    assert anchors == sections | {entry.id for entry in corpus.entries}


def test_json_ld_of_the_shipped_corpus_holds_every_canned_answer() -> None:
    corpus = load(CORPUS)

    page = json.loads(json_ld({unit.id: unit for unit in chunk(corpus).units}))

    assert [
        (one["name"], one["acceptedAnswer"]["text"], one["acceptedAnswer"]["url"])
        for one in page["mainEntity"]
    ] == [(entry.question, entry.html, f"/faq#{entry.id}") for entry in corpus.entries]
