"""Quantisation: an fp32 ONNX graph -> the same graph in int8. Build time only; see README.md.

Every product with a constant matrix becomes a product of bytes, unsigned by signed, with a scale
for each column of the matrix (`weight_rounding`). How well the vectors are preserved depends on how
the other operand, the activations, is rounded, and that on where it comes from:

    after a normalisation    channels differ much, and how is known: each is centred and scaled
                             first, which the weights undo (Xiao et al., SmoothQuant, 2022); one
                             scale, measured on sample texts, then fits all
    after a GELU             never below -0.17: shifted by that, all 256 steps are used; one scale
                             a row
    after attention          a mean of values, so centred and scaled by the weights of the values;
                             one scale a text, which is alone in the batch
    elsewhere                one scale a row

Weights are rounded for the activations of the sample texts; the mean error of their rounding is
subtracted in the bias.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Vectors
from index.encoding.int8.graph_fusion import fuse_attention, prune, strip
from index.encoding.int8.weight_rounding import Int8Matrix, round_for_inputs

if TYPE_CHECKING:
    import onnx

_EXTENSION = "com.microsoft"
_SHIFT = 0.17
"""A GELU is never below the negative of this."""
_EVENNESS = 0.85
"""How far the channels are equalised: 1 gives each all 256 steps and leaves uneven weights, 0 the
reverse. Of 0.5, 0.65, 0.85 and 1, this comes nearest to fp32."""
_LEAST = 1e-5
"""In place of a range or weight of zero."""
_TABLE = 1_000_000
"""Numbers in an embedding table worth quantising: word embeddings are, positions are not."""


def quantise(model: "onnx.ModelProto", samples: Sequence[NDArray[np.int64]]) -> "onnx.ModelProto":
    """Quantise the word embeddings and every product with a constant matrix.

    Args:
        model: From `input_ids` and `attention_mask` to vectors.
        samples: Token ids of texts, each of shape (1, tokens).

    """
    strip(model)
    model.opset_import.add(domain=_EXTENSION, version=1)
    fuse_attention(model.graph)
    _Products(model, samples).replace()
    _quantise_tables(model.graph)
    prune(model.graph)
    return model


class _Products:
    """Replaces the products with constant matrices in a graph by int8 products."""

    def __init__(self, model: "onnx.ModelProto", samples: Sequence[NDArray[np.int64]]) -> None:
        self._graph = model.graph
        self._constants = {constant.name: constant for constant in model.graph.initializer}
        self._makers = {name: node for node in model.graph.node for name in node.output}
        self._products: dict[str, list[onnx.NodeProto]] = {}
        for node in model.graph.node:
            if self._is_product(node):
                self._products.setdefault(node.input[0], []).append(node)
        self._ranges = _channel_ranges(model, list(self._products), samples)
        self._joined: set[str] = set()
        self._moved: dict[str, Vectors] = {}

    def replace(self) -> None:
        """Replace all of them."""
        self._constant("row.zero", np.uint8(128))
        self._constant("row.scale", np.float32(1 / 127))
        self._constant("gelu.zero", np.uint8(0))
        self._constant("gelu.scale", np.float32(1 / 255))
        self._constant("gelu.shift", np.float32(_SHIFT))
        self._constant("least", np.float32(_LEAST))
        self._constant("last", np.array([-1], dtype=np.int64))
        nodes: list[onnx.NodeProto] = []
        seen: set[str] = set()
        for name in list(self._products):
            if self._maker(name) == "MultiHeadAttention":
                self._even_context(name)
        for node in self._graph.node:
            if not self._is_product(node):
                if node.output[0] not in self._joined:
                    nodes.append(node)
            elif node.input[0] not in seen:
                seen.add(node.input[0])
                nodes.extend(self._replacement(node.input[0]))
        del self._graph.node[:]
        self._graph.node.extend(nodes)

    def _is_product(self, node: "onnx.NodeProto") -> bool:
        matrix = self._constants.get(node.input[1]) if node.op_type == "MatMul" else None
        return matrix is not None and len(matrix.dims) == 2 and matrix.dims[0] % 2 == 0

    def _maker(self, name: str) -> str:
        return self._makers[name].op_type if name in self._makers else ""

    def _replacement(self, name: str) -> "list[onnx.NodeProto]":
        """Return the nodes that replace the products of one tensor, which is rounded once."""
        if self._maker(name) == "LayerNormalization":
            return self._after_normalisation(name)
        if self._maker(name) == "MultiHeadAttention":
            return self._after_attention(name)
        return self._after_gelu(name) if self._maker(name) == "Gelu" else self._by_row(name)

    def _even_context(self, name: str) -> None:
        """Centre and scale the output of attention by the weights of its values."""
        values, after = self._makers[self._makers[name].input[2]], self._products[name]
        bias = next((operand for operand in values.input if operand in self._constants), None)
        product = self._makers.get(next(operand for operand in values.input if operand != bias))
        if values.op_type != "Add" or bias is None or product is None or len(after) != 1:
            return
        if not self._is_product(product):
            return
        observed = self._ranges[name]
        extent = observed.extent
        values.input[list(values.input).index(bias)] = self._constant(
            f"{name}.bias", (self._array(bias) - observed.middle) / extent
        )
        for node, scale in ((product, 1 / extent), (after[0], extent[:, None])):
            matrix = self._array(node.input[1]) * scale
            node.input[1] = self._constant(f"{node.output[0]}.even", matrix)
        self._moved[name] = observed.middle / extent
        self._ranges[name] = observed.equalised()

    def _after_attention(self, name: str) -> "list[onnx.NodeProto]":
        """Round the whole text with one scale: the fused attention takes one text at a time."""
        source = _Int8Input(f"{name}.bytes", name)
        outputs = [source.name, f"{name}.scale", f"{name}.zero"]
        nodes = [self._node("DynamicQuantizeLinear", [name], outputs[0])]
        nodes[0].output.extend(outputs[1:])
        for node in self._products[name]:
            weights = self._array(node.input[1])
            rounded = round_for_inputs(weights, self._ranges[name].covariance)
            offset = self._ranges[name].mean @ (weights - rounded.weights)
            if name in self._moved:
                offset = offset + self._moved[name] @ weights
            nodes += self._product(node, source, rounded, offset)
        return nodes

    def _after_normalisation(self, name: str) -> "list[onnx.NodeProto]":
        """Normalise a second time, to equalised channels, and round them with one fixed scale."""
        observed = self._ranges[name]
        middle, extent = observed.middle, observed.extent
        users = self._products[name]
        heaviest = np.max(
            [np.abs(self._array(user.input[1])).max(axis=1) for user in users], axis=0
        )
        smooth = extent**_EVENNESS / np.maximum(heaviest, _LEAST) ** (1 - _EVENNESS)
        smooth *= (extent / smooth).max()  # so that all are within [-1, 1]
        normal = self._makers[name]
        gain, offset = self._array(normal.input[1]), self._array(normal.input[2])
        again = self._node("LayerNormalization", [normal.input[0]], f"{name}.even")
        again.input.append(self._constant(f"{name}.even.gain", gain / smooth))
        again.input.append(self._constant(f"{name}.even.offset", (offset - middle) / smooth))
        again.attribute.extend(normal.attribute)
        nodes = [again, self._rounding(f"{name}.even", f"{name}.bytes", "row")]
        for node in users:
            weights = self._array(node.input[1])
            even = round_for_inputs(
                smooth[:, None] * weights, observed.covariance / np.outer(smooth, smooth)
            )
            # The mean error of rounding the weights is subtracted.
            kept = even.weights / smooth[:, None]
            offset = middle @ kept + observed.mean @ (weights - kept)
            nodes += self._product(node, _Int8Input(f"{name}.bytes", "row"), even, offset)
        return nodes

    def _after_gelu(self, name: str) -> "list[onnx.NodeProto]":
        nodes = [
            self._node("Add", [name, "gelu.shift"], f"{name}.up"),
            self._node("ReduceMax", [f"{name}.up", "last"], f"{name}.most"),
            self._node("Div", [f"{name}.up", f"{name}.most"], f"{name}.part"),
            self._rounding(f"{name}.part", f"{name}.bytes", "gelu"),
        ]
        for node in self._products[name]:
            weights = self._array(node.input[1])
            rounded = round_for_inputs(weights, self._ranges[name].covariance)
            mean = self._ranges[name].mean
            offset = mean @ (weights - rounded.weights) - _SHIFT * rounded.weights.sum(axis=0)
            source = _Int8Input(f"{name}.bytes", "gelu", f"{name}.most")
            nodes += self._product(node, source, rounded, offset)
        return nodes

    def _by_row(self, name: str) -> "list[onnx.NodeProto]":
        nodes = [
            self._node("Abs", [name], f"{name}.size"),
            self._node("ReduceMax", [f"{name}.size", "last"], f"{name}.largest"),
            self._node("Max", [f"{name}.largest", "least"], f"{name}.most"),
            self._node("Div", [name, f"{name}.most"], f"{name}.part"),
            self._rounding(f"{name}.part", f"{name}.bytes", "row"),
        ]
        for node in self._products[name]:
            source = _Int8Input(f"{name}.bytes", "row", f"{name}.most")
            weights = self._array(node.input[1])
            rounded = round_for_inputs(weights, self._ranges[name].covariance)
            offset = self._ranges[name].mean @ (weights - rounded.weights)
            nodes += self._product(node, source, rounded, offset)
        return nodes

    def _product(
        self,
        replaced: "onnx.NodeProto",
        source: "_Int8Input",
        weights: Int8Matrix,
        offset: Vectors,
    ) -> "list[onnx.NodeProto]":
        """Return the nodes that replace one product; the last one has its output."""
        result = replaced.output[0]
        inputs = [
            source.name,
            self._constant(f"{result}.numbers", weights.numbers),
            f"{source.kind}.scale",
            self._constant(f"{result}.scales", weights.scales),
            f"{source.kind}.zero",
            self._constant(f"{result}.zeros", np.zeros(len(weights.scales), dtype=np.int8)),
        ]
        bias, added = self._bias(result, offset)
        self._joined.add(added)
        if source.factor is None:  # a bias costs nothing as part of the product
            inputs.append(bias)
            return [self._node("MatMulIntegerToFloat", inputs, added or result, _EXTENSION)]
        return [
            self._node("MatMulIntegerToFloat", inputs, f"{result}.int8", _EXTENSION),
            self._node("Mul", [f"{result}.int8", source.factor], f"{result}.whole"),
            self._node("Add", [f"{result}.whole", bias], added or result),
        ]

    def _bias(self, result: str, offset: Vectors) -> tuple[str, str]:
        """Return the constant to add to a product, and the output of the addition it replaces.

        The second is empty where no constant was added, or where the product is used elsewhere.
        """
        users = [node for node in self._graph.node if result in node.input]
        if len(users) == 1 and users[0].op_type == "Add":
            bias = self._constants.get(users[0].input[1 - list(users[0].input).index(result)])
            if bias is not None and tuple(bias.dims) == offset.shape:
                whole = self._array(bias.name) + offset
                return self._constant(f"{result}.bias", whole), users[0].output[0]
        return self._constant(f"{result}.bias", offset), ""

    def _rounding(self, name: str, out: str, kind: str) -> "onnx.NodeProto":
        return self._node("QuantizeLinear", [name, f"{kind}.scale", f"{kind}.zero"], out)

    def _node(
        self, kind: str, inputs: Sequence[str], output: str, domain: str = ""
    ) -> "onnx.NodeProto":
        from onnx import helper

        return helper.make_node(kind, inputs, [output], domain=domain)

    def _array(self, name: str) -> Vectors:
        from onnx import numpy_helper

        return np.asarray(numpy_helper.to_array(self._constants[name]), dtype=np.float32)

    def _constant(self, name: str, value: object) -> str:
        """Add a constant to the graph; floats become fp32."""
        from onnx import numpy_helper

        array = np.asarray(value)
        kept = array.astype(np.float32) if array.dtype.kind == "f" else array
        self._constants[name] = numpy_helper.from_array(kept, name)
        self._graph.initializer.append(self._constants[name])
        return name


@dataclass(frozen=True, slots=True)
class _Int8Input:
    """A tensor of bytes that is an operand of products."""

    name: str
    kind: str
    """Prefix of its zero point and scale: `row` or `gelu`, or its own."""
    factor: str | None = None
    """What each row was divided by, if anything."""


@dataclass(frozen=True, slots=True)
class ChannelRange:
    """Least and largest value of each channel over sample texts, their means and covariance."""

    least: Vectors
    most: Vectors
    mean: Vectors
    covariance: Vectors

    @property
    def middle(self) -> Vectors:
        """Halfway between the least and the largest value of each channel."""
        return np.asarray((self.least + self.most) / 2, dtype=np.float32)

    @property
    def extent(self) -> Vectors:
        """Largest distance of the values of each channel from its middle."""
        return np.maximum((self.most - self.least) / 2, _LEAST)

    def equalised(self) -> "ChannelRange":
        """Return the range after scaling every channel to [-1, 1]."""
        middle, extent = self.middle, self.extent
        return ChannelRange(
            (self.least - middle) / extent,
            (self.most - middle) / extent,
            (self.mean - middle) / extent,
            self.covariance / np.outer(extent, extent),
        )


def _channel_ranges(
    model: "onnx.ModelProto", names: Sequence[str], samples: Sequence[NDArray[np.int64]]
) -> dict[str, ChannelRange]:
    """Measure the ranges of the channels of some tensors over the samples."""
    import onnxruntime
    from onnx import ModelProto, TensorProto, helper

    exposed = ModelProto()
    exposed.CopyFrom(model)
    for name in names:
        exposed.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(
        exposed.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    observed: dict[str, list[Vectors]] = {name: [] for name in names}
    for ids in samples:
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        for name, values in zip(names, session.run(list(names), feed), strict=True):
            observed[name].append(values.reshape(-1, values.shape[-1]))
    return {name: _range(np.concatenate(observed.pop(name))) for name in names}


def _range(rows: Vectors) -> ChannelRange:
    mean = rows.mean(axis=0)
    centred = rows - mean
    return ChannelRange(rows.min(axis=0), rows.max(axis=0), mean, centred.T @ centred / len(rows))


def _quantise_tables(graph: "onnx.GraphProto") -> None:
    """Store embedding tables in int8 with a scale for each row."""
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
