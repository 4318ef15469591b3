//! Reads where the host gets its Debian packages from: `sources.list` and `sources.list.d`,
//! one-line and deb822.

use std::fs;
use std::path::Path;

/// A mirror of the host, and how its signatures are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    pub uri: String,
    /// The lines of the field `Signed-By`: keyrings, or a key itself; apt's trusted keys if none.
    pub signed_by: Option<String>,
}

impl Mirror {
    /// The entry, in deb822 form, of another release on the same mirror.
    pub fn stanza(&self, suite: &str) -> String {
        let signed_by = match &self.signed_by {
            Some(keys) => format!("Signed-By: {keys}\n"),
            None => String::new(),
        };
        format!(
            "Types: deb\nURIs: {}\nSuites: {suite}\nComponents: main\n{signed_by}",
            self.uri
        )
    }
}

/// The mirrors of the files in `etc` (`/etc/apt`), those that look like Debian's first.
pub fn mirrors(etc: &Path) -> Vec<Mirror> {
    let mut files = vec![etc.join("sources.list")];
    if let Ok(entries) = etc.join("sources.list.d").read_dir() {
        files.extend(entries.flatten().map(|entry| entry.path()));
    }
    files.sort();
    let mut mirrors: Vec<Mirror> = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        let extension = file.extension().and_then(|extension| extension.to_str());
        let found = match extension {
            Some("list") => one_line(&text),
            Some("sources") => deb822(&text),
            _ => continue,
        };
        for mirror in found {
            if !mirrors.contains(&mirror) {
                mirrors.push(mirror);
            }
        }
    }
    // Others, such as a vendor's own repository, are asked only if these do not have the release.
    mirrors.sort_by_key(|mirror| !mirror.uri.contains("debian"));
    mirrors
}

/// `deb [signed-by=KEYRING] URI SUITE COMPONENT…`
fn one_line(text: &str) -> Vec<Mirror> {
    text.lines().filter_map(entry).collect()
}

fn entry(line: &str) -> Option<Mirror> {
    let line = line.split('#').next()?.trim();
    let rest = line
        .strip_prefix("deb")
        .filter(|rest| rest.starts_with([' ', '\t', '[']))?
        .trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace();
    let (uri, suite) = (words.next()?, words.next()?);
    let signed_by = options
        .split_whitespace()
        .find_map(|option| option.strip_prefix("signed-by="))
        .map(|keys| keys.replace(',', " "));
    (usable(suite) && words.any(|component| component == "main")).then(|| Mirror {
        uri: uri.to_owned(),
        signed_by,
    })
}

fn deb822(text: &str) -> Vec<Mirror> {
    let text: String = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    text.split("\n\n").flat_map(stanza).collect()
}

fn stanza(text: &str) -> Vec<Mirror> {
    let words = |name| {
        field(text, name)
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let wanted = words("Types").contains(&"deb".to_owned())
        && words("Components").contains(&"main".to_owned())
        && words("Suites").iter().any(|suite| usable(suite))
        && field(text, "Enabled").is_none_or(|value| !["no", "false"].contains(&value.trim()));
    if !wanted {
        return Vec::new();
    }
    let signed_by = field(text, "Signed-By");
    let mirror = |uri| Mirror {
        uri,
        signed_by: signed_by.clone(),
    };
    words("URIs").into_iter().map(mirror).collect()
}

/// A field's value with its continuation lines, which for a key matter as they are.
fn field(stanza: &str, name: &str) -> Option<String> {
    let mut lines = stanza.lines();
    let first = lines.by_ref().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })?;
    let more = lines
        .take_while(|line| line.starts_with([' ', '\t']))
        .map(|line| format!("\n{line}"));
    Some(first.to_owned() + &more.collect::<String>())
}

/// Security updates are in an archive of their own, without the other releases;
/// a suite that ends with `/` names a folder, not a release.
fn usable(suite: &str) -> bool {
    !suite.contains("-security") && !suite.contains("/updates") && !suite.ends_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirror(uri: &str, signed_by: Option<&str>) -> Mirror {
        Mirror {
            uri: uri.to_owned(),
            signed_by: signed_by.map(str::to_owned),
        }
    }

    #[test]
    fn one_line_entries() {
        let text = "# deb http://commented/debian bookworm main\n\
            deb-src http://source/debian bookworm main\n\
            deb http://a/debian bookworm main contrib # main mirror\n\
            deb [arch=amd64 signed-by=/k/a.gpg,/k/b.gpg] https://b/debian/ bookworm-updates main\n\
            deb http://security/debian-security bookworm-security main\n\
            deb http://flat/ ./\n";
        let expected = [
            mirror("http://a/debian", None),
            mirror("https://b/debian/", Some("/k/a.gpg /k/b.gpg")),
        ];
        assert_eq!(one_line(text), expected);
    }

    #[test]
    fn deb822_entries() {
        let text = "# a comment\nTypes: deb deb-src\nURIs: http://a/debian mirror+file:/m\n\
            # inside\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /k/a.gpg\n\n\
            Types: deb\nURIs: http://s/debian-security\nSuites: bookworm-security\nComponents: main\n\n\
            Enabled: no\nTypes: deb\nURIs: http://off/debian\nSuites: sid\nComponents: main\n\n\
            types: deb\nuris: http://b/debian\nsuites: trixie\ncomponents: main\n\
            signed-by:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\nX-Other: 1\n";
        let found = deb822(text);
        let key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc";
        let expected = [
            mirror("http://a/debian", Some("/k/a.gpg")),
            mirror("mirror+file:/m", Some("/k/a.gpg")),
            mirror("http://b/debian", Some(key)),
        ];
        assert_eq!(found, expected);
        assert_eq!(deb822(&found[2].stanza("forky"))[0], expected[2]);
    }

    #[test]
    fn debian_comes_before_others() {
        let etc = tempfile::tempdir().unwrap();
        let parts = etc.path().join("sources.list.d");
        fs::create_dir(&parts).unwrap();
        fs::write(parts.join("a.list"), "deb http://vendor/apt stable main\n").unwrap();
        fs::write(
            parts.join("b.list.disabled"),
            "deb http://off/debian sid main\n",
        )
        .unwrap();
        fs::write(
            etc.path().join("sources.list"),
            "deb http://m/debian sid main\n",
        )
        .unwrap();
        let uris: Vec<_> = mirrors(etc.path())
            .into_iter()
            .map(|mirror| mirror.uri)
            .collect();
        assert_eq!(uris, ["http://m/debian", "http://vendor/apt"]);
    }
}
