// The loader, with a module small enough to be written out.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const LOADER = path.join(path.dirname(import.meta.dirname), 'wasi.mjs');

// Asks for the time 20,000 times, so that V8 compiles the call, grows its memory by
// 250 MiB, asks again, and exits with 7 if the answer arrived in the grown memory,
// with 8 if not.
const GROWS = `
AGFzbQEAAAABDwNgA39+fwF/YAF/AGAAAAJMAhZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxDmNsb2NrX3RpbWVf
Z2V0AAAWd2FzaV9zbmFwc2hvdF9wcmV2aWV3MQlwcm9jX2V4aXQAAQMDAgECBQMBAAEHEwIGbWVtb3J5AgAG
X3N0YXJ0AAMKVwIZAANAQQFCAEEIEAAaIABBAWshACAADQALCzsBAX9B0A8hAANAQQoQAiAAQQFrIQAgAA0A
C0GgH0AAGkEIQgA3AwBBARACQQdBCEEIKQMAQgBSGxABCw==`;

// Exits with ten times the number of its variables and the number of its arguments.
const COUNTS = `
AGFzbQEAAAABDgNgAn9/AX9gAX8AYAAAAncDFndhc2lfc25hcHNob3RfcHJldmlldzERZW52aXJvbl9zaXplc19n
ZXQAABZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxDmFyZ3Nfc2l6ZXNfZ2V0AAAWd2FzaV9zbmFwc2hvdF9wcmV2aWV3
MQlwcm9jX2V4aXQAAQMCAQIFAwEAAQcTAgZtZW1vcnkCAAZfc3RhcnQAAwoiASAAQQBBBBAAGkEIQQwQARpBACgC
AEEKbEEIKAIAahACCw==`;

const run = (...args) =>
  spawnSync(process.execPath, ['--no-warnings', LOADER, ...args], { encoding: 'utf8' });

test("the exit status is the guest's, also after its memory grew", (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'loader-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const wasm = path.join(folder, 'grows.wasm');
  fs.writeFileSync(wasm, Buffer.from(GROWS, 'base64'));
  const { status, stderr } = run('--dir', folder, wasm, path.join(folder, 'in'), path.join(folder, 'out'));
  assert.deepEqual([status, stderr], [7, '']);
});

test('the guest has the variables and arguments that it was given, and no others', (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'loader-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const wasm = path.join(folder, 'counts.wasm');
  fs.writeFileSync(wasm, Buffer.from(COUNTS, 'base64'));
  const options = ['--env', 'A=x', '--dir', folder, '--env', 'B=y=z'];
  // Two variables; its own name and two more arguments.
  assert.equal(run(...options, wasm, '--env', 'C=1').status, 23);
  assert.equal(run(wasm).status, 1);
});

test('without a module, or with half an option, it tells how it is used', () => {
  for (const words of [[], ['--dir'], ['--env', 'A', 'x.wasm']]) {
    const { status, stderr } = run(...words);
    assert.equal(status, 2);
    assert.match(stderr, /^usage: wasi\.mjs /);
  }
});
