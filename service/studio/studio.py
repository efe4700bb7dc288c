"""The studio of one site: its content store, where FAQ_CORPUS_DIR is set."""

from copy import copy
from typing import TYPE_CHECKING, cast

from fastapi import Request

from service.live.live_index import LiveIndex
from service.settings import Settings, Switch
from service.studio.errors import StudioOff

if TYPE_CHECKING:
    from index.quality.publication import FindModel
    from service.studio.importer import Importer


class Studio:
    """What the routes of the studio share."""

    def __init__(
        self, settings: Settings, live: LiveIndex, find_model: "FindModel | None" = None
    ) -> None:
        """Open the folder of the content, and finish what a dead process left undone."""
        # Here, since a service without a studio knows neither the corpus nor what builds an index.
        from corpus.markdown import to_html
        from service.studio.article_store import ArticleStore, SectionEdit
        from service.studio.content_store import ContentStore
        from service.studio.draft import Draft
        from service.studio.git_commits import GitCommits
        from service.studio.publisher import Publisher

        assert settings.corpus_dir is not None  # noqa: S101 - else nobody makes this
        self.to_html = to_html
        """Shows Markdown as the build does."""
        commits = settings.content_commits is Switch.ON
        self.store = ContentStore(
            settings.corpus_dir, commits=GitCommits(settings.corpus_dir) if commits else None
        )
        self.store.files.recover()
        self._only_public = settings.import_private is Switch.OFF
        self.articles = ArticleStore(self.store)
        self.section_edit = SectionEdit
        finding = {"find": find_model} if find_model else {}
        self.publisher = Publisher(settings, live, **finding)
        self.draft = Draft(settings, self.store.files, self.publisher, live)

    def by(self, name: str) -> "Studio":
        """Return the studio as somebody uses it, whose name every change bears."""
        other = copy(self)
        other.store, other.articles = self.store.by(name), self.articles.by(name)
        return other

    @property
    def importer(self) -> "Importer":
        """What reads files to import; loaded when somebody first does."""
        from service.studio.importer import Importer

        return Importer(self.store, only_public=self._only_public)


def get_studio(request: Request) -> Studio:
    """Return the studio. Raises StudioOff where no folder of content is set."""
    studio = getattr(request.app.state, "studio", None)
    if studio is None:
        raise StudioOff
    return cast(Studio, studio)
