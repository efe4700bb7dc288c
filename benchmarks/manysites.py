"""Many small sites for one service: their indexes, their file, and questions to each in turn."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import synthetic, targets
from benchmarks.servers import Recipe
from corpus import load
from index.building.builder import build, recipe
from index.encoding.embedder import ExportedEmbedder
from index.errors import RetrievalError
from index.versions import version_store

ANSWERS = 20
"""Of each site, with two ways to ask for each."""


def key(number: int) -> str:
    """Name a site."""
    return f"site-{number:04d}"


def build_sites(
    count: int, runtime: Path, folder: Path, progress: Callable[[int], None] = lambda number: None
) -> None:
    """Build an index for each site, each with answers of its own; what is there is left alone."""
    steps, embedder = recipe(runtime), ExportedEmbedder(runtime, "the exported encoder")
    for number in range(count):
        out = folder / "indexes" / key(number)
        if not _is_built(out):
            content = folder / "content" / key(number)
            synthetic.write(synthetic.about(number), content)
            build(load(content), out, embedder, steps, cache=folder / "vectors")
        progress(number)


def _is_built(out: Path) -> bool:
    try:
        version_store.read_manifest(version_store.version_folder(out, version_store.current(out)))
    except RetrievalError:  # also when it is of an earlier format
        return False
    return True


def write_file(count: int, folder: Path) -> Path:
    """Write the file of the first so many sites, as FAQ_SITES takes it."""
    path = folder / f"sites-{count}.yaml"
    lines = [f"{key(number)}: {{index_dir: indexes/{key(number)}}}\n" for number in range(count)]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def service(file: Path, scratch: Path) -> Recipe:
    """Return our service with these sites; every question is worked out, none is refused."""
    one = targets.ours(scratch, scratch)
    environment = {**one.environment, "FAQ_SITES": str(file.resolve()), **_UNREMEMBERED}
    return Recipe("sites", one.command, environment, one.ready, one.route)


def single(folder: Path, scratch: Path) -> Recipe:
    """Return our service with the first site alone, as its only one."""
    one = targets.ours(folder / "indexes" / key(0), scratch)
    return Recipe("alone", one.command, {**one.environment, **_UNREMEMBERED}, one.ready, one.route)


_UNREMEMBERED = {"FAQ_REMEMBERED_ANSWERS": "0", "FAQ_LOG_LEVEL": "warning"}


def requests(sites: Sequence[int], rounds: int = 1, prefix: str = "/sites/") -> Iterator[str]:
    """Ask each site in turn, a line a request; nobody is asked the same in the next round."""
    asked = [synthetic.about(number) for number in sites]
    for turn in range(rounds):
        for number, entries in zip(sites, asked, strict=True):
            question = json.dumps({"question": entries[turn % ANSWERS].paraphrase})
            place = f"{prefix}{key(number)}" if prefix else ""
            yield f"POST {place}/v1/ask {question}"
