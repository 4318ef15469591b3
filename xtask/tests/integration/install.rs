//! Installs by fake clients: scripts on PATH that play pip, npm and cargo.

use sha2::{Digest, Sha256};

use crate::support::{Called, Checkout, Matrix, matrix, scripts};

/// What fake pip downloads.
const WHEEL: &str = "a wheel\n";

/// Plays pip: downloads [`WHEEL`], and unpacks it into a program `pkg/vm` of version 2.0.0.
pub fn pip(checkout: &Checkout) {
    let program = format!("{}{}", version_of("vm", "2.0.0"), scripts::good());
    checkout.write("payload/vm", &format!("#!/bin/sh\n{program}"));
    let payload = checkout.root().join("payload/vm");
    let script = format!(
        "shift 3\nverb=$1\nwhile [ $# -gt 0 ]; do case $1 in --dest|--target) folder=$2;; esac; shift; done\n\
         mkdir -p \"$folder\"\ncase $verb in\n\
         download) printf 'a wheel\\n' > \"$folder/vm-2.0.0.whl\";;\n\
         install) mkdir \"$folder/pkg\"; cp {} \"$folder/pkg/vm\";;\nesac\n",
        payload.display()
    );
    checkout.program("python3", &script);
}

/// Plays cargo: `install` makes the program with this body below `--root` and keeps its words in
/// `cargo.log`; a crate called `bad` cannot be built.
pub fn cargo(checkout: &Checkout, body: &str) {
    checkout.write("payload/built", &format!("#!/bin/sh\n{body}"));
    let root = checkout.root().display();
    let script = format!(
        "[ \"$1\" = install ] || exit 0\necho \"$@\" >> {root}/cargo.log\nname=$3\n\
         [ $name = bad ] && {{ echo 'error: could not compile `tls`' >&2; exit 101; }}\n\
         while [ $# -gt 0 ]; do [ \"$1\" = --root ] && folder=$2; shift; done\n\
         mkdir -p \"$folder/bin\"; cp {root}/payload/built \"$folder/bin/$name\"; chmod +x \"$folder/bin/$name\"\n"
    );
    checkout.program("cargo", &script);
    checkout.program("rustc", &format!("echo {root}/rustlib\n"));
    checkout.write("rustlib/libstd-0.rlib", "");
}

pub fn version_of(name: &str, version: &str) -> String {
    format!("if [ \"$1\" = --version ]; then echo \"{name} {version}\"; exit; fi\n")
}

/// An engine `vm` that comes as a wheel with this hash, or else from source.
pub fn wheel_engine(sha256: &str) -> String {
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let install = format!(
        "install.help = \"write vm\"\n\
         install.wheel = {{ package = \"vm-bin\", version = \"2.0.0\", bin = \"pkg/vm\", note = \"made by others\", sha256 = {{ {platform} = \"{sha256}\" }} }}\n\
         install.cargo = {{ crate = \"vm\", version = \"1.0.0\" }}\n\
         versions.7.cargo = {{ crate = \"vm\", version = \"7.0.0\" }}\n"
    );
    matrix::engine("vm").replace("install.help = \"write vm\"\n", &install)
}

/// An engine that is built from the crate of its name.
pub fn cargo_engine(name: &str, minutes: u32) -> String {
    let install = format!(
        "install.help = \"write {name}\"\ninstall.cargo = {{ crate = \"{name}\", version = \"3.0.0\", minutes = {minutes} }}\n"
    );
    matrix::engine(name).replace(&format!("install.help = \"write {name}\"\n"), &install)
}

pub fn checkout(engines: String) -> Checkout {
    let checkout = Checkout::without_hyperfine(&Matrix {
        engines,
        ..Matrix::default()
    });
    checkout.program("hyperfine", &version_of("hyperfine", "1.20.0"));
    cargo(
        &checkout,
        &format!("{}{}", version_of("vm", "3.0.0"), scripts::good()),
    );
    checkout
}

pub fn right_hash() -> String {
    let digest = Sha256::digest(WHEEL.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What installs left in the cache folder, but for locks.
pub fn installed(checkout: &Checkout) -> Vec<String> {
    let folder = checkout.root().join("cache/wasi-bench/tools");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with(".lock-")).collect();
    names.sort();
    names
}

/// The line of the table of `setup` about a tool.
pub fn row<'c>(called: &'c Called, tool: &str) -> &'c str {
    let line = |line: &&str| line.trim_start().starts_with(&format!("{tool} "));
    called.stdout.lines().find(line).expect("a row of the tool")
}

/// Plays apt and dpkg: one of two mirrors has the suite, and the package needs another.
fn apt(checkout: &Checkout) {
    let payload = checkout.root().join("payload/mute");
    let program = format!("#!/bin/sh\n{}", version_of("mute", "dev"));
    checkout.write("payload/mute", &program);
    checkout.program(
        "apt-get",
        "case $* in indextargets*) printf 'http://b\\nhttp://debian\\nhttp://security\\n'; exit;; esac\n\
         folder=${3%/apt.conf}\n\
         case $* in *update*) echo 'b has no such suite' >&2; exit 100;; esac\n\
         grep -q 'URIs: http://debian http://b$' $folder/host.sources || exit 1\n\
         grep -q \"Dir::Cache::archives \\\"$folder/archives\\\"\" $folder/apt.conf || exit 1\n\
         for package in zlib vm; do echo > $folder/archives/$package.deb; done\n",
    );
    let script = format!(
        "case $1 in\n--extract) mkdir -p \"$3/usr\"; cp {} \"$3/usr/vm\"; chmod +x \"$3/usr/vm\";;\n\
         --show) case $3 in */zlib.deb) printf 'zlib=1:9.9-1';; */vm.deb) printf 'vm=4.5.6+dfsg-1';; esac;;\nesac\n",
        payload.display()
    );
    checkout.program("dpkg-deb", &script);
}

#[test]
fn a_debian_package_is_unpacked_and_knows_its_version() {
    let install = "install.debian = { package = \"vm\", suite = \"sid\", bin = \"usr/vm\" }\n\
                   version-pattern = '(dev)'\n";
    let engine = matrix::engine("vm").replace("install.help = \"write vm\"\n", install);
    let checkout = checkout(engine);
    apt(&checkout);
    let called = checkout.xtask(&["setup", "vm"]);
    assert_eq!(called.status, 0, "{}{}", called.stderr, called.stdout);
    let row = row(&called, "vm");
    assert!(
        row.contains("4.5.6") && row.contains("distribution"),
        "{row}"
    );
    let packages = format!(
        "cache/wasi-bench/tools/{}/packages.txt",
        installed(&checkout)[0]
    );
    assert_eq!(checkout.read(&packages), "zlib=1:9.9-1\nvm=4.5.6+dfsg-1");
    checkout.program("apt-get", "case $* in indextargets*) echo http://b;; *update*) echo 'no such suite' >&2; exit 100;; *) exit 1;; esac\n");
    std::fs::remove_dir_all(checkout.root().join("cache")).unwrap();
    let called = checkout.xtask(&["setup", "vm"]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    assert!(called.stdout.contains("no such suite"), "{}", called.stdout);
    assert!(installed(&checkout).is_empty());
}

#[test]
fn a_wheel_is_checked_and_unpacked() {
    let checkout = checkout(wheel_engine(&right_hash()));
    pip(&checkout);
    let called = checkout.xtask(&["setup"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(row(&called, "vm").contains("2.0.0") && row(&called, "vm").contains("release"));
    assert!(
        called.stdout.contains("made by others"),
        "{}",
        called.stdout
    );
    assert_eq!(installed(&checkout).len(), 1);
    assert!(
        !checkout.root().join("cargo.log").exists(),
        "nothing is built"
    );
    checkout.program("python3", "echo 'downloaded again' >&2; exit 1\n");
    assert!(row(&checkout.xtask(&["setup"]), "vm").contains("2.0.0"));
}

#[test]
fn a_wheel_that_is_another_file_is_an_error_with_both_hashes() {
    let wrong = "0".repeat(64);
    let checkout = checkout(wheel_engine(&wrong));
    pip(&checkout);
    for command in [&["setup"][..], &["bench"]] {
        let called = checkout.xtask(command);
        assert_eq!(called.status, 1, "{}", called.stderr);
        for hash in [wrong.as_str(), &right_hash()] {
            assert!(called.stderr.contains(hash), "{}", called.stderr);
        }
        assert!(installed(&checkout).is_empty());
        assert!(
            !checkout.root().join("cargo.log").exists(),
            "nothing is built"
        );
    }
}

#[test]
fn without_pip_or_network_the_build_takes_over() {
    let checkout = checkout(wheel_engine(&right_hash()));
    for pip in ["echo 'No module named pip' >&2; exit 1\n", ""] {
        match pip {
            "" => std::fs::remove_file(checkout.root().join("bin/python3")).unwrap(),
            script => checkout.program("python3", script),
        }
        let called = checkout.xtask(&["setup", "vm"]);
        assert_eq!(called.status, 0, "{}", called.stderr);
        assert!(
            called.stderr.contains("built from source"),
            "{}",
            called.stderr
        );
        assert!(row(&called, "vm").contains("built"), "{}", called.stdout);
        assert_eq!(installed(&checkout).len(), 1);
        std::fs::remove_dir_all(checkout.root().join("cache")).unwrap();
    }
}

#[test]
fn a_build_can_be_asked_for_and_versions_stand_side_by_side() {
    let checkout = checkout(wheel_engine(&right_hash()));
    pip(&checkout);
    let called = checkout.xtask(&["setup", "vm"]);
    assert!(row(&called, "vm").contains("release"), "{}", called.stderr);
    let called = checkout.xtask(&["setup", "--from-source", "vm"]);
    assert!(row(&called, "vm").contains("built"), "{}", called.stderr);
    let called = checkout.xtask(&["setup", "vm@7", "vm@8.1.2"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let folders = installed(&checkout);
    for start in ["vm-2.0.0-", "vm-1.0.0-", "vm@7-7.0.0-", "vm@8.1.2-8.1.2-"] {
        assert!(
            folders.iter().any(|name| name.starts_with(start)),
            "{start}: {folders:?}"
        );
    }
    let called = checkout.xtask(&["setup", "vm@8"]);
    assert_eq!(called.status, 2, "{}", called.stderr);
    assert!(
        called.stderr.contains("[engine.versions.\"8\"]"),
        "{}",
        called.stderr
    );
    let called = checkout.xtask(&["setup", "--from-source", "hyperfine"]);
    assert_eq!(called.status, 2, "{}", called.stderr);
    assert!(called.stderr.contains("no crate"), "{}", called.stderr);
}

#[test]
fn a_failed_install_leaves_nothing_and_stops_no_other() {
    let engines = [cargo_engine("bad", 9), cargo_engine("good", 1)].concat();
    let checkout = checkout(engines);
    let called = checkout.xtask(&["setup"]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    assert!(
        called.stdout.contains("could not compile `tls`"),
        "{}",
        called.stdout
    );
    assert!(called.stdout.contains("install.log") && called.stdout.contains("write bad"));
    assert!(row(&called, "good").contains("3.0.0"), "{}", called.stdout);
    let folders = installed(&checkout);
    assert!(
        folders.len() == 1 && folders[0].starts_with("good-3.0.0-"),
        "{folders:?}"
    );
    let log = checkout.read("cargo.log");
    assert_eq!(log.matches("install --locked good ").count(), 1);
    checkout.xtask(&["setup", "good"]);
    assert_eq!(checkout.read("cargo.log"), log, "installed again");
}

#[test]
fn an_install_that_does_not_answer_is_no_install() {
    let checkout = checkout(cargo_engine("mute", 1));
    cargo(&checkout, "echo 'Illegal instruction' >&2; exit 132\n");
    let called = checkout.xtask(&["setup", "mute"]);
    assert_eq!(called.status, 3);
    assert!(
        called.stdout.contains("Illegal instruction"),
        "{}",
        called.stdout
    );
    assert!(installed(&checkout).is_empty());
}

#[test]
fn path_comes_first_and_a_broken_program_is_passed_over() {
    let checkout = checkout(wheel_engine(&right_hash()));
    pip(&checkout);
    checkout.program("vm", "echo 'cannot open libfoo.so' >&2; exit 127\n");
    let called = checkout.xtask(&["setup", "--check"]);
    assert_eq!(called.status, 0);
    assert!(
        called.stdout.contains("cannot open libfoo.so"),
        "{}",
        called.stdout
    );
    let called = checkout.xtask(&["setup"]);
    assert!(row(&called, "vm").contains("2.0.0"), "{}", called.stdout);
    checkout.engine("vm", &scripts::good());
    let called = checkout.xtask(&["setup"]);
    assert!(row(&called, "vm").contains("1.2.3") && row(&called, "vm").contains("path"));
}

#[test]
fn what_wants_a_request_is_left_alone_without_one() {
    let engine =
        cargo_engine("shy", 1).replace("install.cargo", "install.on-request = true\ninstall.cargo");
    let checkout = checkout(engine);
    let called = checkout.xtask(&["setup"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(row(&called, "shy").contains("missing"), "{}", called.stdout);
    assert!(row(&checkout.xtask(&["setup", "shy"]), "shy").contains("3.0.0"));
}

/// What a package would run while it is installed is nobody's choice here.
#[test]
fn npm_is_told_to_run_no_scripts() {
    let npm =
        "install.npm = { package = \"vm\", version = \"2.0.0\", bin = \"node_modules/vm/vm\" }\n";
    let npm = matrix::engine("vm").replace("install.help = \"write vm\"\n", npm);
    let checkout = checkout(npm);
    checkout.write(
        "payload/vm",
        &format!("#!/bin/sh\n{}", version_of("vm", "2.0.0")),
    );
    let payload = checkout.root().join("payload/vm");
    checkout.program(
        "npm",
        &format!(
            "echo \"$@\" >> npm.log\nmkdir -p \"$3/node_modules/vm\"\ncp {0} \"$3/node_modules/vm/vm\"; chmod +x \"$3/node_modules/vm/vm\"\n",
            payload.display()
        ),
    );
    let called = checkout.xtask(&["setup", "vm"]);
    assert!(
        row(&called, "vm").contains("2.0.0"),
        "{}{}",
        called.stderr,
        called.stdout
    );
    let log = checkout.read("npm.log");
    assert!(
        log.contains("vm@2.0.0") && log.contains("--ignore-scripts"),
        "{log}"
    );
}
