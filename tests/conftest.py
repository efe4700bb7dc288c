"""What all tests share."""

import hashlib
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck

from corpus import Corpus, load
from index import Retriever, open_index
from index.building.builder import build, recipe
from index.encoding.embedder import ExportedEmbedder
from index.encoding.export import find_model, runtime_folder
from index.loading import gather
from index.ranking.calibration import Calibration
from index.storage.folder_lock import hold
from index.versions import version_store
from tests.support import postgres as postgres_server
from tests.support.building import build_real
from tests.support.encoding import HandEncoder
from tests.support.hosting import build_sites
from tests.support.opening import Open
from tests.support.paths import CONTENT, ROOT, SHIPPED

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
SPEEDS = ("unit", "integration", "browser", "slow")
"""Folders that the Makefile selects; a test in none of them would never run."""

for name, examples in (("fast", 20), ("thorough", 150)):
    # Not by chance: a run can be repeated. No time limit: the machine may be busy.
    hypothesis.settings.register_profile(
        name,
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
hypothesis.settings.load_profile("fast")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--publishes",
        type=int,
        default=6,
        metavar="N",
        help="publish and undo so often while visitors ask (tests/slow/live)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that are marked so reach this machine; else sockets are off."""
    for item in items:
        folder, *rest = item.path.relative_to(ROOT / "tests").parts
        if folder not in SPEEDS or not rest:
            raise pytest.UsageError(
                f"{item.nodeid} is in no folder that the Makefile runs: {SPEEDS}"
            )
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
def postgres() -> Iterator[str]:
    """Address of one PostgreSQL for all tests of a process; each leaves it empty."""
    with postgres_server.postgres() as url:
        yield url


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
def cache() -> Path:
    """The cache of builds, kept between runs: every entry is named by a digest of its input."""
    folder = ROOT / "var" / "cache"
    folder.mkdir(parents=True, exist_ok=True)
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


@pytest.fixture(scope="session")
def real_index(corpus: Corpus, encoders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published index of the tiny corpus by the real encoder; tests must not change it."""
    return build_real(corpus, encoders, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def shipped_index(cache: Path, encoders: Path) -> Path:
    """A published index of the shipped content with the real model; tests must not change it.

    It is built once for each state of the code that builds, and kept.
    """
    model, out = find_model(), cache / "tests" / digest_of_code()
    runtime = runtime_folder(model, encoders)
    embedder, steps = ExportedEmbedder(runtime, model.name), recipe(runtime)
    out.parent.mkdir(exist_ok=True)
    with hold(out.parent / "lock", 600.0):
        if not (out / "current").exists():
            for earlier in out.parent.glob("*/"):
                shutil.rmtree(earlier)
            build(load(SHIPPED), out, embedder, steps, cache=cache / "embeddings")
    return out


def digest_of_code() -> str:
    """Name what an index depends on beside the content, which its versions are named by."""
    sources = [path for name in ("corpus", "index") for path in sorted((ROOT / name).rglob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


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
