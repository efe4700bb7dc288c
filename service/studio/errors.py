"""Errors of the studio; the text of each is for the client, and holds no path of the machine.

StudioError
├── StudioOff           no folder of content is set
├── UnknownContent      nothing has this id
├── VersionUnnamed      the client did not say which version it edits
├── EditConflict        somebody else changed it meanwhile
├── ContentFaulty       the content would be at fault; carries the findings
├── LayoutRefused       the file is written in a way that cannot be changed in place
├── ContentBusy         somebody else is saving
├── ContentUnwritable   the folder cannot be read or written
├── PublishRefused      the regression gate refuses; carries the reasons
├── BuilderBusy         somebody else is building
├── NothingToUndo       no version was live before
├── BuildPartsMissing   the service has not what a build needs
└── PublicationFailed   the disk, the model or the index is at fault
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from service.studio.schemas import ContentFinding, FieldDifference, PublicationReport, StoredEntry


class StudioError(Exception):
    """Something of the studio did not work. Its text says what to do next."""

    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT


class StudioOff(StudioError):
    """No folder of content is set."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("You can't edit content here yet. Set FAQ_CORPUS_DIR and start me again.")


class UnknownContent(StudioError):
    """Nothing has this id."""

    status = HTTPStatus.NOT_FOUND


class VersionUnnamed(StudioError):
    """The client did not say which version it edits."""

    status = HTTPStatus.PRECONDITION_REQUIRED

    def __init__(self) -> None:
        super().__init__("Send the ETag that you read, in the header If-Match, and save again.")


@dataclass(eq=False)
class EditConflict(StudioError):
    """Somebody else changed it meanwhile."""

    current: StoredEntry | None
    """As it stands in the file; None when it is something else than a canned answer."""
    difference: Sequence[FieldDifference]
    """Fields in which what was sent is not what stands there."""

    status: ClassVar[HTTPStatus] = HTTPStatus.PRECONDITION_FAILED

    def __str__(self) -> str:
        return "Somebody else changed it meanwhile, so I saved nothing. Read it again, then decide."


@dataclass(eq=False)
class ContentFaulty(StudioError):
    """The content would be at fault."""

    findings: Sequence[ContentFinding]
    """Errors first."""

    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY

    def __str__(self) -> str:
        return "I saved nothing, because this content has faults. Correct what `findings` lists."


class LayoutRefused(StudioError):
    """The file is written in a way that cannot be changed in place."""


class ContentBusy(StudioError):
    """Somebody else is saving."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self) -> None:
        super().__init__("Somebody else is saving just now, so I saved nothing. Try again.")


class ContentUnwritable(StudioError):
    """The folder cannot be read or written."""

    status = HTTPStatus.INSUFFICIENT_STORAGE


@dataclass(eq=False)
class PublishRefused(StudioError):
    """The regression gate refuses."""

    reasons: Sequence[str]
    report: PublicationReport
    """Of the version that was built and is not live."""

    def __str__(self) -> str:
        return (
            f"I didn't publish this: {'; '.join(self.reasons)}. What was live stays live. "
            'Correct the content, or send {"force": true} to publish it anyway.'
        )


class BuilderBusy(StudioError):
    """Somebody else is building."""

    def __init__(self) -> None:
        super().__init__("Somebody else is building just now. Try again when that's done.")


class NothingToUndo(StudioError):
    """No version was live before."""

    def __init__(
        self, reason: str = "No version was live before this one, so there's nothing to undo."
    ) -> None:
        super().__init__(reason)


class BuildPartsMissing(StudioError):
    """What a build needs is not installed."""

    status = HTTPStatus.NOT_IMPLEMENTED

    def __init__(self) -> None:
        super().__init__(
            "I was installed without what builds an index. What you saved stays saved: install the "
            "extra `build`, or run `careers-faq build` where it's installed."
        )


class PublicationFailed(StudioError):
    """The disk, the model or the index is at fault."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
