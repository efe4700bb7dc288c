"""Why a question is not answered.

Overloaded       too many questions are waiting
TooLate          the question was not answered in time
ClientGone       the client left while its question waited
UnknownAnswer    no answer has this id
"""


class Overloaded(Exception):
    """Too many questions are waiting."""


class TooLate(Exception):
    """The question was not answered in time."""


class ClientGone(Exception):
    """The client left while its question waited."""


class UnknownAnswer(Exception):
    """No answer has this id."""
