"""Pages of importing a file or a pasted text, and of exporting all answers."""

import base64

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from service.studio.errors import ContentFaulty, StudioError
from service.studio.items import SourceDocument
from service.studio.pages.visit import PageRoute, Visit, sent, visit
from service.web.admin_access import last_of

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
    source, importer, address = _source(here), here.studio.importer, here.text("from")
    try:
        if not source.raw.strip() and address:
            source = await to_thread.run_sync(importer.fetch, address)
        if not source.raw.strip():
            return _show(here, 422, problem="Choose a file, or paste an address or a text.")
        found = await to_thread.run_sync(importer.look, source, here.text("owner"))
    except StudioError as error:
        return _show(here, int(error.status), problem=str(error))
    return _show(here, found=found, source=source, raw=base64.b64encode(source.raw).decode())


@router.post("/import/save")
async def save(request: Request) -> Response:
    """Write what was chosen."""
    here = await sent(request)
    source = _source(here)
    chosen = {int(one) for one in here.texts("take") if one.isascii() and one.isdigit()}
    try:
        saved = await to_thread.run_sync(
            lambda: here.studio.importer.save(
                source,
                here.text("owner"),
                chosen,
                with_article=here.text("article") == "yes",
            )
        )
    except StudioError as error:
        return _show(here, int(error.status), problem=_problem("Nothing was saved: ", error))
    said = f"Saved in {', '.join(saved.files)}. Visitors get it once you publish."
    return _show(here, said=said, undo=saved.undo, text="")


@router.post("/import/undo")
async def undo(request: Request) -> Response:
    """Undo an import as one."""
    here = await sent(request)
    try:
        files = await to_thread.run_sync(here.studio.importer.undo, last_of(here.form, "undo"))
    except StudioError as error:
        return _show(here, int(error.status), problem=_problem("Nothing was undone: ", error))
    return _show(here, said=f"I've undone the import: {', '.join(files)}.")


def _problem(lead: str, error: StudioError) -> str:
    if not isinstance(error, ContentFaulty):
        return str(error)
    return lead + " ".join(
        f"{one.problem[:1].upper()}{one.problem[1:]}. {one.remedy}." for one in error.findings[:3]
    )


@router.get("/export.{ending}")
async def export(request: Request, ending: str) -> Response:
    """Send all canned answers as a table that imports to the same."""
    here = await visit(request)
    if ending not in TABLES:
        return _show(here, 404, problem="I can export csv and xlsx.")
    try:
        table = await to_thread.run_sync(here.studio.importer.export, f".{ending}")
    except StudioError as error:
        return _show(here, int(error.status), problem=str(error))
    headers = {"Content-Disposition": f'attachment; filename="answers.{ending}"'}
    return Response(table, 200, {**headers, "Cache-Control": "no-store"}, TABLES[ending])


PASTED = "More questions"
"""Name of a pasted text: visitors read it on `/faq`, above what it holds."""


def _source(here: Visit) -> SourceDocument:
    """Return a file that a script read, a page that was fetched, or a pasted text."""
    encoded = here.text("file_base64")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:  # no base64, or not even ASCII
        raw = b""
    if raw:
        name = here.text("file_name")[:200] or "imported"
        return SourceDocument(name, raw, here.text("address"), here.text("encoding"))
    return SourceDocument(PASTED, here.text("text").encode())


def _show(here: Visit, status: int = 200, **values: object) -> Response:
    usual: dict[str, object] = dict.fromkeys(("problem", "said", "source", "raw", "undo"), "")
    return here.page(
        "studio_import.html",
        status,
        **{**usual, "found": None, "text": here.text("text"), **values},
        page=here.text("from"),
        owner=here.text("owner"),
        formats=here.studio.importer.formats,
    )
