import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import Result

from tests.support.commands import run, words


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, format: str, *args: object) -> None:
        pass


CSV = "question,answer\nIs it hot?,Yes.\n"


def imported(*arguments: str | Path) -> Result:
    return run("import", *arguments)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sources_become_a_corpus_with_a_report(place: Path) -> None:
    (place / "faq.csv").write_text(CSV)
    (place / "My Kitchen.txt").write_text("Kitchen\n\nHeat, a lot of it.\n")

    result = imported("faq.csv", "My Kitchen.txt", "--out", "out", "--owner", "Cooks")

    assert (result.exit_code, result.stderr) == (0, "")
    assert (
        result.stdout
        == """\
faq.csv:1: guessed: the columns are separated by ','
faq.csv:2: taken: canned answer 'Is it hot?'
faq.csv: 1 block: 1 taken, 0 guessed, 0 left out
out/faqs/faq.yaml: new
My Kitchen.txt:1: guessed: section 'Kitchen', by the look of its heading
My Kitchen.txt: 2 blocks: 0 taken, 2 guessed, 0 left out
out/articles/my-kitchen.md: new
out/smalltalk.yaml: new
out: 1 canned answer and 1 section; it loads
"""
    )
    assert (place / "out" / "faqs" / "faq.yaml").read_text() == (
        "- id: is-it-hot\n  question: Is it hot?\n  answer: Yes.\n  owner: Cooks\n"
    )


def test_difference_is_shown_and_taken_over_only_when_asked(place: Path) -> None:
    (place / "faq.csv").write_text(CSV)
    imported("faq.csv", "--out", "out")
    written = place / "out" / "faqs" / "faq.yaml"
    before = written.read_text()
    (place / "faq.csv").write_text(CSV.replace("Yes.", "Very."))

    shown = imported("faq.csv", "--out", "out")
    left = written.read_text()
    taken = imported("faq.csv", "--out", "out", "--replace")

    assert (shown.exit_code, taken.exit_code) == (0, 0)
    assert "-  answer: Yes.\n+  answer: Very.\n" in shown.stdout
    assert "not changed; --replace" in shown.stdout
    assert left == before
    assert written.read_text() == before.replace("Yes.", "Very.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.txt"], "'nowhere.txt' does not exist"),
        (["folder.txt"], "'folder.txt' is not a file"),
        (["picture.png"], "'picture.png' is none of .txt, .md,"),
        (["a.csv", "--out", "a.txt"], "'a.txt' is a file"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage_exits_with_2(place: Path, arguments: list[str], message: str) -> None:
    (place / "folder.txt").mkdir()
    (place / "a.csv").write_text(CSV)
    (place / "a.txt").write_text("Words, a few.")

    result = imported("--out", "out", *arguments)

    assert result.exit_code == 2
    assert message in words(result.stderr)
    assert not (place / "out").exists()


def test_source_at_fault_exits_with_1_and_the_others_are_imported(place: Path) -> None:
    (place / "a.csv").write_text("x,y\n1,2\n")
    (place / "b.csv").write_text(CSV)

    result = imported("a.csv", "b.csv", "--out", "out")

    assert result.exit_code == 1
    assert result.stderr.startswith("a.csv:1: no columns with questions and answers were found.")
    assert (place / "out" / "faqs" / "b.yaml").exists()


def test_what_is_no_source_exits_with_2_and_the_others_are_imported(place: Path) -> None:
    (place / "a.csv").write_text("x,y\n1,2\n")
    (place / "b.csv").write_text(CSV)

    result = imported("nowhere.txt", "a.csv", "picture.png", "b.csv", "--out", "out")

    assert result.exit_code == 2
    assert [line.split(" ")[0] for line in result.stderr.splitlines()] == [
        "'nowhere.txt'",
        "'picture.png'",
        "a.csv:1:",
    ]
    assert (place / "out" / "faqs" / "b.yaml").exists()


def test_missing_package_is_named_before_anything_is_written(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "a.csv").write_text(CSV)
    (place / "b.xlsx").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "openpyxl", None)

    result = imported("a.csv", "b.xlsx", "--out", "out")

    assert (result.exit_code, "openpyxl" in result.stderr) == (2, True)
    assert not (place / "out").exists()


def test_content_at_fault_exits_with_1(place: Path) -> None:
    (place / "a.md").write_text("# A\n\nWords. {#misplaced}\n\nMore.\n")

    result = imported("a.md", "--out", "out")

    assert result.exit_code == 1
    assert "articles/a.md:" in result.stderr


@pytest.mark.socket
def test_address_that_cannot_be_reached_exits_with_1(place: Path) -> None:
    result = imported("http://127.0.0.1:9/careers", "--out", place / "out")

    assert result.exit_code == 1
    assert result.stderr.startswith("http://127.0.0.1:9/careers: it cannot be fetched")


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
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    package: str,
    purpose: str,
    ending: str,
    raw: bytes,
) -> None:
    (place / f"faq.{ending}").write_bytes(raw)
    monkeypatch.setitem(sys.modules, module, None)

    done = imported(f"faq.{ending}", "--out", "out")

    assert done.exit_code == 2
    assert done.stderr.startswith(f"{package}: the package is needed for {purpose}. ")
    assert "[import]" in done.stderr


@pytest.mark.socket
def test_address_is_imported(place: Path) -> None:
    (place / "careers.html").write_text("<h1>Kitchen</h1><p>Heat, and a lot of it.</p>")
    handler = partial(Quiet, directory=str(place))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/careers.html"
        result = imported(address, "--out", place / "out")
        server.shutdown()

    assert (result.exit_code, result.stderr) == (0, "")
    assert (place / "out" / "articles" / "careers.md").read_text() == (
        f"---\ntitle: Kitchen\nurl: {address}\n---\n\n"
        "# Kitchen {#kitchen}\n\nHeat, and a lot of it.\n"
    )


def test_folder_that_cannot_be_written_exits_with_1(place: Path) -> None:
    (place / "faq.csv").write_text(CSV)
    (place / "out").mkdir()
    (place / "out" / "faqs").write_text("a file where a folder should be")

    result = imported("faq.csv", "--out", "out")

    assert result.exit_code == 1


def test_two_sources_of_one_name_get_two_files(place: Path) -> None:
    (place / "a.csv").write_text(CSV)
    (place / "a.tsv").write_text("question\tanswer\nIs it loud?\tNo.\n")
    (place / "sub").mkdir()
    (place / "sub/a.csv").write_text("question,answer\nIs it far?,A bit.\n")

    result = imported("a.csv", "a.tsv", "sub/a.csv", "--out", "out", "--alone")

    assert result.exit_code == 0
    assert sorted(path.name for path in (place / "out/faqs").iterdir()) == [
        "a-csv.yaml",
        "a-tsv.yaml",
        "a.yaml",
    ]
