"""Publications of one process, one after another, with the hand-written encoder."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus import load
from index.quality.content_audit import Outdated, audit
from index.quality.publication import Memory, Model, Request, State, publish_content
from index.versions import publication_history
from tests.support.encoding import HandEncoder
from tests.support.publishing import built, edit


@pytest.fixture
def model(encoder: HandEncoder, runtime: Path) -> Model:
    return Model(encoder, runtime, encoder)


@pytest.fixture
def request_(content: Path, tmp_path: Path) -> Request:
    return Request(content, tmp_path / "index")


def more_bread(content: Path) -> None:
    edit(content, {"how to get into baking": "how to get into the baking of bread"})


def test_what_was_previewed_is_published_as_it_was_judged(
    request_: Request, model: Model, content: Path
) -> None:
    memory = Memory()
    publish_content(request_, lambda *_: model, memory=memory)
    more_bread(content)
    preview = publish_content(replace(request_, dry_run=True), lambda *_: model, memory=memory)

    published = publish_content(request_, lambda *_: model, memory=memory)

    assert (preview.state, published.state) == (State.BUILT, State.PUBLISHED)
    assert published.comparison is preview.comparison
    assert published.findings == preview.findings
    assert publication_history.live(request_.out) == published.manifest.version  # type: ignore[union-attr]


def test_what_was_previewed_before_another_version_went_live_is_judged_again(
    request_: Request, model: Model, content: Path
) -> None:
    memory, other = Memory(), Memory()
    before = (content / "faqs" / "jobs.yaml").read_text(encoding="utf-8")
    more_bread(content)
    preview = publish_content(replace(request_, dry_run=True), lambda *_: model, memory=memory)
    after = (content / "faqs" / "jobs.yaml").read_text(encoding="utf-8")
    (content / "faqs" / "jobs.yaml").write_text(before, encoding="utf-8")
    publish_content(request_, lambda *_: model, memory=other)
    (content / "faqs" / "jobs.yaml").write_text(after, encoding="utf-8")

    published = publish_content(request_, lambda *_: model, memory=memory)

    assert published.comparison is not None
    assert published.comparison is not preview.comparison
    assert published.comparison.before is not None


def test_memory_changes_nothing_in_what_comes_out(
    request_: Request, model: Model, content: Path, tmp_path: Path
) -> None:
    memory, apart = Memory(), replace(request_, out=tmp_path / "apart" / "index")
    for request, kept in ((request_, memory), (apart, None)):
        publish_content(request, lambda *_: model, memory=kept)
    more_bread(content)

    with_memory, without = (
        publish_content(request, lambda *_: model, memory=kept)
        for request, kept in ((request_, memory), (apart, None))
    )

    assert with_memory.manifest is not None
    assert without.manifest is not None
    assert with_memory.manifest.files == without.manifest.files
    assert with_memory.findings == without.findings
    assert with_memory.comparison is not None
    assert without.comparison is not None
    assert with_memory.comparison.review == without.comparison.review


def test_publication_is_reported_once_the_version_is_live(
    request_: Request, model: Model, content: Path
) -> None:
    seen: list[str | None] = []

    def went_live() -> None:
        seen.append(publication_history.live(request_.out))

    results = [
        publish_content(request, lambda *_: model, went_live=went_live)
        for request in (replace(request_, dry_run=True), request_, request_)
    ]

    assert [result.state for result in results] == [State.BUILT, State.PUBLISHED, State.UNCHANGED]
    assert seen == [results[1].manifest.version]  # type: ignore[union-attr]


def test_audit_ends_when_the_content_is_another_one(
    request_: Request, model: Model, content: Path, runtime: Path, tmp_path: Path
) -> None:
    result = publish_content(request_, lambda *_: model, is_outdated=lambda: True)

    assert result.state is State.PUBLISHED
    with pytest.raises(Outdated):
        audit(load(content), built(content, runtime, tmp_path / "built"), lambda: True)
