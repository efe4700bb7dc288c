"""What is published while the service runs: taken by itself, without a request lost."""

import gc
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from fastapi.testclient import TestClient

from corpus import load
from index import Retriever
from index.building.builder import build, recipe
from index.datatypes import Outcome, Turn
from index.storage.atomic_files import replace_file
from index.versions import version_store
from service.live.published_version import published_files
from tests.support.encoding import HandEncoder
from tests.support.paths import CONTENT
from tests.support.serving import ADMIN, open_small, serving, settings_for

PAY = "Do cooks earn more than bakers?"
ANSWER = "Pay is much the same in both jobs."
LOOK_SECONDS = 0.05
SEVERAL_LOOKS = 0.3
DEADLINE_SECONDS = 60.0
"""Far more than it takes, for a machine that is busy."""
PUBLISHES = 24
CLIENTS = 4
PUBLISHED_AT_ONCE = 300


@pytest.fixture(scope="module")
def three(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with three versions, each with an answer of its own."""
    folder = tmp_path_factory.mktemp("three")
    for number in range(3):
        content = shutil.copytree(CONTENT, folder / f"content-{number}")
        for file in (content / "faqs").iterdir():
            text = file.read_text("utf-8")
            file.write_text(text.replace(ANSWER, f"Answer {number}."), "utf-8")
        corpus, steps = load(content), recipe(runtime)
        build(corpus, folder / "index", HandEncoder(), steps, cache=folder / "cache")
    return folder / "index"


@pytest.fixture
def own_index(three: Path, tmp_path: Path) -> Path:
    return shutil.copytree(three, tmp_path / "index")


@contextmanager
def watching(
    folder: Path, open_retriever: Callable[[Path], Retriever] = open_small
) -> Iterator[TestClient]:
    settings = settings_for(folder.parent, index_dir=folder, watch_seconds=LOOK_SECONDS)
    with serving(settings, open_retriever) as client:
        yield client


def others(folder: Path) -> list[str]:
    """The versions that are not live."""
    return [
        name
        for name in version_store.version_names(folder)
        if name != version_store.current(folder)
    ]


def wait_for(claim: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while not claim():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)


def version_of(client: TestClient) -> str | None:
    version: str | None = client.get("/v1/index").json().get("version")
    return version


def wait_for_version(client: TestClient, name: str) -> None:
    wait_for(lambda: version_of(client) == name)


def reloads(client: TestClient) -> list[str]:
    lines = client.get("/metrics").text.splitlines()
    return [line for line in lines if line.startswith("faq_index_reloads_total{")]


def test_no_request_is_lost_and_none_mixes_versions_while_others_are_published(
    own_index: Path,
) -> None:
    answers = {}
    for name in version_store.version_names(own_index):
        version_store.publish(own_index, name)
        answers[name] = open_small(own_index).units["faq-pay"].text
    done = threading.Event()

    def ask(client: TestClient) -> list[tuple[int, str, str, str]]:
        given = []
        while not done.is_set():
            response = client.post("/v1/ask", json={"question": PAY, "limit": 1})
            body: dict[str, Any] = response.json()
            said = (body["answer"]["text"], body["passages"][0]["text"])
            given.append((response.status_code, body["index_version"], *said))
        return given

    with watching(own_index) as client, ThreadPoolExecutor(CLIENTS) as visitors:
        asking = [visitors.submit(ask, client) for _ in range(CLIENTS)]
        try:
            for number in range(PUBLISHES):
                target = version_store.version_names(own_index)[number % 3]
                version_store.publish(own_index, target)
                wait_for_version(client, target)
        finally:
            done.set()
        given = [one for visitor in asking for one in visitor.result()]

    assert len(set(answers.values())) == 3
    assert set(given) == {(200, name, text, text) for name, text in answers.items()}


@pytest.mark.parametrize("damaged", [True, False], ids=["damaged", "absent"])
def test_version_that_does_not_verify_is_refused_once_and_the_old_one_stays(
    damaged: bool, own_index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live, target = version_store.current(own_index), others(own_index)[0]
    named = target if damaged else "0" * 12
    with watching(own_index) as client:
        (own_index / "versions" / target / "units.json").write_text("[]", "utf-8")
        replace_file(own_index / "current", f"{named}\n".encode())
        wait_for(lambda: len(reloads(client)) > 1)
        time.sleep(SEVERAL_LOOKS)
        after, counted = version_of(client), reloads(client)
        answered = client.post("/v1/ask", json={"question": PAY}).json()

    assert (after, answered["index_version"], answered["outcome"]) == (live, live, "answer")
    assert counted == [
        'faq_index_reloads_total{result="loaded"} 1.0',
        'faq_index_reloads_total{result="refused"} 1.0',
    ]
    assert caplog.text.count("index refused: ") == 1
    assert ("units.json" if damaged else named) in caplog.text


def test_fault_that_nobody_foresaw_does_not_end_the_watch(
    own_index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = others(own_index)

    def open_but_one(folder: Path) -> Retriever:
        if version_store.current(folder) == bad:
            raise KeyError("what a newer build writes")
        return open_small(folder)

    with watching(own_index, open_but_one) as client:
        version_store.publish(own_index, bad)
        wait_for(lambda: "index refused: " in caplog.text)
        version_store.publish(own_index, good)
        wait_for_version(client, good)

    assert "KeyError" in caplog.text


def test_version_is_taken_once_the_last_of_its_files_has_arrived(
    own_index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    target = others(own_index)[0]
    file = own_index / "versions" / target / "vectors.faiss"
    elsewhere = file.rename(own_index / "vectors.faiss")
    with watching(own_index) as client:
        replace_file(own_index / "current", f"{target}\n".encode())
        wait_for(lambda: "index refused: " in caplog.text)
        (file.parent / "unfinished").touch()
        time.sleep(SEVERAL_LOOKS)
        elsewhere.rename(file)
        wait_for_version(client, target)
        counted = reloads(client)

    assert counted == [
        'faq_index_reloads_total{result="loaded"} 2.0',
        'faq_index_reloads_total{result="refused"} 1.0',
    ]


def test_service_started_without_an_index_is_ready_once_one_is_published(
    tmp_path: Path, three: Path
) -> None:
    folder = tmp_path / "index"
    with watching(folder) as client:
        before = client.get("/readyz").status_code
        shutil.copytree(three, folder)
        wait_for(lambda: client.get("/readyz").status_code == 200)
        answered = client.post("/v1/ask", json={"question": PAY}).json()

    assert before == 503
    assert answered["index_version"] == version_store.current(three)


def test_version_that_is_live_is_not_opened_again(own_index: Path) -> None:
    with watching(own_index) as client:
        version_store.publish(own_index, version_store.current(own_index))
        time.sleep(SEVERAL_LOOKS)

        assert reloads(client) == ['faq_index_reloads_total{result="loaded"} 1.0']


def test_without_a_watch_only_a_reload_takes_what_is_published(own_index: Path) -> None:
    live, target = version_store.current(own_index), others(own_index)[0]
    with serving(settings_for(own_index.parent, index_dir=own_index)) as client:
        version_store.publish(own_index, target)
        time.sleep(SEVERAL_LOOKS)
        before = version_of(client)
        client.post("/v1/index/reload", headers=ADMIN)

        assert (before, version_of(client)) == (live, target)


class Held(Retriever):
    """The real retriever, held by a request for as long as a test wants."""

    asked = threading.Event()
    may_go_on = threading.Event()

    def answer(self, question: str, history: Sequence[Turn] = (), limit: int = 5) -> Outcome:
        self.asked.set()
        assert self.may_go_on.wait(DEADLINE_SECONDS)
        return super().answer(question, history, limit)


@pytest.fixture
def without_collector() -> Iterator[None]:
    """Let only the counting of references free what is no longer needed."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
def test_replaced_version_answers_its_last_request_and_is_gone(own_index: Path) -> None:
    old, target = version_store.current(own_index), others(own_index)[0]
    opened: list[ref[Retriever]] = []

    def open_held(folder: Path) -> Retriever:
        retriever = open_small(folder)
        retriever.__class__ = Held
        opened.append(ref(retriever))
        return retriever

    with watching(own_index, open_held) as client, ThreadPoolExecutor(1) as visitors:
        client.get("/faq")
        late = visitors.submit(client.post, "/v1/ask", json={"question": PAY})
        assert Held.asked.wait(DEADLINE_SECONDS)
        version_store.publish(own_index, target)
        wait_for_version(client, target)
        is_held = opened[0]() is not None
        Held.may_go_on.set()
        answered = late.result().json()
        wait_for(lambda: opened[0]() is None)

    assert is_held
    assert (answered["index_version"], answered["answer"]["text"][:8]) == (old, "Answer 2")


def test_what_is_published_is_never_a_mix_of_two_publications(own_index: Path) -> None:
    names, absent = version_store.version_names(own_index)[:2], "0" * 12
    named = (names[0], absent, names[1])
    written: dict[tuple[int, int], str | None] = {}

    def publish() -> None:
        for number in range(PUBLISHED_AT_ONCE):
            name = named[number % 3]
            replace_file(own_index / "current", f"{name}\n".encode())
            stat = (own_index / "current").lstat()
            written[stat.st_mtime_ns, stat.st_ino] = None if name == absent else name

    publish()
    seen = []
    with ThreadPoolExecutor(1) as publisher:
        publishing = publisher.submit(publish)
        while not publishing.done():
            seen.append(published_files(own_index))
        publishing.result()
    seen.append(published_files(own_index))

    looks = [look for look in seen if look is not None]
    assert len(looks) > 0
    assert {written[look.named[1], look.named[3]] == look.version for look in looks} == {True}
