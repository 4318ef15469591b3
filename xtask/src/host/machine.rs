//! The machine of a run, and what may make it noisy.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::process::read_stdout_of;

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
        let uname = |option| read_stdout_of(["uname", option]).unwrap_or_else(unknown);
        let cpuinfo = read("/proc/cpuinfo");
        let cpu = field(&cpuinfo, "model name")
            .or_else(|| read_stdout_of(["sysctl", "-n", "machdep.cpu.brand_string"]));
        let memory = memory_bytes("MemTotal")
            .or_else(|| read_stdout_of(["sysctl", "-n", "hw.memsize"])?.parse().ok());
        let governors = values("/sys/devices/system/cpu", "cpufreq/scaling_governor");
        Machine {
            host: uname("-n"),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            kernel: uname("-r"),
            cpu: cpu.unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(0, |cores| cores.get()),
            memory_bytes: memory.unwrap_or(0),
            swap_bytes: memory_bytes("SwapTotal").unwrap_or(0),
            virtualisation: virtualisation(&cpuinfo),
            governor: governors.into_iter().collect::<Vec<_>>().join(", "),
        }
    }

    /// What may make measurements noisy here and now.
    pub fn warnings(&self) -> Vec<String> {
        let (load, cores, governor) = (load_average(), self.cores, &self.governor);
        let machine = &self.virtualisation;
        let supplies = values("/sys/class/power_supply", "status");
        let free = memory_bytes("SwapFree").unwrap_or(0);
        let swapped = memory_bytes("SwapTotal").unwrap_or(0).saturating_sub(free);
        let warnings = [
            // Half a core busy with something else is half a core that a sample does not get.
            (load > 0.5).then(|| {
                format!("load average {load:.2}: something else is running; times will be too long")
            }),
            (cores <= 2).then(|| {
                format!("{cores} cores: engines that compile in parallel gain less than elsewhere")
            }),
            (!["", "performance"].contains(&governor.as_str()))
                .then(|| format!("frequency governor \"{governor}\": \"performance\" is steadier")),
            (machine != "none")
                .then(|| format!("virtual machine ({machine}): neighbours may steal time")),
            supplies
                .contains("Discharging")
                .then(|| "on battery: the processor may be slowed down".to_owned()),
            (swapped > 0).then(|| {
                format!(
                    "{swapped} bytes of swap in use: large cells may be slowed down by swapping"
                )
            }),
        ];
        warnings.into_iter().flatten().collect()
    }
}

/// What cannot be found out.
pub fn unknown() -> String {
    "unknown".to_owned()
}

/// Memory that programs can still have without swapping; none where the kernel does not say.
pub fn available_bytes() -> Option<u64> {
    memory_bytes("MemAvailable")
}

/// The load average of the last minute; 0 where the kernel does not say.
fn load_average() -> f64 {
    let text = read("/proc/loadavg");
    let first = text.split(' ').next().unwrap_or_default();
    first.parse().unwrap_or(0.0)
}

/// The bytes of a line such as `MemTotal:  8000 kB` in `/proc/meminfo`.
fn memory_bytes(key: &str) -> Option<u64> {
    let text = field(&read("/proc/meminfo"), key)?;
    Some(text.strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

fn virtualisation(cpuinfo: &str) -> String {
    let flags = field(cpuinfo, "flags").unwrap_or_default();
    if !flags.split(' ').any(|flag| flag == "hypervisor") {
        return "none".to_owned();
    }
    match read("/sys/class/dmi/id/sys_vendor").trim() {
        "" => "hypervisor".to_owned(),
        vendor => vendor.to_owned(),
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The value of the first line `key : value`.
fn field(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What the file of this name holds in each folder inside `folder`.
fn values(folder: &str, file: &str) -> BTreeSet<String> {
    let folders = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = folders.filter_map(|it| std::fs::read_to_string(it.path().join(file)).ok());
    texts.map(|text| text.trim().to_owned()).collect()
}
