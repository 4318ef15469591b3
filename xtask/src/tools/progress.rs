//! Shows what installs are doing: a line each on a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::model::human_seconds;

const REDRAW: Duration = Duration::from_millis(200);

/// What one of several things is doing that run side by side.
pub struct Row {
    all: MultiProgress,
    /// Its message is what is being done.
    pub(super) bar: ProgressBar,
}

impl Row {
    /// A row below those that `all` has.
    pub fn new(all: &MultiProgress, name: &str) -> Row {
        let template = "{spinner} {prefix} {wide_msg} {elapsed_precise}";
        // The template is a constant; the default style is no reason to stop.
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_prefix(name.to_owned());
        let bar = all.add(bar.with_style(style));
        bar.enable_steady_tick(REDRAW);
        let all = all.clone();
        Row { all, bar }
    }

    /// Says what is being done, once.
    pub fn say(&self, text: &str) {
        if self.all.is_hidden() && self.bar.message() != text {
            eprintln!("{} {text}", self.bar.prefix());
        }
        self.bar.set_message(text.to_owned());
    }

    /// Ends the row with a last word, which stays on the screen.
    pub fn end(&self, outcome: &str) {
        let took = human_seconds(self.bar.elapsed().as_secs_f64());
        self.bar.finish_and_clear();
        self.print(&format!("{outcome} after {took}"));
    }

    /// Prints a line that stays, above the rows.
    pub fn print(&self, text: &str) {
        let line = format!("{} {text}", self.bar.prefix());
        self.all.suspend(|| eprintln!("{line}"));
    }
}

impl Drop for Row {
    /// One that ended without a last word leaves nothing on the screen.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_what_it_does_and_goes_when_it_ends() {
        let all = MultiProgress::with_draw_target(indicatif::ProgressDrawTarget::hidden());
        let row = Row::new(&all, "a");
        row.say("unpacking");
        assert_eq!(
            (row.bar.prefix(), row.bar.message()),
            ("a".into(), "unpacking".into())
        );
        assert!(!row.bar.is_finished());
        row.end("installed");
        assert!(row.bar.is_finished());
    }
}
