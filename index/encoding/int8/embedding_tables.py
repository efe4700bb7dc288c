"""Build time only: tables that rows are looked up in -> int8."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import onnx

_TABLE = 1_000_000
"""Numbers in a table that is worth quantising: word embeddings are, positions are not."""


def quantise_tables(graph: "onnx.GraphProto") -> None:
    """Look rows up in int8 and give each its own scale, which the stock quantiser does not."""
    constants = {constant.name: constant for constant in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        table = constants.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or len(table.dims) != 2 or table.dims[0] * table.dims[1] < _TABLE:
            nodes.append(node)
        else:
            nodes.extend(_int8_lookup(graph, node, table))
    del graph.node[:]
    graph.node.extend(nodes)


def _int8_lookup(
    graph: "onnx.GraphProto", node: "onnx.NodeProto", table: "onnx.TensorProto"
) -> "list[onnx.NodeProto]":
    from onnx import TensorProto, helper, numpy_helper

    rows = numpy_helper.to_array(table)
    scales = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.finfo(np.float32).tiny) / 127
    name, ids, out = table.name, node.input[1], node.output[0]
    graph.initializer.remove(table)
    graph.initializer.append(
        numpy_helper.from_array(np.round(rows / scales).astype(np.int8), f"{name}.int8")
    )
    graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{name}.scales"))
    return [
        helper.make_node("Gather", [f"{name}.int8", ids], [f"{out}.int8"]),
        helper.make_node("Cast", [f"{out}.int8"], [f"{out}.unscaled"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{name}.scales", ids], [f"{out}.scales"]),
        helper.make_node("Mul", [f"{out}.unscaled", f"{out}.scales"], [out]),
    ]
