import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession

from index.datatypes import Vectors
from index.encoding.int8.graph_fusion import fuse_attention, prune
from index.encoding.int8.quantisation import quantise

RANDOM = np.random.default_rng(11)
IDS = [RANDOM.integers(0, 50, (1, 9)) for _ in range(40)]
WIDTH, HEADS = 16, 4


def constant(name: str, value: object, kind: type = np.float32) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value, dtype=kind), name)


def drawn(name: str, *shape: int) -> onnx.TensorProto:
    return constant(name, RANDOM.standard_normal(shape) / shape[0] ** 0.5)


def projected(name: str) -> list[onnx.NodeProto]:
    return [
        helper.make_node("MatMul", ["looked", f"{name}.matrix"], [f"{name}.product"]),
        helper.make_node("Add", [f"{name}.product", f"{name}.bias"], [f"{name}.whole"]),
        helper.make_node("Reshape", [f"{name}.whole", "split"], [f"{name}.heads"]),
    ]


def turned(name: str, order: list[int]) -> onnx.NodeProto:
    return helper.make_node("Transpose", [f"{name}.heads"], [f"{name}.turned"], perm=order)


def model(keys: list[int] | None = None) -> onnx.ModelProto:
    """Return one layer of attention as a trace spells it out."""
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["looked"]),
        helper.make_node("Shape", ["input_ids"], ["shape"]),
        helper.make_node("Concat", ["shape", "rest", "depth"], ["split"], axis=0),
        helper.make_node("Concat", ["shape", "rest"], ["join"], axis=0),
        *[node for name in ("q", "k", "v") for node in projected(name)],
        turned("q", [0, 2, 1, 3]),
        turned("k", keys or [0, 2, 3, 1]),
        turned("v", [0, 2, 1, 3]),
        helper.make_node("MatMul", ["q.turned", "k.turned"], ["scores"]),
        helper.make_node("Mul", ["scores", "scale"], ["scaled"]),
        helper.make_node("Cast", ["attention_mask"], ["counts"], to=TensorProto.BOOL),
        helper.make_node("Where", ["counts", "nothing", "least"], ["mask"]),
        helper.make_node("Add", ["scaled", "mask"], ["masked"]),
        helper.make_node("Softmax", ["masked"], ["shares"], axis=-1),
        helper.make_node("MatMul", ["shares", "v.turned"], ["mixed"]),
        helper.make_node("Transpose", ["mixed"], ["back"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", ["back", "join"], ["context"]),
        helper.make_node("MatMul", ["context", "o.matrix"], ["o.product"]),
        helper.make_node("Add", ["o.product", "o.bias"], ["out"]),
    ]
    constants = [
        drawn("table", 50, WIDTH),
        *[drawn(f"{name}.matrix", WIDTH, WIDTH) for name in "qkvo"],
        *[drawn(f"{name}.bias", WIDTH) for name in "qkvo"],
        constant("rest", [-1], np.int64),
        constant("depth", [WIDTH // HEADS], np.int64),
        constant("scale", (WIDTH // HEADS) ** -0.5),
        constant("nothing", 0.0),
        constant("least", -1e9),
        constant("unused", 1.0),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    out = [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "attention", inputs, out, constants)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def run(made: onnx.ModelProto, ids: NDArray[np.int64]) -> Vectors:
    session = InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    output: Vectors = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
    return output


def kinds(made: onnx.ModelProto) -> list[str]:
    return [node.op_type for node in made.graph.node]


def test_attention_becomes_one_operator_with_the_same_output() -> None:
    made = model()
    expected = run(made, IDS[0])

    fused = fuse_attention(made.graph)

    assert fused == 1
    assert kinds(made).count("MultiHeadAttention") == 1
    assert not {"Softmax", "Transpose", "Reshape", "Concat"} & set(kinds(made))
    assert run(made, IDS[0]) == pytest.approx(expected, abs=1e-5)


def test_fused_graph_accepts_one_text_at_a_time() -> None:
    made = model()
    fuse_attention(made.graph)

    with pytest.raises(Exception, match="invalid dimensions"):
        run(made, np.concatenate(IDS[:2]))


@pytest.mark.parametrize("change", ["order of keys", "no scale", "no bias", "more than a mask"])
def test_attention_of_another_kind_is_left_alone(change: str) -> None:
    made = model([0, 1, 2, 3] if change == "order of keys" else None)
    by_output = {node.output[0]: node for node in made.graph.node}
    if change == "no scale":
        by_output["scaled"].op_type = "Div"
    if change == "no bias":
        by_output["q.heads"].input[0] = "q.product"
    if change == "more than a mask":
        by_output["masked"].input[1] = "nothing"
    before = made.SerializeToString()

    assert fuse_attention(made.graph) == 0
    assert made.SerializeToString() == before


def test_unused_nodes_and_constants_are_dropped() -> None:
    made = model()
    made.graph.node.append(helper.make_node("Neg", ["looked"], ["dead"]))

    prune(made.graph)

    assert "Neg" not in kinds(made)
    assert "unused" not in {tensor.name for tensor in made.graph.initializer}


def test_fused_attention_is_quantised_to_nearly_the_same() -> None:
    made = model()
    expected = run(made, IDS[0])

    output = run(quantise(made, IDS), IDS[0])

    assert kinds(made).count("MatMulIntegerToFloat") == 4
    assert "MatMul" not in kinds(made)
    assert kinds(made)[-2:] == ["DynamicQuantizeLinear", "MatMulIntegerToFloat"]  # bias and all
    assert np.corrcoef(expected.ravel(), output.ravel())[0, 1] > 0.999
