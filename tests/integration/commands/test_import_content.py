import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.paths import ROOT

CSV = "question,answer\nIs it hot?,Yes.\n"
WITH_FOLDER = """\
import runpy, sys
sys.path.insert(0, sys.argv[1])
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a command with one more folder in front of those that modules come from."""


def run(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts" / "import_content.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def test_sources_become_a_corpus_with_a_report(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text(CSV)
    (tmp_path / "My Kitchen.txt").write_text("Kitchen\n\nHeat, a lot of it.\n")

    done = run("faq.csv", "My Kitchen.txt", "--out", "out", "--owner", "Cooks", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout
        == """\
faq.csv:1: guessed: the columns are told apart by ','
faq.csv:2: taken: canned answer 'Is it hot?'
faq.csv: 1 taken, 1 guessed, 0 left out
out/faqs/faq.yaml: new
My Kitchen.txt:1: guessed: section 'Kitchen', by the look of its heading
My Kitchen.txt: 0 taken, 1 guessed, 0 left out
out/articles/my-kitchen.md: new
out/smalltalk.yaml: new
out: 1 canned answers and 1 sections; it loads
"""
    )
    assert (tmp_path / "out" / "faqs" / "faq.yaml").read_text() == (
        "- id: is-it-hot\n  question: Is it hot?\n  answer: Yes.\n  owner: Cooks\n"
    )


def test_difference_is_shown_and_taken_over_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text(CSV)
    run("faq.csv", "--out", "out", cwd=tmp_path)
    written = tmp_path / "out" / "faqs" / "faq.yaml"
    before = written.read_text()
    (tmp_path / "faq.csv").write_text(CSV.replace("Yes.", "Very."))

    shown = run("faq.csv", "--out", "out", cwd=tmp_path)
    left = written.read_text()
    taken = run("faq.csv", "--out", "out", "--replace", cwd=tmp_path)

    assert (shown.returncode, taken.returncode) == (0, 0)
    assert "-  answer: Yes.\n+  answer: Very.\n" in shown.stdout
    assert "left as it is; --replace takes over what is shown above" in shown.stdout
    assert left == before
    assert written.read_text() == before.replace("Yes.", "Very.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.txt"], "'nowhere.txt' is not there"),
        (["folder.txt"], "'folder.txt' is no file"),
        (["picture.png"], "'picture.png' is none of .txt, .md,"),
        (["a.csv", "a.txt"], "more than one source would be written as 'a'; rename one"),
        (["a.csv", "--out", "a.txt"], "'a.txt' is a file"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "a.txt").write_text("Words, a few.")

    done = run("--out", "out", *arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_source_at_fault_exits_with_1_and_the_others_are_imported(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text(CSV)

    done = run("a.csv", "b.csv", "--out", "out", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith("a.csv:1: no columns with questions and answers were found.")
    assert (tmp_path / "out" / "faqs" / "b.yaml").exists()


def test_content_at_fault_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nWords. {#misplaced}\n\nMore.\n")

    done = run("a.md", "--out", "out", cwd=tmp_path)

    assert done.returncode == 1
    assert "articles/a.md:" in done.stderr
    assert "Traceback" not in done.stderr


def test_address_that_cannot_be_reached_exits_with_1(tmp_path: Path) -> None:
    done = run("http://127.0.0.1:9/careers", "--out", tmp_path / "out")

    assert done.returncode == 1
    assert done.stderr.startswith("http://127.0.0.1:9/careers: it cannot be fetched")


@pytest.mark.parametrize(
    ("module", "package", "purpose", "ending", "raw"),
    [
        ("bs4", "beautifulsoup4", "HTML", "html", b"<p>Words, a few.</p>"),
        ("trafilatura", "trafilatura", "HTML", "html", b"<p>Words, a few.</p>"),
        ("markdownify", "markdownify", "HTML", "csv", b"question,answer\nIs it?,<p>Yes.</p>\n"),
        ("openpyxl", "openpyxl", "XLSX", "xlsx", b""),
        ("docx", "python-docx", "DOCX", "docx", b""),
        ("charset_normalizer", "charset-normalizer", "files that are not UTF-8", "txt", b"caf\xe9"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_missing_package_is_named_with_how_to_install_it(
    tmp_path: Path, module: str, package: str, purpose: str, ending: str, raw: bytes
) -> None:
    (tmp_path / f"faq.{ending}").write_bytes(raw)
    (tmp_path / f"{module}.py").write_text("raise ImportError('not installed')")
    script = ROOT / "scripts" / "import_content.py"
    command: list[str | Path] = [sys.executable, "-c", WITH_FOLDER, tmp_path, script]

    done = subprocess.run(
        [*command, tmp_path / f"faq.{ending}", "--out", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == (
        f"{package}: the package is needed for {purpose}. "
        "Install it with: .venv/bin/pip install -c constraints.txt -e '.[import]'\n"
    )


@pytest.mark.socket
def test_address_is_imported(tmp_path: Path) -> None:
    (tmp_path / "careers.html").write_text("<h1>Kitchen</h1><p>Heat, and a lot of it.</p>")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/careers.html"
        done = run(address, "--out", tmp_path / "out")
        server.shutdown()

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "articles" / "careers.md").read_text() == (
        f"---\ntitle: Kitchen\nurl: {address}\n---\n\n"
        "# Kitchen {#kitchen}\n\nHeat, and a lot of it.\n"
    )


def test_folder_that_cannot_be_written_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text(CSV)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "faqs").write_text("a file where a folder should be")

    done = run("faq.csv", "--out", "out", cwd=tmp_path)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_help_has_an_example() -> None:
    done = run("--help")

    assert done.returncode == 0
    assert "python scripts/import_content.py article.txt faq.csv --out my-content" in done.stdout
