// An exchange -> nodes. Everything from the service is set as text, or goes through `htmlToNodes`.

import { fill } from './messages.js';
import { clip, firstSentence, h, htmlToNodes, icon, leadsAway, link, markSentence, safeUrl, textFragment } from './nodes.js';

const COPY = 'M9 9h11v11H9zM4 15V4h11';
const CHAIN = 'M9 15l6-6M11 6l2-2a5 5 0 0 1 7 7l-2 2M13 18l-2 2a5 5 0 0 1-7-7l2-2';
const THUMB = 'M7 11v9H3v-9zl5-8c3 0 2 4 1 6h7l-2 11H7';
/** Letters from which a question is clamped to four lines until it has the focus. */
const LONG = 120;
/** A choice in the language of the content, as the others are; the service knows what it means. */
const NONE = 'None of these';
const SPOKEN = 1200;

/** What the visitor asked: a heading, by which a screen reader goes from turn to turn. */
export function questionView(t, question) {
  return h('h3', { class: 'message you', part: 'message question', tabindex: question.length > LONG && 0 },
    sr(`${t.label}: `), h('span', { dir: 'auto' }, question));
}

/** The reply while it is under way. */
export function thinkingView(t, onCancel) {
  return h('div', { class: 'message', part: 'message' },
    h('div', { class: 'thinking' },
      h('i', { class: 'dot' }), t.thinking,
      h('button', { type: 'button', class: 'action', onclick: onCancel }, t.cancel)));
}

/** A reply that did not come, with what can be done. */
export function failureView(page, question, text, onRetry) {
  return h('div', { class: 'message', part: 'message' },
    h('p', null, text),
    h('p', { class: 'tools' },
      h('button', { type: 'button', class: 'action', onclick: onRetry }, page.t.retry),
      person(page, question)));
}

/** The first message, with questions to start with. */
export function greetingView(t, greeting, starters, onAsk, lang) {
  return h('div', { class: 'message greeting', part: 'message' },
    h('p', { dir: 'auto' }, greeting),
    choices(t.offer, starters, onAsk, lang));
}

/** Leaves of the choices in a reply the one that was taken, if one was. */
export function collapse(reply, question) {
  const all = [...reply.querySelectorAll('.choice')];
  if (!all.some((one) => one.textContent === question)) return;
  for (const one of all) one.parentNode.hidden = one.textContent !== question;
}

/**
 * A reply. `act` has `ask(question)`, `announce(text)`, `click(kind)`, and `feedback(helpful, comment)`,
 * which gives what to say when it is done; `page` has `t`, `lang` of the content, `base` of the service and
 * `contact`.
 */
export function replyView(turn, page, act) {
  const { t, lang, base } = page;
  const { question, result } = turn;
  const { outcome, message, message_html: html, suggestions, contact } = result;
  const full = isFull(result);
  const offered = outcome === 'clarify' ? [...suggestions, { question: NONE }] : suggestions;
  const said = message && h('div', { class: 'said', lang, dir: 'auto' }, html ? htmlToNodes(html, base) : h('p', null, message));
  // the message names the person already
  const named = said && [...said.querySelectorAll('a')].find((one) => one.getAttribute('href') === contact?.url);
  const url = contact?.url;
  const again = named && (page.contact ?? url) === url;
  if (named) named.href = withQuestion(url, question);
  const further = (contact || outcome === 'no_answer') && h('p', { class: 'meta' },
    !again && person(page, question, contact), outcome === 'no_answer' && away(t, new URL('faq', base).href, t.all));
  const offer = choices(t.offer, offered, act.ask, lang, outcome === 'clarify');
  const onclick = ({ target }) => {
    const { href, part } = target.closest('a, button') ?? {};
    const isPerson = href && [page.contact, url, 'mailto:', 'tel:'].some((start) => start && href.startsWith(start));
    if (href || part?.contains('suggestion')) act.click(isPerson ? 'contact' : href ? 'source' : 'suggestion');
  };
  return h('div', { class: 'message', part: 'message', onclick },
    sr(`${t.reply}: `),
    said,
    full && card(turn, page),
    full && tools(turn, page, act),
    // who asks for a person finds that first
    ...(outcome === 'smalltalk' ? [further, offer] : [offer, further]));
}

/** The reply as one text, for the live region. */
export function replyText(turn, t) {
  const { answer, message, suggestions } = turn.result;
  const full = isFull(turn.result);
  const said = [message, full && ownTitle(turn), full && plain(answer, ' ')];
  if (!full && suggestions.length) said.push(`${t.offer}: ${suggestions.map((one) => one.question).join(' ')}`);
  return clip(said.filter(Boolean).map((part) => (/[.?!:]$/.test(part) ? part : `${part}.`)).join(' '), SPOKEN);
}

function isFull({ answer, outcome }) {
  return outcome === 'answer' && answer;
}

/** The title of the answer where it says something else than the question. */
function ownTitle({ question, result: { answer: { title } } }) {
  const letters = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return letters(title) !== letters(question) && title;
}

function sr(text) {
  return h('span', { class: 'sr' }, text);
}

function choices(label, list, onAsk, lang, isQuiet) {
  if (!list?.length) return null;
  const items = list.map(({ question }) =>
    h('li', null,
      h('button', { type: 'button', class: 'choice', part: 'suggestion', lang, dir: 'auto', onclick: () => onAsk(question) },
        question)));
  return h('div', { role: 'group', 'aria-label': label },
    !isQuiet && h('p', { class: 'label', 'aria-hidden': 'true' }, label),
    h('ul', { class: 'choices', role: 'list' }, ...items));
}

function away(t, url, text, props) {
  return link(url, props, text, leadsAway(url) && sr(` (${t.newTab})`));
}

function withQuestion(address, question) {
  const text = encodeURIComponent(question);
  return address + (/^mailto:[^?]*$/.test(address) ? `?subject=${text}&body=${text}` : '');
}

/** A person to ask. The page's own address goes before the service's. */
function person({ t, lang, contact: own }, question, offered) {
  const url = own ?? safeUrl(offered?.url);
  if (!url) return null;
  return away(t, withQuestion(url, question), lang === t.tag && offered?.label || t.contact, { class: 'action', part: 'contact' });
}

/** The sentence of the answer that fits the question best, or null. */
function bestSentence({ answer, passages }) {
  const hit = passages.find((passage) => passage.id === answer.id);
  const [range] = hit?.highlights ?? [];
  return range ? [...hit.text].slice(...range).join('') : null;
}

function card(turn, page) {
  const { result } = turn;
  const { answer } = result;
  const { lang, base } = page;
  const body = h('div', { class: 'body' });
  if (answer.sides?.length) body.append(sides(answer.sides, base));
  else body.append(answer.html ? htmlToNodes(answer.html, base) : h('p', null, answer.text));
  const best = bestSentence(result);
  if (answer.kind === 'passage' && best && best.length < answer.text.length) markSentence(body, best);
  return h('div', { class: 'card', part: 'answer', lang, dir: 'auto', 'data-id': answer.id }, body, meta(turn, best, page));
}

function name({ label, role }) {
  return label ?? role;
}

/** The sides of a comparison. The one that was asked for comes first, and others wait for a tap where it is narrow. */
function sides(list, base) {
  const isAsked = list.some((side) => side.asked);
  return h('div', { class: 'sides' }, ...list.map((side) => {
    const folded = isAsked && !side.asked;
    const section = h('section', { class: `side${folded ? ' folded' : ''}`, part: 'side', tabindex: folded && -1 },
      h('h4', null, name(side)),
      side.html ? htmlToNodes(side.html, base) : h('p', null, side.text),
      folded && h('button', {
        type: 'button', class: 'choice', 'aria-expanded': 'false', onclick: () => {
          section.classList.remove('folded');
          section.focus();
        },
      }, name(side), icon('M6 9l6 6 6-6')));
    return section;
  }));
}

function sourceUrl(answer, best, base) {
  const url = safeUrl(answer.url, base);
  const shown = answer.sides?.[0]?.text || answer.text;
  return url && textFragment(url, firstSentence(best ?? shown));
}

function meta(turn, best, { t, lang, base }) {
  const { answer } = turn.result;
  const title = ownTitle(turn);
  const source = sourceUrl(answer, best, base);
  // those of an article stand in the article
  const others = (answer.kind === 'faq' ? answer.sources : []).map((one) => [one.title, safeUrl(one.url, base)]).filter(([, url]) => url);
  const date = answer.reviewed && new Date(answer.reviewed);
  const day = { dateStyle: 'long', timeZone: 'UTC' };
  return h('p', { class: 'meta', lang: t.tag, dir: t.dir },
    source && away(t, source, title ? fill(t.from, `\u2068${title}\u2069`) : t.source, { part: 'citation', class: 'source' }),
    ...others.map(([text, url]) => away(t, url, text, { part: 'citation', lang, dir: 'auto' })),
    date && h('span', null, fill(t.reviewed, new Intl.DateTimeFormat(t.tag, day).format(date))));
}

function tools(turn, page, act) {
  const { t, base } = page;
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
  const comment = () => note.replaceChildren(
    commentForm(t, turn, (text) => {
      thumbs[turn.helpful ? 0 : 1].focus();
      send(turn.helpful, text);
    }),
    (!turn.helpful && person(page, turn.question, turn.result.contact)) || '');
  const rate = (helpful, { pointerType }) => {
    turn.draft ??= '';
    send(helpful);
    comment();
    // what is under a mouse stays there until it is gone
    const see = () => note.scrollIntoView({ block: 'nearest' });
    if (pointerType === 'mouse') row.addEventListener('pointerleave', see, { once: true });
    else see();
  };
  const thumbs = [['yes', true], ['no', false]].map(([name, helpful]) =>
    tool(name, THUMB, (event) => rate(helpful, event), { part: 'feedback', class: `square ${name}` }));
  show();
  const row = h('div', { class: 'tools' },
    copy('copy', COPY, [answer.title, plain(answer, '\n'), url].filter(Boolean).join('\n\n')),
    url && copy('copyLink', CHAIN, url),
    ...(interaction ? [h('span', { class: 'rate' }, t.helpful), ...thumbs] : []));
  if (turn.draft != null) comment();
  return h('div', null, row, note);
}

function plain({ sides: list, text }, separator) {
  return list?.length ? list.map((side) => `${name(side)}: ${side.text}`).join(separator) : text;
}

/** A field for a comment; what is written in it stays with the turn until it is sent. */
function commentForm(t, turn, onSend) {
  const field = h('textarea', { id: 'comment', maxlength: '1000', rows: '2', oninput: () => (turn.draft = field.value) });
  field.value = turn.draft;
  const submit = (event) => {
    event.preventDefault();
    turn.draft = null;
    onSend(field.value.trim());
  };
  return h('form', { class: 'comment', part: 'comment', onsubmit: submit },
    h('label', { class: 'label' }, t.comment, field),
    h('button', { class: 'action' }, t.send));
}
