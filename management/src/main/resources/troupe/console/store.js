// What this console knows, and since when.

import {Refused, get, getWithTime} from './api.js';
import {span} from './format.js';

export const store = {
  /** The last answer about the ensemble; null before the first. */
  ensemble: null,
  /** When that was, by this machine's clock. */
  heardAt: null,
  /** How far the node's clock is ahead of this machine's, in milliseconds. */
  ahead: 0,
  /** Why the last question was not answered; null if it was. */
  failure: null,
  /** Questions without an answer since the last that had one. */
  failures: 0,
  /** When the node is asked again. */
  nextTryAt: null,
  /** The node wants to know who looks. */
  credentialsNeeded: false,
  /** What whoever looks may do; null before the first answer. */
  rights: null,
  /** The last status of each server by its id, and when it was its status: {status, at}. */
  lastKnown: new Map(),
};

/** Now, by the node's clock. */
export function nodeNow() {
  return Date.now() + store.ahead;
}

/** How long ago a time of the contract was. */
export function ago(time) {
  return span(Math.max(0, nodeNow() - Date.parse(time)));
}

/** Whether all that is shown is of the past. */
export function isStale() {
  return store.failure !== null;
}

/** The server that served this page. */
export function self() {
  return store.ensemble?.servers.find(server => server.id === store.ensemble.self) ?? null;
}

/** The server that says it leads; null if nobody who answers does. Of two, as after a change, the newer epoch's. */
export function leader() {
  return (store.ensemble?.servers ?? [])
    .filter(server => server.reached && ['leader', 'standalone'].includes(server.status?.mode))
    .sort((a, b) => b.status.epoch - a.status.epoch)[0] ?? null;
}

/** Asks for the ensemble, and notes what came of it. Gives the earlier answer. */
export async function refresh() {
  const before = store.ensemble;
  try {
    const {body, time} = await getWithTime('troupe/ensemble');
    store.ensemble = body;
    store.heardAt = Date.now();
    // the node tells whole seconds: smaller differences are none
    store.ahead = Math.abs(time - Date.now()) < 1500 ? 0 : time - Date.now();
    store.failure = null;
    store.failures = 0;
    store.credentialsNeeded = false;
    for (const server of body.servers) {
      if (server.status) {
        store.lastKnown.set(server.id, {status: server.status, at: server.heardAt});
      }
    }
  } catch (failure) {
    if (!(failure instanceof Refused)) {
      throw failure;
    }
    store.failure = failure.status === 0 ? failure.message : 'it answered ' + failure.status + ': ' + failure.message;
    store.failures++;
    store.credentialsNeeded = failure.status === 401;
  }
  return before;
}

export async function refreshRights() {
  try {
    store.rights = await get('troupe/rights');
  } catch (failure) {
    if (!(failure instanceof Refused)) {
      throw failure;
    }
    store.rights = null;
  }
}
