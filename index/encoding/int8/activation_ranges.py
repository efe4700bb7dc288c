"""Build time only: what goes into the products of a graph, over sample texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Vectors

if TYPE_CHECKING:
    import onnx

_LEAST = 1e-5
"""Instead of a reach that is nothing."""


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the largest value in each channel, the mean, and how channels go together."""

    least: Vectors
    most: Vectors
    mean: Vectors
    covariance: Vectors

    @property
    def middle(self) -> Vectors:
        """Halfway between the least and the largest value of each channel."""
        return np.asarray((self.least + self.most) / 2, dtype=np.float32)

    @property
    def reach(self) -> Vectors:
        """How far the values of each channel are from its middle at most."""
        return np.maximum((self.most - self.least) / 2, _LEAST)

    def even(self) -> "Range":
        """Return the same where every channel goes from -1 to 1."""
        middle, reach = self.middle, self.reach
        return Range(
            (self.least - middle) / reach,
            (self.most - middle) / reach,
            (self.mean - middle) / reach,
            self.covariance / np.outer(reach, reach),
        )


def ranges(
    model: "onnx.ModelProto", names: Sequence[str], samples: Sequence[NDArray[np.int64]]
) -> dict[str, Range]:
    """Return in which range each channel of some tensors is over the samples."""
    import onnxruntime
    from onnx import ModelProto, TensorProto, helper

    shown = ModelProto()
    shown.CopyFrom(model)
    for name in names:
        shown.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(
        shown.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    seen: dict[str, list[Vectors]] = {name: [] for name in names}
    for ids in samples:
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        for name, values in zip(names, session.run(list(names), feed), strict=True):
            seen[name].append(values.reshape(-1, values.shape[-1]))
    return {name: _range(np.concatenate(seen.pop(name))) for name in names}


def _range(rows: Vectors) -> Range:
    mean = rows.mean(axis=0)
    apart = rows - mean
    return Range(rows.min(axis=0), rows.max(axis=0), mean, apart.T @ apart / len(rows))
