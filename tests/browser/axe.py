"""What axe-core finds on a page."""

from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page, ViewportSize

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

WIDE: ViewportSize = {"width": 1280, "height": 800}
MEDIA: Mapping[str, Mapping[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "more contrast": {"contrast": "more"},
}
SIZES: Mapping[str, ViewportSize] = {
    "320 px": {"width": 320, "height": 640},
    "200 %": {"width": 640, "height": 360},
}
USUAL: Mapping[str, Any] = {
    "color_scheme": "light",
    "forced_colors": "none",
    "contrast": "no-preference",
}


def violations(page: Page, within: str = "html") -> list[str]:
    """List rule, place and fault, by every rule that axe-core has."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(f"void (() => {{ {AXE} }})()")
    found = page.evaluate(
        "within => axe.run({ include: [[within]] }, { resultTypes: ['violations'] })", within
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def faults(page: Page, within: str = "html", sizes: Collection[str] = tuple(SIZES)) -> list[str]:
    """What axe-core finds in any setting, on a page that is shown in one after the other."""
    found = []
    for name, media in MEDIA.items():
        page.emulate_media(**{**USUAL, **media})
        page.evaluate("new Promise(requestAnimationFrame)")
        found += [f"{name}: {fault}" for fault in violations(page, within)]
    page.emulate_media(**USUAL)
    for name in sizes:
        page.set_viewport_size(SIZES[name])
        found += [f"{name}: {fault}" for fault in violations(page, within)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name}: wider than the window")
    page.set_viewport_size(WIDE)
    return found
