// The tables of report.html: sorting, filtering, and opening the samples that a link leads to.
// Without it the page only lacks these.
'use strict';

/** Tables with fewer rows are read faster than filtered. */
const FILTERED_FROM = 8;
const NEXT_ORDER = { none: 'ascending', ascending: 'descending', descending: 'none' };
const [FIGURE, TEXT, EMPTY] = [0, 1, 2];
const collator = new Intl.Collator('en', { numeric: true });

/**
 * Orders two fields `{ value, text }`. In both directions (1 and -1) figures come first,
 * then texts such as "timeout", then what is empty.
 */
function compareFields(a, b, direction = 1) {
  if (kind(a) !== kind(b)) return kind(a) - kind(b);
  if (kind(a) === EMPTY) return 0;
  return direction * (kind(a) === FIGURE ? a.value - b.value : collator.compare(a.text, b.text));
}

function kind({ value, text }) {
  if (value !== null) return FIGURE;
  return text === '' || text === '–' ? EMPTY : TEXT;
}

/** Does a text hold all words of a query, in any order and case? */
function matches(text, query) {
  const lower = text.toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => lower.includes(word));
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function fieldOf(row, column) {
  const cell = row.cells[column];
  const value = cell?.dataset.value;
  return { value: value === undefined ? null : Number(value), text: cell?.textContent.trim() ?? '' };
}

/** Makes each header of a table a button: ascending, descending, as it was. */
function makeSortable(table) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const headers = [...table.tHead.rows[0].cells];
  const sort = (header, column) => {
    const order = NEXT_ORDER[header.getAttribute('aria-sort')];
    for (const other of headers) other.setAttribute('aria-sort', 'none');
    header.setAttribute('aria-sort', order);
    if (order === 'none') return body.append(...original);
    const direction = order === 'ascending' ? 1 : -1;
    const fields = new Map(original.map((row) => [row, fieldOf(row, column)]));
    const compare = (a, b) => compareFields(fields.get(a), fields.get(b), direction);
    body.append(...[...original].sort(compare));
  };
  headers.forEach((header, column) => {
    const button = element('button', { type: 'button' }, ...header.childNodes);
    button.addEventListener('click', () => sort(header, column));
    header.append(button);
    header.setAttribute('aria-sort', 'none');
  });
}

/** Puts a field above a table that hides the rows which do not hold all words typed. */
function makeFilterable(table) {
  const rows = [...table.tBodies[0].rows];
  const texts = rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(' '));
  const count = element('output', {});
  count.setAttribute('aria-live', 'polite');
  const input = element('input', { type: 'search', placeholder: 'words', autocomplete: 'off' });
  const filter = () => {
    let shown = 0;
    rows.forEach((row, index) => {
      row.hidden = !matches(texts[index], input.value);
      if (!row.hidden) shown += 1;
    });
    count.textContent = `${shown} of ${rows.length} rows`;
  };
  const scroll = table.parentElement;
  input.setAttribute('aria-label', `Filter rows: ${scroll.getAttribute('aria-label')}`);
  input.addEventListener('input', filter);
  const label = element('label', {}, 'Filter rows ', input);
  scroll.before(element('p', { className: 'filter' }, ...titleOf(table), label, count));
  filter();
}

/** The caption once more, for the line above the table; it is read out with the table already. */
function titleOf({ caption }) {
  if (!caption) return [];
  const title = element('strong', {}, ...caption.cloneNode(true).childNodes);
  title.setAttribute('aria-hidden', 'true');
  return [title];
}

/** Opens the samples that the address leads to and moves the focus there; are there any? */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.tagName !== 'DETAILS') return false;
  target.open = true;
  target.firstElementChild.focus({ preventScroll: true });
  target.scrollIntoView();
  return true;
}

/** Follows links to samples, and back to the link that led there. */
function followLinks() {
  const links = new Map();
  let clicked = '';
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    clicked = link.hash;
    links.set(clicked, link);
    // The address does not change; the samples may have been closed again.
    if (clicked === location.hash && openTarget()) event.preventDefault();
  });
  addEventListener('hashchange', (event) => {
    if (openTarget() || clicked === location.hash) return;
    links.get(new URL(event.oldURL).hash)?.focus({ preventScroll: true });
  });
  // Later the browser would move the focus again.
  addEventListener('load', openTarget);
}

/** Paper shows all samples, and what is folded. */
function openForPrint() {
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
}

function start() {
  for (const table of document.querySelectorAll('main > .scroll > table, .fold > .scroll > table')) {
    makeSortable(table);
    if (table.tBodies[0].rows.length >= FILTERED_FROM) makeFilterable(table);
  }
  // There are hundreds of tables of samples: each is made sortable when it is first seen.
  for (const details of document.querySelectorAll('details:not(.fold)')) {
    const table = details.querySelector('table');
    details.addEventListener('toggle', () => makeSortable(table), { once: true });
  }
  followLinks();
  openForPrint();
}

// A test takes the functions instead.
if (typeof module === 'undefined') start();
else module.exports = { compareFields, matches };
