"""Errors of the index package.

RetrievalError
IndexMissing       there is no published version to open
IndexCorrupt       a version's files do not match its manifest, or cannot be read
IndexIncompatible  a version was built for another format of the index
IndexBusy          another process is building the same index
UnknownVersion     a version was asked for that does not exist
Unreachable        a store of versions does not answer, or not as it should
Unwritable         the disk is full, or does not let the process write
ModelMismatch      model files do not have the pinned digest
ModelMissing       the model cannot be found
StoreUnavailable   the vector store cannot be reached, or does not answer in time
StoreUnnamed       a version has its vectors in a store, and it was not said where that is
SearchFailed       the vector store failed where a part of the texts is not enough
"""


class RetrievalError(Exception):
    """Base of what this package raises; the message says what to do next."""


class IndexMissing(RetrievalError):
    """There is no published version to open."""


class IndexCorrupt(RetrievalError):
    """A version's files do not match its manifest, or cannot be read."""


class IndexIncompatible(RetrievalError):
    """A version was built for another format of the index."""


class IndexBusy(RetrievalError):
    """Another process is building the same index."""


class UnknownVersion(RetrievalError):
    """A version was asked for that does not exist."""


class Unreachable(RetrievalError):
    """A store of versions does not answer, or not as it should."""


class Unwritable(RetrievalError):
    """The disk is full, or does not let the process write."""


class ModelMismatch(RetrievalError):
    """Model files do not have the pinned digest."""


class ModelMissing(RetrievalError):
    """The model cannot be found."""


class StoreUnavailable(RetrievalError):
    """The vector store cannot be reached, or does not answer in time."""


class StoreUnnamed(IndexIncompatible):
    """A version has its vectors in a store, and it was not said where that is."""


class SearchFailed(RetrievalError):
    """The vector store failed where a part of the texts is not enough to go by."""
