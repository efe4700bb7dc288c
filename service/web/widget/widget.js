// <careers-faq>: a question field over the careers FAQ. Attributes in, events out; see docs/embedding.md.

import { Client } from './client.js';
import { Combobox } from './combobox.js';
import { Conversation } from './conversation.js';
import { fill, messages, messagesFor } from './messages.js';
import { h, icon } from './nodes.js';
import { ATTRIBUTES, address, checkNames, choice, starters } from './options.js';
import { store, stored } from './session.js';
import { styleSheet } from './style.js';
import { VERSION } from './version.js';
import { greetingView } from './view.js';

/** Screens on which the open panel takes the whole window, as in style.js. */
const SMALL = '(max-width: 30em), (max-height: 26em)';
/** How many starter questions are taken from the service when the page names none. */
const STARTERS = 4;
/** Folder of the service that this file was loaded from; nothing where it was loaded otherwise. */
const HOME = /^(https?:.*?\/)widget(\/[^/]+\/widget)?\.js/.exec(import.meta.url)?.[1];

// On a server there is no HTMLElement; importing is safe there and defines nothing.
export class CareersFaq extends (globalThis.HTMLElement ?? Object) {
  static observedAttributes = ATTRIBUTES;
  /** By language; a page may add languages and change messages. */
  static messages = messages;
  static version = VERSION;

  #life = null;
  #conversation = null;
  #questions = null;
  #from = null;
  #shown = false;
  /** What the parts share; see `Conversation`. */
  #ui = {
    emit: (name, detail, cancelable) =>
      this.dispatchEvent(new CustomEvent(`careers-faq:${name}`, { bubbles: true, composed: true, cancelable, detail })),
    announce: (text) => this.#announce(text),
    store: (state) => this.hasAttribute('persist') && store(this.#key, state),
  };

  connectedCallback() {
    if (this.#life) return;
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#ui.signal = signal;
    // properties that were set before the element was defined hide its accessors until taken over
    for (const name of Object.keys(this)) {
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    checkNames(this);
    matchMedia(SMALL).addEventListener('change', () => this.#resize(), { signal });
    document.addEventListener('keydown', (event) => this.#escape(event), { signal });
    this.#start();
    queueMicrotask(() => signal.aborted || this.#ui.emit('ready', { version: VERSION }));
  }

  disconnectedCallback() {
    if (this.isConnected) return;
    this.#conversation.stop();
    this.#life.abort();
    this.#life = null;
    this.#shown = false;
  }

  attributeChangedCallback(name, before, after) {
    if (!this.#life || before === after) return;
    if (name === 'open') this.#sync();
    else if (name === 'endpoint') this.#start();
    else if (name === 'scheme') choice(this, name);
    else this.#render();
  }

  /** Opens the panel. The focus goes to it when the visitor has just done something, else it stays. */
  open() {
    if (navigator.userActivation?.isActive ?? true) this.#from = document.activeElement;
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
    this.#ui.store();
    if (this.#life) this.#render();
  }

  /** Starter questions as a list; the attribute says the same as JSON. */
  get suggestions() {
    return starters(this) ?? [];
  }

  set suggestions(list) {
    this.setAttribute('suggestions', Array.isArray(list) ? JSON.stringify(list) : list);
  }

  get #inline() {
    return this.#ui.position === 'inline';
  }

  get #small() {
    return !this.#inline && matchMedia(SMALL).matches;
  }

  #start() {
    const kept = this.#conversation?.state ?? (this.hasAttribute('persist') && stored(this.#key));
    this.#conversation?.stop();
    const base = (address(this, 'endpoint') ?? HOME ?? document.baseURI).replace(/\/*$/, '/');
    this.#ui.client = new Client(base, this.#life.signal);
    this.#conversation = new Conversation(this.#ui, kept);
    this.#render();
  }

  /** Builds everything anew from the attributes and the turns. */
  #render() {
    const ui = this.#ui;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    ui.position = choice(this, 'position');
    choice(this, 'scheme');
    ui.page = {
      t: messagesFor(this.closest('[lang]')?.lang ?? ''),
      lang: this.getAttribute('content-lang') ?? 'en',
      base: ui.client.base,
      contact: address(this, 'contact-url'),
      saved: address(this, 'answers-url'),
    };
    // what a site says for itself: service/web/templates/site.js
    globalThis.careersFaqSites?.[ui.page.base]?.(ui.page, root);
    this.#build(ui.page);
    root.replaceChildren(h('div', { class: ui.position.replace('bottom-', '') }, !this.#inline && ui.launcher, ui.panel));
    this.#fill();
    if (this.#shown) this.#show();
    // an owner who opens the panel for every visitor does not mean to cover a phone's whole screen
    else if (this.#small) this.close();
    this.#sync();
  }

  #build({ t, lang }) {
    const ui = this.#ui;
    const heading = this.getAttribute('heading') || t.heading;
    const ask = (question) => this.#conversation.ask(question);
    const button = (name, path, onclick) =>
      h('button', { type: 'button', class: 'square', 'aria-label': t[name], title: t[name], onclick }, icon(path));
    ui.box = new Combobox(t.label, lang, ask, (count) => this.#announce(fill(t.options, count)), ui);
    ui.launcher = h('button', {
      class: 'launcher', part: 'launcher', type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': 'false',
      onclick: () => this.open(),
    }, icon('M4 5h16v11H9l-5 4zM8 9h8M8 12h5'), heading);
    ui.log = h('div', { class: 'log', part: 'log', role: 'log', 'aria-live': 'off', 'aria-labelledby': 'heading', tabindex: '0' });
    ui.notice = h('p', { class: 'notice', part: 'notice', hidden: true });
    ui.live = h('div', { class: 'sr', role: 'status' });
    ui.panel = h('dialog', {
      class: 'panel', part: 'panel', tabindex: '-1', 'aria-labelledby': 'heading', role: this.#inline && 'region',
      // the back gesture of a phone
      oncancel: (event) => {
        event.preventDefault();
        this.close();
      },
    },
    h('header', { part: 'header' }, h('h2', { id: 'heading', dir: 'auto' }, heading),
      button('clear', 'M4 12a8 8 0 1 0 3-6L4 8M4 3v5h5', () => {
        this.clear();
        ui.box.input.focus();
      }),
      !this.#inline && button('close', 'M6 6l12 12M18 6L6 18', () => this.close())),
    ui.notice, ui.log,
    h('form', { class: 'bar', onsubmit: (event) => this.#submit(event) }, ui.box.list, ui.box.input,
      h('button', { class: 'send', part: 'send', 'aria-label': t.send, title: t.send }, icon('M4 12l16-8-6 16-3-6z'))),
    ui.live);
  }

  #fill() {
    const { log, page } = this.#ui;
    const greeting = this.getAttribute('greeting') || page.t.greeting;
    const own = starters(this);
    const questions = (own ?? this.#questions ?? []).map((question) => ({ question }));
    const ask = (question) => this.#conversation.ask(question);
    log.replaceChildren(greetingView(page.t, greeting, questions, ask, own ? null : page.lang));
    this.#conversation.replay();
  }

  /** Questions to start with, from the service, once the visitor has opened the panel. */
  async #loadStarters() {
    if (this.#questions || starters(this)) return;
    this.#questions = [];
    const { client, signal } = this.#ui;
    try {
      this.#questions = (await client.questions(signal)).slice(0, STARTERS).map((one) => one.question);
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

  // Also when the focus is on the page: what the panel covers must be within reach (WCAG 2.4.11).
  #escape(event) {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented || this.#inline || !this.#ui.panel.open) return;
    if (event.composedPath().includes(this)) event.preventDefault();
    this.close();
  }

  /** Makes what is shown agree with the `open` attribute. */
  #sync() {
    const { panel, box, emit } = this.#ui;
    const open = this.#inline || this.hasAttribute('open');
    if (open === this.#shown) return;
    this.#shown = open;
    if (!open) return this.#hide();
    this.#show();
    if (this.#from) (matchMedia('(pointer: coarse)').matches ? panel : box.input).focus();
    if (this.#inline) return;
    this.#loadStarters();
    emit('open', {});
  }

  // show() would take the focus, and a page beside the panel stays usable
  #show() {
    const { panel, launcher } = this.#ui;
    launcher.hidden = true;
    if (this.#small) panel.showModal();
    else panel.open = true;
  }

  #hide() {
    const { panel, launcher, box, emit } = this.#ui;
    const inside = panel.contains(this.shadowRoot.activeElement);
    box.close();
    panel.close();
    launcher.hidden = false;
    if (inside) {
      launcher.focus();
      // what cannot take the focus any more leaves it where it is
      this.#from?.focus();
    }
    this.#from = null;
    emit('close', {});
  }

  /** The window has become small or large under an open panel: it covers the page, or no longer. */
  #resize() {
    const { panel } = this.#ui;
    if (!panel.open || panel.matches(':modal') === this.#small) return;
    const focused = this.shadowRoot.activeElement;
    panel.close();
    this.#show();
    focused?.focus();
  }

  /** Says something to those who cannot see the log. Emptied first, so that a repetition is read too. */
  #announce(text) {
    const { live } = this.#ui;
    live.textContent = '';
    setTimeout(() => {
      live.textContent = text;
    }, 80);
  }

  get #key() {
    return `careers-faq ${this.id} ${this.getAttribute('endpoint') ?? HOME}`;
  }
}

// Attributes are properties too, but for `open`, which is a method, `lang`, which every element has,
// and `suggestions`, which is a list.
for (const name of ATTRIBUTES) {
  const property = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  if (property in CareersFaq.prototype) continue;
  Object.defineProperty(CareersFaq.prototype, property, {
    get() {
      return this.getAttribute(name) ?? '';
    },
    set(value) {
      if (value == null || value === false) this.removeAttribute(name);
      else this.setAttribute(name, value === true ? '' : value);
    },
  });
}

if (globalThis.customElements && !customElements.get('careers-faq')) customElements.define('careers-faq', CareersFaq);
