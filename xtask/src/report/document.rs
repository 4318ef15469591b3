//! What a report says, in order, whatever kind of file it ends up in.

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

impl Field {
    /// A figure, as people read it and as a browser sorts it.
    pub fn figure(text: String, value: f64) -> Field {
        Field {
            text,
            value: Some(value),
            cell: None,
        }
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

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
