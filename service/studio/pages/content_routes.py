"""Pages of the content: the list, and the form of an item."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from index import Unit
from service.analytics import queries
from service.analytics.database import DatabaseError
from service.analytics.queries import AnswerCount, Topic
from service.analytics.unanswered import first_day
from service.api.dependencies import get_state
from service.studio.errors import ContentFaulty, EditConflict, StudioError, UnknownContent
from service.studio.items import ItemKind, StoredItem
from service.studio.pages import item_form, listing
from service.studio.pages.item_form import ItemForm
from service.studio.pages.listing import SECTION, ItemRow, Query
from service.studio.pages.visit import PageRoute, Visit, sent, visit
from service.web.dashboard import View
from service.web.page_state import get_page_state

if TYPE_CHECKING:
    from service.studio.article_store import StoredSection

router = APIRouter(prefix="/admin/content", include_in_schema=False, route_class=PageRoute)
DAYS = 30
"""For how long it counts how often an answer was given."""
OFTEN = 3
"""Times that a group is asked and not answered, from which on its nearest answer is marked."""
MOST_PICKED = 3000
"""Units that the picker of related answers offers."""
TAKE = "take-"
"""Begins the name of the action that takes a field as somebody else saved it."""
SAID = {
    "saved": "Saved. Visitors get it once you publish.",
    "reviewed": "Saved as reviewed today.",
    "created": "Saved as a new item. Visitors get it once you publish.",
    "deleted": "Deleted. Visitors still get it until you publish.",
    "unchanged": "Nothing was different, so nothing was written.",
    "variant": "Added. Visitors get it once you publish.",
}


@router.get("")
async def content_list(request: Request) -> Response:
    """Show what there is, and in what state."""
    here = await visit(request)
    query = _query(request)
    refused = await _refused_nearby(here)
    found = await to_thread.run_sync(lambda: _rows(here, refused))
    shown = listing.chosen(found, query)
    pages = max(1, -(-len(shown) // listing.PER_PAGE))
    first = (min(query.page, pages) - 1) * listing.PER_PAGE
    faults = await to_thread.run_sync(here.studio.store.faults)
    return here.page(
        "studio_list.html",
        rows=shown[first : first + listing.PER_PAGE],
        total=len(shown),
        pages=pages,
        shown=query,
        asked_for={"q": query.search, "kind": query.kind, "owner": query.owner}
        | {"state": query.state, "sort": query.sort},
        owners=sorted({row.owner for row in found if row.owner}),
        kinds=listing.KINDS,
        states=listing.STATES,
        counts={state: sum(state in row.states for row in found) for state in listing.STATES},
        faults=faults,
        said=SAID.get(request.query_params.get("said", ""), ""),
        days=DAYS,
    )


def _query(request: Request) -> Query:
    asked = request.query_params
    page = asked.get("page", "1")
    return Query(
        search=asked.get("q", "").strip()[:200],
        kind=asked.get("kind", ""),
        owner=asked.get("owner", ""),
        state=asked.get("state", ""),
        sort=asked.get("sort", ""),
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )


async def _refused_nearby(here: Visit) -> frozenset[str]:
    """Return ids that come nearest to what is often asked and not answered."""
    retriever = get_state(here.request).live.retriever
    if retriever is None:
        return frozenset()
    dashboard = get_page_state(here.request).dashboard
    try:
        shown = await dashboard.show(retriever, View(DAYS, Topic.UNANSWERED, 1))
    except (DatabaseError, TimeoutError):
        return frozenset()
    often = (gap for gap in shown.gaps if gap.group.number >= OFTEN)
    return frozenset(gap.nearest[0].unit.id for gap in often if gap.nearest)


def _rows(here: Visit, refused: Collection[str]) -> list[ItemRow]:
    retriever = get_state(here.request).live.retriever
    return listing.rows(
        here.studio.store.items(),
        here.studio.articles.sections(),
        retriever.units if retriever else {},
        _counts(here.request),
        refused,
        datetime.now(UTC).date(),
    )


def _counts(request: Request) -> Mapping[str, AnswerCount]:
    """Count what was asked; nothing while the database cannot be read."""
    try:
        return queries.by_answer(get_page_state(request).dashboard.database, first_day(DAYS))
    except DatabaseError:
        return {}


@router.get("/new/{kind}")
async def new_item(request: Request, kind: ItemKind) -> Response:
    """Show the form of a new item."""
    here = await visit(request)
    asked = request.query_params
    if copied := asked.get("copy", ""):
        return await show_form(here, await to_thread.run_sync(lambda: _copied(here, kind, copied)))
    return await show_form(here, await to_thread.run_sync(lambda: fresh(here, kind)))


def fresh(here: Visit, kind: ItemKind, fields: Mapping[str, Any] | None = None) -> ItemForm:
    """Return the form of a new item: read today, and kept by who keeps most."""
    owners = Counter(item.fields.get("owner") for item in here.studio.store.items(kind))
    owner = next((name for name, _ in owners.most_common() if name), "")
    today = datetime.now(UTC).date()
    usual = item_form.reviewed_today({"owner": owner}, today) if kind is ItemKind.ENTRY else {}
    return item_form.blank(kind, {**usual, **(fields or {})})


def _copied(here: Visit, kind: ItemKind, id_: str) -> ItemForm:
    """Return the form of a new item that begins as another one."""
    form = item_form.stored(here.studio.store.item(id_, kind))
    return item_form.blank(kind, {**form.fields, "id": ""})


@router.get("/section/{id_}")
async def edit_section(request: Request, id_: str) -> Response:
    """Show the form of a section of an article."""
    here = await visit(request)
    section = await to_thread.run_sync(here.studio.articles.section, id_)
    said = SAID.get(request.query_params.get("said", ""), "")
    return await show_form(here, item_form.section_form(section, said))


@router.post("/check/section")
async def check_section(request: Request) -> Response:
    """Show how a section will look, while it is being typed."""
    here = await sent(request)
    form = item_form.of_sent(here, SECTION, here.text("before"))
    return await show_form(here, form, template="studio_preview.html")


@router.post("/section/{id_}")
async def save_section(request: Request, id_: str) -> Response:
    """Write a section into its article."""
    here = await sent(request)
    form = item_form.of_sent(here, SECTION, id_)
    if here.text("action").startswith(TAKE):
        section = await to_thread.run_sync(here.studio.articles.section, id_)
        return await _take(here, form, item_form.section_form(section))
    if here.text("action") == "reviewed":
        today = datetime.now(UTC).date()
        form = replace(form, fields=item_form.reviewed_today(form.fields, today))
    save = partial(
        here.studio.articles.replace,
        id_,
        [form.etag],
        here.studio.section_edit(**{key: form.fields[key] for key in item_form.OF_SECTION}),
    )
    return await _save(here, form, save)


@router.get("/{kind}/{id_}")
async def edit_item(request: Request, kind: ItemKind, id_: str) -> Response:
    """Show the form of an item."""
    here = await visit(request)
    item = await to_thread.run_sync(here.studio.store.item, id_, kind)
    said = SAID.get(request.query_params.get("said", ""), "")
    return await show_form(here, item_form.stored(item, said))


@router.post("/check/{kind}")
async def check_item(request: Request, kind: ItemKind) -> Response:
    """Show how an answer will look, and what the linter says, while it is being typed."""
    here = await sent(request)
    form = item_form.of_sent(here, kind, here.text("before"))
    if here.text("part") == "preview":
        return await show_form(here, form, template="studio_preview.html")
    checking = lambda: here.studio.store.check(  # noqa: E731
        kind, item_form.to_store(form), form.before or None
    )
    try:
        findings = await to_thread.run_sync(checking)
    except StudioError as error:
        return await show_form(
            here, replace(form, problem=str(error)), template="studio_preview.html"
        )
    form = replace(form, findings=item_form.by_field(findings))
    return await show_form(here, form, template="studio_findings.html")


@router.post("/new/{kind}")
async def create_item(request: Request, kind: ItemKind) -> Response:
    """Write a new item into a file."""
    here = await sent(request)
    form = item_form.of_sent(here, kind, "")
    store = here.studio.store
    return await _save(
        here,
        form,
        lambda: store.create(kind, item_form.to_store(form), form.fields["file"] or None).item,
    )


@router.post("/{kind}/{id_}")
async def save_item(request: Request, kind: ItemKind, id_: str) -> Response:
    """Write an item, or delete it."""
    here = await sent(request)
    form = item_form.of_sent(here, kind, id_)
    store, action = here.studio.store, here.text("action")
    if action == "delete":
        return await _delete(here, form)
    if action.startswith(TAKE):
        item = await to_thread.run_sync(store.item, id_, kind)
        return await _take(here, form, item_form.stored(item))
    if action == "reviewed":
        today = datetime.now(UTC).date()
        form = replace(form, fields=item_form.reviewed_today(form.fields, today))
    file = form.fields["file"] or None

    def saved() -> StoredItem:
        return store.replace(kind, id_, [form.etag], item_form.to_store(form), file).item

    return await _save(here, form, saved)


async def _save(
    here: Visit, form: ItemForm, save: Callable[[], "StoredItem | StoredSection"]
) -> Response:
    """Save, then go on; where that does not work, show what was sent and what is wrong."""
    try:
        item = await to_thread.run_sync(save)
    except StudioError as error:
        return await _refused(here, form, error)
    if here.text("action") == "publish":
        return here.go("admin/content/publish")
    action = here.text("action")
    said = action if action == "reviewed" else "saved" if form.before else "created"
    return here.go(f"admin/content/{form.kind}/{item.id}?said={said}")


async def _take(here: Visit, form: ItemForm, current: ItemForm) -> Response:
    """Show what was sent with one field as it stands in the file by now; nothing is saved."""
    form = item_form.with_field_of(form, current, here.text("action").removeprefix(TAKE))
    said = (
        "" if form.difference else "Nothing of yours differs any more, so there's nothing to save."
    )
    return await show_form(here, replace(form, said=said))


async def _delete(here: Visit, form: ItemForm) -> Response:
    try:
        await to_thread.run_sync(
            lambda: here.studio.store.delete(ItemKind(form.kind), form.before, [form.etag])
        )
    except ContentFaulty as error:
        problem = "I haven't deleted it: other content leads to it. Change that first."
        findings = {"": list(error.findings)}
        return await show_form(here, replace(form, problem=problem, findings=findings), 422)
    except StudioError as error:
        return await _refused(here, form, error)
    return here.go("admin/content?said=deleted")


async def _refused(here: Visit, form: ItemForm, error: StudioError) -> Response:
    changes: dict[str, Any] = {"problem": str(error)}
    if isinstance(error, ContentFaulty):
        changes["findings"] = item_form.by_field(error.findings)
        changes["problem"] = "I haven't saved anything yet: what's wrong is at the fields."
    if isinstance(error, EditConflict):
        changes["difference"] = error.difference
        changes["etag"] = await to_thread.run_sync(lambda: _etag(here, form))
        changes["problem"] = (
            "Somebody else saved this meanwhile. Nothing of yours is lost: compare below, then "
            "save once more to keep your text, or take theirs."
        )
    if isinstance(error, UnknownContent) and form.before:
        # Deleted under the editor: the text becomes a new item when it is saved again.
        form = replace(form, before="", etag="")
        changes["problem"] = (
            "Somebody else deleted this meanwhile. Your text is still here: save it as a new one."
        )
    return await show_form(here, replace(form, **changes), int(error.status))


def _is_live(
    here: Visit, form: ItemForm, items: Sequence[StoredItem], live: Mapping[str, Unit]
) -> bool:
    """Whether what is in the file is live."""
    unit = live.get(form.before)
    if form.kind == SECTION:
        sections = listing.live_sections(here.studio.articles.sections(), live)
        return any(as_live for section, as_live in sections if section.id == form.before)
    found = (item for item in items if item.id == form.before and item.kind == form.kind)
    return any(listing.is_live(item, unit) for item in found)


def _etag(here: Visit, form: ItemForm) -> str:
    """Return the entity tag of the item as it is now."""
    if form.kind == SECTION:
        return here.studio.articles.section(form.before).etag
    return here.studio.store.item(form.before, ItemKind(form.kind)).etag


async def picks(here: Visit) -> dict[str, str]:
    """Return what can be picked, by id: units of the live version, then new items."""
    retriever = get_state(here.request).live.retriever
    found = {unit.id: unit.title for unit in retriever.units.values()} if retriever else {}
    for item in await to_thread.run_sync(here.studio.store.items):
        found[item.id] = item.fields.get("question") or item.fields.get("topic", "")
    return dict(list(found.items())[:MOST_PICKED])


async def show_form(
    here: Visit, form: ItemForm, status: int = 200, template: str = "studio_item.html"
) -> Response:
    """Show the form of an item, with all that it offers to pick from."""
    store = here.studio.store
    items = await to_thread.run_sync(store.items)
    retriever = get_state(here.request).live.retriever
    live = retriever.units if retriever else {}
    return here.page(
        template,
        status,
        form=form,
        labels=item_form.LABELS,
        as_text=item_form.as_text,
        preview=here.studio.to_html(listing.MARKER.sub("", form.prose)),
        picks=await picks(here),
        owners=sorted({str(one.fields["owner"]) for one in items if one.fields.get("owner")}),
        files=sorted({one.file for one in items if one.kind == form.kind}),
        is_live=_is_live(here, form, items, live),
        days=DAYS,
    )
