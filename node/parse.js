// Text to integers; the twin of guests/harness/src/parse.rs.

const LF = 0x0a;
const CR = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;

/** How much of a bad line an error message shows, in bytes. */
const SHOWN_BYTES = 40;

const ESCAPES = { '\0': '\\0', '\t': '\\t', '\r': '\\r', '\n': '\\n', '"': '\\"', '\\': '\\\\' };

/** A text in quotes, as Rust's `{:?}` shows it: what cannot be seen is escaped. */
function quoted(text) {
  const escape = (sign) => ESCAPES[sign] ?? `\\u{${sign.codePointAt(0).toString(16)}}`;
  return `"${text.replace(/["\\]|(?! )[\p{C}\p{Z}\p{Grapheme_Extend}]/gu, escape)}"`;
}

/** A line that is not a 32-bit integer. */
export class BadLine extends Error {
  /**
   * @param {number} line number of the line, from 1
   * @param {string} text the line without its line end, shortened if it is long
   */
  constructor(line, text) {
    super(`line ${line}: ${quoted(text)} is not a 32-bit integer`);
    this.line = line;
  }
}

/** Collects integers from pieces of text. */
export class Parser {
  #values;
  #count = 0;
  #blankLines = 0;

  /** @param {number} items how many integers to make room for */
  constructor(items = 0) {
    this.#values = new Int32Array(items);
  }

  /** The integers so far, without the room for more. */
  integers() {
    return this.#values.subarray(0, this.#count);
  }

  /** Makes room for so many more integers, in modest steps. */
  reserve(more) {
    if (this.#values.length - this.#count >= more) return;
    const grown = new Int32Array(this.#count + Math.max(more, this.#count >> 3));
    grown.set(this.integers());
    this.#values = grown;
  }

  /**
   * Parses the first `end` bytes, which end with a line end; room was reserved.
   * @param {Uint8Array} bytes
   * @param {number} end
   */
  lines(bytes, end) {
    const values = this.#values;
    let count = this.#count;
    for (let at = 0; at < end; ) {
      const start = at;
      const negative = bytes[at] === MINUS;
      if (negative) at++;
      const first = at;
      let digit = bytes[at] - ZERO;
      let magnitude = 0;
      // Nine digits stay within V8's small integers; a tenth may not.
      while (digit >= 0 && digit <= 9 && at < first + 9) {
        magnitude = Math.imul(magnitude, 10) + digit;
        digit = bytes[++at] - ZERO;
      }
      if (digit >= 0 && digit <= 9) {
        magnitude = magnitude * 10 + digit;
        at++;
      }
      const value = negative ? -magnitude : magnitude;
      if (bytes[at] === LF && at > first && (value | 0) === value) {
        values[count++] = value;
        at++;
        continue;
      }
      // The usual line is behind us: CRLF, blank lines, leading zeros, errors.
      at = bytes.indexOf(LF, start);
      this.#count = count;
      this.line(bytes.subarray(start, at));
      count = this.#count;
      at++;
    }
    this.#count = count;
  }

  /**
   * Parses one line, given without its `\n`; room was reserved.
   * @param {Uint8Array} line
   */
  line(line) {
    if (line.at(-1) === CR) line = line.subarray(0, -1);
    if (line.length === 0) {
      this.#blankLines++;
      return;
    }
    const text = Buffer.from(line).toString('latin1');
    const value = /^[-+]?[0-9]+$/.test(text) ? Number(text) : NaN;
    if (!(value >= -0x8000_0000 && value <= 0x7fff_ffff)) throw this.badLine(line);
    this.#values[this.#count++] = value;
  }

  /** The error for the current line. */
  badLine(line) {
    let text = Buffer.from(line.subarray(0, SHOWN_BYTES)).toString('utf8');
    if (line.length > SHOWN_BYTES) text += '…';
    return new BadLine(this.#count + this.#blankLines + 1, text);
  }
}
