// The question field with suggestions while typing: the combobox pattern of the ARIA practices guide,
// on a field of several lines, which may not have that role but has its properties.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

import { h } from './nodes.js';

/** Milliseconds without a key before suggestions are asked for. */
const PAUSE = 180;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class Combobox {
  #choose;
  #announce;
  #ui;
  #active = -1;
  #request = null;
  #timer = 0;

  /** `choose(question)` is called with the one picked, and `announce(count)` when there are any. */
  constructor(choose, announce, ui) {
    this.#choose = choose;
    this.#announce = announce;
    this.#ui = ui;
    this.list = h('ul', {
      id: 'list', class: 'list', role: 'listbox', hidden: true,
      // keeps the focus in the field
      onmousedown: (event) => event.preventDefault(),
      onclick: (event) => this.#pick([...this.list.children].indexOf(event.target.closest('li'))),
    });
    this.input = h('textarea', {
      id: 'input', class: 'input', part: 'input', rows: 1, dir: 'auto', maxlength: '1000',
      autocomplete: 'off', enterkeyhint: 'send',
      'aria-autocomplete': 'list', 'aria-haspopup': 'listbox', 'aria-controls': 'list',
      oninput: () => this.#schedule(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.close(),
    });
  }

  get expanded() {
    return !this.list.hidden;
  }

  /** Names the field, and says in which language its suggestions are. */
  name(label, lang) {
    for (const node of [this.input, this.list]) node.ariaLabel = label;
    this.input.placeholder = label;
    this.list.lang = lang;
  }

  /** Makes the field as high as its text; the style sheet says how high at most. */
  grow() {
    const { style } = this.input;
    style.height = '';
    style.height = `${this.input.scrollHeight + 2}px`;
  }

  /** Empties the field, and returns what was in it. */
  take() {
    const { value } = this.input;
    this.input.value = '';
    this.close();
    this.grow();
    return value;
  }

  /** Hides the list and drops what is under way. */
  close() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#show([]);
  }

  #schedule() {
    this.grow();
    clearTimeout(this.#timer);
    this.#request?.abort();
    const text = this.input.value.trim();
    if (text.length < 2) this.#show([]);
    else this.#timer = setTimeout(() => this.#load(text), PAUSE);
  }

  async #load(text) {
    const request = (this.#request = new AbortController());
    try {
      const found = await this.#ui.client.suggest(text, request.signal);
      if (!request.signal.aborted) this.#show(found);
    } catch {
      // suggestions are a convenience: without them the field is a field
      if (!request.signal.aborted) this.#show([]);
    }
  }

  #show(found) {
    this.#active = -1;
    this.list.replaceChildren(...found.map(({ question }, position) =>
      h('li', { id: `option-${position}`, role: 'option', 'aria-selected': 'false', dir: 'auto' }, question)));
    this.list.hidden = !found.length;
    this.input.removeAttribute('aria-activedescendant');
    if (found.length) this.#announce(found.length);
  }

  #move(step) {
    const options = [...this.list.children];
    // one position beyond the last stands for the field itself
    const places = options.length + 1;
    this.#active = ((this.#active + step + 1 + places) % places) - 1;
    options.forEach((option, position) => option.setAttribute('aria-selected', String(position === this.#active)));
    const option = options[this.#active];
    if (!option) return this.input.removeAttribute('aria-activedescendant');
    option.scrollIntoView({ block: 'nearest' });
    return this.input.setAttribute('aria-activedescendant', option.id);
  }

  #key(event) {
    // 229: the key that ends a composition in Safari, where it is over by then
    if (event.isComposing || event.keyCode === 229) return;
    const { key } = event;
    if (key === 'Enter' && !event.shiftKey) {
      if (this.#active >= 0) this.#pick(this.#active);
      else this.input.form.requestSubmit();
    } else if (!this.expanded) return;
    else if (key in STEPS) this.#move(STEPS[key]);
    else if (key === 'Escape') this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #pick(position) {
    const question = this.list.children[position]?.textContent;
    if (!question) return;
    this.take();
    this.#choose(question);
  }
}
