//! What engines let a guest reach that it was not given, as a part of a report.

use super::table::{remarks, surprises, table};
use super::{PREPARE, Sandbox};
use crate::document::Piece;

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
    let remarks = remarks(sandbox);
    if !remarks.is_empty() {
        pieces.push(Piece::List(remarks));
    }
    let surprises = surprises(sandbox);
    if surprises.is_empty() {
        pieces.push(Piece::paragraph(
            "Nothing was allowed, and every engine survived.",
        ));
        return pieces;
    }
    pieces.push(Piece::paragraph("To see the following again, say first:"));
    pieces.push(Piece::Command(PREPARE.to_owned()));
    for surprise in surprises {
        pieces.push(Piece::paragraph(surprise.text));
        pieces.extend(surprise.command.map(Piece::Command));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::markdown;
    use crate::sandbox::tests::sample;

    #[test]
    fn the_section() {
        insta::assert_snapshot!(markdown::pieces(&pieces(&sample())));
    }

    #[test]
    fn a_section_without_surprises_says_so() {
        let mut sandbox = sample();
        sandbox.tried.retain(|tried| !tried.verdict.is_surprising());
        let text = markdown::pieces(&pieces(&sandbox));
        assert!(text.contains("Nothing was allowed"), "{text}");
    }
}
