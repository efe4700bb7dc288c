"""The npm package in real projects: the examples are installed, type-checked, built and used."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.build_npm_package import SOURCE, build
from tests.browser.host import Host
from tests.browser.visiting import Service, Visitor

pytestmark = pytest.mark.browser

NPM = shutil.which("npm")
EXAMPLES = SOURCE / "examples"
MISTAKES = {
    "react": ("src/main.tsx", 'position="inline"', 'position="middle"'),
    "vue": ("src/App.vue", "event.detail.question", "event.detail.answer"),
}
"""What the types have to refuse, by example."""
SECONDS = 400


def run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NPM or "", *command], cwd=folder, capture_output=True, text=True, timeout=SECONDS
    )


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if NPM is None:
        pytest.skip("npm is not installed: apt-get install npm")
    folder = tmp_path_factory.mktemp("npm")
    build(folder / "package")
    if run(["ping"], folder).returncode:
        pytest.skip("npm reaches no registry, from which the examples get React and Vue")
    packed = run(["pack", "./package"], folder)
    return folder / packed.stdout.split()[-1]


@pytest.mark.parametrize("name", ["react", "vue"])
def test_example_is_checked_strictly_built_and_answers(
    name: str, tarball: Path, tmp_path: Path, visitor: Visitor, service: Service, host: Host
) -> None:
    project = tmp_path / name
    shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns("node_modules"))
    for source in (project / "src").iterdir():
        text = source.read_text(encoding="utf-8").replace("http://127.0.0.1:8000", service.origin)
        source.write_text(text, encoding="utf-8")
    installed = run(["install", "--no-audit", "--no-fund", str(tarball)], project)
    assert installed.returncode == 0, installed.stderr

    built = run(["run", "build"], project)
    assert built.returncode == 0, built.stdout

    (script,) = (project / "dist" / "assets").glob("*.js")
    host.put(f"/{name}.js", script.read_text(encoding="utf-8"), "text/javascript")
    page = host.show(f'<div id="app"></div><script type="module" src="/{name}.js"></script>')
    visit = visitor(scripted=False, url=page)
    visit.part(".launcher").first.click()
    visit.part(".input").first.fill("Do bees sleep?")
    visit.page.keyboard.press("Enter")
    visit.page.locator("main > p", has_text="Do bees sleep?").wait_for()

    file, right, wrong = MISTAKES[name]
    source = project / file
    source.write_text(source.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    assert run(["run", "build"], project).returncode != 0, "the types let a mistake pass"
