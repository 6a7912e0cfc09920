// The node that served this page, and nobody else, is asked.

/** How long an answer may take before the node counts as one that does not answer. */
const PATIENCE_MILLIS = 8_000;
/** Acts may take longer than looks. */
const PATIENCE_FOR_ACTS_MILLIS = 120_000;

/** An answer that is none: its status (0 where there was none at all) and what the node says is wrong. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Relative to the page, so that it also works behind a proxy; and without a password in the page's own address. */
function at(path) {
  return new URL(path, location.origin + location.pathname);
}

// With this header a server that wants to know who looks says so without the browser asking for a password each time,
// and others' pages cannot act in the name of who looks at them: a browser lets only our own send it.
const OWN = {'X-Requested-With': 'troupe'};

async function ask(path, {patience = PATIENCE_MILLIS, ...options} = {}) {
  let answer;
  try {
    answer = await fetch(at(path), {
      cache: 'no-store', credentials: 'same-origin', redirect: 'error', headers: OWN,
      signal: patience === null ? null : AbortSignal.timeout(patience), ...options});
  } catch (failure) {
    throw new Refused(0,
      failure.name === 'TimeoutError' ? 'no answer within ' + patience / 1000 + ' s' : 'no connection');
  }
  if (!answer.ok) {
    throw new Refused(answer.status, await said(answer));
  }
  return answer;
}

async function said(answer) {
  const text = await answer.text().catch(() => '');
  try {
    return JSON.parse(text).error ?? text;
  } catch {
    return text.slice(0, 500) || 'status ' + answer.status;
  }
}

async function body(answer) {
  try {
    return await answer.json();
  } catch {
    throw new Refused(0, 'the answer broke off');
  }
}

/** What `path` answers to a GET. */
export async function get(path) {
  return body(await ask(path));
}

/** Who looks, once the browser has asked for a name and a password: that takes as long as it takes. */
export async function signIn() {
  return body(await ask('troupe/sign-in', {patience: null, headers: {}}));
}

/**
 * What `path` answers, with the node's own time in milliseconds, in which all times of its answers are; where it does
 * not say which that is, this machine's.
 */
export async function getWithTime(path) {
  const answer = await ask(path);
  const date = Date.parse(answer.headers.get('Date') ?? '');
  return {body: await body(answer), time: Number.isNaN(date) ? Date.now() : date};
}

/**
 * Asks for something to be done, and gives what it led to.
 *
 * @param upload a file that goes with it, which takes as long as it takes
 */
export async function act(method, path, upload = null) {
  const answer = await ask(path, {method, body: upload, patience: upload === null ? PATIENCE_FOR_ACTS_MILLIS : null});
  const text = await answer.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}

/** A file that the node makes: its name and its content. */
export async function file(path) {
  const answer = await ask(path, {patience: null});
  const named = /filename="?([^";]+)"?/.exec(answer.headers.get('Content-Disposition') ?? '');
  try {
    return {name: named?.[1] ?? 'troupe-backup', content: await answer.blob()};
  } catch {
    throw new Refused(0, 'the file broke off; nothing was saved');
  }
}
