// A conversation in the session storage of the browser, where the owner asks for that.

/** What was stored, or null. */
export function stored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Stores `state`, or removes what was stored when there is none. */
export function store(key, state) {
  try {
    if (state) sessionStorage.setItem(key, JSON.stringify(state));
    else sessionStorage.removeItem(key);
  } catch {
    // storage is off or full: the conversation lasts as long as the page
  }
}
