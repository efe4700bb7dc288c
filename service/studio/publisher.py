"""Publisher: builds, judges and publishes what stands in the content folder, off the event loop.

It goes the one way of every publication (`index.quality.publication`), and tells the live index at
once. Where the service runs without what a build needs, the errors say so.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

from anyio import from_thread, to_thread

from corpus.errors import CorpusError
from corpus.linter import as_finding
from index.errors import (
    IndexBusy,
    IndexCorrupt,
    IndexIncompatible,
    IndexMissing,
    ModelMissing,
    RetrievalError,
    UnknownVersion,
    Unwritable,
    VectorStoreUnavailable,
)
from index.milvus import addresses
from index.quality import gate_report
from index.quality.publication import (
    FindModel,
    Memory,
    Request,
    Result,
    State,
    find_model,
    prune_unpublished,
    publish_content,
)
from index.versions import publication_history, version_store
from index.versions.publication_history import AnswerChange, Publication
from service.live.live_index import LiveIndex
from service.settings import Settings
from service.studio.content_store import finding_of
from service.studio.errors import (
    BuilderBusy,
    BuildPartsMissing,
    ContentFaulty,
    NothingToUndo,
    PublicationFailed,
    PublishRefused,
)
from service.studio.schemas import ChangedAnswer, PublicationReport

T = TypeVar("T")
UNDO_SECONDS = 30.0
"""How long an undo waits for a version that is being written."""
_KEPT = 3
"""Versions that were only previewed and that stay on the disk."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would change."""

    report: PublicationReport
    reasons: tuple[str, ...]
    """Why the gate would refuse it; empty when it would not."""
    is_unchanged: bool
    """Whether the content is live as it stands."""
    lines: tuple[str, ...]
    """What changes, in sentences."""


class Publisher:
    """Publishes one folder into one index; one publication at a time."""

    def __init__(self, settings: Settings, live: LiveIndex, find: FindModel = find_model) -> None:
        assert settings.corpus_dir is not None  # noqa: S101 - else nobody makes this
        self._corpus: Path = settings.corpus_dir
        self._out = settings.index_dir
        self._vector_store = settings.vector_store
        self._live = live
        self._find = find
        self._lock = Lock()
        self._previewed: list[str] = []
        self._memory = Memory()

    async def publish(self, by: str, *, force: bool = False) -> PublicationReport:
        """Publish the content; with `force` even if the gate refuses.

        Raises:
            ContentFaulty: The linter found errors.
            PublishRefused: The gate refuses; carries the reasons.
            BuilderBusy: Somebody else is building.
            BuildPartsMissing: This service has not what a build needs.
            PublicationFailed: The disk, the model or the index is at fault.

        """
        started = time.monotonic()
        result = await self._run(lambda: self._built(by, force=force, dry_run=False))
        if result.state is State.REFUSED:
            raise PublishRefused(_reasons(result), _report(result, result.seconds))
        await self._live.look()
        return _report(result, time.monotonic() - started)

    async def preview(self, by: str) -> Preview:
        """Build and judge the content without publishing it. Raises as `publish` does."""
        result = await self._run(lambda: self._built(by, force=False, dry_run=True))
        compared = result.comparison is not None and result.comparison.before is not None
        lines = (
            gate_report.review_lines(result.comparison.review, compared=compared)
            if result.comparison
            else ()
        )
        return Preview(
            _report(result, result.seconds),
            _reasons(result),
            result.state is State.UNCHANGED,
            tuple(lines),
        )

    async def roll_back(self, by: str) -> PublicationReport:
        """Make the version before live again. Raises NothingToUndo and as `publish` does."""
        started = time.monotonic()
        # Not alone: whoever looks at what would change keeps nobody from undoing.
        record = await to_thread.run_sync(self._rolled_back, by)
        await self._live.look()
        return PublicationReport(
            version=record.version,
            changed=_changed(record.answers),
            findings=[],
            figures=dict(record.figures),
            seconds=round(time.monotonic() - started, 3),
        )

    def history(self) -> tuple[Publication, ...]:
        """Return what went live, oldest first."""
        return publication_history.history(self._out)

    async def _run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread, alone."""

        def alone() -> T:
            if not self._lock.acquire(blocking=False):
                raise BuilderBusy
            try:
                with _explained():
                    return work()
            finally:
                self._lock.release()

        return await to_thread.run_sync(alone)

    def _built(self, by: str, *, force: bool, dry_run: bool) -> Result:
        request = Request(
            self._corpus,
            self._out,
            force=force,
            dry_run=dry_run,
            by=by,
            vector_store=self._vector_store,
        )
        result = publish_content(request, self._find, memory=self._memory, went_live=self._follow)
        if result.state is State.FAULTY:
            raise ContentFaulty([finding_of(one) for one in result.findings])
        if dry_run and result.is_new and result.manifest:
            self._previewed.append(result.manifest.version)
            self._prune(request)
        return result

    def _follow(self) -> None:
        """Let the service answer from what went live, before anything else is done."""
        from_thread.run(self._live.look)

    def _prune(self, request: Request) -> None:
        """Delete older previews; what does not work now is done at the next one."""
        try:
            prune_unpublished(request, self._previewed, _KEPT)
        except (RetrievalError, OSError) as error:
            log.warning("old previews stay: %s", error)

    def _rolled_back(self, by: str) -> Publication:
        signature = publication_history.signature(by)
        with _explained(), version_store.building(self._out, UNDO_SECONDS):
            try:
                record = publication_history.roll_back(self._out, None, signature)
            except (UnknownVersion, IndexMissing):
                raise NothingToUndo from None
            except (IndexIncompatible, IndexCorrupt) as error:
                log.warning("not undone: %s", error)
                raise NothingToUndo(
                    "I can't go back: the version before is damaged, or of another release. Put "
                    "the content back as it was, and publish that."
                ) from None
        folder = version_store.version_folder(self._out, record.version)
        if version_store.read_manifest(folder).remote:
            self._move_alias(record.version)
        return record

    def _move_alias(self, version: str) -> None:
        """Move the alias in Milvus. It may fail: the version is live nevertheless."""
        try:
            if milvus := addresses.connect(self._vector_store):
                milvus.publish(version)
        except VectorStoreUnavailable as error:
            log.warning("the alias in Milvus was not moved: %s", error)


@contextmanager
def _explained() -> Iterator[None]:
    """Raise what a client may read; the log has the rest."""
    try:
        yield
    except CorpusError as error:
        raise ContentFaulty([finding_of(as_finding(fault)) for fault in error.faults]) from None
    except IndexBusy as error:
        log.warning("not published: %s", error)
        raise BuilderBusy from None
    except (ModelMissing, ImportError) as error:
        log.error("not published: %s", error)
        raise BuildPartsMissing from None
    except (Unwritable, OSError) as error:
        log.error("not published: %s", error)
        raise PublicationFailed(
            "I can't write to the index folder. What was live stays live. Make room on the disk, "
            "or let me write there, and publish again."
        ) from None
    except RetrievalError as error:
        log.error("not published: %s", error)
        raise PublicationFailed(
            "I couldn't build this version. What was live stays live. My log says what to put "
            "right; then publish again."
        ) from None


def _reasons(result: Result) -> tuple[str, ...]:
    return result.comparison.review.refusals if result.comparison else ()


def _report(result: Result, seconds: float) -> PublicationReport:
    assert result.manifest is not None  # noqa: S101 - of a faulty one there is no report
    answers = result.comparison.review.answers if result.comparison else ()
    return PublicationReport(
        version=result.manifest.version,
        changed=_changed(answers),
        findings=[finding_of(one) for one in result.findings],
        figures=dict(result.manifest.figures),
        seconds=round(seconds, 3),
    )


def _changed(answers: tuple[AnswerChange, ...]) -> list[ChangedAnswer]:
    return [
        ChangedAnswer(question=one.question, before=one.before, after=one.after) for one in answers
    ]
