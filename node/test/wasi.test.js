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

const run = (...args) =>
  spawnSync(process.execPath, ['--no-warnings', LOADER, ...args], { encoding: 'utf8' });

test("the exit status is the guest's, also after its memory grew", (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'loader-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const wasm = path.join(folder, 'grows.wasm');
  fs.writeFileSync(wasm, Buffer.from(GROWS, 'base64'));
  const { status, stderr } = run(wasm, path.join(folder, 'in'), path.join(folder, 'out'));
  assert.deepEqual([status, stderr], [7, '']);
});

test('a missing folder is left to the guest', (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'loader-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const wasm = path.join(folder, 'grows.wasm');
  fs.writeFileSync(wasm, Buffer.from(GROWS, 'base64'));
  assert.equal(run(wasm, path.join(folder, 'in'), path.join(folder, 'no', 'out')).status, 7);
});

test('without a module it tells how it is used', () => {
  const { status, stderr } = run();
  assert.deepEqual([status, stderr], [2, 'usage: wasi.mjs WASM INPUT OUTPUT\n']);
});
