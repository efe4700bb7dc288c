"""What the folders, the metadata and the documents promise each other."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT

PACKAGES = ("corpus", "index", "service")
SOURCES = [
    path.relative_to(ROOT)
    for folder in (*PACKAGES, "benchmarks", "scripts", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
PRODUCT = [path for path in SOURCES if path.parts[0] in PACKAGES]


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.mark.parametrize("name", PACKAGES)
def test_package_resolves_inside_this_repository(name: str) -> None:
    spec = importlib.util.find_spec(name)

    assert spec is not None
    assert spec.origin == str(ROOT / name / "__init__.py")


@pytest.mark.parametrize("name", PACKAGES)
def test_package_resolves_inside_this_repository_from_anywhere(name: str, tmp_path: Path) -> None:
    completed = subprocess.run(
        [sys.executable, "-c", f"import {name}; print({name}.__file__)"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        text=True,
    )

    assert completed.stdout.strip() == str(ROOT / name / "__init__.py")


def test_no_folder_under_tests_bears_the_name_of_a_package() -> None:
    folders = {path.name for path in (ROOT / "tests").rglob("*") if path.is_dir()}

    assert folders.isdisjoint(PACKAGES)


@pytest.mark.parametrize("name", [".gitignore", ".dockerignore"])
def test_no_ignore_rule_mentions_content_or_code(name: str) -> None:
    rules = (ROOT / name).read_text(encoding="utf-8").splitlines()

    assert [rule for rule in rules if re.match(r"[^#!].*(corpus|index)", rule)] == []


def test_build_lists_every_package(pyproject: dict[str, Any]) -> None:
    folders = {".".join(path.parent.parts) for path in SOURCES if path.parts[0] in PACKAGES}

    assert sorted(pyproject["tool"]["setuptools"]["packages"]) == sorted(folders)


def test_build_carries_every_file_that_is_read_at_run_time(pyproject: dict[str, Any]) -> None:
    globs = pyproject["tool"]["setuptools"]["package-data"]
    carried = {
        path
        for name in globs
        for glob in globs[name]
        for path in (ROOT / name.replace(".", "/")).glob(glob)
    }
    files = {
        path
        for name in ("index", "service")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc", ".md"}
    }

    assert files - carried == set()


def test_index_is_never_a_variable() -> None:
    assigned = re.compile(r"^\s*(?:for )?index(?:: [^=\n]+)? (?:=|in) ", re.MULTILINE)

    assert [path for path in SOURCES if assigned.search((ROOT / path).read_text("utf-8"))] == []


def test_no_public_class_name_stands_in_two_modules_but_one_that_serving_may_not_import() -> None:
    names = Counter(
        node.name
        for path in PRODUCT
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )

    assert [name for name, count in names.items() if count > 1] == ["Source"]


def test_no_room_has_more_than_fourteen_modules() -> None:
    rooms = Counter(path.parent for path in PRODUCT if path.name != "__init__.py")

    assert {str(room): count for room, count in rooms.items() if count > 14} == {}


def test_serving_needs_nothing_that_only_a_build_needs(pyproject: dict[str, Any]) -> None:
    names = {Requirement(line).name for line in pyproject["project"]["dependencies"]}

    assert names.isdisjoint({"onnx", "sentence-transformers", "torch", "transformers"})


def test_every_declared_dependency_is_pinned_within_its_range(
    pyproject: dict[str, Any], pins: dict[str, str]
) -> None:
    extras = pyproject["project"]["optional-dependencies"]
    declared = [
        *pyproject["project"]["dependencies"],
        *(line for lines in extras.values() for line in lines),
    ]
    requirements = [Requirement(line) for line in declared]

    misfits = [
        str(requirement)
        for requirement in requirements
        if pins.get(canonicalize_name(requirement.name), "") not in requirement.specifier
    ]

    assert misfits == []


def imported(path: Path) -> set[str]:
    """Top-level names that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("corpus", ["import"]),
        ("index", ["build", "milvus", "store"]),
        ("service", ["mcp", "redis", "tracing"]),
        ("benchmarks", ["build"]),
        ("scripts", ["build", "dev"]),
        ("tests", ["build", "dev"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_everything_imported_is_declared(
    pyproject: dict[str, Any], folder: str, extras: list[str]
) -> None:
    optional = pyproject["project"]["optional-dependencies"]
    lists = [pyproject["project"]["dependencies"], *(optional[extra] for extra in extras)]
    declared = {canonicalize_name(Requirement(line).name) for lines in lists for line in lines}
    owners = packages_distributions()
    ours = {*PACKAGES, "benchmarks", "scripts", "tests", "conftest"}
    installed_apart = {"atheris", "txtai"}  # by whoever runs the script that needs it
    known = ours | installed_apart | sys.stdlib_module_names

    undeclared = {
        f"{path} imports {name}"
        for path in SOURCES
        if path.parts[0] == folder
        for name in imported(path) - known
        if declared.isdisjoint(map(canonicalize_name, owners.get(name, [])))
    }

    assert undeclared == set()


def test_pins_have_no_local_part(pins: dict[str, str]) -> None:
    assert [version for version in pins.values() if "+" in version] == []


def test_every_make_target_that_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        name
        for path in documents
        for name in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))
    }

    assert named - targets == set()


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]

    assert broken == []


def test_every_module_that_the_documents_name_exists() -> None:
    documents = [ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    named = {
        (path.name, name)
        for path in documents
        for name in re.findall(
            r"`((?:corpus|index|service|tests|scripts)/[\w/]+\.(?:py|js|json))`",
            path.read_text(encoding="utf-8"),
        )
    }

    assert len(named) > 25
    assert [(path, name) for path, name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_heading_that_a_link_between_documents_names_exists() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{path.relative_to(ROOT)}: {target}#{anchor}"
        for path in documents
        for target, anchor in re.findall(
            r"\]\(([^)#:]*\.md)?#([^)]+)\)", path.read_text(encoding="utf-8")
        )
        if anchor not in anchors(path.parent / target if target else path)
    ]

    assert broken == []


def anchors(path: Path) -> set[str]:
    """Anchors of a Markdown file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_ci_runs_the_command_that_the_readme_names_and_then_everything() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    called = re.findall(r"^make ([a-z-]+)", script, re.MULTILINE)

    assert called == ["test", "check"]
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_folder_of_tests_is_selected_by_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    folders = {f"tests/{path.parts[1]}" for path in SOURCES if path.name.startswith("test_")}

    assert folders == set(re.findall(r"tests/\w+(?=\s)", makefile))
    assert re.findall(r"tests/\w+/\w+\.py", makefile) == ["tests/browser/test_main_path.py"]
