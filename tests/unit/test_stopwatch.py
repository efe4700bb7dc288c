from index import Retriever
from index.datatypes import Stage
from index.stopwatch import Stopwatch


def test_stages_follow_each_other_without_a_gap() -> None:
    times = iter([10.0, 10.25, 11.0, 11.5])
    watch = Stopwatch(clock=lambda: next(times))

    for name in ("read", "encode", "read"):
        watch.lap(name)

    assert watch.stages == (
        Stage("read", 10.0, 0.25),
        Stage("encode", 10.25, 0.75),
        Stage("read", 11.0, 0.5),
    )


def test_answer_has_its_stages_in_order(retriever: Retriever) -> None:
    stages = retriever.answer("Do cooks earn more than bakers?").trace.stages

    assert [stage.name for stage in stages] == [
        *("read", "encode", "dense", "rank", "weigh", "passages", "decide")
    ]
    assert all(stage.seconds >= 0 for stage in stages)


def test_question_of_two_parts_has_stages_for_each(retriever: Retriever) -> None:
    long = "I have worked in kitchens for years and like it. " * 12
    stages = retriever.answer(f"{long} Do cooks earn more? How do I become one?").trace.stages

    assert [stage.name for stage in stages].count("encode") > 1
