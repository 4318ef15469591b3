//! `docs/check.py`, which computes the figures of a run again without this crate, on the reference run.

use std::path::Path;

use super::{reference, root};
use crate::support::left_out;

/// What the script says of a folder, and whether it found all right; none, and a line in the summary, where Python is
/// missing.
fn checked(folder: &Path) -> Option<(String, bool)> {
    let python = |arguments: &[&str]| {
        let mut python = assert_cmd::Command::new("python3");
        python
            .arg("-B")
            .args(arguments)
            .current_dir(root())
            .output()
    };
    // Since 3.11.
    let has_python = python(&["-c", "import tomllib"]).is_ok_and(|output| output.status.success());
    if !has_python {
        left_out::missing("python3, 3.11 or newer, is missing: docs/check.py was not run");
        return None;
    }
    let output = python(&["docs/check.py", folder.to_str().unwrap()]).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors, "", "docs/check.py broke down");
    let said = String::from_utf8(output.stdout).unwrap();
    Some((said, output.status.success()))
}

#[test]
fn the_script_finds_the_reference_run_right() {
    let (_, _, folder) = reference();
    if let Some((said, is_right)) = checked(&folder.path) {
        assert!(is_right, "{said}");
        assert_eq!(said.matches("ok  ").count(), 5, "{said}");
    }
}

/// What the script reads of a run.
const READ: [&str; 7] = [
    "matrix.toml",
    "plan.json",
    "environment.json",
    "samples.jsonl",
    "summary.csv",
    "ratios.csv",
    "report.md",
];

/// Changes the last digit of a column in the first row with this text, and gives the place as the script would name it.
fn falsify(folder: &Path, name: &str, column: &str, text: &str) -> String {
    let whole = std::fs::read_to_string(folder.join(name)).unwrap();
    let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
    let mut titles = lines[0].split(',');
    let at = titles.position(|title| title == column).unwrap();
    let number = lines.iter().position(|line| line.contains(text)).unwrap();
    let mut fields: Vec<String> = lines[number].split(',').map(str::to_owned).collect();
    let last = fields[at].pop().unwrap();
    fields[at].push(if last == '9' { '8' } else { '9' });
    lines[number] = fields.join(",");
    std::fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
    format!("{name}:{} {column}: ", number + 1)
}

#[test]
fn the_script_finds_one_wrong_digit() {
    let (_, _, folder) = reference();
    let copy = tempfile::tempdir().unwrap();
    for name in READ {
        std::fs::copy(folder.file(name), copy.path().join(name)).unwrap();
    }
    let wrong = [
        falsify(copy.path(), "ratios.csv", "ratio", ",more"),
        falsify(copy.path(), "summary.csv", "startup_median_s", ",ok,"),
    ];
    if let Some((said, is_right)) = checked(copy.path()) {
        assert!(!is_right, "{wrong:?}: {said}");
        for place in wrong {
            assert!(said.contains(&place), "{place}: {said}");
        }
        assert_eq!(said.matches("ok  ").count(), 3, "{said}");
    }
}
