// What an owner may write on the element, and what the console says about anything else.
import { safeUrl } from './nodes.js';

export const ATTRIBUTES = (
  'endpoint heading subtitle greeting suggestions open position scheme accent lang contact-url persist content-lang answers-url shortcut trigger'
).split(' ');
const VALUES = {
  position: ['bottom-right', 'bottom-left', 'drawer-right', 'drawer-left', 'inline'],
  scheme: ['auto', 'light', 'dark'],
};
/** Attributes of every element, and those that frameworks leave behind. */
const FOREIGN = /^(class|is|tabindex|accesskey|exportparts|(data|aria|on|v|x|ng|_ng|hx)[-\w]*|.*[^-\w].*)$/;

/** The known word that shares the most pairs of letters with one that is not. */
function closest(word, known) {
  const shared = (other) => [...word].filter((_, at) => other.includes(word.slice(at, at + 2))).length;
  return known.reduce((best, other) => (shared(other) > shared(best) ? other : best));
}

export function warn(text, word, known) {
  const hint = known ? `did you mean "${closest(word, known)}"? Known: ${known.join(' ')}` : word;
  console.warn(`careers-faq: ${text}; ${hint}`);
}

/** The language of an element, also from outside the shadow roots that it is in. */
export function languageOf(element) {
  const known = element.closest('[lang]');
  const { host } = element.getRootNode();
  return known?.lang ?? (host ? languageOf(host) : '');
}

/** Warns about attributes of `element` that mean nothing here. */
export function checkNames(element) {
  for (const name of element.getAttributeNames()) {
    if (ATTRIBUTES.includes(name) || name in HTMLElement.prototype || FOREIGN.test(name)) continue;
    warn(`unknown attribute "${name}"`, name, ATTRIBUTES);
  }
}

/** The value of an attribute that is one of a few words; the first of them when it is not. */
export function choice(element, name) {
  const value = element.getAttribute(name);
  const known = VALUES[name];
  if (known.includes(value)) return value;
  if (value !== null) warn(`${name}="${value}" cannot be`, value, known);
  return known[0];
}

/** An attribute that is an address, resolved against the page; null when absent or wrong. */
export function address(element, name) {
  const value = element.getAttribute(name);
  if (!value) return null;
  const url = safeUrl(value, document.baseURI);
  if (!url) warn(`${name}="${value}" cannot be`, 'write an address such as "https://careers.example.org"');
  return url;
}

/** Whether a key press is the element's shortcut, such as "ctrl+k"; on a Mac, the command key is as good. */
export function isShortcut(element, event) {
  const keys = element.getAttribute('shortcut')?.toLowerCase().split('+') ?? [];
  const has = (name) => keys.includes(name);
  return keys.length > 1 && event.key?.toLowerCase() === keys.at(-1)
    && has('ctrl') === (event.ctrlKey || event.metaKey) && has('alt') === event.altKey && has('shift') === event.shiftKey;
}

/** What `find` finds by the selector of the page's own buttons, if there is one. */
export function triggerOf(element, find) {
  const selector = element.getAttribute('trigger');
  try {
    return selector && find(selector);
  } catch {
    return warn(`trigger="${selector}" cannot be`, 'write a CSS selector such as "#ask-us"');
  }
}

/** Starter questions: a JSON list, or questions with `|` between them. Null when none are given. */
export function starters(element) {
  const value = element.getAttribute('suggestions')?.trim();
  if (value == null) return null;
  if (value[0] !== '[') return value.split('|').map((text) => text.trim()).filter(Boolean);
  try {
    return JSON.parse(value).map(String);
  } catch {
    warn(`suggestions='${value}' cannot be`, 'write a JSON list of questions, or questions with | between them');
    return [];
  }
}
