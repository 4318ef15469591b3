//! The machine of a run, and what may make it noisy.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

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
    /// Family, model and stepping, and the flags, as `/proc/cpuinfo` has them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cpu_model: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cpu_flags: String,
    /// Large pages for memory that programs ask for: `always [madvise] never`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub transparent_hugepages: String,
    /// `kernel.randomize_va_space`: 2 where addresses are drawn at each start.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub aslr: String,
}

impl Machine {
    /// Looks at this machine.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn look() -> anyhow::Result<Machine> {
        let system = look(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()))?;
        let cpu = system.cpus().first().map(|cpu| cpu.brand().to_owned());
        let governors = values("/sys/devices/system/cpu/*/cpufreq/scaling_governor");
        Ok(Machine {
            host: System::host_name()?,
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            kernel: System::kernel_version()?,
            cpu: cpu.unwrap_or_default(),
            cores: std::thread::available_parallelism().map_or(0, |cores| cores.get()),
            memory_bytes: system.total_memory(),
            swap_bytes: system.total_swap(),
            virtualisation: virtualisation(),
            governor: Vec::from_iter(governors).join(", "),
            cpu_model: ["cpu family", "model", "stepping"].map(cpuinfo).join("/"),
            cpu_flags: cpuinfo("flags"),
            transparent_hugepages: text("/sys/kernel/mm/transparent_hugepage/enabled"),
            aslr: text("/proc/sys/kernel/randomize_va_space"),
        })
    }

    /// What may make measurements noisy here and now.
    pub fn warnings(&self) -> Vec<String> {
        let (cores, governor, machine) = (self.cores, &self.governor, &self.virtualisation);
        let load = System::load_average().map_or(0.0, |load| load.one);
        let supplies = values("/sys/class/power_supply/*/status");
        let swapped = look(RefreshKind::nothing()).map_or(0, |system| system.used_swap());
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

/// Memory that programs can still have without swapping; none where the kernel does not say.
pub fn available_bytes() -> Option<u64> {
    let system = look(RefreshKind::nothing()).ok()?;
    Some(system.available_memory()).filter(|bytes| *bytes > 0)
}

/// The share of the memory that programs can still have; none where the kernel does not say.
pub fn available_share() -> Option<f64> {
    let system = look(RefreshKind::nothing()).ok()?;
    let share = system.available_memory() as f64 / system.total_memory() as f64;
    (share > 0.0).then_some(share)
}

/// The memory, and what else is asked for, as it is now.
fn look(more: RefreshKind) -> Result<System, sysinfo::Error> {
    System::new_with_specifics(more.with_memory(MemoryRefreshKind::everything()))
}

fn virtualisation() -> String {
    if !cpuinfo("flags").split(' ').any(|flag| flag == "hypervisor") {
        return "none".to_owned();
    }
    match text("/sys/class/dmi/id/sys_vendor") {
        none if none.is_empty() => "hypervisor".to_owned(),
        vendor => vendor,
    }
}

/// What the first processor has under this key.
fn cpuinfo(key: &str) -> String {
    let cpuinfo = text("/proc/cpuinfo");
    let mut pairs = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let pair = pairs.find(|(name, _)| name.trim() == key);
    pair.map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

/// What a file of the kernel's holds; empty where it is not there.
fn text(path: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.trim().to_owned()
}

/// What the files of this pattern hold.
fn values(pattern: &str) -> BTreeSet<String> {
    let files = glob::glob(pattern).into_iter().flatten().flatten();
    let texts = files.filter_map(|file| std::fs::read_to_string(file).ok());
    texts.map(|text| text.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn it_is_as_the_kernel_says() {
        let read = |path| std::fs::read_to_string(path).unwrap();
        let machine = Machine::look().unwrap();
        assert_eq!(machine.kernel, read("/proc/sys/kernel/osrelease").trim());
        assert_eq!(machine.host, read("/proc/sys/kernel/hostname").trim());
        let memory = format!(" {} kB", machine.memory_bytes / 1024);
        assert!(read("/proc/meminfo").contains(&memory), "{memory}");
        if cfg!(target_arch = "x86_64") {
            let cpu = format!(": {}\n", machine.cpu);
            assert!(read("/proc/cpuinfo").contains(&cpu), "{cpu}");
        }
    }
}
