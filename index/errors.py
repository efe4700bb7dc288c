"""Errors of the index package.

RetrievalError
IndexMissing            there is no published version to open
IndexCorrupt            a version's files do not match its manifest, or cannot be read
IndexIncompatible       a version was built for another format of the index
IndexBusy               another process is building the same index
UnknownVersion          there is no version of that name
Unreachable             a store of versions does not answer, or not as expected
Unwritable              the disk is full or read-only
ModelMismatch           model files do not have the pinned digest
ModelMissing            the model cannot be found
VectorStoreUnavailable  the vector store cannot be reached, or does not answer in time
VectorStoreNotSet       a version has its vectors in a store whose address is not set
SearchFailed            the vector store failed where all texts are needed
"""


class RetrievalError(Exception):
    """Base of the errors of this package; the message says what to do next."""


class IndexMissing(RetrievalError):
    """There is no published version to open."""


class IndexCorrupt(RetrievalError):
    """A version's files do not match its manifest, or cannot be read."""


class IndexIncompatible(RetrievalError):
    """A version was built for another format of the index."""


class IndexBusy(RetrievalError):
    """Another process is building the same index."""


class UnknownVersion(RetrievalError):
    """There is no version of that name."""


class Unreachable(RetrievalError):
    """A store of versions does not answer, or not as expected."""


class Unwritable(RetrievalError):
    """The disk is full or read-only."""


class ModelMismatch(RetrievalError):
    """Model files do not have the pinned digest."""


class ModelMissing(RetrievalError):
    """The model cannot be found."""


class VectorStoreUnavailable(RetrievalError):
    """The vector store cannot be reached, or does not answer in time."""


class VectorStoreNotSet(IndexIncompatible):
    """A version has its vectors in a store whose address is not set."""


class SearchFailed(RetrievalError):
    """The vector store failed where all texts are needed."""
