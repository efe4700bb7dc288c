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
    for one, other in zip(quick, slow, strict=True):
        assert (one.question, one.reply.outcome) == (other.question, other.reply.outcome)
        for unit, alike in ((one.first, other.first), (one.reply.unit, other.reply.unit)):
            tied = same.get(positions[alike], ()) if alike else ()
            assert unit == alike or positions[unit or ""] in tied
