//! What compiling ahead costs, and when compiling pays: from which size, and after how many runs.

use super::comparison::{Comparison, Verdict, pairs};
use super::{Results, range};
use crate::config::{Mode, Tier};
use crate::document::{Field, Piece, Table};
use crate::model::{
    EngineMode, Metric, Row, Sample, engine_modes, grids, grouped, human_bytes, human_seconds,
    of_mode,
};
use crate::stats::{self, Interval, LEAST_PAIRS};

/// Two cells with the same input.
struct Pair<'r> {
    /// `merge, random`
    workload: String,
    own: &'r Row,
    other: &'r Row,
    /// Of their wall times.
    comparison: Comparison,
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let ahead = siblings(results, compiles_only_first).into_iter().flatten();
    let thresholds = Table::of(siblings(results, beats_interpreter))
        .column("workload", |pairs| pairs[0].workload.clone())
        .column("mode", |pairs| pairs[0].own.cell.engine_mode())
        .column("interpreter", |pairs| pairs[0].other.cell.engine_mode())
        .column("faster from", |pairs| faster_from(pairs))
        .column("both measured at", |pairs| {
            let sizes = pairs.iter().map(|pair| pair.own.cell.size.to_string());
            sizes.collect::<Vec<_>>().join(", ")
        })
        .table;
    let paybacks = Table::of(ahead.filter(|pair| Metric::Compile.of(pair.own).is_some()))
        .column("input", |it| it.own.input())
        .column("ahead", |it| it.own.cell.engine_mode())
        .column("against", |it| it.other.cell.engine_mode())
        .column("compiling takes", |it| Field::of(Metric::Compile, it.own))
        .column("each run saves", |it| {
            Field::difference(saved_s(it, it.comparison.ratio), "")
        })
        .column("runs to pay", runs_to_pay)
        .table;
    let parts = [
        costs(results),
        Piece::part(
            Piece::subheading("Against the interpreter"),
            "From which size on a mode that compiles beats the interpreter of its engine, in each run's wall time and beyond noise, at every size measured.",
            thresholds,
        ),
        Piece::part(
            Piece::subheading("Compiling ahead of time"),
            "After how many runs compiling ahead has paid for itself: the compilation's time divided by what each run then takes less, \
             from the ends of their 95 % intervals.",
            paybacks,
        ),
    ];
    Piece::under("When compiling pays", parts.concat())
}

/// Each mode that compiles ahead, with a row of each program: all of a program's have the same
/// compilations.
fn compiled<'r>(results: &Results<'r>) -> Vec<(EngineMode, Vec<&'r Row>)> {
    let rows = results.ok().filter(|row| !row.compilations.is_empty());
    let programs = grouped(rows, |a, b| {
        let is_one = a.cell.workload == b.cell.workload && a.machine == b.machine;
        is_one && a.cell.engine_mode() == b.cell.engine_mode()
    });
    let firsts: Vec<&Row> = programs.iter().map(|rows| rows[0]).collect();
    let modes = engine_modes(firsts.iter().copied()).into_iter();
    modes
        .map(|mode| (mode.clone(), of_mode(&firsts, &mode)))
        .collect()
}

/// `1.30 s–1.50 s`: from the smallest to the largest median over programs.
fn over_programs(
    programs: &[&Row],
    value: fn(&Sample) -> Option<f64>,
    text: fn(f64) -> String,
) -> Field {
    let median = |row: &&Row| {
        let values = row.compilations.iter().filter_map(|sample| value(sample));
        stats::median(&values.collect::<Vec<_>>())
    };
    let medians: Vec<f64> = programs.iter().filter_map(median).collect();
    range(&medians, text).map_or_else(Field::none, |(text, low)| Field::figure(text, low))
}

fn costs(results: &Results) -> Vec<Piece> {
    let table = Table::of(compiled(results))
        .column("mode", |(mode, _)| mode.clone())
        .column("programs", |(_, programs)| Field::count(programs.len()))
        .column("compilations of each", |(_, programs)| {
            let counts = programs.iter().map(|row| row.compilations.len());
            Field::count(counts.min().unwrap_or_default())
        })
        .column("time", |(_, programs)| {
            over_programs(programs, |it| it.wall_s, human_seconds)
        })
        .column("peak memory", |(_, programs)| {
            over_programs(programs, |it| Metric::Memory.value(it), human_bytes)
        })
        .column("artefact", |(_, programs)| {
            over_programs(programs, |it| Some(it.artifact_bytes? as f64), human_bytes)
        })
        .table;
    Piece::part(
        Piece::subheading("What compiling ahead costs"),
        "It is paid once a program, and no figure of a run holds it. From the smallest to the largest median over the programs.",
        table,
    )
}

/// What it costs each mode, in a sentence for a table that does not hold it: `wasmtime:aot 40 ms–60 ms`.
pub fn sentence(results: &Results) -> Option<String> {
    let of = |(mode, programs): (EngineMode, Vec<&Row>)| {
        let time = over_programs(&programs, |it| it.wall_s, human_seconds);
        format!("{mode} {}", time.text)
    };
    let all: Vec<String> = compiled(results).into_iter().map(of).collect();
    (!all.is_empty()).then(|| {
        format!(
            "Compiling ahead is in none of these figures; it takes once for each program: {}.",
            all.join(", ")
        )
    })
}

/// For each two modes of one engine that are to be compared, workload and distribution: the inputs
/// that both were measured on, sizes ascending.
fn siblings<'r>(results: &Results<'r>, wanted: fn(&Mode, &Mode) -> bool) -> Vec<Vec<Pair<'r>>> {
    let mut found = Vec::new();
    for grid in grids(results.work()) {
        let modes = grid.modes.iter();
        for (a, b) in modes.flat_map(|a| grid.modes.iter().map(move |b| (a, b))) {
            let modes = results.mode(a).zip(results.mode(b));
            if a.engine != b.engine || !modes.is_some_and(|(a, b)| wanted(a, b)) {
                continue;
            }
            let pair = |(own, other)| {
                Some(Pair {
                    workload: grid.title(),
                    own,
                    other,
                    comparison: results.ledger.tell(&[(own, other)], Metric::Wall)?,
                })
            };
            let pairs = pairs(&grid.rows, a, b).into_iter();
            let mut pairs: Vec<Pair> = pairs.filter_map(pair).collect();
            pairs.sort_by_key(|pair| pair.own.cell.size);
            found.push(pairs);
        }
    }
    found.retain(|pairs| !pairs.is_empty());
    found
}

fn beats_interpreter(own: &Mode, other: &Mode) -> bool {
    own.tier != Tier::Interpreter && other.tier == Tier::Interpreter
}

/// Compiling ahead against compiling in each run, or keeping what was compiled.
fn compiles_only_first(ahead: &Mode, other: &Mode) -> bool {
    ahead.tier == other.tier && ahead.compiles_ahead() && !other.compiles_ahead()
}

/// The smallest size from which on a mode is faster, beyond noise, at every size.
fn faster_from(pairs: &[Pair]) -> String {
    let not_faster = |pair: &Pair| pair.comparison.verdict != Verdict::Less;
    let first = pairs.iter().rposition(not_faster).map_or(0, |at| at + 1);
    match (pairs.get(first), pairs.last()) {
        (Some(pair), _) if first == 0 => format!("{}, the smallest", pair.own.cell.size),
        (Some(pair), _) => pair.own.cell.size.to_string(),
        (None, Some(last)) if last.comparison.verdict == Verdict::Tie => {
            "a tie at the largest".to_owned()
        }
        _ => "never".to_owned(),
    }
}

/// What a run takes less where it takes this share of the other, in seconds.
fn saved_s(pair: &Pair, ratio: f64) -> f64 {
    Metric::Wall.of(pair.other).unwrap_or_default() * (1.0 - ratio)
}

/// `4 [3–5]`; of few compilations the range: `4 (3 to 5)`.
fn runs_to_pay(pair: &Pair) -> Field {
    let compilations = stats::describe(&Metric::Compile.values(pair.own));
    let verdict = pair.comparison.verdict;
    let (Verdict::Less, Some(compile_s)) = (verdict, compilations) else {
        return match verdict {
            Verdict::Tie => "a tie",
            Verdict::Unknown => "too few pairs to tell",
            _ => "never",
        }
        .into();
    };
    let runs = |compile_s: f64, ratio| (compile_s / saved_s(pair, ratio)).ceil();
    let (Interval { low, high }, ratio) = (pair.comparison.ends(), pair.comparison.ratio);
    let middle = runs(compile_s.median, ratio);
    let (low, high) = (
        runs(compile_s.ci95.low, low),
        runs(compile_s.ci95.high, high),
    );
    let text = match compile_s.count < LEAST_PAIRS {
        true => format!("{middle} ({low} to {high})"),
        false => format!("{middle} [{low}–{high}]"),
    };
    Field::figure(text, middle)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::tests::{row, sample};
    use crate::questions::tests::{around, measured, run, sampled, tables, texts, texts_of};

    #[test]
    fn compiling_pays_from_a_size_on() {
        let run = run();
        let rows = [
            measured("merge/1KB/random/wasmedge:interpreter", 0.01, 9.0),
            measured("merge/1MB/random/wasmedge:interpreter", 1.0, 9.0),
            measured("merge/10MB/random/wasmedge:interpreter", 10.0, 9.0),
            measured("merge/1KB/random/wasmedge:jit", 2.0, 9.0),
            measured("merge/1MB/random/wasmedge:jit", 2.0, 9.0),
            measured("merge/10MB/random/wasmedge:jit", 2.1, 9.0),
        ];
        let row = |from, sizes| {
            [
                "merge, random",
                "wasmedge:jit",
                "wasmedge:interpreter",
                from,
                sizes,
            ]
        };
        let found = pieces(&Results::new(&run, &rows));
        assert_eq!(texts(&found), [row("10MB", "1KB, 1MB, 10MB")]);
        let never = pieces(&Results::new(&run, &rows[..5]));
        assert_eq!(texts(&never), [row("never", "1KB, 1MB")]);
    }

    #[test]
    fn a_tie_is_no_threshold() {
        let run = run();
        let mixed: Vec<f64> = around(1.0).into_iter().rev().collect();
        let rows = [
            measured("merge/1KB/random/wasmedge:interpreter", 0.02, 9.0),
            measured("merge/1MB/random/wasmedge:interpreter", 1.0, 9.0),
            measured("merge/1KB/random/wasmedge:aot", 0.01, 9.0),
            // Faster in some blocks, slower in others.
            sampled(row("merge/1MB/random/wasmedge:aot"), &mixed),
        ];
        let pieces = pieces(&Results::new(&run, &rows));
        assert_eq!(texts(&pieces)[0][3], "a tie at the largest");
    }

    #[test]
    fn compiling_ahead_pays_after_some_runs_or_never() {
        let run = run();
        let compilations = |seconds: &[f64]| -> Vec<Arc<Sample>> {
            let times = seconds.iter();
            times
                .map(|wall_s| sample(*wall_s, [0.0; 3], 9e6).into())
                .collect()
        };
        let seconds = [0.8, 0.9, 1.0, 1.0, 1.1, 1.19];
        let ahead = |wall_s| Row {
            compilations: compilations(&seconds),
            ..measured("merge/1KB/random/wasmtime:aot", wall_s, 9.0)
        };
        let runs = |ahead_s, jit_s| {
            let rows = [
                ahead(ahead_s),
                measured("merge/1KB/random/wasmtime:jit", jit_s, 9.0),
            ];
            let pieces = pieces(&Results::new(&run, &rows));
            texts_of(tables(&pieces)[1])[0][3..].join("; ")
        };
        assert_eq!(runs(0.1, 0.4), "1.00 s; 300 ms; 4 [3–4]");
        assert_eq!(runs(0.4, 0.1), "1.00 s; −300 ms; never");
        assert_eq!(runs(0.1, 0.1), "1.00 s; 0.00 ms; a tie");
    }

    #[test]
    fn what_compiling_costs_is_told_over_the_programs() {
        let run = run();
        let compiled = |cell, seconds| Row {
            compilations: vec![sample(seconds, [0.0; 3], 9e6).into(); 3],
            ..measured(cell, 0.1, 9.0)
        };
        let rows = [
            compiled("merge/1KB/random/wasmedge:aot", 1.3),
            compiled("merge/1MB/random/wasmedge:aot", 1.3),
            compiled("quick/1KB/random/wasmedge:aot", 1.5),
            measured("quick/1KB/random/wasmtime:jit", 0.1, 9.0),
        ];
        let results = Results::new(&run, &rows);
        let expected = ["wasmedge:aot", "2", "3", "1.30 s–1.50 s", "9.00 MB", "–"];
        assert_eq!(texts(&pieces(&results)), [expected]);
        let text = sentence(&results).unwrap();
        assert!(text.ends_with(": wasmedge:aot 1.30 s–1.50 s."), "{text}");
        assert_eq!(sentence(&Results::new(&run, &rows[3..])), None);
    }
}
