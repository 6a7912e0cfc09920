// The tree: browsed, searched, and one znode in full.

import {tell} from './actions.js';
import {Refused, get} from './api.js';
import {facts, h, icon, table} from './dom.js';
import {NONE, bytes, count, name, plural, session, time, treeLink, visible, visibleLines, zxid}
  from './format.js';
import {isStale} from './store.js';

export const title = 'Tree';
export const every = 2_000;

const PAGE = 100;
const TYPING_MILLIS = 250;
const FORMS = [['text', 'Text'], ['json', 'JSON'], ['hex', 'Hex']];

let redraw = () => {};

let selected = '/';
let form = 'text';
let node = null; // what the node says of the selected path
let gone = null; // why it says nothing
let watchers = null; // {path, sessions}: who watches it, once that was asked

/** By path: {children, next, total}, as far as it was looked at. */
const known = new Map();
const open = new Set(['/']);
let focused = '/';
let turn = 0; // whose turn it is to be looked at again

let search = {text: '', paths: [], next: null, failure: null, done: false};
let typing = null;

/** @param onChange what makes the page anew */
export function setUp(onChange) {
  redraw = onChange;
}

function pathOf(rest) {
  return '/' + rest.split('/').filter(part => part !== '').map(decoded).join('/');
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parentOf(path) {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function childOf(path, child) {
  return path === '/' ? '/' + child : path + '/' + child;
}

function ancestorsOf(path) {
  const ancestors = [];
  for (let at = path; at !== '/';) {
    at = parentOf(at);
    ancestors.unshift(at);
  }
  return ancestors;
}

export function enter(rest) {
  const path = pathOf(rest);
  if (path !== selected) {
    selected = path;
    node = null;
    gone = null;
    watchers = null;
  }
  focused = path;
  ancestorsOf(path).forEach(ancestor => open.add(ancestor));
}

function ask(path, options = {}) {
  const query = new URLSearchParams({path, limit: PAGE, ...options});
  return get('troupe/tree?' + query);
}

/** Takes a first page of children, unless more pages are there already. */
function note(path, answer) {
  const before = known.get(path);
  if (!before || before.children.length <= PAGE) {
    known.set(path, {children: answer.children, next: answer.next, total: answer.total});
  }
}

function forget(path) {
  for (const other of [...known.keys(), ...open]) {
    if (other === path || other.startsWith(path === '/' ? '/' : path + '/')) {
      known.delete(other);
      open.delete(other);
    }
  }
}

export async function load(rest) {
  const path = pathOf(rest);
  const as = form;
  try {
    const answer = await ask(path, {as});
    if (path === selected && as === form) {
      node = answer;
      gone = null;
    }
    note(path, answer);
  } catch (failure) {
    if (!(failure instanceof Refused) || ![400, 404].includes(failure.status)) {
      throw failure;
    }
    node = null;
    gone = failure.message;
    forget(path);
  }
  if (watchers?.path === path) {
    watchers = {path, ...await watchersOf(path)};
  }
  // the way to it, and of the rest that is open one at a time
  const missing = [...open].filter(other => !known.has(other));
  const others = [...open].filter(other => other !== path && !missing.includes(other));
  if (others.length > 0) {
    missing.push(others[turn++ % others.length]);
  }
  for (const other of missing) {
    await lookInto(other);
  }
}

async function lookInto(path) {
  try {
    note(path, await ask(path));
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.status !== 404) {
      throw failure;
    }
    forget(path);
  }
}

async function watchersOf(path) {
  const {paths, next} = await get('troupe/watches?limit=1000');
  return {sessions: paths.find(entry => entry.path === path)?.sessions ?? [], partial: next !== null};
}

/** Waits for what somebody has asked for, and shows it or says why not. */
async function then(doing) {
  try {
    await doing;
  } catch (failure) {
    if (!(failure instanceof Refused)) {
      throw failure;
    }
    tell(visible(failure.message), 'bad');
  }
  redraw();
}

function toggle(path) {
  if (open.has(path)) {
    open.delete(path);
  } else {
    open.add(path);
    then(lookInto(path));
  }
  redraw();
}

async function more(path) {
  const page = known.get(path);
  const answer = await ask(path, {after: page.next});
  known.set(path, {
    children: [...page.children, ...answer.children], next: answer.next, total: answer.total});
}

export function render(rest, failure) {
  return [
    h('h1', {tabindex: '-1'}, title),
    h('form', {class: 'search', role: 'search', onsubmit: event => event.preventDefault()},
      icon('search'),
      h('label', {for: 'search', class: 'unseen'}, 'Search for paths that contain'),
      h('input', {id: 'search', type: 'search', placeholder: 'Search paths', autocomplete: 'off', spellcheck: 'false',
        'aria-keyshortcuts': '/', oninput: typed, onkeydown: searchKey}),
      h('kbd', {'aria-hidden': 'true', class: 'wide'}, '/')),
    failure,
    search.text !== '' && results(),
    h('div', {class: 'tree-and-node', key: 'tree-and-node'},
      h('div', {class: 'card tree-pane'},
        h('ul', {role: 'tree', 'aria-label': 'Znodes', onkeydown: treeKey}, rows())),
      h('article', {class: 'card node' + (isStale() ? ' past' : ''), 'aria-label': 'Znode', key: 'node'}, znode())),
  ];
}

function typed(event) {
  const text = event.target.value;
  clearTimeout(typing);
  search = {...search, text, done: false};
  if (text === '') {
    redraw();
    return;
  }
  typing = setTimeout(async () => {
    let found;
    try {
      found = {...await get('troupe/search?' + new URLSearchParams({text, limit: PAGE})), failure: null};
    } catch (failure) {
      if (!(failure instanceof Refused)) {
        throw failure;
      }
      found = {paths: [], next: null, failure: failure.message};
    }
    if (search.text === text) {
      search = {text, ...found, done: true};
      redraw();
    }
  }, TYPING_MILLIS);
}

function searchKey(event) {
  if (event.key === 'Escape') {
    endSearch();
  } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
    const first = document.querySelector('#results a');
    if (first) {
      event.preventDefault();
      if (event.key === 'Enter') {
        first.click();
      } else {
        first.focus();
      }
    }
  }
}

function endSearch() {
  document.getElementById('search').value = '';
  search = {...search, text: ''};
  redraw();
}

function results() {
  return h('section', {class: 'card', id: 'results', 'aria-label': 'What was found', key: 'results'},
    !search.done ? h('p', {class: 'quiet'}, 'Searching …')
      : search.failure ? h('p', {class: 'truth'}, visible(search.failure))
        : [
          h('p', {class: 'hint', role: 'status'}, search.paths.length === 0 ? 'No path contains that.'
            : plural(search.paths.length, 'path')
              + (search.next === null ? '' : ', and there are more: a longer text finds less')),
          h('ul', {class: 'plain-list', onkeydown: resultKey}, search.paths.map(path => h('li', {key: path},
            h('a', {class: 'path', href: treeLink(path), onclick: endSearch},
              h('bdi', {class: 'code'}, marked(path)))))),
        ]);
}

function resultKey(event) {
  const links = [...event.currentTarget.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === 'ArrowDown') {
    links[Math.min(links.length - 1, at + 1)].focus();
  } else if (event.key === 'ArrowUp') {
    (at === 0 ? document.getElementById('search') : links[at - 1]).focus();
  } else if (event.key === 'Escape') {
    endSearch();
    document.getElementById('search').focus();
  } else {
    return;
  }
  event.preventDefault();
}

function marked(path) {
  const at = path.indexOf(search.text);
  return at < 0 ? visible(path) : [visible(path.slice(0, at)),
    h('mark', null, visible(path.slice(at, at + search.text.length))), visible(path.slice(at + search.text.length))];
}

/** Everything that is open, from the root on; and where there is more than is there yet, a line for that. */
function lines() {
  const all = [];
  const add = (path, label, level, hasChildren, isEphemeral) => {
    const isOpen = open.has(path) && hasChildren;
    all.push({id: path, path, label, level, isOpen, hasChildren, isEphemeral, isMore: false});
    if (!isOpen) {
      return;
    }
    const page = known.get(path);
    for (const child of page?.children ?? []) {
      add(childOf(path, child.name), child.name, level + 1, child.numChildren > 0, child.ephemeralOwner !== null);
    }
    if (page?.next) {
      all.push({id: path + '\0', path, label: count(page.total - page.children.length) + ' more …', level: level + 1,
        isOpen: false, hasChildren: false, isEphemeral: false, isMore: true});
    }
  };
  add('/', '/', 1, true, false);
  return all;
}

function rows() {
  const all = lines();
  // what had the focus may be gone, or not be there yet
  const reached = [focused, selected, '/'].find(id => all.some(line => line.id === id));
  return all.map(line => h('li', {
    role: 'treeitem', key: line.id, 'data-path': line.id, 'aria-level': line.level,
    'aria-expanded': line.hasChildren ? String(line.isOpen) : null,
    'aria-selected': String(line.id === selected),
    tabindex: line.id === reached ? '0' : '-1', style: indent(line),
    onclick: event => event.target.closest('.twist') && line.hasChildren ? toggle(line.path) : choose(line)},
  h('span', {class: 'twist', 'aria-hidden': 'true'}, line.hasChildren ? '▸' : ''),
  line.isMore ? h('span', {class: 'link-like'}, line.label) : name(line.label),
  line.isEphemeral && h('span', {class: 'tag'}, 'ephemeral')));
}

function indent(line) {
  return {paddingInlineStart: (line.level - 1) * 1.1 + 0.3 + 'rem'};
}

function choose(line) {
  if (line.isMore) {
    then(more(line.path));
  } else {
    open.add(line.path);
    location.hash = treeLink(line.path);
  }
}

function treeKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const all = lines();
  const at = all.findIndex(line => line.id === event.target.dataset.path);
  const line = all[at];
  if (!line) {
    return;
  }
  const go = id => {
    focused = id;
    redraw();
    [...document.querySelectorAll('[role=treeitem]')].find(item => item.dataset.path === id)?.focus();
  };
  switch (event.key) {
    case 'ArrowDown': go(all[Math.min(all.length - 1, at + 1)].id); break;
    case 'ArrowUp': go(all[Math.max(0, at - 1)].id); break;
    case 'Home': go('/'); break;
    case 'End': go(all.at(-1).id); break;
    case 'ArrowRight':
      if (line.hasChildren && !line.isOpen) {
        toggle(line.path);
      } else if (all[at + 1]?.level > line.level) {
        go(all[at + 1].id);
      }
      break;
    case 'ArrowLeft':
      if (line.isOpen) {
        toggle(line.path);
      } else {
        go(line.isMore ? line.path : parentOf(line.path));
      }
      break;
    case 'Enter':
    case ' ': choose(line); break;
    default: return;
  }
  event.preventDefault();
}

function znode() {
  return [
    h('nav', {class: 'crumbs', 'aria-label': 'Path'}, h('a', {href: '#/tree', 'aria-label': 'the root'}, '/'),
      [...ancestorsOf(selected).slice(1), ...selected === '/' ? [] : [selected]].map((path, at) => [
        at > 0 && h('span', {'aria-hidden': 'true'}, '/'),
        h('a', {href: treeLink(path), 'aria-current': path === selected ? 'location' : null},
          name(path.slice(path.lastIndexOf('/') + 1)))])),
    gone !== null ? h('p', {class: 'notice warn', role: 'status'}, icon('warn'), visible(gone))
      : node === null ? h('p', {class: 'quiet'}, isStale() ? 'Nothing is known of it yet.' : 'The server is asked …')
        : [data(), stat(), acl(), watches(), children()],
  ];
}

function data() {
  const {value, as, truncated} = node.data;
  return h('section', {key: 'data', 'aria-labelledby': 'data-title'},
    h('div', {class: 'card-top'}, h('h2', {id: 'data-title'}, 'Data'),
      h('fieldset', {class: 'choice'}, h('legend', {class: 'unseen'}, 'Shown as'), FORMS.map(([value, label]) =>
        h('label', null,
          h('input', {type: 'radio', name: 'form', value, checked: value === form, onchange: chooseForm}),
          h('span', null, label))))),
    value === null || value === undefined ? h('p', {class: 'quiet'}, 'No data.')
      : value === '' ? h('p', {class: 'quiet'}, 'Data of no length.')
        : h('pre', {class: 'data', tabindex: '0', 'aria-label': 'Data as ' + as}, visibleLines(pretty(value, as))),
    as !== form && h('p', {class: 'hint'},
      'It is no ' + (form === 'json' ? 'JSON' : form) + ', so it is shown as ' + visible(as) + '.'),
    truncated && h('p', {class: 'hint'}, 'Only the beginning is shown, of ' + bytes(node.stat.dataLength) + '.'));
}

function chooseForm(event) {
  form = event.target.value;
  then(load(selected.split('/').map(encodeURIComponent).join('/')));
}

function pretty(value, as) {
  if (typeof value !== 'string') {
    return JSON.stringify(value, null, 2);
  }
  if (as === 'json') {
    try {
      return JSON.stringify(JSON.parse(value), null, 2);
    } catch {
      return value;
    }
  }
  return as === 'hex' ? value.replace(/../g, '$& ').replace(/(?:.. ){16}/g, '$&\n').trim() : value;
}

function stat() {
  const {stat} = node;
  return h('section', {key: 'stat', 'aria-labelledby': 'stat-title'}, h('h2', {id: 'stat-title'}, 'Stat'), facts([
    ['Created', time(stat.ctime), 'ctime'],
    ['Changed', time(stat.mtime), 'mtime'],
    ['Version', count(stat.version), 'version: changes of the data'],
    ['Children’s version', count(stat.cversion), 'cversion: changes of the list of children'],
    ['ACL’s version', count(stat.aversion), 'aversion: changes of the ACL'],
    ['Data', bytes(stat.dataLength), 'dataLength'],
    ['Children', count(stat.numChildren), 'numChildren'],
    ['Created by', zxid(stat.czxid), 'czxid'],
    ['Changed by', zxid(stat.mzxid), 'mzxid'],
    ['Children changed by', zxid(stat.pzxid), 'pzxid'],
    ['Ephemeral of', stat.ephemeralOwner === null ? 'nobody' : session(stat.ephemeralOwner), 'ephemeralOwner'],
  ]));
}

const PERMISSIONS = {c: 'create', d: 'delete', r: 'read', w: 'write', a: 'admin'};

function acl() {
  return h('section', {key: 'acl', 'aria-labelledby': 'acl-title'}, h('h2', {id: 'acl-title'}, 'ACL'),
    table('Access control list', [
      {label: 'Who', cell: entry => [visible(entry.scheme), ':', name(entry.id)]},
      {label: 'May', cell: entry => entry.permissions === '' ? 'nothing'
        : [...entry.permissions].map(letter => PERMISSIONS[letter] ?? visible(letter)).join(', ')},
    ], node.acl, entry => entry.scheme + ':' + entry.id + ':' + entry.permissions));
}

function watches() {
  const asked = watchers?.path === selected && watchers.sessions;
  return h('section', {key: 'watches', 'aria-labelledby': 'watches-title'},
    h('h2', {id: 'watches-title'}, 'Watches'),
    h('p', null, node.watchers === 0 ? 'No session of this server watches it. '
      : plural(node.watchers, 'session') + ' of this server ' + (node.watchers === 1 ? 'watches' : 'watch') + ' it. ',
    node.watchers > 0 && !asked && h('button', {type: 'button', class: 'plain link-like', onclick: who}, 'Which?')),
    asked && h('ul', {class: 'plain-list'}, watchers.sessions.map(id => h('li', {key: id}, session(id)))),
    asked && watchers.partial && h('p', {class: 'hint'}, 'More may be listed among all ',
      h('a', {href: '#/watches'}, 'watches'), '.'));
}

async function who() {
  const path = selected;
  await then(watchersOf(path).then(found => {
    watchers = {path, ...found};
  }));
}

function children() {
  const page = known.get(selected);
  return page && h('section', {key: 'children', 'aria-labelledby': 'children-title'},
    h('h2', {id: 'children-title'}, 'Children', h('span', {class: 'hint'}, ' ', count(page.total))),
    page.children.length > 0 && table('Children of this znode', [
      {label: 'Name', cell: child =>
        h('a', {class: 'path', href: treeLink(childOf(selected, child.name))}, name(child.name))},
      {label: 'Data', number: true, cell: child => bytes(child.dataLength)},
      {label: 'Children', number: true, cell: child => count(child.numChildren)},
      {label: 'Ephemeral of', cell: child => child.ephemeralOwner === null ? NONE : session(child.ephemeralOwner)},
    ], page.children, child => child.name),
    page.next && h('div', {class: 'buttons'},
      h('button', {type: 'button', onclick: () => then(more(selected))}, 'More')));
}
