//! Tables as the sheets of a workbook, and native charts of them.
//!
//! A sheet is plain values first, which can be tested without a reader of workbooks, and only
//! then written.

mod chart;

use anyhow::Context;
use rust_xlsxwriter::{
    Chart, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};

use super::{Field, Table};
pub use chart::sheets as charts;

/// Excel stores up to 32,767 UTF-16 units in a cell, and a character takes at most two.
const LONGEST_TEXT: usize = 16_383;
/// Columns are at most this wide, in characters.
const WIDEST: usize = 48;
/// The column with moments, as Excel counts them.
pub const TIME: &str = "started_at";

/// The columns and rows of a sheet that a chart covers, with a gap; two stand beside each other.
const CHART_COLUMNS: u16 = 12;
const CHART_ROWS: u32 = 25;

/// A table and how it is shown. Names of columns say the unit, which gives the column its number
/// format.
#[derive(Default)]
pub struct Sheet {
    pub name: &'static str,
    /// Lines above the header; the first is the title.
    pub notes: Vec<String>,
    pub table: Table,
    /// Columns from the left that stay in sight.
    pub frozen_columns: u16,
    /// Below the notes.
    pub charts: Vec<Chart>,
}

impl Sheet {
    /// Without notes and charts.
    pub fn new(name: &'static str, table: Table, frozen_columns: u16) -> Sheet {
        Sheet {
            name,
            table,
            frozen_columns,
            ..Sheet::default()
        }
    }
}

/// The bytes of a workbook, the same for the same sheets. It is dated `created`: the clock would
/// make each another file.
///
/// # Errors
/// When something does not fit a workbook, such as more than a million rows.
pub fn render(title: &str, created: jiff::Timestamp, sheets: &[Sheet]) -> anyhow::Result<Vec<u8>> {
    let created = ExcelDateTime::from_timestamp(created.as_second())?;
    let properties = DocProperties::new();
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties.set_title(title).set_creation_datetime(&created));
    for sheet in sheets {
        write(workbook.add_worksheet(), sheet)
            .with_context(|| format!("sheet \"{}\"", sheet.name))?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// How Excel shows the figures of a column; none for a column of text.
fn number_format(column: &str) -> Option<&'static str> {
    match column {
        TIME => Some("yyyy-mm-dd hh:mm:ss.000"),
        "runs" | "round" | "items" | "exit_code" => Some("#,##0"),
        _ if column.ends_with("_s") => Some("0.000000"),
        _ if column.ends_with("_bytes") => Some("#,##0"),
        _ if column.contains("_percent") => Some("0.0"),
        // The figures of an engine and mode, such as `wasmtime:aot`.
        _ if column.contains(':') => Some("[>=100]0.0;[>=1]0.00;0.00000"),
        _ => None,
    }
}

fn write(worksheet: &mut Worksheet, sheet: &Sheet) -> anyhow::Result<()> {
    worksheet.set_name(sheet.name)?;
    worksheet.set_landscape().set_print_fit_to_pages(1, 0);
    for (row, note) in (0..).zip(&sheet.notes) {
        let note_format = match row {
            0 => Format::new().set_bold().set_font_size(14),
            _ => Format::new().set_font_color(0x59_59_59),
        };
        worksheet.write_string_with_format(row, 0, cut(note), &note_format)?;
    }
    let header_row = u32::try_from(sheet.notes.len())?;
    if !sheet.table.header.is_empty() {
        write_header(worksheet, sheet, header_row)?;
    }
    for (row, fields) in (header_row + 1..).zip(&sheet.table.rows) {
        for (column, field) in (0..).zip(fields).filter(|(_, it)| **it != Field::default()) {
            match field.value {
                Some(value) if value.is_finite() => worksheet.write_number(row, column, value)?,
                // Excel knows neither NaN nor infinity: they leave the cell empty.
                Some(_) => continue,
                // Never a formula, whatever it begins with.
                None => worksheet.write_string(row, column, cut(&field.text))?,
            };
        }
    }
    for (index, chart) in (0..).zip(&sheet.charts) {
        let row = header_row + 1 + index / 2 * CHART_ROWS;
        worksheet.insert_chart(row, index as u16 % 2 * CHART_COLUMNS, chart)?;
    }
    Ok(())
}

fn write_header(worksheet: &mut Worksheet, sheet: &Sheet, row: u32) -> anyhow::Result<()> {
    let header_format = Format::new()
        .set_bold()
        .set_background_color(0xD9_E1_F2)
        .set_border_bottom(FormatBorder::Thin);
    for (column, name) in (0..).zip(&sheet.table.header) {
        let aligned = |format: Format| match number_format(name) {
            // Also the words that stand where figures would.
            Some(_) => format.set_align(FormatAlign::Right),
            // Away from the figures of the column to the left.
            None => format.set_align(FormatAlign::Left).set_indent(1),
        };
        let figures = Format::new().set_num_format(number_format(name).unwrap_or("General"));
        // Of the column, not of each cell: thousands of cells are written faster so.
        worksheet.set_column_format(column, &aligned(figures))?;
        worksheet.set_column_width(column, width(sheet, usize::from(column)) as f64)?;
        worksheet.write_string_with_format(row, column, name, &aligned(header_format.clone()))?;
    }
    worksheet.set_freeze_panes(row + 1, sheet.frozen_columns)?;
    worksheet.set_repeat_rows(row, row)?;
    let last_row = row + u32::try_from(sheet.table.rows.len())?;
    let last_column = u16::try_from(sheet.table.header.len() - 1)?;
    worksheet.autofilter(row, 0, last_row, last_column)?;
    Ok(())
}

/// Wide enough for what stands in a column, in characters.
fn width(sheet: &Sheet, column: usize) -> usize {
    let name = &sheet.table.header[column];
    let width = |field: &Field| match field.value {
        Some(_) if name == TIME => 24,
        // With separators of thousands.
        Some(value) if value.is_finite() => format!("{value:.0}").len() * 4 / 3 + 2,
        _ => field.text.chars().count(),
    };
    let fields = sheet.table.rows.iter().filter_map(|row| row.get(column));
    let widest = fields.map(width).max().unwrap_or(0);
    // The button of a filter covers the end of the name.
    (widest.max(name.chars().count() + 3) + 2).min(WIDEST)
}

/// The part of a text that fits a cell.
fn cut(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        let said = "=cmd|' /C calc'!A0";
        let field = Field {
            text: said.to_owned(),
            ..Field::default()
        };
        let table = Table {
            header: vec!["reason".to_owned()],
            rows: vec![vec![field]],
            ..Table::default()
        };
        let sheet = Sheet {
            notes: vec![said.to_owned()],
            ..Sheet::new("Cells", table, 0)
        };
        let bytes = render("t", jiff::Timestamp::UNIX_EPOCH, &[sheet]).unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut part = |name: &str| {
            let mut text = String::new();
            zip.by_name(name)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            text
        };
        assert!(!part("xl/worksheets/sheet1.xml").contains("<f>"));
        assert!(part("xl/sharedStrings.xml").contains(said));
    }
}
