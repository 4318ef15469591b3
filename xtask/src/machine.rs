//! The machine of a run, and what may make it noisy.

use serde::{Deserialize, Serialize};

use crate::process::read_stdout_of;

/// The machine, as far as it matters for times and memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    pub host: String,
    /// As Rust calls them: `linux`, `x86_64`.
    pub os: String,
    pub arch: String,
    pub kernel: String,
    pub cpu: String,
    pub cores: usize,
    pub memory_bytes: u64,
    pub swap_bytes: u64,
    /// `none`, or what `/proc/cpuinfo` and the firmware say.
    pub virtualisation: String,
    /// Frequency governors in use; empty where the kernel shows none.
    pub governor: String,
}

impl Machine {
    /// Looks at this machine. What cannot be found out is `unknown` or 0.
    pub fn look() -> Machine {
        let uname = |option| read_stdout_of(["uname", option]);
        let cpuinfo = read("/proc/cpuinfo");
        let cpu = field(&cpuinfo, "model name")
            .or_else(|| read_stdout_of(["sysctl", "-n", "machdep.cpu.brand_string"]));
        let meminfo = read("/proc/meminfo");
        let kibibytes =
            |key| field(&meminfo, key).and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        let memory = kibibytes("MemTotal")
            .map(|kib| kib * 1024)
            .or_else(|| read_stdout_of(["sysctl", "-n", "hw.memsize"])?.parse().ok());
        Machine {
            host: uname("-n").unwrap_or_else(unknown),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            kernel: uname("-r").unwrap_or_else(unknown),
            cpu: cpu.unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(0, |cores| cores.get()),
            memory_bytes: memory.unwrap_or(0),
            swap_bytes: kibibytes("SwapTotal").unwrap_or(0) * 1024,
            virtualisation: virtualisation(&cpuinfo),
            governor: governors(),
        }
    }

    /// What may make measurements noisy here and now.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let load = load_average();
        // Half a core busy with something else is half a core that a sample does not get.
        if load > 0.5 {
            warnings.push(format!(
                "load average {load:.2}: something else is running; times will be too long"
            ));
        }
        if self.cores <= 2 {
            warnings.push(format!(
                "{} cores: engines that compile in parallel gain less than elsewhere",
                self.cores
            ));
        }
        if !self.governor.is_empty() && self.governor != "performance" {
            warnings.push(format!(
                "frequency governor \"{}\": \"performance\" is steadier",
                self.governor
            ));
        }
        if self.virtualisation != "none" {
            warnings.push(format!(
                "virtual machine ({}): neighbours may steal time",
                self.virtualisation
            ));
        }
        if on_battery() {
            warnings.push("on battery: the processor may be slowed down".to_owned());
        }
        let used = swap_used_bytes();
        if used > 0 {
            warnings.push(format!(
                "{used} bytes of swap in use: large cells may be slowed down by swapping"
            ));
        }
        warnings
    }
}

pub(crate) fn unknown() -> String {
    "unknown".to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The value of the first line `key : value`.
fn field(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn virtualisation(cpuinfo: &str) -> String {
    let hypervisor = field(cpuinfo, "flags")
        .is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor"));
    let product = read("/sys/class/dmi/id/sys_vendor").trim().to_owned();
    match (hypervisor, product.is_empty()) {
        (false, _) => "none".to_owned(),
        (true, true) => "hypervisor".to_owned(),
        (true, false) => product,
    }
}

fn governors() -> String {
    let cpus = std::fs::read_dir("/sys/devices/system/cpu")
        .into_iter()
        .flatten()
        .flatten();
    let governors = cpus.filter_map(|cpu| {
        std::fs::read_to_string(cpu.path().join("cpufreq/scaling_governor")).ok()
    });
    let distinct: std::collections::BTreeSet<_> =
        governors.map(|text| text.trim().to_owned()).collect();
    distinct.into_iter().collect::<Vec<_>>().join(", ")
}

/// The load average of the last minute; 0 where the kernel does not say.
pub fn load_average() -> f64 {
    read("/proc/loadavg")
        .split(' ')
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0.0)
}

/// Memory that programs can still have without swapping; none where the kernel does not say.
pub fn available_bytes() -> Option<u64> {
    let text = field(&read("/proc/meminfo"), "MemAvailable")?;
    let kibibytes: u64 = text.split(' ').next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn on_battery() -> bool {
    let supplies = std::fs::read_dir("/sys/class/power_supply")
        .into_iter()
        .flatten()
        .flatten();
    let status =
        supplies.filter_map(|supply| std::fs::read_to_string(supply.path().join("status")).ok());
    status
        .into_iter()
        .any(|status| status.trim() == "Discharging")
}

fn swap_used_bytes() -> u64 {
    let meminfo = read("/proc/meminfo");
    let kib = |key| {
        field(&meminfo, key)
            .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
            .unwrap_or(0)
    };
    kib("SwapTotal").saturating_sub(kib("SwapFree")) * 1024
}
