import pytest

from index.dialogue.several_questions import clauses, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What is baking? Who earns more?", ("What is baking?", "Who earns more?")),
        ("what is baking? how long does it take", ("what is baking?", "how long does it take")),
        (
            "I am a nurse. Is baking hard? do i need maths",
            ("I am a nurse. Is baking hard?", "do i need maths"),
        ),
        ("What is baking\nIs it hard", ("What is baking", "Is it hard")),
        ("I am a nurse. Is baking hard", ("I am a nurse. Is baking hard",)),
        ("how much? why?", ("how much? why?",)),
        ("which is better? bread or cake?", ("which is better? bread or cake?",)),
        ("which is harder; bread or cake", ("which is harder; bread or cake",)),
    ],
)
def test_questions_are_split_by_sentence(text: str, parts: tuple[str, ...]) -> None:
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("what is baking and how long does it take", ("what is baking", "how long does it take")),
        ("is it hard, does it pay well?", ("is it hard", "does it pay well?")),
        ("which is better, baking or cooking", ("which is better, baking or cooking",)),
        ("if I have a degree, can I switch", ("if I have a degree, can I switch",)),
        ("bakers and cooks", ("bakers and cooks",)),
    ],
)
def test_questions_are_split_by_clause(text: str, parts: tuple[str, ...]) -> None:
    assert clauses(text) == parts
