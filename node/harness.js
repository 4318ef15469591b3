// What every program shares: arguments, reading, writing, timing and errors.
//
// The JavaScript twin of guests/harness: the same interface, the same exit statuses
// (0 done, 1 failed and no output file, 2 wrong usage), the same line on standard
// output. Only node:fs and node:process are used, so that Bun and Deno run it too.

import fs from 'node:fs';
import process from 'node:process';
import { Parser } from './parse.js';
import { LINE_ROOM, formatLine } from './format.js';

/** Bytes of the one I/O buffer that reading and writing each use. */
export const IO_BUFFER_BYTES = 128 * 1024;

/**
 * Reads INPUT, calls `sort` with an Int32Array, writes OUTPUT, prints the phases.
 * @param {(values: Int32Array) => void} sort
 */
export function main(sort) {
  run((input, output) => {
    const start = process.hrtime.bigint();
    const values = attempt(input, () => readFile(input));
    const read = process.hrtime.bigint();
    sort(values);
    const sorted = process.hrtime.bigint();
    attempt(output, () => writeFile(output, values));
    const written = process.hrtime.bigint();
    return {
      items: values.length,
      read: read - start,
      sort: sorted - read,
      write: written - sorted,
    };
  });
}

/** Accepts the same arguments but touches no file: the cost of starting. */
export function mainWithoutWork() {
  run(() => ({ items: 0, read: 0n, sort: 0n, write: 0n }));
}

function run(work) {
  const [input, output, ...more] = process.argv.slice(2);
  if (output === undefined || more.length > 0) {
    const program = process.argv[1]?.replace(/^.*[/\\]/, '') ?? 'GUEST';
    fail(2, `usage: ${program} INPUT OUTPUT`);
    return;
  }
  try {
    const { items, read, sort, write } = work(input, output);
    const line = `items=${items} read_ns=${read} sort_ns=${sort} write_ns=${write}\n`;
    attempt('standard output', () => writeAll(1, Buffer.from(line), line.length));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    fail(1, error.message);
  }
}

/** An error that is told in one line; anything else is a bug and keeps its stack. */
class Failure extends Error {}

function attempt(path, action) {
  try {
    return action();
  } catch (error) {
    throw new Failure(`${path}: ${error.message}`, { cause: error });
  }
}

function fail(status, message) {
  fs.writeSync(2, `${message}\n`);
  process.exitCode = status;
}

/**
 * Reads the integers of a file, one a line.
 * @param {string} path
 * @returns {Int32Array}
 * @throws for a file that cannot be read, and BadLine for the first bad line
 */
export function readFile(path) {
  const file = fs.openSync(path, 'r');
  try {
    const buffer = new Uint8Array(IO_BUFFER_BYTES);
    const parser = new Parser(estimateItems(file, buffer));
    return readLines((room) => fs.readSync(file, room), buffer, parser);
  } finally {
    fs.closeSync(file);
  }
}

/**
 * @param {(room: Uint8Array) => number} read fills the room's start, 0 at the end
 * @param {Uint8Array} buffer longer than the longest line
 * @param {Parser} parser
 * @returns {Int32Array}
 */
export function readLines(read, buffer, parser) {
  // The buffer starts with the `filled` bytes of a line that has not ended yet.
  let filled = 0;
  for (;;) {
    const count = read(buffer.subarray(filled));
    parser.reserve(mostItems(filled + count));
    if (count === 0) {
      if (filled > 0) parser.line(buffer.subarray(0, filled));
      return parser.integers();
    }
    filled += count;
    const end = buffer.subarray(0, filled).lastIndexOf(0x0a) + 1;
    parser.lines(buffer, end);
    buffer.copyWithin(0, end, filled);
    filled -= end;
    if (filled === buffer.length) throw parser.badLine(buffer);
  }
}

/** The most integers that so many bytes of text can hold: a digit and a line end each. */
const mostItems = (bytes) => Math.ceil(bytes / 2);

/** Where a long file is looked at to estimate its number of lines; see guests/harness. */
const SAMPLES = 64;
const SAMPLE_BYTES = 1024;

function estimateItems(file, buffer) {
  const bytes = fs.fstatSync(file).size;
  if (bytes <= buffer.length) return mostItems(bytes);
  let lines = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const position = Math.floor(bytes / SAMPLES) * sample;
    const count = fs.readSync(file, buffer, 0, SAMPLE_BYTES, position);
    for (let i = 0; i < count; i++) if (buffer[i] === 0x0a) lines++;
  }
  const estimate = (bytes * lines) / (SAMPLES * SAMPLE_BYTES);
  return Math.ceil(estimate * (1 + 1 / 64)) + mostItems(buffer.length);
}

/**
 * Writes integers to a file, one a line; removes what was written if that fails.
 * @param {string} path
 * @param {Int32Array} values
 */
export function writeFile(path, values) {
  const file = fs.openSync(path, 'w');
  // Only a regular file may be removed: run as root, removing /dev/full would succeed.
  const regular = fs.fstatSync(file).isFile();
  try {
    try {
      writeLines((buffer, length) => writeAll(file, buffer, length), values);
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    if (regular) fs.rmSync(path, { force: true });
    throw error;
  }
}

/**
 * @param {(buffer: Uint8Array, length: number) => void} write
 * @param {Int32Array} values
 */
export function writeLines(write, values) {
  const buffer = new Uint8Array(IO_BUFFER_BYTES);
  let filled = 0;
  for (let i = 0; i < values.length; i++) {
    if (buffer.length - filled < LINE_ROOM) {
      write(buffer, filled);
      filled = 0;
    }
    filled = formatLine(values[i], buffer, filled);
  }
  write(buffer, filled);
}

function writeAll(file, buffer, length) {
  for (let written = 0; written < length; ) {
    written += fs.writeSync(file, buffer, written, length - written);
  }
}
