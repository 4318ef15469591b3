//! Puts the main table and chart of a run into a text file, such as README.md.

use anyhow::Context;

use crate::document::svg::Chart;
use crate::document::{Piece, markdown};
use crate::questions::{Results, answer, frontier, sharpness, sizes};

/// Starts the first marker; the run's folder follows, as seen from the file.
const BEGIN: &str = "<!-- report: ";
const END: &str = "<!-- report end -->";

/// The text with what stands between its markers replaced by the excerpt of a run. `folder` is
/// the run's folder as seen from the file: `results/RUN`.
///
/// # Errors
/// When the markers are not there once each, in their order.
pub fn splice(text: &str, folder: &str, excerpt: &str) -> anyhow::Result<String> {
    let is_once = |mark: &str| text.matches(mark).count() == 1;
    let marked = text
        .split_once(BEGIN)
        .filter(|_| is_once(BEGIN) && is_once(END));
    let parts = marked.and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.with_context(|| {
        format!(
            "it must hold \"{BEGIN}RUN -->\" once, and after it \"{END}\" once: put them where the report shall be"
        )
    })?;
    Ok(format!(
        "{before}{BEGIN}{folder} -->\n{excerpt}{END}{after}"
    ))
}

/// What a run says in short: which engine for which goal, how sure that is, who is on the frontier,
/// and the chart of latency.
pub fn excerpt(results: &Results, folder: &str) -> String {
    let run = results.run;
    let machine = &run.environment.machine;
    let mut pieces = vec![Piece::paragraph(format!(
        "Profile `{}`: {} of each cell on {} with {} cores. Light is below 1MB, medium below 100MB, high \
         from 100MB; times are geometric means over the sorts and sizes of a load.",
        run.plan.profile,
        run.plan.samples_each(),
        machine.cpu,
        machine.cores
    ))];
    let answer = answer::pieces(results).into_iter();
    pieces.extend(answer.filter(|piece| matches!(piece, Piece::Table(_))));
    let seen = sharpness::sentence(results);
    pieces.extend(seen.map(|seen| Piece::paragraph(format!("Between similar modes {seen}."))));
    let frontier = frontier::pieces(results).into_iter();
    pieces.extend(frontier.filter(|piece| matches!(piece, Piece::Table(_) | Piece::Paragraph(_))));
    let sizes = sizes::pieces(results);
    let charts: Vec<&Chart> = sizes.iter().flat_map(Piece::charts).collect();
    let is_of_merge = |chart: &&&Chart| chart.file.starts_with("latency-merge");
    let chart = charts.iter().find(is_of_merge).or(charts.first());
    pieces.extend(chart.map(|chart| Piece::Chart((*chart).clone())));
    let text = markdown::pieces(&pieces).replace("(charts/", &format!("({folder}/charts/"));
    format!(
        "\n{text}\nAll of it: [report.md]({folder}/report.md), `report.html`, `report.xlsx` and the raw samples, in `{folder}`.\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A\n\n<!-- report: results/old -->\nold\n<!-- report end -->\nafter\n";

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let new = splice(TEXT, "results/new", "text\n").unwrap();
        assert_eq!(
            new,
            "# A\n\n<!-- report: results/new -->\ntext\n<!-- report end -->\nafter\n"
        );
        assert_eq!(splice(&new, "results/new", "text\n").unwrap(), new);
    }

    #[test]
    fn markers_must_be_there_once_and_in_order() {
        for text in [
            String::new(),
            TEXT.replace("<!-- report end -->", ""),
            format!("{TEXT}{TEXT}"),
            "<!-- report end --> <!-- report: x -->".to_owned(),
            format!("{END}{END}"),
            format!("{BEGIN}x -->{BEGIN}x -->"),
        ] {
            assert!(splice(&text, "results/new", "").is_err(), "{text}");
        }
    }
}
