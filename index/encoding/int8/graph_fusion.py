"""Build time only: a traced graph -> the same without what nothing needs, attention as operators.

A trace spells an attention out in a dozen nodes; here it becomes one. Its mask goes: a text is
encoded alone, so all of its tokens count. A graph that was changed therefore takes one text at a
time, and says so in the shape of its inputs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

_EXTENSION = "com.microsoft"


def fuse_attention(graph: "onnx.GraphProto") -> int:
    """Fuse the attention of every layer and return how many; none where one of them is unlike."""
    trail = _Trail(graph)
    layers = [trail.layer(node) for node in graph.node if node.op_type == "Softmax"]
    found = [layer for layer in layers if layer is not None]
    if not found or len(found) < len(layers):
        return 0
    for layer in found:
        layer.last.CopyFrom(layer.fused())
    prune(graph)
    for one in graph.input:
        batch = one.type.tensor_type.shape.dim[0]
        batch.ClearField("dim_param")
        batch.dim_value = 1
    return len(found)


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
    """Drop the nodes and constants that nothing needs any more."""
    needed = {one.name for one in graph.output}
    kept: list[onnx.NodeProto] = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            needed.update(node.input)
            kept.append(node)
    constants = [one for one in graph.initializer if one.name in needed]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(constants)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The attention of one layer: what goes in, and the node that gives what comes out."""

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


class _Unlike(Exception):
    """The nodes are not those of a plain attention."""


class _Trail:
    """Follows a graph from node to node."""

    def __init__(self, graph: "onnx.GraphProto") -> None:
        self._constants = {one.name: one for one in graph.initializer}
        self._makers = {name: node for node in graph.node for name in node.output}
        self._users: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                self._users.setdefault(name, []).append(node)

    def layer(self, softmax: "onnx.NodeProto") -> _Layer | None:
        """Return the attention around a softmax, or None if it is of another kind."""
        try:
            return self._layer(softmax)
        except _Unlike:
            return None

    def _layer(self, softmax: "onnx.NodeProto") -> _Layer:
        masked = self._maker(softmax.input[0], "Add")
        self._maker(masked.input[1], "Where")  # a mask alone: a bias by position must stay
        scaled = self._maker(masked.input[0], "Mul")
        scores = self._maker(scaled.input[0], "MatMul")
        context = self._user(softmax.output[0], "MatMul")
        queries = self._split(scores.input[0], [0, 2, 1, 3])
        keys = self._split(scores.input[1], [0, 2, 3, 1])
        values = self._split(context.input[1], [0, 2, 1, 3])
        joined = self._user(self._user(context.output[0], "Transpose").output[0], "Reshape")
        split = self._maker(queries.input[1], "Concat")  # texts, tokens, -1, width of a head
        return _Layer(
            sources=tuple(one.input[0] for one in (queries, keys, values)),
            heads=self._width(queries.input[0]) // int(self._value(split.input[-1])),
            scale=self._value(scaled.input[1]),
            last=joined,
        )

    def _split(self, name: str, order: list[int]) -> "onnx.NodeProto":
        """Return the node that cuts a tensor into heads before they are put in this order."""
        transpose = self._maker(name, "Transpose")
        if list(transpose.attribute[0].ints) != order:
            raise _Unlike
        return self._maker(transpose.input[0], "Reshape")

    def _maker(self, name: str, kind: str) -> "onnx.NodeProto":
        node: onnx.NodeProto | None = self._makers.get(name)
        if node is None or node.op_type != kind:
            raise _Unlike
        return node

    def _user(self, name: str, kind: str) -> "onnx.NodeProto":
        users = self._users.get(name, [])
        if len(users) != 1 or users[0].op_type != kind:
            raise _Unlike
        return users[0]

    def _width(self, name: str) -> int:
        """Return how many columns a product has, by the constant that is added to it."""
        for one in self._maker(name, "Add").input:
            if one in self._constants:
                return int(self._constants[one].dims[-1])
        raise _Unlike

    def _value(self, name: str) -> float:
        from onnx import numpy_helper

        if name not in self._constants:
            raise _Unlike
        return float(numpy_helper.to_array(self._constants[name]).reshape(-1)[0])
