from pathlib import Path

import pytest

from index.quality import stored_questions
from index.quality.leave_one_out import leave_one_out
from index.quality.opened_version import open_version
from index.versions import version_store


@pytest.mark.model
def test_shipped_content_gets_the_same_replies_in_blocks_as_one_by_one(
    shipped_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of equivalent answers that tie, either may come first."""
    version = open_version(version_store.load(shipped_index))
    units, same = version.loaded.contents.units, version.knowledge.fixed.equivalents
    positions = {unit.id: at for at, unit in enumerate(units)}

    quick = leave_one_out(version)
    monkeypatch.setattr(stored_questions, "is_computable", lambda knowledge: False)
    slow = leave_one_out(version)

    assert len(quick) > 1000
    assert [(asked.question, asked.reply) for asked in quick] == [
        (asked.question, asked.reply) for asked in slow
    ]
    for one, other in zip(quick, slow, strict=True):
        tied = same.get(positions[other.first], ()) if other.first else ()
        assert one.first == other.first or positions[one.first] in tied
