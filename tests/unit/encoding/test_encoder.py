from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from index.encoding.encoder import OnnxEncoder
from index.errors import IndexCorrupt

WORDS = {"[UNK]": 0, "up": 1, "right": 2}
TABLE = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], dtype=np.float32)
"""Unknown words point forward, "up" up and "right" right; a text points to the sum."""
LONGEST = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A real ONNX graph that adds up the rows of its words and scales the sum to length 1."""
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["rows", "column"], ["masked"]),
        helper.make_node("ReduceSum", ["masked", "tokens"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["sentence_embedding"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "sum",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", 3])],
        [
            numpy_helper.from_array(TABLE, "table"),
            numpy_helper.from_array(np.array([2]), "last"),
            numpy_helper.from_array(np.array([1]), "tokens"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(tmp_path / "encoder.onnx"))
    tokenizer = Tokenizer(WordLevel(WORDS, unk_token="[UNK]"))  # noqa: S106 - a word, no secret
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.enable_truncation(LONGEST)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["up"], [[0, 1, 0]], id="one word"),
        pytest.param(["up right", "up"], [[0.5**0.5, 0.5**0.5, 0], [0, 1, 0]], id="two texts"),
        pytest.param(["up up right right right"], [[0.5**0.5, 0.5**0.5, 0]], id="cut at four"),
        pytest.param(["\ud800"], [[0, 0, 1]], id="half a surrogate pair"),
        pytest.param(["\ud83d\ude00"], [[0, 0, 1]], id="both halves"),
        pytest.param(["\x00"], [[0, 0, 1]], id="NUL"),
        pytest.param(["👩‍💻" * 5000], [[0, 0, 1]], id="long"),
    ],
)
def test_texts_become_rows(folder: Path, texts: Sequence[str], expected: list[list[float]]) -> None:
    vectors = OnnxEncoder(folder).encode(texts)

    assert vectors.dtype == np.float32
    assert vectors.tolist() == [pytest.approx(row, abs=1e-6) for row in expected]


def test_no_texts_give_no_rows(folder: Path) -> None:
    encoder = OnnxEncoder(folder)

    assert encoder.encode([]).shape == (0, 3)
    assert encoder.dimension == 3


def test_threads_can_share_an_encoder(folder: Path) -> None:
    encoder = OnnxEncoder(folder, threads=2)
    texts = ["up", "right", "up right", "left"] * 50

    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: encoder.encode([text])[0].tolist(), texts))

    assert rows == encoder.encode(texts).tolist()


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json"])
@pytest.mark.parametrize("data", [None, b"", b"garbage"], ids=["missing", "empty", "garbage"])
def test_unreadable_file_is_reported_by_name(folder: Path, name: str, data: bytes | None) -> None:
    (folder / name).unlink()
    if data is not None:
        (folder / name).write_bytes(data)

    with pytest.raises(IndexCorrupt, match=f"{name} cannot be read"):
        OnnxEncoder(folder)
