//! The markup that texts of a report may hold: `code` and **bold**.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span<'t> {
    Plain(&'t str),
    Code(&'t str),
    /// May hold code.
    Bold(&'t str),
}

/// The parts of a text, in order. A mark without its partner stands for itself.
pub fn spans(text: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(found) = text[at..].find(['`', '*']) {
        at += found;
        let Some((span, len)) = marked(&text[at..]) else {
            at += 1;
            continue;
        };
        if plain < at {
            spans.push(Span::Plain(&text[plain..at]));
        }
        spans.push(span);
        at += len;
        plain = at;
    }
    if plain < text.len() {
        spans.push(Span::Plain(&text[plain..]));
    }
    spans
}

/// The code or bold that a text starts with, and its length with its marks.
fn marked(text: &str) -> Option<(Span<'_>, usize)> {
    let within = |mark: &str| text.strip_prefix(mark)?.split_once(mark).map(|(it, _)| it);
    if let Some(code) = within("`").filter(|code| !code.is_empty()) {
        return Some((Span::Code(code), code.len() + 2));
    }
    // As in Markdown, `2 ** 3 ** 4` is no bold.
    let bold = within("**").filter(|bold| !bold.is_empty() && bold.trim() == *bold)?;
    Some((Span::Bold(bold), bold.len() + 4))
}

/// A text without its marks, for where nothing can be set off.
pub fn unmarked(text: &str) -> String {
    let spans = spans(text).into_iter();
    spans
        .map(|span| match span {
            Span::Plain(text) | Span::Code(text) => text.to_owned(),
            Span::Bold(text) => unmarked(text),
        })
        .collect()
}

/// A warning, which says that it is one unless it starts with bold words of its own.
pub fn warning(text: &str) -> String {
    match spans(text).first() {
        Some(Span::Bold(_)) => text.to_owned(),
        _ => format!("**Note:** {text}"),
    }
}

/// A text in which nothing means anything to HTML and SVG, neither between tags nor in an attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::Span::{Bold, Code, Plain};
    use super::*;

    #[test]
    fn code_and_bold_are_found_among_plain_text() {
        assert_eq!(
            spans("Run `cargo xtask`: **it `works`**."),
            [
                Plain("Run "),
                Code("cargo xtask"),
                Plain(": "),
                Bold("it `works`"),
                Plain(".")
            ]
        );
        assert_eq!(spans("`a``b`"), [Code("a"), Code("b")]);
        assert_eq!(spans("`**`"), [Code("**")]);
        assert_eq!(spans(""), []);
    }

    #[test]
    fn a_mark_without_its_partner_stands_for_itself() {
        for text in [
            "a `b",
            "a **b",
            "2 * 3 * 4",
            "2 ** 3 ** 4",
            "``",
            "****",
            "é`",
        ] {
            assert_eq!(spans(text), [Plain(text)], "{text}");
        }
        assert_eq!(spans("* **b**"), [Plain("* "), Bold("b")]);
    }

    #[test]
    fn marks_can_be_taken_away() {
        assert_eq!(
            unmarked("Run `cargo xtask`: **it `works`** * 2"),
            "Run cargo xtask: it works * 2"
        );
    }

    #[test]
    fn a_warning_has_one_bold_start() {
        assert_eq!(
            warning("The machine is busy."),
            "**Note:** The machine is busy."
        );
        assert_eq!(warning("**Wrong tier?** a:jit"), "**Wrong tier?** a:jit");
    }
}
