"""The draft: what stands in the content folder, opened as if it were live."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from anyio import Lock, to_thread

from index import Retriever, open_index
from index.errors import RetrievalError
from index.milvus import addresses
from service.live.live_index import LiveIndex
from service.settings import Settings
from service.studio.content_files import ContentFiles
from service.studio.errors import PublicationFailed
from service.studio.publisher import Publisher

Open = Callable[[Path, str], Retriever]
"""Opens a version of an index folder. Raises RetrievalError."""


class Draft:
    """Builds the content when somebody asks it something, and again only once it has changed."""

    def __init__(
        self,
        settings: Settings,
        files: ContentFiles,
        publisher: Publisher,
        live: LiveIndex,
        open_version: Open | None = None,
    ) -> None:
        load = addresses.loader(settings.vector_store, settings.vector_store_seconds)
        self._out = settings.index_dir
        self._files = files
        self._publisher = publisher
        self._live = live
        self._open = open_version or partial(_open, load)
        self._lock = Lock()
        self._state: object = None
        """Of the files that `_retriever` was built from."""
        self._retriever: Retriever | None = None

    async def open(self, by: str) -> Retriever:
        """Return what would answer if it were published. Raises as `Publisher.preview` does."""
        async with self._lock:
            state = await to_thread.run_sync(self._stamp)
            if self._retriever is None or state != self._state:
                preview = await self._publisher.preview(by)
                self._retriever = await to_thread.run_sync(self._opened, preview.report.version)
                self._state = state
            return self._retriever

    def _opened(self, version: str) -> Retriever:
        live = self._live.retriever
        if live is not None and live.manifest.version == version:
            return live
        try:
            return self._open(self._out, version)
        except RetrievalError:
            raise PublicationFailed(
                "I built the draft and can't open it. My log says what to put right; then try "
                "again."
            ) from None

    def _stamp(self) -> object:
        """Return what changes whenever a file of the content does."""
        paths = [(name, self._files.folder / name) for name in self._files.names()]
        stats = [(name, path.stat()) for name, path in paths if path.exists()]
        return [(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats]


def _open(load: object, out: Path, version: str) -> Retriever:
    return open_index(out, version=version, load=load)  # type: ignore[arg-type]
