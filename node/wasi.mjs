// Runs a guest under Node's WASI: node --no-warnings wasi.mjs WASM INPUT OUTPUT
//
// The guest is given the folders of INPUT and OUTPUT under their own absolute names
// and nothing else. The exit status is the guest's.

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

const [wasm, ...files] = process.argv.slice(2);
if (wasm === undefined) {
  process.stderr.write('usage: wasi.mjs WASM INPUT OUTPUT\n');
  process.exit(2);
}
// Absolute, because a guest has no current folder to resolve them against.
const paths = files.map((file) => path.resolve(file));
// A folder that is not there is the guest's error to report, not the loader's.
const folders = paths.map((file) => path.dirname(file)).filter((folder) => fs.existsSync(folder));
const wasi = new WASI({
  version: 'preview1',
  args: [path.basename(wasm), ...paths],
  preopens: Object.fromEntries(folders.map((folder) => [folder, folder])),
  returnOnExit: true,
});
const module = await WebAssembly.compile(fs.readFileSync(wasm));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
