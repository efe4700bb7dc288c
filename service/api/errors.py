"""Errors of the service, and the one envelope in which a client sees any error.

    ServiceError
        NotReady         there is no index to answer from
        Overloaded       too many questions are waiting
        Behind           the conversation has seen a newer version than is here
        TooLate          a question was not answered in time
        UnknownAnswer    no answer has this id
        UnknownExchange  no interaction has this id
        FeedbackUnavailable  the database cannot say whether the interaction exists
        ErasureUnavailable  the database cannot erase the interaction now
        AdminOff         the administrator's routes are off
        Unauthorised     the administrator's token is missing or wrong
        ReloadRefused    the published version cannot be used

Status codes stand here and nowhere else. What a client reads is written here too: the text of an
exception never leaves the process.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.api.security_headers import SECURITY_HEADERS

MEDIA_TYPE = "application/problem+json"
MAX_FIELD_NAME = 80
"""A field name may be the client's own; it is given back, but not at any length."""
MAX_FIELD_ERRORS = 20


class FieldError(BaseModel):
    """What is wrong with one field of a request."""

    field: str = Field(description="Path of the field, such as `question`; empty for the whole.")
    message: str


class Problem(BaseModel):
    """An error, as RFC 9457 describes it."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    type: str = Field(description="`about:blank`: the status says what kind of problem it is.")
    title: str
    status: int
    detail: str = Field(description="What happened and what to do next.")
    errors: list[FieldError] | None = Field(
        default=None, description="With status 422: what is wrong with which field."
    )


_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Python 3.13 renamed these two."""


class ServiceError(Exception):
    """Base of what this package raises for a client to see."""

    status: ClassVar[HTTPStatus]
    detail: ClassVar[str]
    headers: ClassVar[Mapping[str, str]] = {}


class NotReady(ServiceError):
    """There is no index to answer from."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = (
        "There is no index to answer from. Run `python scripts/build_index.py`: the service "
        "takes what it publishes without a restart."
    )
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "30"}


class Overloaded(ServiceError):
    """Too many questions are waiting."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "Too many questions are waiting. Try again in a moment."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class Behind(ServiceError):
    """The conversation has seen a newer version than is here."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "This server is still taking the newest answers. Try again in a moment."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class TooLate(ServiceError):
    """A question was not answered in time."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "The question could not be answered in time. Try again in a moment."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class ClientGone(Exception):
    """The client left while its question waited."""


class UnknownAnswer(ServiceError):
    """No answer has this id."""

    status = HTTPStatus.NOT_FOUND
    detail = "No answer has this id. GET /v1/questions lists the canned ones."


class UnknownExchange(ServiceError):
    """No interaction has this id."""

    status = HTTPStatus.NOT_FOUND
    detail = "No exchange has this interaction_id, or it is past its time of keeping."


class FeedbackUnavailable(ServiceError):
    """The database cannot say whether the interaction exists."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "Feedback cannot be taken just now. Try again in a moment."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}


class ErasureUnavailable(ServiceError):
    """The database cannot erase the interaction now."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "The exchange cannot be erased just now. Try again in a moment."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}


class AdminOff(ServiceError):
    """The administrator's routes are off."""

    status = HTTPStatus.FORBIDDEN
    detail = "The administrator's routes are off. Set FAQ_ADMIN_TOKEN to turn them on."


class Unauthorised(ServiceError):
    """The administrator's token is missing or wrong."""

    status = HTTPStatus.UNAUTHORIZED
    detail = "Send the header `Authorization: Bearer` with the administrator's token."
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class ReloadRefused(ServiceError):
    """The published version cannot be used."""

    status = HTTPStatus.CONFLICT
    detail = (
        "The published version was refused, and what was live stays live; the log says why. "
        "Run `python scripts/manage_index.py verify`."
    )


DETAILS: Mapping[int, str] = {
    400: "The request cannot be read. Send JSON in UTF-8.",
    404: "There is nothing at this address. /docs lists the routes.",
    405: "This route does not take this method; the Allow header names those it takes.",
    408: "The request took too long to arrive.",
    413: "The request is too large: 64 KiB at most.",
    415: "Send the header `Content-Type: application/json`.",
    422: "The request does not fit; `errors` says what and where.",
    429: "Too many requests. The Retry-After header says when to try again.",
    431: "The address and the headers are too long: 32 KiB at most.",
    500: "Something went wrong here. The log has the details under this request's id.",
}


def title_of(status: int) -> str:
    """Name the status, as RFC 9110 does; the name does not depend on Python's version."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


def problem(
    status: int,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] | None = None,
) -> Response:
    """Make the one envelope; without `detail`, the usual one for the status."""
    title = title_of(status)
    body = Problem(
        type="about:blank",
        title=title,
        status=status,
        detail=detail or DETAILS.get(status, title),
        errors=list(errors) if errors is not None else None,
    )
    content = body.model_dump_json(exclude_none=True)
    return Response(content, status, headers, media_type=MEDIA_TYPE)


def field_errors(faults: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Say what is wrong where, without what was sent."""
    return [
        FieldError(field=_field_name(fault["loc"]), message=_message(fault))
        for fault in faults[:MAX_FIELD_ERRORS]
    ]


def _field_name(place: Sequence[str | int]) -> str:
    # The first part says body, query or path; a JSON syntax error has an offset for a field.
    names = [str(part) for part in place[1:] if not isinstance(part, int)]
    return ".".join(names).encode("utf-8", "replace").decode()[:MAX_FIELD_NAME]


_MESSAGES = {
    "extra_forbidden": "There is no such field",
    "json_invalid": "This is not JSON",
    "missing": "This is required",
    "model_attributes_type": "Send a JSON object",
    "string_pattern_mismatch": "This has the wrong form",
    "string_unicode": "It must not hold control characters or broken ones",
}
"""Plainer words than Pydantic's, by its name of the fault."""


def _message(fault: Mapping[str, Any]) -> str:
    usual = str(fault["msg"]).removeprefix("Value error, ")
    return _MESSAGES.get(fault["type"], usual)


def install_handlers(app: FastAPI) -> None:
    """Give every error the one envelope."""
    app.add_exception_handler(ServiceError, _on_service_error)
    app.add_exception_handler(ClientGone, _on_client_gone)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(500, _on_fault)


async def _on_service_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101 - Starlette passes what was registered
    return problem(error.status, error.detail, error.headers)


class _Nothing(Response):
    """Nothing is sent: nobody is there."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing."""


async def _on_client_gone(_: Request, __: Exception) -> Response:
    return _Nothing()


async def _on_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette passes what was registered
    return problem(error.status_code, headers=error.headers)


async def _on_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    return problem(422, errors=field_errors(error.errors()))


async def _on_fault(request: Request, _: Exception) -> Response:
    # Outside of what adds them elsewhere.
    return problem(500, headers={**SECURITY_HEADERS, **_request_id_header(request.scope)})


def _request_id_header(scope: Scope) -> Mapping[str, str]:
    request_id = scope.get("state", {}).get("request_id")
    return {"X-Request-ID": request_id} if request_id else {}
