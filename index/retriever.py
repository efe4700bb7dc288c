"""Message -> outcome: `Retriever.answer` reads, rewrites, encodes, searches, ranks and decides.

A message is cleaned once and taken apart: a reply to a question back, courtesy, one question or
several. With the conversation before it, a question becomes queries that stand alone; each is
searched, and the one that is answered with the most confidence decides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path

import numpy as np

from index.datatypes import (
    Abstained,
    Answered,
    Kind,
    Outcome,
    Reason,
    Suggestion,
    Turn,
    Unit,
    Vectors,
)
from index.decision.bare_topics import BareTopics
from index.decision.choice_replies import ChoiceReplies
from index.decision.outcomes import Outcomes, Passages, to_offer, with_others
from index.dialogue import phrases, query_rewriting, several_questions
from index.encoding.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder, OnnxEncoder
from index.errors import IndexCorrupt
from index.loading import ALONE, Knowledge, Parts, gather
from index.query_ranker import IncomingMessage, QueryRanker, RankedQuery
from index.ranking import candidates
from index.ranking.calibration import Evidence
from index.text import language_identification, normalisation
from index.versions import version_store

_HELP = "can you help me"
"""What a message of fillers alone asks for: ``please``."""
_SAID_LAST = 4
"""Courtesies of a message that are looked at, from its end."""
_COURTESY_COSINE = 0.5
"""What is known to be courtesy gets the smalltalk that is this close; else help is offered."""
_LEAST_LEFT_OUT = 4
"""A part of a message with fewer words that has no answer is not spoken of."""
_SURE_PART = 0.8
"""Confidence from which one clause is answered although nothing answers the other."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the confidence model is fitted on."""

    unit: str
    evidence: Evidence


class Retriever:
    """Answers questions from one version of an index. Safe to call from several threads."""

    def __init__(
        self, knowledge: Knowledge, encoder: Encoder, *, today: Callable[[], date] | None = None
    ) -> None:
        self.manifest = knowledge.manifest
        self.units: Mapping[str, Unit] = knowledge.units
        self.warm = knowledge.languages.warm
        """Loads ahead what only some questions need."""
        self.encode = encoder.encode
        """Encodes texts as questions are encoded, to compare them."""
        self._knowledge = knowledge
        self._units = knowledge.contents.units
        self._ranker = QueryRanker(knowledge, encoder)
        self._outcomes = Outcomes(knowledge, today or (lambda: datetime.now(UTC).date()))
        self._suggester = self._outcomes.suggester
        self._choices = ChoiceReplies(knowledge, self._ranker, self._outcomes)
        self._topics = BareTopics(knowledge, self._ranker, self._outcomes)
        self.starters = self._suggester.starters
        """Returns questions to begin with: those that the content names, else varied ones."""

    def answer(self, question: str, history: Sequence[Turn] = (), limit: int = 5) -> Outcome:
        """Answer a message.

        Args:
            question: As the visitor wrote it.
            history: Earlier exchanges of the conversation, oldest first.
            limit: How many passages to return with it.

        """
        message = self._ranker.read(question, history, limit)
        outcome = (
            self._choices.answer(message) or self._courtesy(message) or self._questions(message)
        )
        return replace(outcome, trace=replace(outcome.trace, stages=message.watch.stages))

    def _courtesy(self, message: IncomingMessage) -> Outcome | None:
        """Reply to a message that is nothing but courtesy; None when it holds a question."""
        if message.core or not message.courtesies:
            return None
        fixed = self._knowledge.fixed
        talk = [at for at in fixed.smalltalk if not self._suggester.is_expired(self._units[at])]
        if not talk:
            return None
        # What is said last counts; all of it together where that is listed.
        said = message.courtesies
        texts = dict.fromkeys((*said[:-_SAID_LAST:-1], " ".join(said), _HELP))
        ranked: list[tuple[float, RankedQuery]] = []
        for text in texts:
            query = self._ranker.rank(text, message.watch, is_question=False)
            ranked.append((float(query.scores.cosine[talk].max()), query))
            if ranked[-1][0] >= _COURTESY_COSINE:
                break
        # The one that is close is the last, and closer than those before it.
        _, best = max(ranked, key=lambda one: one[0])
        at = max(talk, key=lambda at: best.scores.total[at])
        return self._outcomes.conversed(best, self._outcomes.passages(best, message.limit), at)

    def _questions(self, message: IncomingMessage) -> Outcome:
        """Answer a message that asks one question or several."""
        question = message.core or message.text
        whole = cache(partial(self._single, question, message.history, message))
        if self._ranker.listed(question) is None:
            asks = f"{question}?"
            parts = several_questions.sentences(asks if asks in message.text else question)
            clauses = several_questions.clauses(question) if len(parts) == 1 else ()
            outcome: Outcome | None = None
            if len(parts) > 1:
                outcome = self._several(parts, message, whole)
            elif len(clauses) > 1:
                outcome = self._joined(clauses, message, whole)
            if outcome is not None:
                return outcome
        return whole()

    def _several(
        self, parts: Sequence[str], message: IncomingMessage, whole: Callable[[], Outcome]
    ) -> Outcome | None:
        """Answer the first part that has an answer and offer the others; None when none has.

        Where the whole is surer of what another part asks, the parts are one question.

        Args:
            parts: Of the message.
            message: As the visitor wrote it.
            whole: Answers it as one question, once.

        """
        turns, outcomes = list(message.history), list[Outcome]()
        for part in parts:
            outcome = self._single(self._ranker.core(part) or part, turns, message)
            outcomes.append(outcome)
            unit = outcome.unit.id if isinstance(outcome, Answered) else None
            turns.append(Turn(outcome.trace.understood, unit))
        answered = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
        if not answered:
            return None
        first, as_one = answered[0], whole()
        if isinstance(as_one, Answered) and as_one.unit.id in {one.unit.id for one in answered}:
            first = max(first, as_one, key=lambda outcome: outcome.confidence)
        others = [suggestion for outcome in outcomes for suggestion in to_offer(outcome)]
        left_out = any(
            isinstance(outcome, Abstained)
            and not to_offer(outcome)
            and len(part.split()) >= _LEAST_LEFT_OUT
            for outcome, part in zip(outcomes, parts, strict=True)
        )
        return replace(with_others(first, others), leaves_out=left_out)

    def _joined(
        self, clauses: Sequence[str], message: IncomingMessage, whole: Callable[[], Outcome]
    ) -> Outcome | None:
        """Answer clauses as questions of their own where each has an answer, and the whole none."""
        outcome = self._several(clauses, message, whole)
        if not isinstance(outcome, Answered) or not (outcome.others or outcome.leaves_out):
            return None
        if not outcome.others and outcome.confidence < _SURE_PART:
            return None
        as_one, own = whole(), {outcome.unit.id, *(one.id for one in outcome.others)}
        return outcome if not isinstance(as_one, Answered) or as_one.unit.id in own else as_one

    def _single(self, question: str, history: Sequence[Turn], message: IncomingMessage) -> Outcome:
        """Answer one question."""
        marked = f"{question}?"  # ``bakers?`` asks the last question of bakers, ``bakers`` does not
        in_full = marked if history and marked in message.text else question
        rewritten = query_rewriting.rewrite(in_full, history, self._knowledge.roles)
        alone = phrases.CONJUNCTION.sub("", question) or question
        queries = (alone,) if rewritten == (in_full,) else rewritten
        best = self._ranker.best(queries, message.watch)
        passages = self._outcomes.passages(best, message.limit)
        message.watch.lap("passages")
        outcome = self._decide(question, best, passages)
        message.watch.lap("decide")
        return outcome

    def _decide(self, question: str, best: RankedQuery, passages: Passages) -> Outcome:
        knowledge, outcomes = self._knowledge, self._outcomes
        if not normalisation.is_readable(question):
            return outcomes.abstained(best, passages, Reason.UNREADABLE)
        uses, languages = knowledge.spelling.uses, knowledge.languages
        in_our_words = knowledge.synonyms.apply(question)
        if language := language_identification.foreign(in_our_words, uses, languages):
            return outcomes.abstained(best, passages, Reason.LANGUAGE, spoken=language)
        outside = outcomes.out_of_scope(best)
        if outside is not None and self._units[outside].kind is Kind.SMALLTALK:
            return outcomes.conversed(best, passages, outside)
        if by_topic := self._topics.answer(best, passages):
            return by_topic
        if best.confidence >= knowledge.calibration.answer_at:
            return outcomes.answered(best, passages)
        if outside is not None:
            boundary = self._units[outside]
            return outcomes.abstained(best, passages, Reason.BOUNDARY, boundary=boundary)
        offered = self._suggester.choices(best.candidate)
        if self._is_worth_asking(best, len(offered)):
            return outcomes.clarify(offered, best, passages)
        return outcomes.abstained(best, passages, Reason.NOT_COVERED)

    def _is_worth_asking(self, best: RankedQuery, choices: int) -> bool:
        """Return whether to ask which of the choices is meant; one of a sparse unit is enough."""
        calibration = self._knowledge.calibration
        if best.candidate.evidence.sparseness and calibration.offer_at is not None:
            return best.confidence >= calibration.offer_at and choices > 0
        return best.confidence >= calibration.clarify_at and choices > 1

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return canned questions for what a visitor has typed so far; else those to begin with."""
        if not prefix.strip():
            return self._suggester.starters(limit)
        positions = self._knowledge.autocomplete.complete(prefix, limit)
        return tuple(Suggestion(self._units[at].id, self._units[at].title) for at in positions)

    @property
    def smalltalk(self) -> tuple[Unit, ...]:
        """The units of smalltalk."""
        return tuple(self._units[at] for at in self._knowledge.fixed.smalltalk)

    def observe(self, question: str, *, without_topic: bool = False) -> Observation:
        """Return the candidate for a question and the evidence about it, whatever is decided.

        Args:
            question: As the visitor wrote it.
            without_topic: As if the content lacked the topic out of scope that ranks highest.

        """
        message = self._ranker.read(question)
        best = self._ranker.best((message.core,), message.watch)
        candidate, knowledge = best.candidate, self._knowledge
        if without_topic and candidate.out_of_scope is not None:
            scores = candidates.without(best.scores, candidate.out_of_scope)
            candidate = candidates.choose(scores, knowledge.fixed, knowledge.typical)
        return Observation(self._units[candidate.unit].id, candidate.evidence)

    def searched(self, question: str) -> str:
        """Return what is encoded of a question that stands alone, if it is searched whole."""
        message = self._ranker.read(question)
        return self._ranker.searched(message.core or message.text)


def open_index(
    folder: Path,
    encoder: Encoder | None = None,
    version: str | None = None,
    load: version_store.Load = version_store.load,
) -> Retriever:
    """Open a version of an index, by default the live one.

    Args:
        folder: Of the index.
        encoder: Instead of the one in the version; for tests.
        version: Its name.
        load: Reads the version; that of a vector store searches there.

    Raises:
        RetrievalError: There is none, or its files are not what was built.

    """
    return assemble(load(folder, version), None if encoder is None else lambda _: encoder)


def assemble(
    loaded: version_store.Loaded,
    open_encoder: Callable[[Path], Encoder] | None = None,
    parts: Parts = ALONE,
) -> Retriever:
    """Make a retriever of a version that was read, and ask it something.

    Args:
        loaded: The version.
        open_encoder: Opens the encoder of its folder, by default the one in it.
        parts: Readers of what other versions may have as well.

    Raises:
        RetrievalError: Something in it cannot be used, although it is what was built.

    """
    with version_store.blamed(loaded.folder):
        knowledge = gather(loaded, parts)
        if open_encoder is None:
            for name in (ENCODER_FILE, TOKENIZER_FILE):
                version_store.listed(loaded.folder, loaded.manifest, name)
        with version_store.blamed(loaded.folder / ENCODER_FILE):
            encoder = (open_encoder or OnnxEncoder)(loaded.folder)
            title = next(iter(knowledge.units.values())).title
            _check_dimension(encoder.encode([title]), loaded)
        with version_store.blamed(loaded.folder / language_identification.FILE):
            knowledge.languages.check()
        retriever = Retriever(knowledge, encoder)
        if loaded.search is None:  # else it would ask a server
            retriever.answer(title)
    return retriever


def _check_dimension(vectors: Vectors, loaded: version_store.Loaded) -> None:
    expected = loaded.manifest.model.dimension
    if vectors.shape != (1, expected) or not np.isfinite(vectors).all():
        raise IndexCorrupt(
            f"{loaded.folder / ENCODER_FILE} does not give {expected} numbers. "
            f"{version_store.REBUILD}"
        )
