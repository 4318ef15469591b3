use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// What hyperfine 1.20.0 wrote for `sh -c 'exit 7'`.
const V1: &str = r#"{"results": [{
  "command": "sh -c 'exit 7'", "mean": 0.009035985, "stddev": null, "median": 0.009035985,
  "user": 0.0009639999999999999, "system": 0.001, "min": 0.009035985, "max": 0.009035985,
  "times": [0.009035985], "memory_usage_byte": [3108864], "exit_codes": [7]
}]}"#;

/// What hyperfine 2.0.0 wrote for `sh -c 'kill -SEGV $$'`, the summary shortened.
const V2: &str = r#"{
  "schema_version": 2,
  "metadata": {"hyperfine_version": "2.0.0", "start_time": "2026-11-23T06:18:43Z", "platform": {"os": "Linux", "architecture": "x86_64"}},
  "primary_metric": "time_wall_clock",
  "results": [{
    "command": "sh -c 'kill -SEGV $$'",
    "measurements": [{
      "time_wall_clock": {"value": 0.030448152000000003, "unit": "second"},
      "time_cpu": {"value": 0.001024, "unit": "second"},
      "time_user": {"value": 0.001024, "unit": "second"},
      "time_system": {"value": 0.0, "unit": "second"},
      "memory_peak_resident": {"value": 3723264.0, "unit": "byte"},
      "instructions": {"value": 812345.0, "unit": "count"},
      "exit_code": 139
    }],
    "summary": {"time_wall_clock": {"unit": "second", "count": 1, "mean": 0.030448152000000003, "stddev": null}}
  }]
}"#;

/// What the export says of its sample, and the exit status.
fn exported(json: &str) -> anyhow::Result<(Sample, Option<i32>)> {
    let mut sample = Sample::default();
    let exit_code = read_export(json, &mut sample)?;
    Ok((sample, exit_code))
}

fn seconds(sample: &Sample) -> [Option<f64>; 3] {
    [sample.wall_s, sample.user_s, sample.system_s]
}

#[test]
fn what_hyperfine_1_20_writes_is_read() {
    let (sample, exit_code) = exported(V1).unwrap();
    assert_eq!(seconds(&sample), [0.009035985, 0.000964, 0.001].map(Some));
    assert_eq!(
        (sample.peak_rss_bytes, exit_code),
        (Some(3_108_864), Some(7))
    );
    // Where the kernel does not tell, and for a signal that hyperfine does not tell.
    let bare = V1
        .replace("\"memory_usage_byte\": [3108864], ", "")
        .replace("[7]", "[null]");
    let (sample, exit_code) = exported(&bare).unwrap();
    assert_eq!((sample.peak_rss_bytes, exit_code), (None, None));
}

#[test]
fn what_hyperfine_2_0_writes_is_read() {
    let (sample, exit_code) = exported(V2).unwrap();
    assert_eq!(
        seconds(&sample),
        [0.030448152000000003, 0.001024, 0.0].map(Some)
    );
    let expected = (Some(3_723_264), Some(139));
    assert_eq!((sample.peak_rss_bytes, exit_code), expected);
    assert_eq!(
        (sample.instructions, sample.cpu_cycles),
        (Some(812_345), None)
    );
}

#[test]
fn other_json_is_an_error() {
    for json in [
        "",
        "{}",
        r#"{"results": []}"#,
        r#"{"results": [{"times": [1.0]}]}"#,
        r#"{"results": [{"measurements": []}]}"#,
        &V1.replace("[0.009035985]", "[-0.009035985]"),
    ] {
        assert!(exported(json).is_err(), "{json}");
    }
}

#[test]
fn signals_are_told_from_exit_statuses() {
    assert_eq!(end_of(Some(0)), End::Exit(0));
    assert_eq!(end_of(Some(128)), End::Exit(128));
    assert_eq!(end_of(Some(139)), End::Signal(11));
    assert_eq!(end_of(Some(255)), End::Exit(255));
    assert_eq!(end_of(None), End::Signal(0));
}

#[test]
fn only_hyperfines_own_lines_are_dropped_from_stderr() {
    let stderr = "guest: error\n \n  Warning: Ignoring non-zero exit code.\nWarning: mine\n";
    let kept = without_hyperfine(stderr);
    assert!(
        kept.contains("guest: error\n") && kept.contains("Warning: mine\n"),
        "{kept}"
    );
    assert!(!kept.contains("Ignoring"), "{kept}");
}

/// Measures with a script that plays hyperfine: it writes this to the export file, and does `then`.
/// Also its sample, and the words and the variable that it got.
fn measure(export: Option<&str>, then: &str) -> (anyhow::Result<Finished>, Sample, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = match export {
        Some(export) => {
            std::fs::write(path("payload"), export).unwrap();
            format!("cp {} \"$to\"", path("payload").display())
        }
        None => String::new(),
    };
    let script = format!(
        "for word in \"$@\" \"$CACHE\"; do echo \"$word\" >> {}; done\n\
         for word in \"$@\"; do [ \"$last\" = --export-json ] && to=$word; last=$word; done\n\
         {write}\necho out; echo err >&2\n{then}\n",
        path("words").display()
    );
    std::fs::write(path("hyperfine"), script).unwrap();
    let stopwatch = Stopwatch {
        command: vec!["sh".into(), path("hyperfine").into()],
        counts: false,
        export: path("export.json"),
        oom_kills: Cell::new(0),
    };
    // Of an earlier sample.
    std::fs::write(&stopwatch.export, V1).unwrap();
    let command = Invocation {
        argv: vec!["/a b/engine".into(), "it's".into()],
        env: vec![("CACHE".to_owned(), "/c".into())],
        timeout: Some(Duration::from_millis(500)),
        ..Invocation::default()
    };
    let mut sample = Sample::default();
    let measured = stopwatch.measure(&command, &mut sample);
    assert!(!stopwatch.export.exists(), "a file stayed");
    let words = std::fs::read_to_string(path("words")).unwrap();
    let words = words.lines().map(str::to_owned).collect();
    (measured, sample, words)
}

#[test]
fn one_invocation_of_hyperfine_is_one_run() {
    let (measured, sample, words) = measure(Some(V2), "");
    let measured = measured.unwrap();
    assert_eq!(
        measured.end,
        End::Signal(11),
        "the guest's end, not hyperfine's"
    );
    assert_eq!(sample.peak_rss_bytes, Some(3_723_264));
    assert_eq!(
        (measured.stdout.as_str(), measured.stderr.as_str()),
        ("out\n", "err\n")
    );
    for option in ["--runs=1", "--shell=none"] {
        assert!(words.iter().any(|word| word == option), "{words:?}");
    }
    let [.., line, variable] = &words[..] else {
        panic!("no words")
    };
    assert_eq!(shell_words::split(line).unwrap(), ["/a b/engine", "it's"]);
    assert_eq!(variable, "/c");
}

#[test]
fn only_a_kill_that_the_kernel_counts_is_for_lack_of_memory() {
    // The script's stopwatch has seen no kill; what is there is from before this test.
    let killed = match oom_kills() {
        0 => End::Signal(9),
        _ => End::OutOfMemory,
    };
    for (code, end) in [("[137]", killed), ("[139]", End::Signal(11))] {
        let (measured, ..) = measure(Some(&V1.replace("[7]", code)), "");
        assert_eq!(measured.unwrap().end, end);
    }
}

#[test]
fn figures_of_an_earlier_sample_never_count() {
    let (measured, sample, _) = measure(None, "exit 1");
    assert_eq!(
        (measured.unwrap().end, sample),
        (End::Exit(1), Sample::default())
    );
    // hyperfine wrote, but was killed: half a file, or the figures of a killed process.
    let (measured, sample, _) = measure(Some(V1), "sleep 60");
    assert_eq!(
        (measured.unwrap().end, sample),
        (End::Timeout, Sample::default())
    );
}

#[test]
fn an_export_of_another_version_is_an_error_that_says_so() {
    let (measured, ..) = measure(Some("{\"schema_version\": 3}"), "");
    let error = measured.unwrap_err().to_string();
    assert!(error.contains("is it version 1.20 or 2.x?"), "{error}");
}

/// What JSON is made of, and numbers that are none of a process.
const PIECES: [&str; 16] = [
    "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "-0.0", "1e999", "1e300", "NaN",
    "\u{0}", "[[[[",
];

proptest! {
    #[test]
    fn whatever_hyperfine_writes_is_read_or_an_error(
        new in any::<bool>(), at in any::<Index>(), length in 0..40_usize, piece in select(&PIECES[..]),
    ) {
        let text = if new { V2 } else { V1 };
        let start = at.index(text.len());
        let end = (start + length).min(text.len());
        let damaged = format!("{}{piece}{}", &text[..start], &text[end..]);
        if let Ok((sample, _)) = exported(&damaged) {
            for figure in seconds(&sample) {
                prop_assert!(figure.is_some_and(|it| it >= 0.0 && it.is_finite()), "{damaged}");
            }
        }
    }
}
