//! What was tried, as pieces of a report: pure.

use super::{Features, Finding, Outcome, PROBES, Tried};
use crate::document::{Piece, Table};
use crate::experiments::narrow;
use crate::model::{distinct, grouped};

/// A part of a report.
pub fn pieces(features: &Features) -> Vec<Piece> {
    let mut pieces = vec![
        Piece::heading("What each engine runs"),
        Piece::paragraph(
            "`cargo xtask features` ran a small module for each proposal, and beside it a control, which ends before the instruction that matters. \
             no: neither ran, so the module was refused; **trapped**: the control ran, so the module was taken, and the instruction ended it; **wrong value**: it ran, and its result is not what the \
             specification says; **interpreted**: the mode compiles, and said that it interprets instead; **crashed**: the engine itself ended by a signal or a panic; **no answer**: the engine ends well \
             whatever its guest says. `docs/FEATURES.md` explains each module.",
        ),
        Piece::Table(table(features)),
    ];
    pieces.extend(notes(features));
    let refused = said(features, |finding| finding.outcome == Outcome::No);
    let refused = Piece::List(refused);
    pieces.extend(Piece::folded(
        "What was said where it did not run",
        vec![refused],
    ));
    pieces
}

/// The same for a terminal, without what everybody can read up.
pub fn terminal_pieces(features: &Features) -> Vec<Piece> {
    let table = Piece::Table(narrow(table(features)));
    [vec![table], notes(features)].concat()
}

/// Modes of an engine in which every probe had one outcome, `wasmtime 49.0.3: jit, aot`, and the first of them.
fn columns(features: &Features) -> Vec<(String, &Tried)> {
    let texts =
        |tried: &Tried| -> Vec<String> { tried.findings.iter().map(Finding::text).collect() };
    let columns = grouped(&features.modes, |a, b| {
        a.engine == b.engine && texts(a) == texts(b)
    });
    let columns = columns.into_iter().map(|modes| {
        let names: Vec<&str> = modes.iter().map(|tried| tried.mode.as_str()).collect();
        let engine = format!("{} {}", modes[0].engine, modes[0].version);
        let name = format!("{}: {}", engine.trim_end(), names.join(", "));
        (name, modes[0])
    });
    columns.collect()
}

/// A row a proposal, a column for modes that do not differ; bold words surprise.
fn table(features: &Features) -> Table {
    let findings = features.modes.iter().flat_map(|tried| &tried.findings);
    let proposals = distinct(findings.map(|finding| finding.proposal.as_str()));
    let what = |name: &str| PROBES.iter().find(|it| it.name == name).map(|it| it.what());
    let mut table = Table::of(proposals)
        .column("proposal", |name| format!("`{name}`"))
        .column("what the module does", |name| {
            what(name).unwrap_or_default()
        });
    for (column, tried) in columns(features) {
        table = table.column(column, |name| {
            let mut findings = tried.findings.iter();
            let finding = findings.find(|finding| finding.proposal == *name);
            finding.map(Finding::text).unwrap_or_default()
        });
    }
    table.table
}

/// The flags, and what surprises.
fn notes(features: &Features) -> Vec<Piece> {
    let flagged = said(features, |finding| {
        finding.outcome == Outcome::Yes && finding.flags.is_some()
    });
    let odd = said(features, |finding| finding.outcome.is_surprising());
    let missing = columns(features).into_iter().filter_map(|(column, tried)| {
        let first = tried.findings.first()?;
        let is_missing = first.outcome == Outcome::Unsupported;
        is_missing.then(|| format!("{column}: {}", first.seen))
    });
    let notes = [flagged, odd, missing.collect()].concat();
    match notes.is_empty() {
        true => Vec::new(),
        false => vec![Piece::List(notes)],
    }
}

/// A line for each of these findings: the proposal, the modes, the flags, and what the engine said.
fn said(features: &Features, which: impl Fn(&Finding) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (column, tried) in columns(features) {
        for finding in tried.findings.iter().filter(|finding| which(finding)) {
            let flags = finding.flags.iter();
            let flags: String = flags.map(|words| format!(" with `{words}`")).collect();
            let seen = match finding.outcome {
                Outcome::Yes => String::new(),
                outcome => format!(": {outcome}: {}", finding.seen),
            };
            lines.push(format!("{column}: `{}`{flags}{seen}", finding.proposal));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{markdown, terminal};
    use crate::experiments::features::tests::sample;

    #[test]
    fn the_section() {
        insta::assert_snapshot!(markdown::pieces(&pieces(&sample())));
    }

    #[test]
    fn the_terminal() {
        insta::assert_snapshot!(terminal::render(&terminal_pieces(&sample()), 80));
    }
}
