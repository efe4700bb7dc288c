"""A content change on its way to being live: load, lint, build, self-test, compare, publish.

`careers-faq build` and whatever else publishes content call `publish_content`. The version is
opened once and handed along from step to step.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypeAlias

from threadpoolctl import threadpool_limits

from corpus import Corpus, load
from corpus.linter import Finding, Severity, as_finding, lint
from corpus.loader import unread_files
from index.building import builder
from index.building.builder import Lock, Recipe, Report
from index.datatypes import Manifest
from index.encoding import export
from index.encoding.embedder import Embedder, ExportedEmbedder
from index.encoding.embedding_cache import CachingEncoder, DiskCachedEncoder, LastVectors
from index.encoding.encoder import Encoder
from index.errors import RetrievalError, SearchFailed, VectorStoreNotSet
from index.milvus import addresses
from index.quality import regression_gate, self_test
from index.quality.content_audit import Outdated, audit
from index.quality.opened_version import OpenedVersion, open_beside, open_version
from index.quality.regression_gate import Review
from index.storage.atomic_files import FileDigests
from index.storage.folder_lock import FOREVER, Holder
from index.versions import publication_history, version_store
from index.versions.publication_history import PublicationChanges
from index.versions.version_store import Load

EMBEDDINGS = "embeddings"
"""Folder of the cached vectors, inside the cache of a build."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a version is built with: an embedder, and the exported encoder that goes into it."""

    embedder: Embedder
    runtime: Path
    """Folder of the exported encoder."""
    encoder: Encoder | None = None
    """Encodes questions, as the exported encoder does; None to open that of each version."""


FindModel: TypeAlias = Callable[[str, Path], Model]
"""Finds a model by its name or folder; the cache holds exported encoders. Raises RetrievalError."""


def find_model(name: str, cache: Path) -> Model:
    """Find a sentence-transformers model and its exported encoder, which is made if missing."""
    source = export.find_model(name)
    runtime = export.runtime_folder(source, cache / "encoders")
    embedder = ExportedEmbedder(runtime, source.name)
    encoder = CachingEncoder(DiskCachedEncoder(embedder, cache / EMBEDDINGS))
    return Model(embedder, runtime, encoder)


@dataclass(frozen=True, slots=True)
class Request:
    """What to publish, where, and under which conditions."""

    corpus: Path
    out: Path
    """Folder of the index."""
    model: str = export.DEFAULT_MODEL
    dry_run: bool = False
    """Do everything but publish."""
    force: bool = False
    """Publish even if the gate refuses, and build a version again that exists."""
    limit: float = regression_gate.MOST_LOST
    """Share of the tested questions that may get worse on balance."""
    by: str | None = None
    """Name of the editor, recorded beside the account."""
    wait: bool = False
    """Wait while another process is building, rather than raise IndexBusy."""
    vector_store: str = addresses.BUILT_IN
    live_store: str = ""
    """Where the live version has its vectors, if not in `vector_store`."""

    @property
    def cache(self) -> Path:
        """Folder of exported encoders and vectors: beside the index, shared by its versions."""
        return self.out.resolve().parent / "cache"


class State(StrEnum):
    """What became of a request."""

    FAULTY = "faulty"
    """The linter found errors; nothing was built."""
    UNCHANGED = "unchanged"
    """The version is the live one already."""
    BUILT = "built"
    """Not published, as asked for."""
    REFUSED = "refused"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the regression gate found, and which version it compared with."""

    review: Review
    before: Manifest | None
    """Of the live version; None when none was live or it cannot be read."""
    failure: str = ""
    """Why the live version could not be compared with; empty when it was, or when none is live."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was built, found and published."""

    state: State
    findings: tuple[Finding, ...]
    """Of the linter, then of the audit."""
    seconds: float
    manifest: Manifest | None = None
    """Of the version; None when the content has errors."""
    is_new: bool = False
    """Whether the version was not there before."""
    comparison: Comparison | None = None
    """None when nothing new was to be published."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What is judged, and all that the judgement depends on."""

    version: str
    live: str | None
    limit: float
    day: date
    """Answers expire, so the same two versions may differ in something else tomorrow."""


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What a version was found to change, and the findings of its audit."""

    case: _Case
    comparison: Comparison
    findings: tuple[Finding, ...]


class Memory:
    """What a process keeps from one publication to the next, which then takes less.

    It changes nothing in what comes out.
    """

    def __init__(self) -> None:
        self.vectors = LastVectors()
        self.digests = FileDigests()
        self.judgement: _Judgement | None = None
        """The last one; a preview is often published as it is."""
        self._model: Model | None = None
        self.live: OpenedVersion | None = None
        """The version that was live at the end; not one whose vectors are in a store."""

    def model(self, found: Model) -> Model:
        """Return the model of the last publication, which has encoded much, if it is this one."""
        last = self._model
        is_same = last is not None and (
            (last.embedder.sha256, last.runtime) == (found.embedder.sha256, found.runtime)
        )
        if last is None or not is_same:
            self._model = last = found
        return last


def publish_content(
    request: Request,
    find: FindModel = find_model,
    report: Report = lambda step, done, total: None,
    notice: Callable[[Holder | None], None] = lambda holder: None,
    *,
    memory: Memory | None = None,
    went_live: Callable[[], None] = lambda: None,
    is_outdated: Callable[[], bool] = lambda: False,
) -> Result:
    """Publish the content of a folder, unless the linter or the regression gate objects.

    Args:
        request: What to publish, and where.
        find: Finds the model.
        report: Called with the progress of the steps `export`, `encode`, `measure` and `store`.
        notice: Called once when another process holds the index and is waited for.
        memory: Of the publications before, in the same process and into the same index.
        went_live: Called once the version is live, before the audit.
        is_outdated: Whether the content is another by now, which ends the audit.

    Raises:
        CorpusError: The content cannot be loaded.
        RetrievalError: The model or the index is at fault, or another process is building.
        OSError: A folder cannot be read or written.

    """
    started = time.monotonic()
    content = load(request.corpus)
    unread = (as_finding(fault, Severity.WARNING) for fault in unread_files(request.corpus))
    findings = (*lint(content, datetime.now(UTC).date()), *unread)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Result(State.FAULTY, findings, time.monotonic() - started)
    report("export", 0, 1)
    memory = memory or Memory()
    model = memory.model(find(request.model, request.cache))
    report("export", 1, 1)
    lock = partial(version_store.building, wait=FOREVER if request.wait else 0.0, notice=notice)
    with _one_blas_thread():
        existing = version_store.version_names(request.out)
        version = _build(content, request, model, lock, report, memory)
        manifest = version.loaded.manifest
        live = publication_history.live(request.out)
        state, comparison = State.UNCHANGED, None
        if live != manifest.version:
            case = _Case(manifest.version, live, request.limit, datetime.now(UTC).date())
            last = memory.judgement
            judgement = last if last and last.case == case and not last.comparison.failure else None
            # Nothing depends on what the audit finds, so what is published need not wait for it;
            # but a store that fails while it is searched keeps its version from going live.
            is_remote = manifest.remote is not None
            audited = audit(content, version) if is_remote else ()
            comparison = (
                judgement.comparison if judgement else _compare(version, live, request, memory)
            )
            state = _decide(
                manifest.version, comparison.review.changes(live), request, lock, memory
            )
            if state is State.PUBLISHED:
                went_live()
                memory.live = None if is_remote else version
            if not is_remote:
                with suppress(Outdated):
                    audited = (
                        judgement.findings if judgement else audit(content, version, is_outdated)
                    )
                    memory.judgement = _Judgement(case, comparison, audited)
            findings = (*findings, *audited)
    return Result(
        state,
        findings,
        time.monotonic() - started,
        manifest,
        is_new=manifest.version not in existing,
        comparison=comparison,
    )


def audit_content(
    content: Corpus, cache: Path, find: FindModel = find_model
) -> tuple[Finding, ...]:
    """Audit the content with a version built in a temporary folder. Raises RetrievalError."""
    with tempfile.TemporaryDirectory() as folder, _one_blas_thread():
        model = find(export.DEFAULT_MODEL, cache)
        version = build_version(
            content,
            Path(folder),
            model.embedder,
            builder.recipe(model.runtime),
            cache=cache / EMBEDDINGS,
            encoder=model.encoder,
        )
        return audit(content, version)


def prune_unpublished(request: Request, built: Sequence[str], keep: int) -> None:
    """Delete those of `built` that never went live, except the last few. Raises RetrievalError."""
    with version_store.building(request.out, FOREVER if request.wait else 0.0):
        milvus = addresses.connect(request.vector_store)
        for version in publication_history.leftovers(request.out, built, keep):
            publication_history.discard(request.out, version, milvus.drop if milvus else None)


def build_version(
    corpus: Corpus,
    out: Path,
    embedder: Embedder,
    recipe: Recipe,
    *,
    cache: Path,
    force: bool = False,
    lock: Lock = version_store.building,
    report: Report = lambda step, done, total: None,
    encoder: Encoder | None = None,
    load: Load = version_store.load,
) -> OpenedVersion:
    """Build a version, open it, and let it test itself; nothing is published.

    A version that exists already and is whole is only opened.

    Args:
        corpus: What is answered from.
        out: Folder of the index.
        embedder: Encodes the chunks; it is asked only for texts that the cache lacks.
        recipe: What else goes in.
        cache: Folder of the cached vectors.
        force: Write the version again although it exists.
        lock: Holds the lock of the index; another one may wait for it.
        report: Told about progress.
        encoder: Instead of the one in the version.
        load: Reads the version, once it exists.

    Raises:
        IndexBusy: Another process is building the same index.
        RetrievalError: The model is missing or not the pinned one.

    """
    plan = builder.plan(corpus, embedder, recipe)
    with lock(out):
        existing = None if force else builder.existing(plan, out, load)
        if existing is not None:
            report("publish", 1, 1)
            return open_version(existing, encoder)
        with builder.draft(plan, out, cache, report) as draft:
            version = open_version(draft, encoder)
            version.knowledge.languages.warm()  # its file is about to be moved
            report("measure", 0, 1)
            measured = self_test.measure(version, corpus.checks)
            report("measure", 1, 1)
            finished = version_store.finish(draft, measured)
    report("publish", 1, 1)
    if finished.manifest.remote is None:
        return replace(version, loaded=finished)
    return open_version(load(out, plan.version), version.encoder)


def _one_blas_thread() -> threadpool_limits:
    """Limit BLAS, as a context manager.

    The matrices are small: a second thread spins more than it works, and several times as much
    where something else, as visitors' questions, wants the core.
    """
    return threadpool_limits(limits=1, user_api="blas")


def _build(
    content: Corpus, request: Request, model: Model, lock: Lock, report: Report, memory: Memory
) -> OpenedVersion:
    store = addresses.connect(request.vector_store)
    recipe = replace(
        builder.recipe(model.runtime),
        encode=memory.vectors.encode,
        store=store,
        digest=memory.digests.of,
    )
    return build_version(
        content,
        request.out,
        model.embedder,
        recipe,
        cache=request.cache / EMBEDDINGS,
        force=request.force,
        lock=lock,
        report=report,
        encoder=model.encoder,
        load=addresses.loader(request.vector_store),
    )


def _compare(
    version: OpenedVersion, live: str | None, request: Request, memory: Memory
) -> Comparison:
    """Compare a version with the live one, unless there is none or it can no longer be read."""
    if live is None:
        return Comparison(regression_gate.first_review(version), None)
    read = addresses.loader(request.live_store or request.vector_store)
    before = None
    try:
        opened = memory.live
        if opened is None or opened.loaded.manifest.version != live:
            opened = open_beside(read(request.out, live), version)
        before = opened.loaded.manifest
        review = regression_gate.review(opened, version, request.limit)
    except (RetrievalError, OSError) as error:
        if isinstance(error, SearchFailed | VectorStoreNotSet) and not request.force:
            raise
        return Comparison(regression_gate.first_review(version), before, str(error))
    return Comparison(review, before)


def _decide(
    version: str, changes: PublicationChanges, request: Request, lock: Lock, memory: Memory
) -> State:
    """Publish a reviewed version, unless the gate refuses or nothing is to be published."""
    if changes.overruled and not request.force:
        return State.REFUSED
    if request.dry_run:
        return State.BUILT
    with lock(request.out):
        if milvus := addresses.connect(request.vector_store):
            milvus.publish(version)
        by = publication_history.signature(request.by)
        publication_history.publish(request.out, version, by, changes, memory.digests.of)
    return State.PUBLISHED
