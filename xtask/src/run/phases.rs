//! The line that a guest prints when it is done: `items=N read_ns=A sort_ns=B write_ns=C`.

use crate::model::{Sample, human_seconds};

/// The clocks of guests and of the stopwatch may differ by so much, as a share and in seconds.
const CLOCKS: (f64, f64) = (0.01, 1e-3);

/// Takes what the guest says of its phases into its sample, from between whatever an engine logs
/// on standard output. Returns what is wrong with a line that cannot be believed.
pub fn read(stdout: &str, sample: &mut Sample) -> Option<String> {
    let lines: Vec<[u64; 4]> = stdout.lines().filter_map(parse).collect();
    let [items, phases_ns @ ..] = *match &lines[..] {
        [] => return None,
        [line] => line,
        more => {
            return Some(format!(
                "the guest printed {} lines with its phases",
                more.len()
            ));
        }
    };
    let [read_s, sort_s, write_s] = phases_ns.map(|ns| ns as f64 / 1e9);
    let (says_s, wall_s) = (read_s + sort_s + write_s, sample.wall_s.unwrap_or(0.0));
    if says_s > wall_s * (1.0 + CLOCKS.0) + CLOCKS.1 {
        let [says, wall] = [says_s, wall_s].map(human_seconds);
        return Some(format!(
            "the guest says that its phases took {says}, its process took {wall}"
        ));
    }
    sample.items = Some(items);
    sample.read_s = Some(read_s);
    sample.sort_s = Some(sort_s);
    sample.write_s = Some(write_s);
    None
}

fn parse(line: &str) -> Option<[u64; 4]> {
    let mut words = line[line.find("items=")?..].split_whitespace();
    let mut number = |key| words.next()?.strip_prefix(key)?.parse().ok();
    Some([
        number("items=")?,
        number("read_ns=")?,
        number("sort_ns=")?,
        number("write_ns=")?,
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(stdout: &str) -> Sample {
        let mut sample = of_a_second();
        assert_eq!(read(stdout, &mut sample), None, "{stdout}");
        sample
    }

    fn of_a_second() -> Sample {
        Sample {
            wall_s: Some(1.0),
            ..Sample::default()
        }
    }

    #[test]
    fn the_line_is_found_among_logs() {
        let stdout =
            "[info] compile start\nitems=3 read_ns=1000000 sort_ns=2 write_ns=3\n[info] done\n";
        let sample = found(stdout);
        let phases = (sample.read_s, sample.sort_s, sample.write_s);
        assert_eq!(phases, (Some(0.001), Some(2e-9), Some(3e-9)));
        assert_eq!(sample.items, Some(3));
        let logged = found("[12:00] items=1 read_ns=1 sort_ns=1 write_ns=1");
        assert_eq!(logged.items, Some(1));
    }

    #[test]
    fn other_lines_are_not_taken_for_it() {
        for stdout in [
            "",
            "items=",
            "items=3 read_ns=1",
            "items=x read_ns=1 sort_ns=1 write_ns=1",
            "items=1 sort_ns=1 read_ns=1 write_ns=1",
            "items=1 read_ns=-1 sort_ns=1 write_ns=1",
            "items=1 read_ns=18446744073709551616 sort_ns=1 write_ns=1",
        ] {
            assert_eq!(found(stdout), of_a_second(), "{stdout}");
        }
    }

    #[test]
    fn what_cannot_be_is_no_figure() {
        let line = |sort_ns: u64| format!("items=1 read_ns=0 sort_ns={sort_ns} write_ns=0\n");
        for (stdout, says) in [
            (line(1) + &line(1), "printed 2 lines"),
            (
                line(1_020_000_000),
                "phases took 1.02 s, its process took 1.00 s",
            ),
            (line(u64::MAX), "its process took 1.00 s"),
        ] {
            let mut sample = of_a_second();
            let wrong = read(&stdout, &mut sample).unwrap();
            assert!(wrong.contains(says), "{wrong}");
            assert_eq!(sample, of_a_second());
        }
        // Another clock than the stopwatch's.
        assert_eq!(found(&line(1_005_000_000)).sort_s, Some(1.005));
    }

    proptest! {
        #[test]
        fn whatever_a_guest_prints_is_read_or_not(
            words in prop::collection::vec(
                prop_oneof![
                    "items=[0-9]{1,3}", "read_ns=[0-9]{1,21}", "sort_ns=-?[0-9]{1,9}", "write_ns=[0-9]{0,9}",
                    ".{0,8}", Just("\n".to_owned()),
                ],
                0..12,
            ),
        ) {
            let stdout = words.join(" ");
            let mut sample = of_a_second();
            let wrong = read(&stdout, &mut sample);
            let lines = stdout.lines().filter_map(parse).count();
            prop_assert_eq!(sample.items.is_some(), lines == 1 && wrong.is_none());
            prop_assert!(sample.startup_s().is_none_or(|it| (0.0..=1.0).contains(&it)));
        }
    }
}
