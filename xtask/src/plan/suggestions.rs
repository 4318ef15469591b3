//! The rules for `impossible.toml` that a run's timeouts and failures suggest.

use std::collections::HashSet;

use anyhow::Context;
use serde::Serialize;
use toml::Value;

use super::{Plan, PlannedCell};
use crate::config::Config;
use crate::data::Distribution;
use crate::model::{Cell, Outcome};
use crate::model::{distinct, grouped, human_seconds};

/// The rules of a run's plan, ready to be pasted into `impossible.toml`; comments say what is
/// not suggested and why. `config` holds the rules that there are already, `run` is the run's name.
///
/// No rule excludes a cell that ended `ok` in the run.
///
/// # Errors
/// When a rule has no form as TOML; a bug.
pub fn suggest(config: &Config, run: &Plan, name: &str) -> anyhow::Result<String> {
    let mut text = format!(
        "# Run {name} suggests nothing: no cell ended timeout, infeasible, failed or out-of-memory\n# that impossible.toml does not exclude already.\n"
    );
    let suggestions = suggestions(config, run);
    if !suggestions.is_empty() {
        let rules = suggestions.iter().map(|it| it.rule(config, run));
        let impossible = rules.collect();
        let rules = toml::to_string(&Rules { impossible }).context("cannot write a rule")?;
        text = format!(
            "# Run {name} suggests these rules for impossible.toml; read them before you paste them.\n\n{rules}"
        );
    }
    let is_wrong = |planned: &&PlannedCell| planned.outcome == Some(Outcome::WrongOutput);
    for PlannedCell { name, .. } in run.cells.iter().filter(is_wrong) {
        text += &format!(
            "\n# {name} ended wrong-output: a bug to be found, no reason to leave the cell out\n"
        );
    }
    Ok(text)
}

/// `impossible.toml`, as it is written.
#[derive(Serialize)]
struct Rules {
    impossible: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    workload: String,
    size: Value,
    distribution: Option<Value>,
    mode: Value,
    reason: String,
}

/// Cells to exclude: all combinations of these.
struct Suggestion<'p> {
    workload: &'p str,
    /// As a rule writes them: `10KB`, or `>= 10KB`.
    sizes: Vec<String>,
    distributions: Vec<Distribution>,
    /// Each `engine:mode`, and what was seen at its smallest size.
    seen: Vec<(String, String)>,
}

/// What gets worse with the size: whatever is larger will not end better.
fn grows(planned: &PlannedCell) -> bool {
    use Outcome::{Infeasible, OutOfMemory, Timeout};
    matches!(planned.outcome, Some(Timeout | Infeasible | OutOfMemory))
}

fn is_bad(planned: &PlannedCell) -> bool {
    grows(planned) || planned.outcome == Some(Outcome::Failed)
}

/// A rule must leave these alone: they were measured, may yet be, or hide a bug.
fn is_kept(planned: &PlannedCell) -> bool {
    let left_out = [Some(Outcome::Impossible), Some(Outcome::Unsupported)];
    !is_bad(planned) && !left_out.contains(&planned.outcome)
}

fn suggestions<'p>(config: &Config, run: &'p Plan) -> Vec<Suggestion<'p>> {
    // What the matrix still has, and no rule excludes.
    let mut live = config.cells();
    live.retain(|cell| !config.rules.iter().any(|rule| rule.excludes(cell)));
    let live: &HashSet<Cell> = &live.into_iter().collect();
    let is_news = |planned: &PlannedCell| is_bad(planned) && live.contains(&planned.cell);
    let series = grouped(&run.cells, |PlannedCell { cell: a, .. }, b| {
        let same_mode = a.is_of(&b.cell.engine_mode());
        a.workload == b.cell.workload && a.distribution == b.cell.distribution && same_mode
    });
    let split = series.into_iter().flat_map(|mut series| {
        series.sort_by_key(|planned| planned.cell.size);
        split(run, &series, is_news)
    });
    let by_mode = grouped(split, |a, b| {
        (a.workload, &a.distributions, &a.sizes) == (b.workload, &b.distributions, &b.sizes)
    });
    let by_mode = by_mode.into_iter();
    let by_mode = by_mode.filter_map(|alike| alike.into_iter().reduce(Suggestion::join));
    let by_distribution = grouped(by_mode, |a, b| {
        (a.workload, a.modes(), &a.sizes) == (b.workload, b.modes(), &b.sizes)
    });
    let by_distribution = by_distribution.into_iter();
    let joined = by_distribution.filter_map(|alike| alike.into_iter().reduce(Suggestion::join));
    joined.collect()
}

/// The bad cells of one engine and mode, sizes ascending, as at most two rules: from where it
/// does not get better, and single sizes below.
fn split<'p>(
    run: &Plan,
    cells: &[&'p PlannedCell],
    is_news: impl Fn(&PlannedCell) -> bool,
) -> Vec<Suggestion<'p>> {
    let last_kept = cells.iter().rposition(|planned| is_kept(planned));
    let mut after_kept = last_kept.map_or(0, |at| at + 1)..cells.len();
    let hopeless = after_kept.find(|at| is_news(cells[*at]) && grows(cells[*at]));
    let (single, growing) = cells.split_at(hopeless.unwrap_or(cells.len()));
    let suggestion = |cells: &[&'p PlannedCell], grow: bool| {
        let mut news = cells.iter().filter(|planned| is_news(planned)).peekable();
        let first = *news.peek()?;
        let Cell {
            workload,
            size,
            distribution,
            ..
        } = &first.cell;
        let seen = format!("{size} {}", words(first, run));
        Some(Suggestion {
            workload,
            sizes: match grow {
                true => vec![format!(">= {size}")],
                false => news.map(|it| it.cell.size.to_string()).collect(),
            },
            distributions: vec![*distribution],
            seen: vec![(first.cell.engine_mode().to_string(), seen)],
        })
    };
    let split = [suggestion(single, false), suggestion(growing, true)];
    split.into_iter().flatten().collect()
}

impl Suggestion<'_> {
    fn modes(&self) -> Vec<&String> {
        self.seen.iter().map(|(mode, _)| mode).collect()
    }

    /// Both, which differ in their modes or their distributions only.
    fn join(mut self, other: Self) -> Self {
        self.distributions = distinct([self.distributions, other.distributions].concat());
        let mut new = other.seen;
        new.retain(|(mode, _)| !self.modes().contains(&mode));
        self.seen.extend(new);
        self
    }

    fn rule(&self, config: &Config, run: &Plan) -> Rule {
        let workload = config.workload(self.workload).into_iter();
        let known = workload.flat_map(|workload| &workload.distributions);
        let mut known = known.chain(run.cells.iter().map(|planned| &planned.cell.distribution));
        let some = known.any(|it| !self.distributions.contains(it));
        Rule {
            workload: self.workload.to_owned(),
            size: one_or_many(self.sizes.iter()),
            distribution: some.then(|| one_or_many(&self.distributions)),
            mode: one_or_many(self.modes()),
            reason: self.reason(),
        }
    }

    /// What was seen at the smallest size of each mode: the same words once.
    fn reason(&self) -> String {
        let seen = grouped(&self.seen, |(_, a), (_, b)| a == b);
        let parts = seen.iter().map(|alike| {
            let modes: Vec<&str> = alike.iter().map(|(mode, _)| mode.as_str()).collect();
            match seen.len() {
                1 => alike[0].1.clone(),
                _ => format!("{}: {}", modes.join(", "), alike[0].1),
            }
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

fn one_or_many<T: ToString>(items: impl IntoIterator<Item = T>) -> Value {
    let mut texts: Vec<String> = items.into_iter().map(|it| it.to_string()).collect();
    match texts.len() {
        1 => Value::from(texts.remove(0)),
        _ => Value::from(texts),
    }
}

#[cfg(test)]
mod tests;
