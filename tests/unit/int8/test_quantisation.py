import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession

from index.datatypes import Vectors
from index.encoding.int8.quantisation import quantise

RANDOM = np.random.default_rng(3)
IDS = [RANDOM.integers(0, 50, (1, 12)) for _ in range(20)]
WIDTH = 16


def constant(name: str, *shape: int) -> onnx.TensorProto:
    drawn = RANDOM.standard_normal(shape or (1,)).reshape(shape)
    return numpy_helper.from_array(drawn.astype(np.float32), name)


def graph(*nodes: onnx.NodeProto) -> onnx.ModelProto:
    """Return a model that looks ids up and goes on with these nodes, the last of which ends it."""
    shape: list[str] = ["texts", "tokens"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, shape)
        for name in ("input_ids", "attention_mask")
    ]
    constants = [
        constant("table", 50, WIDTH),
        constant("gain", WIDTH),
        constant("offset", WIDTH),
        constant("wide", WIDTH, 32),
        constant("bias", 32),
        constant("narrow", 32, 8),
    ]
    made = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["looked"]), *nodes],
        "tiny",
        inputs,
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)],
        constants,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


NORMAL = helper.make_node("LayerNormalization", ["looked", "gain", "offset"], ["normal"])
WIDE = helper.make_node("MatMul", ["normal", "wide"], ["product"])
BIASED = helper.make_node("Add", ["product", "bias"], ["biased"])
GELU = helper.make_node("Gelu", ["biased"], ["gelu"])
NARROW = helper.make_node("MatMul", ["gelu", "narrow"], ["out"])
BY_ROW = helper.make_node("MatMul", ["looked", "wide"], ["out"])
CASES = {
    "normalised, biased, GELU": (NORMAL, WIDE, BIASED, GELU, NARROW),
    "normalised alone": (NORMAL, WIDE),
    "any row": (BY_ROW,),
}


def run(model: onnx.ModelProto, ids: NDArray[np.int64]) -> Vectors:
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    output: Vectors = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
    return output


def copied(model: onnx.ModelProto) -> onnx.ModelProto:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy


@pytest.mark.parametrize("nodes", CASES.values(), ids=CASES)
def test_quantised_graph_has_nearly_the_same_output(nodes: tuple[onnx.NodeProto, ...]) -> None:
    model = graph(*nodes)
    quantised = quantise(copied(model), IDS)

    expected, output = run(model, IDS[0]), run(quantised, IDS[0])

    assert not [node for node in quantised.graph.node if node.op_type == "MatMul"]
    assert np.corrcoef(expected.ravel(), output.ravel())[0, 1] > 0.998  # 0.9989 was seen


def test_row_does_not_depend_on_its_neighbours() -> None:
    quantised = quantise(graph(*CASES["normalised, biased, GELU"]), IDS)

    together = run(quantised, np.concatenate(IDS))

    assert together[5].tolist() == run(quantised, IDS[5])[0].tolist()


def test_offset_is_added_to_the_bias() -> None:
    quantised = quantise(graph(*CASES["normalised, biased, GELU"]), IDS)

    assert [node.op_type for node in quantised.graph.node].count("Add") == 2
