// Parsing, reading and formatting, on values.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLines, writeLines } from '../harness.js';
import { LINE_ROOM, formatLine } from '../format.js';
import { BadLine, Parser } from '../parse.js';

/** A small seeded generator, so that a failure can be repeated. */
function generator(seed) {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

/** Reads `text` through a buffer of `room` bytes, in pieces of at most `most` bytes. */
function read(text, room = 64, most = 1000, random = generator(1)) {
  let rest = Buffer.from(text, 'latin1');
  const piece = (target) => {
    const count = Math.min(target.length, rest.length, 1 + random(most));
    target.set(rest.subarray(0, count));
    rest = rest.subarray(count);
    return count;
  };
  return [...readLines(piece, new Uint8Array(room), new Parser())];
}

/** What the contract says, in the plainest words. */
function oracle(text) {
  const values = [];
  for (const [index, line] of text.split('\n').entries()) {
    const digits = line.replace(/\r$/, '');
    if (digits === '') continue;
    const value = /^[-+]?\d+$/.test(digits) ? BigInt(digits.replace('+', '')) : undefined;
    if (value === undefined || BigInt.asIntN(32, value) !== value) return index + 1;
    values.push(Number(value));
  }
  return values;
}

function outcome(text, ...how) {
  try {
    return read(text, ...how);
  } catch (error) {
    if (error instanceof BadLine) return error.line;
    throw error;
  }
}

const VALUES = [0, -0x8000_0000, 0x7fff_ffff];
for (let power = 1; power < 0x7fff_ffff; power *= 10) {
  for (const value of [power - 1, power, power + 1]) VALUES.push(value, -value || 0);
}

test('takes every length, whatever the pieces', () => {
  const random = generator(2);
  for (let round = 0; round < 200; round++) {
    const values = VALUES.concat(Array.from({ length: 50 }, () => random(2 ** 32) | 0));
    const end = round % 2 ? '\r\n' : '\n';
    const text = values.join(end) + (round % 3 ? end : '');
    assert.deepEqual(read(text, 14 + random(100), 1 + random(30), random), values);
  }
});

test('agrees with the contract on lines of nearly valid bytes', () => {
  const random = generator(3);
  for (let round = 0; round < 20_000; round++) {
    let text = '';
    const length = random(24);
    for (let i = 0; i < length; i++) text += '0123456789-+\r\n\n x'[random(17)];
    assert.deepEqual(outcome(text), oracle(text), JSON.stringify(text));
  }
});

test('agrees with the contract around the range', () => {
  const random = generator(4);
  for (const around of [2147483648, 4294967296, 9999999999, 99999999999]) {
    for (let round = 0; round < 200; round++) {
      const text = `5\n${(random(2) ? 1 : -1) * (around + random(21) - 10)}\n6\n`;
      assert.deepEqual(outcome(text), oracle(text), text);
    }
  }
});

test('a line longer than the buffer is an error', () => {
  const text = `1\n${'0'.repeat(100)}\n`;
  assert.deepEqual(outcome(text, 200), [1, 0]);
  assert.equal(outcome(text, 50), 2);
});

test('a long bad line is shown in part', () => {
  assert.throws(() => read(`${'9'.repeat(60)}\n`), {
    message: `line 1: "${'9'.repeat(40)}…" is not a 32-bit integer`,
  });
});

test('formats like String', () => {
  const random = generator(5);
  const buffer = new Uint8Array(LINE_ROOM + 1);
  for (let round = 0; round < 100_000; round++) {
    const value = VALUES[round] ?? (random(2 ** 32) | 0) >> random(32);
    const end = formatLine(value, buffer, 1);
    assert.equal(Buffer.from(buffer.subarray(1, end)).toString(), `${value}\n`);
  }
});

test('writes more than one buffer', () => {
  const values = Int32Array.from({ length: 50_000 }, (_, i) => Math.imul(i, 2654435761));
  let text = '';
  let calls = 0;
  writeLines((buffer, length) => {
    text += Buffer.from(buffer.subarray(0, length)).toString();
    calls++;
  }, values);
  assert.ok(calls > 3 && text === [...values].map((value) => `${value}\n`).join(''));
});
