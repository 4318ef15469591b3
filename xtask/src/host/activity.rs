//! What the machine did beside us: read before and after each sample.

use std::fs::File;
use std::io::Read;

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::unistd::{SysconfVar, sysconf};

/// Times since the machine or this process started, in seconds over all processors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Activity {
    /// Taken away by the hypervisor.
    steal_s: f64,
    /// Spent in processes and in the kernel.
    busy_s: f64,
    /// Of that, in this process and in those that it started and that have ended.
    own_s: f64,
}

/// Tells what others had since it was asked last.
#[derive(Debug, Default)]
pub struct Watch {
    since: Option<Activity>,
    told: Disturbance,
}

impl Watch {
    /// None where the kernel does not tell. It counts busy time in ticks of 10 ms, so what one lap
    /// says is right within that, and the sum of many laps no less.
    pub fn lap(&mut self) -> Option<Disturbance> {
        Some(self.lap_until(Activity::read()?))
    }

    fn lap_until(&mut self, now: Activity) -> Disturbance {
        let all = now.since(self.since.get_or_insert(now));
        let lap = Disturbance {
            steal_s: (all.steal_s - self.told.steal_s).max(0.0),
            others_cpu_s: (all.others_cpu_s - self.told.others_cpu_s).max(0.0),
        };
        self.told.steal_s += lap.steal_s;
        self.told.others_cpu_s += lap.others_cpu_s;
        lap
    }
}

/// What others had of a stretch of time, in seconds over all processors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Disturbance {
    pub steal_s: f64,
    pub others_cpu_s: f64,
}

impl Activity {
    fn read() -> Option<Activity> {
        // Its first line is enough; all of it would be read in eight small pieces.
        let mut start = [0; 256];
        let read = File::open("/proc/stat").ok()?.read(&mut start).ok()?;
        let stat = String::from_utf8_lossy(&start[..read]);
        let ticks_a_second = sysconf(SysconfVar::CLK_TCK).ok()??;
        let (steal, busy) = parse(&stat)?;
        let own_s = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(|who| {
            let of = |usage: Usage| usage.user_time() + usage.system_time();
            getrusage(who).map_or(0.0, |usage| of(usage).num_microseconds() as f64 / 1e6)
        });
        Some(Activity {
            steal_s: steal / ticks_a_second as f64,
            busy_s: busy / ticks_a_second as f64,
            own_s: own_s.iter().sum(),
        })
    }

    /// What others had since then.
    fn since(&self, before: &Activity) -> Disturbance {
        let busy_s = self.busy_s - before.busy_s;
        let own_s = self.own_s - before.own_s;
        Disturbance {
            steal_s: (self.steal_s - before.steal_s).max(0.0),
            others_cpu_s: (busy_s - own_s).max(0.0),
        }
    }
}

/// Steal, and user, nice, system and interrupts together, in ticks; `proc(5)` has the order.
fn parse(stat: &str) -> Option<(f64, f64)> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks = line.split_whitespace().map(|word| word.parse().ok());
    let ticks: Vec<f64> = ticks.collect::<Option<_>>()?;
    let &[user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = &ticks[..] else {
        return None;
    };
    Some((steal, user + nice + system + irq + softirq))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_all_processors() {
        let stat = "cpu  10 20 30 400 50 1 2 7 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(parse(stat), Some((7.0, 63.0)));
        assert_eq!(parse("cpu  1 2 3\n"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_lap_is_what_was_not_told_before() {
        let mut watch = Watch::default();
        let mut lap = |steal_s, busy_s| {
            let lap = watch.lap_until(Activity {
                steal_s,
                busy_s,
                own_s: 0.0,
            });
            (lap.steal_s, lap.others_cpu_s)
        };
        assert_eq!(lap(1.0, 10.0), (0.0, 0.0));
        assert_eq!(lap(1.5, 12.0), (0.5, 2.0));
        assert_eq!(lap(1.5, 12.0), (0.0, 0.0));
        assert_eq!(lap(3.5, 13.0), (2.0, 1.0));
    }

    #[test]
    fn what_we_did_ourselves_disturbs_nobody() {
        let at = |steal_s, busy_s, own_s| Activity {
            steal_s,
            busy_s,
            own_s,
        };
        let since = at(1.5, 20.0, 9.0).since(&at(1.0, 10.0, 1.0));
        assert_eq!((since.steal_s, since.others_cpu_s), (0.5, 2.0));
        // Ticks are coarser than our own time.
        let since = at(1.0, 10.0, 1.005).since(&at(1.0, 10.0, 1.0));
        assert_eq!(since, Disturbance::default());
    }
}
