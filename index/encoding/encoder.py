"""Encoder: the protocol, and the run-time encoder on ONNX Runtime.

The only module that imports onnxruntime at run time; the quantiser uses it while building.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors
from tokenizers import Tokenizer

from index.datatypes import Vectors
from index.errors import IndexCorrupt

ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"

_LOAD_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)


class Encoder(Protocol):
    """Encodes texts as vectors, the same text always as the same vector."""

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Return one row of length 1 for each text, in order."""
        ...


class OnnxEncoder:
    """The exported encoder of a version folder: `encoder.onnx` and `tokenizer.json`.

    Pooling and normalising are part of the graph, and the length at which texts are cut is part
    of the tokenizer file. Safe to call from several threads. Raises IndexCorrupt when one of the
    files is missing or unreadable.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._tokenizer = _tokenizer(folder / TOKENIZER_FILE)
        self._session = open_session(folder / ENCODER_FILE, threads)
        self.dimension = int(self._session.get_outputs()[0].shape[1])

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Encode texts one by one.

        Padding a batch changes the last bits of every row, so a vector would depend on the other
        texts. Questions come one at a time anyway, and on two cores batches save little.
        """
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for position, text in enumerate(texts):
            rows[position] = self._row(text)
        return rows

    def _row(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(_whole_characters(text)).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        row: Vectors = self._session.run(None, feed)[0][0]
        return row


def _whole_characters(text: str) -> str:
    """Replace lone surrogates, which JSON can carry and a tokenizer cannot, by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_buffer(path.read_bytes())
    except (OSError, ValueError) as error:
        raise IndexCorrupt(f"{path.name} cannot be read. Build the index again.") from error


def open_session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """Open a graph. Raises IndexCorrupt when it is missing or unreadable."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Idle threads sleep: spinning ones take a core from other requests.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _LOAD_ERRORS as error:
        raise IndexCorrupt(f"{path.name} cannot be read. Build the index again.") from error
