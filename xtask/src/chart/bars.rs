//! Where the time goes: a bar for each engine and mode, made of the phases of a run.

use plotters::style::text_anchor::HPos;

use super::palette::{INK, PHASES};
use super::scale::{SECONDS, is_sound, linear_ticks, round_up, tick_text};
use super::style::Dash;
use super::svg::{Canvas, Font, GRID_LINE, Stroke, WIDTH, draw, text_width};
use super::{Chart, Group};
use crate::summary::Row;
use crate::units::{Load, Size, human_seconds};

const NAMES: [&str; 4] = ["start-up", "read", "sort", "write"];
/// Bars that are this many times as long as the shortest would leave nothing of it.
const LONGEST: f64 = 30.0;
/// Bars are cut only where the next one is this many times as long: more than the end of an axis
/// can be above the longest whole bar, with room and rounded up.
const GAP: f64 = 4.0;
/// Between the longest whole bar and where others are cut, as a factor.
const ROOM: f64 = 1.25;

const TOP: f64 = 82.0;
const ROW: f64 = 22.0;
const BAR: f64 = 14.0;
/// Of the mark where a bar is cut, and of what follows it.
const BREAK: f64 = 18.0;

/// An engine and mode, in seconds.
struct Bar {
    name: String,
    phases: [f64; 4],
    /// Median wall time; the phases' medians add up to about that.
    total: f64,
}

impl Bar {
    /// The total; of a bar that is cut at the end of the axis also what takes longest.
    fn text(&self, end: f64) -> String {
        let total = human_seconds(self.total);
        let longest = self
            .phases
            .iter()
            .zip(NAMES)
            .max_by(|a, b| a.0.total_cmp(b.0));
        match longest {
            Some((seconds, name)) if self.total > end => {
                format!("{total} ({:.0} % {name})", 100.0 * seconds / self.total)
            }
            _ => total,
        }
    }
}

/// One for the largest measured size of each load: light, medium, high.
pub fn charts(group: &Group) -> anyhow::Result<Vec<Chart>> {
    let largest = |load: &Load| {
        let rows = group.rows.iter().filter(|row| bar(row).is_some());
        let sizes = rows.map(|row| row.cell.size);
        sizes.filter(|size| size.load() == *load).max()
    };
    let sizes = Load::ALL.iter().filter_map(largest);
    sizes.map(|size| chart(group, size)).collect()
}

fn chart(group: &Group, size: Size) -> anyhow::Result<Chart> {
    let rows = group.rows.iter().filter(|row| row.cell.size == size);
    let mut bars: Vec<Bar> = rows.filter_map(|row| bar(row)).collect();
    bars.sort_by(|a, b| a.total.total_cmp(&b.total));
    let title = format!("{}: where the time goes at {size}", group.place);
    let bottom = TOP + bars.len() as f64 * ROW;
    let svg = draw(&title, bottom + 28.0, |canvas| {
        let note = format!(
            "medians of the phases, {}; at the end of a bar: median wall time",
            group.input
        );
        canvas.heading(&title, &note)?;
        paint(canvas, &bars, bottom)
    })?;
    Ok(Chart {
        file: format!("phases-{}-{size}.svg", group.file),
        alt: alt(group, size, &bars),
        title,
        svg,
    })
}

/// None where a phase was not measured.
fn bar(row: &Row) -> Option<Bar> {
    let phases = [
        row.startup_median_s?,
        row.read_median_s?,
        row.sort_median_s?,
        row.write_median_s?,
    ];
    let total = row.wall.as_ref().map(|wall| wall.median).filter(is_sound)?;
    Some(Bar {
        name: row.cell.engine_mode().to_string(),
        phases,
        total,
    })
}

fn paint(canvas: &Canvas, bars: &[Bar], bottom: f64) -> anyhow::Result<()> {
    let names = bars
        .iter()
        .map(|bar| text_width(&bar.name))
        .fold(0.0, f64::max);
    let totals: Vec<f64> = bars.iter().map(|bar| bar.total).collect();
    let end = axis_end(&totals);
    let texts: Vec<String> = bars.iter().map(|bar| bar.text(end)).collect();
    let texts_width = texts
        .iter()
        .map(|text| text_width(text))
        .fold(0.0, f64::max);
    let (left, right) = (names + 14.0, WIDTH - texts_width - 10.0);
    let at = |seconds: f64| left + seconds / end * (right - left);
    legend(canvas, left)?;
    for tick in linear_ticks(end) {
        canvas.line(&[(at(tick), TOP), (at(tick), bottom)], GRID_LINE)?;
        let text = tick_text(tick, SECONDS);
        canvas.text(&text, (at(tick), bottom + 14.0), HPos::Center, Font::Note)?;
    }
    for (index, (bar, text)) in bars.iter().zip(texts).enumerate() {
        let y = TOP + (index as f64 + 0.5) * ROW;
        canvas.text(&bar.name, (left - 8.0, y), HPos::Right, Font::Body)?;
        let cut = bar.total > end;
        let stop = if cut {
            right
        } else {
            at(bar.phases.iter().sum())
        };
        let visible = if cut { right - BREAK } else { stop };
        draw_phases(canvas, bar, y, |seconds| at(seconds).min(visible))?;
        if cut {
            draw_break(canvas, bar, visible, y)?;
        }
        canvas.text(&text, (stop + 6.0, y), HPos::Left, Font::Body)?;
    }
    Ok(())
}

fn draw_phases(canvas: &Canvas, bar: &Bar, y: f64, at: impl Fn(f64) -> f64) -> anyhow::Result<()> {
    let mut seconds = 0.0;
    for (phase, colour) in bar.phases.iter().zip(PHASES) {
        let (from, to) = (at(seconds), at(seconds + phase));
        seconds += phase;
        if to > from {
            canvas.rect((from, y - BAR / 2.0), (to, y + BAR / 2.0), colour)?;
        }
    }
    Ok(())
}

/// Two strokes, and the end of the bar: its last phase.
fn draw_break(canvas: &Canvas, bar: &Bar, from: f64, y: f64) -> anyhow::Result<()> {
    let (top, bottom) = (y - BAR / 2.0, y + BAR / 2.0);
    for x in [from + 4.0, from + 9.0] {
        let stroke = Stroke {
            colour: INK,
            width: 1,
            dash: Dash::Solid,
        };
        canvas.line(&[(x - 2.0, bottom + 2.0), (x + 2.0, top - 2.0)], stroke)?;
    }
    let end = from + BREAK;
    let mut phases = bar.phases.iter().zip(PHASES);
    let last = phases.rfind(|(seconds, _)| **seconds > 0.0);
    let colour = last.map_or(PHASES[0], |(_, colour)| colour);
    canvas.rect((end - 5.0, top), (end, bottom), colour)
}

fn legend(canvas: &Canvas, left: f64) -> anyhow::Result<()> {
    let mut x = left;
    for (name, colour) in NAMES.iter().zip(PHASES) {
        canvas.rect((x, 54.0), (x + 12.0, 66.0), colour)?;
        canvas.text(name, (x + 18.0, 60.0), HPos::Left, Font::Body)?;
        x += 18.0 + text_width(name) + 20.0;
    }
    Ok(())
}

/// The end of the axis: the longest of the totals (ascending), or, where that would leave nothing
/// of the shortest, a round value in the widest gap, at which longer bars are cut. At least half of
/// them are whole.
fn axis_end(totals: &[f64]) -> f64 {
    let (Some(shortest), Some(longest)) = (totals.first(), totals.last()) else {
        return 1.0;
    };
    if *longest <= LONGEST * shortest {
        return *longest;
    }
    let half = (totals.len() - 1) / 2;
    let gaps = totals[half..].windows(2);
    let widest = gaps.max_by(|a, b| (a[1] / a[0]).total_cmp(&(b[1] / b[0])));
    match widest {
        Some([whole, cut]) if *cut >= GAP * whole => round_up(ROOM * whole).min(*longest),
        _ => *longest,
    }
}

/// What the fastest and the slowest spend their time on.
fn alt(group: &Group, size: Size, bars: &[Bar]) -> String {
    let text = |bar: &Bar| {
        let phases: Vec<String> = NAMES
            .iter()
            .zip(bar.phases)
            .map(|(name, seconds)| format!("{name} {}", human_seconds(seconds)))
            .collect();
        format!(
            "{} {}: {}",
            bar.name,
            human_seconds(bar.total),
            phases.join(", ")
        )
    };
    let extremes = match bars {
        [] => String::new(),
        [only] => format!(" {}.", text(only)),
        [first, .., last] => format!(" Fastest: {}. Slowest: {}.", text(first), text(last)),
    };
    format!(
        "Bar chart of the phases of {} with {} of {size}, for {} engines and modes.{extremes}",
        group.place,
        group.input,
        bars.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_the_longest_bar_unless_short_ones_would_vanish() {
        assert_eq!(axis_end(&[]), 1.0);
        assert_eq!(axis_end(&[1.0, 7.0, 29.0]), 29.0);
        // The widest gap is from 21 to 400: 21 and some room end at 50.
        assert_eq!(axis_end(&[1.0, 2.0, 21.0, 400.0]), 50.0);
        // Half of them are whole, however short the shortest.
        assert_eq!(axis_end(&[1.0, 90.0, 91.0, 400.0]), 200.0);
        assert_eq!(axis_end(&[1.0, 400.0]), 2.0);
        // Without a gap a cut would hide a difference for nothing.
        assert_eq!(axis_end(&[1.0, 17.0, 47.0, 52.0]), 52.0);
    }
}
