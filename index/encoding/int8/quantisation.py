"""Build time only: an fp32 graph -> the same graph in int8.

Every product with a constant matrix becomes one of bytes, unsigned by signed, with a scale for each
column of the matrix (`weight_rounding`). What matters for the vectors is how the other side is
rounded, and that depends on where it comes from:

    after a normalisation    the channels differ much, and are known: each is centred and scaled
                             before, which the weights undo (Xiao et al., SmoothQuant, 2022); one
                             scale, taken from sample texts, then fits all
    after a GELU             never below -0.17: shifted by as much, all 256 steps are used; a scale
                             for each row
    after attention          a mean of values, so centred and scaled by their weights; a scale for
                             the text, which is alone there
    anywhere else            a scale for each row

Weights are rounded for what comes in over the samples; what their rounding adds on average goes
into the bias.

Measured on all-MiniLM-L6-v2 against fp32, with the 4,131 ways of asking for the shipped content
and 86 sections to find, and with 187 questions people asked (lowest cosine and equal nearest in
this order); least time of 13 tokens on one AVX2 core, run alternately:

                                  lowest cosine   mean     equal nearest   time
    this                          0.998, 0.994    0.9994   97.2, 98.4 %    3.0 ms
    before                        0.996, 0.994    0.9990   97.3, 97.9 %    3.3 ms

Nearest sections are often nearly tied: every tenth of these questions has a second one within
0.004. Word embeddings in int8, and all else in fp32, change 0.9 % of the nearest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Vectors
from index.encoding.int8.activation_ranges import ranges
from index.encoding.int8.embedding_tables import quantise_tables
from index.encoding.int8.graph_fusion import fuse_attention, prune, strip
from index.encoding.int8.weight_rounding import Rounded, rounded_together

if TYPE_CHECKING:
    import onnx

_EXTENSION = "com.microsoft"
_SHIFT = 0.17
"""A GELU is nowhere below the negative of it."""
_EVENNESS = 0.85
"""How far channels are made alike: 1 gives each all 256 steps and leaves uneven weights, 0 the
other way round. Of 0.5, 0.65, 0.85 and 1, this one comes nearest to fp32."""
_LEAST = 1e-5
"""Instead of a range or a weight that is nothing."""


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
    quantise_tables(model.graph)
    prune(model.graph)
    return model


class _Products:
    """Replaces the products with constant matrices in a graph."""

    def __init__(self, model: "onnx.ModelProto", samples: Sequence[NDArray[np.int64]]) -> None:
        self._graph = model.graph
        self._constants = {one.name: one for one in model.graph.initializer}
        self._makers = {name: node for node in model.graph.node for name in node.output}
        self._products: dict[str, list[onnx.NodeProto]] = {}
        for node in model.graph.node:
            if self._is_product(node):
                self._products.setdefault(node.input[0], []).append(node)
        self._ranges = ranges(model, list(self._products), samples)
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
        """Return the nodes instead of the products of one tensor, which is rounded once."""
        if self._maker(name) == "LayerNormalization":
            return self._after_normalisation(name)
        if self._maker(name) == "MultiHeadAttention":
            return self._after_attention(name)
        return self._after_gelu(name) if self._maker(name) == "Gelu" else self._by_row(name)

    def _even_context(self, name: str) -> None:
        """Centre and scale what attention gives, a mean of values, by the weights of the values."""
        values, after = self._makers[self._makers[name].input[2]], self._products[name]
        bias = next((one for one in values.input if one in self._constants), None)
        product = self._makers.get(next(one for one in values.input if one != bias))
        if values.op_type != "Add" or bias is None or product is None or len(after) != 1:
            return
        if not self._is_product(product):
            return
        seen = self._ranges[name]
        reach = seen.reach
        values.input[list(values.input).index(bias)] = self._constant(
            f"{name}.bias", (self._array(bias) - seen.middle) / reach
        )
        for node, scale in ((product, 1 / reach), (after[0], reach[:, None])):
            matrix = self._array(node.input[1]) * scale
            node.input[1] = self._constant(f"{node.output[0]}.even", matrix)
        self._moved[name] = seen.middle / reach
        self._ranges[name] = seen.even()

    def _after_attention(self, name: str) -> "list[onnx.NodeProto]":
        """Round the whole text with one scale: attention takes one text at a time anyway."""
        taken = _Taken(f"{name}.bytes", name)
        outputs = [taken.name, f"{name}.scale", f"{name}.zero"]
        nodes = [self._node("DynamicQuantizeLinear", [name], outputs[0])]
        nodes[0].output.extend(outputs[1:])
        for one in self._products[name]:
            weights = self._array(one.input[1])
            bytes_ = rounded_together(weights, self._ranges[name].covariance)
            offset = self._ranges[name].mean @ (weights - bytes_.weights)
            if name in self._moved:
                offset = offset + self._moved[name] @ weights
            nodes += self._product(one, taken, bytes_, offset)
        return nodes

    def _after_normalisation(self, name: str) -> "list[onnx.NodeProto]":
        """Normalise a second time, to channels alike, and round those with one fixed scale."""
        seen = self._ranges[name]
        middle, reach = seen.middle, seen.reach
        users = self._products[name]
        heaviest = np.max([np.abs(self._array(one.input[1])).max(axis=1) for one in users], axis=0)
        smooth = reach**_EVENNESS / np.maximum(heaviest, _LEAST) ** (1 - _EVENNESS)
        smooth *= (reach / smooth).max()  # so that all are within [-1, 1]
        normal = self._makers[name]
        gain, offset = self._array(normal.input[1]), self._array(normal.input[2])
        again = self._node("LayerNormalization", [normal.input[0]], f"{name}.even")
        again.input.append(self._constant(f"{name}.even.gain", gain / smooth))
        again.input.append(self._constant(f"{name}.even.offset", (offset - middle) / smooth))
        again.attribute.extend(normal.attribute)
        nodes = [again, self._rounding(f"{name}.even", f"{name}.bytes", "row")]
        for one in users:
            weights = self._array(one.input[1])
            even = rounded_together(
                smooth[:, None] * weights, seen.covariance / np.outer(smooth, smooth)
            )
            # What the rounding of the weights adds on average is taken off again.
            kept = even.weights / smooth[:, None]
            offset = middle @ kept + seen.mean @ (weights - kept)
            nodes += self._product(one, _Taken(f"{name}.bytes", "row"), even, offset)
        return nodes

    def _after_gelu(self, name: str) -> "list[onnx.NodeProto]":
        nodes = [
            self._node("Add", [name, "gelu.shift"], f"{name}.up"),
            self._node("ReduceMax", [f"{name}.up", "last"], f"{name}.most"),
            self._node("Div", [f"{name}.up", f"{name}.most"], f"{name}.part"),
            self._rounding(f"{name}.part", f"{name}.bytes", "gelu"),
        ]
        for one in self._products[name]:
            weights = self._array(one.input[1])
            bytes_ = rounded_together(weights, self._ranges[name].covariance)
            mean = self._ranges[name].mean
            offset = mean @ (weights - bytes_.weights) - _SHIFT * bytes_.weights.sum(axis=0)
            taken = _Taken(f"{name}.bytes", "gelu", f"{name}.most")
            nodes += self._product(one, taken, bytes_, offset)
        return nodes

    def _by_row(self, name: str) -> "list[onnx.NodeProto]":
        nodes = [
            self._node("Abs", [name], f"{name}.size"),
            self._node("ReduceMax", [f"{name}.size", "last"], f"{name}.largest"),
            self._node("Max", [f"{name}.largest", "least"], f"{name}.most"),
            self._node("Div", [name, f"{name}.most"], f"{name}.part"),
            self._rounding(f"{name}.part", f"{name}.bytes", "row"),
        ]
        for one in self._products[name]:
            taken = _Taken(f"{name}.bytes", "row", f"{name}.most")
            weights = self._array(one.input[1])
            bytes_ = rounded_together(weights, self._ranges[name].covariance)
            offset = self._ranges[name].mean @ (weights - bytes_.weights)
            nodes += self._product(one, taken, bytes_, offset)
        return nodes

    def _product(
        self,
        replaced: "onnx.NodeProto",
        taken: "_Taken",
        weights: Rounded,
        offset: Vectors,
    ) -> "list[onnx.NodeProto]":
        """Return the nodes instead of one product; the last of them gives what it gave."""
        result = replaced.output[0]
        inputs = [
            taken.name,
            self._constant(f"{result}.numbers", weights.numbers),
            f"{taken.kind}.scale",
            self._constant(f"{result}.scales", weights.scales),
            f"{taken.kind}.zero",
            self._constant(f"{result}.zeros", np.zeros(len(weights.scales), dtype=np.int8)),
        ]
        bias, added = self._bias(result, offset)
        self._joined.add(added)
        if taken.factor is None:  # a bias costs nothing as part of the product
            inputs.append(bias)
            return [self._node("MatMulIntegerToFloat", inputs, added or result, _EXTENSION)]
        return [
            self._node("MatMulIntegerToFloat", inputs, f"{result}.int8", _EXTENSION),
            self._node("Mul", [f"{result}.int8", taken.factor], f"{result}.whole"),
            self._node("Add", [f"{result}.whole", bias], added or result),
        ]

    def _bias(self, result: str, offset: Vectors) -> tuple[str, str]:
        """Return the constant to add to a product, and what it gives with the one added anyway.

        The second is empty where no constant is, or where the product is used elsewhere, too.
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
        """Add a constant to the graph; all fractions are fp32."""
        from onnx import numpy_helper

        array = np.asarray(value)
        kept = array.astype(np.float32) if array.dtype.kind == "f" else array
        self._constants[name] = numpy_helper.from_array(kept, name)
        self._graph.initializer.append(self._constants[name])
        return name


@dataclass(frozen=True, slots=True)
class _Taken:
    """A tensor of bytes that products take."""

    name: str
    kind: str
    """Whose zero and scale it has: `row` or `gelu`."""
    factor: str | None = None
    """What each row was divided by, if it was."""
