//! A report as values, and what renders it: Markdown, HTML, a workbook. Pure.
//!
//! Whoever has something to say hands over [`Piece`]s; what kind of file they end up in is not
//! its business. A [`Table`] is the one table there is: pages, terminals and sheets show it.

pub mod html;
pub mod inline;
pub mod markdown;
pub mod svg;
pub mod terminal;
pub mod workbook;

use serde_json::Value as Json;

use crate::model::{Metric, Row, human_seconds};
use svg::Chart;

/// Integers above lose digits where all figures are floating.
const LARGEST_WHOLE: f64 = 1e15;

/// A report, from its title to its last line.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub title: String,
    pub pieces: Vec<Piece>,
}

/// A piece of a report. Text may hold `code` and **bold** as Markdown writes them, no other markup.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// The start of a part of the report.
    Heading(String),
    /// The start of a part of a part.
    Subheading(String),
    Paragraph(String),
    /// What a reader must know before trusting the figures.
    Warning(String),
    List(Vec<String>),
    Table(Table),
    Chart(Chart),
    /// What few want to see, or says in more words what was said: the line that it is folded
    /// into, and its pieces.
    Folded(String, Vec<Piece>),
    /// A command to copy.
    Command(String),
}

impl Document {
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.pieces.iter().flat_map(Piece::charts)
    }
}

impl Piece {
    pub fn heading(text: impl Into<String>) -> Piece {
        Piece::Heading(text.into())
    }

    pub fn subheading(text: impl Into<String>) -> Piece {
        Piece::Subheading(text.into())
    }

    pub fn paragraph(text: impl Into<String>) -> Piece {
        Piece::Paragraph(text.into())
    }

    /// Pieces with their heading; nothing where there are none.
    pub fn under(heading: &str, mut pieces: Vec<Piece>) -> Vec<Piece> {
        if !pieces.is_empty() {
            pieces.insert(0, Piece::heading(heading));
        }
        pieces
    }

    /// A table below its heading and what to know of it. Nothing where the table is empty.
    pub fn part(heading: Piece, text: &str, table: Table) -> Vec<Piece> {
        match table.rows.is_empty() {
            true => Vec::new(),
            false => vec![heading, Piece::paragraph(text), Piece::Table(table)],
        }
    }

    /// Nothing where there are no items.
    pub fn list(items: Vec<String>) -> Option<Piece> {
        (!items.is_empty()).then_some(Piece::List(items))
    }

    /// Nothing where there are no pieces.
    pub fn folded(line: impl Into<String>, pieces: Vec<Piece>) -> Option<Piece> {
        (!pieces.is_empty()).then(|| Piece::Folded(line.into(), pieces))
    }

    pub fn charts(&self) -> Vec<&Chart> {
        match self {
            Piece::Chart(chart) => vec![chart],
            Piece::Folded(_, pieces) => pieces.iter().flat_map(Piece::charts).collect(),
            _ => Vec::new(),
        }
    }
}

/// A table of text: the first column names its rows, the others are figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub title: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<Field>>,
}

/// A field of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    pub text: String,
    /// What a browser sorts by and a sheet holds; none where the text is no figure.
    pub value: Option<f64>,
    /// The cell (`merge/1MB/random/wasmtime:aot`) whose samples are behind the text.
    pub cell: Option<String>,
    /// Is it better than what it is compared with, or worse? Coloured on a terminal; none where it
    /// is neither.
    pub better: Option<bool>,
}

impl Table {
    /// A table without a title.
    pub fn new<T: Into<String>>(
        header: impl IntoIterator<Item = T>,
        rows: impl IntoIterator<Item = Vec<Field>>,
    ) -> Table {
        Table {
            title: String::new(),
            header: header.into_iter().map(Into::into).collect(),
            rows: rows.into_iter().collect(),
        }
    }

    /// A row for each thing; what stands in it is said column by column.
    pub fn of<T>(things: impl IntoIterator<Item = T>) -> Columns<T> {
        let things: Vec<T> = things.into_iter().collect();
        let table = Table::new::<String>([], things.iter().map(|_| Vec::new()));
        Columns { things, table }
    }

    pub fn titled(self, title: impl Into<String>) -> Table {
        Table {
            title: title.into(),
            ..self
        }
    }

    /// For each column: has it a figure? Such a column is aligned at its end.
    pub fn numeric_columns(&self) -> Vec<bool> {
        let is_figure = |field: &Field| field.value.is_some_and(f64::is_finite);
        let is_numeric = |column| {
            let mut fields = self.rows.iter().filter_map(|row| row.get(column));
            fields.any(is_figure)
        };
        (0..self.header.len()).map(is_numeric).collect()
    }
}

/// A table that still gets columns.
pub struct Columns<T> {
    things: Vec<T>,
    pub table: Table,
}

impl<T> Columns<T> {
    /// With another column: its name, and its field for each thing.
    pub fn column<F: Into<Field>>(
        mut self,
        name: impl Into<String>,
        field: impl Fn(&T) -> F,
    ) -> Columns<T> {
        self.table.header.push(name.into());
        for (row, thing) in self.table.rows.iter_mut().zip(&self.things) {
            row.push(field(thing).into());
        }
        self
    }
}

impl Field {
    /// A figure, as people read it and as a browser sorts it.
    pub fn figure(text: impl Into<String>, value: f64) -> Field {
        Field {
            text: text.into(),
            value: Some(value),
            ..Field::default()
        }
    }

    /// A figure if there is one, else a dash.
    pub fn maybe(value: Option<f64>, text: impl Fn(f64) -> String) -> Field {
        value.map_or_else(Field::none, |value| Field::figure(text(value), value))
    }

    /// What was not measured, or says nothing.
    pub fn none() -> Field {
        "–".into()
    }

    /// A figure of a row.
    pub fn of(metric: Metric, row: &Row) -> Field {
        Field::maybe(metric.of(row), |value| {
            metric.text(value, row.memory_floor_bytes)
        })
    }

    /// A time.
    pub fn seconds(seconds: impl Into<Option<f64>>) -> Field {
        Field::maybe(seconds.into(), human_seconds)
    }

    /// A time more or less, with its sign; `plus` is that of more.
    pub fn difference(seconds: f64, plus: &str) -> Field {
        let sign = if seconds < 0.0 { "−" } else { plus };
        Field::figure(format!("{sign}{}", human_seconds(seconds.abs())), seconds)
    }

    /// A figure with so many digits after the point.
    pub fn rounded(value: Option<f64>, digits: usize) -> Field {
        Field::maybe(value, |value| format!("{value:.digits$}"))
    }

    /// A number of things.
    pub fn count(count: usize) -> Field {
        Field::figure(count.to_string(), count as f64)
    }

    /// A value of a JSON file.
    pub fn json(json: &Json) -> Field {
        match json {
            Json::Null => Field::default(),
            Json::String(text) => text.into(),
            Json::Number(number) => match number.as_f64() {
                Some(value) if value.abs() < LARGEST_WHOLE => {
                    Field::figure(json.to_string(), value)
                }
                _ => number.into(),
            },
            other => other.into(),
        }
    }

    /// The same field, which leads to the samples of a cell.
    pub fn of_cell(self, cell: impl ToString) -> Field {
        Field {
            cell: Some(cell.to_string()),
            ..self
        }
    }
}

impl<T: ToString> From<T> for Field {
    fn from(text: T) -> Field {
        Field {
            text: text.to_string(),
            ..Field::default()
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A document with every kind of piece.
    pub fn every_piece() -> Document {
        let text = str::to_owned;
        let cell = "merge/1MB/random/wasmtime:aot";
        let table = Table {
            title: text("merge, random: latency"),
            header: vec![text("engine:mode"), text("1MB"), text("reason")],
            rows: vec![
                vec![
                    "wasmtime:aot".into(),
                    Field::figure(text("12.3 ms"), 0.0123).of_cell(cell),
                    "".into(),
                ],
                vec!["wasmer:jit".into(), "failed".into(), "`a|b` < c".into()],
            ],
        };
        Document {
            title: text("Benchmark run <1>"),
            pieces: vec![
                Piece::Warning(text("The machine was busy.")),
                Piece::Heading(text("Latency & memory")),
                Piece::Paragraph(text("Medians of `15` samples, **not** means.")),
                Piece::List(vec![text("first"), text("`second`")]),
                Piece::Subheading(text("merge")),
                Piece::Table(table),
                Piece::Chart(Chart {
                    file: text("merge.svg"),
                    title: text("merge"),
                    note: text("Latency of \"merge\" by size"),
                    plot: svg::Plot::Bars(vec![]),
                }),
                Piece::Folded(
                    text("More charts"),
                    vec![Piece::Chart(Chart {
                        file: text("quick.svg"),
                        title: text("quick"),
                        note: text("not much"),
                        plot: svg::Plot::Bars(vec![]),
                    })],
                ),
                Piece::Folded(
                    text("In `words`"),
                    vec![Piece::List(vec![text("a"), text("b")])],
                ),
                Piece::Command(text("cargo xtask report 'a b' > out")),
            ],
        }
    }
}
