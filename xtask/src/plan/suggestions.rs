//! The rules for `impossible.toml` that a run's timeouts and failures suggest.

use std::collections::HashSet;
use std::fmt::Write;

use super::{Plan, PlannedCell};
use crate::config::Config;
use crate::data::Distribution;
use crate::model::distinct;
use crate::model::human_seconds;
use crate::model::{Cell, EngineMode, Outcome};

/// The rules of a run's plan, ready to be pasted into `impossible.toml`; comments say what is
/// not suggested and why. `config` holds the rules that there are already, `run` is the run's name.
///
/// No rule excludes a cell that ended `ok` in the run.
pub fn suggest(config: &Config, run: &Plan, name: &str) -> String {
    let rules = rules(config, run);
    let mut text = String::new();
    if rules.is_empty() {
        let _ = writeln!(
            text,
            "# Run {name} suggests nothing: no cell ended timeout, infeasible, failed or out-of-memory\n# that impossible.toml does not exclude already."
        );
    } else {
        let _ = writeln!(
            text,
            "# Run {name} suggests these rules for impossible.toml; read them before you paste them."
        );
    }
    for rule in &rules {
        let _ = write!(text, "\n{}", rule.to_toml(config, run));
    }
    let wrong = run
        .cells
        .iter()
        .filter(|planned| planned.outcome == Some(Outcome::WrongOutput));
    for planned in wrong {
        let _ = writeln!(
            text,
            "\n# {} ended wrong-output: a bug to be found, no reason to leave the cell out",
            planned.name
        );
    }
    text
}

/// Cells to exclude: all combinations of these.
struct Suggestion<'p> {
    workload: &'p str,
    /// As a rule writes them: `10KB`, or `>= 10KB`.
    sizes: Vec<String>,
    distributions: Vec<Distribution>,
    modes: Vec<EngineMode>,
    /// The cells that ended badly, those of one distribution, engine and mode together, sizes ascending.
    cells: Vec<&'p PlannedCell>,
}

/// What gets worse with the size: whatever is larger will not end better.
fn grows(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Timeout | Outcome::Infeasible | Outcome::OutOfMemory
    )
}

fn is_bad(planned: &PlannedCell) -> bool {
    planned
        .outcome
        .is_some_and(|outcome| grows(outcome) || outcome == Outcome::Failed)
}

/// A rule must leave these alone: they were measured, may yet be, or hide a bug.
fn is_kept(planned: &PlannedCell) -> bool {
    !is_bad(planned)
        && !matches!(
            planned.outcome,
            Some(Outcome::Impossible | Outcome::Unsupported)
        )
}

fn rules<'p>(config: &Config, run: &'p Plan) -> Vec<Suggestion<'p>> {
    // What the matrix still has, and no rule excludes.
    let mut live = config.cells();
    live.retain(|cell| !config.rules.iter().any(|rule| rule.excludes(cell)));
    let live: &HashSet<Cell> = &live.into_iter().collect();
    let is_news = |planned: &PlannedCell| is_bad(planned) && live.contains(&planned.cell);
    let alike = |a: &Cell, b: &Cell| {
        a.workload == b.workload && a.distribution == b.distribution && a.is_of(&b.engine_mode())
    };
    let mut firsts: Vec<&Cell> = Vec::new();
    for planned in run.cells.iter().filter(|planned| is_news(planned)) {
        if !firsts.iter().any(|first| alike(first, &planned.cell)) {
            firsts.push(&planned.cell);
        }
    }
    let series = firsts.into_iter().flat_map(|first| {
        let own = run
            .cells
            .iter()
            .filter(|planned| alike(first, &planned.cell));
        let mut own: Vec<&PlannedCell> = own.collect();
        own.sort_by_key(|planned| planned.cell.size);
        split(&own, is_news)
    });
    let by_mode = joined(series, |a, b| {
        (a.workload, &a.distributions, &a.sizes) == (b.workload, &b.distributions, &b.sizes)
    });
    joined(by_mode, |a, b| {
        (a.workload, &a.modes, &a.sizes) == (b.workload, &b.modes, &b.sizes)
    })
}

/// Suggestions that differ in one thing only become one.
fn joined<'p>(
    suggestions: impl IntoIterator<Item = Suggestion<'p>>,
    are_alike: fn(&Suggestion, &Suggestion) -> bool,
) -> Vec<Suggestion<'p>> {
    let mut joined: Vec<Suggestion> = Vec::new();
    for new in suggestions {
        match joined.iter_mut().find(|other| are_alike(other, &new)) {
            Some(like) => {
                like.modes = distinct(like.modes.drain(..).chain(new.modes));
                like.distributions =
                    distinct(like.distributions.drain(..).chain(new.distributions));
                like.cells.extend(new.cells);
            }
            None => joined.push(new),
        }
    }
    joined
}

/// The bad cells of one engine and mode, sizes ascending, as at most two rules: from where it
/// does not get better, and single sizes below.
fn split<'p>(
    cells: &[&'p PlannedCell],
    is_news: impl Fn(&PlannedCell) -> bool,
) -> Vec<Suggestion<'p>> {
    let last_kept = cells.iter().rposition(|planned| is_kept(planned));
    let after_kept = last_kept.map_or(0, |at| at + 1);
    let hopeless = |planned: &PlannedCell| is_news(planned) && planned.outcome.is_some_and(grows);
    let from = (after_kept..cells.len()).find(|at| hopeless(cells[*at]));
    let (single, growing) = cells.split_at(from.unwrap_or(cells.len()));
    let suggestion = |cells: &[&'p PlannedCell], sizes: fn(&[&PlannedCell]) -> Vec<String>| {
        let mut cells = cells.to_vec();
        cells.retain(|planned| is_news(planned));
        let cell = &cells.first()?.cell;
        Some(Suggestion {
            workload: &cell.workload,
            sizes: sizes(&cells),
            distributions: vec![cell.distribution],
            modes: vec![cell.engine_mode()],
            cells,
        })
    };
    let each = |cells: &[&PlannedCell]| cells.iter().map(|it| it.cell.size.to_string()).collect();
    let from_first = |cells: &[&PlannedCell]| vec![format!(">= {}", cells[0].cell.size)];
    let split = [suggestion(single, each), suggestion(growing, from_first)];
    split.into_iter().flatten().collect()
}

impl Suggestion<'_> {
    fn to_toml(&self, config: &Config, run: &Plan) -> String {
        let of_config = config
            .workload(self.workload)
            .map(|workload| &workload.distributions);
        let mut all: Vec<Distribution> = of_config.into_iter().flatten().copied().collect();
        all.extend(run.cells.iter().map(|planned| planned.cell.distribution));
        let mut text = "[[impossible]]\n".to_owned();
        let _ = writeln!(text, "workload = {}", quoted(self.workload));
        let _ = writeln!(text, "size = {}", one_or_many(&self.sizes));
        if !all.iter().all(|it| self.distributions.contains(it)) {
            let _ = writeln!(text, "distribution = {}", one_or_many(&self.distributions));
        }
        let _ = writeln!(text, "mode = {}", one_or_many(&self.modes));
        let _ = writeln!(text, "reason = {}", quoted(&self.reason(run)));
        text
    }

    /// What was seen at the smallest size of each mode: the same words once.
    fn reason(&self, run: &Plan) -> String {
        let mut seen: Vec<(String, Vec<String>)> = Vec::new();
        for mode in &self.modes {
            let first = self.cells.iter().find(|planned| planned.cell.is_of(mode));
            let words = first.map(|first| format!("{} {}", first.cell.size, words(first, run)));
            let words = words.unwrap_or_default();
            match seen.iter_mut().find(|(other, _)| *other == words) {
                Some((_, modes)) => modes.push(mode.to_string()),
                None => seen.push((words, vec![mode.to_string()])),
            }
        }
        let several = seen.len() > 1;
        let parts = seen.into_iter().map(|(words, modes)| match several {
            true => format!("{}: {words}", modes.join(", ")),
            false => words,
        });
        parts.collect::<Vec<_>>().join("; ")
    }
}

/// How a cell ended, in a few words and with the figures.
fn words(planned: &PlannedCell, run: &Plan) -> String {
    let reason = planned.reason.as_deref().unwrap_or("for no known reason");
    // A longer one is what an engine said; its beginning says how the process ended.
    let mut short: String = reason.chars().take(160).collect();
    if short.len() < reason.len() {
        short.push('…');
    }
    match planned.outcome {
        Some(Outcome::Timeout) => format!("timed out after {}", human_seconds(run.timeout_s)),
        Some(Outcome::Infeasible) => format!("is infeasible: {short}"),
        _ => short,
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn one_or_many<T: ToString>(items: &[T]) -> String {
    match items {
        [one] => quoted(&one.to_string()),
        many => {
            let texts: Vec<String> = many.iter().map(ToString::to_string).collect();
            toml::Value::from(texts).to_string()
        }
    }
}

#[cfg(test)]
mod tests;
