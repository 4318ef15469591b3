//! A small checkout in a temporary folder, without cargo: a matrix, dummy guests, and fake
//! engines that are shell scripts. hyperfine is the real one where it is installed.

pub mod left_out;
pub mod matrix;
pub mod run;
pub mod scripts;
pub mod tools;

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use matrix::Matrix;
pub use run::Run;

/// A test that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(100);

/// A checkout with its own cache folder and its own PATH.
pub struct Checkout {
    root: PathBuf,
    _folder: tempfile::TempDir,
}

/// What one call of xtask left behind.
#[derive(Debug)]
pub struct Called {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Called {
    /// Does standard output hold a text, wherever its lines end?
    pub fn prints(&self, text: &str) -> bool {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<&str>>().join(" ");
        one_line(&self.stdout).contains(&one_line(text))
    }
}

impl Checkout {
    /// Writes the matrix, no rules, a dummy guest for each workload, and hyperfine on PATH; where it is missing, its
    /// stand-in.
    pub fn new(matrix: &Matrix) -> Checkout {
        let checkout = Checkout::without_hyperfine(matrix);
        checkout.wrapper("hyperfine", &tools::stopwatch());
        checkout
    }

    /// The same for tests that stop before anything is measured.
    pub fn without_hyperfine(matrix: &Matrix) -> Checkout {
        let checkout = Checkout::empty();
        checkout.fill(matrix);
        checkout
    }

    fn fill(&self, matrix: &Matrix) {
        self.write("matrix.toml", &matrix.text());
        self.write("impossible.toml", "");
        for workload in matrix.workloads {
            self.write(
                &format!("target/guests/wasm32-wasip1/release/{workload}.wasm"),
                &format!("wasm of {workload}"),
            );
            for native in ["", "native-host/"] {
                let place = format!("target/guests/{native}release/{workload}");
                self.write(&place, workload);
            }
            self.write(&format!("node/{workload}.js"), workload);
        }
    }

    /// A checkout without a matrix and guests.
    pub fn empty() -> Checkout {
        Checkout::in_folder("")
    }

    /// As [`Checkout::new`], in a folder of this name.
    pub fn named(name: &str, matrix: &Matrix) -> Checkout {
        let checkout = Checkout::in_folder(name);
        checkout.fill(matrix);
        checkout.wrapper("hyperfine", &tools::stopwatch());
        checkout
    }

    fn in_folder(name: &str) -> Checkout {
        let mut builder = tempfile::Builder::new();
        let folder = builder.prefix("checkout-").tempdir().unwrap();
        let root = match name {
            "" => folder.path().to_owned(),
            name => folder.path().join(name),
        };
        for folder in ["xtask", "bin"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        Checkout {
            root,
            _folder: folder,
        }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn results(&self) -> PathBuf {
        self.root().join("results")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.root().join(name)).unwrap()
    }

    /// Puts a fake engine on PATH: a shell script that knows its version, and does `body` with
    /// the guest in `$1`, the input in `$2` and the output in `$3`.
    pub fn engine(&self, name: &str, body: &str) -> &Checkout {
        self.engine_of_version(name, "1.2.3", body)
    }

    pub fn engine_of_version(&self, name: &str, version: &str, body: &str) -> &Checkout {
        self.program(
            name,
            &format!(
                "if [ \"$1\" = --version ]; then echo \"{name} {version}\"; exit; fi\n{body}\n"
            ),
        );
        self
    }

    /// Puts a program on PATH that is started by these words.
    pub fn wrapper(&self, name: &str, command: &[OsString]) {
        let words = command.iter().map(|word| word.to_str().unwrap());
        self.program(name, &format!("exec {} \"$@\"\n", shell_words::join(words)));
    }

    /// Puts a shell script on PATH.
    pub fn program(&self, name: &str, script: &str) {
        let name = format!("bin/{name}");
        self.write(&name, &format!("#!/bin/sh\n{script}"));
        self.make_executable(&name);
    }

    pub fn make_executable(&self, name: &str) {
        let path = self.root().join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The tests' PATH: what tests put there, then the system's.
    pub fn path(&self) -> OsString {
        std::env::join_paths([
            &self.root().join("bin"),
            Path::new("/usr/bin"),
            Path::new("/bin"),
        ])
        .unwrap()
    }

    /// Runs `xtask ARGUMENTS` in the checkout to its end.
    pub fn xtask(&self, arguments: &[&str]) -> Called {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .current_dir(self.root())
            .env("PATH", self.path())
            .env("XDG_CACHE_HOME", self.root().join("cache"))
            // Some checkouts have a fake cargo on PATH.
            .env_remove("CARGO")
            .timeout(PATIENCE)
            .output()
            .unwrap();
        Called {
            status: output.status.code().expect("xtask ends by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs `xtask bench --no-setup ARGUMENTS` to its end.
    pub fn bench(&self, arguments: &[&str]) -> Called {
        self.xtask(&[&["bench", "--no-setup"], arguments].concat())
    }

    /// Starts `xtask bench --no-setup ARGUMENTS`, to be killed.
    pub fn start_bench(&self, arguments: &[&str]) -> Started {
        self.start(&[&["bench", "--no-setup"], arguments].concat())
    }

    /// Starts `xtask ARGUMENTS`, to be killed.
    pub fn start(&self, words: &[&str]) -> Started {
        let handle = duct::cmd(env!("CARGO_BIN_EXE_xtask"), words)
            .dir(self.root())
            .env("PATH", self.path())
            .env("XDG_CACHE_HOME", self.root().join("cache"))
            .env_remove("CARGO")
            .stdout_capture()
            .stderr_path(self.root().join("stderr"))
            .unchecked()
            .start()
            .unwrap();
        Started {
            handle,
            stderr: self.root().join("stderr"),
        }
    }

    /// The only run in `results/`.
    pub fn run(&self) -> Run {
        let mut runs = Run::all(&self.results());
        assert_eq!(runs.len(), 1, "one run in results/");
        runs.remove(0)
    }

    /// Waits until the only run has so many samples.
    pub fn wait_for_samples(&self, count: usize) {
        wait_until(&format!("{count} samples"), || {
            Run::all(&self.results())
                .first()
                .is_some_and(|run| run.lines() >= count)
        });
    }
}

/// A bench in the background.
pub struct Started {
    handle: duct::Handle,
    stderr: PathBuf,
}

impl Started {
    /// What it has said so far.
    pub fn stderr(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    pub fn pid(&self) -> i32 {
        self.handle.pids()[0] as i32
    }

    /// Sends a signal to this process alone; one that has ended does not mind.
    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        let pid = nix::unistd::Pid::from_raw(self.pid());
        let _ = nix::sys::signal::kill(pid, signal);
    }

    /// Kills the process with SIGKILL, and nothing that it started.
    pub fn kill(self) {
        self.signal(nix::sys::signal::Signal::SIGKILL);
        self.handle.wait().unwrap();
    }

    /// Waits for its end; the status is none after a signal.
    pub fn wait(self) -> (Option<i32>, String) {
        let output = self
            .handle
            .wait_timeout(PATIENCE)
            .unwrap()
            .expect("bench ends in time");
        let stderr = std::fs::read_to_string(&self.stderr).unwrap();
        (output.status.code(), stderr)
    }
}

/// Waits for a condition, and panics when it does not come.
pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
