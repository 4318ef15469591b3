//! What each engine and mode costs against native code, at each load.

use super::comparison::Comparison;
use super::{NATIVE, Results};
use crate::document::{Field, Piece, Table};
use crate::model::{Load, Metric, Row, distinct, engine_modes, of_mode};

/// Each engine and mode against native code as it ships, over the inputs of each load, in the order
/// of the rows; of inputs for which native code needs more than can be told from nothing. They are
/// decided together.
fn overheads(results: &Results, metric: Metric) -> Vec<(Load, Comparison)> {
    let work: Vec<&Row> = results.work().collect();
    let visible = |native: &&Row| metric.of(native) > Some(metric.floor(native));
    let overhead = |(load, mode)| {
        let own = of_mode(&work, &mode).into_iter();
        let own = own.filter(|row| row.cell.size.load() == load && !results.is_native(row));
        let pair = |row| Some((row, results.native(&work, row).filter(visible)?));
        let pairs: Vec<_> = own.filter_map(pair).collect();
        Some((load, results.ledger.compare(&pairs, metric)?))
    };
    let modes = engine_modes(work.iter().copied());
    let of_load = |load| modes.iter().cloned().map(move |mode| (load, mode));
    let all = Load::ALL.into_iter().flat_map(of_load);
    let mut overheads: Vec<(Load, Comparison)> = all.filter_map(overhead).collect();
    let comparisons = overheads.iter_mut().map(|(_, comparison)| comparison);
    results.ledger.decide_together(comparisons);
    overheads
}

impl<'r> Results<'r> {
    /// Is it a cell of native code as it ships, the yardstick?
    pub fn is_native(&self, row: &Row) -> bool {
        let native = self.shipped(NATIVE);
        native.is_some_and(|native| row.cell.is_of(&native))
    }

    /// The yardstick's cell with the same input.
    pub fn native(&self, rows: &[&'r Row], row: &Row) -> Option<&'r Row> {
        let mut natives = rows.iter().filter(|other| other.same_input(row));
        natives.find(|other| self.is_native(other)).copied()
    }
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let tables = [Metric::Wall, Metric::Memory].map(|metric| table(results, metric));
    let tables = tables.into_iter().filter(|table| !table.rows.is_empty());
    let mut pieces: Vec<Piece> = tables.map(Piece::Table).collect();
    if !pieces.is_empty() {
        pieces.insert(0, Piece::paragraph(
            "Geometric means of the ratios to native code as it ships, over the inputs of a load, with 95 % intervals. \
             Memory counts only where native needs more than the floor.",
        ));
    }
    Piece::under("Against native code", pieces)
}

/// A row an engine and mode, a column a load.
fn table(results: &Results, metric: Metric) -> Table {
    let overheads = overheads(results, metric);
    let modes = distinct(overheads.iter().map(|(_, it)| it.a.clone()));
    let mut table = Table::of(modes).column("engine:mode", Clone::clone);
    for load in distinct(overheads.iter().map(|(load, _)| *load)) {
        let own = overheads.iter().filter(|(of, _)| *of == load);
        let own: Vec<&Comparison> = own.map(|(_, comparison)| comparison).collect();
        let most = own.iter().map(|it| it.inputs.len()).max();
        table = table.column(format!("{load} loads"), |mode| {
            let comparison = own.iter().find(|it| it.a == *mode);
            comparison.map_or_else(Field::none, |it| match Some(it.inputs.len()) == most {
                true => Field::figure(it.text(), it.ratio),
                // A mean over other inputs is another mean.
                false => Field::figure(format!("{}, {}", it.text(), it.over()), it.ratio),
            })
        });
    }
    table.table.titled(metric.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::tests::{measured, run, tables, texts_of};

    #[test]
    fn overhead_is_a_mean_over_the_inputs_of_a_load_with_native_code_as_it_ships() {
        let run = run();
        let rows = [
            // Native too, but not what ships.
            measured("merge/1KB/random/native:host", 0.5, 10.0),
            measured("merge/1KB/random/native:release", 1.0, 10.0),
            measured("merge/10KB/random/native:release", 1.0, 100.0),
            measured("merge/1MB/random/native:release", 1.0, 100.0),
            measured("merge/1KB/random/wasmtime:aot", 2.0, 20.0),
            measured("merge/10KB/random/wasmtime:aot", 8.0, 150.0),
            measured("merge/1MB/random/wasmtime:aot", 3.0, 150.0),
            measured("quick/1MB/random/wasmtime:aot", 99.0, 150.0),
        ];
        // Of native's memory that of 1KB cannot be seen.
        let rows = rows.map(|row| Row {
            memory_floor_bytes: 15e6,
            ..row
        });
        let results = Results::new(&run, &rows);
        let found = |metric| -> Vec<(String, Load, f64, usize)> {
            let overheads = overheads(&results, metric).into_iter();
            let text = |(load, it): (Load, Comparison)| {
                let ratio = (1e6 * it.ratio).round() / 1e6;
                (it.a.to_string(), load, ratio, it.inputs.len())
            };
            overheads.map(text).collect()
        };
        let aot = || "wasmtime:aot".to_owned();
        let host = ("native:host".to_owned(), Load::Light, 0.5, 1);
        let wall = [
            host,
            (aot(), Load::Light, 4.0, 2),
            (aot(), Load::Medium, 3.0, 1),
        ];
        assert_eq!(found(Metric::Wall), wall);
        let memory = [(aot(), Load::Light, 1.5, 1), (aot(), Load::Medium, 1.5, 1)];
        assert_eq!(found(Metric::Memory), memory);
        let pieces = pieces(&results);
        let host = texts_of(tables(&pieces)[0])[0][1];
        assert!(host.ends_with(", over 1 input"), "a mean over less: {host}");
        let ledger = results.ledger.all();
        let interval = ledger[1].interval.unwrap();
        assert!(interval.low <= ledger[1].ratio && ledger[1].ratio <= interval.high);
    }
}
