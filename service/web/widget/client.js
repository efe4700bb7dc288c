// The service over HTTP, and why it could not be reached. No credentials, no storage.

import { VERSION } from './version.js';

/** How long a visitor waits for the service before the saved answers are used instead. */
const PATIENCE = 4000;

/** A request that brought no answer. `kind`: `limit`, `refused` or `down`. */
export class RequestFailed extends Error {
  constructor(kind, detail, wait) {
    super(detail);
    this.kind = kind;
    this.wait = wait;
  }
}

function failure(response) {
  if (response.status === 429) {
    const wait = Number(response.headers.get('retry-after')) || 60;
    return new RequestFailed('limit', 'Too many requests', wait);
  }
  const kind = response.status < 500 ? 'refused' : 'down';
  return new RequestFailed(kind, `${response.url} answered ${response.status}`);
}

export class Client {
  #violation = '';
  #explained = false;

  /** `base` ends with a slash. Violations of the page's policy are listened for until `signal`. */
  constructor(base, signal) {
    this.base = base;
    const { origin } = new URL(base);
    const notice = (event) => {
      if (event.blockedURI.startsWith(origin)) this.#violation = event.effectiveDirective;
    };
    document.addEventListener('securitypolicyviolation', notice, { signal });
  }

  ask(question, conversation, signal) {
    const body = { question };
    if (conversation) body.conversation_id = conversation;
    return this.#fetch('v1/ask', signal, body);
  }

  feedback(body, signal) {
    return this.#fetch('v1/feedback', signal, body);
  }

  /** Counts that a visitor goes on to something; not waited for, since the page may be left. */
  click(body) {
    this.#fetch('v1/clicks', new AbortController().signal, body, true).catch(() => {});
  }

  async suggest(text, signal) {
    return (await this.#fetch(`v1/suggest?q=${encodeURIComponent(text)}`, signal)).suggestions;
  }

  messages(tag, signal) {
    return this.#fetch(`widget/${VERSION}/texts/${tag}.json`, signal);
  }

  /** The saved answers, from the page's own copy when it has one. */
  answers(address, signal) {
    return this.#fetch(address || `widget/${VERSION}/answers.json`, signal);
  }

  async healthy(signal) {
    try {
      await this.#fetch('readyz', signal);
      return true;
    } catch {
      return false;
    }
  }

  async #fetch(path, signal, body, keepalive) {
    const own = new AbortController();
    const stop = () => own.abort();
    const timer = setTimeout(stop, PATIENCE);
    signal.addEventListener('abort', stop);
    try {
      const response = await fetch(new URL(path, this.base), { ...this.#options(own.signal, body), keepalive });
      if (!response.ok) throw failure(response);
      return response.status === 204 ? null : await response.json();
    } catch (error) {
      if (signal.aborted || error instanceof RequestFailed) throw error;
      if (error instanceof SyntaxError) {
        console.error(`careers-faq: ${this.base}${path} answers, but not with JSON. Is this the service's address?`);
      } else if (!own.signal.aborted) this.#explain();
      throw new RequestFailed('down', `${this.base}${path}: ${error.message}`);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  #options(signal, body) {
    const options = { signal, credentials: 'omit', referrerPolicy: 'strict-origin' };
    if (!body) return options;
    const headers = { 'content-type': 'application/json' };
    return { ...options, method: 'POST', headers, body: JSON.stringify(body) };
  }

  /**
   * Says on the console what the page's owner has to add. A browser tells a script only that a
   * request failed, so: a policy violation was reported, or the service answers a request that
   * asks for no permission (then permission is what is missing), or it is down.
   */
  async #explain() {
    if (this.#explained) return;
    this.#explained = true;
    const { origin } = new URL(this.base);
    const probe = new URL('widget.js', this.base);
    const reachable = await fetch(probe, { mode: 'no-cors', method: 'HEAD' }).catch(() => null);
    if (this.#violation) {
      const directive = this.#violation.replace(/-(elem|attr)$/, '');
      console.error(`careers-faq: this page's Content-Security-Policy blocks ${origin}. Add: ${directive} ${origin}`);
    } else if (reachable && location.origin !== origin) {
      console.error(
        `careers-faq: ${origin} does not accept questions from ${location.origin}. ` +
          `Start the service with: FAQ_ALLOWED_ORIGINS=${location.origin}`,
      );
    } else {
      this.#explained = false;
    }
  }
}
