import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import load, questions, report, servers, targets
from benchmarks.load import Load, LoadFailed, Sample
from benchmarks.report import Result, Scenario
from benchmarks.servers import NotServing, Recipe, Route, Server
from tests.support.paths import ROOT

SCRIPT = ROOT / "scripts" / "benchmark.py"
ASKED = [f"Question {number}?" for number in range(300)]
SCENARIOS = (Scenario("distinct, 1", 1),)
LISTING = Route("GET", "/?q={question}")
RESULTS = [
    Result("ours", 1.25, 190.4, 240.0, 3.0, {"distinct, 1": [
        Sample(500, 0, 5.0, 2.0, 3.0, 4.0),
        Sample(700, 0, 5.0, 1.0, 2.0, 3.0),
        Sample(300, 100, 5.0, 9.0, 9.5, 9.9),
    ]}),
    Result("theirs", None, None, None, None, {"distinct, 1": [Sample(50, 0, 5, 20, 30, 40)]}),
]  # fmt: skip


def web_server(*, code: str | None = None, build: tuple[str, ...] = ()) -> Recipe:
    command = (sys.executable, "-c", code) if code else (sys.executable, "-m", "http.server")
    bound = ("{port}", "--bind", "127.0.0.1")
    return Recipe("files", (*command, *bound), {}, "/", LISTING, build)


def test_no_distinct_question_is_asked_twice() -> None:
    asked = questions.distinct(ASKED)

    assert len(set(asked)) == len(asked) == len(ASKED) * len(questions.OPENINGS)
    assert questions.distinct(ASKED) == asked


def test_mix_repeats_its_first_questions_most() -> None:
    counts = Counter(questions.zipf(ASKED, 20_000))

    first, tenth = (counts[questions.distinct(ASKED)[rank - 1]] for rank in (1, 10))
    assert first / tenth == pytest.approx(10, rel=0.25)


def test_question_goes_into_the_path_or_the_body() -> None:
    assert list(load.lines(LISTING, ["a b & c?"])) == ["GET /?q=a%20b%20%26%20c%3F "]
    assert list(load.lines(targets.OURS, ["why?"])) == ['POST /v1/ask {"question": "why?"}']


def test_what_wrk_printed_is_read() -> None:
    output = "Running 5s test\nRESULT 120 3 5.010000 1.5 2.5 9.25\n"

    assert load.parse_wrk(output) == Sample(120, 3, 5.01, 1.5, 2.5, 9.25)
    with pytest.raises(LoadFailed, match="wrk failed:\nno such host"):
        load.parse_wrk("no such host\n")


@pytest.mark.socket
def test_started_server_is_measured_and_ended(tmp_path: Path) -> None:
    with servers.running(web_server(), tmp_path, tmp_path / "log") as server:
        sample = load.measure(server, ASKED, Load(2, 1))
        assert server.pid is not None
        assert servers.resident_megabytes(server.pid) > 1

    assert sample.requests > 10
    assert sample.errors == 0
    assert sample.median <= sample.p95 <= sample.p99
    assert server.ready_seconds is not None
    with pytest.raises(subprocess.CalledProcessError):
        servers.resident_megabytes(server.pid)


def test_memory_is_that_of_the_largest_worker_and_time_that_of_all() -> None:
    work = "x = bytearray(80_000_000); print(sum(range(3_000_000)), flush=True); input()"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        megabytes = servers.resident_megabytes(parent.pid)
        seconds = servers.processor_seconds(parent.pid)
        parent.communicate(b"\n")

    assert 76 < megabytes < 200
    assert seconds is None or seconds > 0.02


@pytest.mark.socket
def test_generator_without_wrk_counts_answers_that_are_none(tmp_path: Path) -> None:
    with servers.running(web_server(), tmp_path, tmp_path / "log") as started:
        missing = Server("files", started.url, Route("GET", "/missing?q={question}"), None, None)
        sample = asyncio.run(load.with_asyncio(missing, ASKED, Load(2, 0.5)))

    assert sample.errors == sample.requests > 0


@pytest.mark.socket
def test_server_that_ends_at_once_is_reported_with_what_it_said(tmp_path: Path) -> None:
    recipe = web_server(code="raise SystemExit('no model')")

    with (
        pytest.raises(NotServing, match=r"files is not ready(.|\n)*no model"),
        servers.running(recipe, tmp_path, tmp_path / "log"),
    ):
        pytest.fail("it is not running")


def test_build_that_fails_is_reported_with_what_it_said(tmp_path: Path) -> None:
    recipe = web_server(build=(sys.executable, "-c", "raise SystemExit('no texts')"))

    with (
        pytest.raises(NotServing, match="no texts"),
        servers.running(recipe, tmp_path, tmp_path / "log"),
    ):
        pytest.fail("it is not running")


def test_table_holds_medians_over_the_rounds() -> None:
    assert report.markdown(RESULTS, SCENARIOS).splitlines() == [
        "| figure | ours | theirs |",
        "| --- | --- | --- |",
        "| distinct, 1: answers/s | 100 | 10 |",
        "| distinct, 1: median ms | 2.0 | 20.0 |",
        "| distinct, 1: p95 ms | 3.0 | 30.0 |",
        "| distinct, 1: p99 ms | 4.0 | 40.0 |",
        "| processor time of an answer, ms | 2.0 | – |",  # noqa: RUF001 - a dash for no figure
        "| errors | 100 | 0 |",
        "| start to ready, s | 1.2 | – |",  # noqa: RUF001 - see above
        "| resident when idle, MB | 190 | – |",  # noqa: RUF001 - see above
        "| resident after load, MB | 240 | – |",  # noqa: RUF001 - see above
    ]


def test_plot_has_a_bar_for_every_server() -> None:
    drawing = ElementTree.fromstring(report.plot(RESULTS, SCENARIOS))  # noqa: S314 - our own

    assert [part.tag.split("}")[1] for part in drawing] == ["text", "rect", "text"] * 2
    assert [part.text for part in drawing][::3] == ["distinct, 1 · ours", "distinct, 1 · theirs"]


def test_peers_get_the_questions_and_passages_of_the_content(
    index_folder: Path, tmp_path: Path
) -> None:
    count = targets.write_texts(index_folder, tmp_path / "texts.jsonl")

    assert len((tmp_path / "texts.jsonl").read_text().splitlines()) == count > 5
    assert all(targets.asked(index_folder))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--url", "example.org"], 2, "write an address"),
        (["--rounds", "0"], 2, "--rounds"),
        (["--no-plain", "--index", "nowhere"], 1, "There is no index in nowhere"),
    ],
)
def test_what_is_wrong_is_said_without_a_traceback(
    arguments: list[str], code: int, said: str, tmp_path: Path
) -> None:
    result = subprocess.run(
        [sys.executable, SCRIPT, *arguments], cwd=tmp_path, capture_output=True, text=True
    )

    assert result.returncode == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr
