"""Content over HTTP: parse, call, convert. Editing and publishing run in threads."""

from functools import partial
from hashlib import sha256
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, FastAPI, Path, Request, Response

from service.api.errors import FieldError, problem
from service.studio import examples
from service.studio.access import GuardedRoute, Role, SignedIn, require
from service.studio.errors import (
    ContentBusy,
    ContentFaulty,
    EditConflict,
    PublishRefused,
    StudioError,
    VersionUnnamed,
)
from service.studio.items import ItemKind, StoredItem, entry_fields, entry_file, stored_entry
from service.studio.schemas import (
    ContentProblem,
    EntryBody,
    EntryList,
    PublicationReport,
    PublishBody,
    StoredEntry,
)
from service.studio.studio import Studio, get_studio

router = APIRouter(prefix="/v1/content", tags=["content"], route_class=GuardedRoute)

_Id = Annotated[str, Path(alias="id", max_length=200)]
_Studio = Annotated[Studio, Depends(get_studio)]
NEEDS_VERSION: Final = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "schema": {"type": "string"},
            "description": "The `ETag` of the version that is edited; `*` for any.",
        }
    ]
}
"""Described by hand: a request without it is 428, not a field at fault."""


@router.get("/entries", responses=examples.LIST)
async def entries(studio: _Studio, person: SignedIn, response: Response) -> EntryList:
    """List the canned answers, in the order of the files."""

    def listed() -> EntryList:
        found = [stored_entry(item) for item in studio.store.items(ItemKind.ENTRY)]
        return EntryList(entries=found, findings=studio.store.faults())

    answer = await to_thread.run_sync(listed)
    whole = sha256("".join(entry.etag for entry in answer.entries).encode())
    response.headers["ETag"] = f'"{whole.hexdigest()[:32]}"'
    return answer


@router.get("/entries/{id}", responses=examples.READ)
async def entry(studio: _Studio, person: SignedIn, id_: _Id, response: Response) -> StoredEntry:
    """Return one canned answer as it stands in its file."""
    return _tagged(response, await to_thread.run_sync(studio.store.item, id_, ItemKind.ENTRY))


@router.post("/entries", status_code=201, responses=examples.CREATE)
async def create(
    studio: _Studio, person: SignedIn, body: EntryBody, request: Request, response: Response
) -> StoredEntry:
    """Write a new canned answer into a file."""
    require(person, Role.EDITOR)
    store = studio.store.by(person.name)
    change = partial(store.create, ItemKind.ENTRY, entry_fields(body), entry_file(body))
    saved = await to_thread.run_sync(change)
    root = request.scope.get("root_path", "")
    response.headers["Location"] = f"{root}/v1/content/entries/{saved.item.id}"
    return _tagged(response, saved.item)


@router.put("/entries/{id}", responses=examples.REPLACE, openapi_extra=NEEDS_VERSION)
async def replace(
    studio: _Studio,
    person: SignedIn,
    id_: _Id,
    body: EntryBody,
    response: Response,
    request: Request,
) -> StoredEntry:
    """Replace a canned answer; with another id, references to it follow."""
    require(person, Role.EDITOR)
    store, fields, file = studio.store.by(person.name), entry_fields(body), entry_file(body)
    change = partial(store.replace, ItemKind.ENTRY, id_, _etags(request), fields, file)
    return _tagged(response, (await to_thread.run_sync(change)).item)


@router.delete("/entries/{id}", status_code=204, response_class=Response, responses=examples.EDIT)
async def delete(studio: _Studio, person: SignedIn, id_: _Id, request: Request) -> Response:
    """Delete a canned answer to which nothing else refers."""
    require(person, Role.EDITOR)
    store = studio.store.by(person.name)
    await to_thread.run_sync(store.delete, ItemKind.ENTRY, id_, _etags(request))
    return Response(status_code=204)


@router.post("/publish", responses=examples.PUBLISH)
async def publish(
    studio: _Studio, person: SignedIn, body: PublishBody | None = None
) -> PublicationReport:
    """Build, judge and publish what stands in the folder; to force it takes an administrator."""
    is_forced = bool(body and body.force)
    require(person, Role.ADMINISTRATOR if is_forced else Role.PUBLISHER)
    return await studio.publisher.publish(person.name, force=is_forced)


@router.post("/rollback", responses=examples.ROLLBACK)
async def rollback(studio: _Studio, person: SignedIn) -> PublicationReport:
    """Make the version before live again."""
    require(person, Role.PUBLISHER)
    return await studio.publisher.roll_back(person.name)


def _tagged(response: Response, item: StoredItem) -> StoredEntry:
    response.headers["ETag"] = f'"{item.etag}"'
    return stored_entry(item)


def _etags(request: Request) -> tuple[str, ...]:
    """Return the versions that a client will change. Raises VersionUnnamed without any."""
    sent = ",".join(request.headers.getlist("if-match"))
    if not sent.strip(", "):
        raise VersionUnnamed
    return tuple(part.strip().removeprefix("W/").strip('"') for part in sent.split(","))


def install(app: FastAPI) -> None:
    """Add the routes, and what a client reads of their errors."""
    app.include_router(router)
    app.add_exception_handler(StudioError, _on_error)


async def _on_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)  # noqa: S101 - Starlette passes what was registered
    errors = None
    extra: dict[str, object] = {}
    if isinstance(error, ContentFaulty):
        extra["findings"] = list(error.findings)
        errors = [
            FieldError(
                field=one.field or f"{one.file}:{one.line}",
                message=f"{one.problem}. {one.remedy}",
            )
            for one in error.findings
        ]
    if isinstance(error, EditConflict):
        extra |= {"current": error.current, "difference": list(error.difference)}
    if isinstance(error, PublishRefused):
        extra |= {"reasons": list(error.reasons), "report": error.report}
    headers = {"Retry-After": "1"} if isinstance(error, ContentBusy) else None
    return problem(error.status, str(error), headers, errors, ContentProblem, extra)
