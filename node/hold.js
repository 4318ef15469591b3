// Takes the memory of a merge sort, says `ready`, and holds it until standard input ends: node hold.js INPUT

import fs from 'node:fs';
import process from 'node:process';
import { readFile } from './harness.js';

function hold(input) {
  const values = readFile(input);
  const buffer = values.slice();
  fs.writeSync(1, 'ready\n');
  waitForTheEnd();
  // Until here nothing may be given back.
  return [values, buffer];
}

function waitForTheEnd() {
  const room = new Uint8Array(1024);
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      if (fs.readSync(0, room) === 0) return;
    } catch (error) {
      // Node.js reads a pipe so that nothing to read is an error.
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(never, 0, 0, 100);
    }
  }
}

const [input, ...more] = process.argv.slice(2);
if (input === undefined || more.length > 0) {
  fs.writeSync(2, 'usage: hold.js INPUT\n');
  process.exitCode = 2;
} else {
  try {
    hold(input);
  } catch (error) {
    fs.writeSync(2, `${error.message}\n`);
    process.exitCode = 1;
  }
}
