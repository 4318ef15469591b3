//! Text to integers.
//!
//! A line is accepted exactly if [`str::parse::<i32>`] accepts it, or if it is blank;
//! the slow path is that very function. The fast path takes the usual line (an
//! optional minus, one to ten digits, a line end) eight digits at a time and without
//! a branch on their number, which is as good as random and would be mispredicted on
//! every second line.

/// A line that is not a 32-bit integer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadLine {
    /// Number of the line, from 1.
    pub line: usize,
    /// The line without its line end, cut to [`SHOWN_BYTES`].
    pub text: String,
}

/// How much of a bad line an error message shows.
const SHOWN_BYTES: usize = 40;

/// Collects integers from pieces of text.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    pub values: Vec<i32>,
    /// Every line is either an integer or blank: with this, the number of the current
    /// line is known without counting lines in the fast path.
    blank_lines: usize,
}

impl Parser {
    /// Parses `text`, which must end with a line end (or be empty).
    pub fn lines(&mut self, text: &[u8]) -> Result<(), BadLine> {
        let mut rest = text;
        while let Some(window) = rest.first_chunk() {
            if let Some((value, length)) = usual_line(window) {
                self.values.push(value);
                rest = &rest[length..];
            } else {
                rest = self.first_line(rest)?;
            }
        }
        while !rest.is_empty() {
            rest = self.first_line(rest)?;
        }
        Ok(())
    }

    /// Parses the first line of `text` and returns what follows it.
    fn first_line<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], BadLine> {
        let end = text.iter().position(|&byte| byte == b'\n');
        let (line, rest) = match end {
            Some(end) => (&text[..end], &text[end + 1..]),
            None => (text, &[][..]),
        };
        self.line(line)?;
        Ok(rest)
    }

    /// Parses one line, given without its `\n`.
    pub fn line(&mut self, line: &[u8]) -> Result<(), BadLine> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            self.blank_lines += 1;
            return Ok(());
        }
        let value = str::from_utf8(line).ok().and_then(|text| text.parse().ok());
        self.values.push(value.ok_or_else(|| self.bad_line(line))?);
        Ok(())
    }

    /// The error for the current line.
    pub fn bad_line(&self, line: &[u8]) -> BadLine {
        let shown = &line[..line.len().min(SHOWN_BYTES)];
        let mut text = String::from_utf8_lossy(shown).into_owned();
        if shown.len() < line.len() {
            text.push('…');
        }
        let line = self.values.len() + self.blank_lines + 1;
        BadLine { line, text }
    }
}

/// Bytes that [`usual_line`] looks at: more than the longest usual line,
/// `-2147483648\r\n`.
const WINDOW: usize = 16;

const POWERS_OF_TEN: [u64; 3] = [1, 10, 100];

/// The integer at the start of `window` and the length of its line, line end included;
/// `None` for whatever needs a closer look: a blank line, leading zeros beyond ten
/// digits, a plus, an error.
#[inline(always)]
fn usual_line(window: &[u8; WINDOW]) -> Option<(i32, usize)> {
    let negative = window[0] == b'-';
    let start = usize::from(negative);

    let mut word = [0; 8];
    word.copy_from_slice(&window[start..start + 8]);
    let digits = u64::from_le_bytes(word) ^ 0x3030_3030_3030_3030;
    let mut count = leading_digits(digits);
    if count == 0 {
        return None;
    }
    // Shifting out what follows the digits puts zeros before them.
    let mut magnitude = eight_digits(digits << (64 - 8 * count));

    if count == 8 {
        let mut word = [0; 4];
        word.copy_from_slice(&window[start + 8..start + 12]);
        let digits = u64::from(u32::from_le_bytes(word) ^ 0x3030_3030);
        // Bits 32 and up are zero, so four digits are seen as eight, no harm done.
        let more = leading_digits(digits);
        if more > 2 {
            return None;
        }
        let digits = digits << (16 - 8 * more);
        magnitude = magnitude * POWERS_OF_TEN[more] + (digits & 0xff) * 10 + (digits >> 8 & 0xff);
        count += more;
    }

    let end = start + count;
    let length = match window[end] {
        b'\n' => end + 1,
        b'\r' if window[end + 1] == b'\n' => end + 2,
        _ => return None,
    };
    if magnitude > i32::MAX as u64 + u64::from(negative) {
        return None;
    }
    let magnitude = magnitude as u32;
    // Two's complement without a branch on the sign, which is random too.
    let mask = u32::from(negative).wrapping_neg();
    Some(((magnitude ^ mask).wrapping_sub(mask) as i32, length))
}

/// How many of the eight bytes, lowest first, are 0 to 9.
#[inline(always)]
fn leading_digits(bytes: u64) -> usize {
    // Adding 0x76 carries into a byte's top bit if it is 10 or more. A carry out of a
    // byte disturbs only the bytes above the first that is no digit.
    let others = (bytes.wrapping_add(0x7676_7676_7676_7676) | bytes) & 0x8080_8080_8080_8080;
    others.trailing_zeros() as usize / 8
}

/// The number whose decimal digits are the eight bytes, most significant digit lowest.
#[inline(always)]
fn eight_digits(bytes: u64) -> u64 {
    const LANES: u64 = 0x0000_00ff_0000_00ff;
    let pairs = bytes.wrapping_mul(10).wrapping_add(bytes >> 8);
    // Each product sums one half's two pairs, weighted, in its upper 32 bits.
    let outer = (pairs & LANES).wrapping_mul(100 + (1_000_000 << 32));
    let inner = (pairs >> 16 & LANES).wrapping_mul(1 + (10_000 << 32));
    outer.wrapping_add(inner) >> 32
}

#[cfg(test)]
mod tests;
