use super::*;
use crate::config::tests::config;
use crate::model::Filter;
use proptest::prelude::*;

fn selection(profile: &str) -> Selection {
    filtered(profile, "")
}

/// The filter is written as in matrix.toml.
fn filtered(profile: &str, filter: &str) -> Selection {
    Selection {
        profile: Some(profile.to_owned()),
        filter: toml::from_str(filter).unwrap(),
    }
}

fn full() -> Plan {
    Plan::new(&config(), &selection("full"), &Overrides::default()).unwrap()
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.cells
        .iter()
        .map(|planned| planned.name.as_str())
        .collect()
}

fn error(selection: &Selection, overrides: &Overrides) -> String {
    format!(
        "{:#}",
        Plan::new(&config(), selection, overrides).unwrap_err()
    )
}

#[test]
fn the_matrix_expands_in_its_own_order() {
    let plan = full();
    // merge: 3 sizes × 2 distributions × 3 modes; bubble: 2 × 1 × 3.
    assert_eq!(plan.cells.len(), 18 + 6);
    assert_eq!(
        names(&plan)[..4],
        [
            "merge/1KB/random/native:release",
            "merge/1KB/random/vm:jit",
            "merge/1KB/random/vm:aot",
            "merge/1KB/sorted/native:release",
        ]
    );
    assert_eq!(*names(&plan).last().unwrap(), "bubble/10KB/random/vm:aot");
}

#[test]
fn a_profile_is_the_union_of_its_blocks_and_the_default_is_used_unasked() {
    let plan = Plan::new(&config(), &Selection::default(), &Overrides::default()).unwrap();
    assert_eq!(plan.profile, "small");
    assert_eq!(
        names(&plan),
        [
            "merge/1KB/random/vm:jit",
            "merge/1KB/random/vm:aot",
            "bubble/10KB/random/native:release"
        ]
    );
}

#[test]
fn impossible_cells_stay_with_their_reason() {
    let plan = full();
    let impossible: Vec<&PlannedCell> = plan
        .cells
        .iter()
        .filter(|planned| planned.outcome.is_some())
        .collect();
    assert_eq!(impossible.len(), 2);
    for planned in impossible {
        assert_eq!(planned.outcome, Some(Outcome::Impossible));
        assert_eq!(planned.reason.as_deref(), Some("too slow"));
        assert!(planned.name.starts_with("bubble/10KB/random/vm:"));
    }
    assert_eq!(plan.live().count(), 22);
}

#[test]
fn overrides_win_over_the_profile() {
    let overrides = Overrides {
        runs: Some(4),
        timeout: Some("7s".to_owned()),
        ..Overrides::default()
    };
    let plan = Plan::new(&config(), &selection("full"), &overrides).unwrap();
    assert_eq!(
        (plan.runs, plan.compile_runs, plan.timeout_s),
        (4, 4, 7.0),
        "compilations are not sampled more often than runs"
    );
    let plan = full();
    assert_eq!(
        (plan.runs, plan.compile_runs, plan.timeout_s),
        (15, 20, 300.0)
    );
}

#[test]
fn filters_take_names_globs_and_repetitions() {
    let select = |filter: &str| {
        let selection = filtered("full", filter);
        let plan = Plan::new(&config(), &selection, &Overrides::default()).unwrap();
        names(&plan).len()
    };
    assert_eq!(select("engines = 'v*'"), 16);
    assert_eq!(select("modes = 'vm:aot'"), 8);
    assert_eq!(select("modes = ['aot', 'release']"), 16);
    assert_eq!(select("workloads = '{bubble,merge}'"), 24);
    assert_eq!(
        select("sizes = '1000B'"),
        9,
        "sizes are compared, not their spelling"
    );
    assert_eq!(select("sizes = '> 1KB'"), 15);
    assert_eq!(select("distributions = 'sorted'"), 9);
}

#[test]
fn a_filter_that_matches_nothing_lists_what_is_left_to_choose_from() {
    assert_eq!(
        error(
            &filtered("full", "workload = 'bubble'\nsize = '1MB'"),
            &Overrides::default()
        ),
        "option --size, among the selected cells of profile \"full\": \"1MB\" matches nothing, expected one of \"1KB\", \"10KB\""
    );
    let runs = Overrides {
        runs: Some(0),
        ..Overrides::default()
    };
    assert_eq!(
        error(&selection("full"), &runs),
        "option --runs: must be at least 1"
    );
}

#[test]
fn who_counts_samples_gets_so_many_and_a_budget_makes_sharp() {
    let plan = |overrides| Plan::new(&config(), &selection("full"), &overrides).unwrap();
    assert_eq!((full().precision, full().budget_s), (None, None));
    let budget = plan(Overrides {
        budget: Some("10m".to_owned()),
        ..Overrides::default()
    });
    assert_eq!(
        (budget.precision, budget.budget_s),
        (Some(Precision::default()), Some(600.0))
    );
    let precise = plan(Overrides {
        precision: Some("3%".to_owned()),
        runs: Some(6),
        ..Overrides::default()
    });
    assert_eq!((precise.precision.unwrap().light, precise.runs), (0.03, 6));
    let wrong = Overrides {
        precision: Some("3".to_owned()),
        ..Overrides::default()
    };
    let text = error(&selection("full"), &wrong);
    assert!(
        text.starts_with("option --precision: \"3\" is no percentage"),
        "{text}"
    );
}

#[test]
fn the_first_outcome_of_a_cell_stays() {
    let mut plan = full();
    let planned = &mut plan.cells[0];
    planned.conclude(Outcome::Timeout, Some("first".to_owned()));
    planned.conclude(Outcome::Ok, None);
    assert_eq!(planned.outcome, Some(Outcome::Timeout));
    assert_eq!(planned.reason.as_deref(), Some("first"));
}

#[test]
fn differences_name_everything_that_makes_another_run() {
    let then = full();
    let same = |now: &Plan| then.differences(now).unwrap().is_empty();
    assert!(same(&then));
    let mut now = then.clone();
    now.cells[3].conclude(Outcome::Failed, None);
    now.selection = Selection::default();
    assert!(same(&now), "outcomes and what was typed are no difference");
    now.runs = 3;
    now.timeout_s = 1.5;
    now.cells.remove(0);
    now.cells[0].outcome = Some(Outcome::Impossible);
    assert_eq!(
        then.differences(&now).unwrap(),
        [
            "runs: was 15, is 3",
            "timeout_s: was 300.0, is 1.5",
            "cells.\"merge/1KB/random/native:release\": was \"planned\", is absent",
            "cells.\"merge/1KB/random/vm:jit\": was \"planned\", is \"impossible\"",
        ]
    );
    let added = "cells.\"merge/1KB/random/native:release\": was absent, is \"planned\"";
    assert!(now.differences(&then).unwrap().contains(&added.to_owned()));
}

#[test]
fn plan_json_is_read_back_as_it_was() {
    let selection = filtered("full", "engines = ['vm', 'n*']\nsizes = ['1KB', '>= 1MB']");
    let plan = Plan::new(&config(), &selection, &Overrides::default()).unwrap();
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
}

#[test]
fn the_order_of_a_stream_is_pinned() {
    // Another order in a later version would mix two orders in a resumed run.
    assert_eq!(shuffled(2023, 1, 8), GOLDEN[0]);
    assert_eq!(shuffled(2023, 2, 8), GOLDEN[1]);
    // Long enough to use the generator's buffer several times.
    let mut hasher = blake3::Hasher::new();
    for (seed, stream) in [(0, 0), (2023, 3), (u64::MAX, u64::from(u32::MAX))] {
        for place in shuffled(seed, stream, 1000) {
            hasher.update(&(place as u64).to_le_bytes());
        }
    }
    assert_eq!(&hasher.finalize().to_hex()[..16], "1b6fbf23e0c8bfd3");
}

const GOLDEN: [[usize; 8]; 2] = [[6, 5, 4, 3, 0, 7, 2, 1], [5, 0, 6, 4, 7, 2, 1, 3]];

proptest! {
    #[test]
    fn the_order_of_a_stream_is_a_permutation_and_repeats(seed: u64, round in 0u64..1000, count in 0usize..200) {
        let order = shuffled(seed, round, count);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..count).collect::<Vec<_>>());
        prop_assert_eq!(shuffled(seed, round, count), order);
    }

    #[test]
    fn rounds_and_seeds_differ(seed: u64, round in 0u64..1000) {
        // 30! orders: equal ones would be no chance.
        let order = shuffled(seed, round, 30);
        prop_assert_ne!(&shuffled(seed, round + 1, 30), &order);
        prop_assert_ne!(&shuffled(seed.wrapping_add(1), round, 30), &order);
    }

    #[test]
    fn exact_names_select_exactly_their_cells(picked in prop::sample::subsequence((0..24).collect::<Vec<usize>>(), 1..24)) {
        let whole = full();
        let cells: Vec<&Cell> = picked.iter().map(|at| &whole.cells[*at].cell).collect();
        let of = |name: fn(&Cell) -> String| -> Vec<String> { cells.iter().map(|cell| name(cell)).collect() };
        let patterns = |name| of(name).iter().map(|name| name.parse().unwrap()).collect();
        let mut selection = selection("full");
        selection.filter = Filter {
            workloads: patterns(|cell| cell.workload.clone()),
            sizes: patterns(|cell| cell.size.to_string()),
            distributions: patterns(|cell| cell.distribution.to_string()),
            engines: patterns(|cell| cell.engine.clone()),
            modes: patterns(|cell| cell.engine_mode().to_string()),
        };
        let plan = Plan::new(&config(), &selection, &Overrides::default()).unwrap();
        let any = |same: fn(&Cell, &Cell) -> bool, cell: &Cell| cells.iter().any(|other| same(cell, other));
        let wanted = |cell: &Cell| {
            any(|a, b| a.workload == b.workload, cell)
                && any(|a, b| a.size == b.size, cell)
                && any(|a, b| a.distribution == b.distribution, cell)
                && any(|a, b| a.is_of(&b.engine_mode()), cell)
        };
        let expected: Vec<&str> = whole.cells.iter().filter(|planned| wanted(&planned.cell)).map(|planned| planned.name.as_str()).collect();
        prop_assert_eq!(names(&plan), expected);
    }
}
