// Text and sanitised HTML -> DOM nodes. Nothing here is a Trusted Types sink: no innerHTML, no
// DOMParser, no inline style, so that the widget runs under the strictest page policy.

const SVG = 'http://www.w3.org/2000/svg';
const TOKEN = /<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>|<!--[^]*?-->|[^<]+|</gi;
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };
const ELEMENTS = new Set(
  'a b blockquote br code del em hr i kbd li ol p pre s strong sub sup table tbody td th thead tr u ul'.split(' '),
);
const VOID = new Set(['br', 'hr']);

/** An element. A property that starts with `on` is a listener, null and false leave one out. */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value == null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

/** A decorative icon drawn from one path on a 24 by 24 grid. */
export function icon(path) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** The address, absolute, or null when following it could run something. */
export function safeUrl(address, base) {
  try {
    const url = new URL(address, base);
    return /^(https?|mailto|tel):$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Whether a link leads to another page, which opens beside this one: the conversation stays. */
export function leadsAway(address) {
  return /^http/.test(address) && address.split('#')[0] !== location.href.split('#')[0];
}

export function link(address, props, ...children) {
  const beside = leadsAway(address) && { target: '_blank', rel: 'noopener' };
  return h('a', { href: address, ...beside, ...props }, ...children);
}

// The five that a serialiser of HTML writes; any other stays as it stands.
function decode(text) {
  return text.replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name) => ENTITIES[name]);
}

function opened(tag, attributes, base) {
  if (/^h[1-6]$/.test(tag)) return h('p', { class: 'strong' });
  if (!ELEMENTS.has(tag)) return null;
  if (tag === 'ol') return h(tag, { start: /\sstart="(\d+)"/i.exec(attributes)?.[1] });
  if (tag !== 'a') return h(tag);
  const address = safeUrl(decode(/\shref="([^"]*)"/i.exec(attributes)?.[1] ?? ''), base);
  return address ? link(address) : h('span');
}

/**
 * The server's sanitised HTML as nodes. The server is not trusted with more than the elements
 * above: any other tag is dropped and its text stays text.
 */
export function htmlToNodes(html, base) {
  const root = document.createDocumentFragment();
  const stack = [{ tag: '', node: root }];
  for (const [token, closing, name, attributes] of html.matchAll(TOKEN)) {
    const parent = stack[stack.length - 1].node;
    const tag = name?.toLowerCase();
    if (!tag) {
      if (!token.startsWith('<!--')) parent.append(decode(token));
    } else if (closing) {
      const depth = stack.findLastIndex((open) => open.tag === tag);
      if (depth > 0) stack.length = depth;
    } else {
      const node = opened(tag, attributes, base);
      if (node) parent.append(node);
      if (node && !VOID.has(tag)) stack.push({ tag, node });
    }
  }
  return root;
}

/** Wraps one sentence of what `root` shows in `<mark>`, wherever its elements begin and end. */
export function markSentence(root, sentence) {
  const words = sentence.trim().split(/\s+/).map((word) => word.replace(/[^\w\s]/g, '\\$&'));
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode);
  const found = new RegExp(words.join('\\s+')).exec(texts.map((text) => text.data).join(''));
  if (!words[0] || !found) return;
  let offset = 0;
  for (const text of texts) {
    const { length } = text;
    const start = Math.max(found.index - offset, 0);
    const end = Math.min(found.index + found[0].length - offset, length);
    offset += length;
    if (start >= end) continue;
    const part = text.splitText(start);
    part.splitText(end - start);
    const mark = h('mark');
    part.replaceWith(mark);
    mark.append(part);
  }
}

/**
 * The address with a text fragment, so that the browser scrolls to the sentence and highlights it.
 * https://wicg.github.io/scroll-to-text-fragment/
 */
export function textFragment(address, sentence) {
  const words = sentence.trim().split(/\s+/);
  const encode = (part) => encodeURIComponent(part.join(' ')).replaceAll('-', '%2D');
  const parts = words.length > 10 ? [words.slice(0, 5), words.slice(-4)] : [words];
  if (!words[0]) return address;
  return `${address}${address.includes('#') ? '' : '#'}:~:text=${parts.map(encode).join(',')}`;
}

/** The text cut to `length`, never inside what a reader sees as one character. */
export function clip(text, length) {
  return text.slice(0, new Intl.Segmenter().segment(text).containing(length)?.index);
}

/** The first sentence of a text, or its first line, without the mark of a list. */
export function firstSentence(text) {
  const line = text.trim().split('\n')[0].replace(/^(-|\d+\.) /, '');
  return /^.*?[.!?\u3002\u0964](?=\s|$)/.exec(line)?.[0] ?? line;
}
