// <careers-faq>: a question field over the careers FAQ. Attributes in, events out; see docs/embedding.md.

import { Client } from './client.js';
import { Combobox } from './combobox.js';
import { Conversation } from './conversation.js';
import { fill, messages, messagesFor } from './messages.js';
import { h, icon } from './nodes.js';
import { ATTRIBUTES, address, checkNames, choice, starters } from './options.js';
import { styleSheet } from './style.js';
import { VERSION } from './version.js';
import { greetingView } from './view.js';

const CHAT = 'M4 5h16v11H9l-5 4zM8 9h8M8 12h5';
const CROSS = 'M6 6l12 12M18 6L6 18';
const AGAIN = 'M4 12a8 8 0 1 0 3-6L4 8M4 3v5h5';
const ARROW = 'M4 12l16-8-6 16-3-6z';
/** Screens on which the open panel takes the whole window, as in style.js. */
const SMALL = '(max-width: 30em), (max-height: 26em)';
/** How many starter questions are taken from the service when the page names none. */
const STARTERS = 4;

/** Folder of the service that this file was loaded from, or null when that is not how it is used. */
const HOME = /^(https?:.*?\/)widget(?:\/[^/]+\/widget)?\.js/.exec(import.meta.url)?.[1] ?? null;

/** Property to attribute. */
const PROPERTIES = new Map(
  ATTRIBUTES.filter((name) => !/open|lang$|suggestions/.test(name))
    .concat('content-lang')
    .map((name) => [name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()), name]),
);

// On a server there is no HTMLElement; importing is safe there and defines nothing.
const Base = globalThis.HTMLElement ?? class {};

export class CareersFaq extends Base {
  static observedAttributes = ATTRIBUTES;
  /** By language; a page may add languages or change messages before the element is used. */
  static messages = messages;
  static version = VERSION;

  #life = null;
  #conversation = null;
  #questions = null;
  #focusFrom = null;
  #ui = {};
  #messages = {};

  connectedCallback() {
    if (this.#life) return;
    this.#life = new AbortController();
    this.#takeProperties();
    checkNames(this);
    this.#start();
    matchMedia(SMALL).addEventListener('change', () => this.#reopen(), { signal: this.#life.signal });
    // an owner who opens the panel for every visitor does not mean to cover a phone's whole screen
    if (this.hasAttribute('open') && this.#small) this.removeAttribute('open');
    this.#sync();
    queueMicrotask(() => this.isConnected && this.#emit('ready', { version: VERSION }));
  }

  disconnectedCallback() {
    if (this.isConnected) return;
    this.#conversation.stop();
    this.#life.abort();
    this.#life = null;
  }

  attributeChangedCallback(name, before, after) {
    if (!this.#life || before === after) return;
    if (name === 'open') this.#sync();
    else if (name === 'endpoint') this.#start();
    else this.#render();
  }

  /** Opens the panel. The focus goes to it when the visitor has just done something, else it stays. */
  open() {
    if (navigator.userActivation?.isActive ?? true) this.#focusFrom = deepActive();
    this.setAttribute('open', '');
  }

  /** Closes the panel. The focus returns to where it was, if it was in the panel. */
  close() {
    this.removeAttribute('open');
  }

  /** Opens the panel and asks. */
  ask(text) {
    this.open();
    return this.#conversation?.ask(text);
  }

  /** Forgets the conversation. */
  clear() {
    this.#conversation?.clear();
    this.#store(null);
    this.#render();
  }

  /** The page's own messages, before those of the language. */
  get messages() {
    return this.#messages;
  }

  set messages(own) {
    this.#messages = own ?? {};
    if (this.#life) this.#render();
  }

  /** Starter questions as a list; the attribute says the same as JSON. */
  get suggestions() {
    return starters(this) ?? [];
  }

  set suggestions(list) {
    if (list == null) this.removeAttribute('suggestions');
    else this.setAttribute('suggestions', typeof list === 'string' ? list : JSON.stringify(list));
  }

  get #inline() {
    return this.#ui.position === 'inline';
  }

  get #small() {
    return !this.#inline && matchMedia(SMALL).matches;
  }

  // Properties that were set before the element was defined hide its accessors until taken over.
  #takeProperties() {
    for (const name of [...PROPERTIES.keys(), 'messages', 'suggestions']) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
  }

  #start() {
    const kept = this.#conversation?.state ?? this.#stored();
    this.#conversation?.stop();
    const base = (address(this, 'endpoint') ?? HOME ?? document.baseURI).replace(/\/*$/, '/');
    this.#ui.client = new Client(base, this.#life.signal);
    this.#conversation = new Conversation(this.#hostSide());
    if (kept) this.#conversation.restore(kept);
    this.#render();
  }

  #hostSide() {
    const ui = this.#ui;
    return {
      client: ui.client,
      signal: this.#life.signal,
      get log() {
        return ui.log;
      },
      page: () => ui.page,
      emit: (...event) => this.#emit(...event),
      announce: (text) => this.#announce(text),
      notice: (text) => {
        ui.notice.textContent = text;
        ui.notice.hidden = !text;
      },
      store: (state) => this.hasAttribute('persist') && this.#store(state),
      copy: (text) => this.#copy(text),
      settle: () => ui.box.input.focus(),
      reveal: (node) => this.#reveal(node),
    };
  }

  /** Builds everything anew from the attributes and the turns. */
  #render() {
    const ui = this.#ui;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open', delegatesFocus: false });
    root.adoptedStyleSheets = [styleSheet()];
    ui.position = choice(this, 'position');
    choice(this, 'scheme');
    const tag = this.closest('[lang]')?.lang || document.documentElement.lang || 'en';
    const t = messagesFor(tag, this.#messages);
    const lang = this.getAttribute('content-lang') ?? 'en';
    const [contact, saved] = [address(this, 'contact-url'), address(this, 'answers-url')];
    ui.page = { t, tag: knownTag(tag), lang, base: ui.client.base, contact, saved };
    this.#build(t, lang);
    const side = { 'bottom-left': 'floating left', inline: 'inline' }[ui.position] ?? 'floating';
    root.replaceChildren(h('div', { class: side }, !this.#inline && ui.launcher, ui.panel));
    this.#fill();
    this.#sync();
  }

  #build(t, lang) {
    const ui = this.#ui;
    const heading = this.getAttribute('heading') || t.heading;
    ui.box = new Combobox(t.label, lang, {
      fetch: (text, signal) => ui.client.suggest(text, signal),
      choose: (question) => this.#conversation.ask(question),
      announce: (count) => this.#announce(fill(t.options, count)),
    });
    ui.launcher = h('button', {
      class: 'launcher', part: 'launcher', type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': 'false',
      onclick: () => this.open(),
    }, icon(CHAT), h('span', null, t.launcher));
    ui.log = h('div', { class: 'log', part: 'log', role: 'log', 'aria-live': 'off', 'aria-labelledby': 'heading', tabindex: '0' });
    ui.notice = h('p', { class: 'notice', part: 'notice', hidden: true });
    ui.live = h('div', { class: 'sr', role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' });
    const button = (name, glyph, onclick) =>
      h('button', { type: 'button', class: 'square', 'aria-label': t[name], title: t[name], onclick }, icon(glyph));
    ui.panel = h('dialog', {
      class: 'panel', part: 'panel', tabindex: '-1', 'aria-labelledby': 'heading', role: this.#inline ? 'region' : null,
      onkeydown: (event) => this.#escape(event),
      // the back gesture of a phone, and Escape where the browser takes it first
      oncancel: (event) => {
        event.preventDefault();
        this.close();
      },
    },
    h('header', { part: 'header' }, h('h2', { id: 'heading', dir: 'auto' }, heading),
      button('clear', AGAIN, () => this.clear()), !this.#inline && button('close', CROSS, () => this.close())),
    ui.notice, ui.log,
    h('form', { class: 'ask-bar', novalidate: true, onsubmit: (event) => this.#submit(event) }, ui.box.list, ui.box.input,
      h('button', { class: 'send', part: 'send', 'aria-label': t.send, title: t.send }, icon(ARROW))),
    ui.live);
  }

  #fill() {
    const ui = this.#ui;
    const greeting = this.getAttribute('greeting') || ui.page.t.greeting;
    const questions = starters(this) ?? this.#questions ?? [];
    ui.log.replaceChildren(greetingView(ui.page.t, greeting, questions, (question) => this.#conversation.ask(question)));
    this.#conversation.replay();
    ui.log.scrollTop = this.#conversation.turns.length ? ui.log.scrollHeight : 0;
  }

  /** Questions to start with, from the service, once the visitor has opened the panel. */
  async #loadStarters() {
    if (this.#questions || starters(this) || !this.#life) return;
    this.#questions = [];
    const { signal } = this.#life;
    try {
      const list = await this.#ui.client.questions(signal);
      this.#questions = list.slice(0, STARTERS).map((one) => one.question);
      if (!signal.aborted && !this.#conversation.turns.length) this.#fill();
    } catch {
      this.#questions = null;
    }
  }

  #submit(event) {
    event.preventDefault();
    const { box } = this.#ui;
    const text = box.input.value;
    box.close();
    box.input.value = '';
    this.#conversation.ask(text);
  }

  #escape(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || this.#inline) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  /** Makes what is shown agree with the `open` attribute. */
  #sync() {
    const { panel, launcher } = this.#ui;
    const open = this.#inline || this.hasAttribute('open');
    if (!panel.isConnected || open === panel.open) return;
    if (!open) return this.#hide();
    launcher.hidden = true;
    launcher.classList.remove('unread');
    if (this.#small) panel.showModal();
    // show() would take the focus
    else panel.open = true;
    if (this.#focusFrom) (matchMedia('(pointer: coarse)').matches ? panel : this.#ui.box.input).focus();
    if (this.#inline) return;
    this.#loadStarters();
    this.#emit('open', {});
  }

  #hide() {
    const { panel, launcher, box } = this.#ui;
    const inside = panel.contains(this.shadowRoot.activeElement);
    box.close();
    panel.close();
    launcher.hidden = false;
    const back = this.#focusFrom?.isConnected && this.#focusFrom.checkVisibility?.() ? this.#focusFrom : launcher;
    if (inside) back.focus();
    this.#focusFrom = null;
    this.#emit('close', {});
  }

  /** The window has become small or large under an open panel: covers the page, or no longer. */
  #reopen() {
    const { panel } = this.#ui;
    if (!panel.open || this.#inline || panel.matches(':modal') === this.#small) return;
    const focused = this.shadowRoot.activeElement;
    panel.close();
    if (this.#small) panel.showModal();
    else panel.open = true;
    focused?.focus();
  }

  #reveal(node) {
    const { log, panel, launcher, page } = this.#ui;
    log.scrollTop = node.offsetTop - log.offsetTop - 8;
    if (panel.open) return;
    launcher.classList.add('unread');
    launcher.setAttribute('aria-label', `${page.t.launcher}: ${page.t.reply}`);
  }

  /** Says something to those who cannot see the log. Emptied first, so that a repetition is read too. */
  #announce(text) {
    const { live } = this.#ui;
    live.textContent = '';
    setTimeout(() => {
      live.textContent = text;
    }, 80);
  }

  async #copy(text) {
    const { t } = this.#ui.page;
    try {
      await navigator.clipboard.writeText(text);
      this.#announce(t.copied);
    } catch {
      this.#announce(t.failed);
    }
  }

  get #key() {
    return `careers-faq ${this.id} ${this.getAttribute('endpoint') ?? HOME}`;
  }

  #stored() {
    if (!this.hasAttribute('persist')) return null;
    try {
      return JSON.parse(sessionStorage.getItem(this.#key));
    } catch {
      return null;
    }
  }

  #store(state) {
    try {
      if (state) sessionStorage.setItem(this.#key, JSON.stringify(state));
      else if (this.hasAttribute('persist')) sessionStorage.removeItem(this.#key);
    } catch {
      // storage is off or full: the conversation lasts as long as the page
    }
  }

  #emit(name, detail, cancelable = false) {
    const event = new CustomEvent(`careers-faq:${name}`, { bubbles: true, composed: true, cancelable, detail });
    return this.dispatchEvent(event);
  }
}

function deepActive() {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

/** The language tag if dates can be written in it, else English. */
function knownTag(tag) {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return 'en';
  }
}

// Every attribute is a property too, but for `open`, which is a method, and `suggestions`, a list.
for (const [property, name] of PROPERTIES) {
  Object.defineProperty(CareersFaq.prototype, property, {
    configurable: true,
    get() {
      return name === 'persist' ? this.hasAttribute(name) : (this.getAttribute(name) ?? '');
    },
    set(value) {
      if (value == null || value === false) this.removeAttribute(name);
      else this.setAttribute(name, value === true ? '' : value);
    },
  });
}

if (globalThis.customElements && !customElements.get('careers-faq')) customElements.define('careers-faq', CareersFaq);
