//! Mistakes in the tables of the user's own programs.

use crate::own::matrix;
use crate::support::matrix::engine;
use crate::support::{Checkout, Matrix};

/// Asserts that these keys are refused with one error that says this, before anything is made.
#[track_caller]
fn refused(keys: &str, says: &str) {
    let checkout = Checkout::without_hyperfine(&Matrix {
        workloads: &[],
        ..Matrix::default()
    });
    checkout.write("matrix.toml", &matrix(engine("fake"), keys));
    checkout.write("my/program.wasm", "wasm");
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 2, "{}", called.stderr);
    let start = "error: matrix.toml: workload \"mine\": ";
    assert!(called.stderr.starts_with(start), "{}", called.stderr);
    assert!(
        called.stderr.contains(says),
        "\"{says}\" is not in:\n{}",
        called.stderr
    );
    assert_eq!(
        called.stderr.matches("error: ").count(),
        1,
        "{}",
        called.stderr
    );
    assert!(!checkout.results().exists());
}

/// Keys of a workload with one size.
fn one(keys: &str) -> String {
    format!("sizes = ['1KB']\n{keys}")
}

/// Keys of a workload with one size that is verified by its exit status.
fn exit(keys: &str) -> String {
    one(&format!("{keys}\nverify = {{ exit = 0 }}"))
}

#[test]
fn mistakes_in_what_a_program_is_given_name_the_workload_and_the_key() {
    refused(
        &exit("js = 'my/none.js'"),
        "key \"js\": there is no file \"",
    );
    refused(
        &exit("files = { x = 'my/none' }"),
        "key \"files.\"x\"\": there is no file \"",
    );
    refused(
        &exit("stdin = 'my/none'"),
        "key \"stdin\": there is no file \"",
    );
    refused(
        &exit("files = { 'a/b' = 'x' }"),
        "key \"files\": \"a/b\" is not a name",
    );
    refused(
        &exit("files = { '..' = 'x' }"),
        "key \"files\": \"..\" is not a name",
    );
    refused(
        &exit("env = { 'A=B' = 'x' }"),
        "key \"env\": \"A=B\" is no name of a variable",
    );
    refused(
        &exit("args = '{inptu}'"),
        "key \"args\": in \"{inptu}\": unknown placeholder \"{inptu}\", expected one of {input}, {output}, {dir}",
    );
    refused(
        &exit("args = \"it's\""),
        "key \"args\": \"it's\" has a quote",
    );
}

#[test]
fn mistakes_in_what_must_come_out_name_the_workload_and_the_key() {
    refused(
        "verify = { exit = 0 }",
        "name a size that comes near to what it reads, such as sizes = [\"1KB\"]",
    );
    refused(&one(""), "it has no key \"verify\"");
    refused(
        &exit("output = 'sorted'\nargs = '{input} {output}'"),
        "both keys \"verify\" and \"output\"",
    );
    refused(&one("verify = {}"), "key \"verify\": it names 0 ways");
    refused(
        &one("verify = { exit = 0, stdout-text = '' }"),
        "key \"verify\": it names 2 ways, must name one of \"output-text\"",
    );
    refused(
        &one("verify = { exit = 1 }"),
        "key \"verify\": exit = 1: only 0",
    );
    refused(
        &one("verify = { stdout-blake3 = 'abc' }"),
        "key \"verify\": \"abc\" is no BLAKE3 hash",
    );
    refused(
        &one("verify = { output-text = '' }"),
        "lacks the placeholder \"{output}\"",
    );
    refused(
        &one("args = '{output}'\noutput = 'sorted'"),
        "must hold the placeholder \"{input}\"",
    );
    refused(
        "args = '{input}'\nverify = { exit = 0 }",
        "missing field `complexity`",
    );
    refused(
        "complexity = 'n'\nstdin = '{input}'\nverify = { stdout-text = '' }",
        "right for one input only",
    );
}

#[test]
fn a_missing_program_is_a_mistake_only_where_it_is_used() {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let own = "[[workload]]\nname = \"mine\"\nwasm = \"my/none.wasm\"\nsizes = [\"1KB\"]\nverify = { exit = 0 }\n\n";
    let text = checkout.read("matrix.toml");
    checkout.write(
        "matrix.toml",
        &text.replacen("[hyperfine]", &format!("{own}[hyperfine]"), 1),
    );
    assert_eq!(checkout.xtask(&["plan", "--workload=merge"]).status, 0);
    let called = checkout.xtask(&["plan"]);
    assert_eq!(called.status, 2, "{}", called.stderr);
    let says = "matrix.toml: workload \"mine\": key \"wasm\": there is no file \"";
    assert!(called.stderr.contains(says), "{}", called.stderr);
    let key = text.replacen(
        "output = \"sorted\"",
        "output = \"sorted\"\nargs = \"x\"",
        1,
    );
    checkout.write("matrix.toml", &key);
    let called = checkout.xtask(&["plan"]);
    assert!(
        called
            .stderr
            .contains("workload \"merge\": key \"args\" is for a program of your own"),
        "{}",
        called.stderr
    );
}
