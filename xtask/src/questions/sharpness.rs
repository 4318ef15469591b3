//! How sharp a run's ratios became: what the instrument can see.

use std::collections::HashMap;

use super::comparison::{Comparison, compare, percent};
use super::{Results, Run};
use crate::document::{Field, Piece, Table};
use crate::model::{Kind, Load, Metric, Outcome, Row, inputs};
use crate::plan::pace::Pace;
use crate::stats;

/// At one load, of the ratios between modes of one input whose pilots differ by less than a factor
/// of 2, as shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharpness {
    pub load: Load,
    pub ratios: usize,
    /// The difference that is seen in 80 of 100 cases: of the median ratio, and of the 90th in 100.
    pub seen: f64,
    pub seen_by_most: f64,
    /// Half-width of the widest interval.
    pub widest: f64,
}

/// One for each load that has such ratios; `rows` are the run's.
pub fn sharpness(run: &Run, rows: &[Row]) -> Vec<Sharpness> {
    let pilots = run.samples.iter();
    let pilots = pilots.filter(|it| it.kind == Kind::Pilot && it.outcome == Outcome::Ok);
    let pilots: HashMap<&str, f64> = pilots
        .filter_map(|sample| Some((sample.cell.as_str(), sample.wall_s?)))
        .collect();
    let pilot_s = |row: &&Row| pilots.get(&*row.cell.to_string()).copied().unwrap_or(0.0);
    let comparable = |rows: Vec<&Row>, load: Load| {
        let pace = Pace::new(load, rows.iter().map(pilot_s).collect(), 0);
        let pairs = pace.comparable().into_iter();
        let comparison = |(a, b): (usize, usize)| compare(&[(rows[a], rows[b])], Metric::Wall);
        pairs.filter_map(comparison).collect::<Vec<_>>()
    };
    let of_load = |load: Load| {
        let is_own = |row: &&Row| row.is_ok() && row.cell.size.load() == load;
        let inputs = inputs(rows.iter().filter(is_own)).into_iter();
        let comparisons: Vec<Comparison> = inputs.flat_map(|it| comparable(it, load)).collect();
        let seen = comparisons.iter().filter_map(Comparison::detectable);
        let mut seen: Vec<f64> = seen.collect();
        seen.sort_by(f64::total_cmp);
        let at = |share: f64| seen[((seen.len() - 1) as f64 * share).round() as usize];
        let widest = comparisons.iter().filter_map(Comparison::half_width);
        let widest = widest.reduce(f64::max)?;
        Some(Sharpness {
            load,
            ratios: seen.len(),
            seen: stats::median(&seen)?,
            seen_by_most: at(0.9),
            widest,
        })
    };
    Load::ALL.into_iter().filter_map(of_load).collect()
}

/// `differences of 3.1 % at light and 4 % at medium loads would have been seen`
pub fn sentence(results: &Results) -> Option<String> {
    let parts = results.sharpness.iter();
    let parts: Vec<String> = parts
        .map(|it| format!("{} at {}", percent(it.seen), it.load))
        .collect();
    let (last, others) = parts.split_last()?;
    let all = match others {
        [] => last.clone(),
        others => format!("{} and {last}", others.join(", ")),
    };
    Some(format!("differences of {all} loads would have been seen"))
}

/// What each load's ratios show, with the sharp and the blunt ones.
pub fn pieces(results: &Results) -> Vec<Piece> {
    let share =
        |of: fn(&Sharpness) -> f64| move |it: &Sharpness| Field::figure(percent(of(it)), of(it));
    let table = Table::of(results.sharpness.clone())
        .column("load", |it| it.load)
        .column("ratios", |it| Field::count(it.ratios))
        .column("seen in the median", share(|it| it.seen))
        .column("in nine of ten", share(|it| it.seen_by_most))
        .column("the widest interval, ±", share(|it| it.widest))
        .table;
    Piece::part(
        Piece::heading("How sure it is"),
        "What is seen: the difference that is found in 80 of 100 cases, between two modes of one input whose pilots differ by less than a factor of 2. \
         What would change it: intervals cover this machine, these builds and these inputs, and others may have another order.",
        table,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Sample;
    use crate::model::tests::row;
    use crate::questions::tests::{run_of, sampled, texts};

    #[test]
    fn only_ratios_between_modes_that_are_near_each_other_count() {
        let walls = |by: f64| -> Vec<f64> {
            (0..20)
                .map(|i| by * (1.0 + 0.02 * f64::from(i % 3)))
                .collect()
        };
        let names = [
            ("merge/1KB/random/wasmtime:aot", 1.0),
            ("merge/1KB/random/wasmer:aot", 1.5),
            ("merge/1KB/random/node:js", 9.0),
        ];
        let rows: Vec<Row> = names
            .iter()
            .enumerate()
            .map(|(i, (name, by))| {
                let mut walls = walls(*by);
                walls.rotate_left(i);
                sampled(row(name), &walls)
            })
            .collect();
        let pilots = names.map(|(name, wall_s)| Sample {
            cell: name.to_owned(),
            kind: Kind::Pilot,
            round: 0,
            ..crate::model::tests::sample(wall_s, [0.0; 3], 1e6)
        });
        let run = run_of(pilots.to_vec());
        let results = Results::new(&run, &rows);
        let [light] = results.sharpness[..] else {
            panic!("one load")
        };
        assert_eq!((light.load, light.ratios), (Load::Light, 1));
        assert!(light.widest < light.seen && light.seen == light.seen_by_most);
        let pieces = pieces(&results);
        let row = &texts(&pieces)[0];
        assert_eq!(row[..2], ["light", "1"]);
        assert!(row[2] == row[3] && row[2].ends_with(" %"), "{row:?}");
        let text = sentence(&results).unwrap();
        assert!(
            text.ends_with("at light loads would have been seen"),
            "{text}"
        );
        let none = Results::new(&run, &[]);
        assert_eq!((sentence(&none), super::pieces(&none)), (None, Vec::new()));
    }
}
