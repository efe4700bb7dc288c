import pytest

from index.dialogue.entity_mentions import compile_roles

ROLES = compile_roles(["Baker", "Cook"], {"chef": "cook"})
UP, DOWN = ("cook", "baker"), ("baker", "cook")


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("cook to baker", UP),
        ("Can a chef become a baker?", UP),
        ("can a chef work as a baker", UP),
        ("from baking into being a cook", DOWN),
        ("bakers -> cooks", DOWN),
        ("how do I become a cook from a baker", DOWN),
        ("I want to be a chef after years as a baker", DOWN),
        ("cook or baker", None),
        ("bakers earn more than cooks", None),
        ("why is cooking different from baking", None),
        ("how to become a cook", None),
        ("a cook and a cook to be", None),
        ("cooks have long days, and nobody at all has told me how to become bakers", None),
        ("", None),
    ],
)
def test_direction_is_from_one_role_to_the_other(text: str, way: tuple[str, str] | None) -> None:
    assert ROLES.direction(text) == way
