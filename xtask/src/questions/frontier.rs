//! Latency against memory, and who is on the frontier: where nobody is both faster and leaner.

use std::cmp::Reverse;

use super::comparison::{Comparison, pairs};
use super::contenders::{contenders, mean};
use super::{NATIVE, Results, compiling, listed, times};
use crate::document::svg::{Against, Chart, Line, Lines, NEUTRAL, Plot, Style};
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Load, Metric, Row, Size, distinct, engine_modes, grouped, of_mode};

/// What the axes are, from the left and from below.
const METRICS: [Metric; 2] = [Metric::Wall, Metric::Memory];
/// What a small machine or container has.
const SMALL_BYTES: f64 = 64e6;

/// An engine and mode at a load.
struct Place {
    load: Load,
    mode: EngineMode,
    /// Wall time and peak memory: geometric means over the inputs of the load.
    means: [f64; 2],
    /// The largest peak of an input, and the floor.
    largest_bytes: f64,
    floor_bytes: f64,
    /// Who takes less of both by these means, and that most clearly: what this takes of that.
    beaten: Option<[Comparison; 2]>,
}

impl Place {
    fn is_native(&self) -> bool {
        self.mode.engine == NATIVE
    }

    /// Is nobody both faster and leaner, beyond noise?
    fn is_on_frontier(&self) -> bool {
        let beaten = self.beaten.iter().flatten();
        !self.is_native() && (self.beaten.is_none() || !beaten.clone().all(Comparison::is_more))
    }

    fn note(&self) -> String {
        let Some([wall, memory]) = &self.beaten else {
            return String::new();
        };
        let what = match self.is_on_frontier() {
            true => "perhaps: not told apart from",
            false => "beaten by",
        };
        let [time, room] = [wall, memory].map(|it| times(it.ratio));
        format!(
            "{what} {}: {time} of its time, {room} of its memory",
            wall.b
        )
    }
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let places = places(results);
    let loads = distinct(places.iter().map(|it| it.load)).into_iter();
    let charts = loads.filter_map(|load| chart(results, load, &places));
    let mut pieces = Piece::part(
        Piece::heading("Latency against memory"),
        "Who is on the frontier: nobody is both faster and leaner, each by its own 95 % interval. Geometric means over the inputs of a load that all have; \
         the most memory is that of the hungriest input.",
        table(places.iter().filter(|it| it.is_on_frontier())),
    );
    if !pieces.is_empty() {
        let sentences = [Some(fits(results)), compiling::sentence(results)];
        pieces.extend(sentences.into_iter().flatten().map(Piece::paragraph));
    }
    pieces.extend(charts.map(Piece::Chart));
    let others = table(
        places
            .iter()
            .filter(|it| !it.is_native() && !it.is_on_frontier()),
    );
    if !others.rows.is_empty() {
        pieces.extend(Piece::folded(
            "The others, and who beats them",
            vec![Piece::Table(others)],
        ));
    }
    pieces
}

/// At each load, the fastest first.
fn places(results: &Results) -> Vec<Place> {
    let of_load = |load| of_load(results, load).unwrap_or_default();
    Load::ALL.into_iter().flat_map(of_load).collect()
}

fn of_load(results: &Results, load: Load) -> Option<Vec<Place>> {
    let contenders = contenders(results, &METRICS, load)?;
    let work: Vec<&Row> = results.work().collect();
    let inputs = contenders.inputs.iter();
    let natives = inputs.filter_map(|rows| results.native(&work, rows[0]));
    let natives: Vec<&Row> = natives.collect();
    let mut rows = contenders.inputs.concat();
    let mut modes = contenders.modes;
    if natives.len() == contenders.inputs.len() {
        modes.push(natives[0].cell.engine_mode());
        rows.extend(natives);
    }
    let place = |mode: EngineMode| {
        let [wall_s, memory_bytes] = METRICS.map(|metric| mean(&rows, &mode, metric));
        let own = of_mode(&rows, &mode).into_iter();
        Some(Place {
            load,
            means: [wall_s?, memory_bytes?],
            largest_bytes: own
                .filter_map(|row| Metric::Memory.seen(row))
                .reduce(f64::max)?,
            floor_bytes: rows[0].memory_floor_bytes,
            mode,
            beaten: None,
        })
    };
    let mut places: Vec<Place> = modes.into_iter().filter_map(place).collect();
    places.sort_by(|a, b| a.means[0].total_cmp(&b.means[0]));
    for at in 0..places.len() {
        let beaten = beaten(results, &rows, &places[at], &places);
        places[at].beaten = beaten;
    }
    Some(places)
}

/// By the one that leads most where it leads least.
fn beaten(
    results: &Results,
    rows: &[&Row],
    place: &Place,
    all: &[Place],
) -> Option<[Comparison; 2]> {
    let lead = |other: &&Place| {
        let [wall, memory] = [0, 1].map(|at| place.means[at] / other.means[at]);
        wall.min(memory)
    };
    let others = all
        .iter()
        .filter(|it| !it.is_native() && !place.is_native());
    let best = others.max_by(|a, b| lead(a).total_cmp(&lead(b)));
    let best = best.filter(|best| lead(best) > 1.0)?;
    let cells = pairs(rows, &place.mode, &best.mode);
    let [wall, memory] = METRICS.map(|metric| results.ledger.tell(&cells, metric));
    Some([wall?, memory?])
}

fn table<'p>(places: impl Iterator<Item = &'p Place>) -> Table {
    let bytes =
        |bytes: f64, it: &Place| Field::figure(Metric::Memory.text(bytes, it.floor_bytes), bytes);
    Table::of(places)
        .column("load", |it| it.load)
        .column("engine:mode", |it| &it.mode)
        .column("latency", |it| Field::seconds(it.means[0]))
        .column("memory", |it| bytes(it.means[1], it))
        .column("most memory", |it| bytes(it.largest_bytes, it))
        .column("note", |it| it.note())
        .table
}

/// Up to which size nothing that an engine and mode was measured on needs more.
fn fits(results: &Results) -> String {
    let mut rows: Vec<&Row> = results.work().collect();
    rows.retain(|row| row.cell.engine != NATIVE);
    rows.sort_by_key(|row| row.cell.size);
    let fits = |row: &Row| {
        let peaks = Metric::Memory.values(row);
        peaks.into_iter().all(|bytes| bytes <= SMALL_BYTES)
    };
    let up_to = |mode: &EngineMode| {
        let own = of_mode(&rows, mode);
        let first = own.iter().find(|row| !fits(row)).map(|row| row.cell.size);
        let sizes = own.iter().map(|row| row.cell.size);
        sizes.take_while(|size| Some(*size) != first).last()
    };
    let modes = engine_modes(rows.iter().copied()).into_iter();
    let mut groups = grouped(modes.map(|mode| (up_to(&mode), mode)), |a, b| a.0 == b.0);
    groups.sort_by_key(|group| Reverse(group[0].0));
    let text = |group: &Vec<(Option<Size>, EngineMode)>| {
        let modes: Vec<EngineMode> = group.iter().map(|(_, mode)| mode.clone()).collect();
        let size = group[0]
            .0
            .map_or("none".to_owned(), |size| format!("up to {size}"));
        format!("{size} with {}", listed(&modes))
    };
    let texts: Vec<String> = groups.iter().map(text).collect();
    format!("**In 64 MB** fit inputs {}.", texts.join("; "))
}

/// None where there is nothing to choose from.
fn chart(results: &Results, load: Load, places: &[Place]) -> Option<Chart> {
    let own: Vec<&Place> = places.iter().filter(|it| it.load == load).collect();
    let line = |it: &&Place| Line {
        name: it.mode.to_string(),
        style: results.style(&it.mode),
        points: vec![it.means.into()],
    };
    let mut lines: Vec<Line> = own.iter().map(line).collect();
    let unbeaten = own
        .iter()
        .filter(|it| it.beaten.is_none() && !it.is_native());
    lines.push(Line {
        name: "the frontier".to_owned(),
        style: Style {
            colour: NEUTRAL,
            dash: "2 3",
            marker: "",
        },
        points: unbeaten.map(|it| it.means.into()).collect(),
    });
    (own.len() > 1).then(|| Chart {
        file: format!("frontier-{load}.svg"),
        title: format!("Latency against memory at {load} loads"),
        note: "geometric means over the inputs of the load; both axes logarithmic; lower left is better".to_owned(),
        plot: Plot::Lines(Lines {
            against: Against::Metric(Metric::Wall),
            metric: Metric::Memory,
            floor: None,
            lines,
        }),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::questions::tests::{around, measured, run, tables, texts_of};

    #[test]
    fn who_takes_more_of_both_is_beaten_by_the_one_that_leads_most() {
        let run = run();
        let rows = [
            measured("merge/1KB/random/native:release", 0.001, 1.0),
            measured("merge/1KB/random/wasmtime:aot", 0.010, 30.0),
            measured("merge/1KB/random/wasmer:aot", 0.020, 20.0),
            measured("merge/1KB/random/node:js", 0.040, 50.0),
        ];
        let pieces = pieces(&Results::new(&run, &rows));
        let tables: Vec<_> = tables(&pieces).into_iter().map(texts_of).collect();
        let place = |mode, time, memory, note| ["light", mode, time, memory, memory, note];
        let frontier = [
            place("wasmtime:aot", "10.0 ms", "30.0 MB", ""),
            place("wasmer:aot", "20.0 ms", "20.0 MB", ""),
        ];
        assert_eq!(tables[0], frontier);
        let beaten = "beaten by wasmer:aot: 2.00× of its time, 2.50× of its memory";
        assert_eq!(tables[1], [place("node:js", "40.0 ms", "50.0 MB", beaten)]);
        let charts: Vec<&Chart> = pieces.iter().flat_map(Piece::charts).collect();
        let [
            Chart {
                plot: Plot::Lines(lines),
                ..
            },
        ] = charts[..]
        else {
            panic!("{charts:?}")
        };
        assert_eq!(
            lines.lines.len(),
            5,
            "the yardstick is there, and the frontier"
        );
        assert_eq!(lines.lines[4].points.len(), 2);
    }

    #[test]
    fn who_is_not_told_apart_is_not_beaten() {
        let run = run();
        let mut mixed = around(1.003);
        mixed.reverse();
        let mut rows = [
            measured("merge/1KB/random/wasmtime:aot", 1.0, 30.0),
            measured("merge/1KB/random/wasmer:aot", 1.0, 31.0),
        ];
        for (sample, wall_s) in rows[1].samples.iter_mut().zip(mixed) {
            Arc::make_mut(sample).wall_s = Some(wall_s);
        }
        let pieces = pieces(&Results::new(&run, &rows));
        let [frontier] = tables(&pieces)[..] else {
            panic!("{pieces:?}")
        };
        let note = texts_of(frontier)[1][5];
        assert!(
            note.starts_with("perhaps: not told apart from wasmtime:aot"),
            "{note}"
        );
    }

    #[test]
    fn what_fits_is_told_by_the_largest_peak_of_any_input() {
        let run = run();
        let rows = [
            measured("merge/1KB/random/wasmtime:aot", 1.0, 10.0),
            measured("merge/1MB/random/wasmtime:aot", 1.0, 30.0),
            measured("quick/1MB/random/wasmtime:aot", 1.0, 64.0),
            measured("merge/1KB/random/wasmer:aot", 1.0, 10.0),
            measured("merge/1KB/random/node:js", 1.0, 65.0),
            measured("merge/1MB/random/wasmer:aot", 1.0, 11.0),
        ];
        let text = fits(&Results::new(&run, &rows));
        assert_eq!(
            text,
            "**In 64 MB** fit inputs up to 1MB with wasmer:aot; up to 1KB with wasmtime:aot; none with node:js."
        );
    }
}
