//! The line that a guest prints when it is done: `items=N read_ns=A sort_ns=B write_ns=C`.

use crate::model::Sample;

/// Takes what the guest says of its phases into its sample, from between whatever an engine logs
/// on standard output. The last line counts.
pub fn read(stdout: &str, sample: &mut Sample) {
    if let Some([items, phases_ns @ ..]) = stdout.lines().rev().find_map(parse) {
        let [read_s, sort_s, write_s] = phases_ns.map(|ns| ns as f64 / 1e9);
        sample.items = Some(items);
        sample.read_s = Some(read_s);
        sample.sort_s = Some(sort_s);
        sample.write_s = Some(write_s);
    }
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
    use super::*;

    fn found(stdout: &str) -> Sample {
        let mut sample = Sample::default();
        read(stdout, &mut sample);
        sample
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
        ] {
            assert_eq!(found(stdout), Sample::default(), "{stdout}");
        }
    }
}
