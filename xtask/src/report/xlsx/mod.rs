//! `report.xlsx`: a run as a workbook, in the shape that the study's authors kept theirs in.
//!
//! A sheet is plain values first, which can be tested without a reader of workbooks, and
//! only then written. Pure: values in, bytes out.

mod blocks;
mod charts;
mod draw;
mod environment;
mod means;
mod samples;
mod sheet;
mod summary;

use anyhow::Context;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use crate::summary::{Row, Run};
use blocks::Blocks;
use charts::Plot;
use sheet::Sheet;

/// The bytes of `report.xlsx`, the same for the same run.
///
/// # Errors
/// When something does not fit a workbook, such as more than a million samples.
pub fn xlsx(run: &Run, rows: &[Row]) -> anyhow::Result<Vec<u8>> {
    let (sheets, plots) = contents(run, rows)?;
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(run)?);
    for sheet in &sheets {
        let worksheet = workbook.add_worksheet();
        sheet::write(worksheet, sheet)
            .and_then(|()| match sheet.name {
                charts::SHEET => draw::draw(worksheet, &plots, sheet.notes.len()),
                _ => Ok(()),
            })
            .with_context(|| format!("report.xlsx: sheet \"{}\"", sheet.name))?;
    }
    workbook.save_to_buffer().context("report.xlsx")
}

/// All sheets in their order, and the charts of the one that has them.
fn contents(run: &Run, rows: &[Row]) -> anyhow::Result<(Vec<Sheet>, Vec<Plot>)> {
    let blocks = Blocks::new(rows);
    let (data, plots) = charts::data(&run.environment, &blocks);
    let sheets = vec![
        means::sheet(run, &blocks),
        summary::sheet(rows)?,
        samples::sheet(&run.samples)?,
        environment::sheet(run, rows)?,
        charts::sheet(&blocks, &plots),
        data,
    ];
    Ok((sheets, plots))
}

/// Dated when the first sample was taken: the clock would make each report another file.
fn properties(run: &Run) -> anyhow::Result<DocProperties> {
    let started = run.samples.iter().map(|sample| sample.started_at).min();
    let created = ExcelDateTime::from_timestamp(started.unwrap_or_default().as_second())
        .context("report.xlsx: the first sample's time")?;
    Ok(DocProperties::new()
        .set_title(&run.name)
        .set_creation_datetime(&created))
}

#[cfg(test)]
mod tests;
