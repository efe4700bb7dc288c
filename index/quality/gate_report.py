"""What a publication changes and what the self-test found, in lines for a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from index.quality.regression_gate import FailedCheck, Review
from index.versions.publication_history import Act, AnswerChange, Publication, TextChanges

SHOWN = 10
"""Changed answers that are listed."""
SHOWN_TESTED = 20
"""Questions of the self-test that are listed: so many worse ones, so many better ones."""
_FIGURES = (
    (
        "held_out_right",
        "held_out_questions",
        "Self-test, each variant hidden in turn",
        "answered right",
    ),
    (
        "held_out_wrong",
        "held_out_questions",
        "Self-test, each variant hidden in turn",
        "answered wrong",
    ),
    (
        "boundary_answered",
        "boundary_questions",
        "Examples of boundaries, hidden in turn",
        "answered all the same",
    ),
    ("checks_passed", "checks_questions", "Checks", "passed"),
)
_HARDER = (
    "A hidden question is harder than what visitors ask: compare with the version before,"
    " not with 0% or 100%."
)
Figures = Mapping[str, float]


def review_lines(review: Review, *, compared: bool) -> Iterator[str]:
    """List what a version would change; for the first one only which checks fail."""
    if compared:
        yield from _text_lines(review.texts)
        yield from _answer_lines(review.answers, len(review.answers))
        for balance in review.balances:
            if balance.worse or balance.better:
                name = balance.name[0].upper() + balance.name[1:]
                more, fewer = len(balance.better), len(balance.worse)
                yield f"{name}: {more} more, {fewer} fewer, of {balance.asked}."
        yield from _tested_lines("worse", review.worse, len(review.worse))
        yield from _tested_lines("better", review.better, len(review.better))
    for check in review.failed:
        yield _check_line(check)


def _check_line(check: FailedCheck) -> str:
    result = "passed before and fails" if check.passed_before else "fails"
    expected = check.expect or "no answer"
    return f'Check {result}: "{check.question}" gets {check.reply} instead of {expected}.'


def figure_lines(figures: Figures, before: Figures | None = None) -> Iterator[str]:
    """List the figures of the self-test, compared with those of the version before."""
    for name, count, title, verb in _FIGURES:
        if name not in figures:
            continue
        share, total = figures[name], figures[count]
        change = ""
        if before and name in before:
            same = f"{before[name]:.1%}" == f"{share:.1%}"
            change = ", unchanged" if same else f", before {before[name]:.1%}"
        yield f"{title}: {share:.1%} {verb} ({share * total:.0f} of {total:.0f}){change}."
    if figures.keys() & {"held_out_wrong", "boundary_answered"}:
        yield _HARDER


def publication_lines(publication: Publication) -> Iterator[str]:
    """List what the history records of a publication."""
    act = "Rolled back to" if publication.act is Act.ROLLBACK else "Published"
    yield f"{act} {publication.version} on {minute(publication.at)} by {publication.by}."
    if publication.before:
        yield f"Before that, {publication.before} was live."
        yield from _text_lines(publication.texts)
        yield from _answer_lines(publication.answers, publication.changed_answers)
        yield from _tested_lines("worse", publication.worse, publication.count_worse)
        yield from _tested_lines("better", publication.better, publication.count_better)
    yield from figure_lines(publication.figures)
    yield from (f'Check fails: "{question}".' for question in publication.failed)
    yield from (f"Published despite: {reason}." for reason in publication.overruled)


def minute(moment: str) -> str:
    """Write a moment such as 2026-11-23T10:15:00Z as editors read it; empty stays empty."""
    return f"{moment[:10]} {moment[11:16]} UTC" if moment else ""


def summary(publication: Publication) -> str:
    """Summarise what a publication changed in a few words."""
    texts = publication.texts
    counts = {
        "new": len(texts.new),
        "gone": len(texts.gone),
        "changed": len(texts.changed),
        "with another answer": publication.changed_answers,
        "worse": publication.count_worse,
        "better": publication.count_better,
    }
    changes = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return changes or ("no answer changed" if publication.before else "the first one")


def _text_lines(texts: TextChanges) -> Iterator[str]:
    """List the answers that are new, gone or worded differently."""
    for name, ids in (("New", texts.new), ("Gone", texts.gone), ("Changed", texts.changed)):
        if ids:
            more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
            yield f"{name}: {', '.join(ids[:SHOWN])}{more}"


def _answer_lines(answers: Sequence[AnswerChange], count: int) -> Iterator[str]:
    """List the questions that get another answer than before."""
    verb = "question gets" if count == 1 else "questions get"
    yield f"{count or 'No'} {verb} another answer than before."
    yield from _change_lines(answers, count, SHOWN)


def _tested_lines(how: str, changes: Sequence[AnswerChange], count: int) -> Iterator[str]:
    """List the questions of the self-test that are answered worse or better."""
    if count:
        yield f"{count} tested {'question' if count == 1 else 'questions'} answered {how}:"
        yield from _change_lines(changes, count, SHOWN_TESTED)


def _change_lines(changes: Sequence[AnswerChange], count: int, most: int) -> Iterator[str]:
    for change in changes[:most]:
        yield f'  "{change.question}": {change.before} -> {change.after}'
    if count > most:
        yield f"  and {count - most} more"
