"""Fitted intent classifiers, each in a file named by a digest of what it was fitted to.

Fitting is the dearest step of a build, and an edited answer changes nothing that it depends on
where the answer has variants.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.ranking import intent_classifier
from index.ranking.intent_classifier import IntentClassifier
from index.ranking.unit_scorer import ClassifierInput
from index.storage import tensors
from index.storage.atomic_files import explain_write_errors, replace_file

KEPT = 4
"""Files that stay, the newest; each takes some 2 MB for 200 answers."""


@dataclass(frozen=True, slots=True)
class ClassifierCache:
    """Fits what its folder lacks. The same input gives the same classifier either way."""

    folder: Path

    def fit(self, data: ClassifierInput) -> IntentClassifier:
        """Return the classifier for some texts. Raises Unwritable."""
        path = self.folder / f"{key_of(data)}.safetensors"
        kept = _read(path)
        if kept is not None:
            return kept
        fitted = data.fit()
        with explain_write_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, _dump(fitted))
            newest = sorted(self.folder.glob("*.safetensors"), key=lambda p: -p.stat().st_mtime_ns)
            for old in newest[KEPT:]:
                old.unlink(missing_ok=True)
        return fitted


def key_of(data: ClassifierInput) -> str:
    """Return a digest of everything that the classifier depends on."""
    digest = hashlib.sha256(intent_classifier.RECIPE.encode())
    arrays = (
        data.vectors,
        data.ngrams.columns,
        data.ngrams.values,
        data.ngrams.starts,
        np.array(data.classes),
        np.array(data.count),
        np.array(data.sampled, dtype=np.int64),
    )
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _read(path: Path) -> IntentClassifier | None:
    """Read a classifier; None where there is none, or none that can be read."""
    try:
        read = tensors.parse(tensors.read(path))
        return IntentClassifier(read["weights"], read["typical"].item(), read["leverages"])
    except (OSError, ValueError, KeyError):
        return None


def _dump(classifier: IntentClassifier) -> bytes:
    return tensors.dump(
        {
            "weights": classifier.weights,
            "typical": np.array([classifier.typical]),
            "leverages": classifier.leverages,
        }
    )
