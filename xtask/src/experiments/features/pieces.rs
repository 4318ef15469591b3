//! What was tried, as pieces of a report: pure.

use super::{Features, Finding, Outcome, PROBES, Probe};
use crate::document::{Piece, Table};
use crate::experiments::tried::{self, Column, narrow};

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
    let refused = Piece::list(said(features, |it| it.outcome == Outcome::No));
    let refused = refused.into_iter().collect();
    pieces.extend(Piece::folded("What was said where it did not run", refused));
    pieces
}

/// The same for a terminal, without what everybody can read up.
pub fn terminal_pieces(features: &Features) -> Vec<Piece> {
    let table = Piece::Table(narrow(table(features)));
    [Some(table), notes(features)]
        .into_iter()
        .flatten()
        .collect()
}

fn table(features: &Features) -> Table {
    features.table(["proposal", "what the module does"], |name| {
        let probe = PROBES.iter().find(|probe| probe.name == name);
        probe.map_or("", Probe::what)
    })
}

/// The flags, and what surprises.
fn notes(features: &Features) -> Option<Piece> {
    let flagged = said(features, |finding| {
        finding.outcome == Outcome::Yes && finding.flags.is_some()
    });
    let odd = said(features, tried::Finding::is_surprising);
    let missing = features.columns().into_iter().filter_map(|column| {
        let first = &column.tried.first()?.finding;
        let is_missing = first.outcome == Outcome::Unsupported;
        is_missing.then(|| format!("{}: {}", column.name, first.seen))
    });
    Piece::list([flagged, odd, missing.collect()].concat())
}

/// A line for each of these findings: the proposal, the modes, the flags, and what the engine said.
fn said(features: &Features, which: impl Fn(&Finding) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    for Column { name, tried } in features.columns() {
        for it in tried.iter().filter(|it| which(&it.finding)) {
            let flags = it.finding.flags.iter();
            let flags: String = flags.map(|words| format!(" with `{words}`")).collect();
            let seen = match it.finding.outcome {
                Outcome::Yes => String::new(),
                outcome => format!(": {outcome}: {}", it.finding.seen),
            };
            lines.push(format!("{name}: `{}`{flags}{seen}", it.attempt));
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
