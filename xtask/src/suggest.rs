//! The rules for `impossible.toml` that a run's timeouts and failures suggest: pure.

use std::fmt::Write;

use crate::cell::{Cell, Outcome};
use crate::config::{Config, distinct};
use crate::plan::{Plan, PlannedCell};
use crate::units::{Size, human_seconds};

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
    sizes: Sizes,
    distributions: Vec<String>,
    /// Written `engine:mode`.
    modes: Vec<String>,
    /// The cells that ended badly, those of one distribution, engine and mode together, sizes ascending.
    cells: Vec<&'p PlannedCell>,
}

/// Which sizes a rule excludes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sizes {
    /// This and every larger one.
    From(Size),
    These(Vec<Size>),
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
    // Cells of one workload, distribution, engine and mode, in the order of the plan.
    let series = |cell: &Cell| {
        format!(
            "{}/{}/{}",
            cell.workload,
            cell.distribution,
            cell.engine_mode()
        )
    };
    let news = |planned: &&PlannedCell| is_bad(planned) && is_news(config, &planned.cell);
    let names = run.cells.iter().filter(news);
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for name in distinct(names.map(|planned| series(&planned.cell))) {
        let mut own: Vec<&PlannedCell> = run.cells.iter().collect();
        own.retain(|planned| series(&planned.cell) == name);
        own.sort_by_key(|planned| planned.cell.size);
        for (sizes, cells) in split(&own, &|planned| news(&planned)) {
            let cell = &cells[0].cell;
            let (workload, distribution) = (&cell.workload, cell.distribution.to_string());
            let like = suggestions.iter_mut().find(|other| {
                other.workload == workload
                    && other.distributions[0] == distribution
                    && other.sizes == sizes
            });
            match like {
                Some(like) => {
                    like.modes.push(cell.engine_mode());
                    like.cells.extend(cells);
                }
                None => suggestions.push(Suggestion {
                    workload,
                    sizes,
                    distributions: vec![distribution],
                    modes: vec![cell.engine_mode()],
                    cells,
                }),
            }
        }
    }
    join_distributions(suggestions)
}

/// Suggestions that differ in nothing but the distribution become one.
fn join_distributions(suggestions: Vec<Suggestion>) -> Vec<Suggestion> {
    let mut joined: Vec<Suggestion> = Vec::new();
    for suggestion in suggestions {
        let like = joined.iter_mut().find(|other| {
            other.workload == suggestion.workload
                && other.sizes == suggestion.sizes
                && other.modes == suggestion.modes
        });
        match like {
            Some(like) => {
                like.distributions.extend(suggestion.distributions);
                like.cells.extend(suggestion.cells);
            }
            None => joined.push(suggestion),
        }
    }
    joined
}

/// Does the matrix still have the cell, and does no rule exclude it?
fn is_news(config: &Config, cell: &Cell) -> bool {
    let planned = config.workload(&cell.workload).is_some_and(|workload| {
        workload.sizes.contains(&cell.size) && workload.distributions.contains(&cell.distribution)
    });
    let excluded = config.rules.iter().any(|rule| rule.excludes(cell));
    planned && config.mode_of(cell).is_some() && !excluded
}

/// The bad cells of one engine and mode, sizes ascending, as at most two rules: from where it
/// does not get better, and single sizes below.
fn split<'p>(
    cells: &[&'p PlannedCell],
    is_news: &dyn Fn(&'p PlannedCell) -> bool,
) -> Vec<(Sizes, Vec<&'p PlannedCell>)> {
    let after_kept = cells
        .iter()
        .rposition(|planned| is_kept(planned))
        .map_or(0, |at| at + 1);
    let hopeless =
        |planned: &&'p PlannedCell| is_news(planned) && planned.outcome.is_some_and(grows);
    let from = cells[after_kept..]
        .iter()
        .position(hopeless)
        .map_or(cells.len(), |at| after_kept + at);
    let (single, growing): (Vec<_>, Vec<_>) = (
        cells[..from]
            .iter()
            .copied()
            .filter(|p| is_news(p))
            .collect(),
        cells[from..]
            .iter()
            .copied()
            .filter(|p| is_news(p))
            .collect(),
    );
    let sizes = single.iter().map(|planned| planned.cell.size).collect();
    let mut split = vec![(Sizes::These(sizes), single)];
    if let Some(first) = growing.first() {
        split.push((Sizes::From(first.cell.size), growing));
    }
    split.retain(|(_, cells)| !cells.is_empty());
    split
}

impl Suggestion<'_> {
    fn to_toml(&self, config: &Config, run: &Plan) -> String {
        let sizes = match &self.sizes {
            Sizes::From(size) => vec![format!(">= {size}")],
            Sizes::These(sizes) => sizes.iter().map(ToString::to_string).collect(),
        };
        let of_config = config
            .workload(self.workload)
            .map_or(&[][..], |workload| &workload.distributions);
        let of_run = run.cells.iter().map(|planned| planned.cell.distribution);
        let all = of_run
            .chain(of_config.iter().copied())
            .all(|distribution| self.distributions.iter().any(|d| d == distribution.name()));
        let mut text = "[[impossible]]\n".to_owned();
        let _ = writeln!(text, "workload = {}", quoted(self.workload));
        let _ = writeln!(text, "size = {}", one_or_many(&sizes));
        if !all {
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
            let mut own = self.cells.iter();
            let Some(first) = own.find(|planned| planned.cell.engine_mode() == *mode) else {
                continue;
            };
            let words = format!("{} {}", first.cell.size, words(first, run));
            match seen.iter_mut().find(|(other, _)| *other == words) {
                Some((_, modes)) => modes.push(mode.clone()),
                None => seen.push((words, vec![mode.clone()])),
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

fn one_or_many(texts: &[String]) -> String {
    match texts {
        [one] => quoted(one),
        many => toml::Value::from(many.to_vec()).to_string(),
    }
}

#[cfg(test)]
mod tests;
