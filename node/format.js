// Integers to text; the twin of guests/harness/src/format.rs.

/** The most bytes of one line: `-2147483648\n`. */
export const LINE_ROOM = 12;

const ZERO = 0x30;

/** The two digits of 0 to 99. */
const PAIRS = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  PAIRS[2 * i] = ZERO + Math.floor(i / 10);
  PAIRS[2 * i + 1] = ZERO + (i % 10);
}

/**
 * Writes `value` and a line feed to `buffer` from `at` on.
 * @param {number} value a 32-bit integer
 * @param {Uint8Array} buffer with room for LINE_ROOM bytes
 * @param {number} at
 * @returns {number} where the line ends
 */
export function formatLine(value, buffer, at) {
  let rest = value;
  if (value < 0) {
    buffer[at++] = 0x2d;
    rest = -value;
  }
  const end = at + digitsOf(rest);
  let position = end;
  while (rest >= 100) {
    const hundreds = (rest / 100) | 0;
    const pair = (rest - Math.imul(hundreds, 100)) << 1;
    position -= 2;
    buffer[position] = PAIRS[pair];
    buffer[position + 1] = PAIRS[pair + 1];
    rest = hundreds;
  }
  if (rest >= 10) {
    buffer[position - 2] = PAIRS[2 * rest];
    buffer[position - 1] = PAIRS[2 * rest + 1];
  } else {
    buffer[position - 1] = ZERO + rest;
  }
  buffer[end] = 0x0a;
  return end + 1;
}

/** How many decimal digits 0 ≤ value ≤ 2³¹ has; long values are the usual ones. */
function digitsOf(value) {
  if (value >= 1e9) return 10;
  if (value >= 1e8) return 9;
  if (value >= 1e7) return 8;
  if (value >= 1e6) return 7;
  if (value >= 1e5) return 6;
  if (value >= 1e4) return 5;
  if (value >= 1e3) return 4;
  if (value >= 100) return 3;
  return value >= 10 ? 2 : 1;
}
