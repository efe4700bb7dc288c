// <careers-faq>: a question field over the careers FAQ. Attributes in, events out; see docs/embedding.md.

import { Client } from './client.js';
import { Combobox } from './combobox.js';
import { Conversation } from './conversation.js';
import { fill, loadMessages, messages, messagesFor } from './messages.js';
import { h, icon } from './nodes.js';
import { ATTRIBUTES, address, checkNames, choice, isShortcut, languageOf, starters, triggerOf, warn } from './options.js';
import { store, stored } from './session.js';
import { styleSheet } from './style.js';
import { VERSION } from './version.js';
import { collapse, greetingView } from './view.js';

/** Screens on which the open panel takes the whole window, as in style.js. */
const SMALL = '(max-width: 30em), (max-height: 26em)';
/** Text and ground, of which the contrast must be enough to read. */
const PAIRS = 'on-accent/accent on-header/header text/surface text/raised muted/surface muted/raised link/surface link/raised';
const READABLE = 4.5;
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
  #key = '';
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
    if (this.#life) return this.#raise();
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
    document.addEventListener('keydown', (event) => this.#press(event), { signal });
    document.addEventListener('click', (event) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!isPlain || !triggerOf(this, (selector) => event.target.closest?.(selector))) return;
      event.preventDefault();
      this.open();
    }, { signal });
    // a dialog that it is in comes to lie above it
    document.addEventListener('toggle', ({ target, newState }) => {
      if (newState === 'open' && target.contains(this)) this.#raise(true);
    }, { capture: true, signal });
    this.#start();
    queueMicrotask(() => signal.aborted || this.#ui.emit('ready', { version: VERSION }));
  }

  disconnectedCallback() {
    if (this.isConnected) return;
    this.#conversation.stop();
    this.#life.abort();
    this.#life = null;
    this.#shown = false;
    this.#ui.panel.close();
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
    this.#ui.page = null;
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

  /** A button of the page's own, once there is one, stands in for ours. */
  get #hidesLauncher() {
    return this.#inline || this.#shown || Boolean(triggerOf(this, (selector) => document.querySelector(selector)));
  }

  get #small() {
    return !this.#inline && matchMedia(SMALL).matches;
  }

  #start() {
    const ui = this.#ui;
    // two on one page keep apart what they persist
    const at = [...document.querySelectorAll('careers-faq[persist]')].indexOf(this);
    this.#key = `careers-faq ${this.id} ${this.getAttribute('endpoint') ?? HOME} ${at}`;
    const kept = this.#conversation?.state ?? (this.hasAttribute('persist') && stored(this.#key));
    this.#conversation?.stop();
    const base = (address(this, 'endpoint') ?? HOME ?? document.baseURI).replace(/\/*$/, '/');
    ui.client = new Client(base, this.#life.signal);
    this.#conversation = new Conversation(ui, kept);
    ui.page = null;
    this.#render();
  }

  /** Makes everything agree with the attributes; what does not change with them stays as it is. */
  #render() {
    const ui = this.#ui;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    const before = JSON.stringify(ui.page);
    const asked = languageOf(this);
    const { signal } = this.#life;
    const pending = loadMessages(asked, (tag) => ui.client.messages(tag, new AbortController().signal));
    pending?.then(() => signal.aborted || this.#render());
    // until its texts are there, a new language changes nothing
    if (pending && ui.page) return;
    ui.position = choice(this, 'position');
    choice(this, 'scheme');
    ui.page = {
      asked,
      t: messagesFor(asked),
      lang: this.getAttribute('content-lang') ?? 'en',
      base: ui.client.base,
      contact: address(this, 'contact-url'),
      saved: address(this, 'answers-url'),
    };
    // what a site says for itself: service/web/templates/site.js
    globalThis.careersFaqSites?.[ui.page.base]?.(ui.page, root);
    const isNew = !ui.panel;
    if (isNew) this.#build(root);
    this.#dress(ui.page);
    ui.layer.classList.toggle('waiting', isNew && pending);
    this.#greet();
    if (JSON.stringify(ui.page) !== before) this.#conversation.replay();
    // an owner who opens the panel for every visitor does not mean to cover a phone's whole screen
    if (!this.#shown && this.#small) this.close();
    this.#raise();
    this.#sync();
  }

  /** Puts button and panel above everything else on the page, where the browser can. */
  #raise(again) {
    const { layer } = this.#ui;
    if (again && layer.popover) layer.hidePopover();
    if (!this.#inline && layer.showPopover && !layer.matches(':popover-open')) layer.showPopover();
  }

  #build(root) {
    const ui = this.#ui;
    const ask = (question) => this.#conversation.ask(question);
    ui.box = new Combobox(ask, (count) => this.#announce(fill(ui.page.t.options, count)), ui);
    ui.launcher = h('button', {
      class: 'launcher', part: 'launcher', type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': 'false',
      onclick: () => this.open(),
    });
    ui.head = h('div', { class: 'header', part: 'header' });
    ui.log = h('div', { class: 'log', part: 'log', role: 'log', 'aria-live': 'off', 'aria-labelledby': 'heading', tabindex: '0' }, '');
    ui.notice = h('p', { class: 'notice', part: 'notice', hidden: true });
    ui.live = h('div', { class: 'sr', role: 'status' });
    ui.send = h('button', { class: 'send', part: 'send' }, icon('M4 12l16-8-6 16-3-6z'));
    ui.panel = h('dialog', {
      class: 'panel', part: 'panel', tabindex: '-1', 'aria-labelledby': 'heading',
      onfocusin: () => this.#inline && this.#prepare(),
      // the back gesture of a phone
      oncancel: (event) => {
        event.preventDefault();
        this.close();
      },
    },
    ui.head, ui.notice, ui.log,
    h('form', { class: 'bar', onsubmit: (event) => this.#submit(event) }, ui.box.list, ui.box.input, ui.send),
    ui.live);
    ui.layer = h('div', null, ui.launcher, ui.panel);
    root.replaceChildren(ui.layer);
  }

  /** Everything that follows the attributes, but for the log. */
  #dress({ t, lang }) {
    const { layer, launcher, panel, head, send, box, position } = this.#ui;
    const heading = this.getAttribute('heading') || t.heading;
    const subtitle = this.getAttribute('subtitle');
    const accent = this.getAttribute('accent');
    const isColour = !accent || CSS.supports('color', accent);
    if (!isColour) warn(`accent="${accent}" cannot be`, 'write a colour such as "#1d4ed8"');
    layer.style.setProperty('--careers-faq-accent', isColour ? accent : null);
    layer.className = position.replace('-', ' ');
    layer.popover = this.#inline ? null : 'manual';
    layer.dir = this.dir || t.dir;
    launcher.hidden = this.#hidesLauncher;
    launcher.ariaKeyShortcuts = this.getAttribute('shortcut')?.replace(/ctrl/i, 'Control');
    launcher.replaceChildren(icon('M4 5h16v11H9l-5 4zM8 9h8M8 12h5'), heading);
    panel.role = this.#inline ? 'region' : null;
    const button = (name, path, onclick) =>
      h('button', { type: 'button', class: `square ${name}`, 'aria-label': t[name], title: t[name], onclick }, icon(path));
    const expand = button('expand', 'M14 4h6v6M10 20H4v-6M20 4l-7 7M4 20l7-7', () =>
      (expand.ariaPressed = panel.classList.toggle('wide')));
    expand.ariaPressed = panel.matches('.wide');
    head.replaceChildren(
      h('slot', { name: 'logo' }),
      h('div', { class: 'title', dir: 'auto' }, h('h2', { id: 'heading' }, heading), subtitle && h('p', { part: 'subtitle' }, subtitle)),
      this.#inline ? '' : expand,
      button('clear', 'M4 12a8 8 0 1 0 3-6L4 8M4 3v5h5', () => {
        this.clear();
        box.input.focus();
      }),
      this.#inline ? '' : button('close', 'M6 6l12 12M18 6L6 18', () => this.close()));
    send.ariaLabel = send.title = t.send;
    box.name(t.label, lang);
  }

  #greet() {
    const { log, page } = this.#ui;
    const own = starters(this);
    const questions = (own ?? this.#questions ?? []).map((question) => ({ question }));
    const ask = (question) => this.#conversation.ask(question);
    const greeting = greetingView(page.t, this.getAttribute('greeting') || page.t.greeting, questions, ask, own ? null : page.lang);
    log.firstChild.replaceWith(greeting);
    const [first] = this.#conversation.turns;
    if (first) collapse(greeting, first.question);
  }

  /** What comes from the service once the visitor shows interest: saved answers and starters. */
  #prepare() {
    this.#conversation.prepare();
    this.#loadStarters();
  }

  async #loadStarters() {
    if (this.#questions || starters(this)) return;
    this.#questions = [];
    const { client, signal } = this.#ui;
    try {
      this.#questions = (await client.suggest('', signal)).slice(0, STARTERS).map((one) => one.question);
      if (!signal.aborted) this.#greet();
    } catch {
      this.#questions = null;
    }
  }

  #submit(event) {
    event.preventDefault();
    this.#conversation.ask(this.#ui.box.take());
  }

  #press(event) {
    this.#escape(event);
    if (event.defaultPrevented || event.isComposing || !isShortcut(this, event)) return;
    event.preventDefault();
    if (this.#shown && !this.#inline) return this.close();
    this.open();
    this.#ui.box.input.focus();
  }

  // Also when the focus is on the page: what the panel covers must be within reach (WCAG 2.4.11). But one
  // key closes one thing: a dialog of the page, or the widget that has the focus, goes first.
  #escape(event) {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented || this.#inline || !this.#ui.panel.open) return;
    const focused = event.composedPath().find((node) => node instanceof CareersFaq);
    if (focused ? focused !== this && focused.hasAttribute('open') : document.querySelector(':modal, :popover-open')) return;
    event.preventDefault();
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
    this.#prepare();
    emit('open', {});
  }

  // show() would take the focus, and a page beside the panel stays usable
  #show() {
    const { panel, launcher, box } = this.#ui;
    launcher.hidden = true;
    if (this.#small) panel.showModal();
    else panel.open = true;
    box.grow();
    this.#checkContrast();
  }

  /** Warns about text that the page's own colours leave hard to read. The sheet keeps what it derives readable. */
  #checkContrast() {
    const { style } = this.#ui.panel;
    const luminance = (name) => {
      style.color = `color(from var(--_${name}) xyz-d65 x y z)`;
      return +getComputedStyle(this.#ui.panel).color.split(' ')[2] + 0.05;
    };
    for (const pair of PAIRS.split(' ')) {
      const [text, ground] = pair.split('/').map(luminance);
      const contrast = Math.max(text / ground, ground / text);
      if (contrast < READABLE) warn(`${pair} has a contrast of ${contrast.toFixed(1)}`, `${READABLE} is the least that can be read`);
    }
    style.color = '';
  }

  #hide() {
    const { panel, launcher, box, emit } = this.#ui;
    const inside = panel.matches(':modal') || panel.contains(this.shadowRoot.activeElement);
    box.close();
    panel.close();
    launcher.hidden = this.#hidesLauncher;
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
