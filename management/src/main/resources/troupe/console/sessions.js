// Sessions, and what each owns.

import * as actions from './actions.js';
import {Refused, get} from './api.js';
import {facts, h, icon, table} from './dom.js';
import {NONE, count, duration, name, path, plural, session, visible} from './format.js';
import {pages} from './pages.js';
import {isStale} from './store.js';

export const title = 'Sessions';
export const every = 2_000;

let reload = () => {};
const turner = pages(() => reload());

let list = null;
let one = null; // the session on show
let gone = null; // why there is none

/** @param onTurn what asks for the page that is wanted now */
export function setUp(onTurn) {
  reload = onTurn;
}

export function enter() {
  one = null;
  gone = null;
}

export async function load(rest) {
  if (rest === '') {
    list = await get('troupe/sessions?' + turner.query());
    turner.note(list);
    return;
  }
  try {
    one = await get('troupe/sessions/' + rest);
    gone = null;
  } catch (failure) {
    if (!(failure instanceof Refused) || ![400, 404].includes(failure.status)) {
      throw failure;
    }
    one = null;
    gone = failure.message;
  }
}

export function render(rest, failure) {
  return rest === '' ? renderList(failure) : renderOne(rest, failure);
}

function renderList(failure) {
  return [
    h('h1', {tabindex: '-1'}, title, list && h('span', {class: 'hint'}, ' ', count(list.total))),
    failure,
    list === null ? h('p', {class: 'quiet'}, isStale() ? 'Nothing is known yet.' : 'The server is asked …')
      : list.sessions.length === 0 ? h('p', {class: 'quiet'}, 'There are no sessions.')
        : h('div', {class: 'card' + (isStale() ? ' past' : '')}, table('Sessions of the ensemble', [
          {label: 'Session', cell: one => session(one.id)},
          {label: 'Client', cell: client},
          {label: 'Timeout', number: true, cell: one => duration(one.timeoutMillis)},
          {label: 'Ends in', number: true, cell: one => duration(one.expiresInMillis)},
          {label: 'Ephemerals', number: true, cell: one => count(one.ephemerals)},
        ], list.sessions, one => one.id)),
    list !== null && turner.render(list.sessions.length),
    h('p', {class: 'hint'}, 'When a session ends, unless its client is heard of, is known at the leader.'),
  ];
}

function client(one) {
  return one.client ? name(one.client) : one.here ? 'connected here' : 'not connected here';
}

function renderOne(rest, failure) {
  const id = visible(decodeURIComponent(rest));
  return [
    h('p', null, h('a', {href: '#/sessions'}, '← All sessions')),
    h('h1', {tabindex: '-1'}, 'Session ', h('span', {class: 'code'}, id)),
    failure,
    gone !== null && h('p', {class: 'notice warn', role: 'status'}, icon('warn'), visible(gone)),
    one === null ? gone === null && h('p', {class: 'quiet'}, 'The server is asked …') : [
      h('div', {class: 'card' + (isStale() ? ' past' : ''), key: 'facts'}, facts([
        ['Client', client(one)],
        ['Timeout', duration(one.timeoutMillis)],
        ['Ends in', one.expiresInMillis === null ? [NONE, h('span', {class: 'hint'}, ' the leader knows')]
          : duration(one.expiresInMillis), 'unless its client is heard of'],
        ['Ephemeral znodes', count(one.ephemerals)],
      ])),
      h('section', {class: 'card', key: 'owns', 'aria-labelledby': 'owns-title'},
        h('h2', {id: 'owns-title'}, 'What it owns'),
        one.ephemeralPaths.length === 0 ? h('p', {class: 'quiet'}, 'No ephemeral znodes.')
          : h('ul', {class: 'plain-list'}, one.ephemeralPaths.map(owned => h('li', {key: owned}, path(owned)))),
        one.ephemeralPaths.length < one.ephemerals && h('p', {class: 'hint'},
          'The first ' + plural(one.ephemeralPaths.length, 'path') + ' of ' + count(one.ephemerals) + '.')),
      h('section', {key: 'acts', 'aria-labelledby': 'end-title'},
        h('h2', {id: 'end-title'}, 'End it'),
        actions.note(actions.leadsNot()),
        h('div', {class: 'buttons'}, actions.button('Expire session …',
          () => actions.expire(one.id, one.ephemerals, reload),
          {danger: true, reason: actions.leadsNot(), id: 'expire'}))),
    ],
  ];
}
