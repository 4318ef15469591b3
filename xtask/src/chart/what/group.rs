//! What is compared in one chart: cells that differ in size, engine and mode only.

use crate::model::Row;
use crate::model::distinct;

pub struct Group<'r> {
    /// `merge`, as part of a file's name; with the machine where there are several.
    pub file: String,
    /// `merge`, with the machine where there are several.
    pub place: String,
    /// `random input`
    pub input: String,
    /// All measured; at least one.
    pub rows: Vec<&'r Row>,
}

/// One for each workload and machine that has measured rows.
pub fn groups(rows: &[Row]) -> Vec<Group<'_>> {
    let measured: Vec<&Row> = rows.iter().filter(|row| row.is_ok()).collect();
    let places = distinct(measured.iter().map(|row| place(row)));
    places
        .into_iter()
        .filter_map(|name| {
            let own = measured.iter().filter(|row| place(row) == name);
            group(own.copied().collect(), name)
        })
        .collect()
}

fn place(row: &Row) -> String {
    format!("{}{}", row.cell.workload, row.place())
}

/// Of the cells of a workload on one machine those with random input, or with the next
/// distribution that was measured.
fn group(mut rows: Vec<&Row>, place: String) -> Option<Group<'_>> {
    let distribution = rows.iter().map(|row| row.cell.distribution).min()?;
    rows.retain(|row| row.cell.distribution == distribution);
    let first = *rows.first()?;
    let odd = |c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c);
    let host = first.machine.as_ref();
    let host = host.map_or_else(String::new, |host| format!("-{}", host.replace(odd, "_")));
    Some(Group {
        file: format!("{}{host}", first.cell.workload),
        place,
        input: format!("{distribution} input"),
        rows,
    })
}
