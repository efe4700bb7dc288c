import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus import Corpus, CorpusError, Entry, load
from corpus.importers import Note, NoteKind, Question, arrange, merge, read_source
from corpus.importers.readers.json_ld import read_json_ld
from index import open_index
from index.building.chunking import chunk
from service.web.faq_page import json_ld
from tests.support.encoding import HandEncoder
from tests.support.paths import ROOT


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a canned answer."""

    id: str
    question: str
    text: str
    html: str


def shown(entry: Entry) -> Shown:
    return Shown(entry.id, entry.question, entry.text, entry.html)


def imported(text: str, folder: Path) -> Corpus:
    draft = arrange(read_source("faq.jsonld", text.encode(), ".jsonld"), "FAQ")
    for target in merge(draft, "faq", folder).targets:
        (folder / target.name).parent.mkdir(exist_ok=True)
        (folder / target.name).write_text(target.text, encoding="utf-8")
    return load(folder)


def page(*entries: Entry) -> str:
    """Describe entries as the service does."""
    questions = [
        {
            "@type": "Question",
            "@id": f"#{entry.id}",
            "name": entry.question,
            "acceptedAnswer": {"@type": "Answer", "text": entry.html, "url": f"/faq#{entry.id}"},
        }
        for entry in entries
    ]
    return json.dumps({"@type": "FAQPage", "mainEntity": questions}, ensure_ascii=False)


def test_what_the_service_emits_imports_to_the_same_entries(
    corpus: Corpus, index_folder: Path, tmp_path: Path
) -> None:
    emitted = json_ld(open_index(index_folder, HandEncoder()).units)

    again = imported(emitted, tmp_path)

    assert [shown(entry) for entry in again.entries] == [shown(entry) for entry in corpus.entries]


def test_what_the_service_emits_of_the_shipped_corpus_imports_to_the_same_entries(
    tmp_path: Path,
) -> None:
    shipped = load(ROOT / "corpus")
    units = chunk(shipped).units
    emitted = json_ld({unit.id: unit for unit in units})

    again = imported(emitted, tmp_path)

    assert len(again.entries) == len(shipped.entries) == 19
    assert [shown(entry) for entry in again.entries] == [shown(entry) for entry in shipped.entries]
    assert [entry.markdown for entry in again.entries] == [
        entry.markdown for entry in shipped.entries
    ]


def test_every_shipped_answer_survives_the_round_trip(tmp_path: Path) -> None:
    entries = load(ROOT / "corpus").entries

    again = imported(page(*entries), tmp_path)

    assert [shown(entry) for entry in again.entries] == [shown(entry) for entry in entries]


def test_questions_are_found_however_deep_they_stand() -> None:
    data = {
        "@graph": [
            {"@type": "WebPage"},
            {
                "@type": ["FAQPage", "WebPage"],
                "mainEntity": {
                    "@type": ["Question"],
                    "name": "Is it <i>hot</i> &amp; loud?",
                    "suggestedAnswer": [{"@type": "Answer", "text": "Yes. 5 < 6\n\nAnd *so*."}],
                },
            },
        ]
    }

    found = read_json_ld("faq.json", json.dumps(data, indent=1))

    assert found.questions == (Question("Is it hot & loud?", "Yes. 5 < 6\n\nAnd \\*so\\*.", 15),)


def test_question_without_words_or_answer_is_reported() -> None:
    data = [{"@type": "Question", "name": "Is it?"}, {"@type": "Question", "acceptedAnswer": "x"}]

    found = read_json_ld("faq.json", json.dumps(data))

    assert found.questions == ()
    assert found.notes == (
        Note(1, NoteKind.LEFT_OUT, "the question 'Is it?' has no answer"),
        Note(1, NoteKind.LEFT_OUT, "the question '' has no words"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "faq.jsonld:1: it is no valid JSON"),
        ("[" * 100_000, "faq.jsonld: it is no valid JSON"),
        ("{}", "faq.jsonld: there is nothing to import in it"),
        ('[{"@type": "Question", "name": "Is it?"}]', "the question 'Is it[?]' has no answer"),
    ],
    ids=["broken", "too deep", "empty", "unanswered"],
)
def test_data_without_answers_is_refused(text: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read_source("faq.jsonld", text.encode(), ".jsonld")


def test_records_of_a_help_desk_are_a_table() -> None:
    data = {
        "count": 2,
        "articles": [
            {"id": 36, "title": "Is it hot?", "body": "<p>Yes, <b>very</b>.</p>", "draft": False},
            {"id": 37, "title": "Secret?", "body": "<p>x</p>", "draft": True, "labels": ["a"]},
        ],
    }

    found = read_source("help.json", json.dumps(data).encode(), ".json")

    assert [(question.id, question.question, question.answer) for question in found.questions] == [
        ("36", "Is it hot?", "Yes, **very**."),
    ]


RECORDS = [
    {"question": "Is it hot?", "answer": "Yes."},
    {"question": "Is it loud?", "answer": "No."},
]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"groups": [{"name": "A", "faqs": RECORDS[:1]}, {"faqs": RECORDS[1:]}]}),
        json.dumps({"items": [{"sys": {"type": "x"}, "fields": record} for record in RECORDS]}),
        "\n".join(map(json.dumps, RECORDS)) + "\n",
        json.dumps({record["question"]: record["answer"] for record in RECORDS}),
        json.dumps([{"name": one["question"], "text": one["answer"]} for one in RECORDS]),
    ],
    ids=["several lists", "nested", "a record a line", "mapping", "names of their own"],
)
def test_records_are_found_wherever_they_stand(text: str) -> None:
    found = read_source("faq.json", text.encode(), ".json")

    assert [(question.question, question.answer) for question in found.questions] == [
        ("Is it hot?", "Yes."),
        ("Is it loud?", "No."),
    ]


SPOKEN = [{"data": [{"text": "Is tea free?", "userDefined": False}], "isTemplate": False}]
TEXT = {"nodeType": "text", "value": "Is tea free?"}
RICH = [{"nodeType": "heading-2", "content": [TEXT]}, {"nodeType": "text", "value": "No."}]
NEXT = {"pageProps": {"body": {"nodeType": "document", "content": RICH}}, "__N_SSG": True}


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (SPOKEN, "Export the knowledge base as CSV"),
        ({"name": "tea", "responses": [{"messages": []}], "webhookUsed": False}, "Export"),
        (RICH, "Import the page itself"),
        (NEXT, "Import the page itself"),
        ({"pageProps": {"statusCode": 404}}, "Import the page itself"),
    ],
    ids=["phrases", "intent", "rich text", "next.js", "next.js without texts"],
)
def test_data_of_other_programs_is_refused_with_what_to_import_instead(
    data: object, remedy: str
) -> None:
    with pytest.raises(CorpusError, match=remedy):
        read_json_ld("faq.json", json.dumps(data))


def test_records_among_the_data_of_a_page_are_read() -> None:
    data = {"pageProps": {"faq": [{"q": "Is tea free?", "a": "No."}], "intro": RICH}}

    found = read_json_ld("faq.json", json.dumps(data))

    assert [(one.question, one.answer) for one in found.questions] == [("Is tea free?", "No.")]
