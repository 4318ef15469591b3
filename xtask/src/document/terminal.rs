//! A table on a terminal.

use super::{Field, Table};

/// The table's title, and its rows below each other.
pub fn to_terminal(table: &Table) -> String {
    let mut text = comfy_table::Table::new();
    text.load_style(comfy_table::presets::NOTHING);
    text.set_header(&table.header);
    let texts =
        |row: &Vec<Field>| -> Vec<String> { row.iter().map(|field| field.text.clone()).collect() };
    text.add_rows(table.rows.iter().map(texts));
    for column in text.column_iter_mut().skip(1) {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
    let text = text.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n{}\n", table.title, lines.join("\n"))
}
