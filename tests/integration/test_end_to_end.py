"""The shipped content with the real model, from the files to a socket."""

import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml

from corpus import Corpus, load
from index import Answered, Retriever, open_index
from index.datatypes import Citation, Kind, Unit
from index.search.autocomplete import question_of
from tests.support.paths import ROOT
from tests.support.running import environment, get, started

CONTENT = ROOT / "corpus"
QUESTIONS = Path(__file__).with_name("article_questions.yaml")
FIRST = 3
"""Passages among which the unit that answers has to be."""
LEAST_FOUND = 0.95
"""Share of the article's questions; what is missed is printed."""
ID_MARKER = re.compile(r"\s*\{#[^}\s]+\}")

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    return load(CONTENT)


@pytest.fixture(scope="module")
def folder(shipped_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service finds an index of the shipped content, and keeps what it is told."""
    folder = tmp_path_factory.mktemp("shipped")
    (folder / "index").symlink_to(shipped_index)
    return folder


@pytest.fixture(scope="module")
def retriever(folder: Path) -> Retriever:
    return open_index(folder / "index")


@pytest.fixture(scope="module")
def article_questions() -> dict[str, str]:
    questions: dict[str, str] = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return questions


def as_typed(question: str) -> str:
    """A question as many people type it: lower case, no punctuation."""
    return re.sub(r"[^\w\s+#]", "", question).lower()


def right(name: str, corpus: Corpus) -> set[str]:
    """The ids that answer what the unit of this name answers."""
    return {name}.union(*(group for group in corpus.equivalents if name in group))


@pytest.mark.parametrize("written", [str, as_typed], ids=["as-titled", "as-typed"])
def test_every_question_of_the_corpus_gets_its_answer(
    written: Any, retriever: Retriever, shipped: Corpus
) -> None:
    wrong = {}
    for entry in shipped.entries:
        outcome = retriever.answer(written(entry.question))
        given = outcome.unit.id if isinstance(outcome, Answered) else type(outcome).__name__
        if given not in right(entry.id, shipped):
            wrong[entry.id] = given

    assert len(shipped.entries) == 19
    assert wrong == {}


def test_question_offered_for_a_unit_leads_to_that_unit(retriever: Retriever) -> None:
    """Whoever picks a suggestion has to get what was suggested."""
    same = {"faq-01": "faq-07", "faq-08": "faq-10", "faq-13": "faq-19"}
    same |= {second: first for first, second in same.items()}
    lost = {}

    for unit in retriever.units.values():
        if unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK):
            outcome = retriever.answer(question_of(unit))
            given = outcome.unit.id if isinstance(outcome, Answered) else None
            if given not in (unit.id, unit.parent, same.get(unit.id)):
                lost[unit.id] = given

    assert lost == {}


def test_article_questions_are_one_for_each_unit_and_none_stands_in_the_content(
    article_questions: dict[str, str], retriever: Retriever
) -> None:
    units = retriever.units.values()
    article = [unit.id for unit in units if unit.kind in (Kind.PASSAGE, Kind.COMPARISON)]
    written = {as_typed(question) for unit in units for question in (unit.title, *unit.questions)}

    assert list(article_questions) == article
    assert [q for q in article_questions.values() if as_typed(q) in written] == []


def test_unit_that_answers_is_among_the_first_passages(
    article_questions: dict[str, str], retriever: Retriever
) -> None:
    missed = []
    for name, question in article_questions.items():
        found = [hit.unit.id for hit in retriever.answer(question).passages[:FIRST]]
        if not {name, retriever.units[name].parent} & set(found):
            missed.append(f"{name}: {question!r} found {', '.join(found)}")

    share = 1 - len(missed) / len(article_questions)
    print(f"\n{share:.3f} of {len(article_questions)} found", *missed, sep="\n")  # noqa: T201 - a report
    assert share >= LEAST_FOUND


def plain(markdown: str) -> str:
    """Letters and digits alone, so that marks and line breaks do not count."""
    without_links = re.sub(r"\]\([^)]*\)", "", ID_MARKER.sub("", markdown))
    return "".join(re.findall(r"[^\W_]", without_links))


def cited(unit: Unit) -> list[tuple[str, Citation]]:
    return [(unit.text, unit.citation), *((side.text, side.citation) for side in unit.sides)]


def test_every_answer_stands_verbatim_where_its_citation_says(retriever: Retriever) -> None:
    for unit in retriever.units.values():
        for text, citation in cited(unit):
            data = (CONTENT / citation.document).read_bytes()[citation.start : citation.end]

            assert hashlib.sha256(data).hexdigest() == citation.sha256, unit.id
            assert plain(text) in plain(data.decode("utf-8")), unit.id


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[tuple[int, str]]:
    """The running service on the index: the id of its process, and its address."""
    begun = time.monotonic()
    with started(folder) as (process, address):
        while get(f"{address}/readyz")[0] != 200:
            assert time.monotonic() - begun < 60, "never ready"
            time.sleep(0.02)
        print(f"\nready in {time.monotonic() - begun:.2f} s, {resident(process.pid):.0f} MiB")  # noqa: T201 - a report
        yield process.pid, address


def resident(process: int) -> float:
    """Resident memory of a process in MiB; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text() if status.exists() else "")
    return int(found[1]) / 1024 if found else 0.0


def ask(address: str, question: str) -> dict[str, Any]:
    body = json.dumps({"question": question}).encode()
    request = Request(  # noqa: S310 - always http, see `started`
        f"{address}/v1/ask", body, {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10) as response:  # noqa: S310 - as above
        answered: dict[str, Any] = json.load(response)
    return answered


@pytest.mark.socket
def test_server_gives_the_words_of_the_file_that_it_cites(
    server: tuple[int, str], shipped: Corpus
) -> None:
    for entry in shipped.entries:
        response = ask(server[1], entry.question)

        answer = response["answer"]
        assert response["outcome"] == "answer", entry.id
        assert answer["id"] in right(entry.id, shipped)
        citation = answer["citation"]
        data = (CONTENT / citation["document"]).read_bytes()[citation["start"] : citation["end"]]
        assert hashlib.sha256(data).hexdigest() == citation["sha256"], entry.id
        assert plain(answer["text"]) in plain(data.decode("utf-8")), entry.id


@pytest.mark.socket
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the system has no /proc")
def test_serving_process_has_loaded_no_library_for_training(server: tuple[int, str]) -> None:
    process, address = server
    ask(address, "What does a software engineer do?")

    print(f"\n{resident(process):.0f} MiB after a question")  # noqa: T201 - a report
    mapped = Path(f"/proc/{process}/maps").read_text()
    assert "onnxruntime" in mapped
    assert re.findall(r"/(?:torch|transformers|sentence_transformers)/", mapped) == []


@pytest.mark.socket
def test_answering_imports_no_library_for_training_or_downloads(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import service.app;"
        "from index import open_index;"
        f"open_index(Path({str(folder / 'index')!r})).answer('What does a software engineer do?');"
        "print(sorted({name.split('.')[0] for name in sys.modules}"
        " & {'torch', 'transformers', 'sentence_transformers', 'onnx', 'corpus',"
        " 'huggingface_hub', 'hf_xet', 'httpx', 'httpx2', 'fsspec'}))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ended.stdout == "[]\n"
