// Elements, and how a page that is made anew each second stays the same page: focus, selection and scroll are kept.
// Text is only ever set as text. What znodes and clients are called is written by others, and is never markup here.

const SVG = 'http://www.w3.org/2000/svg';
const HANDLERS = ['onclick', 'onkeydown', 'onsubmit', 'oninput', 'onchange', 'onpointermove', 'onpointerleave'];

function make(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === 'key') {
      element.key = value;
    } else if (name === 'style') {
      Object.assign(element.style, value);
    } else if (HANDLERS.includes(name)) {
      element[name] = value;
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...nodes(children));
  return element;
}

/** Strings become text; what is null, undefined or false is left out. */
function nodes(children) {
  return children.flat(Infinity)
    .filter(child => child !== null && child !== undefined && child !== false)
    .map(child => child instanceof Node ? child : document.createTextNode(String(child)));
}

/** An HTML element. A `key` tells it from its siblings when the page is made anew. */
export function h(tag, props, ...children) {
  return make(document.createElement(tag), props, children);
}

/** An SVG element. */
export function svg(tag, props, ...children) {
  return make(document.createElementNS(SVG, tag), props, children);
}

/** One of the drawings in index.html; it says nothing that the text beside it does not. */
export function icon(name) {
  return svg('svg', {class: 'icon', 'aria-hidden': 'true'}, svg('use', {href: '#i-' + name}));
}

/**
 * Makes the children of `parent` like `children`, which are new, and leaves alone what is as it should be. What
 * somebody has typed or chosen is no attribute, and stays.
 */
export function show(parent, ...children) {
  const keyed = new Map();
  for (const child of parent.childNodes) {
    if (child.key !== undefined) {
      keyed.set(child.key, child);
    }
  }
  let at = parent.firstChild;
  for (const wanted of nodes(children)) {
    const old = wanted.key === undefined ? at : keyed.get(wanted.key);
    if (old && isLike(old, wanted)) {
      if (old === at) {
        at = at.nextSibling;
      } else {
        parent.insertBefore(old, at);
      }
      adopt(old, wanted);
    } else {
      parent.insertBefore(wanted, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function isLike(old, wanted) {
  return old.nodeName === wanted.nodeName && old.key === wanted.key;
}

function adopt(old, wanted) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== wanted.data) {
      old.data = wanted.data;
    }
    return;
  }
  // the style attribute may not be set under this page's content security policy, the style may
  if (old.style.cssText !== wanted.style.cssText) {
    old.style.cssText = wanted.style.cssText;
  }
  for (const {name} of [...old.attributes]) {
    // whether details are open is up to who looks at them
    if (!wanted.hasAttribute(name) && name !== 'style' && name !== 'open') {
      old.removeAttribute(name);
    }
  }
  for (const {name, value} of wanted.attributes) {
    if (name !== 'style' && name !== 'open' && old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
  for (const handler of HANDLERS) {
    if (old[handler] !== wanted[handler]) {
      old[handler] = wanted[handler];
    }
  }
  show(old, ...wanted.childNodes);
}

/**
 * A table; on a phone each row is a card, so each cell knows the name of its column, and every part its role.
 *
 * @param caption what it lists, for those who hear it
 * @param columns {label, cell: row => content, number: whether figures are lined up}
 * @param key row => what tells it from others
 */
export function table(caption, columns, rows, key) {
  const kind = column => column.number ? 'number' : null;
  return h('table', {role: 'table'},
    h('caption', {class: 'unseen'}, caption),
    h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'}, columns.map(column =>
      h('th', {role: 'columnheader', scope: 'col', class: kind(column)}, column.label)))),
    h('tbody', {role: 'rowgroup'}, rows.map(row =>
      h('tr', {role: 'row', key: key(row)}, columns.map(column =>
        h('td', {role: 'cell', class: kind(column), 'data-label': column.label},
          h('span', null, column.cell(row))))))));
}

/** Names with their values. */
export function facts(entries, props) {
  return h('dl', {class: 'facts', ...props}, entries
    .filter(entry => entry)
    .map(([name, value, hint]) => h('div', {title: hint}, h('dt', null, name), h('dd', null, value))));
}
