// Lists that come page by page.

import {h} from './dom.js';
import {count} from './format.js';

/** Where somebody is in a list: the cursors of the pages so far. */
export function pages(onTurn) {
  let cursors = [];
  let last = null; // the answer on show
  const turn = to => {
    cursors = to;
    onTurn();
  };
  return {
    /** What to ask for. */
    query(options = {}) {
      const query = new URLSearchParams({limit: 100, ...options});
      if (cursors.length > 0) {
        query.set('after', cursors.at(-1));
      }
      return query;
    },
    note(answer) {
      last = answer;
    },
    begin() {
      cursors = [];
    },
    /** How many there are, and the way to the others. */
    render(shown) {
      if (last === null || cursors.length === 0 && !last.next) {
        return null;
      }
      return h('nav', {class: 'pages', 'aria-label': 'Pages', key: 'pages'},
        h('span', {class: 'hint'}, 'page ' + (cursors.length + 1) + ', ' + count(shown) + ' of ' + count(last.total)),
        h('button',
          {type: 'button', disabled: cursors.length === 0, onclick: () => turn(cursors.slice(0, -1))}, 'Back'),
        h('button', {type: 'button', disabled: !last.next, onclick: () => turn([...cursors, last.next])}, 'Next'));
    },
  };
}
