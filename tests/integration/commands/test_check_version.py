import pytest

from scripts.check_version import find_faults
from tests.support.paths import ROOT

SCRIPT = ROOT / "scripts" / "check_version.py"


def pyproject(version: str) -> str:
    return f'[project]\nversion = "{version}"\n'


@pytest.mark.parametrize(
    ("version", "changelog"),
    [
        ("0.1.0", "# Changelog\n\n## Unreleased\n"),
        ("0.2.0", "## Unreleased\n\n## 0.1.0 - 2030-01-31\n"),
        ("0.10.0", "## Unreleased\n\n## 0.10.0 - 2030-01-31\n\n## 0.9.0 - 2030-01-01\n"),
    ],
    ids=["nothing released", "next release under way", "just released"],
)
def test_versions_that_agree_have_no_fault(version: str, changelog: str) -> None:
    assert find_faults(pyproject(version), changelog) == []


@pytest.mark.parametrize(
    ("version", "changelog", "faults"),
    [
        (
            "0.1.0",
            "## 0.1.0 - 2030-01-31\n",
            ["CHANGELOG.md: the first section is not '## Unreleased'; add it"],
        ),
        (
            "0.9.0",
            "## Unreleased\n## 0.10.0 - 2030-01-31\n",
            [
                "pyproject.toml: 0.9.0 is older than 0.10.0 in CHANGELOG.md; raise it to that",
            ],
        ),
        (
            "0.2.0",
            "## Unreleased\n## 0.1.0 - 2030-01-31\n## 0.2.0 - 2030-02-28\n",
            ["CHANGELOG.md: 0.2.0 stands below 0.1.0; put the newest release first"],
        ),
        (
            "0.1.0",
            "## Unreleased\n## Version 1\n",
            [
                (
                    "CHANGELOG.md: cannot read '## Version 1'; "
                    "write '## 1.2.3 - 2030-01-31' or '## Unreleased'"
                ),
            ],
        ),
    ],
    ids=["no Unreleased", "package behind", "wrong order", "unreadable heading"],
)
def test_versions_that_disagree_are_reported(
    version: str, changelog: str, faults: list[str]
) -> None:
    assert find_faults(pyproject(version), changelog) == faults


def test_this_repository_agrees_with_its_changelog() -> None:
    root = SCRIPT.parent.parent

    assert (
        find_faults((root / "pyproject.toml").read_text(), (root / "CHANGELOG.md").read_text())
        == []
    )
