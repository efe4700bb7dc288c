"""Build time only: rows of length 1 -> the graph that `coarse` compares them by."""

import numpy as np

from index.datatypes import Vectors
from index.search.int8_prefilter import ZERO

_STEPS = 127
"""From 0 to the largest number of a row."""
_SLACK = 1e-5
"""For the rounding of products, and of lengths of 1; many times what it is."""
_OPSET = 17
_IR = 9


def dump(rows: Vectors) -> bytes:
    """Write rows of length 1 as the bytes of one file; the same rows give the same bytes."""
    from onnx import TensorProto, helper, numpy_helper

    step = np.abs(rows).max(axis=1) / _STEPS
    step[step == 0] = 1.0
    numbers = np.rint(rows / step[:, None])
    away = np.linalg.norm(rows - numbers * step[:, None], axis=1) + _SLACK
    constants = {
        "rows": numbers.T.astype(np.int8),
        "zero": np.uint8(ZERO),
        "row.step": step.astype(np.float32),
        "row.away": away.astype(np.float32),
    }
    count, dimension = rows.shape
    graph = helper.make_graph(
        [
            helper.make_node("MatMulInteger", ["query", "rows", "zero"], ["products"]),
            helper.make_node("Cast", ["products"], ["whole"], to=TensorProto.FLOAT),
            helper.make_node("MatMul", ["steps", "whole"], ["sums"]),
            helper.make_node("Mul", ["sums", "row.step"], ["about"]),
            helper.make_node("Identity", ["row.away"], ["away"]),
        ],
        "coarse",
        [
            helper.make_tensor_value_info("query", TensorProto.UINT8, [2, dimension]),
            helper.make_tensor_value_info("steps", TensorProto.FLOAT, [1, 2]),
        ],
        [
            helper.make_tensor_value_info("about", TensorProto.FLOAT, [1, count]),
            helper.make_tensor_value_info("away", TensorProto.FLOAT, [count]),
        ],
        [numpy_helper.from_array(np.asarray(one), name) for name, one in constants.items()],
    )
    opsets = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR)
    written: bytes = model.SerializeToString()
    return written
