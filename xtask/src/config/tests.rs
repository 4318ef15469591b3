use super::*;

pub const MATRIX: &str = r#"
default-profile = "small"

[inputs]
seed = 1
sizes = ["1KB", "10KB", "1MB"]
distributions = ["random", "sorted"]

[[workload]]
name = "merge"
complexity = "n log n"
output = "sorted"

[[workload]]
name = "bubble"
complexity = "n^2"
output = "sorted"
sizes = ["1KB", "10KB"]
distributions = ["random"]

[hyperfine]
name = "hyperfine"

[[engine]]
name = "native"
program = "rustc"
[[engine.mode]]
name = "release"
tier = "optimizing"
shipped = true
run = "{native} {args}"

[[engine]]
name = "vm"
[[engine.mode]]
name = "jit"
tier = "optimizing"
shipped = true
run = "{bin} {wasm} {args}"
[[engine.mode]]
name = "aot"
tier = "optimizing"
compile = "{bin} compile {wasm} {artifact}"
run = "{bin} {artifact} {args}"

[[profile]]
name = "small"
description = "two modes"
runs = 3
compile-runs = 2
timeout = "10s"
[[profile.cells]]
workloads = ["merge"]
sizes = ["1KB"]
distributions = ["random"]
modes = ["vm:*"]
[[profile.cells]]
workloads = ["bubble"]
sizes = ["10KB"]
modes = ["native:release"]

[[profile]]
name = "full"
description = "everything"
runs = 15
compile-runs = 20
timeout = "5m"
[[profile.cells]]
"#;

pub const RULES: &str = "[[impossible]]\nworkload = \"bubble\"\nsize = \">= 10KB\"\nengine = \"vm\"\nreason = \"too slow\"\n";

/// Two workloads, three sizes, two engines with three modes, one rule, two profiles.
pub fn config() -> Config {
    Config::parse(MATRIX, RULES).unwrap()
}

/// The engines, modes and sizes of the study.
pub fn study() -> Config {
    Config::parse(
        include_str!("../../tests/fixtures/study/matrix.toml"),
        include_str!("../../tests/fixtures/study/impossible.toml"),
    )
    .unwrap()
}

/// An engine that is written as in matrix.toml, checked.
pub fn engine(text: &str) -> anyhow::Result<Engine> {
    let engine: Engine = read::read(text)?;
    engine.check()?;
    Ok(engine)
}

fn error(from: &str, to: &str) -> String {
    assert!(MATRIX.contains(from), "{from}");
    format!(
        "{:#}",
        Config::parse(&MATRIX.replacen(from, to, 1), "").unwrap_err()
    )
}

#[test]
fn what_the_files_leave_out_has_its_default() {
    let config = config();
    assert_eq!(config.inputs.seed, 1);
    let merge = config.workload("merge").unwrap();
    assert_eq!((merge.sizes.len(), merge.distributions.len()), (3, 2));
    assert_eq!(config.workload("bubble").unwrap().sizes.len(), 2);
    assert_eq!(config.engine("vm").unwrap().program(), "vm");
    assert_eq!(config.engine("native").unwrap().program(), "rustc");
    assert!(config.engine("absent").is_none() && config.workload("absent").is_none());
    assert_eq!(config.rules.len(), 1);
    assert!(
        Config::parse(MATRIX, "").unwrap().rules.is_empty(),
        "no rules are fine"
    );
}

#[test]
fn profiles_are_found_by_name() {
    let config = config();
    assert_eq!(config.profile("full").unwrap().runs.get(), 15);
    assert_eq!(
        config.profile("ful").unwrap_err().to_string(),
        "unknown profile \"ful\", expected one of \"small\", \"full\""
    );
}

#[test]
fn errors_name_the_file_the_table_and_the_key() {
    assert_eq!(
        error(
            "sizes = [\"1KB\", \"10KB\"]",
            "sizes = [\"1KB\", \"100KB\"]"
        ),
        "matrix.toml: workload \"bubble\": key \"sizes\": \"100KB\" is not in [inputs]; add it there, or use one of \"1KB\", \"10KB\", \"1MB\""
    );
    assert_eq!(
        error(
            "distributions = [\"random\", \"sorted\"]",
            "distributions = []"
        ),
        "matrix.toml: [inputs]: key \"distributions\": the list is empty (line 7: distributions = [])"
    );
    assert_eq!(
        error("name = \"vm\"", "name = \"native\""),
        "matrix.toml: two [[engine]] tables with one name: \"native\" is there twice; remove one"
    );
    assert!(
        error(
            "name = \"hyperfine\"",
            "name = \"hyperfine\"\nversion-pattern = \"x\""
        )
        .starts_with("matrix.toml: [hyperfine]: key \"version-pattern\"")
    );
    let rule = Config::parse(MATRIX, "[[impossible]]\nengin = 'vm'\nreason = 'r'");
    let message = format!("{:#}", rule.unwrap_err());
    assert!(
        message.starts_with("impossible.toml: ") && message.contains("engin"),
        "{message}"
    );
}

/// The only test of the files that users edit: it asks no more than xtask itself does.
#[test]
fn the_shipped_matrix_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = (root.join("matrix.toml"), root.join("impossible.toml"));
    if let Err(error) = Config::load(&files.0, &files.1) {
        panic!("{error:#}");
    }
}

#[test]
fn hyperfine_runs_no_guests() {
    let mode = "[[hyperfine.mode]]\nname = 'm'\ntier = 'baseline'\nrun = '{wasm} {args}'";
    let hyperfine = "[hyperfine]\nname = \"hyperfine\"\n";
    let says = error(hyperfine, &format!("{hyperfine}{mode}\n"));
    assert!(says.starts_with("matrix.toml: [hyperfine]: "), "{says}");
}

#[test]
fn a_matrix_without_an_engine_says_so() {
    let (before, rest) = MATRIX.split_once("[[engine]]").unwrap();
    let (_, after) = rest.split_once("[[profile]]").unwrap();
    let error = Config::parse(&format!("{before}[[profile]]{after}"), "").unwrap_err();
    assert_eq!(format!("{error:#}"), "matrix.toml: there is no [[engine]]");
}

#[test]
fn a_generated_module_has_one_cell_an_engine_and_mode() {
    let from = "[hyperfine]\n";
    let workload = |keys: &str| format!("[[workload]]\nname = \"start\"\n{keys}\n\n{from}");
    let keys = "code = \"1MB\"\noutput = \"nothing\"";
    let matrix = MATRIX.replacen(from, &workload(keys), 1);
    let config = Config::parse(&matrix, "").unwrap();
    let cells = config.cells().into_iter();
    let own = cells.filter(|cell| cell.workload == "start");
    let own: Vec<String> = own.map(|cell| cell.to_string()).collect();
    let name = "start/1KB/random/";
    assert_eq!(
        own,
        ["native:release", "vm:jit", "vm:aot"].map(|mode| format!("{name}{mode}"))
    );
    for wrong in [
        "code = \"1MB\"\noutput = \"sorted\"",
        "code = \"1MB\"\noutput = \"nothing\"\nwasm = \"a.wasm\"\nargs = \"{output}\"",
    ] {
        let says = error(from, &workload(wrong));
        assert!(
            says.contains("key \"code\" makes a module that does nothing"),
            "{says}"
        );
    }
    let says = error(from, &workload(&format!("{keys}\nenv = {{ A = \"1\" }}")));
    assert!(
        says.contains("key \"env\" is for a program of your own"),
        "{says}"
    );
}
