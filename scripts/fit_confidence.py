"""Fit the confidence model on labelled questions and simulated bots.

Example: python scripts/fit_confidence.py --data ../shared/eval --index var/index
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from index.building.builder import out_of_scope_sentences
from index.datatypes import Vectors
from index.encoding.embedding_cache import encode_cached
from index.encoding.encoder import ENCODER_FILE, Encoder, OnnxEncoder
from index.errors import RetrievalError
from index.evaluation.labelled_bot import read_faq, read_messages
from index.evaluation.labelled_questions import fold_of, read_questions
from index.ranking import calibration
from index.ranking.unit_scorer import OutOfScope
from index.retriever import Retriever, open_index
from index.storage.atomic_files import file_digest
from index.training import fitting, simulated_bots, simulated_imports, variant_removal
from index.training.fitting import SampleSource
from index.training.simulated_bots import Intents, Sample
from index.versions import version_store

BOTS = 24
FOLDS = 10
OWN = {"own": 3.0, "own, topic left out": 1.0}
"""Weights of this project's own questions beside each of the other sources: as they are, and with
the boundary left out that comes closest, as for a topic that nobody thought of."""
OWN_FILES = ("dev.jsonl", "dev2.jsonl")
FAR = ("far-oos", "hostile", "chitchat")
"""Kinds of own questions without an answer that are no test of a confidence."""
COVERED = 0.55
"""Share of the questions that have an answer, whatever the numbers of a source."""
COVERED_WITHOUT_BOUNDARIES = 3 / 4
"""The same of content without boundaries and of imports: the higher, the bolder."""
THINNED = ((0, 0), (0, 3), (0, 10), (2, 2))
"""Variants of each answer and examples of each boundary that the content is left with, to fit for
sparse content: as just imported, and with a little work done."""
THINNED_NAME = "thinned"
FIRST_DAY = Path(__file__).with_name("first_day")
"""FAQs and articles made up for this project; two that are not named here are for measuring."""
MADE_UP = "made-up FAQ"
MADE_UP_WEIGHT = 2.0
"""Of all of them together, beside an imported one."""
FAQS = ("council", "hospital", "library", "logistics", "software")
WITHOUT_BOUNDARIES = "simulated without boundaries"
ANSWER_AT = 0.62
CLARIFY_AT = 0.25
OFFER_AT = 0.12


class CachedEncoder:
    """Encodes with the run-time encoder and caches the vectors on disk."""

    name = "run-time encoder"

    def __init__(self, encoder: Encoder, sha256: str, cache: Path) -> None:
        self.sha256 = sha256
        self._encoder, self._cache = encoder, cache

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Encode texts as the encoder itself does."""
        return self._encoder.encode(texts)

    def cached(self, texts: Sequence[str], /) -> Vectors:
        """Encode texts, looking up those encoded before."""
        return encode_cached(self, list(texts), self._cache, lambda done, total: None)


def main(
    data: Annotated[Path, typer.Option(help="Folder with the questions and public/.")] = Path(
        "../shared/eval"
    ),
    index: Annotated[Path, typer.Option(help="Folder of the index.")] = Path("var/index"),
    out: Annotated[
        Path, typer.Option(help="Where to write the coefficients.")
    ] = calibration.SHIPPED,
) -> None:
    """Fit the confidence model on labelled questions and simulated bots.

    Exit code 0: written; 1: the data or the index cannot be read; 2: wrong usage.

    Example: python scripts/fit_confidence.py --data ../shared/eval --index var/index
    """
    console = Console(highlight=False)
    try:
        material = _read(data, index)
        sources, thinned = _sources(material), _sparse_sources(material)
    except (RetrievalError, OSError) as error:
        console.print(str(error), markup=False)
        raise typer.Exit(1) from error
    out.write_text(json.dumps(_document(sources, thinned), indent=1) + "\n", encoding="utf-8")
    for name, samples in (sources | thinned).items():
        share = sum(sample.right for sample in samples) / len(samples)
        console.print(f"{name}: {len(samples)} questions, {share:.3f} right")
    console.print(f"Wrote {out}")


@dataclass(frozen=True, slots=True)
class Material:
    """The data and encoder that samples are made with."""

    data: Path
    index: Path
    encoder: CachedEncoder
    out_of_scope: OutOfScope


def _read(data: Path, index: Path) -> Material:
    folder = version_store.version_folder(index, version_store.current(index))
    digest = file_digest(folder / ENCODER_FILE)
    encoder = CachedEncoder(OnnxEncoder(folder), digest, index.parent / "cache" / "fit")
    texts = out_of_scope_sentences()
    return Material(data, index, encoder, OutOfScope(texts, encoder.cached(texts)))


def _sources(material: Material) -> dict[str, list[Sample]]:
    """Observe bots whose answers have many variants."""
    encoder, public = material.encoder, material.data / "public"
    retriever = open_index(material.index)
    bot = simulated_bots.read_bot(
        public / "hint3_sofmattress_train.csv", public / "hint3_sofmattress_test.csv"
    )
    intents = simulated_bots.read_intents(public / "clinc150_train_val.json", encoder)
    return {
        **{
            name: [
                sample
                for file in OWN_FILES
                for sample in _own(retriever, material.data / file, without_topic=number > 0)
            ]
            for number, name in enumerate(OWN)
        },
        "public": list(simulated_bots.samples(bot, encoder, material.out_of_scope)),
        "simulated": _simulated(material, intents, with_boundaries=True),
        WITHOUT_BOUNDARIES: _simulated(material, intents, with_boundaries=False),
    }


def _simulated(material: Material, intents: Intents, *, with_boundaries: bool) -> list[Sample]:
    return [
        sample
        for bot in simulated_bots.draw_bots(intents, BOTS)
        if bool(bot.boundaries) is with_boundaries
        for sample in simulated_bots.samples(bot, material.encoder, material.out_of_scope)
    ]


def _sparse_sources(material: Material) -> dict[str, list[Sample]]:
    """Observe imports without variants, and the content with hardly any."""
    public = material.data / "public"
    sentences: dict[str, list[str]] = {}
    for message in read_messages(public / "hint3_sofmattress_train.csv"):
        sentences.setdefault(message.label, []).append(message.sentence)
    intents = simulated_bots.read_intents(public / "clinc150_train_val.json", material.encoder)
    imports = {
        "imported FAQ": read_faq(public / "stackfaq.json"),
        "imported sentences": simulated_imports.as_entries(sentences),
        "imported intents": simulated_imports.as_entries(intents.train),
        "imported articles": read_faq(FIRST_DAY / "articles.json"),
        **{f"{MADE_UP} {name}": read_faq(FIRST_DAY / f"{name}.json") for name in FAQS},
    }
    observed = {
        name: [
            sample
            for drawn in simulated_imports.draw_imports(entries)
            for sample in variant_removal.samples(
                drawn, (), material.encoder, material.out_of_scope
            )
        ]
        for name, entries in imports.items()
    }
    return {name: samples for name, samples in (observed | _thinned(material)).items() if samples}


def _thinned(material: Material) -> dict[str, list[Sample]]:
    """Observe the content with hardly any variants; nothing if it has none to remove.

    The removed variants are asked, and no labelled question.
    """
    contents = version_store.load(material.index).contents
    groups, samples = contents.groups.equivalents, {}
    for variants, examples in THINNED:
        left = variant_removal.thin(contents, variants, examples)
        if left.questions:
            observed = variant_removal.samples(
                left, groups, material.encoder, material.out_of_scope
            )
            samples[f"{THINNED_NAME} to {variants} and {examples}"] = list(observed)
    return samples


def _own(retriever: Retriever, path: Path, *, without_topic: bool) -> Iterator[Sample]:
    """Observe this project's own questions, those that nothing answers perhaps without a topic."""
    for question in read_questions(path):
        if question.language == "en" and question.kind not in FAR:
            left_out = without_topic and not question.answerable
            observed = retriever.observe(question.question, without_topic=left_out)
            accepted = question.gold | {
                retriever.units[unit].parent for unit in question.gold if unit in retriever.units
            }
            is_right = observed.unit in accepted
            yield Sample(observed.evidence, is_right, question.answerable, question.group)


def _document(
    sources: dict[str, list[Sample]], thinned: dict[str, list[Sample]]
) -> dict[str, object]:
    """Fit the model, and one without each fold of the own questions, for honest figures."""
    public = SampleSource(sources["public"])
    simulated = SampleSource([*sources[WITHOUT_BOUNDARIES], *sources["simulated"]])
    unbounded = [public, SampleSource(sources[WITHOUT_BOUNDARIES])]
    whole = [*_own_sources(sources), public, simulated]
    folds = [
        fitting.fit([*_own_sources(sources, fold), public, simulated], covered=COVERED)
        for fold in range(FOLDS)
    ]
    return {
        **asdict(fitting.fit(whole, covered=COVERED)),
        "answer_at": ANSWER_AT,
        "clarify_at": CLARIFY_AT,
        "offer_at": OFFER_AT,
        "without_classifier": asdict(fitting.fit(whole, calibration.WITHOUT_CLASSIFIER, COVERED)),
        "without_boundaries": asdict(
            fitting.fit(unbounded, calibration.WITHOUT_BOUNDARIES, COVERED_WITHOUT_BOUNDARIES)
        ),
        "sparse": _sparse(thinned),
        "fitted_on": {name: len(samples) for name, samples in (sources | thinned).items()},
        "folds": [asdict(fold) for fold in folds],
    }


def _own_sources(
    sources: dict[str, list[Sample]], left_out: int | None = None
) -> list[SampleSource]:
    """Weigh this project's own questions, without those of one fold."""
    return [
        SampleSource(
            [sample for sample in sources[name] if fold_of(sample.group, FOLDS) != left_out], weight
        )
        for name, weight in OWN.items()
    ]


def _sparse(sources: dict[str, list[Sample]]) -> object:
    """Fit the coefficients of sparse entries.

    Content that was thinned counts as one source, and the made-up FAQs as `MADE_UP_WEIGHT`.
    """
    weights = {THINNED_NAME: 1.0, MADE_UP: MADE_UP_WEIGHT}
    kinds = [next((kind for kind in weights if name.startswith(kind)), name) for name in sources]
    parts = [
        SampleSource(samples, weights.get(kind, 1.0) / kinds.count(kind))
        for kind, samples in zip(kinds, sources.values(), strict=True)
    ]
    return asdict(fitting.fit(parts, calibration.SPARSE, COVERED_WITHOUT_BOUNDARIES))


if __name__ == "__main__":
    typer.run(main)
