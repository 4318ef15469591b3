//! What became faster or slower, and whether that is real: runs against a base, or the modes of one
//! run against one of them.

mod drift;
mod pieces;

use std::collections::HashSet;

use anyhow::{Context, ensure};
use serde_json::{Value as Json, json};

use super::summary::rounded;
use super::{ratios, rows};
use crate::model::{EngineMode, Filter, Load, Metric, Row, distinct, engine_modes};
use crate::questions::comparison::{compare, decide_together};
use crate::questions::{Comparison, Run, Verdict, listed};
pub use drift::Drift;
pub use pieces::{View, document};

/// What is compared, each in tables of its own.
const METRICS: [Metric; 4] = [Metric::Wall, Metric::Start, Metric::Memory, Metric::Compile];

/// A run, and those of its rows that are compared.
pub struct Side {
    pub run: Run,
    pub rows: Vec<Row>,
}

impl Side {
    /// # Errors
    /// When the filter matches none of its cells.
    pub fn new(run: Run, filter: &Filter) -> anyhow::Result<Side> {
        let rows = rows(&run, filter)?;
        Ok(Side { run, rows })
    }

    fn ok(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.is_ok())
    }

    /// What the samples of these engines depend on, under the names that people are told. Of each
    /// engine's libraries one hash is enough to read.
    fn identity(&self, is_of: impl Fn(&str) -> bool) -> Json {
        let mut environment = self.run.environment.clone();
        environment.engines.retain(|name, _| is_of(name));
        let mut identity = environment.identity();
        identity["inputs"] = json!(format!("seed {}", self.run.plan.data_seed));
        for (name, engine) in environment.engines {
            let own = &mut identity["engines"][name];
            own["origin"] = json!(engine.origin);
            let libraries = own["libraries"].to_string();
            own["libraries"] = json!(blake3::hash(libraries.as_bytes()).to_string());
        }
        identity
    }
}

/// A cell and what it is compared with.
pub struct Change<'s> {
    pub base: &'s Row,
    pub new: &'s Row,
    /// The run of `new`.
    pub run: &'s str,
    pub comparison: Comparison,
}

/// The geometric mean of the ratios of wall times over cells of a run.
pub struct Mean<'s> {
    pub run: &'s str,
    /// None: of all engines.
    pub mode: Option<EngineMode>,
    /// None: of all loads.
    pub load: Option<Load>,
    pub comparison: Comparison,
}

/// All changes, and what must be known of them.
pub struct Compared<'s> {
    pub base: &'s Side,
    pub news: &'s [Side],
    /// Of one run: the mode that its others are compared with.
    pub mode: Option<EngineMode>,
    /// What runs of the same differ by; of one run there is none.
    pub drift: Drift,
    pub changes: Vec<Change<'s>>,
    pub means: Vec<Mean<'s>>,
}

/// The cells of the base, those that are compared with them, and the run of these.
type Pairs<'s> = Vec<(&'s Row, &'s Row, &'s str)>;
/// How the first cells compare with the second.
type Compare<'c> = &'c dyn Fn(&[(&Row, &Row)], Metric) -> Option<Comparison>;

impl<'s> Compared<'s> {
    fn of_metric(&self, metric: Metric) -> Vec<&Change<'s>> {
        let changes = self.changes.iter();
        changes
            .filter(|it| it.comparison.metric == metric)
            .collect()
    }

    /// Compares each cell of the new runs with the same cell of the base.
    ///
    /// # Errors
    /// When one has no cell in common with the base.
    pub fn runs(base: &'s Side, news: &'s [Side], drift: Drift) -> anyhow::Result<Compared<'s>> {
        let mut pairs = Pairs::new();
        for new in news {
            let (before, run) = (pairs.len(), new.run.name.as_str());
            let same = |row: &Row| base.ok().find(|it| it.name() == row.name());
            pairs.extend(new.ok().filter_map(|row| Some((same(row)?, row, run))));
            ensure!(
                pairs.len() > before,
                "the runs \"{}\" and \"{}\" have no cell in common that ended ok in both: compare runs of one profile, or mend the options that select cells",
                base.run.name,
                run
            );
        }
        Ok(Compared::of(base, news, None, drift, &pairs))
    }

    /// Compares each cell of a run with that of this mode on the same input, by their pairs.
    ///
    /// # Errors
    /// When the run has no such mode, or nothing that it can be compared with.
    pub fn modes(side: &'s Side, name: &str) -> anyhow::Result<Compared<'s>> {
        let modes = engine_modes(side.ok());
        let mode = modes.iter().find(|mode| mode.to_string() == name);
        let mode = mode.with_context(|| {
            format!(
                "option --base: no cell of \"{name}\" ended ok in run \"{}\", expected one of {}",
                side.run.name,
                listed(&modes)
            )
        })?;
        let (bases, others): (Vec<&Row>, Vec<&Row>) = side.ok().partition(|it| it.cell.is_of(mode));
        let base = |row: &Row| bases.iter().copied().find(|it| it.same_input(row));
        let run = side.run.name.as_str();
        let pairs = others.into_iter();
        let pairs: Pairs = pairs
            .filter_map(|row| Some((base(row)?, row, run)))
            .collect();
        ensure!(
            !pairs.is_empty(),
            "option --base: nothing else ended ok on the inputs of \"{name}\""
        );
        let mode = Some(mode.clone());
        Ok(Compared::of(side, &[], mode, Drift::default(), &pairs))
    }

    fn of(
        base: &'s Side,
        news: &'s [Side],
        mode: Option<EngineMode>,
        drift: Drift,
        pairs: &Pairs<'s>,
    ) -> Compared<'s> {
        let compare = |cells: &[(&Row, &Row)], metric: Metric| match mode {
            Some(_) => compare(cells, metric),
            None => drift.compare(cells, metric),
        };
        let changes = METRICS.map(|metric| changes(pairs, metric, &compare));
        Compared {
            changes: changes.into_iter().flatten().collect(),
            // The ratios of several modes to one share its noise: over all there is no interval.
            means: means(pairs, mode.is_none(), &compare),
            base,
            news,
            mode,
            drift,
        }
    }
}

/// Of a metric, decided together.
fn changes<'s>(pairs: &Pairs<'s>, metric: Metric, compare: Compare) -> Vec<Change<'s>> {
    let mut seen = HashSet::new();
    let mut changes = Vec::new();
    for (base, new, run) in pairs {
        // One compilation serves all inputs of a workload.
        let compiled = (*run, &new.cell.workload, new.cell.engine_mode());
        if metric == Metric::Compile && !seen.insert(compiled) {
            continue;
        }
        changes.extend(compare(&[(new, base)], metric).map(|comparison| Change {
            base,
            new,
            run,
            comparison,
        }));
    }
    decide_together(changes.iter_mut().map(|it| &mut it.comparison));
    changes
}

/// Of each run, engine and mode, at each load and over all; decided together.
fn means<'s>(pairs: &Pairs<'s>, over_all: bool, compare: Compare) -> Vec<Mean<'s>> {
    let mut means = Vec::new();
    for run in distinct(pairs.iter().map(|(_, _, run)| *run)) {
        let own = pairs.iter().filter(|(_, _, of)| *of == run);
        let own: Vec<(&Row, &Row)> = own.map(|(base, new, _)| (*new, *base)).collect();
        let modes = engine_modes(own.iter().map(|(new, _)| *new)).into_iter();
        for mode in modes.map(Some).chain(over_all.then_some(None)) {
            for load in Load::ALL.into_iter().map(Some).chain([None]) {
                let mut cells = own.clone();
                cells.retain(|(new, _)| {
                    mode.as_ref().is_none_or(|mode| new.cell.is_of(mode))
                        && load.is_none_or(|load| new.cell.size.load() == load)
                });
                means.extend(compare(&cells, Metric::Wall).map(|comparison| Mean {
                    run,
                    mode: mode.clone(),
                    load,
                    comparison,
                }));
            }
        }
    }
    decide_together(means.iter_mut().map(|it| &mut it.comparison));
    means
}

impl Change<'_> {
    /// How much changed for real, up or down: of the ratio's logarithm.
    fn size(&self) -> f64 {
        match self.comparison.verdict {
            Verdict::Less | Verdict::More => self.comparison.ratio.ln().abs(),
            Verdict::Tie | Verdict::Unknown => 0.0,
        }
    }

    /// Did it change for real, and by more than this share?
    pub fn exceeds(&self, threshold: f64) -> bool {
        self.size() > threshold.ln_1p()
    }

    /// The fields of a line of CSV or of an object of JSON; from the fourth on those of `ratios.csv`.
    fn fields(&self) -> impl Iterator<Item = (&'static str, Json)> {
        let figure = |row| json!(self.comparison.metric.seen(row).map(rounded));
        let own = [
            ("run", json!(self.run)),
            ("base", figure(self.base)),
            ("new", figure(self.new)),
        ];
        own.into_iter().chain(ratios::fields(&self.comparison))
    }
}

/// A row a change.
///
/// # Errors
/// When a figure has no form there; a bug.
pub fn csv(changes: &[&Change]) -> anyhow::Result<String> {
    super::csv(changes.iter().map(|change| change.fields()))
}

/// A list with an object a change, whose keys are the columns of [`csv`].
///
/// # Errors
/// As [`csv`].
pub fn json(changes: &[&Change]) -> anyhow::Result<String> {
    let named = |(name, value): (&str, Json)| (name.to_owned(), value);
    let objects = changes.iter().map(|it| it.fields().map(named).collect());
    let objects: Vec<Json> = objects.collect();
    Ok(serde_json::to_string_pretty(&objects)? + "\n")
}
