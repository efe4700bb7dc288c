"""Pages of publishing: what would change, publish, history, undo."""

from collections.abc import Sequence

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from index import datatypes as index_types
from index.versions.publication_history import Publication
from service.api.dependencies import get_state
from service.studio.access import Role
from service.studio.errors import ContentFaulty, PublishRefused, StudioError
from service.studio.pages.listing import is_live, live_sections
from service.studio.pages.visit import PageRoute, Visit, sent, visit

router = APIRouter(prefix="/admin/content", include_in_schema=False, route_class=PageRoute)
MOST_LISTED = 30
"""Publications, and questions of one, that are listed."""
FIGURES = (
    ("held_out_right", "Own questions answered right, each hidden in turn", True),
    ("held_out_wrong", "Own questions answered wrong", False),
    ("boundary_answered", "Questions out of scope answered all the same", False),
    ("checks_passed", "Checks passed", True),
)
"""Name, caption, and whether more is better."""


@router.get("/publish")
async def publish_page(request: Request) -> Response:
    """Show what can be published and undone; what would change is fetched by the page."""
    return await _show(await visit(request))


@router.post("/preview")
async def preview(request: Request) -> Response:
    """Build and judge the content of the folder, and show what it would change."""
    here = await sent(request)
    try:
        found = await here.studio.publisher.preview(here.person.name)
    except StudioError as error:
        return await _failed(here, error)
    return await _show(here, found=found, before=_live_figures(here))


@router.post("/publish")
async def publish(request: Request) -> Response:
    """Publish the content of the folder."""
    here = await sent(request, Role.PUBLISHER)
    force = here.text("force") == "yes" and here.may(Role.ADMINISTRATOR)
    if force and not here.may(Role.ADMINISTRATOR):
        return await _show(here, 403, problem="Only an administrator can publish this anyway.")
    try:
        report = await here.studio.publisher.publish(here.person.name, force=force)
    except PublishRefused as error:
        return await _show(here, 409, refusals=error.reasons, report=error.report)
    except StudioError as error:
        return await _failed(here, error)
    return await _show(
        here, done=report, said=f"It's live. That took {report.seconds:.1f} seconds."
    )


@router.post("/undo")
async def undo(request: Request) -> Response:
    """Make the version before live again."""
    here = await sent(request, Role.PUBLISHER)
    try:
        report = await here.studio.publisher.roll_back(here.person.name)
    except StudioError as error:
        return await _failed(here, error)
    said = "Undone: what was live before is live again. Your content stands as it was saved."
    return await _show(here, undone=report, said=said)


async def _failed(here: Visit, error: StudioError) -> Response:
    findings = error.findings if isinstance(error, ContentFaulty) else ()
    problem = (
        "The content has faults, so I can't build anything from it. What was live stays live."
        if findings
        else str(error)
    )
    return await _show(here, int(error.status), problem=problem, findings=findings)


def _has_changes(here: Visit) -> bool:
    """Whether something is saved that is not live, as far as single items show it."""
    studio, retriever = here.studio, get_state(here.request).live.retriever
    live = retriever.units if retriever else {}
    items = studio.store.items()
    ids = {item.id for item in items}
    kinds = (index_types.Kind.FAQ, index_types.Kind.BOUNDARY, index_types.Kind.SMALLTALK)
    sections = live_sections(studio.articles.sections(), live)
    return (
        not all(is_live(item, live.get(item.id)) for item in items)
        or any(unit.kind in kinds and unit.id not in ids for unit in live.values())
        or any(section.id in live and not as_live for section, as_live in sections)
    )


async def _show(here: Visit, status: int = 200, **values: object) -> Response:
    history = await to_thread.run_sync(here.studio.publisher.history)
    usual = {
        **dict.fromkeys(("found", "done", "undone", "report")),
        **dict.fromkeys(("problem", "said"), ""),
        **dict.fromkeys(("refusals", "findings", "before"), ()),
    }
    return here.page(
        "studio_publish.html",
        status,
        **{**usual, **values},
        has_changes=not values and await to_thread.run_sync(_has_changes, here),
        can_force=here.may(Role.ADMINISTRATOR),
        history=_latest(history),
        live=_version(here),
        figures=FIGURES,
        most=MOST_LISTED,
        title_of=_titles(here),
    )


def _latest(history: Sequence[Publication]) -> list[Publication]:
    return list(reversed(history))[:MOST_LISTED]


def _version(here: Visit) -> str:
    retriever = get_state(here.request).live.retriever
    return retriever.manifest.version if retriever else ""


def _live_figures(here: Visit) -> dict[str, float]:
    retriever = get_state(here.request).live.retriever
    return dict(retriever.manifest.figures) if retriever else {}


def _titles(here: Visit) -> dict[str, str]:
    """Return the question of each answer, for people who know no ids."""
    retriever = get_state(here.request).live.retriever
    titles = {unit.id: unit.title for unit in retriever.units.values()} if retriever else {}
    for item in here.studio.store.items():
        titles[item.id] = item.fields.get("question") or item.fields.get("topic", "")
    return titles
