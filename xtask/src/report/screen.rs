//! What a terminal shows of a run. The last screen is what is seen, so what matters comes last:
//! the answer, how many cells were ok, and where the report is.

use std::path::{Path, PathBuf};

use crate::document::{Document, Piece};
use crate::model::{Outcome, Row};
use crate::questions::{Results, answer, calibration, cells, sharpness, tier};

/// The tables, what a reader must know before trusting them, and the answer in the report's own words.
pub fn pieces(results: &Results, document: &Document) -> Vec<Piece> {
    let tables = cells::tables(results.rows).into_iter();
    let mut pieces: Vec<Piece> = tables.map(Piece::Table).collect();
    if let Some(troubles) = Piece::list(troubles(results.rows).collect()) {
        pieces.extend([Piece::paragraph("Without figures:"), troubles]);
    }
    pieces.extend(calibration::pieces(results));
    pieces.extend(tier::pieces(results));
    let mut said = document.pieces.iter();
    let heading = Piece::heading(answer::HEADING);
    if said.any(|piece| *piece == heading) {
        pieces.extend(said.next().cloned());
    }
    pieces
}

/// A line for each cell that ended other than it should.
fn troubles(rows: &[Row]) -> impl Iterator<Item = String> {
    let is_trouble = |row: &&Row| !row.is_ok() && row.outcome != Some(Outcome::Impossible);
    rows.iter().filter(is_trouble).map(|row| {
        let reason = row.reason.as_deref().unwrap_or("no reason");
        format!("{}: {}: {reason}", row.cell, row.outcome_text())
    })
}

/// How many cells were ok, and what that says of their outputs.
pub fn verified(results: &Results) -> String {
    let ok = results.rows.iter().filter(|row| row.is_ok()).count();
    let count = format!("{ok} of {} cells ok", results.rows.len());
    if ok == 0 {
        return count;
    }
    let seen = sharpness::sentence(results);
    let seen = seen.map_or_else(String::new, |seen| format!("; {seen}"));
    format!("{count}, {}{seen}", cells::verified(results))
}

/// Where the report is, and in a line what lies beside it.
pub fn places(files: &[PathBuf]) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let is_report = |file: &&PathBuf| file.ends_with("report.html");
    let report = files.iter().find(is_report).map_or(Path::new(""), |file| {
        // What is typed or clicked is the shorter the better.
        file.strip_prefix(&here).unwrap_or(file)
    });
    let is_chart = |file: &&PathBuf| file.extension().is_some_and(|it| it == "svg");
    let charts = match files.iter().filter(is_chart).count() {
        0 => String::new(),
        1 => " and 1 chart".to_owned(),
        many => format!(" and {many} charts"),
    };
    let beside = files.iter().filter(|it| !is_report(it) && !is_chart(it));
    let beside = beside.filter_map(|file| Some(file.file_name()?.to_string_lossy()));
    let beside = beside.collect::<Vec<_>>().join(", ");
    format!("report: {}\nbeside it: {beside}{charts}", report.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_other_than_the_report_are_one_line() {
        let names = ["summary.csv", "report.html", "charts/a.svg", "report.md"];
        let places_in = |folder: &Path| places(&names.map(|name| folder.join(name)));
        assert_eq!(
            places_in(Path::new("/elsewhere/run")),
            "report: /elsewhere/run/report.html\nbeside it: summary.csv, report.md and 1 chart"
        );
        let below = std::env::current_dir().unwrap().join("results/run");
        let places = places_in(&below);
        assert!(
            places.starts_with("report: results/run/report.html\n"),
            "{places}"
        );
    }
}
