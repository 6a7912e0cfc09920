// The requests that took longest, and where their time went.

import {get} from './api.js';
import {h, table} from './dom.js';
import {NONE, duration, name, path, session, time, visible, zxid} from './format.js';
import {isStale} from './store.js';

export const title = 'Slow requests';
export const every = 2_000;

let slow = null;

export async function load() {
  slow = await get('troupe/slow');
}

export function render(rest, failure) {
  return [
    h('h1', {tabindex: '-1'}, title),
    slow && h('p', {class: 'hint'}, 'Requests to this server that took ' + duration(slow.thresholdMillis)
      + ' or longer, newest first.'),
    failure,
    slow === null ? h('p', {class: 'quiet'}, isStale() ? 'Nothing is known yet.' : 'The server is asked …')
      : slow.requests.length === 0 ? h('p', {class: 'quiet'}, 'None since it started. That is how it should be.')
        : [
          h('p', {class: 'legend', 'aria-hidden': 'true'},
            h('span', {class: 'stage waited'}), 'waited', h('span', {class: 'stage served'}), 'served'),
          h('div', {class: 'card' + (isStale() ? ' past' : '')}, table('Slow requests, newest first', [
            {label: 'When', cell: request => time(request.at)},
            {label: 'Operation', cell: request => visible(request.operation)},
            {label: 'Path', cell: request => request.path ? path(request.path) : NONE},
            {label: 'Took', number: true, cell: request => h('strong', null, duration(request.millis))},
            {label: 'Of it', cell: stages},
            {label: 'Session', cell: request => session(request.session)},
            {label: 'Client', cell: request => request.client ? name(request.client) : NONE},
            {label: 'Zxid', cell: request => zxid(request.zxid)},
          ], slow.requests, keyOf())),
        ],
  ];
}

/** Several requests may be alike in all that is told of them. */
function keyOf() {
  const seen = new Map();
  return request => {
    const key = JSON.stringify(request);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return key + '#' + seen.get(key);
  };
}

function stages(request) {
  const longest = Math.max(...slow.requests.map(other => other.millis), 1);
  const wide = millis => ({width: Math.max(1, millis / longest * 100) + '%'});
  const {waitedMillis, servedMillis} = request;
  return h('span', {class: 'stages'},
    h('span', {class: 'bar', 'aria-hidden': 'true'},
      h('span', {class: 'stage waited', style: wide(waitedMillis ?? 0)}),
      h('span', {class: 'stage served', style: wide(servedMillis ?? 0)})),
    h('span', {class: 'hint'}, duration(waitedMillis) + ' waited, ' + duration(servedMillis) + ' served'));
}
