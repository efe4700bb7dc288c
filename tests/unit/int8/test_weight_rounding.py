import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from index.datatypes import Vectors
from index.encoding.int8.weight_rounding import (
    LARGEST,
    LARGEST_SUM,
    Int8Matrix,
    round_columns,
    round_for_inputs,
)

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


@pytest.fixture
def inputs() -> Vectors:
    """Rows whose channels go together, as those of a model do."""
    random = np.random.default_rng(8)
    mixed = random.standard_normal((2000, 96)) @ random.standard_normal((96, 384))
    return np.asarray(mixed + random.standard_normal((2000, 384)), dtype=np.float32)


def together(weights: Vectors, inputs: Vectors) -> Int8Matrix:
    return round_for_inputs(weights, np.cov(inputs, rowvar=False))


@pytest.mark.parametrize("one_by_one", [True, False])
def test_neighbours_of_one_sign_fit_into_sixteen_bits(
    weights: Vectors, inputs: Vectors, one_by_one: bool
) -> None:
    made = round_columns(weights) if one_by_one else together(weights, inputs)
    numbers = made.numbers.astype(int)

    pairs = numbers.reshape(192, 2, 48)
    alike = pairs[:, 0] * pairs[:, 1] > 0
    assert np.abs(pairs.sum(axis=1))[alike].max() <= LARGEST_SUM
    assert np.abs(numbers).max() <= LARGEST


@pytest.mark.parametrize("sign", [1, -1])
def test_product_of_the_largest_bytes_is_exact_on_this_machine(sign: int) -> None:
    alike = np.full((64, 16), sign, dtype=np.float32)

    numbers = round_columns(alike).numbers

    assert np.abs(numbers).max() == LARGEST_SUM // 2
    assert (product(FULL, numbers) == FULL.astype(int) @ numbers.astype(int)).all()


def test_rounding_loses_less_than_seven_bits_do(weights: Vectors) -> None:
    scale = np.abs(weights).max(axis=0) / (LARGEST // 2)
    coarse = ((np.round(weights / scale) * scale - weights) ** 2).mean()

    ours = ((round_columns(weights).weights - weights) ** 2).mean()

    assert ours < coarse * 0.75


def test_zero_column_stays_zero() -> None:
    assert (round_columns(np.zeros((4, 2), dtype=np.float32)).weights == 0).all()


def test_rows_round_for_inputs_change_the_products_less(weights: Vectors, inputs: Vectors) -> None:
    fitted, unseen = inputs[:1500], inputs[1500:]

    alone = unseen @ (round_columns(weights).weights - weights)
    made_good = unseen @ (together(weights, fitted).weights - weights)

    assert (made_good**2).mean() < (alone**2).mean() * 0.5


def test_weights_of_inputs_that_are_always_zero_are_rounded_too(weights: Vectors) -> None:
    made = round_for_inputs(weights, np.zeros((384, 384)))

    assert np.abs(made.weights - weights).mean() < np.abs(weights).mean() * 0.05
