// Figures, times and names as people read them.

import {h} from './dom.js';

/** Where a figure is not known. */
export const NONE = '–';

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const known = value => value !== null && value !== undefined;

export function count(value) {
  return known(value) ? whole.format(value) : NONE;
}

/** "1 session", "2 sessions". */
export function plural(value, one, many = one + 's') {
  return count(value) + ' ' + (value === 1 ? one : many);
}

/** A rate or a mean: the smaller, the finer. */
export function figure(value) {
  if (!known(value)) {
    return NONE;
  }
  return value >= 100 || Number.isInteger(value) ? whole.format(value) : value.toFixed(value >= 10 ? 1 : 2);
}

export function bytes(value) {
  if (!known(value)) {
    return NONE;
  }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let rest = value;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit++;
  }
  return (unit === 0 || rest >= 100 ? whole.format(rest) : rest.toFixed(1)) + ' ' + units[unit];
}

export function percent(part) {
  return known(part) && part >= 0 ? Math.round(part * 100) + ' %' : NONE;
}

/** A duration in milliseconds. */
export function duration(millis) {
  if (!known(millis)) {
    return NONE;
  }
  if (millis < 1000) {
    return figure(millis) + ' ms';
  }
  const seconds = millis / 1000;
  if (seconds < 60) {
    return (seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)) + ' s';
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return minutes + ' min ' + Math.floor(seconds % 60) + ' s';
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? hours + ' h ' + minutes % 60 + ' min' : Math.floor(hours / 24) + ' days';
}

/** How long something has been going on; no fractions, they would only flicker. */
export function span(millis) {
  return millis < 1000 ? 'a moment' : millis < 10_000 ? Math.floor(millis / 1000) + ' s' : duration(millis);
}

const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const day = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', year: 'numeric'});

/** The time of day of a date or of milliseconds, with its date unless that is today. */
export function moment(at) {
  const date = new Date(at);
  const time = clock.format(date);
  return date.toDateString() === new Date().toDateString() ? time : day.format(date) + ' ' + time;
}

/** A time of the contract, which is a string of ISO 8601, or milliseconds. */
export function time(value) {
  if (!known(value)) {
    return NONE;
  }
  const date = new Date(value);
  return Number.isNaN(date.getTime())
    ? visible(String(value))
    : h('time', {datetime: date.toISOString(), title: date.toISOString()}, moment(date));
}

/** A zxid, which tells its epoch to those who point at it. */
export function zxid(value) {
  if (!known(value)) {
    return NONE;
  }
  const number = BigInt(value);
  return h('span', {class: 'code', title: 'epoch ' + (number >> 32n) + ', number ' + (number & 0xffff_ffffn)}, value);
}

/** Text in which nothing hides: control characters and those that turn the direction of writing are spelled out. */
export function visible(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, spelled);
}

/** The same for text of several lines. */
export function visibleLines(text) {
  return String(text).replace(/\r\n/g, '\n').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu,
    character => character === '\n' || character === '\t' ? character : spelled(character));
}

function spelled(character) {
  return '\\u{' + character.codePointAt(0).toString(16) + '}';
}

/** Somebody else's name for something, apart from the text around it whichever way it is written. */
export function name(text) {
  return h('bdi', {class: 'code'}, visible(text));
}

/** Where a znode is shown. */
export function treeLink(path) {
  return '#/tree' + path.split('/').map(encodeURIComponent).join('/').replace(/\/$/, '');
}

/** A path that leads to its znode. */
export function path(value) {
  return h('a', {class: 'path', href: treeLink(value)}, name(value));
}

/** A session's id that leads to the session. */
export function session(id) {
  return known(id) ? h('a', {class: 'code', href: '#/sessions/' + encodeURIComponent(id)}, id) : NONE;
}
