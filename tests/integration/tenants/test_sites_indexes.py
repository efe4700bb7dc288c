"""That each site follows what is published for it, and nothing else."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.hosting import BAKERY, KITCHEN, ONLY_THERE, hosting, sites_file
from tests.support.paths import CONTENT
from tests.support.publishing import built, edit


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)


def test_index_of_one_site_is_shown_as_long_as_it_answers(
    sites_folder: Path, runtime: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(sites_folder / "indexes" / "bakery", tmp_path / "own")
    file = sites_file(sites_folder, bakery={"index_dir": "own"})
    with hosting(sites_folder, file, watch_seconds=0.05) as client:
        before = client.get(f"{BAKERY}/v1/index").json()["version"]
        content = shutil.copytree(CONTENT, tmp_path / "content")
        edit(content, {"Pay is much the same": "Pay is about the same"})
        version = built(content, runtime, out, publish=True).loaded.manifest.version
        wait_until(lambda: client.get(f"{BAKERY}/v1/index").json()["version"] == version)

        text = client.get("/metrics").text
        assert version != before
        assert f'site="bakery",version="{version}"' in text
        assert text.count("\nfaq_index_info{") == 2
        answer = client.get(f"{BAKERY}/v1/answers/faq-pay").json()["text"]
        assert answer.startswith("Pay is about the same")
        other = client.get(f"{KITCHEN}/v1/answers/faq-pay").json()["text"]
        assert other.startswith(ONLY_THERE)


def test_site_whose_index_comes_later_is_taken(sites_folder: Path, tmp_path: Path) -> None:
    file = sites_file(sites_folder, kitchen={"index_dir": "later"})
    with hosting(sites_folder, file, watch_seconds=0.05) as client:
        assert client.get(f"{KITCHEN}/readyz").status_code == 503
        shutil.copytree(sites_folder / "indexes" / "kitchen", tmp_path / "later")

        wait_until(lambda: client.get(f"{KITCHEN}/readyz").status_code == 200)


def test_index_of_a_site_may_come_from_a_store_of_its_own(sites_folder: Path) -> None:
    source = {"index_dir": "fetched", "index_source": f"file://{sites_folder}/indexes/kitchen"}
    with hosting(sites_folder, sites_file(sites_folder, kitchen=source)) as client:
        answer = client.get(f"{KITCHEN}/v1/answers/faq-pay").json()["text"]

    assert answer.startswith(ONLY_THERE)
    assert (sites_folder / "fetched" / "current").is_file()
