"""What all tests share."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus import Corpus, load
from index import Retriever, open_index
from index.building.builder import build, recipe
from index.encoding.export import SentenceTransformerEmbedder, find_model, runtime_folder
from index.loading import gather
from index.ranking.calibration import Calibration
from index.storage.folder_lock import hold
from index.versions import version_store
from tests.support.building import build_real
from tests.support.encoding import HandEncoder
from tests.support.hosting import build_sites
from tests.support.milvus_server import MilvusServer, milvus_lite
from tests.support.opening import Open
from tests.support.paths import CONTENT, ROOT

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--publishes",
        type=int,
        default=12,
        metavar="N",
        help="publish and undo so often while visitors ask (tests/slow/live)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test marked `socket` or `browser` reach this machine; else sockets are off."""
    for item in items:
        if item.get_closest_marker("socket") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let Ctrl-C reach the commands that tests start, also where the tests run in the background.

    What a shell starts there ignores it, and so would its children.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The tiny corpus, on two jobs in a kitchen."""
    return load(CONTENT)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the tiny corpus' files, to change."""
    return shutil.copytree(CONTENT, tmp_path / "content")


@pytest.fixture
def encoder() -> HandEncoder:
    return HandEncoder()


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for the folder of a run-time encoder; nothing can be encoded with it."""
    folder = tmp_path_factory.mktemp("runtime")
    (folder / "encoder.onnx").write_bytes(b"an encoder")
    (folder / "tokenizer.json").write_bytes(b"a tokenizer")
    return folder


@pytest.fixture(scope="session")
def index_folder(corpus: Corpus, runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published index of the tiny corpus by `HandEncoder`; tests must not change it."""
    folder = tmp_path_factory.mktemp("index")
    build(corpus, folder / "index", HandEncoder(), recipe(runtime), cache=folder / "cache")
    return folder / "index"


@pytest.fixture
def opened(index_folder: Path) -> Open:
    """Opens the index of the tiny corpus with another calibration, on another day."""

    def opened(calibration: Calibration, today: date = date(2026, 11, 23)) -> Retriever:
        known = replace(gather(version_store.load(index_folder)), calibration=calibration)
        return Retriever(known, HandEncoder(), today=lambda: today)

    return opened


@pytest.fixture
def retriever(index_folder: Path) -> Retriever:
    """The index of the tiny corpus as it ships."""
    return open_index(index_folder, HandEncoder())


@pytest.fixture(scope="session")
def together(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is expensive to make, the same in all processes that run tests."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if hasattr(request.config, "workerinput") else folder


@pytest.fixture(scope="session")
def cache(together: Path) -> Path:
    """The cache of every build of the shipped content, which is encoded once.

    What a build has left in `var/cache` is taken from there: names are digests of all that went in.
    """
    folder = together / "cache"
    folder.mkdir(exist_ok=True)
    for kept in (ROOT / "var" / "cache" / name for name in ("embeddings", "encoders")):
        if kept.is_dir():
            with suppress(FileExistsError):  # another process was faster
                (folder / kept.name).symlink_to(kept)
    return folder


@pytest.fixture(scope="session")
def encoders(cache: Path) -> Path:
    """The cache of exported encoders with the real one in it; making it takes some 15 seconds."""
    runtime_folder(find_model(), cache / "encoders")
    return cache / "encoders"


@pytest.fixture
def index_place(encoders: Path, tmp_path: Path) -> Path:
    """Where a command puts an index; the encoder is in the cache beside it."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "encoders").symlink_to(encoders)
    return tmp_path / "index"


@pytest.fixture
def own_milvus(tmp_path: Path) -> Iterator[MilvusServer]:
    """A Milvus Lite with nothing in it."""
    with milvus_lite(tmp_path / "milvus") as running:
        yield running


@pytest.fixture(scope="session")
def real_index(corpus: Corpus, encoders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published index of the tiny corpus by the real encoder; tests must not change it."""
    return build_real(corpus, encoders, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def shipped_index(cache: Path, encoders: Path, together: Path) -> Path:
    """A published index of the shipped content with the real model; tests must not change it."""
    model, out = find_model(), together / "shipped"
    embedder, steps = SentenceTransformerEmbedder(model), recipe(runtime_folder(model, encoders))
    with hold(together / "shipped.lock", 600.0):
        if not (out / "current").exists():
            build(load(ROOT / "corpus"), out, embedder, steps, cache=cache / "embeddings")
    return out


@pytest.fixture(scope="session")
def shipped(shipped_index: Path) -> Retriever:
    """Answers from the shipped content with the real model."""
    return open_index(shipped_index)


@pytest.fixture(scope="session")
def site_indexes(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the index of each of two sites; tests must not change it."""
    folder = tmp_path_factory.mktemp("sites")
    build_sites(CONTENT, runtime, folder)
    return folder / "indexes"


@pytest.fixture
def sites_folder(site_indexes: Path, tmp_path: Path) -> Path:
    """A folder for the file of the two sites, with their indexes in it."""
    (tmp_path / "indexes").symlink_to(site_indexes)
    return tmp_path
