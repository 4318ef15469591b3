//! Did the mode that was asked for run? An engine may fall back to its interpreter without a word.

use std::collections::BTreeMap;

use crate::cell::Cell;
use crate::config::{Config, Tier};
use crate::summary::Row;
use crate::units::human_seconds;

/// A mode that is declared to optimize must sort at least this many times as fast as the
/// interpreter of its engine. Interpreters were seen 15 to 50 times slower than optimized
/// code; a factor of 2 is far from both.
const CLEARLY_FASTER: f64 = 2.0;
/// Sort phases shorter than this are too short to compare, in seconds.
const LONG_ENOUGH_S: f64 = 0.001;

/// What is known of each optimizing mode's tier, one line for each that did not pass.
///
/// A mode is judged by the largest input on which both it and its engine's interpreter were measured.
pub fn suspects(config: &Config, rows: &[Row]) -> Vec<String> {
    let tier = |cell: &Cell| {
        let mode = config.mode_of(cell)?;
        Some(mode.tier)
    };
    let measured = || {
        rows.iter()
            .filter(|row| row.is_ok() && row.sort_median_s.is_some())
    };
    let mut judged: BTreeMap<String, (f64, String)> = BTreeMap::new();
    for row in measured().filter(|row| tier(&row.cell) == Some(Tier::Optimizing)) {
        let same_work = |other: &&Row| {
            other.cell.engine == row.cell.engine
                && other.cell.workload == row.cell.workload
                && other.cell.size == row.cell.size
                && other.cell.distribution == row.cell.distribution
                && tier(&other.cell) == Some(Tier::Interpreter)
        };
        let Some(interpreter) = measured().find(same_work) else {
            continue;
        };
        let (Some(own_s), Some(interpreted_s)) = (row.sort_median_s, interpreter.sort_median_s)
        else {
            continue;
        };
        if interpreted_s < LONG_ENOUGH_S {
            continue;
        }
        let best = judged
            .entry(row.cell.engine_mode())
            .or_insert((0.0, String::new()));
        let speedup = interpreted_s / own_s;
        if interpreted_s > best.0 {
            let line = if speedup < CLEARLY_FASTER {
                format!(
                    "{}: sorted in {}, its interpreter in {}: {speedup:.1} times as fast; it looks as if the interpreter ran",
                    row.cell,
                    human_seconds(own_s),
                    human_seconds(interpreted_s)
                )
            } else {
                String::new()
            };
            *best = (interpreted_s, line);
        }
    }
    judged
        .into_values()
        .map(|(_, line)| line)
        .filter(|line| !line.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::row;

    fn suspects_of(rows: &[(&str, f64)]) -> Vec<String> {
        let config = crate::config::tests::study();
        let rows: Vec<Row> = rows
            .iter()
            .map(|(cell, sort_s)| Row {
                sort_median_s: Some(*sort_s),
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
