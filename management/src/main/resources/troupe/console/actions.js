// What whoever may act can do, how that is asked for, and how it is told what came of it.

import * as api from './api.js';
import {Refused, act, file} from './api.js';
import {h, icon} from './dom.js';
import {bytes, count, visible} from './format.js';
import {isStale, leader, refreshRights, self, store} from './store.js';

/** How long it is told that something was done. That something was not stays until it is closed. */
const TOLD_MILLIS = 8_000;

let render = () => {};

/** @param onChange what makes the page anew */
export function setUp(onChange) {
  render = onChange;
}

/** Tells what was done, or what was not. */
export function tell(text, kind = 'good') {
  const toast = h('div', {class: 'toast ' + kind, role: kind === 'good' ? 'status' : 'alert'},
    icon(kind === 'good' ? 'good' : 'warn'), h('p', null, text),
    h('button', {type: 'button', class: 'plain', 'aria-label': 'Close', onclick: () => toast.remove()}, '×'));
  document.getElementById('toasts').append(toast);
  if (kind === 'good') {
    setTimeout(() => toast.remove(), TOLD_MILLIS);
  }
}

/**
 * Asks whether something is really meant. Gives the form's values, or null if it is not.
 *
 * @param title the question
 * @param consequences what will happen: paragraphs
 * @param yes what the button that does it says
 */
export function ask(title, consequences, yes, {danger = true, fields = []} = {}) {
  return new Promise(resolve => {
    const dialog = h('dialog', {'aria-labelledby': 'ask-title', class: 'ask'},
      h('form', {method: 'dialog'},
        h('h2', {id: 'ask-title'}, title),
        consequences.map(text => h('p', null, text)),
        fields,
        h('div', {class: 'buttons'},
          h('button', {type: 'button', autofocus: true, onclick: () => dialog.close()}, 'Cancel'),
          h('button', {value: 'yes', class: danger ? 'danger' : 'primary'}, yes))));
    dialog.addEventListener('close', () => {
      const form = dialog.querySelector('form');
      resolve(dialog.returnValue === 'yes' ? new FormData(form) : null);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Why whoever looks may not act; null if he may. */
function whyNot() {
  if (isStale()) {
    return 'The server of this console does not answer.';
  }
  if (store.rights === null) {
    return 'What you may do here is not known yet.';
  }
  const {act: may, why} = store.rights;
  return may ? null : 'You may look, but not act: ' + (why ?? 'sign in with other credentials.');
}

/** Why only a leader's own console does something; null at one. */
export function leadsNot() {
  const leads = leader();
  if (leads && leads.id === store.ensemble.self) {
    return null;
  }
  return leads ? 'Server ' + leads.id + ' leads: its own console can do this.' : 'No leader is known.';
}

/**
 * A button for an act. One that may not be used can still be reached and says why.
 *
 * @param reason why it may not be used here, beside missing rights; null if nothing speaks against it
 */
export function button(label, run, {danger = false, reason = null, id} = {}) {
  const not = whyNot() ?? reason;
  return h('button', {
    type: 'button', id, class: danger ? 'danger' : null, 'aria-disabled': not ? 'true' : null, title: not,
    onclick: () => not ? tell(not, 'bad') : attempt(run),
  }, label);
}

/** Says, where there are buttons, why they may not be used. */
export function note(reason = null) {
  const not = whyNot();
  if (not === null) {
    return reason && h('p', {class: 'hint'}, reason);
  }
  return h('p', {class: 'hint', 'data-rights': 'none'}, not, ' ',
    store.rights && !store.rights.act && !isStale() && signInButton());
}

export function signInButton() {
  return h('button', {type: 'button', class: 'plain link-like', onclick: signIn}, 'Sign in');
}

/** The browser asks for name and password when the node wants them, and keeps them for later requests. */
export async function signIn() {
  try {
    const {user} = await api.signIn();
    tell('Signed in as ' + visible(user ?? 'nobody') + '.');
  } catch (failure) {
    refused('Not signed in', failure);
  }
  store.credentialsNeeded = false;
  await refreshRights();
  render();
}

async function attempt(run) {
  try {
    await run();
  } catch (failure) {
    refused('Not done', failure);
    if ([401, 403].includes(failure.status)) {
      await refreshRights();
    }
  }
  render();
}

function refused(what, failure) {
  if (!(failure instanceof Refused)) {
    throw failure;
  }
  tell(what + ': ' + visible(failure.message), 'bad');
}

export async function handOver() {
  const yes = await ask('Hand over leadership?', [
    'Server ' + self().id + ' stops leading, and the others elect another leader. Until that is done, which mostly '
      + 'takes less than a second, no client of any server can write.',
    'Sessions live on.'], 'Hand over');
  if (yes) {
    await act('POST', 'troupe/leadership/hand-over');
    tell('Server ' + store.ensemble.self + ' hands over leadership.');
  }
}

/** @param after what is done once the session is about to end */
export async function expire(id, ephemerals, after) {
  const yes = await ask('Expire session ' + id + '?', [
    'Its client loses its connection and its session, and is told so. It cannot take the session up again.',
    ephemerals === 0 ? 'It owns no ephemeral znodes.'
      : ephemerals === 1 ? 'Its ephemeral znode is deleted.' : 'Its ' + ephemerals + ' ephemeral znodes are deleted.'],
  'Expire');
  if (yes) {
    await act('DELETE', 'troupe/sessions/' + encodeURIComponent(id));
    tell('Session ' + id + ' expires.');
    after();
  }
}

export async function shed() {
  const yes = await ask('Shed connections?', [
    'Server ' + store.ensemble.self + ' closes part of its client connections. Those clients connect again, to '
      + 'whichever server they choose; their sessions live on.'],
  'Close them', {fields: [h('label', {class: 'field'}, 'How many, in percent',
    h('input', {name: 'percent', type: 'number', min: 1, max: 100, value: 30, required: true}))]});
  if (yes) {
    const {closed} = await act('POST', 'troupe/clients/shed?percent=' + encodeURIComponent(yes.get('percent')));
    tell(closed === 1 ? '1 connection closed.' : closed + ' connections closed.');
  }
}

export async function takeSnapshot() {
  const snapshot = await act('POST', 'troupe/snapshots');
  tell('Snapshot ' + visible(snapshot.file) + ' written, ' + bytes(snapshot.bytes) + '.');
}

export async function downloadBackup() {
  tell('The server makes a backup; it is saved when it is complete.');
  const {name, content} = await file('troupe/backup');
  const link = h('a', {href: URL.createObjectURL(content), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  tell('Backup ' + visible(name) + ', ' + bytes(content.size) + '.');
}

/** Why a backup cannot be restored from here; null if it can. */
export function restoresNot() {
  return store.ensemble.servers.length === 1 ? null : 'An ensemble is restored while none of its servers runs: '
    + 'docs/operations.md, Restore, has it step by step.';
}

export async function restore() {
  const yes = await ask('Restore a backup?', [
    'What is in the backup takes the place of everything that is here. Server ' + store.ensemble.self + ' serves nobody '
      + 'for some seconds meanwhile; sessions that are not in the backup expire.',
    'What is here now is kept, in a directory before-restore.'],
  'Restore', {fields: [h('label', {class: 'field'}, 'Backup ',
    h('input', {name: 'backup', type: 'file', required: true}))]});
  if (yes) {
    const backup = yes.get('backup');
    tell('The server reads ' + visible(backup.name) + ', ' + bytes(backup.size) + '.');
    const {znodes, zxid} = await act('POST', 'troupe/restore', backup);
    tell('The server begins again with ' + count(znodes) + ' znodes, as they were at ' + visible(zxid) + '.');
  }
}

export async function compact() {
  const yes = await ask('Compact the log?', [
    'What the snapshots make superfluous is removed from the log’s files. Clients are served on, perhaps a little '
      + 'slower.'],
  'Compact', {danger: false});
  if (yes) {
    await act('POST', 'troupe/log/compact');
    tell('The log is being compacted.');
  }
}

export async function setLogLevel(logger, level) {
  await act('PUT', 'troupe/log-level?logger=' + encodeURIComponent(logger) + '&level=' + encodeURIComponent(level));
  tell('Log level of ' + visible(logger) + ': ' + (level === 'RESET' ? 'as it was' : level) + '.');
}
