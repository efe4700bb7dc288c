"""Pages of importing a file or a pasted text, and of exporting all answers."""

import base64
import binascii

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from service.studio.errors import ContentFaulty, StudioError
from service.studio.pages.visit import PageRoute, Visit, sent, visit

router = APIRouter(prefix="/admin/content", include_in_schema=False, route_class=PageRoute)
TABLES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/import")
async def import_page(request: Request) -> Response:
    """Ask for a file or a text."""
    return _show(await visit(request))


@router.post("/import")
async def look(request: Request) -> Response:
    """Show what a source holds, to choose from."""
    here = await sent(request)
    name, raw = _source(here)
    if not raw.strip():
        return _show(here, 422, problem="Choose a file, or paste a text.")
    importer, owner = here.studio.importer, here.text("owner")
    try:
        found = await to_thread.run_sync(importer.look, name, raw, owner)
    except StudioError as error:
        return _show(here, int(error.status), problem=str(error))
    return _show(here, found=found, source=base64.b64encode(raw).decode(), source_name=name)


@router.post("/import/save")
async def save(request: Request) -> Response:
    """Write what was chosen."""
    here = await sent(request)
    name, raw = _source(here)
    chosen = {int(one) for one in here.texts("take") if one.isascii() and one.isdigit()}
    try:
        files = await to_thread.run_sync(
            lambda: here.studio.importer.save(
                name,
                raw,
                here.text("owner"),
                chosen,
                with_article=here.text("article") == "yes",
            )
        )
    except StudioError as error:
        problem = str(error)
        if isinstance(error, ContentFaulty):
            problem = "Nothing was saved: " + " ".join(
                f"{one.problem[:1].upper()}{one.problem[1:]}. {one.remedy}."
                for one in error.findings[:3]
            )
        return _show(here, int(error.status), problem=problem)
    return _show(here, said=f"Saved in {', '.join(files)}. Visitors get it once you publish.")


@router.get("/export.{ending}")
async def export(request: Request, ending: str) -> Response:
    """Send all canned answers as a table that imports to the same."""
    here = await visit(request)
    if ending not in TABLES:
        return _show(here, 404, problem="There is a table as csv and as xlsx.")
    try:
        table = await to_thread.run_sync(here.studio.importer.export, f".{ending}")
    except StudioError as error:
        return _show(here, int(error.status), problem=str(error))
    headers = {"Content-Disposition": f'attachment; filename="answers.{ending}"'}
    return Response(table, 200, {**headers, "Cache-Control": "no-store"}, TABLES[ending])


def _source(here: Visit) -> tuple[str, bytes]:
    """Return name and bytes of a file that a script read, or of a pasted text."""
    encoded = here.text("file_base64")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raw = b""
    if raw:
        return here.text("file_name")[:200] or "imported", raw
    return "pasted", here.text("text").encode()


def _show(here: Visit, status: int = 200, **values: object) -> Response:
    usual: dict[str, object] = dict.fromkeys(("problem", "said", "source", "source_name"), "")
    return here.page(
        "studio_import.html",
        status,
        **{**usual, "found": None, **values},
        text=here.text("text"),
        owner=here.text("owner"),
        formats=here.studio.importer.formats,
    )
