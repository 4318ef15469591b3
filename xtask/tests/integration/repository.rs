//! What the files for strangers say holds.

use std::path::Path;

use crate::support::tools;

fn read(name: &str) -> String {
    std::fs::read_to_string(tools::paths().root.join(name)).unwrap()
}

#[test]
fn every_file_names_the_same_version() {
    let version = env!("CARGO_PKG_VERSION");
    for (file, line) in [
        ("CITATION.cff", format!("\nversion: {version}\n")),
        ("node/package.json", format!("\"version\": \"{version}\"")),
        ("CHANGELOG.md", format!("{version}\n")),
    ] {
        assert!(read(file).contains(&line), "{file} lacks {line:?}");
    }
}

/// The source of a test such as `room::file::tests::name`, or `file::name` for those of this program.
fn source_of(parts: &[&str]) -> Option<String> {
    let root = tools::paths().root;
    let path = parts[..parts.len() - 1].join("/");
    let places = ["xtask/src", "xtask/data/src", "xtask/tests/integration"];
    let files = places.iter().flat_map(|place| {
        let inside = path.trim_end_matches("/tests");
        [
            format!("{path}.rs"),
            format!("{inside}.rs"),
            format!("{inside}/mod.rs"),
        ]
        .map(|file| format!("{place}/{file}"))
    });
    let mut texts = files.filter_map(|file| std::fs::read_to_string(root.join(file)).ok());
    let name = format!("fn {}(", parts[parts.len() - 1]);
    texts.find(|text| text.contains(&name))
}

#[test]
fn every_test_that_robustness_names_is_there() {
    let text = read("docs/ROBUSTNESS.md");
    let words = text.split('`').skip(1).step_by(2);
    let names = words.filter(|word| word.contains("::") && !word.contains('…'));
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 50, "{names:?}");
    let is_there = |name: &&str| {
        let parts: Vec<&str> = name.split("::").collect();
        // All tests of a module.
        name.ends_with("tests") || source_of(&parts).is_some()
    };
    let missing: Vec<&str> = names.into_iter().filter(|name| !is_there(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let root = tools::paths().root;
    let documents = ["docs", "."].map(|folder| root.join(folder)).into_iter();
    let documents = documents.flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten());
    let documents = documents.filter(|it| it.path().extension().is_some_and(|it| it == "md"));
    for document in documents.map(|it| it.path()) {
        let text = std::fs::read_to_string(&document).unwrap();
        let links = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let files = links.filter_map(|link| link.split('#').next());
        let files = files.filter(|file| !file.is_empty() && !file.contains("://"));
        for file in files {
            let target = document.parent().unwrap_or(Path::new("")).join(file);
            assert!(target.exists(), "{}: {file}", document.display());
        }
    }
}
