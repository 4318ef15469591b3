//! What is found of a claim, and what cells without figures leave of it.

use crate::model::{EngineMode, Outcome, Row, distinct, of_mode};
use crate::questions::Comparison;

/// What is found of a claim. Of several findings the first of these decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    DoesNotHold,
    /// Timeout, out of memory, failed.
    DidNotFinish,
    /// Infeasible, excluded by a rule, or not planned.
    NotTried,
    /// The interval holds the bound, or there are too few pairs for one.
    Unclear,
    Holds,
}

/// What is found of a pair of modes, or of one.
#[derive(Debug)]
pub struct Finding {
    pub judgement: Judgement,
    pub text: String,
    /// What it rests on, where that is a ratio.
    pub comparison: Option<Comparison>,
}

impl Judgement {
    /// Of all findings.
    pub fn of(findings: &[Finding]) -> Judgement {
        let judgements = findings.iter().map(|finding| finding.judgement);
        judgements.min().unwrap_or(Judgement::NotTried)
    }

    pub fn name(self) -> &'static str {
        match self {
            Judgement::DoesNotHold => "does not hold",
            Judgement::DidNotFinish => "did not finish",
            Judgement::NotTried => "not tried",
            Judgement::Unclear => "cannot be told",
            Judgement::Holds => "holds",
        }
    }
}

impl Finding {
    pub fn new(judgement: Judgement, text: String) -> Finding {
        Finding {
            judgement,
            text,
            comparison: None,
        }
    }

    /// Of modes that have no figures to compare: why.
    pub fn absent(rows: &[&Row], modes: &[&EngineMode]) -> Finding {
        let mut judgement = Judgement::NotTried;
        let mut texts = Vec::new();
        for mode in modes {
            let own = of_mode(rows, mode);
            let mut lost = own.clone();
            lost.retain(|row| lack(row).is_some());
            let lacks = lost.iter().filter_map(|row| lack(row));
            judgement = lacks.fold(judgement, Judgement::min);
            // What a rule excludes is told where there is nothing else to tell.
            let is_excluded = lost.is_empty() && finished(&own).is_empty();
            let told = if is_excluded { &own } else { &lost };
            let mut outcomes = distinct(told.iter().map(|row| row.outcome_text()));
            if own.is_empty() {
                outcomes.push("not planned".to_owned());
            }
            if !outcomes.is_empty() {
                texts.push(format!("{mode}: {}", outcomes.join(", ")));
            }
        }
        if texts.is_empty() {
            texts.push("too few figures".to_owned());
        }
        Finding::new(judgement, texts.join("; "))
    }
}

/// What a cell without figures leaves of a claim; nothing where a rule excludes it, or its engine is
/// not there.
pub fn lack(row: &Row) -> Option<Judgement> {
    match row.outcome {
        Some(Outcome::Ok | Outcome::Impossible | Outcome::Unsupported) => None,
        None | Some(Outcome::Infeasible) => Some(Judgement::NotTried),
        Some(_) => Some(Judgement::DidNotFinish),
    }
}

pub fn finished<'r>(rows: &[&'r Row]) -> Vec<&'r Row> {
    rows.iter().copied().filter(|row| row.is_ok()).collect()
}
