"""The service dies by SIGKILL while it saves an answer and publishes it."""

import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus import load
from index.versions import publication_history, version_store
from service.studio.content_files import JOURNAL
from tests.support.dying import killed_at
from tests.support.paths import CONTENT
from tests.support.publishing import built
from tests.support.serving import ADMIN, settings_for
from tests.support.studio import visiting

RUNS = 20
QUESTION = "How do I become a baker?"
ENTRY = "/v1/content/entries/faq-start"
BEFORE, AFTER = "Apply for an apprenticeship at a bakery.", "Ask at a bakery."


@pytest.fixture(scope="module")
def published(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Content, its index, and what a build needs; to be copied."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(CONTENT, folder / "content")
    shutil.copytree(runtime, folder / "runtime")
    built(folder / "content", folder / "runtime", folder / "index", publish=True)
    return folder


def service(folder: Path) -> "TestClient":
    settings = settings_for(folder, corpus_dir=folder / "content", index_dir=folder / "index")
    return visiting(settings, folder / "runtime")  # type: ignore[return-value]


def save_and_publish(folder: Path) -> None:
    with service(folder) as client:
        change(client)


def change(client: TestClient) -> None:
    entry = client.get(ENTRY, headers=ADMIN)
    headers = {**ADMIN, "If-Match": entry.headers["ETag"]}
    body = {key: value for key, value in entry.json().items() if key not in ("file", "etag")}
    assert client.put(ENTRY, json={**body, "answer": AFTER}, headers=headers).status_code == 200
    assert client.post("/v1/content/publish", headers=ADMIN).status_code == 200


def answer_of(client: TestClient) -> str:
    text: str = client.post("/v1/ask", json={"question": QUESTION}).json()["answer"]["text"]
    return text


def debris(folder: Path) -> list[str]:
    left = (".building-*", ".*.new", JOURNAL)
    return [path.name for pattern in left for path in folder.rglob(pattern)]


def test_files_parse_and_what_is_live_answers_wherever_it_dies(
    published: Path, tmp_path: Path
) -> None:
    whole = shutil.copytree(published, tmp_path / "whole")
    places = killed_at(save_and_publish, whole, None).places
    ours = [
        place for place in places if place.change.split()[-1].startswith(("content/", "index/"))
    ]
    assert len(ours) >= RUNS
    chosen = [ours[n * (len(ours) - 1) // (RUNS - 1)] for n in range(RUNS)]

    answers = []
    for run, place in enumerate(chosen):
        folder = shutil.copytree(published, tmp_path / f"run-{run}")
        assert killed_at(save_and_publish, folder, place).killed
        load(folder / "content")
        with service(folder) as client:
            answers.append(answer_of(client))
            change(client)
            assert AFTER in answer_of(client), place
        assert debris(folder) == [], place
        for name in version_store.version_names(folder / "index"):
            version_store.verify(version_store.version_folder(folder / "index", name))
        history = publication_history.history(folder / "index")
        assert history[-1].version == version_store.current(folder / "index")

    # The last change of all makes it live, so that it dies before that every time.
    assert [place for place, text in zip(chosen, answers, strict=True) if BEFORE not in text] == []
