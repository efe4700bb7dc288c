// An exchange -> nodes. Everything from the service is set as text, or goes through `htmlToNodes`.

import { fill } from './messages.js';
import { firstSentence, h, htmlToNodes, icon, link, markSentence, safeUrl, textFragment } from './nodes.js';

const ICONS = {
  copy: 'M9 9h10v11H9zM5 15H4V4h11v1',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  yes: 'M7 11v9H4v-9zm0 0 4-8a2 2 0 0 1 2 2v4h6l-1.500 10-1.500 1H7',
  no: 'M7 13V4H4v9zm0 0 4 8a2 2 0 0 0 2-2v-4h6L17.500 5 16 4H7',
};

/** What the visitor asked. */
export function questionView(t, question) {
  return h('div', { class: 'message you', part: 'message question' }, sr(`${t.you}: `), h('span', { dir: 'auto' }, question));
}

/** The reply while it is under way. */
export function thinkingView(t, onCancel) {
  return h('div', { class: 'message', part: 'message' },
    h('div', { class: 'thinking' },
      h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
      h('span', null, t.thinking),
      h('button', { type: 'button', class: 'action', onclick: onCancel }, t.cancel)));
}

/** A reply that did not come, with what can be done. */
export function failureView(t, text, onRetry, contact) {
  return h('div', { class: 'message', part: 'message' },
    h('p', null, text),
    h('p', { class: 'tools' },
      h('button', { type: 'button', class: 'action', onclick: onRetry }, t.retry),
      contact && link(contact, { class: 'contact' }, t.contact, sr(` (${t.newTab})`))));
}

/** The first message, with questions to start with. */
export function greetingView(t, greeting, starters, onAsk) {
  return h('div', { class: 'message greeting', part: 'message' },
    h('p', { dir: 'auto' }, greeting),
    choices(t.offer, starters.map((question) => ({ question })), onAsk));
}

/**
 * A reply. `act` has `ask(question)`, `feedback(helpful, comment)` and `copy(text, button)`;
 * `page` has `t`, `lang` of the content, `base` of the service and `contact`.
 */
export function replyView(result, turn, page, act) {
  const { t, lang } = page;
  const { answer, outcome, suggestions } = result;
  const full = outcome === 'answer' && answer;
  return h('div', { class: 'message', part: 'message' },
    sr(`${t.reply}: `),
    result.message && h('p', { class: 'lead', lang: result.own ? null : lang, dir: 'auto' }, result.message),
    full && card(result, page),
    full && tools(result, turn, page, act),
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
  return said.filter(Boolean).join('. ').replaceAll('..', '.').slice(0, 1200);
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
  return h('div', { role: 'group', 'aria-label': label, class: 'offer' },
    h('p', { class: 'label', 'aria-hidden': 'true' }, label),
    h('ul', { class: 'choices', role: 'list' }, ...items));
}

function elsewhere({ t, base, contact }) {
  const tab = () => sr(` (${t.newTab})`);
  return h('p', { class: 'meta' },
    contact && link(contact, { class: 'contact' }, t.contact, tab()),
    link(new URL('faq', base).href, null, t.all, tab()));
}

/** The passage that fits best inside the answer, or its first sentence. */
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
  return url && textFragment(url, best ?? firstSentence(shown));
}

function meta(answer, best, { t, base, tag }) {
  const source = sourceUrl(answer, best, base);
  const others = (answer.sources ?? []).map((one) => [one.title, safeUrl(one.url, base)]).filter(([, url]) => url);
  const tab = () => sr(` (${t.newTab})`);
  const date = answer.reviewed && new Date(answer.reviewed);
  const day = { dateStyle: 'medium', timeZone: 'UTC' };
  return h('p', { class: 'meta', lang: tag },
    source && link(source, { part: 'citation', class: 'source' }, t.source, tab()),
    ...others.map(([title, url]) => link(url, { part: 'citation' }, title, tab())),
    date && h('span', null, fill(t.reviewed, new Intl.DateTimeFormat(tag, day).format(date))));
}

function tools(result, turn, { t, base }, act) {
  const { answer } = result;
  const url = safeUrl(answer.url, base);
  const comment = h('div');
  const thumb = (name, helpful) =>
    h('button', {
      type: 'button', class: 'square', part: 'feedback', 'aria-label': t[name], title: t[name],
      'aria-pressed': String(turn.helpful === helpful),
      onclick: ({ currentTarget }) => {
        for (const other of row.querySelectorAll('[aria-pressed]')) other.setAttribute('aria-pressed', 'false');
        currentTarget.setAttribute('aria-pressed', 'true');
        act.feedback(helpful);
        comment.replaceChildren(commentForm(t, (text) => {
          currentTarget.focus();
          comment.replaceChildren(h('p', { class: 'label' }, t.thanks));
          act.feedback(helpful, text);
        }));
      },
    }, icon(ICONS[name]));
  const tool = (name, glyph, text) =>
    h('button', { type: 'button', class: 'square', 'aria-label': t[name], title: t[name], onclick: () => act.copy(text) },
      icon(ICONS[glyph]));
  const row = h('div', { class: 'tools' },
    tool('copy', 'copy', [answer.title, plain(answer), url].filter(Boolean).join('\n\n')),
    url && tool('copyLink', 'link', url),
    ...(result.interaction_id ? [h('span', { class: 'ask' }, t.helpful), thumb('yes', true), thumb('no', false)] : []));
  return h('div', null, row, comment);
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
