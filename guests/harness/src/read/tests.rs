use super::*;
use crate::parse::BadLine;
use proptest::prelude::*;

/// Gives pieces of the sizes it is told, in turn, after an interruption each.
struct Pieces<'a> {
    text: &'a [u8],
    sizes: std::iter::Cycle<std::slice::Iter<'a, usize>>,
    interrupt: bool,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupt = !self.interrupt;
        if self.interrupt {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = *self.sizes.next().unwrap();
        let n = size.min(buffer.len()).min(self.text.len());
        buffer[..n].copy_from_slice(&self.text[..n]);
        self.text = &self.text[n..];
        Ok(n)
    }
}

fn read(text: &str, room: usize, sizes: &[usize]) -> Result<Vec<i32>, BadLine> {
    let input = Pieces {
        text: text.as_bytes(),
        sizes: sizes.iter().cycle(),
        interrupt: false,
    };
    read_lines(input, &mut vec![0; room], Parser::default()).map_err(|error| match error {
        ReadError::Line(bad) => bad,
        other => panic!("{other:?}"),
    })
}

fn text_of(values: &[i32], end: &str, last_end: bool) -> String {
    let lines: Vec<String> = values.iter().map(i32::to_string).collect();
    let mut text = lines.join(end);
    if last_end && !values.is_empty() {
        text += end;
    }
    text
}

proptest! {
    #[test]
    fn pieces_make_no_difference(
        values: Vec<i32>,
        crlf: bool,
        last_end: bool,
        room in 14usize..300,
        sizes in prop::collection::vec(1usize..50, 1..10),
    ) {
        let text = text_of(&values, if crlf { "\r\n" } else { "\n" }, last_end);
        prop_assert_eq!(read(&text, room, &sizes), Ok(values));
    }

    #[test]
    fn errors_name_the_right_line(
        before in prop::collection::vec(any::<i32>(), 0..50),
        blanks in 0usize..5,
        after: Vec<i32>,
        room in 20usize..300,
        sizes in prop::collection::vec(1usize..50, 1..10),
    ) {
        let text = text_of(&before, "\n", true) + &"\r\n".repeat(blanks) + "12x\n" + &text_of(&after, "\n", true);
        let bad = BadLine { line: before.len() + blanks + 1, text: "12x".into() };
        prop_assert_eq!(read(&text, room, &sizes), Err(bad));
    }
}

#[test]
fn nothing_and_almost_nothing() {
    for text in ["", "\n", "\r\n", "\n\n\n", "\r"] {
        assert_eq!(read(text, 20, &[1]), Ok(vec![]), "{text:?}");
    }
    assert_eq!(read("7", 20, &[1]), Ok(vec![7]));
    assert_eq!(read("7\r", 20, &[1]), Ok(vec![7]));
    assert_eq!(read("1\nx", 20, &[1]).unwrap_err().line, 2);
}

#[test]
fn a_line_longer_than_the_buffer_is_an_error() {
    let text = format!("1\n{}\n", "0".repeat(100));
    assert_eq!(read(&text, 300, &[7]), Ok(vec![1, 0]));
    assert_eq!(read(&text, 50, &[7]).unwrap_err().line, 2);
}

#[test]
fn other_errors_are_passed_on() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let result = read_lines(Broken, &mut [0; 20], Parser::default());
    assert!(matches!(result, Err(ReadError::Io(_))));
}

/// A file that is removed when the test ends.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn with(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("harness-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Scrambled integers over the whole range; no dependency on a generator.
fn scrambled(n: u32) -> Vec<i32> {
    (0..n)
        .map(|i| i.wrapping_mul(2_654_435_761).rotate_left(i % 32) as i32)
        .collect()
}

#[test]
fn room_is_made_once_and_little_is_wasted() {
    let mut sorted = scrambled(400_000);
    sorted.sort();
    let mut reversed = sorted.clone();
    reversed.reverse();
    let short = sorted.iter().map(|value| value & 7).collect();
    for (name, values) in [
        ("random", scrambled(400_000)),
        ("sorted", sorted),
        ("reversed", reversed),
        ("short", short),
    ] {
        let file = Scratch::with(name, &text_of(&values, "\n", true));
        let read = read_file(&file.0).unwrap();
        assert!(read == values);
        let buffer = &mut vec![0; IO_BUFFER_BYTES];
        let room = estimate_items(&mut File::open(&file.0).unwrap(), buffer).unwrap();
        assert_eq!(read.capacity(), room, "{name}: the room had to grow");
        let limit = values.len() * 103 / 100 + IO_BUFFER_BYTES / 2;
        assert!(room <= limit, "{name}: {room} > {limit}");
    }
}

#[test]
fn room_grows_in_modest_steps_where_the_estimate_misleads() {
    // Long lines where the samples are, short ones between.
    let mut text = String::new();
    for _ in 0..SAMPLES {
        let start = text.len();
        while text.len() < start + 2 * SAMPLE_BYTES {
            text += "-2000000000\n";
        }
        while text.len() < start + 16 * SAMPLE_BYTES {
            text += "1\n";
        }
    }
    let items = text.lines().count();
    let file = Scratch::with("misleading", &text);
    let read = read_file(&file.0).unwrap();
    assert_eq!(read.len(), items);
    assert!(
        read.capacity() <= items * 9 / 8 + IO_BUFFER_BYTES / 2,
        "{}",
        read.capacity()
    );
}

#[test]
fn there_is_room_for_a_last_line_without_its_end() {
    for text in ["1", "1\n2", "1\n2\n3\n4\n5\n6\n7"] {
        let values = read(text, 64, &[text.len()]).unwrap();
        assert_eq!(values.capacity(), values.len(), "{text:?}: it had to grow");
    }
}
