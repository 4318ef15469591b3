//! Command templates: words with placeholders such as `{wasm}`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};

/// A command line, split into words as a shell does, with placeholders in `{braces}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Template {
    words: Vec<String>,
    text: String,
}

/// What each placeholder stands for: one word or several.
pub type Values = BTreeMap<&'static str, Vec<OsString>>;

impl Template {
    /// Splits the text into words.
    ///
    /// # Errors
    /// When quotes or braces are unbalanced, or there are no words.
    pub fn parse(text: &str) -> anyhow::Result<Template> {
        let words = shell_words::split(text)
            .with_context(|| format!("\"{text}\" has a quote that is never closed"))?;
        ensure!(!words.is_empty(), "the command is empty");
        let is_open = |word: &&String| word.split('{').skip(1).any(|rest| !rest.contains('}'));
        if let Some(word) = words.iter().find(is_open) {
            bail!("\"{{\" is never closed in the word \"{word}\"");
        }
        Ok(Template {
            words,
            text: text.to_owned(),
        })
    }

    fn placeholders(&self) -> impl Iterator<Item = &str> {
        let opened = self.words.iter().flat_map(|word| word.split('{').skip(1));
        opened.filter_map(|rest| Some(rest.split_once('}')?.0))
    }

    /// # Errors
    /// When it uses a placeholder that is not `allowed`, or none that is `needed`.
    pub fn check(&self, allowed: &[&str], needed: &[&str]) -> anyhow::Result<()> {
        if let Some(name) = self.placeholders().find(|name| !allowed.contains(name)) {
            bail!(
                "in \"{}\": unknown placeholder \"{{{name}}}\", expected one of {{{}}}",
                self.text,
                allowed.join("}, {")
            );
        }
        match needed.iter().find(|name| !self.uses(name)) {
            Some(name) => bail!("\"{}\" lacks the placeholder \"{{{name}}}\"", self.text),
            None => Ok(()),
        }
    }

    /// Does the template use this placeholder?
    pub fn uses(&self, name: &str) -> bool {
        self.placeholders().any(|other| other == name)
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
            let mut parts = word.split('{');
            let before = parts.next().unwrap_or_default();
            let parts: Vec<_> = parts.filter_map(|part| part.split_once('}')).collect();
            if let ("", [(name, "")]) = (before, &parts[..]) {
                argv.extend(value(name)?.iter().cloned());
                continue;
            }
            let mut joined = OsString::from(before);
            for (name, after) in parts {
                joined.push(value(name)?.join(" ".as_ref()));
                joined.push(after);
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
