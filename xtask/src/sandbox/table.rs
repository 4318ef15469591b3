//! What was tried as people read it: pure.

use super::attempt::{ATTEMPTS, MEMORY};
use super::errno::named;
use super::{Sandbox, Tried, Verdict};
use crate::config::distinct;
use crate::document::{Field, Table};

/// Something that a reader should know about, with the command that shows it.
pub struct Finding {
    pub text: String,
    pub command: Option<String>,
}

/// Modes of an engine that did the same everywhere.
struct Column<'s> {
    engine: &'s str,
    version: &'s str,
    modes: Vec<&'s str>,
    /// In the order of the attempts.
    tried: Vec<&'s Tried>,
}

impl Column<'_> {
    /// `wasmtime: jit, aot`
    fn name(&self) -> String {
        format!("{}: {}", self.engine, self.modes.join(", "))
    }

    fn version(&self) -> String {
        match self.version {
            "" => self.name(),
            version => format!("{} {version}: {}", self.engine, self.modes.join(", ")),
        }
    }
}

/// A row for each attempt, a column for modes that do not differ; for a report, whose bold
/// words surprise.
pub fn table(sandbox: &Sandbox) -> Table {
    let columns = columns(sandbox);
    let mut header = vec!["attempt".to_owned(), "what the guest does".to_owned()];
    header.extend(columns.iter().map(Column::version));
    let rows = attempts(sandbox).into_iter().map(|name| {
        let what = ATTEMPTS.iter().find(|attempt| attempt.name == name);
        let what = what.map_or("", |attempt| attempt.what);
        let names = [Field::from(format!("`{name}`")), Field::from(what)];
        let verdicts = columns.iter().map(|column| {
            let mut tried = column.tried.iter();
            match tried.find(|tried| tried.attempt == name) {
                Some(tried) if tried.verdict.is_surprising() => {
                    Field::from(format!("**{}**", verdict(tried)))
                }
                Some(tried) => Field::from(verdict(tried)),
                None => Field::default(),
            }
        });
        names.into_iter().chain(verdicts).collect()
    });
    Table {
        title: String::new(),
        header,
        rows: rows.collect(),
    }
}

/// The same for a terminal, which has little room and no bold words.
pub fn terminal_table(sandbox: &Sandbox) -> Table {
    let mut table = table(sandbox);
    table.header.remove(1);
    for text in &mut table.header {
        *text = text.replacen(": ", ":\n", 1).replace(", ", "\n");
    }
    for row in &mut table.rows {
        row.remove(1);
        for field in row {
            field.text = field.text.replace(['`', '*'], "");
        }
    }
    table
}

/// The surprises, in the order of the table's columns.
pub fn surprises(sandbox: &Sandbox) -> Vec<Finding> {
    let columns = columns(sandbox);
    let surprises = columns.iter().flat_map(|column| {
        let tried = column.tried.iter();
        tried
            .filter(|tried| tried.verdict.is_surprising())
            .map(|tried| Finding {
                text: format!(
                    "{}: `{}` {}: {}",
                    column.name(),
                    tried.attempt,
                    tried.verdict,
                    tried.seen
                ),
                command: tried.command.clone(),
            })
    });
    surprises.collect()
}

/// Why an attempt ended other than refused or surprising; a line for those with one reason.
pub fn remarks(sandbox: &Sandbox) -> Vec<String> {
    let all = attempts(sandbox).len();
    let mut remarks: Vec<(String, Vec<String>)> = Vec::new();
    for column in columns(sandbox) {
        for (attempts, why) in reasons(&column) {
            let text = match attempts.len() == all {
                true => why,
                false => format!("`{}` {why}", attempts.join("`, `")),
            };
            match remarks.iter_mut().find(|(other, _)| *other == text) {
                Some((_, names)) => names.push(column.name()),
                None => remarks.push((text, vec![column.name()])),
            }
        }
    }
    let lines = remarks.into_iter();
    lines
        .map(|(text, names)| format!("{} ({})", text, names.join("; ")))
        .collect()
}

/// The attempts of a column that have the same reason, and the reason.
fn reasons<'s>(column: &Column<'s>) -> Vec<(Vec<&'s str>, String)> {
    let mut reasons: Vec<(Vec<&str>, String)> = Vec::new();
    for tried in &column.tried {
        let refused = tried.verdict == Verdict::Denied && tried.attempt != MEMORY;
        if refused || tried.verdict.is_surprising() {
            continue;
        }
        let why = format!("{}: {}", tried.verdict, tried.seen);
        match reasons.iter_mut().find(|(_, other)| *other == why) {
            Some((attempts, _)) => attempts.push(&tried.attempt),
            None => reasons.push((vec![&tried.attempt], why)),
        }
    }
    reasons
}

fn verdict(tried: &Tried) -> String {
    match tried.errno.filter(|_| tried.verdict == Verdict::Denied) {
        Some(errno) => named(errno),
        None => tried.verdict.to_string(),
    }
}

fn attempts(sandbox: &Sandbox) -> Vec<String> {
    distinct(sandbox.tried.iter().map(|tried| tried.attempt.clone()))
}

fn columns(sandbox: &Sandbox) -> Vec<Column<'_>> {
    let mut columns: Vec<Column> = Vec::new();
    let modes = distinct(sandbox.tried.iter().map(Tried::engine_mode));
    for engine_mode in modes {
        let tried = sandbox.tried.iter();
        let tried: Vec<&Tried> = tried.filter(|it| it.engine_mode() == engine_mode).collect();
        let Some(first) = tried.first().copied() else {
            continue;
        };
        let verdicts = |tried: &[&'_ Tried]| -> Vec<(String, String)> {
            let tried = tried.iter();
            tried.map(|it| (it.attempt.clone(), verdict(it))).collect()
        };
        let now = verdicts(&tried);
        let same =
            |column: &&mut Column| column.engine == first.engine && verdicts(&column.tried) == now;
        match columns.iter_mut().find(same) {
            Some(column) => column.modes.push(&first.mode),
            None => columns.push(Column {
                engine: &first.engine,
                version: &first.version,
                modes: vec![&first.mode],
                tried,
            }),
        }
    }
    columns
}

#[cfg(test)]
mod tests;
