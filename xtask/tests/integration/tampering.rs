//! Installs that end in the middle, or that somebody tampers with: the next `setup` recovers or refuses, and
//! nothing is written outside the cache folder. Where they are there, by the real clients.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use crate::install::{
    cargo_engine, checkout, installed, pip, right_hash, row, version_of, wheel_engine,
};
use crate::support::{Checkout, left_out, matrix, wait_until};

/// All files below a folder but those below its `cache`.
fn files_outside_the_cache(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() && !path.is_symlink() {
                true if path == folder.join("cache") => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

/// The folder that the wheel `vm` was installed into.
fn folder_of_vm(checkout: &Checkout) -> PathBuf {
    let folders = installed(checkout);
    assert_eq!(folders.len(), 1);
    checkout
        .root()
        .join("cache/wasi-bench/tools")
        .join(&folders[0])
}

#[test]
fn what_others_may_write_to_is_not_run() {
    let checkout = checkout(wheel_engine(&right_hash()));
    pip(&checkout);
    assert_eq!(checkout.xtask(&["setup"]).status, 0);
    let cache = checkout.root().join("cache/wasi-bench");
    for folder in [cache.clone(), cache.join("tools"), folder_of_vm(&checkout)] {
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o777)).unwrap();
        let called = checkout.xtask(&["setup", "--check"]);
        let says = format!("everybody may write to \"{}\"", folder.display());
        assert!(called.stdout.contains(&says), "{}", called.stdout);
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
    }
    if !geteuid().is_root() {
        left_out::optional("only on request: only root can give a folder to another user");
        return;
    }
    chown(&cache, Some(65534), None).unwrap();
    let called = checkout.xtask(&["setup"]);
    assert_eq!(called.status, 3, "{}", called.stdout);
    let says = format!("\"{}\" belongs to another user", cache.display());
    assert!(called.stdout.contains(&says), "{}", called.stdout);
    chown(&cache, Some(0), None).unwrap();
    assert_eq!(checkout.xtask(&["setup"]).status, 0);
}

/// As a disk, or a person in a hurry, leaves it.
#[test]
fn an_install_that_is_no_longer_whole_is_made_again() {
    let checkout = checkout(wheel_engine(&right_hash()));
    pip(&checkout);
    assert_eq!(checkout.xtask(&["setup"]).status, 0);
    let program = folder_of_vm(&checkout).join("pkg/vm");
    let damages: [fn(&Path); 4] = [
        |program| std::fs::remove_file(program).unwrap(),
        |program| std::fs::remove_dir_all(program.parent().unwrap()).unwrap(),
        |program| std::fs::write(program, "").unwrap(),
        |program| {
            std::fs::remove_file(program).unwrap();
            std::fs::create_dir(program).unwrap();
        },
    ];
    for damage in damages {
        damage(&program);
        let called = checkout.xtask(&["setup"]);
        assert_eq!(called.status, 0, "{}{}", called.stderr, called.stdout);
        assert!(row(&called, "vm").contains("2.0.0"), "{}", called.stdout);
        assert!(program.is_file());
    }
}

#[test]
fn a_link_that_leads_out_of_an_install_is_neither_run_nor_changed() {
    let checkout = checkout(wheel_engine(&right_hash()));
    pip(&checkout);
    checkout.program("outside", &version_of("vm", "2.0.0"));
    let outside = checkout.root().join("bin/outside");
    std::fs::set_permissions(&outside, PermissionsExt::from_mode(0o700)).unwrap();
    std::fs::remove_file(checkout.root().join("payload/vm")).unwrap();
    symlink(&outside, checkout.root().join("payload/vm")).unwrap();
    let python = checkout.read("bin/python3").replace("cp ", "cp -P ");
    checkout.write("bin/python3", &python);
    std::fs::remove_file(checkout.root().join("bin/cargo")).unwrap();
    let called = checkout.xtask(&["setup", "vm"]);
    assert_eq!(called.status, 3, "{}{}", called.stderr, called.stdout);
    let said = called.stdout + &called.stderr;
    assert!(said.contains("leaves the folder of the install"), "{said}");
    assert_eq!(outside.metadata().unwrap().mode() & 0o777, 0o700);
    assert!(installed(&checkout).is_empty());
}

/// A real wheel, for the real pip: with this file of its own beside the program.
fn wheel(name: &str) -> Vec<u8> {
    let program = format!("#!/bin/sh\n{}", version_of("vm", "2.0.0"));
    let metadata = "Metadata-Version: 2.1\nName: vm-bin\nVersion: 2.0.0\n";
    let tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    let record = format!("pkg/vm,,\n{name},,\nvm_bin-2.0.0.dist-info/RECORD,,\n");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("pkg/vm", program.as_str()),
        (name, "outside\n"),
        ("vm_bin-2.0.0.dist-info/METADATA", metadata),
        ("vm_bin-2.0.0.dist-info/WHEEL", tags),
        ("vm_bin-2.0.0.dist-info/RECORD", &record),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The program that stands for `name` in the tests' PATH; none, and a line in the summary, where it is missing.
fn real(checkout: &Checkout, name: &str, variables: &str) -> Option<()> {
    let Ok(program) = which::which(name) else {
        left_out::missing(&format!("{name} is missing"));
        return None;
    };
    let run = format!("{variables} exec \"{}\" \"$@\"\n", program.display());
    checkout.program(name, &run);
    Some(())
}

#[test]
fn a_wheel_that_leads_out_of_its_folder_writes_nothing_there() {
    for (file, is_good) in [("pkg/notes", true), ("../../../../outside", false)] {
        let wheel = wheel(file);
        let hash: String = Sha256::digest(&wheel)
            .iter()
            .map(|it| format!("{it:02x}"))
            .collect();
        let checkout = checkout(wheel_engine(&hash));
        let links = checkout.root().join("links");
        std::fs::create_dir(&links).unwrap();
        std::fs::write(links.join("vm_bin-2.0.0-py3-none-any.whl"), wheel).unwrap();
        let links = format!("PIP_NO_INDEX=1 PIP_FIND_LINKS='{}'", links.display());
        let Some(()) = real(&checkout, "python3", &links) else {
            return;
        };
        std::fs::remove_file(checkout.root().join("bin/cargo")).unwrap();
        let before = files_outside_the_cache(checkout.root());
        let called = checkout.xtask(&["setup", "vm"]);
        assert_eq!(
            called.status == 0,
            is_good,
            "{}{}",
            called.stderr,
            called.stdout
        );
        assert_eq!(files_outside_the_cache(checkout.root()), before);
        let count = installed(&checkout).len();
        assert_eq!(count, usize::from(is_good), "{}", called.stdout);
    }
}

/// A real Debian package whose archive holds `what` was put into it by tar with this option.
fn debian_package(folder: &Path, tar: &str) {
    let script = format!(
        "mkdir -p x/usr && printf '#!/bin/sh\\necho vm 2.0.0\\n' > x/usr/vm && chmod +x x/usr/vm\n\
         echo 2.0 > debian-binary\n\
         printf 'Package: vm\\nVersion: 2.0.0-1\\nArchitecture: all\\nMaintainer: x <x@y>\\nDescription: x\\n' > control\n\
         tar -czf control.tar.gz ./control\n\
         (cd x && {tar})\n\
         printf '!<arch>\\n' > vm.deb\n\
         for part in debian-binary control.tar.gz data.tar.gz; do\n\
         printf '%-16s%-12s%-6s%-6s%-8s%-10s`\\n' $part 0 0 0 100644 $(wc -c < $part) >> vm.deb\n\
         cat $part >> vm.deb; [ $(($(wc -c < $part) % 2)) = 0 ] || echo >> vm.deb; done\n"
    );
    duct::cmd!("sh", "-ec", script).dir(folder).run().unwrap();
}

/// Links, absolute paths and `..` are what tar guards against, unless it is told not to.
#[test]
#[cfg(target_os = "linux")]
fn a_debian_package_that_leads_out_of_its_folder_writes_nothing_there() {
    if which::which("dpkg-deb").is_err() {
        left_out::missing("dpkg-deb is missing");
        return;
    }
    let install = "install.debian = { package = \"vm\", suite = \"sid\", bin = \"usr/vm\" }\n";
    let engine = matrix::engine("vm").replace("install.help = \"write vm\"\n", install);
    for (archive, is_good) in [
        ("tar -czf ../data.tar.gz ./usr", true),
        (
            "echo > ../outside; tar -P -czf ../data.tar.gz ./usr ../outside --transform 's,^../,../../../../../../,'; rm ../outside",
            false,
        ),
        (
            "ln -s ../../../../../.. out; mkdir -p real/out; echo > real/out/outside\n\
             tar -cf ../data.tar ./usr ./out; tar -C real -rf ../data.tar ./out/outside; gzip ../data.tar",
            false,
        ),
        (
            "ln -sf ../../../../../../bin/other usr/vm; tar -czf ../data.tar.gz ./usr",
            false,
        ),
    ] {
        let checkout = checkout(engine.clone());
        checkout.program("other", &version_of("vm", "2.0.0"));
        let package = tempfile::tempdir().unwrap();
        debian_package(package.path(), archive);
        let deb = package.path().join("vm.deb").display().to_string();
        checkout.program(
            "apt-get",
            &format!(
                "case $* in indextargets*) echo http://debian; exit;; *install*) cp {deb} ${{3%/apt.conf}}/archives/;; esac\n"
            ),
        );
        let before = files_outside_the_cache(checkout.root());
        let called = checkout.xtask(&["setup", "vm"]);
        assert_eq!(
            called.status == 0,
            is_good,
            "{archive}: {}{}",
            called.stderr,
            called.stdout
        );
        assert_eq!(
            files_outside_the_cache(checkout.root()),
            before,
            "{archive}"
        );
        let tools = checkout.root().join("cache/wasi-bench/tools");
        let stray = files_outside_the_cache(&tools);
        assert!(stray.iter().all(|it| !it.ends_with("outside")), "{stray:?}");
    }
}

/// Nobody listens on this port: the connection is refused, as when the network goes.
const NOWHERE: &str = "http://127.0.0.1:9/";

#[test]
fn without_a_network_the_real_clients_fail_cleanly_and_the_next_setup_recovers() {
    let npm =
        "install.npm = { package = \"vm\", version = \"2.0.0\", bin = \"node_modules/vm/vm\" }\n";
    let npm = matrix::engine("node-vm").replace("install.help = \"write node-vm\"\n", npm);
    let engines = [wheel_engine(&right_hash()), npm, cargo_engine("built", 1)].concat();
    let checkout = checkout(engines);
    let fake_cargo = checkout.read("bin/cargo");
    let config = format!(
        "[source.crates-io]\nreplace-with = \"gone\"\n[source.gone]\nregistry = \"sparse+{NOWHERE}\"\n[net]\nretry = 0\n"
    );
    checkout.write("cargo-home/config.toml", &config);
    let home = checkout.root().join("cargo-home").display().to_string();
    let variables = [
        ("python3", format!("PIP_RETRIES=0 PIP_INDEX_URL={NOWHERE}")),
        (
            "npm",
            format!("npm_config_fetch_retries=0 npm_config_registry={NOWHERE}"),
        ),
        ("cargo", format!("CARGO_HOME='{home}' CARGO_NET_RETRY=0")),
    ];
    for (name, variables) in &variables {
        let Some(()) = real(&checkout, name, variables) else {
            return;
        };
    }
    let before = files_outside_the_cache(checkout.root());
    let called = checkout.xtask(&["setup", "vm", "node-vm", "built"]);
    assert_eq!(called.status, 3, "{}{}", called.stderr, called.stdout);
    for engine in ["vm", "node-vm", "built"] {
        assert!(
            row(&called, engine).contains("missing"),
            "{}",
            called.stdout
        );
    }
    assert!(installed(&checkout).is_empty());
    let mut after = files_outside_the_cache(checkout.root());
    // What is cargo's own.
    after.retain(|file| !file.starts_with(&home) || before.contains(file));
    assert_eq!(after, before);
    pip(&checkout);
    checkout.program("cargo", fake_cargo.trim_start_matches("#!/bin/sh\n"));
    let called = checkout.xtask(&["setup", "vm"]);
    assert!(
        row(&called, "vm").contains("2.0.0"),
        "{}{}",
        called.stderr,
        called.stdout
    );
}

/// SIGKILL cannot be caught, so pip outlives its setup, and would go on writing.
#[test]
#[cfg(target_os = "linux")]
fn a_client_that_outlives_a_killed_setup_is_ended_by_the_next() {
    let checkout = checkout(wheel_engine(&right_hash()));
    pip(&checkout);
    let good = checkout.read("bin/python3");
    let slow = good.replace(
        "case $verb in",
        "echo $$ > pid; mkdir -p \"$folder\"; mv pid pid.pip\nsleep 300\ncase $verb in",
    );
    checkout.program("python3", slow.trim_start_matches("#!/bin/sh\n"));
    let setup = checkout.start(&["setup", "vm"]);
    let pid = checkout.root().join("pid.pip");
    wait_until("pip", || pid.exists());
    setup.kill();
    let pid = std::fs::read_to_string(pid).unwrap();
    let process = PathBuf::from(format!("/proc/{}/stat", pid.trim()));
    assert!(process.exists(), "pip has ended already");
    checkout.program("python3", good.trim_start_matches("#!/bin/sh\n"));
    let called = checkout.xtask(&["setup", "vm"]);
    assert!(row(&called, "vm").contains("2.0.0"), "{}", called.stderr);
    wait_until("the end of pip", || {
        std::fs::read_to_string(&process).map_or(true, |stat| stat.contains(") Z "))
    });
    let scratch = checkout.root().join("cache/wasi-bench/scratch");
    assert_eq!(
        std::fs::read_dir(scratch).unwrap().count(),
        0,
        "something is left"
    );
}
