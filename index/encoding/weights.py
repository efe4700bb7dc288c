"""Where the weights of a model stand, and what they are."""

import hashlib
import importlib.util
from pathlib import Path

from index.errors import ModelMissing
from index.storage.atomic_files import file_digest

BUILD_EXTRA = "python -m pip install -e '.[build]'"


def cached_folder(name: str) -> Path:
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


def weights_digest(folder: Path) -> str:
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
