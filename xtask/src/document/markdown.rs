//! `report.md`.

use crate::document::inline::{Span, escape, spans, unmarked, warning};
use crate::document::{Document, Field, Piece, Table};

/// A document as Markdown, as GitHub reads it; its charts lie in `charts/` beside it.
pub fn render(document: &Document) -> String {
    let title = format!("# {}\n", inline(&document.title));
    match document.pieces.is_empty() {
        true => title,
        false => format!("{title}\n{}", pieces(&document.pieces)),
    }
}

/// Pieces of a document as Markdown, one blank line between them.
pub fn pieces(pieces: &[Piece]) -> String {
    let mut texts: Vec<String> = pieces.iter().map(piece).collect();
    texts.retain(|text| !text.is_empty());
    texts.join("\n\n") + "\n"
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Heading(text) => format!("## {}", inline(text)),
        Piece::Subheading(text) => format!("### {}", inline(text)),
        Piece::Paragraph(text) => inline(text),
        Piece::Warning(text) => format!("> {}", inline(&warning(text))),
        Piece::List(items) => {
            let items = items.iter().map(|item| format!("- {}", inline(item)));
            items.collect::<Vec<_>>().join("\n")
        }
        Piece::Table(it) => table(it),
        Piece::Chart(chart) => format!("![{}](charts/{})", inline(&chart.alt()), chart.file),
        Piece::Folded(line, pieces) => folded(line, pieces),
        Piece::Command(command) => format!("```sh\n{command}\n```"),
    }
}

/// Charts are links, because a page would load them all.
fn folded(line: &str, pieces: &[Piece]) -> String {
    let links = pieces.iter().map(|piece| match piece {
        Piece::Chart(chart) => {
            let (title, note) = (inline(&chart.title), inline(&chart.note));
            Some(format!("- [{title}](charts/{}): {note}", chart.file))
        }
        _ => None,
    });
    match links.collect::<Option<Vec<String>>>() {
        Some(links) => format!("{}:\n\n{}", inline(line), links.join("\n")),
        None => {
            let (line, pieces) = (escape(&unmarked(line)), self::pieces(pieces));
            format!("<details><summary>{line}</summary>\n\n{pieces}\n</details>")
        }
    }
}

fn table(table: &Table) -> String {
    if table.header.is_empty() {
        return String::new();
    }
    let field = |text: &str| match inline(text).replace('|', "\\|") {
        empty if empty.is_empty() => " |".to_owned(),
        text => format!(" {text} |"),
    };
    let row = |row: &Vec<Field>| row.iter().map(|it| field(&it.text)).collect::<String>();
    let mut lines = Vec::new();
    if !table.title.is_empty() {
        // The title is bold as a whole.
        lines.push(format!("**{}**\n", inline(&table.title).replace("**", "")));
    }
    let header: String = table.header.iter().map(|text| field(text)).collect();
    // Columns of figures are aligned at their ends, texts at their starts.
    let columns = table.numeric_columns().into_iter();
    let rule = columns.map(|is_numeric| if is_numeric { "---:|" } else { "---|" });
    let rows = table.rows.iter().map(row);
    let rows = [header, rule.collect()].into_iter().chain(rows);
    lines.extend(rows.map(|fields| format!("|{fields}")));
    lines.join("\n")
}

/// A text on one line, in which nothing but `code` and **bold** means anything to Markdown.
fn inline(text: &str) -> String {
    let text = text.trim().replace('\n', " ");
    let spans = spans(&text).into_iter();
    spans
        .map(|span| match span {
            Span::Plain(text) => plain(text),
            Span::Code(text) => format!("`{text}`"),
            Span::Bold(text) => format!("**{}**", inline(text)),
        })
        .collect()
}

fn plain(text: &str) -> String {
    let mut escaped = String::new();
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let in_word = |c: char| c.is_alphanumeric();
        let means_something = match c {
            '\\' | '<' | '*' | '`' => true,
            // Inside a word (`peak_rss`) it is only a character.
            '_' => !(in_word(before) && rest.peek().copied().is_some_and(in_word)),
            _ => false,
        };
        if means_something {
            escaped.push('\\');
        }
        escaped.push(c);
        before = c;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(piece: Piece) -> String {
        let text = render(&Document {
            title: "t".to_owned(),
            pieces: vec![piece],
        });
        text.strip_prefix("# t\n\n").unwrap().to_owned()
    }

    #[test]
    fn a_document_without_blocks_is_its_title() {
        let document = Document {
            title: "A `run`".to_owned(),
            pieces: vec![],
        };
        assert_eq!(render(&document), "# A `run`\n");
    }

    #[test]
    fn every_kind_of_piece_is_set_apart_by_one_blank_line() {
        insta::assert_snapshot!(render(&crate::document::tests::every_piece()));
    }

    #[test]
    fn what_means_something_to_markdown_is_escaped() {
        let text = "a <b> *c* _d_ peak_rss_bytes \\ `<e>` **f `*`** 2 ** 3\nnext";
        assert_eq!(
            rendered(Piece::Paragraph(text.to_owned())),
            "a \\<b> \\*c\\* \\_d\\_ peak_rss_bytes \\\\ `<e>` **f `*`** 2 \\*\\* 3 next\n"
        );
    }

    #[test]
    fn a_table_may_lack_a_title_hold_bars_and_have_empty_fields() {
        let table = Table {
            title: String::new(),
            header: vec!["a|b".to_owned(), "n".to_owned(), "m".to_owned()],
            rows: vec![vec![
                "`x|y`".into(),
                "".into(),
                Field::figure("1".to_owned(), 1.0),
            ]],
        };
        assert_eq!(
            rendered(Piece::Table(table)),
            "| a\\|b | n | m |\n|---|---|---:|\n| `x\\|y` | | 1 |\n"
        );
    }

    #[test]
    fn nothing_leaves_no_gap() {
        let pieces = vec![
            Piece::Table(Table::default()),
            Piece::List(vec![]),
            Piece::Paragraph("p".to_owned()),
        ];
        let title = "t".to_owned();
        assert_eq!(render(&Document { title, pieces }), "# t\n\np\n");
    }
}
