//! How rows stand beside each other, once for tables, charts, sheets and questions.

use std::collections::BTreeSet;

use super::cell::EngineMode;
use super::units::{Load, Size};
use super::{Metric, Row, distinct, grouped};
use crate::data::Distribution;

/// Rows that may stand in one table: one workload and distribution on one machine, a line a size,
/// a column an engine and mode. Never empty.
#[derive(Clone)]
pub struct Grid<'r> {
    /// Ascending.
    pub sizes: Vec<Size>,
    /// In the order of the rows.
    pub modes: Vec<EngineMode>,
    /// In the order of the plan.
    pub rows: Vec<&'r Row>,
}

/// The rows of each input, one machine's together, in their order.
pub fn inputs<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Vec<Vec<&'r Row>> {
    grouped(rows, |row, other| row.same_input(other))
}

/// All rows, each in the grid that it belongs to, in their order.
pub fn grids<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Vec<Grid<'r>> {
    let groups = grouped(rows, |row, other| {
        let (cell, other_cell) = (&row.cell, &other.cell);
        cell.workload == other_cell.workload
            && cell.distribution == other_cell.distribution
            && row.machine == other.machine
    });
    groups.into_iter().map(Grid::new).collect()
}

/// Of each workload and machine only the grid of random input, or of the next distribution there is.
pub fn main_grids<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Vec<Grid<'r>> {
    let all = grids(rows);
    let is_main = |grid: &&Grid| {
        let mut same = all.iter().filter(|other| other.place() == grid.place());
        same.all(|other| other.distribution() >= grid.distribution())
    };
    all.iter().filter(is_main).cloned().collect()
}

/// The engines and modes of these rows, each once, in their order.
pub fn engine_modes<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Vec<EngineMode> {
    distinct(rows.into_iter().map(|row| row.cell.engine_mode()))
}

/// The rows of an engine and mode.
pub fn of_mode<'r>(rows: &[&'r Row], mode: &EngineMode) -> Vec<&'r Row> {
    let own = rows.iter().copied();
    own.filter(|row| row.cell.is_of(mode)).collect()
}

impl<'r> Grid<'r> {
    fn new(rows: Vec<&'r Row>) -> Grid<'r> {
        let sizes: BTreeSet<Size> = rows.iter().map(|row| row.cell.size).collect();
        Grid {
            sizes: sizes.into_iter().collect(),
            modes: engine_modes(rows.iter().copied()),
            rows,
        }
    }

    /// `merge, random`, with the machine where there are several.
    pub fn title(&self) -> String {
        let (workload, distribution) = (self.workload(), self.distribution());
        format!("{workload}, {distribution}{}", self.rows[0].place())
    }

    /// `merge`, with the machine where there are several.
    pub fn place(&self) -> String {
        format!("{}{}", self.workload(), self.rows[0].place())
    }

    /// `random input`
    pub fn input(&self) -> String {
        format!("{} input", self.distribution())
    }

    /// The same place, as part of a file's name.
    pub fn file(&self) -> String {
        let odd = |c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c);
        let host = self.machine().into_iter();
        let host: String = host
            .map(|host| format!("-{}", host.replace(odd, "_")))
            .collect();
        format!("{}{host}", self.workload())
    }

    pub fn workload(&self) -> &'r str {
        &self.rows[0].cell.workload
    }

    pub fn distribution(&self) -> Distribution {
        self.rows[0].cell.distribution
    }

    /// Only in a run of several machines.
    pub fn machine(&self) -> Option<&'r str> {
        self.rows[0].machine.as_deref()
    }

    /// None where the cell was not planned.
    pub fn get(&self, size: Size, mode: &EngineMode) -> Option<&'r Row> {
        let mut rows = self.rows.iter().copied();
        rows.find(|row| row.cell.size == size && row.cell.is_of(mode))
    }

    /// What can be drawn of an engine and mode: bytes of the input, ascending, and the figure.
    pub fn points(&self, mode: &EngineMode, metric: Metric) -> Vec<(f64, f64)> {
        let point = |size: &Size| {
            let figure = metric.drawn(self.get(*size, mode)?)?;
            Some((size.bytes as f64, figure))
        };
        self.sizes.iter().filter_map(point).collect()
    }

    /// The sizes of a load, ascending.
    pub fn of_load(&self, load: Load) -> impl Iterator<Item = Size> {
        let sizes = self.sizes.iter().copied();
        sizes.filter(move |size| size.load() == load)
    }

    /// The part of the largest size of each load.
    pub fn largest(&self) -> impl Iterator<Item = Grid<'r>> {
        let largest = |load| {
            let size = self.of_load(load).last()?;
            let rows = self.rows.iter().copied();
            let rows = rows.filter(|row| row.cell.size == size);
            Some(Grid::new(rows.collect()))
        };
        Load::ALL.into_iter().filter_map(largest)
    }
}
