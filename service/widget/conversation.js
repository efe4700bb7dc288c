// What was asked and answered: one request at a time, saved answers when the service fails, and
// the way back when it returns. Knows no layout beyond the log that it fills.

import { lexicalAnswers } from './fallback.js';
import { fill } from './messages.js';
import { failureView, questionView, replyText, replyView, thinkingView } from './view.js';

const LONGEST = 1000;
/** Milliseconds between two looks at a service that failed; the last one repeats. */
const RETRIES = [2000, 4000, 8000, 15000, 30000, 60000];

export class Conversation {
  #host;
  #id = null;
  #pending = null;
  #saved = null;
  #timer = 0;
  #looks = 0;

  /**
   * `host` is the element's side: `client`, `log`, `page()`, `emit`, `announce`, `notice`, `store`,
   * `copy`, `settle`, `reveal`, and `signal`, aborted when the element leaves the page.
   */
  constructor(host) {
    this.#host = host;
    this.turns = [];
    this.offline = false;
  }

  /** Asks, unless the page's own listener says no. */
  async ask(text) {
    const question = String(text).trim().slice(0, LONGEST);
    if (!question || !this.#host.emit('ask', { question }, true)) return;
    this.cancel();
    const turn = { question };
    this.turns.push(turn);
    await this.#run(turn);
  }

  /** Drops the request under way, if any. */
  cancel() {
    this.#pending?.abort();
  }

  /** Stops everything; the turns stay. */
  stop() {
    this.cancel();
    clearTimeout(this.#timer);
    this.offline = false;
  }

  clear() {
    this.stop();
    this.turns = [];
    this.#id = null;
    this.#host.notice('');
  }

  /** Takes up what `state` gave. */
  restore(state) {
    this.turns = state.turns;
    this.#id = state.id;
  }

  get state() {
    return { id: this.#id, turns: this.turns.filter((turn) => turn.result) };
  }

  /** Puts all turns into an empty log. */
  replay() {
    for (const turn of this.turns) this.#show(turn);
  }

  async #run(turn) {
    const pending = (this.#pending = new AbortController());
    Object.assign(turn, { failure: null, result: null });
    this.#show(turn, thinkingView(this.#host.page().t, () => this.cancel()));
    try {
      turn.result = await this.#host.client.ask(turn.question, this.#id, pending.signal);
      this.#id = turn.result.conversation_id;
      this.#recovered();
    } catch (error) {
      turn.failure = pending.signal.aborted ? 'cancelled' : (error.kind ?? 'failed');
      turn.wait = error.wait;
      if (turn.failure === 'down') await this.#fallBack(turn, pending.signal);
      this.#report(turn, error);
    }
    if (this.#pending === pending) this.#pending = null;
    this.#finish(turn, pending.signal);
  }

  #finish(turn, signal) {
    if (this.#host.signal.aborted || !this.turns.includes(turn)) return;
    this.#show(turn);
    if (signal.aborted && this.#pending) return;
    this.#host.announce(turn.result ? replyText(turn.result, this.#host.page().t) : this.#failureText(turn));
    if (!turn.result) return;
    this.#host.store(this.state);
    const { question, result } = turn;
    this.#host.emit(result.outcome === 'no_answer' ? 'noanswer' : 'answer', { question, result });
  }

  #report({ question, failure }, error) {
    if (failure === 'cancelled') return;
    const reason = failure ?? 'down';
    this.#host.emit('error', { question, reason, message: error.message });
  }

  async #fallBack(turn, signal) {
    const { client, page } = this.#host;
    const { t, saved } = page();
    try {
      this.#saved ??= lexicalAnswers(await client.answers(saved, signal), t.unknown);
      turn.result = this.#saved(turn.question);
      turn.failure = null;
    } catch {
      if (signal.aborted) turn.failure = 'cancelled';
    }
    if (signal.aborted) return;
    this.offline = true;
    this.#host.notice(turn.result ? t.offline : t.down);
    this.#lookAgain();
  }

  #lookAgain() {
    clearTimeout(this.#timer);
    const delay = RETRIES[Math.min(this.#looks++, RETRIES.length - 1)];
    this.#timer = setTimeout(async () => {
      const back = !document.hidden && (await this.#host.client.healthy(this.#host.signal));
      if (this.#host.signal.aborted || !this.offline) return;
      if (back) this.#recovered();
      else this.#lookAgain();
    }, delay);
  }

  #recovered() {
    clearTimeout(this.#timer);
    this.#looks = 0;
    if (!this.offline) return;
    this.offline = false;
    const { t } = this.#host.page();
    this.#host.notice('');
    this.#host.announce(t.online);
    const last = this.turns.at(-1);
    if (last.failure === 'down') this.#run(last);
  }

  #failureText({ failure, wait }) {
    const { t } = this.#host.page();
    if (failure === 'limit') return fill(t.limit, wait);
    return { cancelled: t.cancelled, down: t.down }[failure] ?? t.failed;
  }

  /** Shows a turn's question and its reply as it stands, in place of what was there. */
  #show(turn, reply) {
    const { t } = this.#host.page();
    turn.nodes?.reply.contains(turn.nodes.reply.getRootNode().activeElement) && this.#host.settle();
    const nodes = { question: questionView(t, turn.question), reply: reply ?? this.#reply(turn) };
    const { log } = this.#host;
    if (turn.nodes?.reply.parentNode === log) turn.nodes.reply.replaceWith(nodes.reply);
    else log.append(nodes.question, nodes.reply);
    const question = turn.nodes?.question.isConnected ? turn.nodes.question : nodes.question;
    Object.defineProperty(turn, 'nodes', { value: { ...nodes, question }, configurable: true, enumerable: false });
    this.#host.reveal(question);
  }

  #reply(turn) {
    const page = this.#host.page();
    if (!turn.result) return failureView(page.t, this.#failureText(turn), () => this.#again(turn), page.contact);
    return replyView(turn.result, turn, page, {
      ask: (question) => this.ask(question),
      copy: this.#host.copy,
      feedback: (helpful, comment) => this.#feedback(turn, helpful, comment),
    });
  }

  #again(turn) {
    this.cancel();
    this.#run(turn);
  }

  async #feedback(turn, helpful, comment) {
    const { t } = this.#host.page();
    turn.helpful = helpful;
    const body = { interaction_id: turn.result.interaction_id, helpful };
    if (comment) body.comment = comment;
    this.#host.emit('feedback', body);
    try {
      await this.#host.client.feedback(body, this.#host.signal);
      this.#host.announce(t.thanks);
    } catch (error) {
      if (this.#host.signal.aborted) return;
      this.#host.announce(t.failed);
      this.#host.emit('error', { question: turn.question, reason: 'feedback', message: error.message });
    }
  }
}
