//! A sheet as plain values, and how it is written.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet};

/// Excel stores up to 32,767 UTF-16 units in a cell, and a character takes at most two.
const LONGEST_TEXT: usize = 16_383;
/// Integers above lose digits in Excel.
const LARGEST_WHOLE: f64 = 1e15;
/// Columns are at most this wide, in characters.
const WIDEST: usize = 48;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Empty,
    Text(String),
    /// Finite; see [`Value::number`].
    Number(f64),
    /// UTC.
    Time(jiff::Timestamp),
}

/// A sheet: notes, a header, rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub name: &'static str,
    /// Lines above the header; the first is the title.
    pub notes: Vec<String>,
    /// Names of columns; they say the unit, which gives the column its number format.
    pub header: Vec<String>,
    pub rows: Vec<Vec<Value>>,
    /// Rows, counted from 0 below the header, that sum up others.
    pub summing_up: Vec<usize>,
    /// Columns from the left that stay in sight.
    pub frozen_columns: u16,
    pub autofilter: bool,
}

impl Value {
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// Excel knows neither NaN nor infinity: they leave the cell empty.
    pub fn number(number: f64) -> Value {
        match number.is_finite() {
            true => Value::Number(number),
            false => Value::Empty,
        }
    }

    /// A field of a JSON file.
    pub fn from_json(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Empty,
            serde_json::Value::String(text) => Value::text(text),
            serde_json::Value::Number(number) => match number.as_f64() {
                Some(number) if number.abs() < LARGEST_WHOLE => Value::number(number),
                _ => Value::text(number.to_string()),
            },
            other => Value::text(other.to_string()),
        }
    }

    /// About how many characters it takes to show.
    fn width(&self) -> usize {
        match self {
            Value::Empty => 0,
            Value::Text(text) => text.chars().count(),
            // With separators of thousands.
            Value::Number(number) => format!("{number:.0}").len() * 4 / 3 + 2,
            Value::Time(_) => 24,
        }
    }
}

/// How Excel shows the figures of a column; none for a column of text.
pub fn number_format(column: &str) -> Option<&'static str> {
    match column {
        "started_at" => Some("yyyy-mm-dd hh:mm:ss.000"),
        "runs" | "round" | "items" | "exit_code" => Some("#,##0"),
        _ if column.ends_with("_s") => Some("0.000000"),
        _ if column.ends_with("_bytes") => Some("#,##0"),
        _ if column.contains("_percent") => Some("0.0"),
        _ if is_engine_mode(column) => Some("[>=100]0.0;[>=1]0.00;0.00000"),
        _ => None,
    }
}

/// Has the column the figures of an engine and mode, such as `wasmtime:aot`?
fn is_engine_mode(column: &str) -> bool {
    column.contains(':')
}

/// Writes a sheet into an empty worksheet.
///
/// # Errors
/// When it is larger than Excel allows.
pub fn write(worksheet: &mut Worksheet, sheet: &Sheet) -> anyhow::Result<()> {
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
    if !sheet.header.is_empty() {
        write_header(worksheet, sheet, header_row)?;
    }
    for row in &sheet.summing_up {
        let row = header_row + 1 + u32::try_from(*row)?;
        worksheet.set_row_format(row, &Format::new().set_italic())?;
    }
    for (row, values) in (header_row + 1..).zip(&sheet.rows) {
        for (column, value) in (0..).zip(values) {
            write_value(worksheet, row, column, value)?;
        }
    }
    Ok(())
}

fn write_header(worksheet: &mut Worksheet, sheet: &Sheet, row: u32) -> anyhow::Result<()> {
    let header_format = Format::new()
        .set_bold()
        .set_background_color(0xD9_E1_F2)
        .set_border_bottom(FormatBorder::Thin);
    for (column, name) in (0..).zip(&sheet.header) {
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
    if sheet.autofilter {
        let last_row = row + u32::try_from(sheet.rows.len())?;
        worksheet.autofilter(row, 0, last_row, u16::try_from(sheet.header.len() - 1)?)?;
    }
    Ok(())
}

/// Wide enough for what stands in a column, in characters.
fn width(sheet: &Sheet, column: usize) -> usize {
    // The button of a filter covers the end of the name.
    let button = if sheet.autofilter { 3 } else { 0 };
    let values = sheet.rows.iter().filter_map(|row| row.get(column));
    let widest = values.map(Value::width).max().unwrap_or(0);
    let name = sheet.header[column].chars().count() + button;
    (widest.max(name) + 2).min(WIDEST)
}

fn write_value(
    worksheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value,
) -> anyhow::Result<()> {
    match value {
        Value::Empty => {}
        // Never a formula, whatever it begins with.
        Value::Text(text) => {
            worksheet.write_string(row, column, cut(text))?;
        }
        Value::Number(number) => {
            worksheet.write_number(row, column, *number)?;
        }
        Value::Time(time) => {
            worksheet.write_number(row, column, serial_days(*time))?;
        }
    }
    Ok(())
}

/// A moment as Excel counts it: days since 1899-12-30, here in UTC.
fn serial_days(time: jiff::Timestamp) -> f64 {
    const UNIX_EPOCH: f64 = 25_569.0;
    UNIX_EPOCH + time.as_millisecond() as f64 / 86_400_000.0
}

/// The part of a text that fits a cell.
fn cut(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}
