//! Whatever is in a file that somebody edits or a disk damages: it is read, or the error names the place; nothing
//! panics or hangs. `PROPTEST_CASES=30000 cargo test -p xtask --test integration any_text` takes ten minutes.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use xtask::config::Config;
use xtask::plan::{Overrides, Plan, Selection};
use xtask::store::RunFolder;

use crate::support::tools;

/// A place in a text, how much is taken away there, and what is put in.
type Edit = (Index, usize, String);

/// What the files are made of, and what is at the limits of it.
const PIECES: [&str; 44] = [
    "[[",
    "]]",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "\"\"\"",
    "=",
    ",",
    ".",
    "\n",
    "\r\n",
    "#",
    "\0",
    "\u{7f}",
    "ü",
    "日本",
    "\u{202e}",
    "0",
    "-1",
    "1e999",
    "-0.0",
    "nan",
    "inf",
    "99999999999999999999",
    "0.0000000001s",
    "1e300h",
    "\"\"",
    "\"*\"",
    "\"{a,b\"",
    "[1, [2]]",
    "true",
    "null",
    "{bin}",
    "{nothing}",
    "[[engine]]",
    "[[profile.cells]]",
    "name = \"x\"\n",
    "sizes = []\n",
    "runs = 0\n",
    "timeout = \"0s\"\n",
    "1KB",
];

fn edit() -> impl Strategy<Value = Edit> {
    let piece = prop_oneof![4 => select(&PIECES[..]).prop_map(str::to_owned), 1 => ".{0,8}"];
    (
        any::<Index>(),
        prop_oneof![4 => 0..12_usize, 1 => 0..400_usize],
        piece,
    )
}

fn edited(text: &str, edits: &[Edit]) -> String {
    edits
        .iter()
        .fold(text.to_owned(), |mut text, (at, length, piece)| {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, piece);
            text
        })
}

/// So many cases, unless the user asks for more.
fn cases(count: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(count),
    }
}

/// Both files as they are committed.
fn configuration() -> (String, String) {
    let paths = tools::paths();
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    (read(&paths.matrix()), read(&paths.impossible()))
}

/// Reads the configuration, and plans with it where it can be read; an error names this file.
fn plan(matrix: &str, rules: &str, file: &str) {
    match Config::parse(matrix, rules) {
        Ok(config) => {
            let _ = Plan::new(&config, &Selection::default(), &Overrides::default());
        }
        Err(error) => {
            let error = format!("{error:#}");
            assert!(error.starts_with(&format!("{file}: ")), "{error}");
        }
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn any_matrix_is_read_or_names_the_place(edits in prop::collection::vec(edit(), 1..4)) {
        let (matrix, rules) = configuration();
        plan(&edited(&matrix, &edits), &rules, "matrix.toml");
    }

    #[test]
    fn any_rules_are_read_or_name_the_place(edits in prop::collection::vec(edit(), 1..4)) {
        let (matrix, rules) = configuration();
        plan(&matrix, &edited(&rules, &edits), "impossible.toml");
    }
}

/// What a run leaves behind, of before there were checksums: any number may be another.
const FILES: [&str; 5] = [
    "samples.jsonl",
    "plan.json",
    "environment.json",
    "matrix.toml",
    "impossible.toml",
];

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn any_run_is_reported_or_says_which_file_is_damaged(
        file in select(&FILES[..]), edits in prop::collection::vec(edit(), 1..3),
    ) {
        let recorded = tools::paths().root.join("xtask/tests/fixtures/run");
        let folder = tempfile::tempdir().unwrap();
        for name in FILES {
            std::fs::copy(recorded.join(name), folder.path().join(name)).unwrap();
        }
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, edited(&text, &edits)).unwrap();
        let run = RunFolder { path: folder.path().to_owned() };
        if let Err(error) = xtask::report::report(&run) {
            let error = format!("{error:#}");
            // Files that fit no longer name what they lack.
            prop_assert!(error.contains(file) || error.contains("matrix.toml"), "{file}: {error}");
        } else {
            let page = std::fs::read_to_string(folder.path().join("report.md")).unwrap();
            prop_assert!(!page.contains("NaN"), "{page}");
        }
    }
}
