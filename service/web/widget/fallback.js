// Answers from the saved copy while the service cannot be reached: words in common, weighted by how
// rare they are. Coarser than the service, and stricter, since nothing here understands a question.

/** Least share of the question's weight that an answer has to account for. */
const ENOUGH = 0.62;
/** Scores that differ by less are as good as each other. */
const TIE = 0.05;

function stem(word) {
  return word.length > 4 ? word.replace(/(ies|ing|es|s|ed|er|ers|y)$/, '') : word.replace(/s$/, '');
}

function words(text) {
  const plain = text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
  return new Set((plain.match(/[\p{L}\p{N}+#]+/gu) ?? []).map(stem));
}

function weigh(set, weight) {
  let sum = 0;
  for (const word of set) sum += weight(word);
  return sum;
}

/** Shared weight, as a share of both sides' weight (Dice); in [0, 1]. */
function likeness(question, text, weight) {
  const shared = new Set([...question].filter((word) => text.has(word)));
  const both = weigh(question, weight) + weigh(text, weight);
  return both ? (2 * weigh(shared, weight)) / both : 0;
}

function rarity(units) {
  const counts = new Map();
  for (const { all } of units) for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => Math.log(1 + units.length / (counts.get(word) ?? 0.5));
}

function prepare(unit) {
  const asked = unit.questions.map(words);
  const all = words([unit.title, unit.text, ...unit.questions].join(' '));
  return { unit, asked, all };
}

/** A function from a question to a response of the same shape as the service's. */
export function lexicalAnswers(saved) {
  const units = saved.answers.map(prepare);
  const weight = rarity(units);
  return (question, refusal) => {
    const asked = words(question);
    const ranked = units.map(({ unit, asked: known, all }) => {
      const covered = weigh(new Set([...asked].filter((word) => all.has(word))), weight);
      const cover = covered / (weigh(asked, weight) || 1);
      const alike = known.map((text) => likeness(asked, text, weight));
      const best = Math.max(0, ...alike);
      const rarest = [...(known[alike.indexOf(best)] ?? [])].sort((one, other) => weight(other) - weight(one))[0];
      return { unit, cover, isNamed: asked.has(rarest), score: 0.75 * best + 0.25 * cover };
    });
    ranked.sort((one, other) => other.score - one.score);
    return respond(saved.version, ranked, refusal);
  };
}

const isClose = ({ score, cover }) => score >= ENOUGH && cover >= ENOUGH;

/** The best match; before a boundary whose rarest word is not asked about, an answer that is as good. */
function choose([first = { score: 0 }, ...others]) {
  const isTied = (one) => one.unit.kind === 'faq' && isClose(one) && first.score - one.score <= TIE;
  return (first.unit?.kind === 'boundary' && !first.isNamed && others.find(isTied)) || first;
}

function respond(version, ranked, refusal) {
  const best = choose(ranked);
  const { unit } = best;
  const close = isClose(best);
  const near = ranked.filter((one) => one.score > 0.2 && one.unit.kind === 'faq' && one.unit !== (close && unit));
  const suggestions = near.slice(0, 3).map((one) => ({ id: one.unit.id, question: one.unit.title }));
  const common = { interaction_id: null, passages: [], suggestions, index_version: version };
  if (!close) return { ...common, outcome: 'no_answer', message: refusal, answer: null };
  if (unit.kind === 'boundary') return { ...common, outcome: 'no_answer', message: unit.text, answer: null };
  return { ...common, outcome: 'answer', message: '', answer: unit };
}
