//! Did the mode that was asked for run? An engine may fall back to its interpreter without a word.

use super::Results;
use crate::config::{Config, Tier};
use crate::document::Piece;
use crate::model::{Cell, Metric, Row, engine_modes, human_seconds, of_mode};

/// A mode that is declared to optimize must sort at least this many times as fast as the
/// interpreter of its engine. Interpreters were seen 15 to 50 times slower than optimized
/// code; a factor of 2 is far from both.
const CLEARLY_FASTER: f64 = 2.0;
/// Sort phases shorter than this are too short to compare, in seconds.
const LONG_ENOUGH_S: f64 = 0.001;

pub fn pieces(results: &Results) -> Vec<Piece> {
    let suspects = suspects(results.config(), results.rows).into_iter();
    let warning = |suspect| Piece::Warning(format!("**Wrong tier?** {suspect}"));
    suspects.map(warning).collect()
}

/// A line for each optimizing mode that sorts like an interpreter, by name. A mode is judged by
/// the largest input on which both it and its engine's interpreter were measured.
pub fn suspects(config: &Config, rows: &[Row]) -> Vec<String> {
    let of_tier = |tier: Tier| -> Vec<&Row> {
        let mode = |cell: &Cell| config.mode(&cell.engine, &cell.mode);
        let is = |row: &&Row| mode(&row.cell).is_some_and(|mode| mode.tier == tier);
        rows.iter().filter(|row| row.is_ok()).filter(is).collect()
    };
    let (optimizing, interpreted) = (of_tier(Tier::Optimizing), of_tier(Tier::Interpreter));
    let times = |row: &Row| {
        let same = |other: &&&Row| {
            other.cell.engine == row.cell.engine && other.cell.same_input(&row.cell)
        };
        let interpreter = interpreted.iter().filter(same);
        let interpreted_s = interpreter.filter_map(|row| Metric::Sort.of(row)).next()?;
        let own_s = Metric::Sort.of(row)?;
        (interpreted_s >= LONG_ENOUGH_S).then(|| (row.cell.clone(), own_s, interpreted_s))
    };
    let mut modes = engine_modes(optimizing.iter().copied());
    modes.sort_by_key(ToString::to_string);
    let suspect = |(cell, own_s, interpreted_s): (Cell, f64, f64)| {
        let speedup = interpreted_s / own_s;
        (speedup < CLEARLY_FASTER).then(|| {
            format!(
                "{cell}: sorted in {}, its interpreter in {}: {speedup:.1} times as fast; it looks as if the interpreter ran",
                human_seconds(own_s),
                human_seconds(interpreted_s)
            )
        })
    };
    let judged = modes.iter().filter_map(|mode| {
        let own = of_mode(&optimizing, mode);
        let judged = own.into_iter().filter_map(times);
        // The first of equals.
        judged.reduce(|a, b| if b.2 > a.2 { b } else { a })
    });
    judged.filter_map(suspect).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{row, sample};

    fn suspects_of(rows: &[(&str, f64)]) -> Vec<String> {
        let config = crate::config::tests::study();
        let rows: Vec<Row> = rows
            .iter()
            .map(|(cell, sort_s)| Row {
                samples: vec![sample(*sort_s, [0.0, *sort_s, 0.0], 9e6).into()],
                ..row(cell)
            })
            .collect();
        suspects(&config, &rows)
    }

    #[test]
    fn a_mode_that_sorts_no_faster_than_the_interpreter_is_flagged() {
        let interpreter = ("merge/1MB/random/wasmedge:interpreter", 1.0);
        assert!(suspects_of(&[interpreter, ("merge/1MB/random/wasmedge:aot", 0.03)]).is_empty());
        let lines = suspects_of(&[interpreter, ("merge/1MB/random/wasmedge:aot", 0.9)]);
        assert_eq!(lines.len(), 1);
        assert!(
            lines[0].contains("wasmedge:aot") && lines[0].contains("1.1 times"),
            "{}",
            lines[0]
        );
    }

    #[test]
    fn only_the_same_work_on_the_same_engine_is_compared_and_only_when_it_is_long_enough() {
        assert!(
            suspects_of(&[
                ("merge/1MB/random/wasmedge:interpreter", 1.0),
                ("quick/1MB/random/wasmedge:aot", 1.0)
            ])
            .is_empty()
        );
        assert!(
            suspects_of(&[
                ("merge/1MB/random/wasmedge:interpreter", 1.0),
                ("merge/1MB/random/wasmtime:aot", 1.0)
            ])
            .is_empty()
        );
        assert!(
            suspects_of(&[
                ("merge/1KB/random/wasmedge:interpreter", 1e-4),
                ("merge/1KB/random/wasmedge:aot", 1e-4)
            ])
            .is_empty()
        );
    }

    #[test]
    fn the_largest_common_input_decides() {
        let small = [
            ("merge/10KB/random/wasmedge:interpreter", 0.002),
            ("merge/10KB/random/wasmedge:aot", 0.0015),
        ];
        let large = [
            ("merge/1MB/random/wasmedge:interpreter", 1.0),
            ("merge/1MB/random/wasmedge:aot", 0.03),
        ];
        assert!(suspects_of(&[small, large].concat()).is_empty());
    }
}
