//! What a comparison says, for people.

use clap::Args;

use super::{Change, Compared, METRICS, Mean};
use crate::document::svg::{Chart, Plot, Ratio, SERIES};
use crate::document::{Document, Field, Piece, Table};
use crate::model::{Load, Metric, Row, Unit, differences, distinct, parse_percent};
use crate::questions::comparison::percent;
use crate::questions::{Comparison, Verdict};

/// More rows of a chart nobody reads.
const DRAWN: usize = 40;

/// How changes are shown.
#[derive(Args)]
pub struct View {
    /// Show only what changed for real
    #[arg(long, value_name = "WHAT", value_parser = ["changed"])]
    only: Option<String>,
    /// Smaller changes are no regression, such as 5%
    #[arg(long, value_name = "P", default_value = "5%", value_parser = parse_percent)]
    pub threshold: f64,
    /// What changed most for real comes first, or what does so in the plan
    #[arg(long, value_name = "ORDER", default_value = "change", value_parser = ["change", "plan"])]
    sort: String,
}

impl<'s> Compared<'s> {
    /// A name, with the run where there are several.
    fn name(&self, name: impl ToString, run: &str) -> String {
        match self.news {
            [_, _, ..] => format!("{}, {run}", name.to_string()),
            _ => name.to_string(),
        }
    }

    /// The changes that are shown, in their order.
    pub fn shown(&self, view: &View) -> Vec<&Change<'s>> {
        let mut changes: Vec<&Change> = self.changes.iter().collect();
        changes.retain(|it| view.only.is_none() || it.exceeds(0.0));
        if view.sort == "change" {
            changes.sort_by(|a, b| b.size().total_cmp(&a.size()));
        }
        changes
    }
}

/// # Errors
/// When what runs depend on cannot be compared; a bug.
pub fn document(compared: &Compared, view: &View) -> anyhow::Result<Document> {
    let mut pieces = opening(compared)?;
    pieces.push(Piece::paragraph(counts(compared, view.threshold)));
    let shown = compared.shown(view);
    for metric in METRICS {
        let mut own = shown.clone();
        own.retain(|it| it.comparison.metric == metric);
        pieces.extend(part(compared, metric, &own));
    }
    pieces.extend(means(compared));
    pieces.extend(alone(compared));
    let base = &compared.base.run.name;
    Ok(Document {
        title: match &compared.mode {
            Some(mode) => format!("{base}, compared with {mode}"),
            None => format!("Compared with {base}"),
        },
        pieces,
    })
}

/// What kind of comparison it is, and what other than time may have made a difference.
fn opening(compared: &Compared) -> anyhow::Result<Vec<Piece>> {
    let base = compared.base;
    let mut pieces = Vec::new();
    for new in compared.news {
        let is_used = |name: &str| {
            let mut rows = base.rows.iter().chain(&new.rows);
            rows.any(|row| row.cell.engine == name)
        };
        let differences = differences(&base.identity(is_used), &new.identity(is_used))?;
        if !differences.is_empty() {
            pieces.push(Piece::Warning(format!(
                "\"{}\" and \"{}\" were not made alike:",
                base.run.name, new.run.name
            )));
            pieces.push(Piece::List(differences));
        }
    }
    pieces.push(Piece::paragraph(match (&compared.mode, compared.drift.text()) {
        (Some(mode), _) => format!(
            "Within one run, by pairs: each cell and that of `{mode}` in the same block. Below 1 it takes less than `{mode}`."
        ),
        (None, Some(drift)) => format!("Between runs there are no pairs. {drift}"),
        (None, None) => "Between runs there are no pairs, and no repeated runs here show how far two runs of the same differ: intervals are too narrow, \
                         and only what lies beyond `--threshold` is worth a look. More runs like the base among the results would tell."
            .to_owned(),
    }));
    Ok(pieces)
}

/// `Changed for real and by more than 5 %: wall time 2 slower, 1 faster, of 60; …`
fn counts(compared: &Compared, threshold: f64) -> String {
    let text = |metric: Metric| {
        let own = compared.of_metric(metric);
        let count = |is_more| {
            let mut beyond = own.clone();
            beyond.retain(|it| it.exceeds(threshold) && it.comparison.is_more() == is_more);
            beyond.len()
        };
        let (name, all, [better, worse]) = (metric.name(), own.len(), words(metric));
        let (more, less) = (count(true), count(false));
        (all > 0).then(|| format!("{name} {more} {worse}, {less} {better}, of {all}"))
    };
    let texts: Vec<String> = METRICS.into_iter().filter_map(text).collect();
    format!(
        "Changed for real and by more than {}: {}. A false discovery rate of 5 % in each table decides what is real; intervals are 95 % each. \
         After `~` (no difference) stands from where on one would have been seen, in 80 of 100 cases.",
        percent(threshold),
        texts.join("; ")
    )
}

/// Less of it, and more of it.
fn words(metric: Metric) -> [&'static str; 2] {
    match metric.unit() {
        Unit::Seconds => ["faster", "slower"],
        Unit::Bytes => ["leaner", "larger"],
    }
}

/// `1.12× [1.10–1.14] slower`, `~ 1.01× [0.99–1.03], from 3 %`
fn change(comparison: &Comparison) -> Field {
    let [better, worse] = words(comparison.metric);
    let text = comparison.text();
    let (text, better) = match comparison.verdict {
        Verdict::Less => (format!("{text} {better}"), Some(true)),
        Verdict::More => (format!("{text} {worse}"), Some(false)),
        Verdict::Tie => {
            let seen = comparison.detectable().map_or_else(String::new, percent);
            (format!("~ {text}, from {seen}"), None)
        }
        Verdict::Unknown => (format!("{text}, too few samples to tell"), None),
    };
    Field {
        better,
        ..Field::figure(text, comparison.ratio)
    }
}

/// A row a cell, and for each run its figure and the change; and a chart of what changed.
fn part(compared: &Compared, metric: Metric, shown: &[&Change]) -> Vec<Piece> {
    let own = compared.of_metric(metric);
    let figure = |row: &Row| {
        let text = |value| metric.text(value, metric.floor(row));
        Field::maybe(metric.seen(row), text)
    };
    let cells = distinct(shown.iter().map(|it| it.new.name())).into_iter();
    let cells = cells.map(|name| -> Vec<&Change> {
        let own = own.iter().copied();
        own.filter(|it| it.new.name() == name).collect()
    });
    let mut columns = Table::of(cells)
        .column("cell", |cell| cell[0].new.name())
        .column("base", |cell| figure(cell[0].base));
    for run in distinct(own.iter().map(|it| it.run)) {
        let of = |cell: &[&Change], field: &dyn Fn(&Change) -> Field| {
            let own = cell.iter().find(|it| it.run == run);
            own.map_or_else(Field::none, |it| field(it))
        };
        columns = columns
            .column(run, |cell| of(cell, &|it| figure(it.new)))
            .column("new ÷ base", |cell| of(cell, &|it| change(&it.comparison)));
    }
    let table = (!shown.is_empty()).then_some(Piece::Table(columns.table));
    let chart = chart(compared, metric, shown).map(Piece::Chart);
    Piece::under(metric.name(), table.into_iter().chain(chart).collect())
}

/// What changed, in the same order; none where nothing did.
fn chart(compared: &Compared, metric: Metric, shown: &[&Change]) -> Option<Chart> {
    let mut drawn = shown.to_vec();
    drawn.retain(|it| it.exceeds(0.0));
    drawn.truncate(DRAWN);
    let ratios = drawn.iter().map(|it| Ratio {
        name: compared.name(it.new.name(), it.run),
        colour: SERIES[usize::from(it.comparison.is_more())],
        ratio: it.comparison.ratio,
        ends: it.comparison.ends(),
        text: it.comparison.text(),
    });
    let name = metric.name();
    (!drawn.is_empty()).then(|| Chart {
        file: format!("changes-{}.svg", name.replace(' ', "-")),
        title: format!("What changed: {name}"),
        note: format!(
            "{name} ÷ that of the base, with 95 % intervals; logarithmic; the first {DRAWN} at most"
        ),
        plot: Plot::Ratios(ratios.collect()),
    })
}

/// A row an engine and mode, a column a load.
fn means(compared: &Compared) -> Vec<Piece> {
    let key = |mean: &Mean| (mean.run.to_owned(), mean.mode.clone());
    let rows = distinct(compared.means.iter().map(key));
    let mut columns = Table::of(rows).column("engine:mode", |(run, mode)| match mode {
        Some(mode) => compared.name(mode, run),
        None => compared.name("all", run),
    });
    for load in Load::ALL.into_iter().map(Some).chain([None]) {
        if compared.means.iter().all(|it| it.load != load) {
            continue;
        }
        let name = load.map_or_else(|| "all".to_owned(), |load| format!("{load} loads"));
        columns = columns.column(name, |row| {
            let mut means = compared.means.iter();
            let mean = means.find(|it| key(it) == *row && it.load == load);
            mean.map_or_else(Field::none, |it| change(&it.comparison))
        });
    }
    Piece::part(
        Piece::heading("By engine and mode"),
        "Geometric means of the ratios of wall times over the cells of each load.",
        columns.table,
    )
}

/// Cells that only one of two runs has, or that did not end ok in one.
fn alone(compared: &Compared) -> Vec<Piece> {
    let mut lines = Vec::new();
    for new in compared.news {
        for (side, other) in [(compared.base, new), (new, compared.base)] {
            let is_there = |row: &&Row| other.ok().any(|it| it.name() == row.name());
            let names = side.ok().filter(|row| !is_there(row)).map(Row::name);
            let names: Vec<String> = names.collect();
            if !names.is_empty() {
                lines.push(format!(
                    "ok in \"{}\" and not in \"{}\": {}",
                    side.run.name,
                    other.run.name,
                    names.join(", ")
                ));
            }
        }
    }
    match lines.is_empty() {
        true => Vec::new(),
        false => Piece::under("Not compared", vec![Piece::List(lines)]),
    }
}
