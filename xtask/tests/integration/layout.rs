//! The way of the data shows in the folder names: each imports only from those before it.

use std::path::{Path, PathBuf};

/// The folders of `xtask/src`, in the order of DESIGN; the crates `data` and `stats` stand beside them.
const ROOMS: [&str; 12] = [
    "model",
    "config",
    "plan",
    "host",
    "tools",
    "store",
    "run",
    "document",
    "questions",
    "experiments",
    "report",
    "cli",
];

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The rooms that a file names after `crate::`.
fn named(text: &str) -> Vec<&str> {
    let names = text.split("crate::").skip(1);
    let names = names.filter_map(|rest| {
        rest.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
    });
    names.filter(|name| ROOMS.contains(name)).collect()
}

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for (own, room) in ROOMS.iter().enumerate() {
        for file in rust_files(&sources().join(room)) {
            let text = std::fs::read_to_string(&file).unwrap();
            // Tests may build what comes later.
            let code = text.split("#[cfg(test)]").next().unwrap();
            let is_test = file.file_name().is_some_and(|name| name == "tests.rs");
            let later = named(code).into_iter().filter(|name| {
                let place = ROOMS.iter().position(|other| other == name);
                !is_test && place > Some(own)
            });
            wrong.extend(later.map(|name| format!("{}: crate::{name}", file.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_is_in_a_room() {
    let entries = std::fs::read_dir(sources()).unwrap().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected: Vec<&str> = ROOMS.to_vec();
    expected.extend(["lib.rs", "main.rs"]);
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn no_file_is_longer_than_a_reader_likes() {
    let long = rust_files(Path::new(env!("CARGO_MANIFEST_DIR")));
    let long = long.into_iter().filter_map(|file| {
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        (lines > 350).then(|| format!("{}: {lines} lines", file.display()))
    });
    assert_eq!(long.collect::<Vec<_>>(), Vec::<String>::new());
}
