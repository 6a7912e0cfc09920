// The frame: which view is shown, how often the node is asked, and what is said when it does not answer.

import * as actions from './actions.js';
import {Refused} from './api.js';
import * as clients from './clients.js';
import {h, icon, show} from './dom.js';
import * as ensemble from './ensemble.js';
import {NONE, moment, span, visible} from './format.js';
import * as log from './log.js';
import * as plots from './plots.js';
import * as sessions from './sessions.js';
import * as slow from './slow.js';
import {isStale, leader, nodeNow, refresh, refreshRights, self, store} from './store.js';
import * as tree from './tree.js';
import * as watches from './watches.js';

/** Each has a title, how often it is asked for in milliseconds, load(rest of the address) and render(). */
const VIEWS = {ensemble, tree, sessions, watches, slow, clients, log};
const KEYS = {e: 'ensemble', t: 'tree', s: 'sessions', w: 'watches', r: 'slow', c: 'clients', l: 'log'};

const EVERY_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 15_000;
const RIGHTS_EVERY_MILLIS = 30_000;

const view = document.getElementById('view');

/** What is looked at: the view's name, the rest of the address, when it was loaded, and why it could not be. */
let shown = {name: null, rest: '', loadedAt: 0, failure: null};
let rightsAt = 0;
let timer = null;
let asking = false;

function route() {
  const [, name = 'ensemble', rest = ''] = /^#\/([a-z]+)\/?(.*)$/.exec(location.hash) ?? [];
  const known = Object.hasOwn(VIEWS, name) ? name : 'ensemble';
  const isNew = known !== shown.name;
  const isFirst = shown.name === null;
  shown = {name: known, rest, loadedAt: 0, failure: null};
  VIEWS[known].enter?.(rest);
  for (const link of document.querySelectorAll('nav.views a')) {
    if (link.dataset.view === known) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  if (isNew) {
    view.replaceChildren();
    window.scrollTo(0, 0);
  }
  render();
  if (isNew && !isFirst) {
    focusTitle();
  }
  soon();
}

function focusTitle() {
  view.querySelector('h1')?.focus({preventScroll: true});
}

/** Asks as soon as possible. */
function soon() {
  clearTimeout(timer);
  timer = setTimeout(ask, 0);
}

async function ask() {
  if (asking || document.hidden || store.credentialsNeeded) {
    return;
  }
  asking = true;
  const begun = Date.now();
  const of = shown;
  try {
    const wasStale = isStale();
    const before = await refresh();
    if (!isStale()) {
      plots.note(store.ensemble, Date.now());
      announce(before, store.ensemble, wasStale);
      if (rightsAt + RIGHTS_EVERY_MILLIS < begun || store.rights === null) {
        rightsAt = begun;
        await refreshRights();
      }
      if (of.loadedAt + VIEWS[of.name].every <= begun) {
        await load(of);
      }
    } else if (!wasStale) {
      say('This console’s server does not answer: ' + store.failure);
    }
  } finally {
    asking = false;
    const pause = isStale()
      ? Math.min(EVERY_MILLIS * 2 ** (store.failures - 1), LONGEST_PAUSE_MILLIS)
      : Math.max(0, EVERY_MILLIS - (Date.now() - begun));
    store.nextTryAt = Date.now() + pause;
    clearTimeout(timer);
    // whoever went to another view meanwhile does not wait
    timer = setTimeout(ask, of === shown ? pause : 0);
    render();
  }
}

async function load(of) {
  try {
    await VIEWS[of.name].load?.(of.rest);
    of.failure = null;
  } catch (failure) {
    if (!(failure instanceof Refused)) {
      throw failure;
    }
    of.failure = failure.message;
  }
  of.loadedAt = Date.now();
}

/** Loads the view that is shown again, at once. */
export function reload() {
  shown.loadedAt = 0;
  soon();
}

function render() {
  const {name, rest, failure} = shown;
  document.body.classList.toggle('is-stale', isStale());
  show(document.getElementById('banner'), banner());
  show(document.getElementById('self'), selfText());
  show(document.getElementById('link'), linkText());
  show(document.getElementById('rights'), rightsText());
  show(view, VIEWS[name].render(rest,
    failure && h('p', {class: 'notice bad', role: 'alert'}, icon('warn'), visible(failure))));
  document.title = (isStale() ? 'No answer · ' : '') + VIEWS[name].title
    + (store.ensemble ? ' · server ' + store.ensemble.self : '') + ' · Troupe';
}

function selfText() {
  const server = self();
  return server
    ? ['server ', h('strong', null, server.id), h('span', {class: 'wide'}, ' at ', visible(location.host))]
    : visible(location.host);
}

function linkText() {
  if (isStale()) {
    return h('span', {class: 'badge bad'}, icon('down'), 'no answer');
  }
  if (store.heardAt === null) {
    return h('span', {class: 'badge'}, 'asking');
  }
  return h('span', {class: 'badge good', title: 'last answer at ' + moment(store.heardAt)}, icon('good'), 'live');
}

function rightsText() {
  if (store.rights === null) {
    return null;
  }
  const {user, act} = store.rights;
  return user === null || user === undefined
    ? (act ? h('span', null, 'may act') : actions.signInButton())
    : h('span', {title: act ? 'may look and act' : 'may look'},
      h('bdi', null, visible(user)), h('span', {class: 'wide'}, act ? ', may act' : ', may look'));
}

function banner() {
  if (store.credentialsNeeded) {
    return h('div', {class: 'notice bad', role: 'alert'}, icon('warn'),
      h('p', null, 'This server wants to know who looks. ', actions.signInButton()));
  }
  if (isStale()) {
    const next = Math.max(0, Math.ceil((store.nextTryAt - Date.now()) / 1000));
    return h('div', {class: 'notice bad', id: 'no-answer'}, icon('warn'),
      h('div', null,
        h('p', null, h('strong', null, 'This console’s server does not answer'), ': ', visible(store.failure), '. ',
          store.heardAt === null ? 'It has not answered since this page was opened.'
            : ['Its last answer came at ', moment(store.heardAt), ', ', span(Date.now() - store.heardAt), ' ago; ',
              'everything below is from then.']),
        h('p', null, asking ? 'It is asked again now.' : 'It is asked again in ' + next + ' s. ',
          !asking && h('button', {type: 'button', class: 'plain link-like', onclick: soon}, 'Ask now'))));
  }
  const status = self()?.status;
  if (status && !status.serving) {
    return h('div', {class: 'notice warn', id: 'not-serving'}, icon('warn'),
      h('p', null, h('strong', null, 'Server ' + store.ensemble.self + ' serves no clients'), ': ',
        visible(status.why ?? 'it does not say why'), '. ',
        status.since && 'That is so for ' + span(Math.max(0, nodeNow() - Date.parse(status.since))) + '.'));
  }
  return null;
}

/** For those who do not see what has changed. */
function say(text) {
  const said = document.getElementById('said');
  said.append(h('p', null, text));
  while (said.childNodes.length > 5) {
    said.firstChild.remove();
  }
}

let lastLeader;

function announce(before, now, wasStale) {
  if (wasStale && before) {
    say('This console’s server answers again.');
  }
  const leads = leader()?.id ?? null;
  if (lastLeader !== undefined && leads !== lastLeader) {
    say(leads === null ? 'No leader is known.'
      : 'Server ' + leads + ' leads now, epoch ' + (leader().status.epoch ?? NONE) + '.');
  }
  lastLeader = leads;
  for (const server of now.servers) {
    const earlier = before?.servers.find(other => other.id === server.id);
    if (earlier && earlier.reached !== server.reached) {
      say('Server ' + server.id + (server.reached ? ' is reached again.' : ' is not reached any more.'));
    }
  }
}

let waitsForSecond = 0; // until when a g may be followed by a view's letter

document.addEventListener('keydown', event => {
  const types = event.target.closest?.('input, textarea, select') !== null;
  if (event.key === 'Escape' && types) {
    event.target.blur();
    return;
  }
  if (types || event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]')) {
    return;
  }
  if (waitsForSecond > Date.now() && Object.hasOwn(KEYS, event.key)) {
    location.hash = '#/' + KEYS[event.key];
    if (KEYS[event.key] === shown.name) {
      focusTitle(); // whoever is there already begins at its top as well
    }
    waitsForSecond = 0;
    event.preventDefault();
    return;
  }
  waitsForSecond = event.key === 'g' ? Date.now() + 1_500 : 0;
  if (event.key === '?') {
    document.getElementById('keys').showModal();
    event.preventDefault();
  } else if (event.key === '/') {
    if (shown.name !== 'tree') {
      location.hash = '#/tree';
      route();
    }
    document.getElementById('search').focus();
    event.preventDefault();
  }
});

document.getElementById('help').addEventListener('click', () => document.getElementById('keys').showModal());
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  view.focus();
});
document.addEventListener('visibilitychange', soon);
window.addEventListener('hashchange', () => route());

actions.setUp(() => {
  render();
  reload();
});
tree.setUp(render);
sessions.setUp(reload);
clients.setUp(reload);
watches.setUp(reload);
plots.setUp(render);
// what is said about the time passes also while nothing is heard
setInterval(() => isStale() && !document.hidden && render(), EVERY_MILLIS);
route();
