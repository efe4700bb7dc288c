"""Mutation sample: change the code in small ways, one at a time, and see whether a test fails.

The operators are mutmut's, on LibCST, so the rest of a file stays as it is. Which tests reach a
line comes from one run under coverage with a context a test, so a test that reaches it only in a
process of its own does not count. Mutants live in a copy of the project, never in the tree itself.

Example: python scripts/mutation_sample.py --count 150 --seed 1 --json var/mutation.json
"""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import libcst as cst
import typer
from coverage import CoverageData
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_assignment, operator_string

ROOT = Path(__file__).resolve().parents[1]
BEHAVIOURS: Mapping[str, Sequence[str]] = {
    "retriever": ["index/retriever.py", "index/query_ranker.py", "index/decision/*.py"],
    "ranking": ["index/ranking/unit_scorer.py", "index/ranking/candidates.py"],
    "calibration": ["index/ranking/calibration.py"],
    "version store": ["index/versions/version_store.py"],
    "publication history": ["index/versions/publication_history.py"],
    "redaction": ["service/analytics/redaction.py"],
    "loader": ["corpus/loader.py", "corpus/entries.py", "corpus/articles.py"],
    "importers": ["corpus/importers/**/*.py"],
    "middleware": ["service/api/middleware.py"],
    "rate limits": ["service/api/rate_limits.py"],
}
FAST = ("tests/unit", "tests/integration")
# A changed message is wording, and a variable that is None ends in a TypeError in any case.
LEFT_OUT = (operator_assignment, operator_string)
OPERATORS = [(kind, change) for kind, change in mutation_operators if change not in LEFT_OUT]
MOST_TESTS = 300
"""So many of the tests that reach a line are tried, those of the nearest name first."""
CPU_SECONDS = 120
"""A mutant whose tests take more of a processor loops without end, and counts as killed."""
GRACE_SECONDS = 1200.0
"""A mutant whose tests take longer waits without end, and counts as killed."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A small change of one line inside a function."""

    behaviour: str
    path: str
    line: int
    function: str
    operator: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant and what became of it: killed, timed out, survived, or no test reaches it."""

    mutant: Mutant
    result: str
    tests: int
    seconds: float


class _Finder(cst.CSTVisitor):
    """Collects every replacement of a node inside the functions of a module."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.replacements: list[tuple[int, str, str, cst.CSTNode, cst.CSTNode]] = []
        self._scopes: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator):
            return False
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self._scopes.append(node.name.value)
        if self._scopes:
            line = self.get_metadata(PositionProvider, node).start.line
            self.replacements += [
                (line, ".".join(self._scopes), change.__name__.removeprefix("operator_"), node, new)
                for kind, change in OPERATORS
                if isinstance(node, kind)
                for new in change(node)
            ]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef):
            self._scopes.pop()


def mutants_of(tree: Path, path: Path, behaviour: str) -> list[tuple[Mutant, Callable[[], str]]]:
    """Return each mutant of a module, with what makes the text of the module that has it."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text("utf-8")))
    finder = _Finder()
    wrapper.visit(finder)
    module, name = wrapper.module, str(path.relative_to(tree))
    return [
        (
            Mutant(
                behaviour,
                name,
                line,
                function,
                operator,
                module.code_for_node(node).strip(),
                module.code_for_node(new).strip(),
            ),
            partial(_changed, module, node, new),
        )
        for line, function, operator, node, new in finder.replacements
    ]


def _changed(module: cst.Module, node: cst.CSTNode, new: cst.CSTNode) -> str:
    return cst.ensure_type(module.deep_replace(node, new), cst.Module).code


def draw(tree: Path, count: int, seed: int) -> list[tuple[Mutant, Callable[[], str]]]:
    """Draw as many mutants from each behaviour, as far as it has them."""
    chosen: list[tuple[Mutant, Callable[[], str]]] = []
    chance = random.Random(seed)  # noqa: S311 - a sample that can be repeated
    for number, (behaviour, globs) in enumerate(BEHAVIOURS.items()):
        share = count // len(BEHAVIOURS) + (number < count % len(BEHAVIOURS))
        paths = sorted({path for glob in globs for path in tree.glob(glob)})
        every = [one for path in paths for one in mutants_of(tree, path, behaviour)]
        chosen += chance.sample(every, min(share, len(every)))
    return chosen


def copy_project(folder: Path) -> Path:
    """Copy what git knows, also uncommitted, and link the cache of builds."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607 - git, wherever it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / "var" / "cache").mkdir(parents=True)
    for kept in ("embeddings", "encoders"):
        if (ROOT / "var" / "cache" / kept).is_dir():
            (folder / "var" / "cache" / kept).symlink_to(ROOT / "var" / "cache" / kept)
    return folder


def pytest_in(tree: Path, *arguments: str, seconds: float | None = None) -> int | None:
    """Run pytest in the copy and return its status; None when it takes too long."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}  # noqa: TID251 - of a child
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - pytest
            command,
            cwd=tree,
            env=environment,
            timeout=seconds,
            check=False,
            capture_output=True,
            preexec_fn=_limit_processor if seconds else None,
        )
    except subprocess.TimeoutExpired:
        return None
    return None if done.returncode == -signal.SIGXCPU else done.returncode


def _limit_processor() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))


def reaching_tests(tree: Path, tests: Sequence[str]) -> Mapping[tuple[str, int], list[str]]:
    """Return the tests that execute each line of the three packages."""
    settings = tree / "mutation.coveragerc"
    settings.write_text("[run]\nsource = corpus, index, service\n")
    pytest_in(tree, *tests, "--cov", f"--cov-config={settings}", "--cov-context=test", "-nlogical")
    data = CoverageData(str(tree / ".coverage"))
    data.read()
    reached: dict[tuple[str, int], list[str]] = defaultdict(list)
    for file in data.measured_files():
        name = str(Path(file).relative_to(tree))
        for line, contexts in data.contexts_by_lineno(file).items():
            reached[name, line] = sorted({one.partition("|")[0] for one in contexts} - {""})
    return reached


def attempt(tree: Path, mutant: Mutant, text: Callable[[], str], tests: Sequence[str]) -> Trial:
    """Put the mutant in place, run the tests that reach it until one fails, and take it out."""
    if not tests:
        return Trial(mutant, "no test reaches", 0, 0.0)
    stem = Path(mutant.path).stem
    nearest = sorted(tests, key=lambda test: (stem not in test, test))[:MOST_TESTS]
    path, started = tree / mutant.path, time.monotonic()
    original = path.read_text("utf-8")
    path.write_text(text(), "utf-8")
    (tree / "selected.txt").write_text("\n".join(nearest))
    try:
        status = pytest_in(tree, "-x", "@selected.txt", seconds=GRACE_SECONDS)
    finally:
        path.write_text(original, "utf-8")
    results = {None: "timed out", 0: "survived"}
    return Trial(mutant, results.get(status, "killed"), len(tests), time.monotonic() - started)


def table(trials: Sequence[Trial]) -> str:
    """Return a Markdown table, a row for each behaviour, and each survivor in a line."""
    columns = ("killed", "timed out", "survived", "no test reaches")
    lines = [f"| behaviour | mutants | {' | '.join(columns)} |", "| --- " * 6 + "|"]
    for behaviour in (*BEHAVIOURS, "all"):
        mine = [one.result for one in trials if behaviour in (one.mutant.behaviour, "all")]
        counts = Counter(mine)
        cells = " | ".join(str(counts[column]) for column in columns)
        lines.append(f"| {behaviour} | {len(mine)} | {cells} |")
    lines += [
        f"{one.result}: {one.mutant.path}:{one.mutant.line} {one.mutant.function} "
        f"({one.mutant.operator}): {one.mutant.before!r} -> {one.mutant.after!r}"
        for one in trials
        if one.result in ("survived", "no test reaches")
    ]
    return "\n".join(lines)


def main(
    tests: Annotated[
        list[str] | None, typer.Argument(help="Tests to run, as pytest takes them.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many mutants.", min=1)] = 150,
    seed: Annotated[int, typer.Option(help="Draws the same sample again.")] = 1,
    out: Annotated[Path | None, typer.Option("--json", help="Where to write every mutant.")] = None,
) -> None:
    """Change the code in small ways and report which changes no test notices.

    Example: python scripts/mutation_sample.py tests/unit --count 30
    """
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tree = copy_project(Path(folder))
        typer.echo("Running the tests once to see what each reaches.", err=True)
        reached = reaching_tests(tree, tests or FAST)
        trials: list[Trial] = []
        for mutant, text in draw(tree, count, seed):
            trials.append(attempt(tree, mutant, text, reached.get((mutant.path, mutant.line), [])))
            typer.echo(
                f"{len(trials)}/{count} {trials[-1].result} {mutant.path}:{mutant.line}", err=True
            )
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps([asdict(one) for one in trials], indent=1), "utf-8")
    typer.echo(table(trials))


if __name__ == "__main__":
    typer.run(main)
