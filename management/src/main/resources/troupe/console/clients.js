// Who is connected to this server, and who uses how much.

import * as actions from './actions.js';
import {get} from './api.js';
import {h, table} from './dom.js';
import {NONE, count, figure, name, session, time, visible, zxid} from './format.js';
import {pages} from './pages.js';
import {isStale} from './store.js';

export const title = 'Clients';
export const every = 2_000;

const ORDERS = [['received', 'requests received'], ['sent', 'packets sent'], ['outstanding', 'requests outstanding'],
  ['latency', 'latency']];

let reload = () => {};
const turner = pages(() => reload());
let order = 'received';
let list = null;

/** @param onTurn what asks for the page, in the order, that is wanted now */
export function setUp(onTurn) {
  reload = onTurn;
}

export async function load() {
  list = await get('troupe/clients?' + turner.query({sort: order}));
  turner.note(list);
}

export function render(rest, failure) {
  return [
    h('h1', {tabindex: '-1'}, title, list && h('span', {class: 'hint'}, ' ', count(list.total))),
    failure,
    h('div', {class: 'tools', key: 'tools'},
      h('label', {class: 'field'}, 'Most first by ',
        h('select', {id: 'order', onchange: event => {
          order = event.target.value;
          turner.begin();
          reload();
        }}, ORDERS.map(([value, label]) => h('option', {value, selected: value === order}, label))))),
    list === null ? h('p', {class: 'quiet'}, isStale() ? 'Nothing is known yet.' : 'The server is asked …')
      : list.clients.length === 0 ? h('p', {class: 'quiet'}, 'Nobody is connected to this server.')
        : h('div', {class: 'card' + (isStale() ? ' past' : '')}, table('Clients of this server', [
          {label: 'Client', cell: client => name(client.client)},
          {label: 'Session', cell: client => session(client.session)},
          {label: 'Since', cell: client => time(client.connectedAt)},
          {label: 'Received', number: true, cell: client => count(client.received)},
          {label: 'Sent', number: true, cell: client => count(client.sent)},
          {label: 'Outstanding', number: true, cell: client => count(client.outstanding)},
          {label: 'Latency, ms', number: true, cell: client => client.latencyMillis
            ? figure(client.latencyMillis.avg) + ' / ' + figure(client.latencyMillis.max) : NONE},
          {label: 'Last', cell: client => client.lastOperation ? visible(client.lastOperation) : NONE},
          {label: 'Zxid', cell: client => zxid(client.lastZxid)},
        ], list.clients, client => client.client + '/' + client.connectedAt)),
    list !== null && turner.render(list.clients.length),
    h('p', {class: 'hint'}, 'Latency: mean and highest.'),
    h('section', {'aria-labelledby': 'shed-title', key: 'shed'},
      h('h2', {id: 'shed-title'}, 'Shed connections'),
      actions.note(),
      h('div', {class: 'buttons'},
        actions.button('Shed connections …', actions.shed, {danger: true, id: 'shed'}))),
  ];
}
