"""Take the pictures of docs/ from a running service.

Example: python scripts/screenshots.py --url http://127.0.0.1:8000
"""

import base64
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
QUALITY = 70
"""Of WebP: letters stay crisp, and a picture takes 20 to 40 kB."""
DESKTOP = {"viewport": {"width": 1100, "height": 760}}
PHONE = {"viewport": {"width": 360, "height": 720}, "device_scale_factor": 2, "has_touch": True}
DARK = {"color_scheme": "dark"}

CANNED = "do ML engineers out-earn software engineers?"
COMPARISON = "Which of the two is more in demand?"
REFUSAL = "what does a software engineer earn in Berlin?"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    name: str
    context: Mapping[str, Any]
    steps: Callable[[Page], None]
    path: str = "/"


def main(
    url: Annotated[
        str, typer.Option(help="Address of a running service.")
    ] = "http://127.0.0.1:8000",
    out: Annotated[Path, typer.Option(help="Folder of the pictures.")] = Path("docs/images"),
    only: Annotated[list[str] | None, typer.Option(help="Name of a picture to take.")] = None,
) -> None:
    """Take the pictures of docs/ from a running service.

    Exit code 0: all were taken; 1: the service or a browser is not there; 2: wrong usage.

    Example: python scripts/screenshots.py --url http://127.0.0.1:8000
    """
    out.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as playwright, _browser(playwright) as browser:
            take(browser, url, out, only or ())
    except Error as error:
        typer.echo(f"{error.message.splitlines()[0]}\nIs the service running at {url}?", err=True)
        raise typer.Exit(1) from error


@contextmanager
def _browser(playwright: Playwright) -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
    yield browser
    browser.close()


def take(browser: Browser, url: str, out: Path, only: Collection[str] = ()) -> None:
    """Take the pictures of these names, or all of them."""
    for shot in (shot for shot in SHOTS if not only or shot.name in only):
        size = _take(browser, shot, url.rstrip("/"), out)
        typer.echo(f"{shot.name}: {size / 1024:.0f} kB")


def _take(browser: Browser, shot: Shot, url: str, out: Path) -> int:
    """Take one picture, and return its size in bytes."""
    with browser.new_context(reduced_motion="reduce", **shot.context) as context:
        page = context.new_page()
        page.goto(url + shot.path)
        shot.steps(page)
        page.wait_for_timeout(300)
        session = context.new_cdp_session(page)
        options = {"format": "webp", "quality": QUALITY}
        taken = session.send("Page.captureScreenshot", options)
        data = base64.b64decode(taken["data"])
        (out / f"{shot.name}.webp").write_bytes(data)
        return len(data)


def _open(page: Page) -> None:
    page.locator("careers-faq .launcher").click()
    page.locator("careers-faq .choice").first.wait_for()


def _ask(*questions: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        _open(page)
        for count, question in enumerate(questions, 1):
            page.locator("careers-faq .input").fill(question)
            page.keyboard.press("Enter")
            page.locator("careers-faq .you").nth(count - 1).wait_for()
            page.locator("careers-faq .thinking").wait_for(state="detached")

    return steps


def _type(text: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        _open(page)
        page.locator("careers-faq .input").press_sequentially(text, delay=20)
        page.locator("careers-faq [role=option]").first.wait_for()
        page.keyboard.press("ArrowDown")

    return steps


def _theme(**given: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        for name, value in given.items():
            page.locator(f"#look [name={name}][value={value}]").check(force=True)
        page.evaluate("scrollTo(0, 0)")
        _ask(CANNED)(page)

    return steps


SHOTS = (
    Shot("desktop-light", DESKTOP, _ask(CANNED)),
    Shot("desktop-dark", {**DESKTOP, **DARK}, _ask(COMPARISON)),
    Shot("phone-light", PHONE, _ask(COMPARISON)),
    Shot("phone-dark", {**PHONE, **DARK}, _ask(REFUSAL)),
    Shot("suggestions", DESKTOP, _type("how")),
    Shot("theme-green-round", DESKTOP, _theme(colour="green", corners="round")),
    Shot("theme-plum-square", {**DESKTOP, **DARK}, _theme(colour="plum", corners="square")),
    Shot("forced-colours", {**DESKTOP, "forced_colors": "active"}, _ask(CANNED)),
    Shot("faq-page", DESKTOP, lambda page: None, "/faq"),
)


if __name__ == "__main__":
    typer.run(main)
