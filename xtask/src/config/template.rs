//! Command templates: words with placeholders such as `{wasm}`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

/// A command line, split into words as a shell does, with placeholders in `{braces}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Template {
    words: Vec<Vec<Part>>,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(String),
}

/// What each placeholder stands for: one word or several.
pub type Values = BTreeMap<&'static str, Vec<OsString>>;

impl Template {
    /// Splits the text into words and finds its placeholders.
    ///
    /// # Errors
    /// When quotes or braces are unbalanced, or there are no words.
    pub fn parse(text: &str) -> anyhow::Result<Template> {
        let words = shell_words::split(text)
            .with_context(|| format!("\"{text}\" has a quote that is never closed"))?;
        if words.is_empty() {
            bail!("the command is empty");
        }
        let template = Template::of_words(&words)?;
        Ok(Template {
            text: text.to_owned(),
            ..template
        })
    }

    /// Finds the placeholders in words that are split already; there may be none.
    ///
    /// # Errors
    /// When braces are unbalanced.
    pub fn of_words(words: &[String]) -> anyhow::Result<Template> {
        Ok(Template {
            words: words
                .iter()
                .map(|word| parse_word(word))
                .collect::<anyhow::Result<_>>()?,
            text: shell_words::join(words),
        })
    }

    /// # Errors
    /// When it uses a placeholder that is not `allowed`, or none that is `needed`.
    pub fn check(&self, allowed: &[&str], needed: &[&str]) -> anyhow::Result<()> {
        for part in self.words.iter().flatten() {
            if let Part::Placeholder(name) = part
                && !allowed.contains(&name.as_str())
            {
                let expected: Vec<_> = allowed.iter().map(|name| format!("{{{name}}}")).collect();
                bail!(
                    "in \"{}\": unknown placeholder \"{{{name}}}\", expected one of {}",
                    self.text,
                    expected.join(", ")
                );
            }
        }
        match needed.iter().find(|name| !self.uses(name)) {
            Some(name) => bail!("\"{}\" lacks the placeholder \"{{{name}}}\"", self.text),
            None => Ok(()),
        }
    }

    /// Does the template use this placeholder?
    pub fn uses(&self, name: &str) -> bool {
        self.words
            .iter()
            .flatten()
            .any(|part| matches!(part, Part::Placeholder(n) if n == name))
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The words of the command. A word that is one placeholder becomes all words of its value;
    /// inside a longer word a placeholder stands for its words joined by spaces.
    ///
    /// # Errors
    /// When a placeholder has no value here.
    pub fn expand(&self, values: &Values) -> anyhow::Result<Vec<OsString>> {
        let mut argv = Vec::new();
        let value = |name: &str| {
            values
                .get(name)
                .with_context(|| format!("\"{}\": no value for \"{{{name}}}\" here", self.text))
        };
        for word in &self.words {
            if let [Part::Placeholder(name)] = word.as_slice() {
                argv.extend(value(name)?.iter().cloned());
                continue;
            }
            let mut joined = OsString::new();
            for part in word {
                match part {
                    Part::Text(text) => joined.push(text),
                    Part::Placeholder(name) => joined.push(value(name)?.join(" ".as_ref())),
                }
            }
            argv.push(joined);
        }
        Ok(argv)
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Template, String> {
        // serde would keep the first of the error's causes only.
        Template::parse(&text).map_err(|error| format!("{error:#}"))
    }
}

impl From<Template> for String {
    fn from(template: Template) -> String {
        template.text
    }
}

fn parse_word(word: &str) -> anyhow::Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            parts.push(Part::Text(rest[..open].to_owned()));
        }
        let Some(length) = rest[open..].find('}') else {
            bail!("\"{{\" is never closed in the word \"{word}\"");
        };
        let name = &rest[open + 1..open + length];
        parts.push(Part::Placeholder(name.to_owned()));
        rest = &rest[open + length + 1..];
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// Names are part of cell names and of paths, so they are kept plain.
///
/// # Errors
/// When the name is empty or holds anything but letters, digits, `-`, `_` and `.`.
pub fn check_name(name: &str) -> anyhow::Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        bail!("\"{name}\" is not a name: use letters, digits, \"-\", \"_\" and \".\"");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> Values {
        BTreeMap::from([
            ("bin", vec!["ld.so".into(), "wasmedge".into()]),
            ("dir", vec!["/a b".into()]),
        ])
    }

    #[test]
    fn placeholders_become_words() {
        let template = Template::parse("{bin} --dir '{dir}:{dir}' \"x y\"").unwrap();
        assert_eq!(
            template.expand(&values()).unwrap(),
            ["ld.so", "wasmedge", "--dir", "/a b:/a b", "x y"]
        );
        assert!(template.uses("dir") && !template.uses("wasm"));
    }

    #[test]
    fn mistakes_are_named() {
        let check = |text: &str| Template::parse(text)?.check(&["bin", "wasm"], &["wasm"]);
        let error = |text| format!("{:#}", check(text).unwrap_err());
        assert!(check("{bin} {wasm}").is_ok());
        assert_eq!(error("{bin}"), "\"{bin}\" lacks the placeholder \"{wasm}\"");
        assert_eq!(
            error("{bin} {artefact}"),
            "in \"{bin} {artefact}\": unknown placeholder \"{artefact}\", expected one of {bin}, {wasm}"
        );
        assert!(error("{bin").contains("never closed"));
        assert!(error("'a").contains("quote"));
        assert_eq!(error(" "), "the command is empty");
    }

    #[test]
    fn names_are_plain() {
        assert!(check_name("jit-cached").is_ok());
        for name in ["", "a/b", "a b", "..", "é"] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_says_why(text in "[^{}'\"\\\\]{0,20}(\\{bin\\}|\\{other\\}|\\{|'|.){0,3}.{0,20}") {
            let parsed = Template::parse(&text);
            match parsed.and_then(|it| it.check(&["bin"], &[]).map(|()| it)) {
                Ok(template) => {
                    prop_assert_eq!(template.text(), &text);
                    let words = template.expand(&values());
                    prop_assert_eq!(words.is_ok(), true, "{:?}", words);
                    prop_assert!(!words.unwrap().is_empty());
                    let without = template.expand(&Values::new());
                    prop_assert_eq!(without.is_err(), template.uses("bin"));
                }
                Err(error) => {
                    let says = format!("{error:#}");
                    let why = ["never closed", "unknown placeholder", "the command is empty"];
                    prop_assert!(why.iter().any(|why| says.contains(why)), "{}", says);
                }
            }
        }

        #[test]
        fn words_without_braces_come_back(words in prop::collection::vec("[^{}\0]{0,8}", 1..5)) {
            let template = Template::parse(&shell_words::join(&words)).unwrap();
            prop_assert_eq!(template.expand(&Values::new()).unwrap(), words.iter().map(OsString::from).collect::<Vec<_>>());
        }
    }
}
