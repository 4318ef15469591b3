// Runs a guest under Node's WASI: node --no-warnings wasi.mjs [--dir FOLDER]... [--env NAME=VALUE]... WASM ARGUMENT...
//
// The guest is given these folders under their own absolute names, these variables, and
// nothing else. The exit status is the guest's.

import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import v8 from 'node:v8';
import { WASI } from 'node:wasi';

// With V8's fast calls, node:wasi keeps the address of the guest's memory from before
// it grew (https://github.com/nodejs/node/issues/51303). Node 20.20 then crashed with
// signal 11 or 6 on 100 MB inputs, always; without them it never did. Set here, before
// the module is compiled, so that nobody has to know a command-line flag.
v8.setFlagsFromString('--no-turbo-fast-api-calls');

const USAGE = 'usage: wasi.mjs [--dir FOLDER]... [--env NAME=VALUE]... WASM ARGUMENT...\n';
const words = process.argv.slice(2);
const folders = [];
const env = {};
while (words[0] === '--dir' || words[0] === '--env') {
  const [option, value] = words.splice(0, 2);
  if (option === '--dir' && value !== undefined) {
    folders.push(path.resolve(value));
  } else if (value?.includes('=')) {
    env[value.slice(0, value.indexOf('='))] = value.slice(value.indexOf('=') + 1);
  } else {
    words.length = 0; // Ends with the usage below.
  }
}
const [wasm, ...guestArguments] = words;
if (wasm === undefined) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const wasi = new WASI({
  version: 'preview1',
  args: [path.basename(wasm), ...guestArguments],
  env,
  preopens: Object.fromEntries(folders.map((folder) => [folder, folder])),
  returnOnExit: true,
});
const module = await WebAssembly.compile(fs.readFileSync(wasm));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
