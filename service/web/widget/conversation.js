// What was asked and answered: one request at a time, saved answers when the service fails, and
// the way back when it returns. Knows no layout beyond the log that it fills.

import { lexicalAnswers } from './fallback.js';
import { fill } from './messages.js';
import { clip } from './nodes.js';
import { collapse, failureView, questionView, replyText, replyView, thinkingView } from './view.js';

const LONGEST = 1000;
/** Seconds between two looks at a service that failed; the last one repeats. */
const LOOKS = [2, 4, 8, 15, 30, 60];

export class Conversation {
  #ui;
  #id;
  #pending = null;
  #saved = null;
  #saving = null;
  #timer = 0;
  #looks = 0;
  #offline = false;

  /**
   * `ui` is what the element offers: `client`, `log`, `notice`, `box`, `page`, `emit`, `announce`,
   * `store`, and `signal`, aborted when the element leaves the page. `kept` is an
   * earlier conversation's `state`.
   */
  constructor(ui, kept) {
    this.#ui = ui;
    this.#id = kept?.id;
    this.turns = kept?.turns ?? [];
  }

  /** What a conversation goes on from. */
  get state() {
    return { id: this.#id, turns: this.turns };
  }

  /** Asks, unless the page's own listener says no. */
  async ask(text) {
    const question = clip(String(text).trim(), LONGEST);
    if (!question || !this.#ui.emit('ask', { question }, true)) return;
    this.#pending?.abort();
    const turn = { question };
    this.turns.push(turn);
    await this.#run(turn);
  }

  /** Stops everything; the turns stay. */
  stop() {
    this.#pending?.abort();
    const last = this.turns.at(-1);
    if (last && !last.result) last.failure ??= 'cancelled';
    this.#setOffline('');
  }

  clear() {
    this.turns = [];
    this.#id = null;
    this.stop();
  }

  /** Shows all turns, and nothing else, after the first child of the log. */
  replay() {
    const { log } = this.#ui;
    log.replaceChildren(log.firstChild);
    for (const turn of this.turns) this.#show(turn);
  }

  /** Fetches the saved answers once there is nothing else to do, unless the visitor saves data. */
  prepare() {
    if (this.#saved || navigator.connection?.saveData) return;
    (globalThis.requestIdleCallback ?? setTimeout)(() => this.#load(this.#ui.signal).catch(() => {}));
  }

  /** Fetches them once, however many ask for them; who is stopped waits no longer. */
  async #load(stop) {
    const { client, page, signal } = this.#ui;
    this.#saving ??= client.answers(page.saved, signal).then(lexicalAnswers);
    this.#saving.catch(() => (this.#saving = null));
    const stopped = new Promise((_, reject) => stop.addEventListener('abort', reject));
    this.#saved = await Promise.race([this.#saving, stopped]);
  }

  async #run(turn) {
    const { client, signal } = this.#ui;
    this.#pending?.abort();
    const pending = (this.#pending = new AbortController());
    turn.failure = turn.result = null;
    this.#show(turn);
    try {
      turn.result = await client.ask(turn.question, this.#id, pending.signal);
      this.#id = turn.result.conversation_id;
      this.#recover();
    } catch (error) {
      await this.#fail(turn, error, pending.signal);
    }
    if (signal.aborted || !this.turns.includes(turn)) return;
    this.#show(turn);
    this.#report(turn);
  }

  async #fail(turn, error, signal) {
    turn.failure = signal.aborted ? 'cancelled' : error.kind;
    turn.wait = error.wait;
    if (signal.aborted) return;
    this.#ui.emit('error', { question: turn.question, reason: error.kind, message: error.message });
    if (error.kind === 'down') await this.#fallBack(turn, signal);
  }

  #report(turn) {
    const { emit, announce, store, page } = this.#ui;
    const { question, result, failure } = turn;
    if (failure !== 'cancelled' || this.turns.at(-1) === turn) announce(result ? replyText(turn, page.t) : this.#why(turn));
    if (!result) return;
    store(this.state);
    emit(result.outcome === 'no_answer' ? 'noanswer' : 'answer', { question, result });
  }

  async #fallBack(turn, signal) {
    const { page } = this.#ui;
    try {
      await this.#load(signal);
      turn.result = this.#saved(turn.question, page.t.unknown);
    } catch {
      if (signal.aborted) turn.failure = 'cancelled';
    }
    if (signal.aborted) return;
    this.#setOffline(turn.result ? page.t.offline : page.t.down);
    this.#look();
  }

  #setOffline(text) {
    const { notice } = this.#ui;
    this.#offline = Boolean(text);
    clearTimeout(this.#timer);
    if (!notice) return;
    notice.textContent = text;
    notice.hidden = !text;
  }

  #look() {
    const { client, signal } = this.#ui;
    const seconds = LOOKS[this.#looks++] ?? LOOKS.at(-1);
    this.#timer = setTimeout(async () => {
      const isBack = !document.hidden && (await client.healthy(signal));
      if (signal.aborted || !this.#offline) return;
      if (isBack) this.#recover();
      else this.#look();
    }, seconds * 1000);
  }

  #recover() {
    this.#looks = 0;
    if (!this.#offline) return;
    this.#setOffline('');
    this.#ui.announce(this.#ui.page.t.online);
    const last = this.turns.at(-1);
    if (last.failure === 'down' && !last.result) this.#run(last);
  }

  #why({ failure, wait }) {
    const { t } = this.#ui.page;
    return failure === 'limit' ? fill(t.limit, wait) : (t[failure] ?? t.failed);
  }

  /** Shows a turn's question and its reply as it stands, in place of what was there. */
  #show(turn, reply = this.#reply(turn)) {
    const { log, box, page } = this.#ui;
    const old = this.#nodes.get(turn);
    if (old?.reply.parentNode === log) {
      // what had the focus goes away
      if (old.reply.contains(log.getRootNode().activeElement)) box.input.focus();
      old.reply.replaceWith(reply);
      old.reply = reply;
    } else {
      const question = questionView(page.t, turn.question);
      collapse(log.lastChild, turn.question);
      log.append(question, reply);
      this.#nodes.set(turn, { question, reply });
    }
    log.scrollTop = this.#nodes.get(turn).question.offsetTop - log.offsetTop - 8;
  }

  #nodes = new WeakMap();

  #reply(turn) {
    const { page, announce, client } = this.#ui;
    if (!turn.result && !turn.failure) return thinkingView(page.t, () => this.#pending.abort());
    if (!turn.result) return failureView(page, turn.question, this.#why(turn), () => this.#run(turn));
    return replyView(turn, page, {
      announce,
      ask: (question) => this.ask(question),
      click: (kind) => {
        const interaction = turn.result.interaction_id;
        if (interaction) client.click({ interaction_id: interaction, kind });
      },
      feedback: (helpful, comment) => this.#feedback(turn, helpful, comment),
    });
  }

  /** Sends it, and says how that went. */
  async #feedback(turn, helpful, comment) {
    const { client, signal, emit, page } = this.#ui;
    turn.helpful = helpful;
    const body = { interaction_id: turn.result.interaction_id, helpful };
    if (comment) body.comment = comment;
    emit('feedback', body);
    try {
      await client.feedback(body, signal);
      return page.t.thanks;
    } catch (error) {
      turn.helpful = null;
      emit('error', { question: turn.question, reason: 'feedback', message: error.message });
      return page.t.failed;
    }
  }
}
