// The programs, as scripts see them: the same cases as guests/*/tests.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

const HERE = path.dirname(import.meta.dirname);
let folder;
before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guests-'))));
after(() => fs.rmSync(folder, { recursive: true }));

const file = (name) => path.join(folder, name);

function run(program, ...args) {
  return spawnSync(process.execPath, [path.join(HERE, program), ...args], { encoding: 'utf8' });
}

function write(text) {
  fs.writeFileSync(file('in.txt'), text);
  fs.rmSync(file('out.txt'), { force: true });
  return [file('in.txt'), file('out.txt')];
}

/** Runs `program` and checks the output file and the line on standard output. */
function gives(program, text, values) {
  const [from, to] = write(text);
  const { status, stdout, stderr } = run(program, from, to);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, new RegExp(`^items=${values.length} read_ns=\\d+ sort_ns=\\d+ write_ns=\\d+\n$`));
  assert.equal(fs.readFileSync(to, 'utf8'), values.map((value) => `${value}\n`).join(''));
}

function failed({ status, stdout, stderr }, message) {
  assert.deepEqual([status, stdout], [1, ''], stderr);
  assert.ok(stderr.includes(message), stderr);
  assert.equal(stderr.split('\n').length, 2, stderr);
}

/** Scrambled integers over the whole range, the same in every run. */
function scrambled(n) {
  return Array.from({ length: n }, (_, i) => {
    const hash = Math.imul(i, 2654435761);
    return (hash << i % 31) | (hash >>> (32 - (i % 31)));
  });
}

function shapes(n) {
  const random = scrambled(n);
  const sorted = random.toSorted((a, b) => a - b);
  return {
    random,
    sorted,
    reversed: sorted.toReversed(),
    'all equal': Array(n).fill(7),
    'few unique': random.map((value) => value & 3),
    'organ pipe': random.map((_, i) => Math.min(i, n - i)),
  };
}

for (const [program, order, most] of [
  ['bubble.js', (values) => values.toSorted((a, b) => a - b), 12_000],
  ['merge.js', (values) => values.toSorted((a, b) => a - b), 200_000],
  ['quick.js', (values) => values.toSorted((a, b) => a - b), 200_000],
  ['copy.js', (values) => values, 200_000],
]) {
  describe(program, () => {
    for (const [name, values] of Object.entries(shapes(most))) {
      test(`${name} integers`, () => gives(program, values.join('\n'), order(values)));
    }

    test('few integers of every number', () => {
      for (const n of [1, 2, 16, 17, 25, 129]) {
        const values = scrambled(n + 7).slice(7);
        gives(program, values.join('\n'), order(values));
      }
    });

    test('accepts every line end, and the limits', () => {
      const limits = [3, 2147483647, -2147483648, 0];
      gives(program, '3\n2147483647\n-2147483648\n0\n', order(limits));
      gives(program, '3\n2147483647\n-2147483648\n0', order(limits));
      gives(program, '3\r\n\r\n\n2147483647\r\n-2147483648\r\n0\r\n', order(limits));
    });

    test('accepts nothing to sort', () => {
      for (const text of ['', '\n\r\n']) gives(program, text, []);
    });

    test('refuses bad lines', () => {
      for (const [text, line, shown] of [
        ['1\n2\n12x\n4\n', 3, '12x'],
        ['1\r\n\r\n-\n', 3, '-'],
        ['x', 1, 'x'],
        ['1\n2147483648\n', 2, '2147483648'],
        ['-2147483649', 1, '-2147483649'],
        ['1\n2\r3\n', 2, '2\r3'],
        ['1 \n', 1, '1 '],
      ]) {
        const [from, to] = write(text);
        const message = `${from}: line ${line}: ${JSON.stringify(shown)} is not a 32-bit integer\n`;
        failed(run(program, from, to), message);
        assert.ok(!fs.existsSync(to), `output left after ${text}`);
      }
    });

    test('refuses files that it cannot open', () => {
      failed(run(program, file('missing.txt'), file('none.txt')), 'missing.txt: ENOENT');
      assert.ok(!fs.existsSync(file('none.txt')));
      const [from] = write('1\n');
      failed(run(program, from, file('no/folder/out.txt')), 'out.txt: ENOENT');
    });

    // A file size limit stands in for a full disk.
    test('removes an output that it could not finish', { skip: os.platform() === 'win32' }, () => {
      const [from, to] = write('1000000000\n'.repeat(1000));
      const script = 'trap "" XFSZ; ulimit -f 1; exec "$@"';
      const args = ['-c', script, 'sh', process.execPath, path.join(HERE, program), from, to];
      failed(spawnSync('sh', args, { encoding: 'utf8' }), 'out.txt: EFBIG');
      assert.ok(!fs.existsSync(to));
    });

    // Through a link, so that a program that is wrong here removes the link only.
    test('leaves a device alone', { skip: os.platform() !== 'linux' }, () => {
      const [from] = write('1\n');
      fs.symlinkSync('/dev/full', file('full'));
      failed(run(program, from, file('full')), 'full: ENOSPC');
      fs.rmSync(file('full')); // fails if the link is gone
    });

    test('refuses wrong usage', () => refusesWrongUsage(program));
  });
}

describe('hold.js', () => {
  const hold = (input, ...args) =>
    spawnSync(process.execPath, [path.join(HERE, 'hold.js'), ...args], { encoding: 'utf8', input });

  test('waits where there is nothing to read yet', async () => {
    fs.writeFileSync(file('in.txt'), '7\n');
    const child = spawn(process.execPath, [path.join(HERE, 'hold.js'), file('in.txt')]);
    const [said] = await once(child.stdout, 'data');
    assert.equal(String(said), 'ready\n');
    assert.equal(child.exitCode, null);
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
  test('reads its input, says so, and ends with standard input', () => {
    fs.writeFileSync(file('in.txt'), '3\n-1\n');
    const { status, stdout, stderr } = hold('all of it', file('in.txt'));
    assert.deepEqual([status, stdout, stderr], [0, 'ready\n', '']);
  });
  test('refuses what is no input', () => {
    fs.writeFileSync(file('in.txt'), '3\nx\n');
    failed(hold('', file('in.txt')), 'line 2');
    assert.equal(hold('').status, 2);
  });
});

describe('noop.js', () => {
  test('touches nothing', () => {
    const { status, stdout, stderr } = run('noop.js', file('missing.txt'), file('none.txt'));
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(stdout, 'items=0 read_ns=0 sort_ns=0 write_ns=0\n');
    assert.ok(!fs.existsSync(file('none.txt')));
  });

  test('refuses wrong usage', () => refusesWrongUsage('noop.js'));
});

function refusesWrongUsage(program) {
  for (const args of [[], ['a'], ['a', 'b', 'c']]) {
    const { status, stdout, stderr } = run(program, ...args);
    assert.deepEqual([status, stdout, stderr], [2, '', `usage: ${program} INPUT OUTPUT\n`]);
  }
}
