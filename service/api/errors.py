"""The one envelope in which a client sees any error, and the one place for its status and words.

Rooms raise errors of their own; `REFUSALS` says what a client reads of each. The text of an
exception never leaves the process. Errors of the API itself:

    UnknownExchange      no interaction has this id
    FeedbackUnavailable  the database cannot say whether the interaction exists
    ErasureUnavailable   the database cannot erase the interaction now
    AdminOff             the administrator's routes are off
    Unauthorised         the administrator's token is missing or wrong
    Forbidden            the role of who is signed in does not allow it
    ReloadRefused        the published version cannot be used
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.answering.errors import ClientGone, Overloaded, TooLate, UnknownAnswer
from service.api.security_headers import SECURITY_HEADERS
from service.live.errors import Behind, NotReady

MEDIA_TYPE = "application/problem+json"
MAX_FIELD_NAME = 80
"""A field name may be the client's own; it is returned, but not at any length."""
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


class UnknownExchange(Exception):
    """No interaction has this id."""


class FeedbackUnavailable(Exception):
    """The database cannot say whether the interaction exists."""


class ErasureUnavailable(Exception):
    """The database cannot erase the interaction now."""


class AdminOff(Exception):
    """The administrator's routes are off."""


class Unauthorised(Exception):
    """The administrator's token is missing or wrong."""


class Forbidden(Exception):
    """The role of who is signed in does not allow it."""


class ReloadRefused(Exception):
    """The published version cannot be used."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a client sees of an error."""

    status: HTTPStatus
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


def _try_again(detail: str, seconds: int) -> Refusal:
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": str(seconds)})


REFUSALS: Mapping[type[Exception], Refusal] = {
    NotReady: _try_again(
        "There is no index to answer from. Run `careers-faq build`: the service "
        "loads what it publishes without a restart.",
        30,
    ),
    Behind: _try_again("This server is still loading the newest answers. Try again shortly.", 1),
    Overloaded: _try_again("Too many questions are waiting. Try again in a moment.", 1),
    TooLate: _try_again("The question could not be answered in time. Try again in a moment.", 1),
    UnknownAnswer: Refusal(
        HTTPStatus.NOT_FOUND, "No answer has this id. GET /v1/questions lists the canned ones."
    ),
    UnknownExchange: Refusal(
        HTTPStatus.NOT_FOUND,
        "No exchange has this interaction_id, or it is past its retention time.",
    ),
    FeedbackUnavailable: _try_again("Feedback cannot be stored now. Try again in a moment.", 5),
    ErasureUnavailable: _try_again(
        "The exchange cannot be erased just now. Try again in a moment.", 5
    ),
    Forbidden: Refusal(
        HTTPStatus.FORBIDDEN, "Your role does not allow this. Ask an administrator."
    ),
    AdminOff: Refusal(
        HTTPStatus.FORBIDDEN,
        "The administrator's routes are off. Set FAQ_ADMIN_TOKEN to turn them on.",
    ),
    Unauthorised: Refusal(
        HTTPStatus.UNAUTHORIZED,
        "Send the header `Authorization: Bearer` with the administrator's token.",
        {"WWW-Authenticate": "Bearer"},
    ),
    ReloadRefused: Refusal(
        HTTPStatus.CONFLICT,
        "The published version was refused, and what was live stays live; the log says why. "
        "Run `careers-faq versions verify`.",
    ),
}
REFUSED = tuple(REFUSALS)
"""To be caught together."""


DETAILS: Mapping[int, str] = {
    400: "The request cannot be read. Send JSON in UTF-8.",
    404: "There is nothing at this address. /docs lists the routes.",
    405: "This route does not support this method; the Allow header lists those it does.",
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
    model: type[Problem] = Problem,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """Make the one envelope; without `detail`, the usual one for the status.

    `extra` are further fields, of a `model` that has them.
    """
    title = title_of(status)
    body = model(
        type="about:blank",
        title=title,
        status=status,
        detail=detail or DETAILS.get(status, title),
        errors=list(errors) if errors is not None else None,
        **(extra or {}),
    )
    content = body.model_dump_json(exclude={name for name, value in body if value is None})
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
    for kind in REFUSALS:
        app.add_exception_handler(kind, _on_refused)
    app.add_exception_handler(ClientGone, _on_client_gone)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(500, _on_fault)


async def _on_refused(_: Request, error: Exception) -> Response:
    return refusal_response(type(error))


def refusal_response(kind: type[Exception]) -> Response:
    """Put a refusal into the one envelope."""
    refusal = REFUSALS[kind]
    return problem(refusal.status, refusal.detail, refusal.headers)


class _Nothing(Response):
    """Nothing is sent: nobody is there."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing."""


async def _on_client_gone(_: Request, __: Exception) -> Response:
    return _Nothing()


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette passes what was registered
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        path = getattr(request.scope.get("route"), "path", "")
        # Starlette names the methods of the first route with this path alone.
        if methods := request.app.openapi()["paths"].get(path):
            return problem(405, headers={"Allow": ", ".join(method.upper() for method in methods)})
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
