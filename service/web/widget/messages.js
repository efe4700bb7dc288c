// What the widget itself says; answers stay in the language of the content. English is here, and any
// other language comes from the service, `texts/` beside this file: nobody loads what nobody reads.

const english = {
  heading: 'Ask about careers',
  greeting: "Hi! Ask me about these careers. I answer in our guide's own words.",
  offer: 'You could ask',
  label: 'Your question',
  send: 'Send',
  close: 'Close',
  clear: 'Start over',
  expand: 'Larger',
  reply: 'Answer',
  thinking: 'Looking that up…',
  cancel: 'Stop',
  cancelled: "OK, I've stopped.",
  retry: 'Try again',
  source: 'Source',
  from: 'From: {0}',
  newTab: 'opens in a new tab',
  reviewed: 'Reviewed {0}',
  contact: 'Ask a person',
  all: 'See all questions and answers',
  helpful: 'Did that help?',
  yes: 'Helpful',
  no: 'Not helpful',
  comment: "Anything you'd like to add? (optional)",
  thanks: 'Thanks, that helps us.',
  copy: 'Copy answer',
  copyLink: 'Copy link',
  copied: 'Copied.',
  offline: "I can't reach our server, so I'm answering from a saved copy.",
  down: "I can't reach our server. I'll ask again once it's back.",
  online: "We're back online.",
  unknown: "My saved copy doesn't answer that.",
  failed: "That didn't work.",
  limit: "That's a lot of questions! Please wait {0} seconds.",
  options: '{0} suggestions. Choose with the arrow keys.',
};
const SERVED = 'ar de es fr he hi zh'.split(' ');
const RTL = ['ar', 'he'];

/** By language tag; what a page puts here goes before what the service says. */
export const messages = Object.fromEntries(SERVED.map((tag) => [tag, {}]));
messages.en = english;

const loading = {};
const loaded = {};

function known(asked) {
  const tag = asked.toLowerCase();
  return [tag, tag.split(/[-_]/)[0], 'en'].find((one) => messages[one]);
}

/** The messages of a language tag, English where there are none; `tag` says which language it became. */
export function messagesFor(asked) {
  const tag = known(asked);
  return { ...english, ...loaded[tag], ...messages[tag], tag, dir: RTL.includes(tag) ? 'rtl' : 'ltr' };
}

/** Loads what the service says in a language, by `load(tag)`; null when nothing is to be waited for. */
export function loadMessages(asked, load) {
  const tag = known(asked);
  if (loaded[tag] || !SERVED.includes(tag)) return null;
  const set = (texts) => (loaded[tag] = texts);
  return (loading[tag] ??= load(tag).then(set, () => set({})));
}

/** A message with its value put in. */
export function fill(message, value) {
  return message.replace('{0}', value);
}
