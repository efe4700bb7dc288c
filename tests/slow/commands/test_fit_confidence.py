import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from corpus import load
from index.building.builder import build, recipe
from index.evaluation.labelled_questions import fold_of
from index.ranking import calibration
from scripts import fit_confidence
from scripts.fit_confidence import FOLDS, THINNED, CachedEncoder

OWN: tuple[tuple[str, list[str], str], ...] = (
    ("Do bakers work at night?", ["faq-night"], "en"),
    ("when do cooks work", ["art-hours--cook", "art-hours"], "en"),
    ("dough", ["art-task-dough"], "en"),
    ("price of a car", [], "en"),
    ("Arbeiten Bäcker nachts?", ["faq-night"], "de"),
)


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(fit_confidence.main)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def write_own(folder: Path) -> Path:
    """Write labelled questions on the tiny corpus; each is a page of its own."""
    path = folder / "dev.jsonl"
    rows = [
        {"id": str(n), "question": text, "answerable": bool(gold), "gold": gold, "lang": lang}
        for n, (text, gold, lang) in enumerate(OWN)
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return path


def write_public(folder: Path) -> None:
    """Write small files of the form of the public ones."""
    folder.mkdir()
    for name in ("train", "test"):
        rows = [f"{name} sentence {n} on thing{n % 4},thing{n % 4}" for n in range(12)]
        text = "\n".join(["sentence,label", *rows]) + "\n"
        (folder / f"hint3_sofmattress_{name}.csv").write_text(text, encoding="utf-8")
    names = [f"subject{n}" for n in range(95)]
    data = {
        "train": [[f"{name} {n}", name] for name in names for n in range(60)],
        "val": [[f"ask {name} {n}", name] for name in names for n in range(6)],
        "oos_val": [[f"weather {n}", "oos"] for n in range(25)],
    }
    (folder / "clinc150_train_val.json").write_text(json.dumps(data), encoding="utf-8")
    faq = [
        {"question": f"what is part{n}", "answers": [f"It is part{n}."], "rephrasings": [f"{n}?"]}
        for n in range(9)
    ]
    (folder / "stackfaq.json").write_text(json.dumps(faq), encoding="utf-8")


@pytest.mark.model
def test_fitted_model_can_be_shipped(
    content: Path, encoders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.encoding.encoder import OnnxEncoder
    from index.encoding.export import find_model, runtime_folder

    runtime = runtime_folder(find_model(), encoders)
    embedder = CachedEncoder(OnnxEncoder(runtime), "1" * 64, tmp_path / "vectors")
    build(load(content), tmp_path / "index", embedder, recipe(runtime), cache=tmp_path / "cache")
    write_own(tmp_path)
    write_public(tmp_path / "public")
    monkeypatch.setattr(fit_confidence, "BOTS", 2)  # forty take minutes
    monkeypatch.setattr(fit_confidence, "OWN_FILES", ("dev.jsonl",))

    result = run("--data", tmp_path, "--index", tmp_path / "index", "--out", tmp_path / "out.json")

    assert result.exit_code == 0, result.output
    written = (tmp_path / "out.json").read_bytes()
    document = json.loads(written)
    assert document["fitted_on"]["own"] == len(OWN) - 1
    assert document["fitted_on"]["own, topic left out"] == len(OWN) - 1
    assert document["fitted_on"]["public"] == 12
    assert sum(name.startswith("thinned") for name in document["fitted_on"]) == len(THINNED)
    assert set(document["sparse"]["weights"]) == set(calibration.SPARSE)
    assert len(document["folds"]) == FOLDS
    assert calibration.parse(written).answer_at == fit_confidence.ANSWER_AT
    assert set(calibration.parse(written, without_classifier=True).weights) == set(
        calibration.WITHOUT_CLASSIFIER
    )
    # Leaving out a fold without questions changes nothing.
    folds = {fold_of(str(n), FOLDS) for n in range(len(OWN) - 1)}
    whole = {"intercept": document["intercept"], "weights": document["weights"]}
    unchanged = {n for n, fold in enumerate(document["folds"]) if fold == whole}
    assert unchanged == set(range(FOLDS)) - folds
