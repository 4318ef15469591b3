//! The answer first: which engine and mode for which goal.

use super::{heading, inputs, paragraph, times, with_interval};
use crate::analysis::Facts;
use crate::analysis::answer::{Answer, Goal, answers};
use crate::config::distinct;
use crate::report::document::{Block, Field, Table, human_memory};
use crate::units::{Load, human_seconds};

pub fn blocks(facts: &Facts) -> Vec<Block> {
    let answers = answers(facts);
    let mut blocks = vec![heading("The answer first")];
    if answers.is_empty() {
        blocks.push(paragraph(
            "No engine but native has finished a workload that is no control, so there is nothing to choose from.",
        ));
        return blocks;
    }
    blocks.push(Block::Table(table(facts, &answers)));
    blocks.push(paragraph(
        "Light is below 1MB, medium below 100MB, high from 100MB. A figure is the geometric mean over \
         the inputs of its load; a lead is called only where the 95 % interval of the ratio and the noise floor \
         both say that it is real, otherwise it is a tie. Native code is the yardstick and does not compete.",
    ));
    let sentences = answers.iter().map(|answer| sentence(facts, answer));
    blocks.push(Block::List(sentences.collect()));
    blocks.extend(left_out(&answers).map(paragraph));
    blocks.push(match facts.noises.sentences() {
        none if none.is_empty() => paragraph(
            "The noise floor is not known, because no control cell was measured twice: only the intervals tell what is real.",
        ),
        noise => Block::List(noise),
    });
    let warnings = facts.run.environment.warnings.iter();
    blocks.extend(warnings.map(|warning| Block::Warning(warning.clone())));
    blocks
}

/// The table of answers, a row a goal and a column a load; also what README shows.
pub fn short(facts: &Facts) -> Option<Table> {
    let answers = answers(facts);
    (!answers.is_empty()).then(|| table(facts, &answers))
}

fn table(facts: &Facts, answers: &[Answer]) -> Table {
    let mut loads: Vec<Load> = answers.iter().map(|answer| answer.load).collect();
    loads.sort();
    loads.dedup();
    let field = |goal: Goal, load: &Load| -> Field {
        let mut same = answers.iter().filter(|answer| answer.goal == goal);
        let answer = same.find(|answer| answer.load == *load);
        answer.map_or_else(Field::none, |answer| in_short(facts, answer).into())
    };
    let row = |goal: Goal| -> Vec<Field> {
        let fields = loads.iter().map(|load| field(goal, load));
        std::iter::once(goal.name().into()).chain(fields).collect()
    };
    let header = loads.iter().map(|load| format!("{load} loads"));
    Table {
        title: String::new(),
        header: std::iter::once("goal".to_owned()).chain(header).collect(),
        rows: Goal::ALL.into_iter().map(row).collect(),
    }
}

fn in_short(facts: &Facts, answer: &Answer) -> String {
    let winner = format!("**{}**, {}", answer.winner, figure(facts, answer));
    let Some(second) = &answer.second else {
        return winner;
    };
    let rank = if second.real { "next" } else { "a tie with" };
    let ratio = times(second.ratio.ratio);
    format!("{winner}; {rank} {}, {ratio}", second.engine_mode)
}

fn figure(facts: &Facts, answer: &Answer) -> String {
    let floor_bytes = facts.run.environment.memory_floor_bytes as f64;
    match answer.goal {
        Goal::FastestStart | Goal::BestThroughput => human_seconds(answer.figure),
        Goal::LeastMemory => human_memory(answer.figure, floor_bytes),
        Goal::Steadiest => format!("±{:.1} %", 100.0 * answer.figure),
    }
}

fn sentence(facts: &Facts, answer: &Answer) -> String {
    let Answer { goal, load, .. } = answer;
    let (mean, takes) = match goal {
        Goal::FastestStart => ("mean start-up", "takes"),
        Goal::BestThroughput => ("mean wall time", "takes"),
        Goal::LeastMemory => ("mean peak memory", "takes"),
        Goal::Steadiest => ("mean deviation from the median", "deviates"),
    };
    let what = format!(
        "**{}** at {load} loads: {} ({mean} {}, over {})",
        goal.name(),
        answer.winner,
        figure(facts, answer),
        inputs(answer.inputs.len())
    );
    let Some(second) = &answer.second else {
        return format!("{what}; nothing else was measured on all of them.");
    };
    let (rival, ratio) = (&second.engine_mode, with_interval(&second.ratio));
    match second.real {
        true => format!("{what}; {rival} {takes} {ratio}."),
        false => format!("{what}, a tie with {rival}, which {takes} {ratio}."),
    }
}

/// Those that could not compete, a sentence for each load.
fn left_out(answers: &[Answer]) -> impl Iterator<Item = String> {
    let of_load = |load: Load| {
        let own = answers.iter().filter(move |answer| answer.load == load);
        let names = distinct(own.flat_map(|answer| answer.left_out.clone()));
        (!names.is_empty()).then(|| {
            format!(
                "Not in the running at {load} loads for every goal, because they lack figures on some of the inputs: {}.",
                names.join(", ")
            )
        })
    };
    Load::ALL.into_iter().filter_map(of_load)
}
