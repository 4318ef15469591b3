//! `report.html`: one file that needs nothing else, neither a network nor the files beside it.

mod table;

use std::collections::BTreeSet;

use crate::document::inline::{Span, spans, unmarked, warning};
use crate::document::svg::{self, Chart};
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

/// A document as a web page with its charts inside it, and at its end the samples that its fields
/// lead to.
pub fn render(document: &Document, samples: &[CellSamples]) -> String {
    let mut page = Page {
        linked: samples.iter().map(|it| it.cell.as_str()).collect(),
        ids: [MAIN, SAMPLES].map(str::to_owned).into(),
        place: &document.title,
        contents: String::new(),
        main: String::new(),
    };
    for piece in &document.pieces {
        page.add(piece);
    }
    page.add_samples(samples);
    let contents = match page.contents.is_empty() {
        true => String::new(),
        false => format!(
            "<nav aria-label=\"Contents\">\n<ul>\n{}</ul>\n</nav>\n",
            page.contents
        ),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#{MAIN}\">Skip to the report</a>\n{contents}\
         <main id=\"{MAIN}\" tabindex=\"-1\">\n<h1>{}</h1>\n{}</main>\n\
         <script>\n{}</script>\n</body>\n</html>\n",
        escape(&unmarked(&document.title)),
        STYLES.concat(),
        inline(&document.title),
        page.main,
        include_str!("html/report.js"),
    )
}

/// A page as far as it is written.
struct Page<'d> {
    /// The cells whose samples are on the page.
    linked: BTreeSet<&'d str>,
    ids: BTreeSet<String>,
    /// The last heading: what a table without a title is called.
    place: &'d str,
    contents: String,
    main: String,
}

impl<'d> Page<'d> {
    fn add(&mut self, piece: &'d Piece) {
        let html = match piece {
            Piece::Heading(text) => return self.add_heading(2, text, None),
            Piece::Subheading(text) => return self.add_heading(3, text, None),
            Piece::Paragraph(text) => format!("<p>{}</p>\n", inline(text)),
            Piece::Warning(text) => {
                format!("<p class=\"warning\">{}</p>\n", inline(&warning(text)))
            }
            Piece::List(items) => list(items),
            Piece::Table(it) => table::table(it, self.place, &self.linked),
            Piece::Chart(it) => chart(it),
            Piece::Command(command) => format!(
                "<pre tabindex=\"0\"><code>{}</code></pre>\n",
                escape(command)
            ),
        };
        self.main += &html;
    }

    /// A heading with an id of its own, and what leads to it. `level` is 2 or 3, as in `<h2>`.
    fn add_heading(&mut self, level: u8, text: &'d str, id: Option<&str>) {
        self.place = text;
        let id = id.map_or_else(|| self.free_id(&slug(text)), str::to_owned);
        let plain = escape(&unmarked(text));
        self.contents +=
            &format!("<li class=\"level{level}\"><a href=\"#{id}\">{plain}</a></li>\n");
        self.main += &format!("<h{level} id=\"{id}\">{}</h{level}>\n", inline(text));
    }

    fn free_id(&mut self, slug: &str) -> String {
        let numbered = (2..).map(|count| format!("{slug}-{count}"));
        let mut ids = std::iter::once(slug.to_owned()).chain(numbered);
        let is_free = |id: &String| self.ids.insert(id.clone());
        ids.find(is_free).unwrap_or_default()
    }

    fn add_samples(&mut self, samples: &[CellSamples]) {
        if samples.is_empty() {
            return;
        }
        self.add_heading(2, "Samples", Some(SAMPLES));
        self.main += "<p>What the figures above were made from; each figure that is a link leads to its samples.</p>\n";
        for CellSamples { cell, table } in samples {
            self.main += &format!(
                "<details id=\"{}\"><summary>{}</summary>\n{}</details>\n",
                cell_id(cell),
                escape(cell),
                table::table(table, cell, &BTreeSet::new())
            );
        }
    }
}

/// `merge, random: latency` → `merge-random-latency`
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => "part".to_owned(),
        false => words.join("-").to_ascii_lowercase(),
    }
}

fn list(items: &[String]) -> String {
    let items = items.iter();
    let items = items.map(|item| format!("<li>{}</li>\n", inline(item)));
    format!("<ul>\n{}</ul>\n", items.collect::<String>())
}

/// A chart, which is one image to those who cannot see it.
fn chart(chart: &Chart) -> String {
    format!(
        "<figure class=\"chart scroll\" tabindex=\"0\"><div role=\"img\" aria-label=\"{}\">{}</div></figure>\n",
        escape(&unmarked(&chart.alt())),
        svg::render(chart).trim_end()
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
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests;
