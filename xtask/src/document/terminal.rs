//! Pieces of a report on a terminal, no wider than it.

use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, presets};

use super::inline::{unmarked, warning};
use super::{Field, Piece, Table};

/// Columns where the output is no terminal, or one that does not know its size.
const USUAL_WIDTH: usize = 80;
/// Nobody reads on fewer columns; terminals that do not know their size say zero.
const LEAST_WIDTH: usize = 20;

/// How many columns standard output has.
pub fn width() -> usize {
    let width = comfy_table::Table::new().width().map(usize::from);
    width
        .filter(|width| *width >= LEAST_WIDTH)
        .unwrap_or(USUAL_WIDTH)
}

/// Pieces of a document, one blank line between them; charts and what is folded are for other places.
pub fn render(pieces: &[Piece], width: usize) -> String {
    let texts = pieces.iter().map(|piece| self::piece(piece, width));
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    texts.join("\n")
}

fn piece(piece: &Piece, width: usize) -> String {
    match piece {
        Piece::Heading(text) | Piece::Subheading(text) | Piece::Paragraph(text) => {
            wrapped(&[text], width)
        }
        Piece::Warning(text) => wrapped(&[&warning(text)], width),
        Piece::List(items) => {
            let items = items.iter().map(|item| wrapped(&["-", item], width));
            items.collect()
        }
        Piece::Table(it) => table(it, width),
        Piece::Chart(_) | Piece::Folded(..) => String::new(),
        Piece::Command(command) => format!("{command}\n"),
    }
}

/// A table; one that is too wide becomes several, one below the other, a part of the columns each.
pub fn table(table: &Table, width: usize) -> String {
    let mut text = match table.title.as_str() {
        "" => String::new(),
        title => wrapped(&[title], width),
    };
    for part in parts(&widths(table), width) {
        let mut grid = grid(table);
        for (index, column) in grid.column_iter_mut().enumerate().skip(1) {
            if !part.contains(&index) {
                column.set_constraint(ColumnConstraint::Hidden);
            }
        }
        text += &lines(&mut grid, width);
    }
    text
}

/// The columns side by side as far as they fit, each part beside the first, which names the rows.
fn parts(widths: &[usize], width: usize) -> Vec<Vec<usize>> {
    let Some(first) = widths.first() else {
        return Vec::new();
    };
    let mut parts = vec![Vec::new()];
    let mut used = *first;
    for (column, own) in widths.iter().enumerate().skip(1) {
        match parts.last_mut() {
            Some(part) if used + own <= room(width) || part.is_empty() => part.push(column),
            _ => {
                parts.push(vec![column]);
                used = *first;
            }
        }
        used += own;
    }
    parts
}

/// Of each column, with the space around it.
fn widths(table: &Table) -> Vec<usize> {
    let widths = grid(table).column_max_content_widths().into_iter();
    widths.map(|width| usize::from(width) + 2).collect()
}

/// Figures are aligned at their ends, texts at their starts.
fn grid(table: &Table) -> comfy_table::Table {
    let mut grid = plain();
    grid.set_header(table.header.iter().map(|text| unmarked(text)))
        .add_rows(table.rows.iter().map(|row| row.iter().map(cell)));
    let is_figure = |field: &Field| field.value.is_some();
    if table.rows.iter().flatten().any(is_figure) {
        for column in grid.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid
}

/// Colours are for terminals, and not where `NO_COLOR` is set.
fn cell(field: &Field) -> Cell {
    let cell = Cell::new(unmarked(&field.text));
    match field.better {
        Some(true) => cell.fg(Color::Green),
        Some(false) => cell.fg(Color::Red),
        None => cell,
    }
}

/// Texts beside each other, each wrapped within its own column.
fn wrapped(texts: &[&str], width: usize) -> String {
    let mut grid = plain();
    grid.add_row(texts.iter().map(|text| unmarked(text)));
    for column in grid.column_iter_mut() {
        column.set_padding((0, 1));
    }
    lines(&mut grid, width)
}

fn plain() -> comfy_table::Table {
    let mut grid = comfy_table::Table::new();
    grid.load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    grid
}

/// The space behind the last column is cut off, so there is room for it.
fn room(width: usize) -> usize {
    width + 1
}

fn lines(grid: &mut comfy_table::Table, width: usize) -> String {
    grid.set_width(u16::try_from(room(width)).unwrap_or(u16::MAX));
    let lines = grid.lines();
    lines
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_within(text: &str, width: usize) {
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }

    fn figures() -> Table {
        let row = |name: &str| -> Vec<Field> {
            let figures = (0..5).map(|n| Field::figure(format!("{n}.00 ms"), f64::from(n)));
            std::iter::once(name.into()).chain(figures).collect()
        };
        Table::new(
            ["engine:mode", "1KB", "10KB", "100KB", "1MB", "10MB"],
            [row("wasmtime:aot"), row("wasmedge:interpreter")],
        )
        .titled("merge, random")
    }

    #[test]
    fn a_table_that_is_too_wide_becomes_several() {
        insta::assert_snapshot!(format!(
            "{}\n{}",
            table(&figures(), 80),
            table(&figures(), 46)
        ));
    }

    #[test]
    fn nothing_is_wider_than_the_terminal() {
        let long = "**wasmedge:interpreter**, ±6.3 %; a tie with wasmtime:jit-cached, 1.20×";
        let answer = Table::new(
            ["goal", "light loads", "medium loads"],
            [vec!["steadiest".into(), long.into(), long.into()]],
        );
        let mut pieces = crate::document::tests::every_piece().pieces;
        pieces.extend([Piece::Table(answer), Piece::Table(figures())]);
        pieces.push(Piece::List(vec![long.to_owned()]));
        // A command is there to be copied, and stays whole.
        for width in [30, 40, 60, 80, 100, 200] {
            assert_within(&render(&pieces, width), width);
        }
    }

    #[test]
    fn every_kind_of_piece() {
        let pieces = crate::document::tests::every_piece().pieces;
        insta::assert_snapshot!(render(&pieces, 80));
    }

    #[test]
    fn what_is_better_or_worse_is_coloured_on_terminals_only() {
        let field = |better| Field {
            better,
            ..Field::figure("1.20×", 1.2)
        };
        let row = vec!["a".into(), field(Some(true)), field(Some(false))];
        let table = Table::new(["cell", "one", "two"], [row]);
        assert!(!super::table(&table, 80).contains('\u{1b}'));
        let mut grid = grid(&table);
        grid.force_no_tty().enforce_styling();
        let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        assert_eq!(lines(&mut grid, 80).contains('\u{1b}'), is_wanted);
    }

    #[test]
    fn a_table_without_columns_is_nothing() {
        assert_eq!(table(&Table::default(), 80), "");
    }
}
