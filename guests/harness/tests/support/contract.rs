//! What every guest's binary promises; included by each guest's integration test.
//!
//! It is checked on the real binary, because exit statuses, the line on standard output
//! and the files left behind are what scripts rely on.

#![allow(
    clippy::disallowed_methods,
    reason = "the rule is xtask's; a guest here ends by itself"
)]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A guest's binary, and what it does to the integers.
pub struct Guest {
    pub binary: &'static str,
    pub expected: fn(&mut [i32]),
}

/// A folder that is removed when the test ends.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("guest-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn text_of(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

impl Guest {
    pub fn run(&self, args: &[impl AsRef<OsStr>]) -> Output {
        Command::new(self.binary).args(args).output().unwrap()
    }

    /// Runs on `input`; checks the output file and the line on standard output.
    fn gives(&self, input: &str, mut values: Vec<i32>) {
        let scratch = Scratch::new();
        let (from, to) = (scratch.file("in.txt", input), scratch.path("out.txt"));
        let run = self.run(&[&from, &to]);
        assert_eq!(text_of(&run.stderr), "");
        assert_eq!(run.status.code(), Some(0));

        (self.expected)(&mut values);
        let expected: String = values.iter().map(|value| format!("{value}\n")).collect();
        let written = fs::read_to_string(to).unwrap();
        assert!(written == expected, "wrong output for {:.200}", input);

        let line = text_of(&run.stdout).strip_suffix('\n').unwrap();
        let fields: Vec<(&str, u64)> = line
            .split(' ')
            .map(|field| field.split_once('=').unwrap())
            .map(|(name, number)| (name, number.parse().unwrap()))
            .collect();
        let names: Vec<&str> = fields.iter().map(|field| field.0).collect();
        assert_eq!(names, ["items", "read_ns", "sort_ns", "write_ns"]);
        assert_eq!(fields[0].1, values.len() as u64);
        assert!(fields[1].1 > 0 && fields[3].1 > 0, "{line}");
    }

    /// Checks that `run` failed with status 1, one line that contains `message`, and
    /// nothing else.
    fn failed(&self, run: &Output, message: &str) {
        let stderr = text_of(&run.stderr);
        assert_eq!(run.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains(message), "{stderr:?} lacks {message:?}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert_eq!(text_of(&run.stdout), "");
    }

    pub fn accepts_every_line_end(&self) {
        self.gives("3\n-1\n2\n", vec![3, -1, 2]);
        self.gives("3\n-1\n2", vec![3, -1, 2]);
        self.gives("3\r\n\r\n\n-1\r\n2\r\n", vec![3, -1, 2]);
        self.gives("2147483647\n-2147483648\n0\n", vec![i32::MAX, i32::MIN, 0]);
    }

    pub fn accepts_nothing_to_sort(&self) {
        self.gives("", vec![]);
        self.gives("\n\r\n", vec![]);
        self.gives("7", vec![7]);
    }

    pub fn takes_files_larger_than_its_buffers(&self, items: u32) {
        let values: Vec<i32> = (0..items)
            .map(|i| i.wrapping_mul(2_654_435_761).rotate_left(i % 31) as i32)
            .collect();
        let input: String = values.iter().map(|value| format!("{value}\n")).collect();
        self.gives(&input, values);
    }

    pub fn refuses_bad_lines(&self) {
        let scratch = Scratch::new();
        let to = scratch.path("out.txt");
        for (input, line, shown) in [
            ("1\n2\n12x\n4\n", 3, "\"12x\""),
            ("1\r\n\r\n-\n", 3, "\"-\""),
            ("x", 1, "\"x\""),
            ("1\n2147483648\n", 2, "\"2147483648\""),
            ("-2147483649", 1, "\"-2147483649\""),
            ("1\n2\r3\n", 2, "\"2\\r3\""),
            ("1 \n", 1, "\"1 \""),
        ] {
            let from = scratch.file("in.txt", input);
            let run = self.run(&[&from, &to]);
            let message = format!(
                "{}: line {line}: {shown} is not a 32-bit integer\n",
                from.display()
            );
            self.failed(&run, &message);
            assert!(!to.exists(), "output left after {input:?}");
        }
    }

    pub fn refuses_files_it_cannot_open(&self) {
        let scratch = Scratch::new();
        let run = self.run(&[&scratch.path("missing.txt"), &scratch.path("out.txt")]);
        self.failed(&run, "missing.txt: ");
        assert!(!scratch.path("out.txt").exists());

        let from = scratch.file("in.txt", "1\n");
        let run = self.run(&[&from, &scratch.path("no/folder/out.txt")]);
        self.failed(&run, "out.txt: ");
    }

    /// A file size limit stands in for a full disk.
    #[cfg(unix)]
    pub fn removes_an_output_that_it_could_not_finish(&self) {
        let scratch = Scratch::new();
        let (from, to) = (
            scratch.file("in.txt", "1000000000\n".repeat(1000)),
            scratch.path("out.txt"),
        );
        let run = Command::new("sh")
            .args([
                "-c",
                "trap '' XFSZ; ulimit -f 1; exec \"$@\"",
                "sh",
                self.binary,
            ])
            .args([&from, &to])
            .output()
            .unwrap();
        self.failed(&run, "out.txt: ");
        assert!(!to.exists());
    }

    /// Through a link, so that a guest that is wrong here removes the link only.
    #[cfg(target_os = "linux")]
    pub fn leaves_a_device_alone(&self) {
        let scratch = Scratch::new();
        let (from, to) = (scratch.file("in.txt", "1\n"), scratch.path("full"));
        std::os::unix::fs::symlink("/dev/full", &to).unwrap();
        let run = self.run(&[&from, &to]);
        self.failed(&run, "full: ");
        assert!(to.is_symlink());
    }

    pub fn refuses_wrong_usage(&self) {
        let name = Path::new(self.binary)
            .file_name()
            .unwrap()
            .to_string_lossy();
        for args in [&[][..], &["a"], &["a", "b", "c"]] {
            let run = self.run(args);
            assert_eq!(run.status.code(), Some(2));
            assert_eq!(
                text_of(&run.stderr),
                format!("usage: {name} INPUT OUTPUT\n")
            );
            assert_eq!(text_of(&run.stdout), "");
        }
    }
}

/// The tests of a guest that works; `$items` integers are its largest input.
#[allow(unused_macros, reason = "noop does no work")]
macro_rules! contract {
    ($guest:expr, $items:expr) => {
        #[test]
        fn accepts_every_line_end() {
            $guest.accepts_every_line_end();
        }

        #[test]
        fn accepts_nothing_to_sort() {
            $guest.accepts_nothing_to_sort();
        }

        #[test]
        fn takes_files_larger_than_its_buffers() {
            $guest.takes_files_larger_than_its_buffers($items);
        }

        #[test]
        fn refuses_bad_lines() {
            $guest.refuses_bad_lines();
        }

        #[test]
        fn refuses_files_it_cannot_open() {
            $guest.refuses_files_it_cannot_open();
        }

        #[test]
        #[cfg(unix)]
        fn removes_an_output_that_it_could_not_finish() {
            $guest.removes_an_output_that_it_could_not_finish();
        }

        #[test]
        #[cfg(target_os = "linux")]
        fn leaves_a_device_alone() {
            $guest.leaves_a_device_alone();
        }

        #[test]
        fn refuses_wrong_usage() {
            $guest.refuses_wrong_usage();
        }
    };
}
#[allow(unused_imports, reason = "noop does no work")]
pub(crate) use contract;
