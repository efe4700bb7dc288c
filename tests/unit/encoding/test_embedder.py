from pathlib import Path

import numpy as np
import pytest

from index.encoding.embedder import ExportedEmbedder
from index.encoding.encoder import ENCODER_FILE, TOKENIZER_FILE
from index.encoding.export import find_model, runtime_folder


@pytest.mark.model
def test_batches_are_encoded_in_order_and_as_text_by_text(encoders: Path) -> None:
    embedder = ExportedEmbedder(runtime_folder(find_model(), encoders), "model")
    batches = [["bread", "How long does dough rest?"], ["oven"], ["a cook's pay", "night shift"]]

    rows = list(embedder.encode_batches(batches))

    expected = [embedder.encode(batch) for batch in batches]
    assert [batch.tolist() for batch in rows] == [batch.tolist() for batch in expected]
    assert np.concatenate(rows).shape == (5, 384)


@pytest.mark.parametrize("changed", [ENCODER_FILE, TOKENIZER_FILE])
def test_digest_covers_encoder_and_tokenizer(changed: str, tmp_path: Path) -> None:
    for name in (ENCODER_FILE, TOKENIZER_FILE):
        (tmp_path / name).write_bytes(name.encode())
    before = ExportedEmbedder(tmp_path, "model").sha256

    (tmp_path / changed).write_bytes(b"another")

    assert ExportedEmbedder(tmp_path, "model").sha256 != before
