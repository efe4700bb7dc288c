"""Why no version can answer, or not the one that is wanted.

NotReady    there is no index to answer from
Behind      a conversation has seen a newer version than is here
"""


class NotReady(Exception):
    """There is no index to answer from."""


class Behind(Exception):
    """The conversation has seen a newer version than is here."""
