//! `ensure` on real folders.

use super::*;
use std::fs;
use tempfile::{TempDir, tempdir};

/// Every distribution.
pub const ALL: [Distribution; 5] = [
    Distribution::Random,
    Distribution::Sorted,
    Distribution::Reversed,
    Distribution::FewUnique,
    Distribution::NearlySorted,
];

fn spec(size_bytes: u64, distribution: Distribution, seed: u64) -> Spec {
    Spec {
        size_bytes,
        size_label: format!("{size_bytes}B"),
        distribution,
        seed,
    }
}

fn ensure_in(dir: &TempDir, spec: &Spec) -> (Input, Status) {
    ensure(spec, dir.path()).unwrap()
}

fn text_of(input: &Input) -> String {
    fs::read_to_string(&input.path).unwrap()
}

fn values_of(input: &Input) -> Vec<i32> {
    let text = text_of(input);
    text.strip_suffix('\n')
        .unwrap()
        .split('\n')
        .map(|line| line.parse().unwrap())
        .collect()
}

/// Makes an input, damages it, and expects that it is found and made again.
fn repaired(damage: impl FnOnce(&Path, &Path)) -> String {
    let dir = tempdir().unwrap();
    let spec = spec(5000, Distribution::Random, 1);
    let (good, status) = ensure_in(&dir, &spec);
    assert_eq!(status, Status::Generated);
    let text = text_of(&good);
    damage(&good.path, &side::side_path(&good.path));
    let (again, status) = ensure_in(&dir, &spec);
    assert_eq!((&again, text_of(&again)), (&good, text));
    assert_eq!(ensure_in(&dir, &spec), (good, Status::Kept));
    match status {
        Status::Repaired(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_distribution_is_what_it_says() {
    let dir = tempdir().unwrap();
    for size in [2, 3, 13, 1000, 10_000, 2_000_000] {
        let random = ensure_in(&dir, &spec(size, Distribution::Random, 42)).0;
        for distribution in ALL {
            let (input, _) = ensure_in(&dir, &spec(size, distribution, 42));
            let values = values_of(&input);
            let mut sorted = values.clone();
            sorted.sort();
            let sorted_text: String = sorted.iter().map(|value| format!("{value}\n")).collect();
            assert_eq!(text_of(&input).len() as u64, size);
            assert_eq!(input.size_bytes, size);
            assert_eq!(input.items, values.len() as u64);
            assert_eq!(input.input_hash, hash_file(&input.path).unwrap());
            assert_eq!(
                input.sorted_hash,
                blake3::hash(sorted_text.as_bytes()).to_hex().as_str()
            );
            match distribution {
                Distribution::Sorted => assert_eq!(values, sorted),
                Distribution::Reversed => assert!(values.iter().rev().eq(&sorted)),
                Distribution::NearlySorted if size >= 10_000 => assert_ne!(values, sorted),
                _ => {}
            }
            if distribution != Distribution::FewUnique {
                assert_eq!(input.sorted_hash, random.sorted_hash, "{distribution}");
            }
        }
    }
}

/// If one of these changes, inputs on other machines and in older results do not
/// compare any more: raise `side::FORMAT`, and say so in CHANGELOG.md.
#[test]
fn bytes_never_change() {
    let dir = tempdir().unwrap();
    let golden = [
        (1000, Distribution::Random, 1, "447b12e60d194c0f"),
        (1000, Distribution::FewUnique, 1, "a48457784aff4b23"),
        (100_000, Distribution::NearlySorted, 42, "8d554b259150fd80"),
        (1_000_000, Distribution::Random, 1 << 63, "0c6dfd643bb049fb"),
    ];
    for (size, distribution, seed, hash) in golden {
        let input = ensure_in(&dir, &spec(size, distribution, seed)).0;
        assert_eq!(&input.input_hash[..16], hash, "{size} {distribution}");
    }
}

#[test]
fn damage_is_repaired() {
    let reason = repaired(|file, _| {
        let mut text = fs::read(file).unwrap();
        text[2500] ^= 1;
        fs::write(file, text).unwrap();
    });
    assert_eq!(reason, "its content did not match its checksum");
    let reason = repaired(|file, _| {
        let file = fs::OpenOptions::new().write(true).open(file).unwrap();
        file.set_len(4999).unwrap();
    });
    assert_eq!(reason, "it had 4999 bytes instead of 5000");
    let reason = repaired(|file, _| fs::remove_file(file).unwrap());
    assert_eq!(reason, "the file was missing");
    // What a kill between the two renamings leaves.
    let reason = repaired(|_, side| fs::remove_file(side).unwrap());
    assert_eq!(reason, "its .toml was missing");
    for garbage in [
        &b""[..],
        b"\xff\xfe\0",
        b"format = 1\n",
        b"checksum = \"\"\n",
    ] {
        let reason = repaired(|_, side| fs::write(side, garbage).unwrap());
        assert_eq!(reason, "its .toml was damaged or of another version");
    }
}

#[test]
fn what_was_made_for_another_spec_is_made_again() {
    let wanted = spec(5000, Distribution::Random, 1);
    let others = [
        (
            Spec {
                seed: 2,
                ..wanted.clone()
            },
            "it was of seed 2, not 1",
        ),
        (
            Spec {
                size_bytes: 5120,
                ..wanted.clone()
            },
            "it was of size 5120, not 5000",
        ),
        (
            Spec {
                distribution: Distribution::Sorted,
                ..wanted.clone()
            },
            "it was of distribution sorted, not random",
        ),
    ];
    for (other, expected) in others {
        let reason = repaired(|file, side| {
            let dir = tempdir().unwrap();
            let input = ensure_in(&dir, &other).0;
            fs::copy(&input.path, file).unwrap();
            fs::copy(side::side_path(&input.path), side).unwrap();
        });
        assert_eq!(reason, expected);
    }
}

#[test]
fn impossible_specs_are_refused() {
    let dir = tempdir().unwrap();
    let good = spec(1000, Distribution::Random, 1);
    for size_bytes in [0, 1] {
        let error = ensure(
            &Spec {
                size_bytes,
                ..good.clone()
            },
            dir.path(),
        );
        let error = format!("{:#}", error.unwrap_err());
        assert!(
            error.contains("smallest possible file is 2 bytes"),
            "{error}"
        );
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn what_is_in_the_way_is_named() {
    let dir = tempdir().unwrap();
    let spec = spec(1000, Distribution::Random, 1);
    let file = dir.path().join("a-file");
    fs::write(&file, "").unwrap();
    let folder = dir.path().join(spec.file_name());
    fs::create_dir(&folder).unwrap();
    for (dir, culprit) in [
        (file.as_path(), &file),
        (&file.join("below"), &file),
        (dir.path(), &folder),
    ] {
        let error = format!("{:#}", ensure(&spec, dir).unwrap_err());
        assert!(error.contains(culprit.to_str().unwrap()), "{error}");
        assert!(error.contains("move it away"), "{error}");
    }
}

#[test]
fn many_at_once_agree() {
    let dir = tempdir().unwrap();
    let spec = spec(300_000, Distribution::Reversed, 7);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| ensure_in(&dir, &spec)))
            .collect();
        let all: Vec<_> = all.into_iter().map(|one| one.join().unwrap()).collect();
        assert!(all.iter().all(|(input, _)| *input == all[0].0));
        assert_eq!(
            all.iter()
                .filter(|(_, status)| *status == Status::Generated)
                .count(),
            1
        );
        assert_eq!(
            all.iter()
                .filter(|(_, status)| *status == Status::Kept)
                .count(),
            7
        );
    });
}

#[test]
fn names() {
    for distribution in ALL {
        let value = toml::Value::try_from(distribution).unwrap();
        assert_eq!(value.as_str(), Some(&*distribution.to_string()));
        assert_eq!(value.try_into::<Distribution>().unwrap(), distribution);
    }
    let error = toml::Value::from("sorted ").try_into::<Distribution>();
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("`sorted `") && error.contains("nearly-sorted"),
        "{error}"
    );
    assert_eq!(
        spec(1000, Distribution::FewUnique, 42).file_name(),
        "1000B-few-unique-seed42.txt"
    );
}
