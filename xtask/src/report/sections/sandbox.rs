//! What engines let a guest reach that it was not given, where that was tried.

use super::{heading, paragraph};
use crate::report::document::Block;
use crate::sandbox::{PREPARE, Sandbox, table};

pub fn blocks(sandbox: &Sandbox) -> Vec<Block> {
    let mut blocks = vec![
        heading("What the sandbox allows"),
        paragraph(
            "`cargo xtask sandbox` ran a guest that tries to reach what it was not given. An error's name and number stand where it was refused. \
             **allowed**: the secret outside was printed by the guest, or a folder changed that it may not change; **crashed**: the engine itself ended by a signal or a panic; \
             trapped: the engine ended the guest, in order; no effect: nothing was refused, and yet nothing reached. Native code and plain JavaScript are in no sandbox, and not here. \
             `docs/SANDBOX.md` explains each attempt.",
        ),
        Block::Table(table::table(sandbox)),
    ];
    let remarks = table::remarks(sandbox);
    if !remarks.is_empty() {
        blocks.push(Block::List(remarks));
    }
    let surprises = table::surprises(sandbox);
    if surprises.is_empty() {
        blocks.push(paragraph("Nothing was allowed, and every engine survived."));
        return blocks;
    }
    blocks.push(paragraph("To see the following again, say first:"));
    blocks.push(Block::Command(PREPARE.to_owned()));
    for surprise in surprises {
        blocks.push(paragraph(surprise.text));
        blocks.extend(surprise.command.map(Block::Command));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::markdown;
    use crate::sandbox::tests::sample;

    #[test]
    fn the_section() {
        insta::assert_snapshot!(markdown::blocks(&blocks(&sample())));
    }

    #[test]
    fn a_section_without_surprises_says_so() {
        let mut sandbox = sample();
        sandbox.tried.retain(|tried| !tried.verdict.is_surprising());
        let text = markdown::blocks(&blocks(&sandbox));
        assert!(text.contains("Nothing was allowed"), "{text}");
    }
}
