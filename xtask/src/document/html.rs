//! `report.html`: one file that needs nothing else, neither a network nor the files beside it.

mod table;

pub use table::five_digits;

use std::collections::BTreeSet;

use crate::document::inline::{Span, escape, spans, unmarked, warning};
use crate::document::{Document, Piece, Table, svg};

/// Allows what the page holds itself, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

const STYLES: [&str; 3] = [
    include_str!("html/report.css"),
    include_str!("html/tables.css"),
    include_str!("html/print.css"),
];

/// A document as a web page with its charts inside it, and at its end the samples that its fields
/// lead to: a cell, as the fields name it, and a table with a row a sample.
pub fn render(document: &Document, samples: &[(String, Table)], note: &str) -> String {
    let mut page = Page {
        linked: samples.iter().map(|(cell, _)| cell.as_str()).collect(),
        place: &document.title,
        headings: Vec::new(),
        main: String::new(),
    };
    for piece in &document.pieces {
        page.add(piece);
    }
    page.add_samples(samples, note);
    let contents = match page.headings.is_empty() {
        true => String::new(),
        false => format!(
            "<nav aria-label=\"Contents\">\n<ul>\n{}</ul>\n</nav>\n",
            page.headings.concat()
        ),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">Skip to the report</a>\n{contents}\
         <main id=\"content\" tabindex=\"-1\">\n<h1>{}</h1>\n{}</main>\n\
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
    /// The last heading: what a table without a title is called.
    place: &'d str,
    /// What leads to each heading.
    headings: Vec<String>,
    main: String,
}

impl<'d> Page<'d> {
    fn add(&mut self, piece: &'d Piece) {
        let html = match piece {
            Piece::Heading(text) => return self.add_heading(2, text),
            Piece::Subheading(text) => return self.add_heading(3, text),
            Piece::Folded(line, pieces) => return self.add_folded(line, pieces),
            Piece::Paragraph(text) => format!("<p>{}</p>\n", inline(text)),
            Piece::Warning(text) => {
                format!("<p class=\"warning\">{}</p>\n", inline(&warning(text)))
            }
            Piece::List(items) => list(items),
            Piece::Table(it) => table::table(it, self.place, &self.linked),
            // One image to those who cannot see it.
            Piece::Chart(chart) => format!(
                "<figure class=\"chart scroll\" tabindex=\"0\"><div role=\"img\" aria-label=\"{}\">{}</div></figure>\n",
                escape(&unmarked(&chart.alt())),
                svg::render(chart).trim_end()
            ),
            Piece::Command(command) => format!(
                "<pre tabindex=\"0\"><code>{}</code></pre>\n",
                escape(command)
            ),
        };
        self.main += &html;
    }

    /// A heading with an id of its own, and what leads to it. `level` is 2 or 3, as in `<h2>`.
    fn add_heading(&mut self, level: u8, text: &'d str) {
        self.place = text;
        let id = format!("part-{}", self.headings.len() + 1);
        let plain = escape(&unmarked(text));
        self.headings.push(format!(
            "<li class=\"level{level}\"><a href=\"#{id}\">{plain}</a></li>\n"
        ));
        self.main += &format!("<h{level} id=\"{id}\">{}</h{level}>\n", inline(text));
    }

    fn add_folded(&mut self, line: &str, pieces: &'d [Piece]) {
        let line = inline(line);
        self.main += &format!("<details class=\"fold\"><summary>{line}</summary>\n");
        for piece in pieces {
            self.add(piece);
        }
        self.main += "</details>\n";
    }

    fn add_samples(&mut self, samples: &[(String, Table)], note: &str) {
        if samples.is_empty() {
            return;
        }
        self.add_heading(2, "Samples");
        self.main += &format!(
            "<p>What the figures above were made from; each figure that is a link leads to its samples. {}</p>\n",
            escape(note)
        );
        for (cell, table) in samples {
            self.main += &format!(
                "<details id=\"{}\"><summary>{}</summary>\n{}</details>\n",
                cell_id(cell),
                escape(cell),
                table::table(table, cell, &BTreeSet::new())
            );
        }
    }
}

fn list(items: &[String]) -> String {
    let items = items.iter();
    let items = items.map(|item| format!("<li>{}</li>\n", inline(item)));
    format!("<ul>\n{}</ul>\n", items.collect::<String>())
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

#[cfg(test)]
mod tests;
