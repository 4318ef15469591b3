//! Seconds as bars made of parts, one below the other, on a linear axis that begins at 0.

use super::canvas::{Canvas, TOP, WIDTH, width};
use super::scale::{LinearScale, is_sound, round_up, tick_text};
use crate::model::Unit;

/// Bars that are this many times as long as the shortest would leave nothing of it.
const LONGEST: f64 = 30.0;
/// Bars are cut only where the next one is this many times as long: more than the end of an axis
/// can be above the longest whole bar, with room and rounded up.
const GAP: f64 = 4.0;
/// Between the longest whole bar and where others are cut, as a factor.
const ROOM: f64 = 1.25;

const LEGEND: f64 = 22.0;
const ROW: f64 = 22.0;
/// Half of a bar.
const HALF: f64 = 7.0;
/// Of the mark where a bar is cut, and of what follows it.
const BREAK: f64 = 18.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What each bar is made of, from the left, with their colours.
    pub parts: Vec<(&'static str, &'static str)>,
    /// From the top.
    pub bars: Vec<Bar>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub name: String,
    /// Seconds, as many as there are names of parts. None below 0.
    pub parts: Vec<f64>,
    /// At its end.
    pub text: String,
}

impl Bar {
    fn length(&self) -> f64 {
        self.parts.iter().sum()
    }
}

impl Bars {
    /// Returns the height of the chart.
    pub fn draw(&self, canvas: &mut Canvas) -> f64 {
        let end = axis_end(self.bars.iter().map(Bar::length).collect());
        let texts: Vec<String> = self.bars.iter().map(|bar| self.text(bar, end)).collect();
        let left = width(self.bars.iter().map(|bar| bar.name.as_str())) + 14.0;
        let right = WIDTH - width(texts.iter().map(String::as_str)) - 10.0;
        let pixels = (left, right);
        let x = LinearScale { end, pixels };
        self.draw_legend(canvas, left);
        let top = TOP + LEGEND;
        let bottom = top + self.bars.len() as f64 * ROW;
        for tick in x.ticks() {
            canvas.column(x.at(tick), (top, bottom), &tick_text(tick, Unit::Seconds));
        }
        for (index, (bar, text)) in self.bars.iter().zip(texts).enumerate() {
            let y = top + (index as f64 + 0.5) * ROW;
            canvas.text("end", (left - 8.0, y), &bar.name);
            self.draw_bar(canvas, bar, y, &x);
            canvas.text("", (x.at(bar.length().min(end)) + 6.0, y), &text);
        }
        bottom + 28.0
    }

    /// That of the bar; where it is cut also what is longest in it.
    fn text(&self, bar: &Bar, end: f64) -> String {
        let parts = bar.parts.iter().zip(&self.parts);
        match parts.max_by(|a, b| a.0.total_cmp(b.0)) {
            Some((part, (name, _))) if bar.length() > end => {
                let percent = 100.0 * part / bar.length();
                format!("{} ({percent:.0} % {name})", bar.text)
            }
            _ => bar.text.clone(),
        }
    }

    fn draw_legend(&self, canvas: &mut Canvas, left: f64) {
        let mut x = left;
        for (name, colour) in &self.parts {
            canvas.rect((x, TOP - 6.0), (x + 12.0, TOP + 6.0), colour);
            canvas.text("", (x + 18.0, TOP), name);
            x += 18.0 + width([*name]) + 20.0;
        }
    }

    /// A bar that is longer than the axis has a gap before its end, with two strokes in it.
    fn draw_bar(&self, canvas: &mut Canvas, bar: &Bar, y: f64, x: &LinearScale) {
        let right = x.at(x.end);
        let is_cut = bar.length() > x.end;
        let whole_until = right - if is_cut { BREAK } else { 0.0 };
        let (top, bottom) = (y - HALF, y + HALF);
        let mut length = 0.0;
        for (part, (_, colour)) in bar.parts.iter().zip(&self.parts) {
            let from = x.at(length).min(whole_until);
            length += part;
            let to = x.at(length).min(whole_until);
            if to > from {
                canvas.rect((from, top), (to, bottom), colour);
            }
            if is_cut && *part > 0.0 && length >= bar.length() {
                canvas.rect((right - 5.0, top), (right, bottom), colour);
            }
        }
        if is_cut {
            for x in [whole_until + 4.0, whole_until + 9.0] {
                canvas.rule("", (x - 2.0, bottom + 2.0), (x + 2.0, top - 2.0));
            }
        }
    }
}

/// The end of the axis: the longest of the lengths, or, where that would leave nothing of the
/// shortest, a round value in the widest gap, at which longer bars are cut. At least half of
/// them are whole.
fn axis_end(mut lengths: Vec<f64>) -> f64 {
    lengths.retain(is_sound);
    lengths.sort_by(f64::total_cmp);
    let (Some(shortest), Some(longest)) = (lengths.first(), lengths.last()) else {
        return 1.0;
    };
    if *longest <= LONGEST * shortest {
        return *longest;
    }
    let half = (lengths.len() - 1) / 2;
    let gaps = lengths[half..].windows(2);
    let widest = gaps.max_by(|a, b| (a[1] / a[0]).total_cmp(&(b[1] / b[0])));
    match widest {
        Some([whole, cut]) if *cut >= GAP * whole => round_up(ROOM * whole).min(*longest),
        _ => *longest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_the_longest_bar_unless_short_ones_would_vanish() {
        let end = |lengths: &[f64]| axis_end(lengths.to_vec());
        assert_eq!(end(&[]), 1.0);
        assert_eq!(end(&[0.0, 3.0, f64::NAN]), 3.0);
        assert_eq!(end(&[7.0, 1.0, 29.0]), 29.0);
        // The widest gap is from 21 to 400: 21 and some room end at 50.
        assert_eq!(end(&[1.0, 2.0, 21.0, 400.0]), 50.0);
        // Half of them are whole, however short the shortest.
        assert_eq!(end(&[1.0, 90.0, 91.0, 400.0]), 200.0);
        assert_eq!(end(&[1.0, 400.0]), 2.0);
        // Without a gap a cut would hide a difference for nothing.
        assert_eq!(end(&[1.0, 17.0, 47.0, 52.0]), 52.0);
    }
}
