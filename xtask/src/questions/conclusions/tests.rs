mod contradictions;

use super::*;
use crate::model::Outcome;
use crate::questions::tests::{failed, measured, run};

/// The sizes of the study with their bytes.
const SIZES: [(&str, f64); 7] = [
    ("1KB", 1e3),
    ("10KB", 1e4),
    ("100KB", 1e5),
    ("1MB", 1e6),
    ("10MB", 1e7),
    ("100MB", 1e8),
    ("500MB", 5e8),
];

/// Rows in which the study's conclusions are true, compiled as shipped.
fn as_published() -> Vec<Row> {
    let mut rows = Vec::new();
    for (size, bytes) in SIZES {
        let mut add = |mode: &str, slower: f64, base_mb: f64| {
            let cell = format!("merge/{size}/random/{mode}");
            rows.push(measured(
                &cell,
                slower * bytes * 1e-7,
                base_mb + bytes * 4e-6,
            ));
        };
        let edge_slower = if bytes < 1e8 { 5.0 } else { 1.1 };
        add("wasmtime:jit-cached", 1.0, 4.0);
        add("wasmer:jit-cached", 1.05, 5.0);
        add("wasmedge:interpreter", edge_slower, 8.0);
        add("wasmedge:aot", edge_slower, 7.0);
        match bytes {
            ..1e6 => add("node:js", 20.0, 40.0),
            _ => rows.push(failed(&format!("merge/{size}/random/node:js"))),
        }
    }
    rows
}

fn concluded(rows: &[Row]) -> Vec<Conclusion> {
    let run = run();
    conclusions(&Results::new(&run, rows))
}

/// As shipped and compiled.
fn verdicts(rows: &[Row], claim: &str, at: &str) -> [&'static str; 2] {
    let found = concluded(rows);
    let found = found.iter().find(|it| it.claim == claim && it.at == at);
    let found = found.unwrap_or_else(|| panic!("no {claim} at {at}"));
    found
        .sides
        .each_ref()
        .map(|findings| Judgement::of(findings).name())
}

fn change(rows: &mut [Row], mode: &str, load: Load, change: impl Fn(&mut Row)) {
    let is =
        |row: &&mut Row| row.cell.engine_mode().to_string() == mode && row.cell.size.load() == load;
    rows.iter_mut().filter(is).for_each(change);
}

fn end_with(outcome: Outcome) -> impl Fn(&mut Row) {
    move |row| {
        *row = Row {
            outcome: Some(outcome),
            ..failed(&row.cell.to_string())
        }
    }
}

#[test]
fn a_run_as_published_gives_the_studys_conclusions() {
    let found = concluded(&as_published());
    let differ = found.iter().filter(|it| {
        let both = it.sides.each_ref().map(|findings| Judgement::of(findings));
        both != [Judgement::Holds; 2]
    });
    let differ: Vec<String> = differ.map(|it| format!("{} {}", it.claim, it.at)).collect();
    // What needs Node.js where it did not finish; a base that stays the same; and WasmEdge's leap at high loads, which
    // nothing foretells.
    assert_eq!(
        differ,
        [
            "C0 fast medium",
            "C0 fast high",
            "C0 efficient medium",
            "C0 efficient high",
            "C1 fastest medium",
            "C1 fastest high",
            "C1 least CPU medium",
            "C1 least CPU high",
            "C1 least memory medium",
            "C1 least memory high",
            "C4 slower medium",
            "C4 slower high",
            "C5 memory medium",
            "C5 memory high",
            "C6 in megabytes light to medium",
            "C6 in megabytes medium to high",
            "C7 latency merge"
        ]
    );
}

#[test]
fn not_tried_is_never_did_not_finish() {
    for (outcome, expected) in [
        (Outcome::Infeasible, "not tried"),
        (Outcome::Impossible, "not tried"),
        (Outcome::Timeout, "did not finish"),
        (Outcome::OutOfMemory, "did not finish"),
    ] {
        let mut rows = as_published();
        change(
            &mut rows,
            "wasmedge:interpreter",
            Load::High,
            end_with(outcome),
        );
        assert_eq!(
            verdicts(&rows, "C3 competitive", "high"),
            [expected, "holds"],
            "{outcome}"
        );
    }
    let mut rows = as_published();
    change(&mut rows, "wasmedge:aot", Load::High, |row| {
        row.outcome = None
    });
    assert_eq!(
        verdicts(&rows, "C3 competitive", "high"),
        ["holds", "not tried"],
        "unfinished"
    );
    change(
        &mut rows,
        "node:js",
        Load::Medium,
        end_with(Outcome::Infeasible),
    );
    assert_eq!(verdicts(&rows, "C5 unusable", "medium"), ["not tried"; 2]);
}

#[test]
fn who_is_said_to_take_less_must_finish_what_the_other_finished() {
    let mut rows = as_published();
    let lost = "merge/500MB/random/wasmedge:aot";
    for row in rows.iter_mut().filter(|row| row.cell.to_string() == lost) {
        end_with(Outcome::Timeout)(row);
    }
    assert_eq!(
        verdicts(&rows, "C3 competitive", "high"),
        ["holds", "did not finish"]
    );
    let found = concluded(&rows);
    let c3 = found
        .iter()
        .find(|it| it.claim == "C3 competitive")
        .unwrap();
    let wanted = "wasmtime:jit-cached ÷ wasmedge:aot 0.91× [0.91–0.91]; merge/500MB/random/wasmedge:aot: timeout";
    assert_eq!(
        c3.sides[1][0].text,
        wanted.replace("merge/500MB/random/wasmedge:aot", lost)
    );
}

#[test]
fn a_bound_needs_an_interval_beyond_it() {
    let mut rows = as_published();
    let verdict_at = |rows: &mut [Row], spread: f64, slower: f64| {
        change(rows, "wasmedge:aot", Load::Light, |row| {
            let wall_s = slower * row.cell.size.bytes as f64 * 1e-7;
            *row = measured(&row.cell.to_string(), wall_s, 9.0);
            for (number, sample) in row.samples.iter_mut().enumerate() {
                let odd = f64::from(number as u32 % 2);
                std::sync::Arc::make_mut(sample).wall_s = Some(wall_s * (1.0 + spread * odd));
            }
        });
        verdicts(rows, "C2 slower", "light")[1]
    };
    assert_eq!(verdict_at(&mut rows, 0.0, 1.5), "holds");
    assert_eq!(verdict_at(&mut rows, 0.0, 1.2), "does not hold");
    assert_eq!(verdict_at(&mut rows, 0.4, 1.1), "cannot be told");
}

#[test]
fn a_tie_is_no_lead_and_says_what_would_have_been_seen() {
    let mut rows = as_published();
    for row in &mut rows {
        if row.cell.engine == "wasmer" {
            // As fast in the mean of its blocks.
            let cell = row.cell.to_string().replace("wasmer", "wasmtime");
            let twin = measured(&cell, row.cell.size.bytes as f64 * 1e-7, 9.0);
            row.samples = twin.samples;
            row.samples.reverse();
            for (round, sample) in (1..).zip(&mut row.samples) {
                std::sync::Arc::make_mut(sample).round = round;
            }
        }
    }
    assert_eq!(
        verdicts(&rows, "C1 fastest", "light"),
        ["cannot be told"; 2]
    );
    let found = concluded(&rows);
    let tie = found.iter().find(|it| it.claim == "C1 fastest").unwrap();
    let text = &tie.sides[0][2].text;
    assert!(text.ends_with(" from 1 would have been seen)"), "{text}");
}

#[test]
fn one_interpreter_vetoes_as_shipped_alone() {
    let mut rows = as_published();
    change(&mut rows, "wasmedge:interpreter", Load::Light, |row| {
        *row = measured(&row.cell.to_string(), 100.0, 9.0);
    });
    assert_eq!(
        verdicts(&rows, "C4 slower", "light"),
        ["does not hold", "holds"]
    );
    // Compiled, any of the modes does.
    rows.push(measured("merge/1KB/random/wasmer:jit", 1.0, 9.0));
    assert_eq!(verdicts(&rows, "C4 slower", "light"), ["does not hold"; 2]);
}

#[test]
fn a_difference_is_compared_between_the_same_modes_at_both_loads() {
    let mut rows = as_published();
    rows.retain(|row| {
        row.cell.engine_mode().to_string() != "wasmedge:interpreter"
            || row.cell.size.load() != Load::High
    });
    let at = "medium to high";
    assert_eq!(verdicts(&rows, "C6 as a ratio", at), ["not tried", "holds"]);
    change(&mut rows, "wasmedge:aot", Load::High, |row| {
        *row = measured(&row.cell.to_string(), 1.0, 9e4);
    });
    assert_eq!(
        verdicts(&rows, "C6 as a ratio", at),
        ["not tried", "does not hold"]
    );
}

#[test]
fn what_counts_is_how_far_a_ratio_is_from_1() {
    let after = |megabytes: f64| {
        let mut rows = as_published();
        for (load, megabytes) in [(Load::Light, 13.4), (Load::Medium, megabytes)] {
            let modes = [
                ("wasmtime", 10.0),
                ("wasmer", megabytes),
                ("wasmedge", 20.0 - megabytes),
            ];
            for (engine, megabytes) in modes {
                for mode in ["jit-cached", "interpreter", "aot"] {
                    change(&mut rows, &format!("{engine}:{mode}"), load, |row| {
                        *row = measured(&row.cell.to_string(), 1.0, megabytes);
                    });
                }
            }
        }
        verdicts(&rows, "C6 as a ratio", "light to medium")
    };
    assert_eq!(after(13.1), ["holds"; 2]);
    assert_eq!(after(13.3), ["does not hold"; 2]);
    assert_eq!(after(13.4), ["does not hold"; 2]);
}

#[test]
fn flat_lines_are_predictable_and_surprises_are_not() {
    let mut rows = as_published();
    rows.retain(|row| row.cell.size.load() != Load::High);
    for row in &mut rows {
        *row = measured(&row.cell.to_string(), 0.01, 20.0);
    }
    assert_eq!(verdicts(&rows, "C7 latency", "merge"), ["holds"; 2]);
    assert_eq!(verdicts(&rows, "C7 memory", "merge"), ["holds"; 2]);
    change(&mut rows, "wasmer:jit-cached", Load::Medium, |row| {
        *row = measured(&row.cell.to_string(), 0.1, 20.0);
    });
    // 10MB follows from 100KB and 1MB, which grew tenfold.
    assert_eq!(verdicts(&rows, "C7 latency", "merge"), ["does not hold"; 2]);
}
