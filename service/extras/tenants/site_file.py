"""Reads the YAML file that FAQ_SITES names; reports every fault at once, each with its line.

SettingsError    the file cannot be read, or something in it cannot be used
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from service import setting_checks
from service.answering.messages import Sentences
from service.settings import QuestionLog, Settings, SettingsError
from service.web.widget_bundle import MODULES

Path_: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain] | None"
KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""Also valid as a label of a host name, of at most 63 characters."""
MOST_BYTES = 8 * 2**20
MAX_DEPTH = 8
MOST_NESTED = 100
LONGEST_TEXT = 300
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")
_STYLE = re.compile(r"[^;{}<>\\\n]{1,200}")
_NULLS = ("", "~", "null", "Null", "NULL")


class Site(BaseModel):
    """One site, as the file describes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    index_dir: Path = Field(description="Folder of its index; relative to the file.")
    index_source: Annotated[str | None, AfterValidator(setting_checks.store)] = None
    corpus_dir: Path | None = None
    """Folder of its content; relative to the file. Without it there is no studio."""
    people_file: Path | None = None
    allowed_origins: tuple[Annotated[str, AfterValidator(setting_checks.origin)], ...] = ()
    contact_url: Annotated[str | None, AfterValidator(setting_checks.absolute)] = None
    admin_token: Annotated[SecretStr | None, AfterValidator(setting_checks.token)] = None
    log_questions: QuestionLog | None = None
    retention_days: int | None = Field(None, ge=1, le=3650)
    texts: Mapping[str, Mapping[str, str]] = {}
    """Texts of the widget, by language and name."""
    replies: Mapping[str, str] = {}
    """Texts of the service around an answer, by name."""
    theme: Mapping[str, str] = {}
    """Values of the widget's CSS properties, without `--careers-faq-`."""

    @property
    def sentences(self) -> Sentences:
        """The texts around an answer, the default where the site has none."""
        return Sentences(**self.replies)


@dataclass(frozen=True, slots=True)
class SiteFileFault:
    """What is wrong, and where."""

    path: Path_
    message: str


def read_sites(path: Path, settings: Settings) -> dict[str, Site]:
    """Read all sites by their keys, in the order of the file. Raises SettingsError."""
    lines: dict[Path_, int] = {}
    faults: list[SiteFileFault] = []
    data = _plain(_parse(path), (), lines, faults)
    sites: dict[str, Site] = {}
    if not isinstance(data, dict) or not data:
        faults.append(
            SiteFileFault((), "write at least one site: its key, a colon, and what it has")
        )
    else:
        sites = dict(_sites(data, path.parent, faults))
    faults += _crossed(sites, settings)
    if faults:
        raise SettingsError(_report(path, faults, lines))
    return sites


class _Loader(yaml.SafeLoader):
    """Composes nodes as deep as `MOST_NESTED`: PyYAML takes minutes for 4 kB of brackets."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MOST_NESTED:
            mark = parent.start_mark if parent else None
            raise yaml.MarkedYAMLError(problem="it nests without end", problem_mark=mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _parse(path: Path) -> yaml.Node | None:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise SettingsError(f"FAQ_SITES: {path} is larger than 8 MiB.")
        return yaml.compose(data.decode("utf-8-sig"), _Loader)
    except OSError as error:
        raise SettingsError(f"FAQ_SITES: {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"FAQ_SITES: {path} is not UTF-8. Save it as UTF-8.") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"this is no YAML: {error.problem}"
        raise SettingsError(f"FAQ_SITES: {path}, line {line}: {problem}") from None
    except yaml.YAMLError:
        raise SettingsError(f"FAQ_SITES: {path} holds what YAML does not allow.") from None


def _plain(
    node: yaml.Node | None, path: Path_, lines: dict[Path_, int], faults: list[SiteFileFault]
) -> Plain:
    """Turn a YAML node into plain data, every scalar as its text; record the line of every path."""
    if node is None:
        return None
    lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > MAX_DEPTH:
        faults.append(SiteFileFault(path, "this is nested too deeply"))
        return None
    if isinstance(node, yaml.SequenceNode):
        items = enumerate(node.value)
        return [_plain(item, (*path, number), lines, faults) for number, item in items]
    if isinstance(node, yaml.MappingNode):
        return _fields(node, path, lines, faults)
    is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return None if is_plain and node.value in _NULLS else str(node.value)


def _fields(
    node: yaml.MappingNode, path: Path_, lines: dict[Path_, int], faults: list[SiteFileFault]
) -> dict[str, Plain]:
    values: dict[str, Plain] = {}
    for key, value in node.value:
        place = (*path, str(key.value) if isinstance(key, yaml.ScalarNode) else "?")
        name = str(place[-1])
        if name in values:
            line = key.start_mark.line + 1
            faults.append(
                SiteFileFault(place, f"this is there twice, again in line {line}; write it once")
            )
            continue
        lines[place] = key.start_mark.line + 1
        values[name] = _plain(value, place, lines, faults)
    return values


def _sites(
    data: Mapping[str, Plain], folder: Path, faults: list[SiteFileFault]
) -> Iterator[tuple[str, Site]]:
    for key, fields_ in data.items():
        if not KEY.fullmatch(key):
            remedy = "write a key of small letters, digits and hyphens, 63 at most, such as bakery"
            faults.append(SiteFileFault((key,), remedy))
            continue
        if isinstance(fields_, dict):
            faults += _named(key, fields_)
        try:
            site = Site.model_validate(fields_ if fields_ is not None else {})
        except ValidationError as error:
            faults += _faults(key, error)
            continue
        paths = {"index_dir", "corpus_dir", "people_file"}
        named = {name: path for name in paths if (path := getattr(site, name)) is not None}
        yield key, site.model_copy(update={name: folder / path for name, path in named.items()})


def _faults(key: str, error: ValidationError) -> Iterator[SiteFileFault]:
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        yield SiteFileFault((key, *fault["loc"]), _message(fault))


def _message(fault: Mapping[str, Any]) -> str:
    match fault["type"]:
        case "missing":
            return "this is required"
        case "extra_forbidden":
            return (
                f"there is no such setting{_did_you_mean(str(fault['loc'][-1]), Site.model_fields)}"
            )
        case "model_type" | "model_attributes_type":
            return "write what the site has, indented, one `name: value` a line"
        case "tuple_type":
            return "write a list, each entry on a line of its own after a hyphen"
        case "mapping_type" | "dict_type":
            return "write `name: value` lines, indented"
        case "int_parsing" | "int_type":
            return "write a whole number"
        case "string_type":
            return "write a text"
    return str(fault["msg"]).removeprefix("Value error, ")


def _crossed(sites: Mapping[str, Site], settings: Settings) -> Iterator[SiteFileFault]:
    """Compare the sites with each other, and with the settings of the service."""
    tokens: dict[str, str] = {}
    if settings.admin_token is not None:
        tokens[settings.admin_token.get_secret_value()] = "FAQ_ADMIN_TOKEN"
    for key, site in sites.items():
        if site.admin_token is not None:
            token = site.admin_token.get_secret_value()
            if token in tokens:
                message = f"this is the token of {tokens[token]}, too; make another one"
                yield SiteFileFault((key, "admin_token"), message)
            tokens.setdefault(token, f"the site {key}")
        if (site.retention_days or 0) > settings.retention_days:
            message = f"nothing is kept longer than FAQ_RETENTION_DAYS, {settings.retention_days}"
            yield SiteFileFault((key, "retention_days"), message)


def _named(key: str, site: Mapping[str, Plain]) -> Iterator[SiteFileFault]:
    """Check what the site names itself: texts, replies and the theme."""
    for language, texts in _mapping(site.get("texts")).items():
        place: Path_ = (key, "texts", language)
        if not _LANGUAGE.fullmatch(language):
            yield SiteFileFault(
                place, "write the tag of a language in small letters, such as en or pt-br"
            )
        yield from _texts(place, texts, text_names())
    names = tuple(field.name for field in fields(Sentences))
    yield from _texts((key, "replies"), site.get("replies"), names)
    contact = _mapping(site.get("replies")).get("contact")
    if isinstance(contact, str) and "{url}" not in contact:
        yield SiteFileFault(
            (key, "replies", "contact"), "write {url} where the address is to stand"
        )
    yield from _styled((key, "theme"), _mapping(site.get("theme")))


def _mapping(value: Plain) -> Mapping[str, Plain]:
    """Return a mapping; anything else is empty here and reported by the model."""
    return value if isinstance(value, dict) else {}


def _texts(place: Path_, texts: Plain, names: Collection[str]) -> Iterator[SiteFileFault]:
    for name, text in _mapping(texts).items():
        if name not in names:
            yield SiteFileFault(
                (*place, name), f"there is no such text{_did_you_mean(name, names)}"
            )
        elif isinstance(text, str) and (not text.strip() or len(text) > LONGEST_TEXT):
            yield SiteFileFault(
                (*place, name), f"write a text of {LONGEST_TEXT} characters at most"
            )


def _styled(place: Path_, theme: Mapping[str, Plain]) -> Iterator[SiteFileFault]:
    for name, value in theme.items():
        if name not in theme_names():
            message = f"the widget has no such property{_did_you_mean(name, theme_names())}"
            yield SiteFileFault((*place, name), message)
        elif isinstance(value, str) and (not _STYLE.fullmatch(value) or "url(" in value.lower()):
            yield SiteFileFault((*place, name), 'write one value of CSS such as "#0b6b4f" or 22px')


def _did_you_mean(name: str, names: Collection[str]) -> str:
    closest = get_close_matches(name, names, n=1, cutoff=0.0)
    return f"; did you mean {closest[0]}?"


@cache
def text_names() -> tuple[str, ...]:
    """Names of the widget's texts, read from the widget."""
    return tuple(json.loads((MODULES / "texts" / "de.json").read_text(encoding="utf-8")))


@cache
def theme_names() -> tuple[str, ...]:
    """Names of the widget's CSS properties, read from the widget."""
    source = (MODULES / "style.js").read_text(encoding="utf-8")
    roles = re.search(r"ROLES = '([^']+)'", source)
    used = re.findall(r"--careers-faq-([a-z]+(?:-[a-z]+)*),", source)
    return tuple(dict.fromkeys([*(roles[1].split() if roles else ()), *used]))


def _report(path: Path, faults: list[SiteFileFault], lines: Mapping[Path_, int]) -> str:
    placed = [(_line(fault.path, lines), fault) for fault in faults]
    messages = [
        f"{path}, line {line}: {'.'.join(map(str, fault.path))}: {fault.message}"
        if fault.path
        else f"{path}, line {line}: {fault.message}"
        for line, fault in sorted(placed, key=lambda one: one[0])
    ]
    return "\n".join(["FAQ_SITES: the file of the sites cannot be used.", *messages])


def _line(path: Path_, lines: Mapping[Path_, int]) -> int:
    """Find the line of a value, or of the nearest one above it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
