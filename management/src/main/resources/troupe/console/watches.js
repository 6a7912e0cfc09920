// What is watched at this server, and by whom.

import {get} from './api.js';
import {h, table} from './dom.js';
import {count, path, session} from './format.js';
import {pages} from './pages.js';
import {isStale} from './store.js';

export const title = 'Watches';
export const every = 3_000;

/** Of the sessions that watch a path, so many are listed. */
const LISTED = 20;

let reload = () => {};
const turner = pages(() => reload());
let list = null;

/** @param onTurn what asks for the page that is wanted now */
export function setUp(onTurn) {
  reload = onTurn;
}

export async function load() {
  list = await get('troupe/watches?' + turner.query());
  turner.note(list);
}

export function render(rest, failure) {
  return [
    h('h1', {tabindex: '-1'}, title, list && h('span', {class: 'hint'}, ' ', count(list.total))),
    h('p', {class: 'hint'}, 'Paths that clients of this server watch.'),
    failure,
    list === null ? h('p', {class: 'quiet'}, isStale() ? 'Nothing is known yet.' : 'The server is asked …')
      : list.paths.length === 0 ? h('p', {class: 'quiet'}, 'Nothing is watched here.')
        : h('div', {class: 'card' + (isStale() ? ' past' : '')}, table('Watched paths', [
          {label: 'Path', cell: entry => path(entry.path)},
          {label: 'How many', number: true, cell: entry => count(entry.sessions.length)},
          {label: 'Sessions', cell: entry => h('span', {class: 'several'},
            entry.sessions.slice(0, LISTED).map(id => session(id)),
            entry.sessions.length > LISTED && h('span', null, 'and others'))},
        ], list.paths, entry => entry.path)),
    list !== null && turner.render(list.paths.length),
  ];
}
