// The last minutes of each server, gathered here for as long as the page is open and looked at. Gaps stay gaps.

import {h, svg} from './dom.js';
import {figure, moment} from './format.js';
import {isStale, store} from './store.js';

const SPAN_MILLIS = 10 * 60_000;
/** Two samples further apart than this have something unknown between them. */
const GAP_MILLIS = 5_000;
const WIDTH = 600;
const HEIGHT = 150;

/** What is plotted of a sample. A null is a gap. */
const PLOTS = [
  {of: 'rate', title: 'Requests per second', hint: 'received by each server from its clients'},
  {of: 'mean', title: 'Mean latency, ms', hint: 'of the requests that were answered between two samples'},
  {of: 'max', title: 'Highest latency, ms', hint: 'since the server started, or its figures were reset'},
];

/** By server: what was last heard, and {at, rate, mean, max} of the last minutes, oldest first. */
const servers = new Map();

let pointedAt = null; // the time that somebody points at
let render = () => {};

/** @param onPoint what makes the page anew */
export function setUp(onPoint) {
  render = onPoint;
}

/** The newest figures of a server, or null. */
export function newest(id) {
  return servers.get(id)?.samples.at(-1) ?? null;
}

/** Takes what was heard at `now`. */
export function note(ensemble, now) {
  for (const server of ensemble.servers) {
    let known = servers.get(server.id);
    if (!known) {
      servers.set(server.id, known = {last: null, samples: []});
    }
    if (!server.reached || !server.status) {
      add(known, {at: now, rate: null, mean: null, max: null});
      known.last = null;
      continue;
    }
    const status = server.status;
    const heard = server.heardAt ? Date.parse(server.heardAt) : now;
    const heardNow = server.id === ensemble.self ? now : heard;
    if (known.last && heardNow <= known.last.heard) {
      continue; // nothing has been heard since
    }
    const last = known.last;
    known.last = {heard: heardNow, at: now, received: status.received, answered: status.received - status.outstanding,
      mean: status.latencyMillis.avg, startedAt: status.startedAt};
    // counters begin anew with their server, and when somebody resets them
    const goesOn = last && last.startedAt === status.startedAt && last.received <= status.received
      && now - last.at <= GAP_MILLIS;
    add(known, goesOn
      ? {at: now, rate: (status.received - last.received) * 1000 / (heardNow - last.heard),
        mean: meanBetween(last, known.last), max: status.latencyMillis.max}
      : {at: now, rate: null, mean: null, max: status.latencyMillis.max});
  }
}

/** The mean over what was answered between two samples, from the means since the start; null if that was nothing. */
function meanBetween(last, now) {
  const answered = now.answered - last.answered;
  return answered <= 0 ? null : Math.max(0, (now.mean * now.answered - last.mean * last.answered) / answered);
}

function add(known, sample) {
  known.samples.push(sample);
  while (known.samples[0].at < sample.at - SPAN_MILLIS) {
    known.samples.shift();
  }
}

/** All plots, with one legend for each. */
export function plots() {
  const now = isStale() ? store.heardAt : Date.now();
  return h('div', {class: 'plots'}, PLOTS.map(plot => figureOf(plot, now)));
}

function figureOf(plot, now) {
  const from = now - SPAN_MILLIS;
  const ids = [...servers.keys()].sort((a, b) => a - b);
  const top = roundUp(Math.max(0, ...ids.flatMap(id => servers.get(id).samples.map(sample => sample[plot.of] ?? 0))));
  const x = at => ((at - from) / SPAN_MILLIS * WIDTH).toFixed(1);
  const y = value => (HEIGHT - value / top * HEIGHT).toFixed(1);
  const elections = (store.ensemble?.elections ?? [])
    .map(election => Date.parse(election.endedAt) - store.ahead)
    .filter(at => at > from && at < now);
  return h('figure', {class: 'plot', key: plot.of},
    h('figcaption', null, h('h3', {title: plot.hint}, plot.title),
      h('span', {class: 'when'}, pointedAt === null ? '' : moment(pointedAt))),
    h('div', {class: 'field'},
      h('div', {class: 'scale', 'aria-hidden': 'true'}, h('span', null, figure(top)), h('span', null, figure(top / 2)),
        h('span', null, '0')),
      svg('svg', {viewBox: '0 0 ' + WIDTH + ' ' + HEIGHT, preserveAspectRatio: 'none', role: 'img',
        'aria-label': plot.title + ' of each server over the last 10 minutes; the newest figures follow',
        onpointermove: event => point(from + event.offsetX / event.currentTarget.clientWidth * SPAN_MILLIS),
        onpointerleave: () => point(null)},
      [0.5, HEIGHT / 2, HEIGHT - 0.5].map(at => svg('path', {class: 'grid', d: 'M0 ' + at + 'H' + WIDTH})),
      elections.map(at => svg('path', {class: 'election', d: 'M' + x(at) + ' 0V' + HEIGHT})),
      ids.map(id => svg('path',
        {class: 'line line-' + look(ids, id), d: line(servers.get(id).samples, plot.of, x, y)})),
      pointedAt !== null && svg('path', {class: 'pointer', d: 'M' + x(pointedAt) + ' 0V' + HEIGHT})),
      h('div', {class: 'minutes', 'aria-hidden': 'true'}, h('span', null, '10 min ago'), h('span', null, '5'),
        h('span', null, isStale() ? 'last heard' : 'now'))),
    h('ul', {class: 'legend'}, ids.map(id => h('li', {key: id},
      svg('svg', {viewBox: '0 0 24 8', 'aria-hidden': 'true'},
        svg('path', {class: 'line line-' + look(ids, id), d: 'M1 4H23'})),
      'server ' + id + ' ', h('strong', null, figure(valueAt(servers.get(id).samples, plot.of)))))),
    elections.length > 0 && h('p', {class: 'hint'}, h('span', {class: 'election-key', 'aria-hidden': 'true'}),
      elections.length === 1 ? 'an election ended' : elections.length + ' elections ended'));
}

/** Colour and dashes of a server: always the same, whoever leads. */
function look(ids, id) {
  return ids.indexOf(id) % 8 + 1;
}

function point(at) {
  pointedAt = at;
  render();
}

function valueAt(samples, of) {
  if (pointedAt === null) {
    return samples.at(-1)?.[of];
  }
  const nearest = samples.reduce((best, sample) =>
    best === null || Math.abs(sample.at - pointedAt) < Math.abs(best.at - pointedAt) ? sample : best, null);
  return nearest && Math.abs(nearest.at - pointedAt) <= GAP_MILLIS ? nearest[of] : null;
}

function line(samples, of, x, y) {
  const parts = [];
  let last = null;
  for (const sample of samples) {
    if (sample[of] === null) {
      last = null;
      continue;
    }
    const joins = last !== null && sample.at - last <= GAP_MILLIS;
    // a sample alone is a dot: a line of no length with round ends
    parts.push((joins ? 'L' : 'M') + x(sample.at) + ' ' + y(sample[of]) + (joins ? '' : 'h0'));
    last = sample.at;
  }
  return parts.join('');
}

/** The next number above that is easy to read: 1, 2 or 5 with noughts. */
function roundUp(value) {
  if (value <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= value);
}

/** Whether the plots have something to show for all of their span. */
export function isFull() {
  const begun = Math.min(...[...servers.values()].map(known => known.samples[0]?.at ?? Infinity));
  return begun <= Date.now() - SPAN_MILLIS + GAP_MILLIS;
}

