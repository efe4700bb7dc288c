"""Importers: documents in foreign formats -> articles and canned answers for review.

    found = read_file("article.txt", raw)
    draft = arrange(found)

Nothing here runs when content is loaded or served. The packages that read foreign formats come with
the extra `import` and are imported when a source needs them.
"""

from corpus.http_client import download
from corpus.importers.assemble.arrangement import arrange
from corpus.importers.blocks import ImportDraft, ImportedArticle, Note, NoteKind, Question
from corpus.importers.merge.inherited_variants import furnish, inherit
from corpus.importers.merge.merge import Change, Target, merge
from corpus.importers.readers.formats import FORMATS, read_source

__all__ = [
    "FORMATS",
    "Change",
    "ImportDraft",
    "ImportedArticle",
    "Note",
    "NoteKind",
    "Question",
    "Target",
    "arrange",
    "download",
    "furnish",
    "inherit",
    "merge",
    "read_source",
]
