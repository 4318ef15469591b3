//! What fake engines do with the guest in `$1`, the input in `$2` and the output in `$3`.

/// The guest's line, for all items of the input.
pub const LINE: &str =
    r#"echo "items=$(grep -c . "$2") read_ns=100000 sort_ns=200000 write_ns=300000""#;

/// Sorts, and says so.
pub fn good() -> String {
    format!("sort -n \"$2\" > \"$3\"\n{LINE}")
}

/// Sorts after so many seconds.
pub fn slow(seconds: f64) -> String {
    format!("sleep {seconds}\n{}", good())
}

/// `{bin} compile GUEST ARTEFACT` copies the guest; everything else is `run`.
pub fn compiler(run: &str) -> String {
    format!("if [ \"$1\" = compile ]; then cp \"$2\" \"$3\"; exit; fi\n{run}")
}
