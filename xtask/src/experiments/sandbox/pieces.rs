//! What was tried, as pieces of a report: pure.

use super::attempts::{ATTEMPTS, MEMORY};
use super::errno::named;
use super::shell::prepare;
use super::{Outcome, Sandbox, Tried};
use crate::document::{Field, Piece, Table};
use crate::experiments::narrow;
use crate::model::{distinct, grouped};

/// A part of a report.
pub fn pieces(sandbox: &Sandbox) -> Vec<Piece> {
    let mut pieces = vec![
        Piece::heading("What the sandbox allows"),
        Piece::paragraph(
            "`cargo xtask sandbox` ran a guest that tries to reach what it was not given. An error's name and number stand where it was refused. \
             **allowed**: the secret outside was printed by the guest, or a folder changed that it may not change; **crashed**: the engine itself ended by a signal or a panic; \
             trapped: the engine ended the guest, in order; no effect: nothing was refused, and yet nothing reached. Native code and plain JavaScript are in no sandbox, and not here. \
             `docs/SANDBOX.md` explains each attempt.",
        ),
        Piece::Table(table(sandbox)),
    ];
    pieces.extend(details(sandbox));
    pieces
}

/// The same for a terminal, without what everybody can read up.
pub fn terminal_pieces(sandbox: &Sandbox) -> Vec<Piece> {
    let table = Piece::Table(narrow(table(sandbox)));
    [vec![table], details(sandbox)].concat()
}

/// Modes of an engine that did the same everywhere, `wasmtime 48.0.8: jit, aot`, and what they did.
fn columns(sandbox: &Sandbox) -> Vec<(String, &[Tried])> {
    let same_mode = |a: &Tried, b: &Tried| a.engine == b.engine && a.mode == b.mode;
    let did = |tried: &[Tried]| -> Vec<[String; 3]> {
        let one = |it: &Tried| [it.engine.clone(), it.attempt.clone(), text(it)];
        tried.iter().map(one).collect()
    };
    let modes = sandbox.tried.chunk_by(same_mode);
    let columns = grouped(modes, |a, b| did(a) == did(b)).into_iter();
    let columns = columns.map(|modes| {
        let names: Vec<&str> = modes.iter().map(|tried| tried[0].mode.as_str()).collect();
        let engine = format!("{} {}", modes[0][0].engine, modes[0][0].version);
        let name = format!("{}: {}", engine.trim_end(), names.join(", "));
        (name, modes[0])
    });
    columns.collect()
}

/// A row for each attempt, a column for modes that do not differ; bold words surprise.
fn table(sandbox: &Sandbox) -> Table {
    let columns = columns(sandbox);
    let mut header = vec!["attempt".to_owned(), "what the guest does".to_owned()];
    header.extend(columns.iter().map(|(name, _)| name.clone()));
    let rows = attempts(sandbox).into_iter().map(|name| {
        let what = ATTEMPTS.iter().find(|attempt| attempt.name == name);
        let mut row: Vec<Field> = vec![format!("`{name}`").into()];
        row.push(what.map_or("", |attempt| attempt.what).into());
        row.extend(columns.iter().map(|(_, all)| {
            let tried = all.iter().find(|tried| tried.attempt == name);
            let text = tried.map(text).unwrap_or_default();
            match tried.is_some_and(Tried::is_surprising) {
                true => format!("**{text}**").into(),
                false => text.into(),
            }
        }));
        row
    });
    Table::new(header, rows)
}

fn attempts(sandbox: &Sandbox) -> Vec<&str> {
    distinct(sandbox.tried.iter().map(|tried| tried.attempt.as_str()))
}

fn text(Tried { finding, .. }: &Tried) -> String {
    let errno = finding.errno.filter(|_| finding.outcome == Outcome::Denied);
    errno.map_or_else(|| finding.outcome.to_string(), named)
}

/// What a table has no room for: reasons, and the surprises with the commands that show them.
fn details(sandbox: &Sandbox) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let remarks = remarks(sandbox);
    if !remarks.is_empty() {
        pieces.push(Piece::List(remarks));
    }
    if !sandbox.is_surprising() {
        let nothing = "Nothing was allowed, and every engine survived.";
        pieces.push(Piece::paragraph(nothing));
        return pieces;
    }
    pieces.push(Piece::paragraph("To see the following again, say first:"));
    pieces.push(Piece::Command(prepare()));
    for (name, tried) in columns(sandbox) {
        for it in tried.iter().filter(|it| it.is_surprising()) {
            let text = format!("{name}: `{}` {}", it.attempt, it.finding);
            pieces.push(Piece::Paragraph(text));
            pieces.extend(it.command.clone().map(Piece::Command));
        }
    }
    pieces
}

/// Why an attempt ended other than refused or surprising; a line for those with one reason.
fn remarks(sandbox: &Sandbox) -> Vec<String> {
    let mut remarks = Vec::new();
    for (column, tried) in columns(sandbox) {
        let others = tried.iter().filter(|it| {
            let refused = it.finding.outcome == Outcome::Denied && it.attempt != MEMORY;
            !refused && !it.is_surprising()
        });
        let others = others.map(|it| (it.finding.to_string(), it.attempt.as_str()));
        for (why, attempts) in by_key(others) {
            let remark = match attempts.len() == tried.len() {
                true => why,
                false => format!("`{}` {why}", attempts.join("`, `")),
            };
            remarks.push((remark, column.clone()));
        }
    }
    let remarks = by_key(remarks).into_iter();
    let remarks = remarks.map(|(remark, columns)| format!("{remark} ({})", columns.join("; ")));
    remarks.collect()
}

/// What belongs to the same key, in order.
fn by_key<V>(pairs: impl IntoIterator<Item = (String, V)>) -> Vec<(String, Vec<V>)> {
    let groups = grouped(pairs, |(key, _), (other, _)| key == other).into_iter();
    let groups = groups.filter_map(|group| {
        let (keys, values): (Vec<String>, Vec<V>) = group.into_iter().unzip();
        Some((keys.into_iter().next()?, values))
    });
    groups.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{markdown, terminal};
    use crate::experiments::sandbox::tests::sample;

    #[test]
    fn the_section() {
        insta::assert_snapshot!(markdown::pieces(&pieces(&sample())));
    }

    #[test]
    fn the_terminal() {
        insta::assert_snapshot!(terminal::render(&terminal_pieces(&sample()), 80));
    }

    #[test]
    fn a_section_without_surprises_says_so() {
        let mut sandbox = sample();
        sandbox.tried.retain(|tried| !tried.is_surprising());
        let text = markdown::pieces(&pieces(&sandbox));
        assert!(text.contains("Nothing was allowed"), "{text}");
    }
}
