import gc
import os
import shutil
import threading
import time
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from fastapi.testclient import TestClient

from index import Retriever
from index.datatypes import Outcome, Turn
from index.versions import publication_history, version_store
from service.answering.conversation_token import MAX_TURNS
from service.live import live_index
from tests.support.serving import ADMIN, open_small, problem_of, serving, settings_for

PAY = "Do cooks earn more than bakers?"
LATER = "b" * 12
RUN_THIS = "careers-faq build"


@pytest.fixture
def own_index(tmp_path: Path, index_folder: Path) -> Path:
    return Path(shutil.copytree(index_folder, tmp_path / "index"))


def test_replaced_version_is_freed_without_the_garbage_collector(index_folder: Path) -> None:
    retriever = open_small(index_folder)
    retriever.answer(PAY)
    whole, part = weakref.ref(retriever), weakref.ref(retriever._knowledge.ranker)

    gc.collect()
    gc.disable()
    try:
        del retriever
        left = whole(), part()
        garbage = gc.collect()
    finally:
        gc.enable()

    assert left == (None, None)
    assert garbage == 0


def test_without_an_index_it_starts_and_says_what_to_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(tmp_path, index_dir=tmp_path / "none")
    with serving(settings) as client:
        alive = client.get("/healthz")
        refused = [
            client.get("/readyz"),
            client.post("/v1/ask", json={"question": PAY}),
            client.get("/v1/suggest", params={"q": "do"}),
            client.get("/v1/questions"),
            client.get("/v1/answers/faq-pay"),
            client.get("/v1/index"),
        ]

    assert alive.status_code == 200
    assert {response.status_code for response in refused} == {503}
    assert all(RUN_THIS in problem_of(response)["detail"] for response in refused)
    assert RUN_THIS in caplog.text


def test_index_built_later_is_loaded_without_a_restart(tmp_path: Path, index_folder: Path) -> None:
    folder = tmp_path / "index"
    with serving(settings_for(tmp_path, index_dir=folder)) as client:
        before = client.get("/readyz").status_code
        shutil.copytree(index_folder, folder)
        reloaded = client.post("/v1/index/reload", headers=ADMIN)
        after = client.get("/readyz").status_code
        described = client.get("/v1/index").json()

    assert (before, reloaded.status_code, after) == (503, 200, 200)
    assert reloaded.json() == described


class Observed:
    """The real retriever, which notes what it is asked and can be made to wait."""

    def __init__(self, retriever: Retriever) -> None:
        self.manifest = retriever.manifest
        self.units = retriever.units
        self.smalltalk = retriever.smalltalk
        self.histories: list[tuple[Turn, ...]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.warmed = threading.Event()
        self._retriever = retriever

    def warm(self) -> None:
        self.warmed.set()

    def answer(self, question: str, history: Sequence[Turn] = (), limit: int = 5) -> Outcome:
        self.histories.append(tuple(history))
        assert self.may_go_on.wait(30)
        return self._retriever.answer(question, history=history, limit=limit)


@pytest.fixture
def observed(index_folder: Path) -> Observed:
    return Observed(open_small(index_folder))


def test_later_questions_of_a_conversation_come_with_what_was_said(
    tmp_path: Path, observed: Observed
) -> None:
    with serving(settings_for(tmp_path), lambda _: cast(Retriever, observed)) as client:
        first = client.post("/v1/ask", json={"question": PAY}).json()
        client.post("/v1/ask", json={"question": PAY, "conversation_id": "another"})
        newest = first
        for question in ("Hello", *[PAY] * (MAX_TURNS + 1)):
            asked = {"question": question, "conversation_id": newest["conversation_id"]}
            newest = client.post("/v1/ask", json=asked).json()

    units = [[turn.unit for turn in history] for history in observed.histories]
    assert units == [
        [],
        [],
        ["faq-pay"],
        *(["faq-pay"] * count for count in range(1, MAX_TURNS + 1)),
        ["faq-pay"] * MAX_TURNS,
    ]


@pytest.fixture
def two_versions(own_index: Path) -> Path:
    """An index with a second version, which is not live."""
    version = version_store.version_folder(own_index, version_store.current(own_index))
    copy = shutil.copytree(version, version.with_name(LATER))
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace(version.name, LATER), "utf-8")
    return own_index


@pytest.fixture
def ahead(two_versions: Path, tmp_path: Path) -> Path:
    """The folder of another replica, where the later version is live already."""
    folder = Path(shutil.copytree(two_versions, tmp_path / "ahead"))
    publication_history.publish(folder, LATER, "Ann")
    return folder


def ask_newest(folder: Path) -> dict[str, str]:
    """Ask the replica that is ahead, and return the follow-up to it."""
    with serving(settings_for(folder)) as client:
        body = client.post("/v1/ask", json={"question": PAY}).json()
    assert body["index_version"] == LATER
    return {"question": "why?", "conversation_id": body["conversation_id"]}


def test_replica_that_is_behind_a_conversation_loads_what_is_published_first(
    tmp_path: Path, two_versions: Path, ahead: Path
) -> None:
    follow_up = ask_newest(ahead)
    with serving(settings_for(tmp_path, index_dir=two_versions)) as client:
        other = client.post("/v1/ask", json={"question": PAY}).json()
        shutil.copytree(
            ahead / publication_history.FOLDER, two_versions / publication_history.FOLDER
        )
        shutil.copy(ahead / "current", two_versions / "current")
        then = client.post("/v1/ask", json=follow_up).json()

    assert other["index_version"] != LATER
    assert (then["index_version"], then["answer"]["id"]) == (LATER, "faq-pay")


def test_replica_that_stays_behind_says_503_in_time_for_another_to_be_tried(
    tmp_path: Path, two_versions: Path, ahead: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "CATCH_UP_SECONDS", 0.1)
    follow_up = ask_newest(ahead)
    with serving(settings_for(tmp_path, index_dir=two_versions)) as client:
        refused = client.post("/v1/ask", json=follow_up)
        metrics = client.get("/metrics").text

    assert problem_of(refused)["status"] == 503
    assert refused.headers["retry-after"] == "1"
    assert "faq_behind_total 1.0" in metrics


def test_language_model_is_read_ahead_and_a_fault_in_it_stops_nothing(
    tmp_path: Path, observed: Observed, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down() -> None:
        observed.warmed.set()
        raise MemoryError

    observed.warm = break_down  # type: ignore[method-assign]
    with serving(settings_for(tmp_path), lambda _: cast(Retriever, observed)) as client:
        is_warmed = observed.warmed.wait(10)
        answered = client.post("/v1/ask", json={"question": PAY}).status_code

    assert is_warmed
    assert answered == 200
    assert "the language model was not loaded ahead" in caplog.text


def test_question_past_the_queue_is_refused_at_once(tmp_path: Path, observed: Observed) -> None:
    at_work = os.cpu_count() or 1
    settings = settings_for(tmp_path, max_waiting=1)
    with (
        serving(settings, lambda _: cast(Retriever, observed)) as client,
        ThreadPoolExecutor(at_work + 1) as visitors,
    ):

        def ask(_: object) -> int:
            return client.post("/v1/ask", json={"question": PAY}).status_code

        observed.may_go_on.clear()
        first = [visitors.submit(ask, number) for number in range(at_work)]
        _wait_until_at_work(observed, at_work)
        waiting = visitors.submit(ask, None)
        _wait_until_queued(client, 1)
        refused = ask(None)
        alive = client.get("/healthz").status_code
        observed.may_go_on.set()

        assert (refused, alive) == (503, 200)
        assert [future.result() for future in [*first, waiting]] == [200] * (at_work + 1)


def _wait_until_at_work(observed: Observed, count: int) -> None:
    until = time.monotonic() + 20
    while len(observed.histories) < count:
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)


def _wait_until_queued(client: TestClient, count: int) -> None:
    until = time.monotonic() + 20
    while f"\nfaq_queue_depth {count:.1f}\n" not in client.get("/metrics").text:
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)
