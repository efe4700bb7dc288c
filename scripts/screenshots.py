"""Take the pictures of docs/ from a running service.

Example: python scripts/screenshots.py --url http://127.0.0.1:8000

Beside single pictures it makes sheets, each of several panels side by side: the steps of a first
visit, and every outcome in one setting of the browser.
"""

import base64
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
SHEET_QUALITY = 45
"""Of many panels side by side, whose letters are small anyway."""
DESKTOP = {"viewport": {"width": 1100, "height": 760}}
PHONE = {"viewport": {"width": 360, "height": 720}, "device_scale_factor": 2, "has_touch": True}
DARK = {"color_scheme": "dark"}

CANNED = "do ML engineers out-earn software engineers?"
COMPARISON = "Which of the two is more in demand?"
REFUSAL = "what does a software engineer earn in Berlin?"


Step = Callable[[Page], Page | None]
"""Does something on a page; returns the one to take a picture of, if that is another."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    name: str
    context: Mapping[str, Any]
    steps: Step
    path: str = "/"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pictures of one visit, each after a step, side by side."""

    name: str
    context: Mapping[str, Any]
    steps: Sequence[tuple[str, Step]]
    columns: int
    width: int = 1200
    lang: str = ""
    is_panel: bool = False
    """Whether only the panel is shown, not the page around it."""


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


LANGUAGE = "lang => lang && document.querySelector('careers-faq').setAttribute('lang', lang)"
FIGURE = (
    '<figure><img src="data:image/png;base64,{data}"><figcaption>{caption}</figcaption></figure>'
)
PAGE = """<style>
  body {{ margin: 0; padding: 12px; display: grid; grid-template-columns: repeat({columns}, 1fr);
    gap: 12px; background: #e7ebf1; font: 600 14px system-ui, sans-serif; color: #17212f }}
  figure {{ margin: 0 }} img {{ display: block; width: 100%; border-radius: 8px }}
  figcaption {{ padding: 6px 2px }}
</style>{figures}"""


@contextmanager
def _browser(playwright: Playwright) -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
    yield browser
    browser.close()


def take(browser: Browser, url: str, out: Path, only: Collection[str] = ()) -> None:
    """Take the pictures of these names, or all of them."""
    for picture in (one for one in (*SHOTS, *SHEETS) if not only or one.name in only):
        base = url.rstrip("/")
        if isinstance(picture, Shot):
            data = _take_shot(browser, picture, base)
        else:
            data = _take_sheet(browser, picture, base)
        (out / f"{picture.name}.webp").write_bytes(data)
        typer.echo(f"{picture.name}: {len(data) / 1024:.0f} kB")


def _take_shot(browser: Browser, shot: Shot, url: str) -> bytes:
    with browser.new_context(reduced_motion="reduce", **shot.context) as context:
        page = context.new_page()
        page.goto(url + shot.path)
        shot.steps(page)
        return _picture(page, "webp")


def _take_sheet(browser: Browser, sheet: Sheet, url: str) -> bytes:
    """Take a picture after each step, and put all of them on one page."""
    figures = []
    with browser.new_context(reduced_motion="reduce", **sheet.context) as context:
        page = context.new_page()
        page.goto(url)
        page.evaluate(LANGUAGE, sheet.lang)
        for number, (caption, step) in enumerate(sheet.steps, 1):
            shown = step(page) or page
            data = base64.b64encode(_picture(shown, "png", sheet.is_panel)).decode()
            figures.append(FIGURE.format(data=data, caption=f"{number}. {caption}"))
    with browser.new_context(viewport={"width": sheet.width, "height": 100}) as context:
        page = context.new_page()
        page.set_content(PAGE.format(columns=sheet.columns, figures="".join(figures)))
        page.wait_for_function("[...document.images].every(one => one.complete)")
        return _picture(page, "webp", is_whole=True)


def _picture(page: Page, kind: str, is_panel: bool = False, is_whole: bool = False) -> bytes:
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    options: dict[str, Any] = {"format": kind, "captureBeyondViewport": is_whole}
    if kind == "webp":
        options["quality"] = SHEET_QUALITY if is_whole else QUALITY
    part = "html" if is_whole else "careers-faq .panel" if is_panel else ""
    if part and (box := page.locator(part).bounding_box()):
        options["clip"] = {**box, "scale": 1}
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", options)
    return base64.b64decode(taken["data"])


def _open(page: Page) -> None:
    page.locator("careers-faq .launcher").click()
    page.locator("careers-faq .choice").first.wait_for()


def _send(question: str) -> Step:
    def step(page: Page) -> None:
        before = page.locator("careers-faq .you").count()
        page.locator("careers-faq .input").fill(question)
        page.keyboard.press("Enter")
        _answered(page, before)

    return step


def _answered(page: Page, before: int) -> None:
    page.locator("careers-faq .you").nth(before).wait_for()
    page.locator("careers-faq .thinking").wait_for(state="detached")


def _ask(question: str) -> Step:
    def steps(page: Page) -> None:
        _open(page)
        _send(question)(page)

    return steps


def _press(css: str, is_question: bool = False) -> Step:
    """Press the last of these."""

    def step(page: Page) -> None:
        before = page.locator("careers-faq .you").count()
        page.locator(f"careers-faq {css}").last.click()
        if is_question:
            _answered(page, before)

    return step


def _follow_source(page: Page) -> Page:
    with page.expect_popup() as popup:
        page.locator("careers-faq .source").last.click()
    popup.value.wait_for_load_state()
    popup.value.wait_for_timeout(500)
    return popup.value


def _rate_down(page: Page) -> None:
    _press(".no")(page)
    page.locator("careers-faq #comment").last.scroll_into_view_if_needed()


def _fail(page: Page) -> None:
    page.route("**/v1/ask", lambda route: route.abort())
    page.route("**/readyz", lambda route: route.abort())
    _send("How long will it take to learn machine learning?")(page)


def _limit(page: Page) -> None:
    page.route("**/v1/ask", lambda route: route.fulfill(status=429, headers={"Retry-After": "30"}))
    _send(CANNED)(page)
    page.unroute("**/v1/ask")


def _again(step: Step) -> Step:
    """Take what was in the way of questions away before."""

    def steps(page: Page) -> None:
        page.unroute_all()
        step(page)

    return steps


def _wait(page: Page) -> None:
    page.route("**/v1/ask", lambda route: None)
    page.locator("careers-faq .input").fill(CANNED)
    page.keyboard.press("Enter")
    page.locator("careers-faq .thinking").wait_for()


def _type(text: str) -> Step:
    def steps(page: Page) -> None:
        _open(page)
        page.locator("careers-faq .input").press_sequentially(text, delay=20)
        page.locator("careers-faq [role=option]").first.wait_for()
        page.keyboard.press("ArrowDown")

    return steps


def _theme(**given: str) -> Step:
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
    Shot("faq-page", DESKTOP, lambda page: None, "/faq"),
)


VISIT = (
    ("Starters", _open),
    ("An answer", _press(".greeting li:first-child .choice", is_question=True)),
    ("Its source", _follow_source),
    ("A follow-up", _send("and do I need a degree for that?")),
    ("A refusal", _send(REFUSAL)),
    ("A person", _send("can I talk to a human?")),
)
OUTCOMES = (
    ("Opened", _open),
    ("Waiting", _wait),
    ("Stopped", _press(".thinking .action")),
    ("Answer", _again(_send(CANNED))),
    ("Thumbs down", _rate_down),
    ("Passage", _send("do I need a PhD to become an ML engineer?")),
    ("Comparison", _send("what tools do software engineers use?")),
    ("Question back", _send("salary")),
    ("Refusal", _send(REFUSAL)),
    ("Not covered", _send("how do I train a dragon?")),
    ("Smalltalk", _send("can I talk to a human?")),
    ("Too many", _limit),
    ("Saved copy", _fail),
    ("No answer", _send("will it snow on the moon?")),
)


def _outcomes(name: str, width: int, lang: str = "", **context: str | bool) -> Sheet:
    viewport = {"width": width, "height": 844 if width < 700 else 900}
    return Sheet(
        f"outcomes-{width}-{name}",
        {"viewport": viewport, **context},
        OUTCOMES,
        columns=7,
        lang=lang,
        is_panel=width > 700,
    )


SHEETS = (
    Sheet("first-visit", {"viewport": {"width": 390, "height": 700}}, VISIT, columns=6),
    _outcomes("light", 1440),
    _outcomes("forced-colours", 1440, forced_colors="active"),
    _outcomes("light", 768),
    _outcomes("dark", 768, color_scheme="dark"),
    _outcomes("light", 390, has_touch=True),
    _outcomes("dark", 390, has_touch=True, color_scheme="dark"),
    _outcomes("forced-colours", 390, has_touch=True, forced_colors="active"),
    _outcomes("arabic", 390, "ar", color_scheme="dark"),
    _outcomes("light", 320, has_touch=True),
    _outcomes("hebrew", 320, "he"),
)


if __name__ == "__main__":
    typer.run(main)
