import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from index.datatypes import Vectors
from index.rounding import MOST, MOST_OF_TWO, rounded

FULL = np.full((1, 64), 255, dtype=np.uint8)
"""The largest bytes that can come from the other side."""


def product(bytes_: NDArray[np.uint8], numbers: NDArray[np.int8]) -> NDArray[np.int32]:
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["bytes", "numbers"], ["sums"])],
        "product",
        [helper.make_tensor_value_info("bytes", TensorProto.UINT8, [None, None])],
        [helper.make_tensor_value_info("sums", TensorProto.INT32, None)],
        [numpy_helper.from_array(numbers, "numbers")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    sums: NDArray[np.int32] = session.run(None, {"bytes": bytes_})[0]
    return sums


@pytest.fixture
def weights() -> Vectors:
    drawn = np.random.default_rng(7).standard_normal((384, 48))
    return np.asarray(drawn, dtype=np.float32)


def test_neighbours_of_one_sign_fit_into_sixteen_bits(weights: Vectors) -> None:
    numbers = rounded(weights).numbers.astype(int)

    pairs = numbers.reshape(192, 2, 48)
    alike = pairs[:, 0] * pairs[:, 1] > 0
    assert np.abs(pairs.sum(axis=1))[alike].max() <= MOST_OF_TWO
    assert np.abs(numbers).max() <= MOST


@pytest.mark.parametrize("sign", [1, -1])
def test_product_of_the_largest_bytes_is_exact_on_this_machine(sign: int) -> None:
    alike = np.full((64, 16), sign, dtype=np.float32)

    numbers = rounded(alike).numbers

    assert np.abs(numbers).max() == MOST_OF_TWO // 2
    assert (product(FULL, numbers) == FULL.astype(int) @ numbers.astype(int)).all()


def test_rounding_loses_less_than_seven_bits_do(weights: Vectors) -> None:
    scale = np.abs(weights).max(axis=0) / (MOST // 2)
    coarse = ((np.round(weights / scale) * scale - weights) ** 2).mean()

    ours = ((rounded(weights).weights - weights) ** 2).mean()

    assert ours < coarse * 0.75


def test_column_of_nothing_stays_nothing() -> None:
    assert (rounded(np.zeros((4, 2), dtype=np.float32)).weights == 0).all()
