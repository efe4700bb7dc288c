import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks import costs, growth, scale, scaletext, standins, synthetic
from benchmarks.answering import Answering, Quality
from benchmarks.costs import Cost, Latency, MeasuringFailed, Resident
from benchmarks.growth import Point
from benchmarks.scale import Desk, Shelf
from benchmarks.searching import Built, Searched
from corpus import load
from index.datatypes import VectorIndexCard, VectorIndexKind, Vectors
from tests.support.encoding import HandEncoder
from tests.support.paths import ROOT

COST = Cost("much", 9.0, 4.0, 300.0)
TIMES = Latency(5.0, 9.0, 4.5)
DESK = Desk(
    entries=100,
    texts=1200,
    real=1000,
    from_nothing=COST,
    one_changed=COST,
    nothing_changed=COST,
    version_megabytes=27.0,
    dense="kind flat, rows 500",
    answering=Answering(
        open_wall_seconds=1.0,
        open_processor_seconds=0.5,
        after_open=Resident(80.0, 50.0),
        after_load=Resident(90.0, 60.0),
        question=TIMES,
        suggestion=TIMES,
        exact=Quality(1.0, 0.0, 0.0, 1.0),
        paraphrased=Quality(0.9, 0.05, 0.0, 0.95),
        strange=0.0,
    ),
)
SHELF = Shelf(
    rows=1000,
    built=Built(VectorIndexCard(VectorIndexKind.LISTS, 1000, 64, 16, 0.98), 2.0, 1.0, 3.0),
    building=COST,
    searched=Searched(0.1, Resident(50.0, 40.0), Resident(51.0, 43.0), TIMES, 0.97),
)


def test_entries_are_different_and_a_larger_desk_holds_the_smaller() -> None:
    large = synthetic.entries(3000)

    assert synthetic.entries(50) == large[:50]
    for name in ("id", "question", "variant", "paraphrase"):
        assert len({getattr(one, name) for one in large}) == len(large)


def test_paraphrases_are_no_part_of_the_content(tmp_path: Path) -> None:
    made = synthetic.entries(1500)
    synthetic.write(made, tmp_path)

    written = load(tmp_path).entries

    assert [one.id for one in written] == [one.id for one in made]
    said = {question for one in written for question in (one.question, *one.variants)}
    assert not said & {one.paraphrase for one in made}
    assert len(list((tmp_path / "faqs").iterdir())) == 2


def test_edit_changes_one_answer(tmp_path: Path) -> None:
    synthetic.write(synthetic.entries(20), tmp_path)
    before = load(tmp_path).entries

    scale.edit(tmp_path)

    after = load(tmp_path).entries
    assert sum(one.text != other.text for one, other in zip(before, after, strict=True)) == 1


def test_stand_ins_are_near_real_vectors_and_of_length_one() -> None:
    real = np.eye(300, dtype=np.float32)

    rows = standins.near(real, 40, np.random.default_rng(1))

    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (rows @ real.T).max(axis=1) == pytest.approx(standins.LIKENESS, abs=0.05)


def test_cache_gets_real_vectors_first_and_stand_ins_for_the_rest(tmp_path: Path) -> None:
    encoder, texts = HandEncoder(), ["bread", "dough", "oven", "night"]

    real = standins.fill(encoder, texts, 2, tmp_path, lambda done, total: None)

    assert sorted(encoder.encoded) == ["bread", "dough"]
    assert real.tolist() == HandEncoder().encode(texts[:2]).tolist()
    kept: Vectors = standins.real_vectors(tmp_path)
    assert kept.shape == (4, real.shape[1])


def test_what_a_process_costs_is_seen() -> None:
    # It is looked at from time to time, so a process that ends at once is hardly seen.
    program = "import time; data = bytearray(80_000_000); time.sleep(1); print('done\\nwell')"
    cost = costs.run(["-c", program], ROOT)

    assert cost.said.split() == ["done", "well"]
    assert cost.processor_seconds > 0
    assert 60 < cost.peak_megabytes < 400


def test_process_that_fails_is_reported_with_what_it_said() -> None:
    with pytest.raises(MeasuringFailed, match="no such thing"):
        costs.run(["-c", "raise SystemExit('no such thing')"], ROOT)


def test_calls_are_timed() -> None:
    asked: list[int] = []

    found = costs.latency([lambda: asked.append(1)] * 50)

    assert len(asked) == 50
    assert 0 <= found.median <= found.p99


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_exponent_is_how_a_figure_grows(power: float) -> None:
    points = [Point(size, 7.0 * size**power) for size in (100, 1000, 20_000)]

    assert growth.exponent(points) == pytest.approx(power, abs=1e-6)


def test_plot_is_a_picture_with_a_line_for_each_series() -> None:
    svg = growth.plot("Costs", "answers", {"a & b, s": [Point(10, 0.1), Point(1000, 10)]})

    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    lines = [one for one in root.iter("{http://www.w3.org/2000/svg}path") if one.get("fill")]
    assert len(lines) == 1
    assert "a & b, s: n^1.00" in "".join(root.itertext())


def test_table_of_desks_has_a_column_each() -> None:
    table = scaletext.desks([DESK, replace(DESK, entries=10_000)])

    assert table.startswith("| answers | 100 | 10,000 |\n| --- | --- | --- |\n")
    assert "| from nothing: processor s, peak MB | 4.0, 300 | 4.0, 300 |\n" in table
    assert "| paraphrases: first, right, wrong, asked back | 95.0%, 90.0%, 5.0%, 0.0% |" in table


def test_table_of_shelves_counts_what_searching_adds() -> None:
    table = scaletext.shelves([SHELF])

    assert "| memory of a search process, MB: own, mapped | 1, 3 |\n" in table
    assert "| recall@10: by the build, by new queries | 0.980, 0.970 |\n" in table


def test_plots_are_of_what_was_measured() -> None:
    flat = VectorIndexCard(VectorIndexKind.FLAT, 1000, 0, 0, 1.0)
    other = replace(SHELF, built=replace(SHELF.built, card=flat))

    assert set(scaletext.plots([DESK], [SHELF, other])) == {
        "scale-answers.svg",
        "scale-vectors.svg",
    }
    assert scaletext.plots([], [other]) == {}


def test_figures_are_kept_without_what_commands_said() -> None:
    text = scale.as_json([DESK], [SHELF], {"cores": 2})

    assert '"processor_seconds": 4.0' in text
    assert "much" not in text


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    script = str(ROOT / "scripts" / "measure_scale.py")
    return subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("sizes", ["ten", "0", "10,-1", "99999999"])
def test_wrong_sizes_are_wrong_usage(sizes: str) -> None:
    done = command("--sizes", sizes)

    assert done.returncode == 2
    assert "--sizes" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.model
def test_small_sizes_are_measured(encoders: Path, tmp_path: Path) -> None:
    kept = tmp_path / "cache"
    kept.mkdir()
    (kept / "encoders").symlink_to(encoders)
    done = command(
        *("--sizes", "30", "--rows", "300", "--real", "100"),
        *("--work", str(tmp_path / "work"), "--cache", str(kept)),
        *("--json", str(tmp_path / "found.json"), "--plots", str(tmp_path / "plots")),
    )

    assert done.returncode == 0, done.stderr
    assert "| answers | 30 |" in done.stdout
    assert "| vectors | 300 | 300 |" in done.stdout
    assert (tmp_path / "plots" / "scale-answers.svg").exists()
    assert (tmp_path / "found.json").exists()
