// What is on this server's disk, what it writes to its log files, and how it is set.

import * as actions from './actions.js';
import {get} from './api.js';
import {facts, h, icon, table} from './dom.js';
import {NONE, bytes, count, name, time, visible, zxid} from './format.js';
import {isStale} from './store.js';

export const title = 'Log';
export const every = 3_000;

const LEVELS = ['ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', 'OFF', 'RESET'];
const ROOM = {
  enough: ['good', 'good', 'enough room'],
  reserve: ['warn', 'warn', 'little room: writes are refused, deletes are not'],
  none: ['bad', 'down', 'no room'],
};

let log = null;
let snapshots = null;
let levels = null;
let settings = null;

export async function load() {
  [log, snapshots, levels, {settings}] = await Promise.all(
    ['log', 'snapshots', 'log-level', 'node'].map(what => get('troupe/' + what)));
}

export function render(rest, failure) {
  return [
    h('h1', {tabindex: '-1'}, 'Log, snapshots, settings'),
    h('p', {class: 'hint'}, 'Of this server alone.'),
    failure,
    actions.note(),
    log === null ? h('p', {class: 'quiet'}, isStale() ? 'Nothing is known yet.' : 'The server is asked …')
      : [transactions(), files(), loggers(), set()],
  ];
}

function transactions() {
  const [kind, drawing, text] = ROOM[log.room] ?? ['', 'unknown', visible(log.room ?? NONE)];
  return h('section', {class: 'card' + (isStale() ? ' past' : ''), key: 'log', 'aria-labelledby': 'log-title'},
    h('div', {class: 'card-top'}, h('h2', {id: 'log-title'}, 'Transaction log'),
      h('span', {class: 'badge ' + kind}, icon(drawing), text)),
    log.broken && h('p', {class: 'notice bad', role: 'alert'},
      icon('warn'), 'The log is broken: ' + visible(log.broken)),
    facts([
      ['Last transaction', zxid(log.last)],
      ['Accepted epoch', count(log.acceptedEpoch)],
      ['Current epoch', count(log.currentEpoch)],
      ['Records', count(log.firstRecord) + ' to ' + count(log.lastRecord)],
      ['Size', bytes(log.bytes)],
    ]),
    h('div', {class: 'buttons'}, actions.button('Compact …', actions.compact, {id: 'compact'})));
}

function files() {
  return h('section',
    {class: 'card' + (isStale() ? ' past' : ''), key: 'snapshots', 'aria-labelledby': 'snapshots-title'},
    h('h2', {id: 'snapshots-title'}, 'Snapshots'),
    snapshots.snapshots.length === 0 ? h('p', {class: 'quiet'}, 'None yet: the log holds everything.')
      : table('Snapshots', [
        {label: 'File', cell: snapshot => name(snapshot.file)},
        {label: 'Written', cell: snapshot => time(snapshot.writtenAt)},
        {label: 'Zxid', cell: snapshot => zxid(snapshot.zxid)},
        {label: 'Size', number: true, cell: snapshot => bytes(snapshot.bytes)},
        {label: 'Digest', cell: snapshot => h('span', {class: 'code'}, visible(snapshot.digest ?? NONE))},
      ], snapshots.snapshots, snapshot => snapshot.file),
    h('div', {class: 'buttons'},
      actions.button('Take a snapshot', actions.takeSnapshot, {id: 'take-snapshot'}),
      actions.button('Download a backup', actions.downloadBackup, {id: 'backup'}),
      actions.button('Restore a backup …', actions.restore,
        {danger: true, reason: actions.restoresNot(), id: 'restore'})));
}

function loggers() {
  return h('section', {class: 'card', key: 'levels', 'aria-labelledby': 'levels-title'},
    h('h2', {id: 'levels-title'}, 'What is logged'),
    table('Log levels', [
      {label: 'Logger', cell: ([logger]) => h('span', {class: 'code'}, visible(logger))},
      {label: 'Level', cell: ([, level]) => visible(level)},
    ], [['root', levels.root], ...Object.entries(levels.loggers ?? {})], ([logger]) => logger),
    h('div', {class: 'tools'},
      h('label', {class: 'field'}, 'Logger ',
        h('input', {id: 'logger', value: 'troupe', list: 'loggers', autocomplete: 'off', spellcheck: 'false'})),
      h('datalist', {id: 'loggers'}, ['root', 'troupe', 'troupe.actors', 'troupe.broadcast', 'troupe.election',
        'troupe.gateway', 'troupe.persistence', 'troupe.session'].map(value => h('option', {value}))),
      h('label', {class: 'field'}, 'Level ',
        h('select', {id: 'level'}, LEVELS.map(value => h('option', {value, selected: value === 'INFO'}, value)))),
      actions.button('Set', () => actions.setLogLevel(
        document.getElementById('logger').value, document.getElementById('level').value), {id: 'set-level'})));
}

function set() {
  const all = flat('', settings ?? {}).sort(([one], [other]) => one < other ? -1 : 1);
  return h('section', {class: 'card', key: 'settings', 'aria-labelledby': 'settings-title'},
    h('h2', {id: 'settings-title'}, 'Settings'),
    h('details', null, h('summary', null, count(all.length) + ' settings as they are in effect'),
      table('Settings', [
        {label: 'Setting', cell: ([key]) => h('span', {class: 'code'}, visible(key))},
        {label: 'Value', cell: ([, value]) => h('span', {class: 'code'}, visible(value))},
      ], all, ([key]) => key)));
}

/** Nested settings as lines of key and value. */
function flat(prefix, value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => flat(prefix === '' ? key : prefix + '.' + key, inner))
    : [[prefix, typeof value === 'string' ? value : JSON.stringify(value)]];
}
