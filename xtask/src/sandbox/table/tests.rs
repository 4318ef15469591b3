use super::*;
use crate::document::terminal;
use crate::sandbox::tests::sample;

#[test]
fn modes_that_do_the_same_share_a_column() {
    insta::assert_snapshot!(terminal::table(&terminal_table(&sample()), 80));
}

#[test]
fn surprises_come_with_their_command() {
    let surprises = surprises(&sample());
    let lines: Vec<String> = surprises
        .into_iter()
        .map(|it| format!("{}\n  {}", it.text, it.command.unwrap_or_default()))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn remarks_are_said_once() {
    insta::assert_snapshot!(remarks(&sample()).join("\n"));
}
