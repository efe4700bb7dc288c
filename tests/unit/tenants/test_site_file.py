"""The file of the sites, as an operator writes it."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from service.answering.messages import NOT_COVERED
from service.extras.tenants.site_file import (
    MOST_BYTES,
    Site,
    read_sites,
    text_names,
    theme_names,
)
from service.settings import QuestionLog, Settings, SettingsError
from tests.support.paths import ROOT

OPERATIONS = ROOT / "docs" / "operations.md"
WHOLE = """\
bakery:
  index_dir: indexes/bakery
  index_source: file:///mnt/bakery
  allowed_origins: [https://Bakery.example, "http://localhost:3000"]
  contact_url: mailto:jobs@bakery.example
  admin_token: the-token-of-the-bakery
  log_questions: "off"
  retention_days: 7
  texts:
    en: {heading: Ask the baker}
    sv: {heading: Fråga bagaren}
  replies:
    not_covered: No idea.
  theme:
    accent: light-dark(#0b6b4f, #7fd8b6)
    radius: 22px
    layer: 10
kitchen:
  index_dir: /srv/kitchen
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "sites.yaml"
    path.write_text(text, "utf-8")
    return path


def faults_of(folder: Path, text: str, settings: Settings | None = None) -> list[str]:
    """Return the faults reported for a file, without its name."""
    path = written(folder, text)
    with pytest.raises(SettingsError) as raised:
        read_sites(path, settings or Settings())
    return str(raised.value).replace(f"{path}, ", "").splitlines()[1:]


def test_example_of_the_documentation_names_all_that_a_site_can_have(tmp_path: Path) -> None:
    section = OPERATIONS.read_text("utf-8").split("\n## Several sites\n")[1]
    example = section.split("```yaml\n")[1].split("```")[0]

    bakery = read_sites(written(tmp_path, example), Settings())["bakery"]

    assert bakery.model_fields_set == Site.model_fields.keys()


def test_site_has_all_that_the_file_says(tmp_path: Path) -> None:
    sites = read_sites(written(tmp_path, WHOLE), Settings())

    assert list(sites) == ["bakery", "kitchen"]
    site = sites["bakery"]
    assert site.index_dir == tmp_path / "indexes/bakery"
    assert site.index_source == "file:///mnt/bakery"
    assert site.allowed_origins == ("https://bakery.example", "http://localhost:3000")
    assert site.contact_url == "mailto:jobs@bakery.example"
    assert site.admin_token == SecretStr("the-token-of-the-bakery")
    assert (site.log_questions, site.retention_days) == (QuestionLog.OFF, 7)
    assert site.texts == {"en": {"heading": "Ask the baker"}, "sv": {"heading": "Fråga bagaren"}}
    assert site.sentences.not_covered == "No idea."
    assert site.theme["layer"] == "10"


def test_site_that_says_nothing_has_the_usual(tmp_path: Path) -> None:
    site = read_sites(written(tmp_path, WHOLE), Settings())["kitchen"]

    assert site.index_dir == Path("/srv/kitchen")
    assert site.allowed_origins == ()
    assert (site.contact_url, site.admin_token) == (None, None)
    assert site.sentences.not_covered == NOT_COVERED


def test_every_fault_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
bakery:
  index_dir: a
  allowed_origin: [https://x.example]
  allowed_origins: [https://x.example/page]
  texts: {en: {headin: x, send: ""}, English: {send: x}}
  theme: {accent: "red; color: blue", radios: 1px, surface: url(//x)}
  replies: {contact: call us, not_coverd: x}
  admin_token: short
  retention_days: a week
Kitchen:
  index_dir: b
butcher:
  contact_url: jobs@example.org
cafe:
shop: [1]
shop: {}
"""
    assert faults_of(tmp_path, text) == [
        "line 3: bakery.allowed_origin: there is no such setting; did you mean allowed_origins?",
        (
            "line 4: bakery.allowed_origins.0: write an origin such as "
            "https://careers.example.org, without a path"
        ),
        "line 5: bakery.texts.en.headin: there is no such text; did you mean heading?",
        "line 5: bakery.texts.en.send: write a text of 300 characters at most",
        (
            "line 5: bakery.texts.English: write the tag of a language in small letters, such as "
            "en or pt-br"
        ),
        'line 6: bakery.theme.accent: write one value of CSS such as "#0b6b4f" or 22px',
        "line 6: bakery.theme.radios: the widget has no such property; did you mean radius?",
        'line 6: bakery.theme.surface: write one value of CSS such as "#0b6b4f" or 22px',
        "line 7: bakery.replies.not_coverd: there is no such text; did you mean not_covered?",
        "line 7: bakery.replies.contact: write {url} where the address is to stand",
        "line 8: bakery.admin_token: write 16 characters or more",
        "line 9: bakery.retention_days: write a whole number",
        (
            "line 10: Kitchen: write a key of small letters, digits and hyphens, 63 at most, such "
            "as bakery"
        ),
        "line 12: butcher.index_dir: this is required",
        (
            "line 13: butcher.contact_url: write an address that begins with https://, http:// or "
            "mailto:"
        ),
        "line 14: cafe.index_dir: this is required",
        "line 15: shop: this is there twice, again in line 16; write it once",
        "line 15: shop: write what the site has, indented, one `name: value` a line",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "allowed_origins: https://x.example",
            "a.allowed_origins: write a list, each entry on a line of its own after a hyphen",
        ),
        ("texts: [x]", "a.texts: write `name: value` lines, indented"),
        ("theme: {accent: [x]}", "a.theme.accent: write a text"),
        ("log_questions: some", "a.log_questions: Input should be 'off', 'redacted' or 'full'"),
        ("retention_days: 0", "a.retention_days: Input should be greater than or equal to 1"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_fault_names_the_remedy(line: str, message: str, tmp_path: Path) -> None:
    assert faults_of(tmp_path, f"a:\n  index_dir: x\n  {line}\n") == [f"line 3: {message}"]


def test_two_sites_never_share_a_token(tmp_path: Path) -> None:
    text = "".join(
        f"{key}: {{index_dir: x, admin_token: the-same-token-twice}}\n" for key in ("a", "b")
    )

    assert faults_of(tmp_path, text) == [
        "line 2: b.admin_token: this is the token of the site a, too; make another one"
    ]
    settings = Settings(admin_token=SecretStr("the-same-token-twice"))
    assert len(faults_of(tmp_path, text, settings)) == 2


def test_no_site_keeps_texts_longer_than_all(tmp_path: Path) -> None:
    text = "a: {index_dir: x, retention_days: 31}"

    assert faults_of(tmp_path, text) == [
        "line 1: a.retention_days: nothing is kept longer than FAQ_RETENTION_DAYS, 30"
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[a, b]", "a", "{}"])
def test_file_without_a_site_says_what_to_write(text: str, tmp_path: Path) -> None:
    (line,) = faults_of(tmp_path, text)

    assert line.endswith("write at least one site: its key, a colon, and what it has")


def test_nesting_without_end_is_a_fault(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "a: &again\n  texts: *again\n")

    assert any(fault.endswith("this is nested too deeply") for fault in faults)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [", r"sites.yaml, line 1: this is no YAML: "),
        (b"a: " + b"[" * 4000, r"line 1: this is no YAML: it nests without end"),
        (b"a: \xff", "is not UTF-8. Save it as UTF-8."),
        (b"a: !!python/object:os.system x", "line 1: a: write what the site has"),
        (b"#" * (MOST_BYTES + 1), "is larger than 8 MiB"),
        (b"a: \x01", "holds what YAML does not allow"),
    ],
    ids=["broken", "nested", "encoding", "code", "huge", "control"],
)
def test_what_is_no_such_file_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.yaml"
    path.write_bytes(content)

    with pytest.raises(SettingsError, match=message):
        read_sites(path, Settings())


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yaml cannot be read: No such file"):
        read_sites(tmp_path / "none.yaml", Settings())


def test_no_message_holds_a_token(tmp_path: Path) -> None:
    text = "a: {index_dir: x, admin_token: sesame, contact_url: sesame}"

    assert "sesame" not in "".join(faults_of(tmp_path, text))


def test_names_of_texts_and_properties_are_the_widgets() -> None:
    assert {"heading", "greeting", "options"} <= set(text_names())
    assert {"accent", "on-accent", "font-size", "radius", "layer"} <= set(theme_names())
