//! What was tried, as pieces of a report: pure.

use super::attempts::{ATTEMPTS, MEMORY};
use super::shell::prepare;
use super::{Outcome, Sandbox};
use crate::document::{Piece, Table};
use crate::experiments::tried::{Column, Finding, narrow};
use crate::model::grouped;

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

fn table(sandbox: &Sandbox) -> Table {
    sandbox.table(["attempt", "what the guest does"], |name| {
        let attempt = ATTEMPTS.iter().find(|attempt| attempt.name == name);
        attempt.map_or("", |attempt| attempt.what)
    })
}

/// What a table has no room for: reasons, and the surprises with the commands that show them.
fn details(sandbox: &Sandbox) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Piece::list(remarks(sandbox)).into_iter().collect();
    if !sandbox.is_surprising() {
        let nothing = "Nothing was allowed, and every engine survived.";
        pieces.push(Piece::paragraph(nothing));
        return pieces;
    }
    pieces.push(Piece::paragraph("To see the following again, say first:"));
    pieces.push(Piece::Command(prepare()));
    for Column { name, tried } in sandbox.columns() {
        for it in tried.iter().filter(|it| it.finding.is_surprising()) {
            let text = format!("{name}: `{}` {}", it.attempt, it.finding);
            pieces.push(Piece::Paragraph(text));
            pieces.extend(it.finding.command.clone().map(Piece::Command));
        }
    }
    pieces
}

/// Why an attempt ended other than refused or surprising; a line for those with one reason.
fn remarks(sandbox: &Sandbox) -> Vec<String> {
    let mut remarks = Vec::new();
    for Column { name, tried } in sandbox.columns() {
        let others = tried.iter().filter(|it| {
            let refused = it.finding.outcome == Outcome::Denied && it.attempt != MEMORY;
            !refused && !it.finding.is_surprising()
        });
        let others = others.map(|it| (it.finding.to_string(), it.attempt.as_str()));
        for (why, attempts) in by_key(others) {
            let remark = match attempts.len() == tried.len() {
                true => why,
                false => format!("`{}` {why}", attempts.join("`, `")),
            };
            remarks.push((remark, name.clone()));
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
        sandbox.tried.retain(|tried| !tried.finding.is_surprising());
        let text = markdown::pieces(&pieces(&sandbox));
        assert!(text.contains("Nothing was allowed"), "{text}");
    }
}
