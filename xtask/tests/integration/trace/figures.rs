//! The figures of the committed reports: those that the samples give today, and in the tables those of summary.csv. Words
//! may change without a report being written anew, figures may not.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use regex_lite::Regex;
use xtask::report::spliced;
use xtask::store::RunFolder;

use super::{CsvRow, csv_rows, input, mode, reference};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `1.42 ms` in seconds, `≤ 3.83 MB` in bytes.
fn parsed(text: &str) -> Option<f64> {
    let (number, unit) = text.strip_prefix("≤ ").unwrap_or(text).rsplit_once(' ')?;
    let number: f64 = number.parse().ok()?;
    let units = [
        ("ms", 1e-3),
        ("s", 1.0),
        ("min", 60.0),
        ("kB", 1e3),
        ("KB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
    ];
    units
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, factor)| number * factor)
}

/// The figures of a row of the table of all cells are those of summary.csv, to the digits that are shown.
fn check_row(csv: &CsvRow, cells: &BTreeMap<&str, &str>) {
    let columns = [
        ("median", "wall_median_s"),
        ("mean", "wall_mean_s"),
        ("stddev", "wall_stddev_s"),
        ("min", "wall_min_s"),
        ("max", "wall_max_s"),
        ("memory", "peak_rss_mean_bytes"),
    ];
    assert_eq!(cells["samples"], csv["runs"], "{cells:?}");
    for (title, column) in columns {
        let shown = parsed(cells[title]).unwrap_or_else(|| panic!("{title} of {cells:?}"));
        let value: f64 = csv[column].parse().unwrap();
        let hidden = cells[title].starts_with("≤ ") && value <= shown;
        // Three digits, and hundredths of a millisecond at least.
        let close = (shown - value).abs() <= 0.005 * value + 5e-6;
        assert!(hidden || close, "{column} is {value}, shown in {cells:?}");
    }
}

#[test]
fn the_table_of_all_cells_shows_the_summary() {
    let (_, _, folder) = reference();
    let report = read(&folder.file("report.md"));
    let mut titles: Vec<&str> = Vec::new();
    let mut shown = BTreeMap::new();
    for line in report.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if cells[0] == "cell" && cells.contains(&"median") {
            titles = cells;
        } else if !line.starts_with('|') {
            titles.clear();
        } else if !titles.is_empty() {
            let row: BTreeMap<&str, &str> = titles.iter().copied().zip(cells).collect();
            shown.insert(row["cell"], row);
        }
    }
    let rows = csv_rows(&folder, "summary.csv");
    let ok = rows.iter().filter(|row| row["outcome"] == "ok");
    for row in ok {
        let cell = format!("{}/{}", input(row), mode(row));
        check_row(row, &shown[cell.as_str()]);
    }
}

/// Numbers with their unit, engines with their modes, and what is in bold, in what is no running text.
fn figures(text: &str, is_figures: impl Fn(&str) -> bool) -> Vec<String> {
    let token =
        Regex::new(r"\*\*[^*]+\*\*|[a-z]+:[a-z-]+|\d[\d.,]*( (ms|s|KB|MB|GB|%)|×)?").unwrap();
    let tag = Regex::new("<[^>]*>").unwrap();
    let lines = text.lines().filter(|line| is_figures(line));
    let lines = lines.map(|line| tag.replace_all(line, " ").into_owned());
    let tokens = |line: String| -> Vec<String> {
        let found = token.find_iter(&line);
        found.map(|found| found.as_str().to_owned()).collect()
    };
    lines.flat_map(tokens).collect()
}

fn starts_with(starts: &'static [&str]) -> impl Fn(&str) -> bool {
    |line| starts.iter().any(|start| line.starts_with(start))
}

/// The numbers in the cells of a workbook, sheet by sheet.
fn numbers(workbook: &Path) -> Vec<String> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(workbook).unwrap()).unwrap();
    let names = zip.file_names().map(|name| name.unwrap().into_owned());
    let mut names: Vec<String> = names.collect();
    names.retain(|name| name.starts_with("xl/worksheets/sheet"));
    names.sort();
    // Words are of the type "s", an index into a list of strings.
    let number = Regex::new(r#"<c r="[A-Z]+\d+"( s="\d+")?><v>([^<]+)</v>"#).unwrap();
    let mut numbers = Vec::new();
    for name in names {
        let mut xml = String::new();
        let mut file = zip.by_name(&name).unwrap();
        file.read_to_string(&mut xml).unwrap();
        numbers.extend(number.captures_iter(&xml).map(|found| found[2].to_owned()));
    }
    numbers
}

fn figures_of(path: &Path) -> Vec<String> {
    match path.extension().and_then(|it| it.to_str()).unwrap() {
        "md" => figures(&read(path), starts_with(&["| ", "- ", "!["])),
        "html" => figures(&read(path), starts_with(&["<td", "<tr", "<li"])),
        // Texts have lines of their own; where they stand is no figure.
        "svg" => figures(&read(path), |line| !line.starts_with('<')),
        "csv" => figures(&read(path), |_| true),
        "xlsx" => numbers(path),
        other => panic!("what figures does a {other} hold?"),
    }
}

#[track_caller]
fn assert_same(what: &str, committed: &[String], now: &[String]) {
    assert!(now.len() > 3, "{what} holds no figures: {now:?}");
    let differ = committed.iter().zip(now).position(|(a, b)| a != b);
    if let Some(at) = differ {
        let around =
            |all: &[String]| all[at.saturating_sub(3)..(at + 3).min(all.len())].join(" | ");
        let (was, is) = (around(committed), around(now));
        panic!(
            "{what} says {was}, the samples say {is}: run `cargo xtask report` for the reference run"
        );
    }
    assert_eq!(committed.len(), now.len(), "{what}");
}

#[test]
fn the_figures_of_the_committed_reports_are_those_of_the_samples() {
    let (_, _, folder) = reference();
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join(folder.path.file_name().unwrap());
    std::fs::create_dir(&path).unwrap();
    for name in [
        "matrix.toml",
        "impossible.toml",
        "plan.json",
        "environment.json",
        "samples.jsonl",
    ] {
        std::fs::copy(folder.file(name), path.join(name)).unwrap();
    }
    let report = xtask::report::report(&RunFolder { path: path.clone() }).unwrap();
    assert!(report.files.len() > 4);
    for file in report.files {
        let name = file.strip_prefix(&path).unwrap();
        let committed = figures_of(&folder.path.join(name));
        assert_same(&name.display().to_string(), &committed, &figures_of(&file));
    }
}

#[test]
fn readme_shows_the_figures_of_the_reference_run() {
    let (readme, relative, folder) = reference();
    let now = spliced(&readme, &relative, &folder).unwrap();
    let of = |text: &str| figures(text, starts_with(&["| ", "- ", "!["]));
    assert_same("README.md", &of(&readme), &of(&now));
    assert!(now.contains(&format!("<!-- report: {relative} -->")));
}
