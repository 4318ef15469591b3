//! What the machine did beside us: read before and after each sample.

use std::fs::File;
use std::io::Read;

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::unistd::{SysconfVar, sysconf};

/// What others had, in seconds over all processors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Disturbance {
    /// Taken away by the hypervisor.
    pub steal_s: f64,
    /// Spent in processes that are not ours, and in the kernel for them.
    pub others_cpu_s: f64,
}

/// Tells what others had since it was asked last.
#[derive(Debug, Default)]
pub struct Watch {
    told: Option<Disturbance>,
}

impl Watch {
    /// None where the kernel does not tell. It counts busy time in ticks of 10 ms, so what one lap
    /// says is right within that, and the sum of many laps no less.
    pub fn lap(&mut self) -> Option<Disturbance> {
        Some(self.lap_until(Disturbance::since_boot()?))
    }

    fn lap_until(&mut self, now: Disturbance) -> Disturbance {
        let told = self.told.get_or_insert(now);
        let lap = Disturbance {
            steal_s: (now.steal_s - told.steal_s).max(0.0),
            others_cpu_s: (now.others_cpu_s - told.others_cpu_s).max(0.0),
        };
        told.steal_s += lap.steal_s;
        told.others_cpu_s += lap.others_cpu_s;
        lap
    }
}

impl Disturbance {
    /// All since the machine started, but what this process and those that it started and that have
    /// ended used.
    fn since_boot() -> Option<Disturbance> {
        // Its first line is enough; all of it would be read in eight small pieces.
        let mut start = [0; 256];
        let read = File::open("/proc/stat").ok()?.read(&mut start).ok()?;
        let ticks_a_second = sysconf(SysconfVar::CLK_TCK).ok()?? as f64;
        let own_s = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(|who| {
            let of = |usage: Usage| usage.user_time() + usage.system_time();
            getrusage(who).map_or(0.0, |usage| of(usage).num_microseconds() as f64 / 1e6)
        });
        let stat = String::from_utf8_lossy(&start[..read]);
        parse(&stat, ticks_a_second, own_s.iter().sum())
    }
}

/// Steal, and user, nice, system and interrupts together, but for our own; `proc(5)` has the order.
fn parse(stat: &str, ticks_a_second: f64, own_s: f64) -> Option<Disturbance> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks = line.split_whitespace().map(|word| word.parse().ok());
    let ticks: Vec<f64> = ticks.collect::<Option<_>>()?;
    let &[user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = &ticks[..] else {
        return None;
    };
    Some(Disturbance {
        steal_s: steal / ticks_a_second,
        others_cpu_s: (user + nice + system + irq + softirq) / ticks_a_second - own_s,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn had(steal_s: f64, others_cpu_s: f64) -> Disturbance {
        Disturbance {
            steal_s,
            others_cpu_s,
        }
    }

    #[test]
    fn the_first_line_is_all_processors() {
        let stat = "cpu  100 200 300 4000 500 10 20 70 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(parse(stat, 10.0, 0.0), Some(had(7.0, 63.0)));
        assert_eq!(parse("cpu  1 2 3\n", 10.0, 0.0), None);
        assert_eq!(parse("", 10.0, 0.0), None);
    }

    #[test]
    fn a_lap_is_what_was_not_told_before() {
        let mut watch = Watch::default();
        let mut lap = |steal_s, others_cpu_s| watch.lap_until(had(steal_s, others_cpu_s));
        assert_eq!(lap(1.0, 10.0), had(0.0, 0.0));
        assert_eq!(lap(1.5, 12.0), had(0.5, 2.0));
        assert_eq!(lap(1.5, 12.0), had(0.0, 0.0));
        assert_eq!(lap(3.5, 13.0), had(2.0, 1.0));
    }

    #[test]
    fn what_we_did_ourselves_disturbs_nobody() {
        let at = |user: u32, own_s| {
            let stat = format!("cpu  {user} 0 0 0 0 0 0 50 0 0\n");
            parse(&stat, 100.0, own_s).unwrap()
        };
        let mut watch = Watch::default();
        watch.lap_until(at(1000, 1.0));
        assert_eq!(watch.lap_until(at(2000, 9.0)), had(0.0, 2.0));
        // Ticks are coarser than our own time, and what was told too much is not told again.
        assert_eq!(watch.lap_until(at(2000, 9.5)), had(0.0, 0.0));
        assert_eq!(watch.lap_until(at(2100, 9.5)), had(0.0, 0.5));
    }
}
