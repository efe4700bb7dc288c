"""`careers-faq ask`: one answer in the terminal, and how it was ranked."""

from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from index import Abstained, Answered, Clarify, Outcome, Unit, open_index
from index.datatypes import Hit, Reason, Suggestion, Trace
from index.milvus import addresses
from service.commands import options

LONGEST = 1000
"""Characters of a question, as in the API."""
_SNIPPET = 160
_REFUSALS = {
    Reason.BOUNDARY: "I leave that to others, on purpose.",
    Reason.NOT_COVERED: "I don't have an answer to that.",
    Reason.LANGUAGE: "That seems to be in a language I don't speak.",
    Reason.UNREADABLE: "I can't read that as a question.",
    Reason.NONE_CHOSEN: "Then I don't have it, sorry.",
    Reason.EXPIRED: "My answer to that is out of date, so I won't show it.",
}

app = options.app()


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")],
    index_: options.Index = options.INDEX,
    why: Annotated[
        bool, typer.Option("--why", help="Show how the answer was ranked and chosen.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=20, help="Number of passages.")] = 3,
    vector_store: options.VectorStore = addresses.BUILT_IN,
) -> None:
    """Ask the live version one question.

    Exit code 0: answered, or refused for a reason; 1: the index cannot be read; 2: wrong usage.

    Example: careers-faq ask "do ML engineers out-earn software engineers?" --why
    """
    console = Console(highlight=False)
    question = _checked(question)
    encoder = options.tools(context).encoder
    with options.failures():
        retriever = open_index(index_, encoder, load=addresses.loader(vector_store))
        outcome = retriever.answer(question, limit=limit)
    _print_outcome(console, outcome)
    _print_passages(console, outcome.passages)
    if why:
        _print_reasons(console, outcome.trace)


def _checked(question: str) -> str:
    """Return the question without space around it. Raises BadParameter."""
    stripped = question.strip()
    if not stripped:
        raise typer.BadParameter("Write a question.", param_hint="question")
    if len(stripped) > LONGEST:
        message = f"Write {LONGEST} characters or fewer; these are {len(stripped)}."
        raise typer.BadParameter(message, param_hint="question")
    return stripped


def _print_outcome(console: Console, outcome: Outcome) -> None:
    if isinstance(outcome, Answered):
        _print_answer(console, outcome.unit, outcome.confidence)
        _print_suggestions(console, "Related questions", outcome.related)
    elif isinstance(outcome, Clarify):
        console.print(f"[bold]Which do you mean?[/] {_confidence(outcome.confidence)}")
        _print_suggestions(console, "", outcome.candidates)
    elif isinstance(outcome, Abstained):
        _print_refusal(console, outcome)
    else:
        console.print(Markdown(outcome.unit.markdown))
        _print_suggestions(console, "Questions to start with", outcome.suggestions)


def _print_answer(console: Console, unit: Unit, confidence: float) -> None:
    reviewed = f", reviewed {unit.reviewed}" if unit.reviewed else ""
    footer = f"{unit.id}, {unit.kind.value}{reviewed}. {unit.url}"
    title = Text(unit.title, style="bold")
    console.print(Panel(Markdown(unit.markdown), title=title, title_align="left", box=box.ROUNDED))
    console.print(Text(f"{footer} {_confidence(confidence)}", style="dim"))
    for source in unit.sources:
        line = Text(f"Source: {source.title}, {source.url}", style="dim")
        console.print(line, no_wrap=True, overflow="ellipsis")


def _print_refusal(console: Console, outcome: Abstained) -> None:
    console.print(Text(_REFUSALS[outcome.reason], style="bold"), _confidence(outcome.confidence))
    if outcome.boundary is not None:
        console.print(Markdown(outcome.boundary.markdown))
    _print_suggestions(console, "The nearest questions", outcome.nearest)


def _confidence(confidence: float) -> str:
    return f"Confidence {confidence:.2f}."


def _print_suggestions(console: Console, heading: str, suggestions: tuple[Suggestion, ...]) -> None:
    if suggestions and heading:
        console.print(f"\n[bold]{heading}[/]")
    for suggestion in suggestions:
        console.print(Text.assemble("  ", suggestion.question, (f"  {suggestion.id}", "dim")))


def _print_passages(console: Console, hits: tuple[Hit, ...]) -> None:
    if not hits:
        return
    table = Table("score", "id", "passage", title="Closest passages", box=box.SIMPLE)
    for hit in hits:
        table.add_row(f"{hit.score:.2f}", hit.unit.id, _snippet(hit))
    console.print(table)


def _snippet(hit: Hit) -> Text:
    """Return whole words from the start of a passage, or around its first highlight, marked."""
    shown = Text(hit.text.replace("\n", " "))
    for start, end in hit.highlights:
        shown.stylize("bold", start, end)
    marked = hit.highlights[0][0] if hit.highlights else 0
    first = shown.plain.rfind(" ", 0, max(0, marked - _SNIPPET // 4)) + 1
    last = first + _SNIPPET
    if last < len(shown):
        space = shown.plain.rfind(" ", last - _SNIPPET // 4, last + 1)
        last = space if space > 0 else last  # some scripts have no spaces
    before, after = "…" * (first > 0), "…" * (last < len(shown))
    return Text(before) + shown[first:last] + after


def _print_reasons(console: Console, trace: Trace) -> None:
    console.print(Text.assemble(("Rewritten query: ", "bold"), trace.understood))
    evidence = Table("evidence", "value", title="For and against the first candidate")
    for name, value in trace.evidence.items():
        evidence.add_row(name, f"{value:.3f}")
    ranking = Table("candidate", "score", title="Candidates")
    for id_, score in trace.candidates:
        ranking.add_row(id_, f"{score:.3f}")
    times = Table("stage", "ms", title="Time by stage")
    for stage in trace.stages:
        times.add_row(stage.name, f"{stage.seconds * 1000:.2f}")
    for table in (evidence, ranking, times):
        table.box = box.SIMPLE
        console.print(table)
