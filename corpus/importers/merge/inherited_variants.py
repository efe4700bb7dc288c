"""Variants, boundaries and smalltalk that an import reuses from a corpus on the same subject.

An imported article has no variants. Where another corpus has some for a text that says the same,
the import copies them for review.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from corpus.articles import parse_article
from corpus.documents import Corpus, Document, Entry
from corpus.entries import parse_entries
from corpus.files import TextFile
from corpus.importers.assemble.ids import same
from corpus.importers.assemble.rendering import questions_yaml
from corpus.importers.blocks import ImportDraft, Note, NoteKind, Question
from corpus.importers.merge.merge import Change, Merged, Target
from corpus.importers.merge.text_likeness import counterparts, texts_of

SMALLTALK = "smalltalk.yaml"
STARTER = Path(__file__).with_name("starter")
"""Smalltalk that suits any subject."""
_SHARED = (SMALLTALK, "boundaries.yaml", "synonyms.yaml")
_LINK = re.compile(r"\]\(/faq#([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Heritage:
    """What one source inherits from an older corpus."""

    draft: ImportDraft
    """The source with variants for its canned answers."""
    targets: tuple[Target, ...]
    """Files with those of its sections."""
    ids: Mapping[str, str]
    """Id in the older corpus to the one of the text that says the same."""
    notes: tuple[Note, ...]


def inherit(draft: ImportDraft, merged: Merged, old: Corpus) -> Heritage:
    """Find out what `old` knows about the files that a source becomes, if they are new."""
    documents, entries = _parsed(merged.targets)
    ids = counterparts(old, texts_of(documents, entries))
    asked = _asked(old, ids)
    names = {entry.id: same(entry.question) for entry in entries}
    variants = {names[unit]: found for unit, found in asked.items() if unit in names}
    groups = {names[unit]: others for unit, others in _equivalents(old, ids, names).items()}
    questions = tuple(_with_variants(one, variants, groups) for one in draft.questions)
    targets = tuple(_questions_file(one, asked) for one in documents if _has_any(one, asked))
    return Heritage(replace(draft, questions=questions), targets, ids, _notes(asked, old))


def _parsed(targets: Sequence[Target]) -> tuple[list[Document], list[Entry]]:
    documents: list[Document] = []
    entries: list[Entry] = []
    for target in targets:
        if target.change is not Change.NEW:
            continue
        file = TextFile.of(target.name, target.text.encode())
        if target.name.startswith("articles/"):
            parsed = parse_article(file, PurePosixPath(target.name).stem)
            documents.extend(one.document for one in parsed.items)
        else:
            entries.extend(parse_entries(file).items)
    return documents, entries


def _asked(old: Corpus, ids: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Collect variants by the new id."""
    found: dict[str, dict[str, None]] = {}
    for unit, ways in (
        *((s.id, s.questions) for document in old.documents for s in document.sections),
        *((entry.id, (entry.question, *entry.variants)) for entry in old.entries),
    ):
        if unit in ids and ways:
            found.setdefault(ids[unit], {}).update(dict.fromkeys(ways))
    return {unit: tuple(ways) for unit, ways in found.items()}


def _equivalents(
    old: Corpus, ids: Mapping[str, str], kept: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Carry over which canned answers say the same; the first of a group names the others."""
    groups = [
        list(dict.fromkeys(ids[one] for one in group if one in ids)) for group in old.equivalents
    ]
    whole = [[one for one in group if one in kept] for group in groups]
    return {group[0]: tuple(group[1:]) for group in whole if len(group) > 1}


def _with_variants(
    question: Question,
    variants: Mapping[str, tuple[str, ...]],
    equivalents: Mapping[str, tuple[str, ...]],
) -> Question:
    key = same(question.question)
    fitting = [one for one in variants.get(key, ()) if same(one) != key]
    return replace(
        question,
        variants=question.variants or tuple(fitting),
        equivalents=question.equivalents or equivalents.get(key, ()),
    )


def _has_any(document: Document, asked: Mapping[str, tuple[str, ...]]) -> bool:
    return any(section.id in asked for section in document.sections)


def _questions_file(document: Document, asked: Mapping[str, tuple[str, ...]]) -> Target:
    ways = {section.id: asked[section.id] for section in document.sections if section.id in asked}
    name = f"{document.file.removesuffix('.md')}.questions.yaml"
    return Target(name, questions_yaml(ways), Change.NEW, "")


def _notes(asked: Mapping[str, Sequence[str]], old: Corpus) -> tuple[Note, ...]:
    if not asked:
        return ()
    count = sum(map(len, asked.values()))
    variants = f"{count} variant{'s' * (count != 1)}"
    texts = f"{len(asked)} text{'s' * (len(asked) != 1)}"
    text = f"{variants} for {texts}, from {old.folder}, which says the same"
    return (Note(0, NoteKind.GUESSED, text),)


def furnish(out: Path, old: Corpus | None, ids: Mapping[str, str]) -> tuple[Target, ...]:
    """Give a corpus what belongs to no article: smalltalk, and on one subject what `old` refuses.

    A file that is there stays as it is. Links lead to what says the same, else to the page.
    """
    source = old.folder if old is not None and ids else STARTER
    names = [name for name in _SHARED if (source / name).is_file() and not _is_there(out, name)]
    return tuple(
        Target(name, _relinked((source / name).read_text(encoding="utf-8"), ids), Change.NEW, "")
        for name in names
    )


def _is_there(out: Path, name: str) -> bool:
    return any((out / name).with_suffix(ending).exists() for ending in (".yaml", ".yml"))


def _relinked(text: str, ids: Mapping[str, str]) -> str:
    def link(match: re.Match[str]) -> str:
        return f"](/faq#{ids[match[1]]})" if match[1] in ids else "](/faq)"

    return _LINK.sub(link, text)
