// Who leads, who is there, how far behind, and how it has been.

import * as actions from './actions.js';
import {facts, h, icon, table} from './dom.js';
import {NONE, bytes, count, duration, figure, percent, plural, span, time, visible, zxid} from './format.js';
import * as plots from './plots.js';
import {isQuorum, neededOf, sparesOf} from './quorum.js';
import {ago, isStale, leader, nodeNow, store} from './store.js';

export const title = 'Ensemble';
export const every = 1_000;

export function render(rest, failure) {
  const {ensemble} = store;
  return [
    h('h1', {tabindex: '-1'}, title),
    failure,
    ensemble === null
      ? h('p', {class: 'quiet'}, isStale() ? 'Nothing is known yet.' : 'The server is asked …')
      : [
        headline(),
        h('ul', {class: 'servers'}, ensemble.servers.map(card)),
        h('section', {'aria-labelledby': 'plots-title', key: 'plots'},
          h('h2', {id: 'plots-title'}, 'The last 10 minutes'),
          !plots.isFull() && h('p', {class: 'hint'},
            'Gathered while this page is open and visible; further back nothing is known here.'),
          plots.plots()),
        elections(),
        h('section', {'aria-labelledby': 'leadership-title', key: 'leadership'},
          h('h2', {id: 'leadership-title'}, 'Leadership'),
          actions.note(actions.leadsNot()),
          h('div', {class: 'buttons'}, actions.button('Hand over leadership …', actions.handOver,
            {danger: true, reason: actions.leadsNot(), id: 'hand-over'}))),
      ],
  ];
}

function headline() {
  const {servers} = store.ensemble;
  if (isStale()) {
    return h('div', {class: 'headline', id: 'headline'}, icon('unknown'),
      h('div', null, h('p', {class: 'big'}, 'Not known at present'),
        h('p', null, 'Servers may well serve; this console sees them through a server that does not answer.')));
  }
  const leads = leader();
  const away = servers.filter(server => !server.reached);
  const serving = servers.filter(server => server.reached && server.status?.serving);
  const kind = leads === null ? 'bad' : serving.length < servers.length ? 'warn' : 'good';
  return h('div', {class: 'headline ' + kind, id: 'headline'}, icon(leads === null ? 'warn' : 'leader'),
    h('div', null,
      h('p', {class: 'big'}, leads === null ? 'No leader is known to this server'
        : 'Server ' + leads.id + (leads.status.mode === 'standalone' ? ' serves alone' : ' leads')
          + ', epoch ' + leads.status.epoch),
      h('p', null,
        serving.length + ' of ' + plural(servers.length, 'server')
          + (serving.length === 1 ? ' serves clients. ' : ' serve clients. '),
        away.length > 0 && 'Not reached: ' + away.map(server => 'server ' + server.id).join(', ') + '. ',
        margin(servers, leads !== null))));
}

/** How much more may fail. */
function margin(servers, isLed) {
  const voters = servers.filter(server => server.role === 'voter');
  if (voters.length < 2) {
    return null;
  }
  const up = voters.filter(server => server.reached && server.status);
  if (!isQuorum(up, voters)) {
    return 'The voters that are reached are too few for a quorum.';
  }
  if (!isLed) {
    return null;
  }
  const spare = sparesOf(up, voters);
  if (spare > 0) {
    return 'The service outlives the loss of ' + plural(spare, 'more voter') + '.';
  }
  const needed = neededOf(up, voters);
  return needed.length === up.length ? 'The loss of one more voter would end the service.'
    : 'The loss of server ' + needed.map(server => server.id).join(' or of server ') + ' would end the service.';
}

/** What a server is, in a word: a drawing, a kind, and the word. */
function badge(server) {
  const badgeOf = (kind, drawing, word) => h('span', {class: 'badge ' + kind}, icon(drawing), word);
  if (isStale()) {
    return badgeOf('', 'unknown', 'not known');
  }
  if (!server.reached) {
    return badgeOf('bad', 'down', 'not reached');
  }
  if (!server.status?.serving) {
    return badgeOf('warn', 'waiting', 'serves nobody');
  }
  switch (server.status.mode) {
    case 'leader': return badgeOf('accent', 'leader', 'leads');
    case 'follower': return badgeOf('good', 'follower', 'follows');
    case 'observer': return badgeOf('good', 'observer', 'observes');
    case 'standalone': return badgeOf('accent', 'leader', 'alone');
    default: return badgeOf('', 'unknown', visible(server.status.mode ?? 'not known'));
  }
}

function card(server) {
  const known = server.status ?? store.lastKnown.get(server.id)?.status ?? null;
  const isPast = isStale() || !server.reached;
  const heardAt = server.heardAt ?? store.lastKnown.get(server.id)?.at ?? null;
  const lastHeard = () => heardAt === null ? 'It has never answered this server.'
    : ['Last heard at ', time(heardAt), ', ', ago(heardAt), ' ago', known ? '; figures from then.' : '.'];
  return h('li', {class: 'card server' + (isPast ? ' past' : ''), key: server.id, 'data-server': server.id,
    'data-reached': isStale() ? 'unknown' : String(server.reached)},
  h('div', {class: 'card-top'},
    h('h2', null, 'Server ' + server.id, server.id === store.ensemble.self && h('span', {class: 'hint'}, ' this one')),
    badge(server)),
  server.port > 0 && h('p', {class: 'hint code'}, visible(server.host) + ':' + server.port),
  isPast && h('p', {class: 'truth'}, server.reached
    ? ['Figures of ', time(store.heardAt), ', ', span(Date.now() - store.heardAt), ' ago.'] : lastHeard()),
  !isPast && known && !known.serving && h('p', {class: 'truth'},
    'It serves no clients: ' + visible(known.why ?? 'why is not known') + '.'),
  known && figures(server, known));
}

function figures(server, status) {
  const isPast = isStale() || !server.reached;
  return [
    h('div', {class: 'primary-figures'},
      big('Lag', lag(server)),
      big('Requests/s', isPast ? NONE : figure(plots.newest(server.id)?.rate)),
      big('Sessions', count(status.sessions))),
    facts([
      ['Zxid', zxid(status.zxid)],
      ['Latency', status.latencyMillis && figure(status.latencyMillis.avg) + ' ms, max '
        + figure(status.latencyMillis.max), 'mean and highest since it started'],
      ['Connections', count(status.connections)],
      ['Outstanding', count(status.outstanding), 'requests without an answer yet'],
      ['CPU', percent(status.cpuLoad), 'of all processors, by this process'],
      ['Disk free', bytes(status.diskFreeBytes)],
    ]),
    h('details', {'data-more': server.id}, h('summary', null, 'More'),
      facts([
        ['Epoch', count(status.epoch)],
        ['Znodes', count(status.znodes)],
        ['Ephemerals', count(status.ephemerals)],
        ['Data', bytes(status.dataBytes)],
        ['Heap', bytes(status.heapUsedBytes) + ' of ' + bytes(status.heapMaxBytes)],
        ['Log', bytes(status.logBytes)],
        status.since && [status.serving ? 'In this role' : 'Out of service',
          isPast ? ['since ', time(status.since)] : 'for ' + ago(status.since)],
        status.startedAt && ['Started', time(status.startedAt)],
        ['Client port', status.clientPort ?? NONE],
        ['Version', visible(status.version ?? NONE)],
      ])),
  ];
}

function big(label, value) {
  return h('div', null, h('span', {class: 'figure'}, value), h('span', {class: 'hint'}, label));
}

function lag(server) {
  if (isStale() || !server.reached || !server.status?.serving) {
    return NONE;
  }
  if (server.id === leader()?.id) {
    return 'leads';
  }
  if (server.inStep === false) {
    return 'not in step';
  }
  return server.lag === null || server.lag === undefined ? NONE : server.lag === 0 ? 'none' : count(server.lag);
}

function elections() {
  return h('section', {'aria-labelledby': 'elections-title', key: 'elections'},
    h('h2', {id: 'elections-title'}, 'Elections'),
    h('p', {class: 'hint'}, 'As server ' + store.ensemble.self + ' has seen them since it started, newest first.'),
    store.ensemble.elections.length === 0
      ? h('p', {class: 'quiet'}, 'None yet.')
      : table('Elections, newest first', [
        {label: 'Ended', cell: election => time(election.endedAt)},
        {label: 'How long ago', cell: election => span(Math.max(0, nodeNow() - Date.parse(election.endedAt)))},
        {label: 'Leader', cell: election => election.leader === null ? NONE : 'server ' + election.leader},
        {label: 'Epoch', number: true, cell: election => count(election.epoch)},
        {label: 'Without service', number: true, cell: election => duration(election.unavailableMillis)},
      ], store.ensemble.elections, election => election.endedAt + '/' + election.epoch));
}
