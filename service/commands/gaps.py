"""`careers-faq gaps`: unanswered questions, grouped, as entries that are ready to edit."""

import re
from pathlib import Path
from typing import Annotated

import typer

from index import Retriever, open_index
from index.errors import RetrievalError
from index.milvus import addresses
from service.analytics import unanswered
from service.analytics.database import Database, DatabaseError
from service.analytics.queries import Topic
from service.analytics.unanswered import Gap, Grouping
from service.commands import options
from service.extras.tenants.site_file import read_sites
from service.settings import Settings, SettingsError, load_settings

MOST_TEXTS = 5_000
"""Distinct questions that are grouped: some 20 s of encoding on one core."""
_PERIOD = re.compile(r"([1-9]\d{0,3})\s*([dw])")
_DAYS = {"d": 1, "w": 7}

app = options.app()


@app.command()
def gaps(
    context: typer.Context,
    since: Annotated[str, typer.Option(help="How far back: 30d for days, 4w for weeks.")] = "30d",
    database: Annotated[
        str | None, typer.Option(help="SQLAlchemy URL; FAQ_DATABASE_URL when left out.")
    ] = None,
    index_: Annotated[
        Path | None,
        typer.Option("--index", help="Folder of the index; FAQ_INDEX_DIR when left out."),
    ] = None,
    site: Annotated[str | None, typer.Option(help="Key of a site in FAQ_SITES.")] = None,
    topic: Annotated[Topic, typer.Option(help="Which questions to print.")] = Topic.UNANSWERED,
    limit: Annotated[int, typer.Option(min=1, help="Number of groups.")] = 20,
    vector_store: Annotated[
        str | None,
        typer.Option(
            help="faiss, or the address of a Milvus server; FAQ_VECTOR_STORE when left out."
        ),
    ] = None,
) -> None:
    """Print the questions that got no answer, grouped as entries to edit.

    Prints YAML: an entry for each group of questions that ask the same, the most asked first, with
    the nearest content in a comment.

    Exit code 0: printed, also when there is nothing; 1: the database or the index cannot be read;
    2: wrong usage.

    Example: careers-faq gaps --since 30d > gaps.yaml
    """
    settings = _settings(site)
    days = _days(since)
    try:
        read = addresses.loader(vector_store or settings.vector_store)
        encoder = options.tools(context).encoder
        retriever = open_index(index_ or settings.index_dir, encoder, load=read)
        url = database or settings.database_url.get_secret_value()
        opened = Database(url, must_exist=database is not None)
        opened = opened.of(site) if site else opened
        typer.echo(_report(opened, retriever, days, topic, limit), nl=False)
        opened.close()
    except (DatabaseError, RetrievalError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _settings(site: str | None) -> Settings:
    """Return the settings, with the index of the site; raises BadParameter."""
    try:
        settings = load_settings()
        if settings.sites is None and site is None:
            return settings
        sites = read_sites(settings.sites, settings) if settings.sites else {}
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    if site is None or site not in sites:
        known = ", ".join(sites) or "none, since FAQ_SITES is not set"
        raise typer.BadParameter(f"Name one of the sites with --site: {known}.")
    return settings.model_copy(update={"index_dir": sites[site].index_dir})


def _days(since: str) -> int:
    match = _PERIOD.fullmatch(since.strip().lower())
    if match is None:
        raise typer.BadParameter("Write a number of days or weeks, such as 30d or 4w.")
    return int(match[1]) * _DAYS[match[2]]


def _report(database: Database, retriever: Retriever, days: int, topic: Topic, limit: int) -> str:
    first = unanswered.first_day(days)
    grouped = Grouping(MOST_TEXTS).groups(database, retriever, first, topic)
    shown = [
        unanswered.gap(group, retriever, unanswered.first_day(1))
        for group in grouped.groups[:limit]
    ]
    texts = options.counted(grouped.texts, "distinct question")
    groups = options.counted(len(grouped.groups), "group")
    most = f", the {len(shown)} most asked below" if len(shown) < len(grouped.groups) else ""
    counts = f"{texts} in {groups}{most}" if shown else "no questions"
    heading = f"# {topic.capitalize()} since {first}: {counts}.\n"
    return "\n".join([heading, *map(_entry, shown)]) + ("" if shown else "[]\n")


def _entry(gap: Gap) -> str:
    times = options.counted(gap.group.number, "time")
    variants = options.counted(len(gap.group.texts), "variant")
    lines = [f"# Asked {times}, in {variants}. Nearest content:"]
    lines += [f"#   {hit.unit.id}: {hit.unit.title}" for hit in gap.nearest]
    return "\n".join([*lines, gap.entry])
