//! `report.html`: one file that needs nothing else, neither a network nor the files beside it.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use crate::document::inline::{Span, spans, unmarked, warning};
use crate::document::{Document, Piece, Table};

/// The samples behind the figures of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellSamples {
    /// As the fields of a document name it.
    pub cell: String,
    /// A row a sample.
    pub table: Table,
}

/// Allows what the page holds itself, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

const STYLES: [&str; 3] = [
    include_str!("html/report.css"),
    include_str!("html/tables.css"),
    include_str!("html/print.css"),
];

/// The ids of the page's own parts.
const MAIN: &str = "content";
const SAMPLES: &str = "samples";

/// A document as a web page, with the charts (by file name) inside it, and at its end
/// the samples that its fields lead to.
pub fn render(
    document: &Document,
    svgs: &BTreeMap<String, String>,
    samples: &[CellSamples],
) -> String {
    let parts = parts(document, !samples.is_empty());
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        escape(&unmarked(&document.title)),
        STYLES.concat(),
        body(document, svgs, samples, &parts),
    )
}

fn body(
    document: &Document,
    svgs: &BTreeMap<String, String>,
    samples: &[CellSamples],
    parts: &[Part],
) -> String {
    format!(
        "<a class=\"skip\" href=\"#{MAIN}\">Skip to the report</a>\n{}\
         <main id=\"{MAIN}\" tabindex=\"-1\">\n<h1>{}</h1>\n{}{}</main>\n<script>\n{}</script>\n",
        contents(parts),
        inline(&document.title),
        pieces(document, svgs, samples, parts),
        samples_part(samples, parts),
        include_str!("html/report.js"),
    )
}

/// A heading, as the table of contents leads to it.
struct Part<'d> {
    /// 2 or 3, as in `<h2>`.
    level: u8,
    text: &'d str,
    id: String,
}

impl Part<'_> {
    fn heading(&self) -> String {
        let Part { level, text, id } = self;
        format!("<h{level} id=\"{id}\">{}</h{level}>\n", inline(text))
    }
}

/// All headings in order, the one of the samples last.
fn parts(document: &Document, with_samples: bool) -> Vec<Part<'_>> {
    let mut used: BTreeSet<String> = [MAIN, SAMPLES].map(str::to_owned).into();
    let mut parts: Vec<Part> = Vec::new();
    for piece in &document.pieces {
        let (level, text) = match piece {
            Piece::Heading(text) => (2, text),
            Piece::Subheading(text) => (3, text),
            _ => continue,
        };
        let slug = slug(text);
        let mut id = slug.clone();
        let mut count = 1;
        while !used.insert(id.clone()) {
            count += 1;
            id = format!("{slug}-{count}");
        }
        parts.push(Part { level, text, id });
    }
    if with_samples {
        parts.push(Part {
            level: 2,
            text: "Samples",
            id: SAMPLES.to_owned(),
        });
    }
    parts
}

/// `merge, random: latency` → `merge-random-latency`
fn slug(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() {
        return "part".to_owned();
    }
    words.join("-")
}

fn contents(parts: &[Part]) -> String {
    if parts.is_empty() {
        return String::new();
    }
    let lines: String = parts
        .iter()
        .map(|part| {
            let text = escape(&unmarked(part.text));
            format!(
                "<li class=\"level{}\"><a href=\"#{}\">{text}</a></li>\n",
                part.level, part.id
            )
        })
        .collect();
    format!("<nav aria-label=\"Contents\">\n<ul>\n{lines}</ul>\n</nav>\n")
}

fn pieces(
    document: &Document,
    svgs: &BTreeMap<String, String>,
    samples: &[CellSamples],
    parts: &[Part],
) -> String {
    let linked: BTreeSet<&str> = samples.iter().map(|it| it.cell.as_str()).collect();
    let mut headings = parts.iter();
    // What a table without a title is called.
    let mut place = document.title.as_str();
    let mut html = String::new();
    for piece in &document.pieces {
        html += &match piece {
            Piece::Heading(heading) | Piece::Subheading(heading) => {
                place = heading;
                headings.next().map(Part::heading).unwrap_or_default()
            }
            Piece::Paragraph(text) => format!("<p>{}</p>\n", inline(text)),
            Piece::Warning(text) => {
                format!("<p class=\"warning\">{}</p>\n", inline(&warning(text)))
            }
            Piece::List(items) => list(items),
            Piece::Table(it) => table::table(it, place, &linked),
            Piece::Chart { file, alt } => chart(file, alt, svgs.get(file)),
            Piece::Command(command) => format!(
                "<pre tabindex=\"0\"><code>{}</code></pre>\n",
                escape(command)
            ),
        };
    }
    html
}

fn list(items: &[String]) -> String {
    let items: String = items
        .iter()
        .map(|item| format!("<li>{}</li>\n", inline(item)))
        .collect();
    format!("<ul>\n{items}</ul>\n")
}

/// A chart, which is one image to those who cannot see it.
fn chart(file: &str, alt: &str, svg: Option<&String>) -> String {
    let alt = escape(&unmarked(alt));
    let Some(svg) = svg else {
        return format!(
            "<p class=\"missing\">{alt} (<code>charts/{}</code>)</p>\n",
            escape(file)
        );
    };
    // An XML prologue has no place inside a page.
    let start = svg.find("<svg").unwrap_or(0);
    format!(
        "<figure class=\"chart scroll\" tabindex=\"0\"><div role=\"img\" aria-label=\"{alt}\">{}</div></figure>\n",
        svg[start..].trim_end()
    )
}

fn samples_part(samples: &[CellSamples], parts: &[Part]) -> String {
    let Some(part) = parts.last().filter(|_| !samples.is_empty()) else {
        return String::new();
    };
    let cells: String = samples
        .iter()
        .map(|it| {
            format!(
                "<details id=\"{}\"><summary>{}</summary>\n{}</details>\n",
                cell_id(&it.cell),
                escape(&it.cell),
                table::table(&it.table, &it.cell, &BTreeSet::new())
            )
        })
        .collect();
    format!(
        "{}<p>What the figures above were made from; each figure that is a link leads to its samples.</p>\n{cells}",
        part.heading()
    )
}

/// The id of a cell's samples: its name, in which nothing needs escaping in a link.
/// No heading has such an id, because a cell's name holds a slash.
fn cell_id(cell: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_.:/@".contains(c);
    cell.chars()
        .map(|c| if safe(c) { c } else { '-' })
        .collect()
}

/// A text with its `code` and **bold**.
fn inline(text: &str) -> String {
    let spans = spans(text).into_iter();
    spans
        .map(|span| match span {
            Span::Plain(text) => escape(text),
            Span::Code(text) => format!("<code>{}</code>", escape(text)),
            Span::Bold(text) => format!("<strong>{}</strong>", inline(text)),
        })
        .collect()
}

/// A text in which nothing means anything to HTML, neither between tags nor in an attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
