//! Shards: parts of one plan for several machines, and their plans joined again.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use anyhow::{bail, ensure};
use serde::{Deserialize, Serialize};

use super::{Plan, PlannedCell};
use crate::config::Config;
use crate::model::{Cell, grouped};

/// One of several parts of a plan, counted from 1; written `2/4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub index: usize,
    pub of: usize,
}

impl FromStr for Shard {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Shard> {
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((index, of)) if (1..=of).contains(&index) => Ok(Shard { index, of }),
            _ => bail!("\"{text}\" is not a shard: write for example \"2/4\", the second of four"),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl Shard {
    /// Keeps the shard's cells. Inputs, whose engines are compared and so stay on one machine, are
    /// dealt out from the most to the least expensive, there and back, so that shards take about as
    /// long as each other.
    pub fn keep(self, config: &Config, mut cells: Vec<Cell>) -> Vec<Cell> {
        let cost = |cell: &Cell| {
            let workload = config.workload(&cell.workload);
            workload.map_or(0.0, |it| it.complexity().cost(cell.size.bytes))
        };
        let mut inputs = grouped(&cells, |a, b| a.same_input(b));
        inputs.sort_by(|a, b| cost(b[0]).total_cmp(&cost(a[0])));
        let mut dealt_to = (1..=self.of).chain((1..=self.of).rev()).cycle();
        inputs.retain(|_| dealt_to.next() == Some(self.index));
        let own: HashSet<String> = inputs.iter().map(|input| input[0].input()).collect();
        cells.retain(|cell| own.contains(&cell.input()));
        cells
    }
}

/// Joins the plans of shards, each with the name of its folder for messages.
///
/// # Errors
/// When they are not shards of one plan, two hold the same cell, or one is missing or not finished.
pub fn join(shards: &[(String, Plan)]) -> anyhow::Result<Plan> {
    let Some((name, first)) = shards.first() else {
        bail!("no run was named; name the folders of all shards")
    };
    let Some(Shard { of, .. }) = first.shard else {
        bail!("\"{name}\" is no shard: it was made without --shard")
    };
    let mut cells: Vec<PlannedCell> = Vec::new();
    for (name, plan) in shards {
        check(&shards[0], name, plan)?;
        let is_there = |it: &&PlannedCell| cells.iter().any(|other| other.name == it.name);
        if let Some(PlannedCell { name: twice, .. }) = plan.cells.iter().find(is_there) {
            bail!("\"{name}\": cell \"{twice}\" is in another shard too; name each shard once");
        }
        cells.extend_from_slice(&plan.cells);
    }
    let there: Vec<Option<Shard>> = shards.iter().map(|(_, plan)| plan.shard).collect();
    let all = (1..=of).map(|index| Shard { index, of });
    let absent = all.filter(|shard| !there.contains(&Some(*shard)));
    let absent: Vec<String> = absent.map(|shard| shard.to_string()).collect();
    if !absent.is_empty() {
        let absent = absent.join(", ");
        bail!("shard {absent} is missing; name the folders of all {of} shards");
    }
    Ok(Plan {
        shard: None,
        cells,
        ..first.clone()
    })
}

/// Is this plan finished, and of the same whole as the first?
fn check((first_name, first): &(String, Plan), name: &str, plan: &Plan) -> anyhow::Result<()> {
    let bare = |plan: &Plan| Plan {
        cells: Vec::new(),
        // Of the shard only its N.
        shard: plan.shard.map(|Shard { of, .. }| Shard { index: 0, of }),
        ..plan.clone()
    };
    let differences = bare(first).differences(&bare(plan))?;
    ensure!(
        differences.is_empty(),
        "\"{first_name}\" and \"{name}\" are not shards of one plan:\n  {}",
        differences.join("\n  ")
    );
    match plan.cells.iter().find(|it| it.outcome.is_none()) {
        Some(PlannedCell { name: open, .. }) => bail!(
            "\"{name}\" is not finished: cell \"{open}\" is open; go on with it: cargo xtask bench --resume"
        ),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Overrides, Selection};
    use super::*;
    use crate::config::tests::study;
    use crate::model::Outcome;
    use proptest::prelude::*;

    fn plan(shard: Option<&str>) -> Plan {
        let selection = Selection {
            profile: Some("thesis".to_owned()),
            ..Selection::default()
        };
        let overrides = Overrides {
            shard: shard.map(str::to_owned),
            ..Overrides::default()
        };
        let mut plan = Plan::new(&study(), &selection, &overrides).unwrap();
        for planned in &mut plan.cells {
            planned.conclude(Outcome::Ok, None);
        }
        plan
    }

    fn part(name: &str, shard: &str) -> (String, Plan) {
        let mut plan = plan(Some(shard));
        for planned in &mut plan.cells {
            planned.machine = Some(name.to_owned());
        }
        (name.to_owned(), plan)
    }

    fn error(parts: Vec<(String, Plan)>) -> String {
        join(&parts).unwrap_err().to_string()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn shards_are_a_partition_and_keep_groups_together(of in 1usize..9) {
            let shards: Vec<Plan> = (1..=of).map(|index| plan(Some(&format!("{index}/{of}")))).collect();
            let mut names: Vec<String> = shards.iter().flat_map(|plan| plan.cells.iter().map(|cell| cell.name.clone())).collect();
            let mut all: Vec<String> = plan(None).cells.iter().map(|cell| cell.name.clone()).collect();
            names.sort();
            all.sort();
            prop_assert_eq!(names, all);
            let groups: Vec<HashSet<String>> = shards.iter().map(|plan| plan.cells.iter().map(|cell| cell.cell.input()).collect()).collect();
            for (i, a) in groups.iter().enumerate() {
                prop_assert!(groups[i + 1..].iter().all(|b| a.is_disjoint(b)));
            }
        }
    }

    #[test]
    fn all_shards_make_the_whole_plan_again() {
        let joined = join(&[part("b", "2/2"), part("a", "1/2")]).unwrap();
        assert_eq!(joined.cells.len(), plan(None).cells.len());
        let host_of = |name: &str| {
            joined
                .cells
                .iter()
                .find(|cell| cell.name.starts_with(name))
                .unwrap()
                .machine
                .clone()
        };
        assert_ne!(
            host_of("merge/500MB"),
            host_of("quick/500MB"),
            "the two most expensive groups are on two machines"
        );
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        assert!(error(vec![]).contains("no run was named"));
        assert!(error(vec![part("a", "1/2")]).contains("shard 2/2 is missing"));
        assert!(
            error(vec![part("a", "1/2"), part("b", "1/2")]).contains("is in another shard too")
        );
        assert!(error(vec![part("a", "1/2"), part("b", "2/3")]).contains("shard.of: was 2, is 3"));
        let mut other = part("b", "2/2");
        other.1.runs = 3;
        assert!(error(vec![part("a", "1/2"), other]).contains("runs: was 15, is 3"));
        let mut open = part("b", "2/2");
        open.1.cells.iter_mut().for_each(|cell| cell.outcome = None);
        assert!(error(vec![part("a", "1/2"), open]).contains("is not finished"));
        let mut whole = part("a", "1/1");
        whole.1.shard = None;
        assert!(error(vec![whole]).contains("made without --shard"));
    }

    #[test]
    fn bad_shards_say_what_is_expected() {
        for text in ["", "1", "0/2", "3/2", "a/b", "1/0", "1/2/3"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!("2/4".parse::<Shard>().unwrap().to_string(), "2/4");
    }
}
