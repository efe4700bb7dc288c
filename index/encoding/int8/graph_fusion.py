"""Graph fusion: a traced ONNX graph -> the same with attention as one operator. Build time only.

A trace writes an attention as a dozen nodes, which become one. Its mask is dropped: a text is
encoded alone, so all of its tokens count. A fused graph therefore accepts one text at a time, which
the shape of its inputs says.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

_EXTENSION = "com.microsoft"


def fuse_attention(graph: "onnx.GraphProto") -> int:
    """Fuse the attention of every layer; return how many, 0 where one has another structure."""
    trail = _Trail(graph)
    layers = [trail.layer(node) for node in graph.node if node.op_type == "Softmax"]
    plain = [layer for layer in layers if layer is not None]
    if not plain or len(plain) < len(layers):
        return 0
    for layer in plain:
        layer.last.CopyFrom(layer.fused())
    prune(graph)
    for tensor in graph.input:
        batch = tensor.type.tensor_type.shape.dim[0]
        batch.ClearField("dim_param")
        batch.dim_value = 1
    return len(plain)


def strip(model: "onnx.ModelProto") -> None:
    """Drop stack traces and shapes: they name this machine's paths and differ between machines."""
    model.ClearField("metadata_props")
    model.graph.ClearField("metadata_props")
    model.graph.ClearField("value_info")
    for part in (*model.graph.node, *model.graph.input, *model.graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    for constant in model.graph.initializer:
        constant.ClearField("metadata_props")
        constant.ClearField("doc_string")


def prune(graph: "onnx.GraphProto") -> None:
    """Drop nodes and constants that no output depends on."""
    needed = {output.name for output in graph.output}
    kept: list[onnx.NodeProto] = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            needed.update(node.input)
            kept.append(node)
    constants = [constant for constant in graph.initializer if constant.name in needed]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(constants)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The attention of one layer: its inputs, and the node of its output."""

    sources: tuple[str, ...]
    """Queries, keys and values, each of shape (texts, tokens, width)."""
    heads: int
    scale: float
    last: "onnx.NodeProto"

    def fused(self) -> "onnx.NodeProto":
        from onnx import helper

        return helper.make_node(
            "MultiHeadAttention",
            self.sources,
            self.last.output,
            domain=_EXTENSION,
            num_heads=self.heads,
            scale=self.scale,
        )


class _OtherStructureError(Exception):
    """The nodes are not those of a plain attention."""


class _Trail:
    """Follows a graph from node to node. Raises _OtherStructureError where it is another one."""

    def __init__(self, graph: "onnx.GraphProto") -> None:
        self._constants = {constant.name: constant for constant in graph.initializer}
        self._makers = {name: node for node in graph.node for name in node.output}
        self._users: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                self._users.setdefault(name, []).append(node)

    def layer(self, softmax: "onnx.NodeProto") -> _Layer | None:
        """Return the attention around a softmax, or None where the structure is another one."""
        try:
            return self._layer(softmax)
        except _OtherStructureError:
            return None

    def _layer(self, softmax: "onnx.NodeProto") -> _Layer:
        masked = self._maker(softmax.input[0], "Add")
        self._maker(masked.input[1], "Where")  # a mask only: a positional bias must stay
        scaled = self._maker(masked.input[0], "Mul")
        scores = self._maker(scaled.input[0], "MatMul")
        context = self._user(softmax.output[0], "MatMul")
        queries = self._split(scores.input[0], [0, 2, 1, 3])
        keys = self._split(scores.input[1], [0, 2, 3, 1])
        values = self._split(context.input[1], [0, 2, 1, 3])
        joined = self._user(self._user(context.output[0], "Transpose").output[0], "Reshape")
        split = self._maker(queries.input[1], "Concat")  # texts, tokens, -1, width of a head
        return _Layer(
            sources=tuple(node.input[0] for node in (queries, keys, values)),
            heads=self._width(queries.input[0]) // int(self._value(split.input[-1])),
            scale=self._value(scaled.input[1]),
            last=joined,
        )

    def _split(self, name: str, order: list[int]) -> "onnx.NodeProto":
        """Return the node that splits a tensor into heads, which are then transposed."""
        transpose = self._maker(name, "Transpose")
        if list(transpose.attribute[0].ints) != order:
            raise _OtherStructureError
        return self._maker(transpose.input[0], "Reshape")

    def _maker(self, name: str, kind: str) -> "onnx.NodeProto":
        node: onnx.NodeProto | None = self._makers.get(name)
        if node is None or node.op_type != kind:
            raise _OtherStructureError
        return node

    def _user(self, name: str, kind: str) -> "onnx.NodeProto":
        users = self._users.get(name, [])
        if len(users) != 1 or users[0].op_type != kind:
            raise _OtherStructureError
        return users[0]

    def _width(self, name: str) -> int:
        """Return the number of columns of a product, from the constant that is added to it."""
        for operand in self._maker(name, "Add").input:
            if operand in self._constants:
                return int(self._constants[operand].dims[-1])
        raise _OtherStructureError

    def _value(self, name: str) -> float:
        from onnx import numpy_helper

        if name not in self._constants:
            raise _OtherStructureError
        return float(numpy_helper.to_array(self._constants[name]).reshape(-1)[0])
