"""The widget's modules as the one file that is served.

There is no build step: the modules in `widget/` run in a browser as they stand. To serve
one file, they are put one after the other, each after what it imports, and then:

- `import` lines go, and the word `export`: all share one module scope, so every top-level name is
  unique among the modules (tests/integration/web/test_widget_bundle.py asserts it);
- comments, indentation and the spaces around punctuation go (rjsmin), also in the style sheet;
- names that nothing outside can know become shorter (service/web/identifier_mangler.py);
- the version, a hash of what comes out, is put in.
"""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import rjsmin

from service.web.identifier_mangler import shorten

FOLDER = Path(__file__).parent / "widget"
ENTRY = "widget"
SITE = Path(__file__).parent / "templates" / "site.js"
"""Stands before the modules in the script of a site that has texts or a theme of its own."""
KEPT_SITES = 32
"""Scripts of sites that are kept, some 60 kB each; making one takes milliseconds."""
_SAID = "JSON.parse('{}')"
VERSION_LENGTH = 12
_IMPORT = re.compile(r"^import [^;]*? from '\./(\w+)\.js';\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async |class |const |function )", re.MULTILINE)
_STYLE = re.compile(r"`\n:host.*?`", re.DOTALL)
_STYLE_SPACE = re.compile(r"\s*([{};,])\s*|(?<=:) ")
_INDENT = re.compile(r"\n\s+")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The widget as served."""

    version: str
    """Start of the SHA-256 of the content."""
    content: bytes
    compressed: bytes
    """The content in gzip."""
    integrity: str
    """Value of a script's `integrity` attribute."""


@cache
def load_bundle(folder: Path = FOLDER) -> Bundle:
    """Put the modules together. The same modules give the same bytes."""
    return _bundle(_source(folder))


@lru_cache(maxsize=KEPT_SITES)
def site_bundle(said: str) -> Bundle:
    """Put what a site says for itself before the modules; `said` is JSON, as SITE takes it."""
    own = rjsmin.jsmin(SITE.read_text(encoding="utf-8")).replace(_SAID, said)
    return _bundle(f"{own}\n{_shipped()}")


@cache
def _shipped() -> str:
    return _source(FOLDER)


def _source(folder: Path) -> str:
    return _shrink("".join(_module(folder / f"{name}.js") for name in module_order(folder)))


def _bundle(small: str) -> Bundle:
    version = hashlib.sha256(small.encode()).hexdigest()[:VERSION_LENGTH]
    content = small.replace("'development'", f"'{version}'").encode()
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return Bundle(
        version=version,
        content=content,
        compressed=gzip.compress(content, compresslevel=9, mtime=0),
        integrity=f"sha384-{digest}",
    )


def module_order(folder: Path = FOLDER) -> tuple[str, ...]:
    """Names of the modules, each after all that it imports."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        for imported in _IMPORT.findall((folder / f"{name}.js").read_text(encoding="utf-8")):
            visit(imported)
        order.setdefault(name)

    visit(ENTRY)
    return tuple(order)


def _module(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return _EXPORT.sub("", _IMPORT.sub("", text))


def _shrink(source: str) -> str:
    script = _INDENT.sub("\n", rjsmin.jsmin(source))
    return shorten(_STYLE.sub(_shrink_style, script))


def _shrink_style(match: re.Match[str]) -> str:
    return _STYLE_SPACE.sub(r"\1", match[0]).replace(";}", "}")
