// The script inside report.html, as far as it needs no browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import report from '../../xtask/src/document/html/report.js';

const { compareFields, matches } = report;
const figure = (value) => ({ value, text: `${value} ms` });
const text = (text) => ({ value: null, text });

function sorted(fields, direction) {
  const compare = (a, b) => compareFields(a, b, direction);
  return [...fields].sort(compare).map((field) => field.value ?? field.text);
}

test('figures are ordered by value, not by text', () => {
  const fields = [figure(10), figure(9), figure(-1), figure(0.5), figure(0)];
  assert.deepEqual(sorted(fields, 1), [-1, 0, 0.5, 9, 10]);
  assert.deepEqual(sorted(fields, -1), [10, 9, 0.5, 0, -1]);
});

test('what has no figure comes last in both directions, empty fields at the very end', () => {
  const fields = [text(''), text('timeout'), figure(2), text('–'), figure(1), text('failed')];
  assert.deepEqual(sorted(fields, 1), [1, 2, 'failed', 'timeout', '', '–']);
  assert.deepEqual(sorted(fields, -1), [2, 1, 'timeout', 'failed', '', '–']);
});

test('texts are ordered as people do', () => {
  const fields = ['wasmtime', 'é', 'Bun', '10KB', 'f', 'bun', '1KB', '2KB'].map(text);
  assert.deepEqual(sorted(fields, 1), ['1KB', '2KB', '10KB', 'bun', 'Bun', 'é', 'f', 'wasmtime']);
});

test('equal fields keep their order', () => {
  const fields = [2, 1, 1, 2].map((value, index) => ({ value, text: `${index}` }));
  const order = (direction) =>
    fields.toSorted((a, b) => compareFields(a, b, direction)).map((field) => field.text);
  assert.deepEqual([order(1), order(-1)], [['1', '2', '0', '3'], ['0', '3', '1', '2']]);
});

test('a row matches when it holds all words, whatever their order and case', () => {
  const row = 'merge/1MB/random/wasmtime:aot 12.3 ms';
  for (const query of ['', '  ', 'MERGE', 'aot merge', ' 12.3  ms ', '1mb/random']) {
    assert.ok(matches(row, query), query);
  }
  for (const query of ['quick', 'merge jit', 'mergeaot', '.*']) {
    assert.ok(!matches(row, query), query);
  }
});
