//! What a report says, in order, whatever kind of file it ends up in.

use crate::units::{human_bytes, human_seconds};

/// A report, from its title to its last line.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub title: String,
    pub blocks: Vec<Block>,
}

/// A piece of a report. Text may hold `code` and **bold** as Markdown writes them, no other markup.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// The start of a part of the report.
    Heading(String),
    /// The start of a part of a part.
    Subheading(String),
    Paragraph(String),
    /// What a reader must know before trusting the figures.
    Warning(String),
    List(Vec<String>),
    Table(Table),
    /// A file in `charts/`, with what it shows for those who cannot see it.
    Chart {
        file: String,
        alt: String,
    },
    /// A command to copy.
    Command(String),
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
    /// What a browser sorts by; none where the text is no figure.
    pub value: Option<f64>,
    /// The cell (`merge/1MB/random/wasmtime:aot`) whose samples are behind the text.
    pub cell: Option<String>,
}

impl Table {
    /// A table without a title.
    pub fn new<const N: usize>(
        header: [&str; N],
        rows: impl IntoIterator<Item = Vec<Field>>,
    ) -> Table {
        Table {
            title: String::new(),
            header: header.map(str::to_owned).to_vec(),
            rows: rows.into_iter().collect(),
        }
    }

    pub fn titled(self, title: impl Into<String>) -> Table {
        Table {
            title: title.into(),
            ..self
        }
    }
}

impl Field {
    /// A figure, as people read it and as a browser sorts it.
    pub fn figure(text: String, value: f64) -> Field {
        Field {
            text,
            value: Some(value),
            cell: None,
        }
    }

    /// What was not measured, or says nothing.
    pub fn none() -> Field {
        "–".into()
    }

    /// A time.
    pub fn seconds(seconds: impl Into<Option<f64>>) -> Field {
        let figure = |seconds| Field::figure(human_seconds(seconds), seconds);
        seconds.into().map_or_else(Field::none, figure)
    }

    /// A number of things.
    pub fn count(count: usize) -> Field {
        Field::figure(count.to_string(), count as f64)
    }

    /// A size in memory, of which no less can be seen than the floor.
    pub fn memory(bytes: impl Into<Option<f64>>, floor_bytes: f64) -> Field {
        let figure = |bytes| Field::figure(human_memory(bytes, floor_bytes), bytes);
        bytes.into().map_or_else(Field::none, figure)
    }

    /// The same field, which leads to the samples of a cell.
    pub fn of_cell(self, cell: &str) -> Field {
        Field {
            cell: Some(cell.to_owned()),
            ..self
        }
    }
}

impl<T: Into<String>> From<T> for Field {
    fn from(text: T) -> Field {
        Field {
            text: text.into(),
            ..Field::default()
        }
    }
}

/// Peak memory for people. Below the floor all that is known is that it is not more.
pub fn human_memory(bytes: f64, floor_bytes: f64) -> String {
    if bytes <= floor_bytes {
        return format!("≤ {}", human_bytes(floor_bytes));
    }
    human_bytes(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn memory_below_the_floor_is_not_told_apart() {
        assert_eq!(human_memory(2_999_999.0, 3e6), "≤ 3.00 MB");
        assert_eq!(human_memory(3_000_000.0, 3e6), "≤ 3.00 MB");
        assert_eq!(human_memory(3_100_000.0, 3e6), "3.10 MB");
        assert_eq!(Field::memory(None, 3e6), Field::none());
    }

    /// A document with every kind of block.
    pub fn every_block() -> Document {
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
            blocks: vec![
                Block::Warning(text("The machine was busy.")),
                Block::Heading(text("Latency & memory")),
                Block::Paragraph(text("Medians of `15` samples, **not** means.")),
                Block::List(vec![text("first"), text("`second`")]),
                Block::Subheading(text("merge")),
                Block::Table(table),
                Block::Chart {
                    file: text("merge.svg"),
                    alt: text("Latency of \"merge\" by size"),
                },
                Block::Command(text("cargo xtask report 'a b' > out")),
            ],
        }
    }
}
