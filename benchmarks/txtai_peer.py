"""txtai's own API over the same texts, for comparison.

Run by `scripts/benchmark.py` in an environment of its own:

    var/bench/txtai/bin/python benchmarks/txtai_peer.py build texts.jsonl path/to/model folder
    var/bench/txtai/bin/python benchmarks/txtai_peer.py serve folder 8002

It builds an index as txtai's documentation shows, and serves it with `uvicorn txtai.api:app`.
"""

import json
import os
import sys
from pathlib import Path


def build(texts: Path, model: str, folder: Path, *, writable: bool = False) -> None:
    """Index the texts with their content, and write the API's configuration beside the index."""
    from txtai import Embeddings  # type: ignore[import-not-found]  # it stands in var/bench

    units = [json.loads(line) for line in texts.read_text(encoding="utf-8").splitlines()]
    embeddings = Embeddings(path=model, content=True, gpu=False)
    embeddings.index((f"{n}:{unit['id']}", unit["text"], None) for n, unit in enumerate(units))
    embeddings.save(str(folder / "index"))
    settings = (
        f"path: {folder / 'index'}\nwritable: {str(writable).lower()}\n"
        f"embeddings:\n  path: {model}\n  content: true\n  gpu: false\n"
    )
    (folder / "config.yml").write_text(settings, encoding="utf-8")


def serve(config: Path, port: int) -> None:
    """Serve an index until told to stop."""
    os.environ["CONFIG"] = str(config)  # noqa: TID251 - where txtai looks
    import uvicorn

    uvicorn.run("txtai.api:app", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    # First of all: with FAISS loaded before it, torch's threads wait for each other for ever.
    import torch  # noqa: F401 - see above

    if sys.argv[1] == "build":
        build(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), writable="writable" in sys.argv)
    else:
        serve(Path(sys.argv[2]) / "config.yml", int(sys.argv[3]))
