//! The line that a guest prints when it is done: `items=N read_ns=A sort_ns=B write_ns=C`.

/// What a guest says of its phases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phases {
    /// Integers in the input.
    pub items: u64,
    pub read_s: f64,
    pub sort_s: f64,
    pub write_s: f64,
}

/// Finds the guest's line in the standard output of a process, between whatever
/// an engine logs there. The last one counts.
pub fn find(stdout: &str) -> Option<Phases> {
    stdout
        .lines()
        .rev()
        .find_map(|line| parse(&line[line.find("items=")?..]))
}

fn parse(line: &str) -> Option<Phases> {
    let mut words = line.split_whitespace();
    let mut number = |key: &str| words.next()?.strip_prefix(key)?.parse::<u64>().ok();
    let items = number("items=")?;
    let mut seconds = |key| Some(number(key)? as f64 / 1e9);
    Some(Phases {
        items,
        read_s: seconds("read_ns=")?,
        sort_s: seconds("sort_ns=")?,
        write_s: seconds("write_ns=")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_found_among_logs() {
        let stdout =
            "[info] compile start\nitems=3 read_ns=1000000 sort_ns=2 write_ns=3\n[info] done\n";
        let phases = find(stdout).unwrap();
        assert_eq!(
            (phases.items, phases.read_s, phases.write_s),
            (3, 0.001, 3e-9)
        );
        assert!(find("[12:00] items=1 read_ns=1 sort_ns=1 write_ns=1").is_some());
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
            assert_eq!(find(stdout), None, "{stdout}");
        }
    }
}
