from index.datatypes import Kind
from index.quality import left_out
from index.quality.opened_version import OpenedVersion


def test_answer_is_left_out_with_all_that_say_the_same(version: OpenedVersion) -> None:
    contents = version.loaded.contents

    groups = [{contents.units[at].id for at in g} for g in left_out.families(contents)]

    together = [*contents.groups.equivalents, *((u.id, u.parent) for u in contents.units)]
    ids = {unit.id for unit in contents.units if unit.kind is not Kind.SMALLTALK}
    assert set().union(*groups) == ids
    assert sum(map(len, groups)) == len(ids)
    for names in together:
        assert sum(bool(group & set(names)) for group in groups) <= 1


def test_nothing_that_is_left_out_is_answered_with(version: OpenedVersion) -> None:
    results = left_out.leave_out(version)

    kinds = {version.knowledge.units[result.unit].kind for result in results}
    assert Kind.BOUNDARY in kinds
    assert Kind.FAQ in kinds
    for result in results:
        assert result.unit not in (result.first, result.reply.unit)


def test_index_is_the_same_after_it_was_asked(version: OpenedVersion) -> None:
    assert left_out.leave_out(version) == left_out.leave_out(version)
