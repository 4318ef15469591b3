//! Programs that the user brought: planned, measured and verified like the ones of this project.

use crate::support::matrix::{Matrix, aot_engine, engine, engine_with};
use crate::support::scripts::compiler;
use crate::support::{Called, Checkout, Run};

const CELL: &str = "mine/1KB/random/fake:jit";

/// A matrix whose only workload has these keys.
pub fn matrix(engines: String, keys: &str) -> String {
    let matrix = Matrix {
        workloads: &[],
        sizes: &["1KB", "10KB"],
        engines,
        ..Matrix::default()
    };
    let workload = format!("[[workload]]\nname = \"mine\"\nwasm = \"my/program.wasm\"\n{keys}\n\n");
    matrix
        .text()
        .replacen("[hyperfine]", &format!("{workload}[hyperfine]"), 1)
}

/// A checkout with that matrix and the program.
fn checkout(engines: String, keys: &str) -> Checkout {
    let none = Matrix {
        workloads: &[],
        ..Matrix::default()
    };
    let checkout = Checkout::new(&none);
    checkout.write("matrix.toml", &matrix(engines, keys));
    checkout.write("my/program.wasm", "wasm");
    checkout.write("my/data.txt", "three words here\n");
    checkout
}

/// Measures one cell under a fake engine that does `body` with the program in `$1` and its arguments after it.
fn measure(keys: &str, body: &str) -> (Checkout, Called) {
    let checkout = checkout(engine("fake"), &format!("sizes = [\"1KB\"]\n{keys}"));
    checkout.engine("fake", body);
    let called = checkout.bench(&[]);
    (checkout, called)
}

fn blake3(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Asserts that the body passes and the other one is `wrong-output` for this reason.
#[track_caller]
fn verifies(keys: &str, right: &str, wrong: &str, reason: &str) {
    let (checkout, called) = measure(keys, right);
    assert_eq!(called.status, 0, "{}\n{}", called.stdout, called.stderr);
    checkout.run().assert_outcome(CELL, "ok");
    assert_eq!(checkout.run().row(CELL)["runs"], "2");
    assert!(!checkout.root().join("data").exists(), "an input was made");
    let (checkout, called) = measure(keys, wrong);
    assert_eq!(called.status, 3, "{}", called.stderr);
    let found = checkout.run().assert_outcome(CELL, "wrong-output");
    assert!(found.contains(reason), "{found}");
}

#[test]
fn a_fixed_output_file_is_verified_by_text_or_hash() {
    verifies(
        "args = '-o {output} {dir}/words'\nfiles = { words = 'my/data.txt' }\nverify = { output-text = \"3\\n\" }",
        "wc -w < \"$4\" | tr -d ' ' > \"$3\"",
        "wc -c < \"$4\" | tr -d ' ' > \"$3\"",
        "the output is not the text expected, \"3\\n\"; it has 3 bytes and begins with \"17\\n\"",
    );
    let keys = format!(
        "args = ['{{output}}']\nstdin = 'my/data.txt'\nverify = {{ output-blake3 = '{}' }}",
        blake3("here\nthree\nwords\n")
    );
    verifies(
        &keys,
        "tr ' ' '\\n' | sort > \"$2\"",
        "tr ' ' '\\n' > \"$2\"",
        "the output has BLAKE3 ",
    );
    verifies(
        &keys,
        "tr ' ' '\\n' | sort > \"$2\"",
        "exit 0",
        "no output file was written",
    );
}

#[test]
fn standard_output_is_verified_to_the_byte_however_long_it_is() {
    verifies(
        "args = 'a \"b c\"'\nverify = { stdout-text = \"program a|b c\\n\" }",
        "echo \"program $2|$3\"",
        "echo log; echo \"program $2|$3\"",
        "the standard output is not the text expected, \"program a|b c\\n\"",
    );
    // More than is kept of an ordinary guest's output.
    let long: String = (1..=100_000).map(|i| format!("{i}\n")).collect();
    let keys = format!("verify = {{ stdout-blake3 = '{}' }}", blake3(&long));
    verifies(
        &keys,
        "seq 100000",
        "echo 0; seq 2 100000",
        "the standard output has BLAKE3 ",
    );
}

#[test]
fn an_exit_status_is_enough_where_no_more_is_asked() {
    let (checkout, called) = measure("verify = { exit = 0 }", "echo anything");
    assert_eq!(called.status, 0, "{}", called.stderr);
    let row = checkout.run().row(CELL);
    assert_eq!(
        (row["runs"].as_str(), row["startup_median_s"].as_str()),
        ("2", "")
    );
    assert!(checkout.run().text("report.md").contains("fake:jit"));
    let printed = "no output verified: of mine only the exit status is checked";
    assert!(called.prints(printed), "{}", called.stdout);
    let (checkout, _) = measure("verify = { exit = 0 }", "echo no >&2; exit 4");
    let reason = checkout.run().assert_outcome(CELL, "failed");
    assert_eq!(reason, "ended with exit status 4: no");
}

/// What one sample leaves behind, or does to its files, the next one does not see.
#[test]
fn every_sample_finds_its_folder_as_the_first_one_did() {
    let keys = "args = '{dir}'\nfiles = { 'a.txt' = 'my/data.txt' }\nverify = { stdout-text = \"a.txt three words here\\n\" }";
    let body = "cd \"$2\" && echo $(ls) $(cat a.txt) && rm a.txt && touch b.txt";
    let (checkout, called) = measure(keys, body);
    assert_eq!(called.status, 0, "{}\n{}", called.stdout, called.stderr);
    assert_eq!(checkout.read("my/data.txt"), "three words here\n");
}

#[test]
fn generated_inputs_reach_a_program_as_a_file_and_as_standard_input() {
    let keys = "complexity = 'n'\nargs = '{input} {output}'\nstdin = '{input}'\noutput = 'sorted'";
    let checkout = checkout(engine("fake"), keys);
    checkout.engine("fake", "cmp \"$2\" - && sort -n \"$2\" > \"$3\"");
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}\n{}", called.stdout, called.stderr);
    for size in ["1KB", "10KB"] {
        checkout
            .run()
            .assert_outcome(&format!("mine/{size}/random/fake:jit"), "ok");
    }
    checkout.engine("fake", "cp \"$2\" \"$3\"");
    let called = checkout.bench(&["--size=10KB", "--results=other"]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    let run = Run::all(&checkout.root().join("other")).remove(0);
    run.assert_outcome("mine/10KB/random/fake:jit", "wrong-output");
}

#[test]
fn variables_reach_the_guest_by_words_or_by_its_process_and_a_mode_without_a_way_says_so() {
    let engines = [
        engine("plain"),
        engine_with("words", "run = \"{bin} {env} {wasm} {args}\"").replacen(
            "name = \"words\"",
            "name = \"words\"\nguest-env = \"--env {name}={value}\"",
            1,
        ),
        engine_with("native", "run = \"{native} {args}\""),
        engine_with("node", "run = \"{bin} {js} {args}\""),
    ];
    let keys = "sizes = ['1KB']\nnative = 'my/native'\nenv = { A = 'x y', B_2 = 'z' }\nverify = { stdout-text = 'A=x y B_2=z' }";
    let checkout = checkout(engines.concat(), keys);
    checkout.engine("plain", "exit 1").engine("node", "exit 1");
    checkout.engine(
        "words",
        "[ \"$1$3\" = --env--env ] && printf '%s %s' \"$2\" \"$4\"",
    );
    // The program of an engine is looked up, although a native guest needs none.
    checkout.engine("native", "exit 1");
    checkout.wrapper(
        "run-native",
        &[
            "sh".into(),
            "-c".into(),
            "printf 'A=%s B_2=%s' \"$A\" \"$B_2\"".into(),
        ],
    );
    std::fs::rename(
        checkout.root().join("bin/run-native"),
        checkout.root().join("my/native"),
    )
    .unwrap();
    let planned = checkout.xtask(&["plan"]).stdout;
    assert!(
        planned.contains("2 cells to measure, 0 impossible, 2 unsupported"),
        "{planned}"
    );
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}\n{}", called.stdout, called.stderr);
    let run = checkout.run();
    run.assert_outcome("mine/1KB/random/words:jit", "ok");
    run.assert_outcome("mine/1KB/random/native:jit", "ok");
    let reason = run.assert_outcome("mine/1KB/random/plain:jit", "unsupported");
    assert!(
        reason.contains("lacks the placeholder \"{env}\""),
        "{reason}"
    );
    let reason = run.assert_outcome("mine/1KB/random/node:jit", "unsupported");
    assert!(reason.contains("its key \"js\" would name it"), "{reason}");
}

#[test]
fn a_changed_program_or_file_is_another_run_and_another_artefact() {
    let keys = "sizes = ['1KB']\nargs = '{dir}/words'\nfiles = { words = 'my/data.txt' }\nverify = { exit = 0 }";
    let checkout = checkout(aot_engine("fake"), keys);
    checkout.engine("fake", &compiler("cat \"$1\" \"$2\""));
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}\n{}", called.stdout, called.stderr);
    let guests = checkout.run().text("environment.json");
    assert!(
        guests.contains("\"my/program.wasm\"") && guests.contains("\"my/data.txt\""),
        "{guests}"
    );
    assert_eq!(checkout.bench(&["--resume"]).status, 0);
    for file in ["my/program.wasm", "my/data.txt"] {
        let before = checkout.read(file);
        checkout.write(file, "changed");
        let called = checkout.bench(&["--resume"]);
        assert_eq!(called.status, 1, "{}", called.stderr);
        let says = format!("guests.\"{file}\": was ");
        assert!(called.stderr.contains(&says), "{}", called.stderr);
        checkout.write(file, &before);
    }
    let text = checkout.read("matrix.toml");
    checkout.write("matrix.toml", &text.replace("{dir}/words", "{dir}/words x"));
    let called = checkout.bench(&["--resume"]);
    assert!(
        called
            .stderr
            .contains("workload \"mine\": args: was \"{dir}/words\", is \"{dir}/words x\""),
        "{}",
        called.stderr
    );
}

#[test]
fn a_generated_module_is_made_and_run_without_an_input() {
    let none = Matrix {
        workloads: &[],
        ..Matrix::default()
    };
    let checkout = Checkout::new(&none);
    let workload = "[[workload]]\nname = \"start\"\ncode = \"20KB\"\noutput = \"nothing\"\n\n";
    let text = none.text();
    let text = text.replacen("[hyperfine]", &format!("{workload}[hyperfine]"), 1);
    checkout.write("matrix.toml", &text);
    checkout.engine("fake", "test $# = 2 && test $(wc -c < \"$1\") -gt 20000");
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}\n{}", called.stdout, called.stderr);
    checkout
        .run()
        .assert_outcome("start/1KB/random/fake:jit", "ok");
    let bytes = std::fs::read(checkout.root().join("target/guests/modules/20KB.wasm")).unwrap();
    assert!(bytes.starts_with(b"\0asm") && bytes.len() > 20_000);
    assert!(!checkout.root().join("data").exists(), "an input was made");
}
