use std::fmt::Write;
use std::path::Path;

use super::*;
use crate::experiments::density;
use crate::model::tests::{measured, row};
use crate::questions::{Run, rows};
use crate::report;
use crate::store::RunFolder;

/// The small recorded run that has every outcome.
fn recorded() -> Run {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    report::load(&RunFolder { path }).unwrap()
}

/// The sheet as text: a line a row, a bar between fields, numbers marked.
fn text(sheet: &Sheet) -> String {
    let mut text = sheet.notes.join("\n");
    let _ = writeln!(text, "\n{}", sheet.table.header.join(" | "));
    for row in &sheet.table.rows {
        let values = row.iter().map(|field| match field.value {
            None => field.text.clone(),
            Some(value) => format!("#{value}"),
        });
        let _ = writeln!(text, "{}", values.collect::<Vec<_>>().join(" | "));
    }
    text
}

fn sheets_of(run: &Run, rows: &[Row]) -> Vec<Sheet> {
    let results = Results::new(run, rows);
    sheets(
        &results,
        &report::document(&results, vec![]),
        &Shown::of(run),
    )
    .unwrap()
}

/// The sheet with this name.
fn sheet_of(run: &Run, rows: &[Row], name: &str) -> Sheet {
    let mut sheets = sheets_of(run, rows).into_iter();
    sheets.find(|sheet| sheet.name == name).unwrap()
}

fn written(run: &Run, rows: &[Row]) -> Vec<u8> {
    let results = Results::new(run, rows);
    xlsx(
        &results,
        &report::document(&results, vec![]),
        &Shown::of(run),
    )
    .unwrap()
}

/// Of the charts, as their data has them.
fn titles(sheets: &[Sheet]) -> Vec<String> {
    let [charts, data] = &sheets[sheets.len() - 2..] else {
        panic!("{}", sheets.len());
    };
    let titles = distinct(data.table.rows.iter().map(|row| row[0].text.clone()));
    assert_eq!(charts.charts.len(), titles.len());
    titles
}

#[test]
fn the_sheets_of_the_recorded_run() {
    let run = recorded();
    let sheets = sheets_of(&run, &rows(&run));
    for sheet in &sheets {
        insta::assert_snapshot!(sheet.name.to_lowercase().replace(' ', "_"), text(sheet));
    }
    assert_eq!(
        titles(&sheets),
        [
            "Latency against memory at light loads",
            "merge: latency by input size",
            "merge: peak memory by input size"
        ],
        "bubble ended ok with one size only"
    );
}

#[test]
fn what_was_measured_at_once_has_a_sheet() {
    let run = recorded();
    let rows = rows(&run);
    let results = Results::new(&run, &rows);
    let density = density::pieces(&density::tests::sample());
    let document = report::document(&results, density);
    let sheets = sheets(&results, &document, &Shown::of(&run)).unwrap();
    let density = sheets.iter().find(|sheet| sheet.name == "Density").unwrap();
    let values = density.table.rows[1].iter().map(|field| field.value);
    let values: Vec<Option<f64>> = values.collect();
    assert_eq!(
        values[..4],
        [None, Some(2.0), Some(31_457_280.0), Some(190.0)]
    );
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let run = recorded();
    let rows = rows(&run);
    let first = written(&run, &rows);
    assert!(first == written(&run, &rows));
    // A zip has seconds, two at a time, so the clock may not have shown itself: all dates are fixed, or of the first sample.
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(first)).unwrap();
    for at in 0..zip.len() {
        let file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        assert_eq!(
            file.last_modified(),
            Some(zip::DateTime::default()),
            "{name}"
        );
    }
    let mut properties = String::new();
    let mut file = zip.by_name("docProps/core.xml").unwrap();
    std::io::Read::read_to_string(&mut file, &mut properties).unwrap();
    let dates = properties.matches("2026-01-02T03:04:01Z</dcterms:").count();
    assert_eq!(dates, 2, "created and modified: {properties}");
}

#[test]
fn a_run_without_samples_or_cells_is_a_workbook_too() {
    let mut run = recorded();
    run.samples.clear();
    written(&run, &rows(&run));
    run.plan.cells.clear();
    written(&run, &rows(&run));
}

#[test]
fn means_are_by_load_and_ranges_name_what_is_missing() {
    let timeout = Row {
        outcome: Some(crate::model::Outcome::Timeout),
        ..measured("merge/100MB/random/a:jit", 9.0, 9.0)
    };
    let rows = [
        timeout,
        measured("merge/10MB/random/a:jit", 20.0, 100e6),
        measured("merge/1MB/random/a:jit", 2.0, 50e6),
        measured("merge/100KB/random/a:jit", 0.2, 3.2e6),
        measured("merge/1KB/random/a:jit", 0.01, 2e6),
        measured("merge/1KB/random/b:jit", 0.02, 5e6),
    ];
    let mut means = sheet_of(&recorded(), &rows, "Means");
    means.notes.clear();
    insta::assert_snapshot!(text(&means));
}

/// The rows of the data that each chart has its points from, as a reader of workbooks finds them.
#[test]
fn each_chart_covers_its_own_rows() {
    let rows = [
        "merge/1KB",
        "merge/10KB",
        "merge/1MB",
        "quick/1KB",
        "quick/1MB",
    ]
    .map(|input| measured(&format!("{input}/random/a:jit"), 1.0, 5e6));
    let run = recorded();
    let data = sheet_of(&run, &rows, "Chart data").table;
    let written = std::io::Cursor::new(written(&run, &rows));
    let mut workbook = zip::ZipArchive::new(written).unwrap();
    let mut first = 0;
    let charts = data.rows.chunk_by(|a, b| a[0] == b[0]);
    for (number, chart) in (1..).zip(charts) {
        let file = workbook.by_name(&format!("xl/charts/chart{number}.xml"));
        let xml = std::io::read_to_string(file.unwrap()).unwrap();
        // Rows are counted from 1, and the first is the header.
        let covered = format!("$D${}:$D${}<", first + 2, first + 1 + chart.len());
        assert!(xml.contains(&covered), "{covered} {}", chart[0][0].text);
        first += chart.len();
    }
    assert_eq!((first, titles(&sheets_of(&run, &rows)).len()), (10, 4));
}

#[test]
fn machines_are_apart_and_their_charts_too() {
    let rows = ["x", "y"].map(|host| {
        ["1KB", "1MB"].map(|size| Row {
            machine: Some(host.to_owned()),
            ..measured(&format!("merge/{size}/random/a:jit"), 1.0, 5e6)
        })
    });
    // As they may come out of a merge.
    let [[a, b], [c, d]] = rows;
    let sheets = sheets_of(&recorded(), &[a, c, b, d]);
    let table = &sheets[0].table;
    let hosts: Vec<&Field> = table.rows.iter().filter_map(|row| row.first()).collect();
    let (x, y) = hosts.split_at(hosts.len() / 2);
    let on = |host: &str| Field::from(format!("merge, random, on {host}"));
    assert!(x.iter().all(|host| **host == on("x")), "{x:?}");
    assert!(y.iter().all(|host| **host == on("y")), "{y:?}");
    let titles = titles(&sheets);
    assert_eq!(titles.len(), 4);
    assert_eq!(titles[1], "merge, on y: latency by input size");
}

#[test]
fn other_distributions_than_random_are_left_to_the_summary() {
    let rows = ["sorted", "random", "reversed"]
        .map(|name| measured(&format!("merge/1KB/{name}/a:jit"), 1.0, 5e6));
    let run = recorded();
    let means = sheet_of(&run, &rows, "Means");
    // One size for each of three figures, and its range.
    assert_eq!(means.table.rows.len(), 3 * 2);
    let inputs = |means: &Sheet| means.table.rows[0][0].text.clone();
    assert_eq!(inputs(&means), "merge, random");
    assert_eq!(sheet_of(&run, &rows, "Summary").table.rows.len(), 3);
    let sorted = sheet_of(&run, &rows[..1], "Means");
    assert_eq!(inputs(&sorted), "merge, sorted");
}

#[test]
fn what_excel_cannot_hold_is_left_out_or_cut() {
    let endless = Row {
        reason: Some("=1+1".repeat(10_000)),
        ..measured("merge/1KB/random/a:jit", f64::INFINITY, 5e6)
    };
    let rows = [endless];
    let run = recorded();
    let summary = sheet_of(&run, &rows, "Summary");
    let Table {
        header,
        rows: lines,
        ..
    } = &summary.table;
    let column = header.iter().position(|name| name == "cpu_percent_mean");
    assert_eq!(lines[0][column.unwrap()], Field::default());
    written(&run, &rows);
}

#[test]
fn a_version_stays_text() {
    let rows = [Row {
        version: "24.10".to_owned(),
        ..row("merge/1KB/random/a:jit")
    }];
    let summary = sheet_of(&recorded(), &rows, "Summary");
    assert_eq!(summary.table.rows[0][6], Field::from("24.10"));
    assert_eq!(summary.table.rows[0][2], Field::figure("1000", 1000.0));
}
