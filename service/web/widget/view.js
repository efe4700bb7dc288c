// An exchange -> nodes. Everything from the service is set as text, or goes through `htmlToNodes`.

import { fill } from './messages.js';
import { firstSentence, h, htmlToNodes, icon, link, markSentence, safeUrl, textFragment } from './nodes.js';

const COPY = 'M9 9h11v11H9zM4 15V4h11';
const CHAIN = 'M9 15l6-6M11 6l2-2a5 5 0 0 1 7 7l-2 2M13 18l-2 2a5 5 0 0 1-7-7l2-2';
const THUMB = 'M7 11v9H3v-9zl5-8c3 0 2 4 1 6h7l-2 11H7';

/** What the visitor asked. */
export function questionView(t, question) {
  return h('div', { class: 'message you', part: 'message question' }, sr(`${t.label}: `), h('span', { dir: 'auto' }, question));
}

/** The reply while it is under way. */
export function thinkingView(t, onCancel) {
  return h('div', { class: 'message', part: 'message' },
    h('div', { class: 'thinking' },
      h('i', { class: 'dot' }), t.thinking,
      h('button', { type: 'button', class: 'action', onclick: onCancel }, t.cancel)));
}

/** A reply that did not come, with what can be done. */
export function failureView({ t, contact }, text, onRetry) {
  return h('div', { class: 'message', part: 'message' },
    h('p', null, text),
    h('p', { class: 'tools' },
      h('button', { type: 'button', class: 'action', onclick: onRetry }, t.retry),
      contact && away(t, contact, t.contact)));
}

/** The first message, with questions to start with. */
export function greetingView(t, greeting, starters, onAsk, lang) {
  return h('div', { class: 'message greeting', part: 'message' },
    h('p', { dir: 'auto' }, greeting),
    choices(t.offer, starters, onAsk, lang));
}

/**
 * A reply. `act` has `ask(question)`, `announce(text)`, and `feedback(helpful, comment)`, which gives
 * what to say when it is done; `page` has `t`, `lang` of the content, `base` of the service and
 * `contact`.
 */
export function replyView(turn, page, act) {
  const { t, lang } = page;
  const { result } = turn;
  const { answer, outcome, suggestions } = result;
  const full = outcome === 'answer' && answer;
  return h('div', { class: 'message', part: 'message' },
    sr(`${t.reply}: `),
    result.message && h('p', { lang, dir: 'auto' }, result.message),
    full && card(result, page),
    full && tools(turn, page, act),
    choices(t.offer, suggestions, act.ask, lang),
    outcome === 'no_answer' && elsewhere(page));
}

/** The reply as one text, for the live region. */
export function replyText(result, t) {
  const { answer, outcome, message, suggestions } = result;
  const sides = answer?.sides?.map((side) => `${side.label ?? side.role}: ${side.text}`).join(' ');
  const full = outcome === 'answer' && answer;
  const said = full ? [message, answer.title, sides || answer.text] : [message];
  if (!full && suggestions.length) said.push(`${t.offer}: ${suggestions.map((one) => one.question).join(' ')}`);
  return said.filter(Boolean).map((part) => (/[.?!:]$/.test(part) ? part : `${part}.`)).join(' ').slice(0, 1200);
}

function sr(text) {
  return h('span', { class: 'sr' }, text);
}

function choices(label, list, onAsk, lang) {
  if (!list?.length) return null;
  const items = list.map(({ question }) =>
    h('li', null,
      h('button', { type: 'button', class: 'choice', part: 'suggestion', lang, dir: 'auto', onclick: () => onAsk(question) },
        question)));
  return h('div', { role: 'group', 'aria-label': label },
    h('p', { class: 'label', 'aria-hidden': 'true' }, label),
    h('ul', { class: 'choices', role: 'list' }, ...items));
}

function away(t, url, text, props) {
  return link(url, props, text, sr(` (${t.newTab})`));
}

function elsewhere({ t, base, contact }) {
  return h('p', { class: 'meta' }, contact && away(t, contact, t.contact), away(t, new URL('faq', base).href, t.all));
}

/** The sentence of the answer that fits the question best, or null. */
function bestSentence({ answer, passages }) {
  const hit = passages.find((passage) => passage.id === answer.id);
  const [range] = hit?.highlights ?? [];
  return range ? [...hit.text].slice(...range).join('') : null;
}

function card(result, page) {
  const { answer } = result;
  const { t, lang, base } = page;
  const body = h('div', { class: 'body' });
  if (answer.kind === 'comparison' && answer.sides?.length) body.append(sides(answer.sides, base));
  else body.append(answer.html ? htmlToNodes(answer.html, base) : h('p', null, answer.text));
  const best = bestSentence(result);
  if (answer.kind === 'passage' && best && best.length < answer.text.length) markSentence(body, best);
  const title = h('h3', null, answer.title);
  return h('div', { class: 'card', part: 'answer', lang, dir: 'auto' }, title, body, meta(answer, best, page));
}

function sides(list, base) {
  return h('div', { class: 'sides' }, ...list.map((side) =>
    h('section', { class: 'side', part: 'side' },
      h('h4', null, side.label ?? side.role),
      side.html ? htmlToNodes(side.html, base) : h('p', null, side.text))));
}

function sourceUrl(answer, best, base) {
  const url = safeUrl(answer.url, base);
  const shown = answer.sides?.[0]?.text || answer.text;
  return url && textFragment(url, firstSentence(best ?? shown));
}

function meta(answer, best, { t, lang, base }) {
  const source = sourceUrl(answer, best, base);
  // those of an article stand in the article
  const others = (answer.kind === 'faq' ? answer.sources : []).map((one) => [one.title, safeUrl(one.url, base)]).filter(([, url]) => url);
  const date = answer.reviewed && new Date(answer.reviewed);
  const day = { dateStyle: 'medium', timeZone: 'UTC' };
  return h('p', { class: 'meta', lang: t.tag },
    source && away(t, source, t.source, { part: 'citation', class: 'source' }),
    ...others.map(([title, url]) => away(t, url, title, { part: 'citation', lang })),
    date && h('span', null, fill(t.reviewed, new Intl.DateTimeFormat(t.tag, day).format(date))));
}

function tools(turn, { t, base }, act) {
  const { answer, interaction_id: interaction } = turn.result;
  const url = safeUrl(answer.url, base);
  const note = h('div');
  const say = (text) => {
    note.replaceChildren(h('p', { class: 'label' }, text));
    act.announce(text);
  };
  const tool = (name, path, onclick, more) =>
    h('button', { type: 'button', class: 'square', 'aria-label': t[name], title: t[name], onclick, ...more }, icon(path));
  const copy = (name, path, text) => tool(name, path, async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(t.copied);
    } catch {
      say(t.failed);
    }
  });
  const show = () => thumbs.forEach((thumb, at) => thumb.setAttribute('aria-pressed', String(turn.helpful === !at)));
  const send = async (helpful, comment) => {
    const sent = act.feedback(helpful, comment);
    show();
    const text = await sent;
    if (comment == null && turn.helpful === helpful) act.announce(text);
    else say(text);
    show();
  };
  const rate = (helpful, thumb) => {
    note.replaceChildren(commentForm(t, (text) => {
      thumb.focus();
      send(helpful, text);
    }));
    note.scrollIntoView({ block: 'nearest' });
    send(helpful);
  };
  const thumbs = [['yes', true], ['no', false]].map(([name, helpful]) =>
    tool(name, THUMB, (event) => rate(helpful, event.currentTarget), { part: 'feedback', class: `square ${name}` }));
  show();
  const row = h('div', { class: 'tools' },
    copy('copy', COPY, [answer.title, plain(answer), url].filter(Boolean).join('\n\n')),
    url && copy('copyLink', CHAIN, url),
    ...(interaction ? [h('span', { class: 'rate' }, t.helpful), ...thumbs] : []));
  return h('div', null, row, note);
}

function plain(answer) {
  return answer.sides?.length ? answer.sides.map((side) => `${side.label ?? side.role}: ${side.text}`).join('\n') : answer.text;
}

function commentForm(t, onSend) {
  const field = h('textarea', { id: 'comment', maxlength: '1000', rows: '2' });
  const submit = (event) => {
    event.preventDefault();
    onSend(field.value.trim());
  };
  return h('form', { class: 'comment', part: 'comment', onsubmit: submit },
    h('label', { class: 'label' }, t.comment, field),
    h('button', { class: 'action' }, t.send));
}
