"""The servers of a comparison: ours, the plain recipe and txtai, over the same texts."""

import json
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.servers import Recipe, Route
from index.datatypes import ChunkRole, Kind, Unit
from index.versions import version_store

ROOT = Path(__file__).parents[1]
OURS = Route("POST", "/v1/ask")
_TEXTS = (ChunkRole.QUESTION, ChunkRole.PASSAGE)
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HF_HUB_OFFLINE": "1"}
"""Peers must not look for newer files of the model on the net."""


def asked(index: Path) -> list[str]:
    """Return the questions that content answers, which the load is made of."""
    contents = version_store.load(index).contents
    return [question for unit in _content(contents.units) for question in unit.questions]


def _content(units: Sequence[Unit]) -> list[Unit]:
    return [unit for unit in units if unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)]


def write_texts(index: Path, path: Path) -> int:
    """Write the questions and passages of the content, one a line, for the peers; how many."""
    contents = version_store.load(index).contents
    content = _content(contents.units)
    rows = [
        {"id": unit.id, "text": chunk.embedded, "shown": unit.text}
        for chunk in contents.chunks
        if chunk.role in _TEXTS and (unit := contents.units[chunk.unit]) in content
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return len(rows)


def ours(index: Path, folder: Path, workers: int = 1) -> Recipe:
    """Return our service as `make run` starts it, but for the rate limit, with so many workers."""
    environment = {
        **_ENVIRONMENT,
        "FAQ_INDEX_DIR": str(index.resolve()),
        "FAQ_DATABASE_URL": f"sqlite:///{(folder / 'interactions.db').resolve()}",
        "FAQ_RATE_LIMIT": "off",
    }
    command = (sys.executable, "-m", "service", "--port", "{port}", "--workers", str(workers))
    name = "careers-faq" if workers == 1 else f"careers-faq, {workers} workers"
    return Recipe(name, command, environment, "/readyz", OURS)


def plain(texts: Path, model: Path, scratch: Path) -> Recipe:
    """Return the plain recipe."""
    build, serve = (
        [sys.executable, "-m", "benchmarks.plain_recipe", mode, str(texts), str(model)]
        for mode in ("build", "serve")
    )
    vectors = str(scratch / "vectors.faiss")
    serve = [*serve, vectors, "{port}"]
    route = Route("POST", "/ask")
    return Recipe("plain recipe", serve, _ENVIRONMENT, "/healthz", route, [*build, vectors])


def txtai(texts: Path, model: Path, environment: Path, scratch: Path) -> Recipe:
    """Return txtai's API; `environment` is what `install_txtai` made."""
    script, python = str(ROOT / "benchmarks" / "txtai_peer.py"), environment / "bin" / "python"
    command = [str(python.absolute()), script]
    build = [*command, "build", str(texts), str(model), str(scratch)]
    serve = [*command, "serve", str(scratch), "{port}"]
    route = Route("GET", "/search?query={question}&limit=5")
    return Recipe("txtai", serve, _ENVIRONMENT, "/search?query=ready&limit=1", route, build)


def install_txtai(folder: Path) -> None:
    """Make txtai's environment, once. Raises CalledProcessError when that fails.

    It sees the packages of this one, so that torch and transformers are neither fetched again nor
    of other versions than those of the plain recipe.
    """
    python = folder / "bin" / "python"
    if python.exists():
        return
    venv.create(folder, with_pip=True, symlinks=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "txtai[api]"], check=True)  # noqa: S603 - fixed command
