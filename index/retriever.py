"""Message -> outcome: `Retriever.answer` reads, rewrites, encodes, searches, ranks and decides.

A message is cleaned once and taken apart: a reply to a question back, courtesy, one question or
several. With the conversation before it, a question becomes queries that stand alone; each is
searched, and the one that is answered with the most confidence decides.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.datatypes import (
    Abstained,
    Answered,
    Clarify,
    Conversed,
    Hit,
    Kind,
    Outcome,
    Reason,
    Suggestion,
    Trace,
    Turn,
    Unit,
    Vectors,
)
from index.dialogue import choices, courtesy, phrases, query_rewriting, several_questions
from index.dialogue.choices import Choice
from index.encoding.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder, OnnxEncoder
from index.errors import IndexCorrupt
from index.loading import ALONE, Knowledge, Parts, gather
from index.ranking import candidates, highlights
from index.ranking.calibration import Evidence
from index.ranking.candidates import Candidate
from index.ranking.highlights import Shelf
from index.ranking.unit_scorer import UnitScores, best_first
from index.search.autocomplete import question_of
from index.search.candidate_search import SearchResult
from index.stopwatch import Stopwatch
from index.suggestions import MOST_SUGGESTIONS, Suggester
from index.text import language_identification, normalisation
from index.text.normalisation import Synonyms
from index.versions import version_store

LISTED_BONUS = 0.5
"""What a unit gains in the ranking when the content lists the question as the unit's own."""
OTHER_ROLE_PENALTY = 0.4
"""What a unit about another role loses in the ranking: none such was right on any labelled
question."""
_TRACED = 8
_HELP = "can you help me"
"""What a message of fillers alone asks for: ``please``."""
_SAID_LAST = 4
"""Courtesies of a message that are looked at, from its end."""
_LEAST_LEFT_OUT = 4
"""A part of a message with fewer words that has no answer is not spoken of."""
_SURE_PART = 0.8
"""Confidence from which one clause is answered although nothing answers the other."""
_WORTH_OFFERING = 0.15
"""Confidence from which an uncertain answer is offered."""
_WORTH_CHOOSING = 0.04
"""Confidence from which a short reply is taken for one of the few that are on offer."""
_MOST_CHOOSING = 6
"""Words of a reply that chooses without saying so."""
_TOPIC_WORDS = 2
"""A message with more words asks something about its topic."""
_LEAST_LETTERS = 2
"""Of a word that names a topic."""
_TOPIC_UNITS = 24
"""Units among which those that speak of a topic are looked for, best first."""
_TOPICS = 4096
"""Titles and variants whose words are kept: there are thousands, and a short message reads many."""
_TOPIC_QUESTIONS = 2
"""Variants of a unit that speak of a topic, lest one in passing count."""
_TWIN_MARGIN = 0.5
"""A question fits the other role as well when that unit ranks this close."""
_SMALLTALK_COSINE = 0.62
"""Smalltalk is returned at this cosine or more; below it, function words alone look alike."""
_COURTESY_COSINE = 0.5
"""What is known to be courtesy gets the smalltalk that is this close; else help is offered."""
_BOUNDARY_COSINE = 0.5
"""A boundary's own reply is returned at this cosine or more; below it, the general refusal."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message on its way to an outcome."""

    text: str
    """After cleaning."""
    history: tuple[Turn, ...]
    limit: int
    watch: Stopwatch


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One query, searched and ranked."""

    query: str
    matches: SearchResult
    """Cosines with every text."""
    scores: UnitScores
    candidate: Candidate
    confidence: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What the confidence model is fitted on."""

    unit: str
    evidence: Evidence


def _topic_of(synonyms: Synonyms, text: str) -> frozenset[str]:
    return normalisation.topic_words(synonyms.apply(text))


class Retriever:
    """Answers questions from one version of an index. Safe to call from several threads."""

    def __init__(
        self, knowledge: Knowledge, encoder: Encoder, *, today: Callable[[], date] | None = None
    ) -> None:
        self._knowledge = knowledge
        self._encoder = encoder
        self.warm = knowledge.languages.warm
        """Loads ahead what only some questions need."""
        self.encode = encoder.encode
        """Encodes texts as questions are encoded, to compare them."""
        self._suggester = Suggester(knowledge, today or (lambda: datetime.now(UTC).date()))
        self.starters = self._suggester.starters
        """Returns questions to begin with: those that the content names, else varied ones."""
        self._units = knowledge.contents.units
        self._begins = {normalisation.fold(text): at for text, at in knowledge.starters.items()}
        # A function of its own, since an object that caches its own method is freed late.
        self._topic = lru_cache(_TOPICS)(partial(_topic_of, knowledge.synonyms))
        self.manifest = knowledge.manifest
        self.units: Mapping[str, Unit] = knowledge.units

    def answer(self, question: str, history: Sequence[Turn] = (), limit: int = 5) -> Outcome:
        """Answer a message.

        Args:
            question: As the visitor wrote it.
            history: Earlier exchanges of the conversation, oldest first.
            limit: How many passages to return with it.

        """
        asked = _Asked(normalisation.clean(question), tuple(history), limit, Stopwatch())
        outcome = self._chosen(asked) or self._conversation(asked) or self._answer(asked)
        return replace(outcome, trace=replace(outcome.trace, stages=asked.watch.stages))

    @property
    def smalltalk(self) -> tuple[Unit, ...]:
        """The units of smalltalk."""
        return tuple(self._units[at] for at in self._knowledge.fixed.smalltalk)

    def observe(self, question: str) -> Observation:
        """Return the candidate for a question and the evidence about it, whatever is decided."""
        best = self._best((self._core(normalisation.clean(question)),), Stopwatch())
        return Observation(self._units[best.candidate.unit].id, best.candidate.evidence)

    def searched(self, question: str) -> str:
        """Return what is encoded of a question that stands alone, if it is searched whole."""
        text = normalisation.clean(question)
        return self._searched(self._core(text) or text)

    def _searched(self, query: str, *, is_question: bool = True) -> str:
        knowledge = self._knowledge
        searched = knowledge.synonyms.apply(knowledge.spelling.correct(query.strip(" ?.!¿¡")))
        if is_question and normalisation.is_interrogative(searched):
            # Whatever mark the visitor wrote, so that "!", "?" and none find the same; a statement
            # has none, as the variants that are statements.
            searched += "?"
        return searched

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return canned questions for what a visitor has typed so far; else those to begin with."""
        if not prefix.strip():
            return self._suggester.starters(limit)
        positions = self._knowledge.autocomplete.complete(prefix, limit)
        return tuple(Suggestion(self._units[at].id, self._units[at].title) for at in positions)

    def _core(self, text: str) -> str:
        """Return the question in a message; empty when there is nothing but courtesy."""
        message = courtesy.take_apart(text)
        if message.courtesies and self._listed(text) is not None:
            return text.strip(" ?.!")  # the content itself lists the words of courtesy
        return normalisation.clean(message.core)

    def _chosen(self, asked: _Asked) -> Outcome | None:
        """Answer a reply that chooses from what was offered; None when it does not."""
        turn, picked = _standing(asked.history)
        units = [self.units[name] for name in turn.offered if name in self.units] if turn else []
        if turn is None or not units or len(units) < len(turn.offered):
            return None
        if picked is not None:
            choice = choices.choose_another(asked.text, len(units), turn.offered.index(picked))
        else:
            titles = [unit.title for unit in units]
            choice = choices.choose(asked.text, titles, self._knowledge.synonyms.apply)
        if choice is not None and choice.topic:
            choice = self._by_topic(choice, units, asked)
        elif choice is None and picked is None:
            choice = self._by_likeness(units, asked)
        return None if choice is None else self._given(choice, units, turn, asked)

    def _by_topic(self, choice: Choice, units: Sequence[Unit], asked: _Asked) -> Choice | None:
        """Find the choice that a topic is about: the best unit for it, if that was offered."""
        fixed, candidate = self._knowledge.fixed, self._rank(choice.topic, asked.watch).candidate
        offered = [fixed.positions[unit.id] for unit in units]
        closest = max(offered, key=lambda at: candidate.ranked[at])
        if candidates.same(candidate.unit, closest, fixed) or choice.is_certain:
            return Choice((offered.index(closest),))
        return None

    def _by_likeness(self, units: Sequence[Unit], asked: _Asked) -> Choice | None:
        """Choose what a short reply is closest to, where it is no clear question of its own."""
        core = self._core(asked.text)
        if not core or len(normalisation.words(core)) > _MOST_CHOOSING:
            return None
        best, calibration = self._rank(core, asked.watch), self._knowledge.calibration
        offered = [self._knowledge.fixed.positions[unit.id] for unit in units]
        is_unsure = _WORTH_CHOOSING <= best.confidence < calibration.answer_at
        fixed, unit = self._knowledge.fixed, best.candidate.unit
        closest = [at for at, one in enumerate(offered) if candidates.same(unit, one, fixed)]
        if not is_unsure or not closest or self._out_of_scope(best) is not None:
            return None
        return Choice((closest[0],))

    def _given(self, choice: Choice, units: Sequence[Unit], turn: Turn, asked: _Asked) -> Outcome:
        """Return the outcome of a choice: an answer, the same question back, or a refusal."""
        chosen = [units[at] for at in choice.positions if not self._suggester.is_expired(units[at])]
        if chosen:
            best = self._rank(question_of(chosen[0]), asked.watch)
            position = self._knowledge.fixed.positions[chosen[0].id]
            passages = self._passages(best, asked.limit, position)
            answered = self._answer_with(chosen[0], best, passages)
            return _with_others(
                replace(answered, confidence=1.0, is_chosen=True),
                self._suggester.titles(chosen[1:]),
            )
        best = self._best((turn.question,), asked.watch)
        passages = self._passages(best, asked.limit)
        if choice.positions:
            return self._abstained(best, passages, Reason.EXPIRED)
        if choice.is_none:
            refused = self._abstained(best, passages, Reason.NONE_CHOSEN)
            offered = [self._knowledge.fixed.positions[unit.id] for unit in units]
            return replace(
                refused, confidence=0.0, nearest=self._suggester.nearest(best.candidate, offered)
            )
        return Clarify(self._suggester.titles(units), best.confidence, passages, self._trace(best))

    def _conversation(self, asked: _Asked) -> Outcome | None:
        """Reply to a message that is nothing but courtesy; None when it holds a question."""
        said = courtesy.take_apart(asked.text).courtesies
        fixed = self._knowledge.fixed
        talk = [at for at in fixed.smalltalk if not self._suggester.is_expired(self._units[at])]
        if self._core(asked.text) or not said or not talk:
            return None
        # What is said last counts; all of it together where that is listed.
        texts = dict.fromkeys((*said[:-_SAID_LAST:-1], " ".join(said), _HELP))
        ranked = [self._rank(text, asked.watch, is_question=False) for text in texts]
        likeness = [float(one.scores.cosine[talk].max()) for one in ranked]
        close = [at for at, cosine in enumerate(likeness) if cosine >= _COURTESY_COSINE]
        best = ranked[close[0] if close else likeness.index(max(likeness))]
        at = max(talk, key=lambda at: best.scores.total[at])
        return self._conversed(best, self._passages(best, asked.limit), at)

    def _answer(self, asked: _Asked) -> Outcome:
        """Answer a message that asks one question or several."""
        question = self._core(asked.text) or asked.text
        if self._listed(question) is None:
            asks = f"{question}?"
            parts = several_questions.sentences(asks if asks in asked.text else question)
            clauses = several_questions.clauses(question) if len(parts) == 1 else ()
            outcome: Outcome | None = None
            if len(parts) > 1:
                outcome = self._several(question, parts, asked)
            elif len(clauses) > 1:
                outcome = self._joined(question, clauses, asked)
            if outcome is not None:
                return outcome
        return self._single(question, asked.history, asked)

    def _single(self, question: str, history: Sequence[Turn], asked: _Asked) -> Outcome:
        """Answer one question."""
        marked = f"{question}?"  # ``bakers?`` asks the last question of bakers, ``bakers`` does not
        in_full = marked if history and marked in asked.text else question
        rewritten = query_rewriting.rewrite(in_full, history, self._knowledge.roles)
        alone = phrases.CONJUNCTION.sub("", question) or question
        queries = (alone,) if rewritten == (in_full,) else rewritten
        best = self._best(queries, asked.watch)
        passages = self._passages(best, asked.limit)
        asked.watch.lap("passages")
        outcome = self._decide(question, best, passages)
        asked.watch.lap("decide")
        return outcome

    def _several(self, question: str, parts: Sequence[str], asked: _Asked) -> Outcome | None:
        """Answer the first part that has an answer and offer the others; None when none has.

        Where the whole is surer of what another part asks, the parts are one question.
        """
        turns, outcomes = list(asked.history), list[Outcome]()
        for part in parts:
            outcome = self._single(self._core(part) or part, turns, asked)
            outcomes.append(outcome)
            unit = outcome.unit.id if isinstance(outcome, Answered) else None
            turns.append(Turn(outcome.trace.understood, unit))
        answered = [one for one in outcomes if isinstance(one, Answered)]
        if not answered:
            return None
        whole, first = self._single(question, asked.history, asked), answered[0]
        besides = {one.unit.id for one in answered[1:]}
        if isinstance(whole, Answered) and whole.unit.id in besides | {first.unit.id}:
            first = max(first, whole, key=lambda one: one.confidence)
        others = [one for outcome in outcomes for one in _offer(outcome)]
        left_out = any(
            isinstance(outcome, Abstained)
            and not _offer(outcome)
            and len(part.split()) >= _LEAST_LEFT_OUT
            for outcome, part in zip(outcomes, parts, strict=True)
        )
        return replace(_with_others(first, others), leaves_out=left_out)

    def _joined(self, question: str, clauses: Sequence[str], asked: _Asked) -> Outcome | None:
        """Answer clauses as questions of their own where each has an answer, and the whole none."""
        outcome = self._several(question, clauses, asked)
        if not isinstance(outcome, Answered) or not (outcome.others or outcome.leaves_out):
            return None
        whole = self._single(question, asked.history, asked)
        if not outcome.others and outcome.confidence < _SURE_PART:
            return None
        own = {outcome.unit.id, *(one.id for one in outcome.others)}
        return outcome if not isinstance(whole, Answered) or whole.unit.id in own else whole

    def _best(self, queries: Sequence[str], watch: Stopwatch) -> _Ranked:
        """Search every query and every part of a long one; return the most confident result."""
        parts = [part for query in queries for part in normalisation.parts(query)]
        return max((self._rank_words(part, watch) for part in parts), key=lambda r: r.confidence)

    def _rank_words(self, query: str, watch: Stopwatch) -> _Ranked:
        """Rank a query, without its years where what it finds does not speak of them."""
        ranked = self._rank(query, watch)
        if not (years := normalisation.years(query)):
            return ranked
        unit = self._units[ranked.candidate.unit]
        if any(year in f"{unit.title} {unit.text}" for year in years):
            return ranked
        return self._rank(normalisation.without_years(query), watch)

    def _rank(self, query: str, watch: Stopwatch, *, is_question: bool = True) -> _Ranked:
        knowledge = self._knowledge
        searched = self._searched(query, is_question=is_question)
        watch.lap("read")
        vector = self._encoder.encode([searched])
        watch.lap("encode")
        listed = self._listed(query)
        always = () if listed is None else (listed,)
        matches = knowledge.search.find(vector[0], searched, always)
        watch.lap("dense")
        scores = knowledge.ranker.score(matches.cosines, vector, searched, matches.words)
        scores.total[self._about_another_role(query)] -= OTHER_ROLE_PENALTY
        if listed is not None:
            scores.total[listed] += LISTED_BONUS
        watch.lap("rank")
        candidate = candidates.choose(scores, knowledge.fixed, knowledge.typical, listed)
        # The content itself lists the question as one that it does not answer.
        is_outside = listed is not None and not knowledge.fixed.content[listed]
        confidence = 0.0 if is_outside else knowledge.calibration.probability(candidate.evidence)
        watch.lap("weigh")
        return _Ranked(query, matches, scores, candidate, confidence)

    def _listed(self, query: str) -> int | None:
        """Return the unit that the content itself gives for a question, if it does."""
        unit = self._knowledge.own.unit(query)
        return self._begins.get(normalisation.fold(query)) if unit is None else unit

    def _about_another_role(self, query: str) -> NDArray[np.bool_]:
        """Tell which units are about another role than the only one that a query names."""
        roles, subjects = self._knowledge.roles, self._knowledge.subjects
        names = {mention.role for mention in roles.mentions(query)}
        role = roles.names.index(names.pop()) if len(names) == 1 else -1
        if role == -1:
            return np.zeros(len(subjects), dtype=np.bool_)
        return np.asarray((subjects != role) & (subjects != -1), dtype=np.bool_)

    def _decide(self, question: str, best: _Ranked, passages: tuple[Hit, ...]) -> Outcome:
        knowledge = self._knowledge
        if not normalisation.is_readable(question):
            return self._abstained(best, passages, Reason.UNREADABLE)
        uses, languages = knowledge.spelling.uses, knowledge.languages
        in_our_words = knowledge.synonyms.apply(question)
        if language := language_identification.foreign(in_our_words, uses, languages):
            return self._abstained(best, passages, Reason.LANGUAGE, spoken=language)
        outside = self._out_of_scope(best)
        if outside is not None and self._units[outside].kind is Kind.SMALLTALK:
            return self._conversed(best, passages, outside)
        if by_topic := self._by_topic_alone(best, passages):
            return by_topic
        if best.confidence >= knowledge.calibration.answer_at:
            return self._answered(best, passages)
        if outside is not None:
            boundary = self._units[outside]
            return self._abstained(best, passages, Reason.BOUNDARY, boundary=boundary)
        offered = self._suggester.choices(best.candidate)
        if self._is_worth_asking(best, len(offered)):
            return Clarify(offered, best.confidence, passages, self._trace(best))
        return self._abstained(best, passages, Reason.NOT_COVERED)

    def _is_worth_asking(self, best: _Ranked, choices: int) -> bool:
        """Tell whether to ask which of the choices is meant; one of a sparse unit is enough."""
        calibration = self._knowledge.calibration
        if best.candidate.evidence.sparseness and calibration.offer_at is not None:
            return best.confidence >= calibration.offer_at and choices > 0
        return best.confidence >= calibration.clarify_at and choices > 1

    def _by_topic_alone(self, best: _Ranked, passages: tuple[Hit, ...]) -> Outcome | None:
        """Return the outcome of a message that names a topic and asks nothing about it.

        One word gets a question back; two may be answered. None where the content has nothing.
        """
        calibration, spelling = self._knowledge.calibration, self._knowledge.spelling
        topics = self._on_topic(best)
        is_sure = best.confidence >= calibration.answer_at
        if not topics or (is_sure and (len(topics) == 1 or " " in best.query)):
            return None
        is_likely = best.confidence >= calibration.clarify_at
        if len(topics) == 1 and is_likely and spelling.correct(best.query) == best.query:
            return self._answer_with(topics[0], best, passages)
        return Clarify(self._suggester.titles(topics), best.confidence, passages, self._trace(best))

    def _on_topic(self, best: _Ranked) -> tuple[Unit, ...]:
        """Return what the content has on a topic, where a message only names one: ``salary``."""
        knowledge = self._knowledge
        read = knowledge.synonyms.apply(knowledge.spelling.correct(best.query))
        topic = normalisation.topic_words(read)
        is_short = len(normalisation.words(best.query)) <= _TOPIC_WORDS
        if not is_short or not topic or max(map(len, topic)) < _LEAST_LETTERS:
            return ()
        if self._listed(best.query) is not None:
            return ()  # the content lists it as something that it does not answer
        fixed = knowledge.fixed
        closest = candidates.families(best.candidate.ranked, fixed, _TOPIC_UNITS)
        units = [self._units[min(at, *fixed.equivalents.get(at, (at,)))] for at in closest]
        # Of two words one may be about something else: "data scientist" beside "data".
        is_likely = best.confidence >= knowledge.calibration.clarify_at
        in_passing = len(topic) == 1 or is_likely
        speaking = (unit for unit in units if self._asks_about(topic, unit, in_passing))
        in_force = (unit for unit in speaking if not self._suggester.is_expired(unit))
        return tuple(islice(in_force, MOST_SUGGESTIONS))

    def _asks_about(self, topic: frozenset[str], unit: Unit, in_passing: bool) -> bool:
        in_title = topic <= self._topic(unit.title)
        asked = (topic <= self._topic(one) for one in unit.questions)
        return in_title or (in_passing and sum(asked) >= _TOPIC_QUESTIONS)

    def _out_of_scope(self, best: _Ranked) -> int | None:
        """Return the boundary or smalltalk in force that ranks above all content, if any."""
        position = best.candidate.out_of_scope
        if position is None or best.candidate.out_of_scope_total <= best.candidate.total:
            return None
        unit = self._units[position]
        least = _SMALLTALK_COSINE if unit.kind is Kind.SMALLTALK else _BOUNDARY_COSINE
        is_close = best.scores.cosine[position] >= least
        return position if is_close and not self._suggester.is_expired(unit) else None

    def _answered(self, best: _Ranked, passages: tuple[Hit, ...]) -> Outcome:
        unit = self._suggester.in_force(best.candidate.unit)
        if unit is None:
            return self._abstained(best, passages, Reason.EXPIRED)
        if (twin := self._twin(best)) is not None:
            sides = self._suggester.titles((unit, twin))
            return Clarify(sides, best.confidence, passages, self._trace(best))
        return self._answer_with(unit, best, passages)

    def _answer_with(self, unit: Unit, best: _Ranked, passages: tuple[Hit, ...]) -> Answered:
        related = self._suggester.related(unit, best.candidate)
        shown = self._role_first(unit, best.query)
        return Answered(shown, best.confidence, passages, related, self._trace(best))

    def _twin(self, best: _Ranked) -> Unit | None:
        """Return the unit that says of the other role what a question asks of neither."""
        at = self._knowledge.twins.get(best.candidate.unit)
        if at is None or self._knowledge.roles.likely_mentions(best.query):
            return None
        is_close = best.candidate.total - best.candidate.ranked[at] <= _TWIN_MARGIN
        return (
            self._units[at]
            if is_close and not self._suggester.is_expired(self._units[at])
            else None
        )

    def _role_first(self, unit: Unit, query: str) -> Unit:
        """Put the side of a comparison first that a question asks for."""
        named = [mention.role for mention in self._knowledge.roles.mentions(query)]
        if not unit.sides or not named or unit.sides[0].label.lower() == named[0]:
            return unit
        sides = sorted(unit.sides, key=lambda side: side.label.lower() != named[0])
        return replace(unit, sides=tuple(sides))

    def _abstained(
        self,
        best: _Ranked,
        passages: tuple[Hit, ...],
        reason: Reason,
        *,
        boundary: Unit | None = None,
        spoken: str | None = None,
    ) -> Abstained:
        trace = self._trace(best)
        confidence = 0.0 if reason is Reason.UNREADABLE else best.confidence
        named = self._suggester.linked(boundary) if boundary else ()
        ids = {one.id for one in named}
        nearest = (
            *named,
            *(one for one in self._suggester.nearest(best.candidate, ()) if one.id not in ids),
        )
        nearest = nearest[:MOST_SUGGESTIONS]
        return Abstained(reason, boundary, spoken, confidence, nearest, passages, trace)

    def _conversed(self, best: _Ranked, passages: tuple[Hit, ...], position: int) -> Conversed:
        cosine = max(0.0, min(1.0, float(best.scores.cosine[position])))
        starters = self._suggester.starters()
        return Conversed(self._units[position], cosine, passages, starters, self._trace(best))

    def _passages(self, best: _Ranked, limit: int, first: int | None = None) -> tuple[Hit, ...]:
        """Return the closest units of the content, best first, one of each family.

        Args:
            best: The question as it was ranked.
            limit: How many to return.
            first: The unit to begin with, whatever is closest.

        """
        ranked = best.candidate.ranked
        closest = candidates.families(ranked, self._knowledge.fixed, limit)
        if first is not None:
            closest = (first, *(at for at in closest if at != first))[:limit]
        totals = ranked.tolist()
        return tuple(highlights.hit(self._shelf(at, best), totals[at]) for at in closest)

    def _shelf(self, unit: int, best: _Ranked) -> Shelf:
        span = self._knowledge.ranker.chunks_of(unit)
        chunks = self._knowledge.contents.chunks[span.start : span.stop]
        cosines = best.matches.cosines[span.start : span.stop]
        return Shelf(self._units[unit], chunks, cosines)

    def _trace(self, best: _Ranked) -> Trace:
        ranked = best.candidate.ranked
        return Trace(
            best.query,
            asdict(best.candidate.evidence),
            tuple(
                (self._units[n].id, round(float(ranked[n]), 4))
                for n in best_first(ranked)[:_TRACED]
            ),
            is_partial=best.matches.is_partial,
        )


def _standing(history: Sequence[Turn]) -> tuple[Turn | None, str | None]:
    """Return the turn whose choices a reply may choose from, and what it has chosen already."""
    if history and history[-1].offered:
        return history[-1], None
    if len(history) > 1 and history[-1].unit in history[-2].offered:
        return history[-2], history[-1].unit
    return None, None


def _offer(outcome: Outcome) -> tuple[Suggestion, ...]:
    """Return what leads to the outcome of one part of a message."""
    match outcome:
        case Answered(unit=unit):
            return (Suggestion(unit.id, question_of(unit)),)
        case Clarify(candidates=offered):
            return offered[:2]
        case Abstained(reason=Reason.NOT_COVERED) if outcome.confidence >= _WORTH_OFFERING:
            return outcome.nearest[:1]
        case _:
            return ()


def _with_others(answered: Answered, others: Iterable[Suggestion]) -> Answered:
    """Offer before all else what a message asks besides."""
    besides = tuple({one.id: one for one in others if one.id != answered.unit.id}.values())
    ids = {one.id for one in besides}
    related = (*besides, *(one for one in answered.related if one.id not in ids))
    return replace(answered, others=besides, related=related)


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
