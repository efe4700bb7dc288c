"""Blocks and canned answers -> the Markdown and YAML of corpus files. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from corpus.documents import Source
from corpus.importers.assemble.ids import Named
from corpus.importers.blocks import ImportedArticle, Listing, Prose, Question
from corpus.importers.escaping import clean, heading
from corpus.yaml_files.writer import Value, field_lines
from corpus.yaml_files.writer import scalar as plain_scalar


def block_markdown(block: Prose | Listing, ids: Sequence[str] = ()) -> str:
    """Return the lines of one block; `ids` go to the items of a list."""
    if isinstance(block, Prose):
        return block.markdown
    lines = []
    for position, item in enumerate(block.items):
        bullet = f"{block.start + position}. " if block.ordered else "- "
        first, *more = item.markdown.split("\n")
        marker = f" {{#{ids[position]}}}" if position < len(ids) and ids[position] else ""
        lines.append(f"{bullet}{first}{marker}")
        lines.extend(f"{' ' * len(bullet)}{line}" if line else "" for line in more)
    return "\n".join(lines)


def article_markdown(article: ImportedArticle, named: Sequence[Named], owner: str) -> str:
    """Return the text of `articles/NAME.md`."""
    parts = ["\n".join(_front(article, named, owner))]
    for section, names in zip(article.sections, named, strict=True):
        words = heading(section.heading.text)
        if section.heading.level > 1:
            marker = f" {{#{names.id}}}" if names.id else ""
            parts.append(f"{'#' * section.heading.level} {words}{marker}")
        elif names.id:
            parts.append(f"# {words} {{#{names.id}}}")
        lists = iter(names.items)
        for block in section.blocks:
            ids = next(lists, ()) if isinstance(block, Listing) else ()
            parts.append(block_markdown(block, ids))
    return "\n\n".join(parts) + "\n"


def _front(article: ImportedArticle, named: Sequence[Named], owner: str) -> Iterator[str]:
    roles = {key: name for names in named for key, name in names.roles.items()}
    yield "---"
    if article.front:
        yield from article.front
    else:
        yield f"title: {scalar(article.title)}"
        if article.url:
            yield f"url: {scalar(article.url)}"
        yield from _pairs(owner=owner)
    if roles and not any(line.startswith("roles:") for line in article.front):
        yield "roles:"
        yield from (f"  {key}: {scalar(name)}" for key, name in roles.items())
    if not article.front:
        sources = [Source(address, address) for address in article.sources]
        yield from field_lines("sources", _references(sources))
    yield "---"


def entries_yaml(questions: Sequence[Question], ids: Sequence[str], owner: str) -> str:
    """Return the text of `faqs/NAME.yaml`."""
    entries = zip(questions, ids, strict=True)
    return "\n".join("\n".join(entry_lines(one, name, owner)) + "\n" for one, name in entries)


def questions_yaml(ways: Mapping[str, Sequence[str]]) -> str:
    """Return the text of `articles/NAME.questions.yaml`: how people ask, by the id of a section."""
    return "\n".join(
        "\n".join(field_lines(name, [clean(text) for text in asked])) + "\n"
        for name, asked in ways.items()
    )


def entry_fields(question: Question, name: str, owner: str) -> dict[str, Value]:
    """Return the fields that an entry has, in their usual order."""
    fields: dict[str, Value] = {
        "id": clean(name),
        "question": clean(question.question),
        "variants": [clean(variant) for variant in question.variants],
        "answer": clean(question.answer).strip(),
        "sources": _references(question.sources),
        "related": [clean(id_) for id_ in question.related],
        "equivalents": [clean(id_) for id_ in question.equivalents],
        "owner": clean(question.owner or owner),
        "reviewed": clean(question.reviewed),
        "valid_until": clean(question.valid_until),
    }
    return {key: value for key, value in fields.items() if value or key == "answer"}


def entry_lines(question: Question, name: str, owner: str) -> Iterator[str]:
    """Yield the lines of one entry."""
    if question.tags:
        yield "# Tags: " + ", ".join(" ".join(clean(tag).split()) for tag in question.tags)
    mark = "- "
    for key, value in entry_fields(question, name, owner).items():
        for line in field_lines(key, value) or [f"{key}: {plain_scalar('')}"]:
            yield mark + line if line else ""
            mark = "  "


def _references(sources: Sequence[Source]) -> list[Mapping[str, str]]:
    return [{"title": clean(one.title), "url": clean(one.url)} for one in sources]


def _pairs(**values: str) -> Iterator[str]:
    yield from (f"{key}: {scalar(value)}" for key, value in values.items() if value)


def scalar(text: str) -> str:
    """Write one value; between double quotes where it could be read as something else."""
    return plain_scalar(clean(text))
