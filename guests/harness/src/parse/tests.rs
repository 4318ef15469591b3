use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Result<Vec<i32>, BadLine> {
    let mut parser = Parser::default();
    parser.lines(text.as_bytes())?;
    Ok(parser.values)
}

/// What the contract says, in the plainest words.
fn oracle(text: &str) -> Result<Vec<i32>, usize> {
    let mut values = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.is_empty() {
            values.push(line.parse().map_err(|_| index + 1)?);
        }
    }
    Ok(values)
}

/// Enough usual lines after a line for it to be in reach of the fast path.
const AFTER: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

fn agrees(text: &str) -> Result<(), TestCaseError> {
    for text in [text.to_owned(), format!("{text}{AFTER}")] {
        prop_assert_eq!(
            parse(&text).map_err(|bad| bad.line),
            oracle(&text),
            "{:?}",
            text
        );
    }
    Ok(())
}

#[test]
fn takes_the_limits_and_nothing_beyond() {
    for value in [
        i32::MIN,
        -1,
        0,
        1,
        9_999_999,
        99_999_999,
        100_000_000,
        i32::MAX,
    ] {
        let text = format!("{value}\n{AFTER}");
        assert_eq!(parse(&text).unwrap()[0], value);
    }
    for text in [
        "2147483648",
        "-2147483649",
        "4294967296",
        "99999999999",
        "18446744073709551616",
    ] {
        let bad = parse(&format!("5\n{text}\n{AFTER}")).unwrap_err();
        assert_eq!((bad.line, bad.text.as_str()), (2, text));
    }
}

#[test]
fn takes_crlf_and_blank_lines_and_counts_them() {
    assert_eq!(parse("1\r\n\r\n\n2\n\n").unwrap(), [1, 2]);
    let bad = parse(&format!("1\r\n\r\n\n2\nx\n{AFTER}")).unwrap_err();
    assert_eq!(bad.line, 5);
}

#[test]
fn rejects_what_is_not_an_integer() {
    for text in [
        "12x",
        "x",
        "-",
        "+",
        "--1",
        "1-",
        "-+1",
        " 1",
        "1 ",
        "1 2",
        "1\r2",
        "1\r\r",
        "\r1",
        "0x10",
        "1e3",
        "1.0",
        "1,2",
        "12345678x",
        "123456789x",
        "1234567890x",
        "12345678:",
        "/2345678",
        "1/",
        ":",
        "\0",
        "é",
        "1_000",
        "12345678-",
        "-12345678\t",
        "٣",
    ] {
        for after in ["", AFTER] {
            let bad = parse(&format!("5\n{text}\n{after}")).unwrap_err();
            assert_eq!(bad.line, 2, "{text:?}");
        }
    }
}

#[test]
fn a_long_bad_line_is_shown_in_part() {
    let bad = parse(&format!("{}\n", "9".repeat(1000))).unwrap_err();
    assert_eq!(bad.text, format!("{}…", "9".repeat(SHOWN_BYTES)));
}

#[test]
fn bytes_that_are_not_text_are_a_bad_line() {
    let mut parser = Parser::default();
    let bad = parser.lines(b"1\n\xff\xfe\n").unwrap_err();
    assert_eq!(bad.line, 2);
}

proptest! {
    #[test]
    fn every_integer_with_every_line_end(values: Vec<(i32, bool, u8, u8)>) {
        let mut text = String::new();
        for &(value, crlf, blanks, shift) in &values {
            let end = if crlf { "\r\n" } else { "\n" };
            text += &format!("{}{end}", value >> (shift % 32));
            text += &end.repeat(usize::from(blanks.saturating_sub(250)));
        }
        agrees(&text)?;
    }

    #[test]
    fn every_byte_after_a_number(value: i32, shift in 0..32, byte in 0u8..128) {
        agrees(&format!("{}{}", value >> shift, char::from(byte)))?;
        agrees(&format!("{}{}\n", value >> shift, char::from(byte)))?;
        agrees(&format!("{}{}5\n", value >> shift, char::from(byte)))?;
    }

    #[test]
    fn every_line_made_of_nearly_valid_bytes(text in "[-+0-9\r\n]{0,40}") {
        agrees(&text)?;
    }

    #[test]
    fn leading_zeros(zeros in 0usize..20, value: i32) {
        let sign = if value < 0 { "-" } else { "" };
        agrees(&format!("{sign}{}{}\n", "0".repeat(zeros), value.unsigned_abs()))?;
    }

    #[test]
    fn values_around_the_range(value in -30_000_000_000i64..30_000_000_000) {
        agrees(&format!("{value}\n"))?;
    }
}
