"""Teaching: a question that went wrong becomes a variant, an example of a boundary, or a check."""

from collections.abc import Sequence

from service.studio.errors import UnknownContent
from service.studio.items import ItemKind
from service.studio.studio import Studio


def carry_out(studio: Studio, action: str, questions: Sequence[str], to: str) -> str:
    """Do what a form asks for, and say what was done. Raises as `ContentStore.replace` does."""
    match action:
        case "check" | "none":
            for question in questions:
                studio.store.add_check(question, to if action == "check" else None)
            return "Added as a check: I ask it before every publication."
        case "undo-check":
            for question in questions:
                studio.store.remove_check(question)
            return "I've taken the check away again."
        case "undo":
            return f"Taken away from “{unlearn(studio, to, questions)}” again."
        case _:
            title = teach(studio, to, questions)
            return f"Added to “{title}”. Visitors get it once you publish."


def teach(studio: Studio, id_: str, questions: Sequence[str]) -> str:
    """Add ways to ask for an answer, a section or a boundary, all or none; returns its title.

    Raises as `ContentStore.replace` does.
    """
    return _change(studio, id_, questions, ())


def unlearn(studio: Studio, id_: str, questions: Sequence[str]) -> str:
    """Undo what `teach` did. Raises as it does."""
    return _change(studio, id_, (), questions)


def _change(studio: Studio, id_: str, new: Sequence[str], gone: Sequence[str]) -> str:
    try:
        item = studio.store.item(id_)
    except UnknownContent:
        section = studio.articles.section(id_)
        questions = _merged(section.questions, new, gone)
        edit = studio.section_edit(
            section.text, questions, section.owner, section.reviewed, section.valid_until
        )
        studio.articles.replace(id_, [section.etag], edit)
        return section.heading
    key = "examples" if item.kind is ItemKind.BOUNDARY else "variants"
    fields = {**item.fields, key: _merged(item.fields[key], new, gone)}
    studio.store.replace(item.kind, id_, [item.etag], fields)
    return str(fields["topic" if item.kind is ItemKind.BOUNDARY else "question"])


def _merged(old: Sequence[str], new: Sequence[str], gone: Sequence[str]) -> list[str]:
    """Return questions without what is gone, and with what is new once."""
    dropped = {_key(text) for text in gone}
    kept = [text for text in old if _key(text) not in dropped]
    merged = {_key(text): " ".join(text.split()) for text in reversed([*kept, *new])}
    return list(merged.values())[::-1]


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()
