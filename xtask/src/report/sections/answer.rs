//! The answer first: which engine and mode for which goal.

use super::{heading, paragraph, times, with_interval};
use crate::analysis::Facts;
use crate::analysis::answer::{Answer, Goal, answers};
use crate::report::document::{Block, Field, Table};
use crate::units::{Load, human_bytes, human_seconds};

pub fn blocks(facts: &Facts) -> Vec<Block> {
    let answers = answers(facts);
    let mut blocks = vec![heading("The answer first")];
    if answers.is_empty() {
        blocks.push(paragraph(
            "No engine but native has finished a cell, so there is nothing to choose from.",
        ));
        return blocks;
    }
    blocks.push(Block::Table(table(&answers)));
    blocks.push(paragraph(
        "Light is below 1MB, medium below 100MB, high from 100MB. A figure is the geometric mean over \
         the inputs of its load; a lead is called only where the 95 % interval of the ratio and the noise floor \
         both say that it is real, otherwise it is a tie. Native code is the yardstick and does not compete.",
    ));
    blocks.push(Block::List(answers.iter().map(sentence).collect()));
    blocks.extend(left_out(&answers).map(paragraph));
    let noise = facts.noises.sentences();
    if !noise.is_empty() {
        blocks.push(Block::List(noise));
    }
    let warnings = facts.run.environment.warnings.iter();
    blocks.extend(warnings.map(|warning| Block::Warning(warning.clone())));
    blocks
}

/// The table of answers, a row a goal and a column a load; also what README shows.
pub fn short(facts: &Facts) -> Option<Table> {
    let answers = answers(facts);
    (!answers.is_empty()).then(|| table(&answers))
}

fn table(answers: &[Answer]) -> Table {
    let mut loads: Vec<Load> = answers.iter().map(|answer| answer.load).collect();
    loads.sort();
    loads.dedup();
    let field = |goal: Goal, load: &Load| {
        let same = |answer: &&Answer| answer.goal == goal && answer.load == *load;
        answers
            .iter()
            .find(same)
            .map_or("–".to_owned(), in_short)
            .into()
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

fn in_short(answer: &Answer) -> String {
    let winner = format!("**{}**, {}", answer.winner, figure(answer));
    match &answer.second {
        None => winner,
        Some(second) if second.real => {
            format!(
                "{winner}; next {}, {}",
                second.engine_mode,
                times(second.ratio.ratio)
            )
        }
        Some(second) => format!(
            "{winner}; a tie with {}, {}",
            second.engine_mode,
            times(second.ratio.ratio)
        ),
    }
}

fn figure(answer: &Answer) -> String {
    match answer.goal {
        Goal::FastestStart => human_seconds(answer.figure),
        Goal::BestThroughput => human_seconds(answer.figure),
        Goal::LeastMemory => human_bytes(answer.figure),
        Goal::Steadiest => format!("±{:.1} %", 100.0 * answer.figure),
    }
}

fn sentence(answer: &Answer) -> String {
    let Answer { goal, load, .. } = answer;
    let mean = match goal {
        Goal::FastestStart => "mean start-up",
        Goal::BestThroughput => "mean wall time",
        Goal::LeastMemory => "mean peak memory",
        Goal::Steadiest => "mean deviation from the median",
    };
    let over = format!("over {} inputs", answer.inputs.len());
    let what = format!("**{}** at {load} loads: {}", goal.name(), answer.winner);
    match &answer.second {
        None => format!(
            "{what} ({mean} {}, {over}); nothing else was measured on all of them.",
            figure(answer)
        ),
        Some(second) if second.real => format!(
            "{what} ({mean} {}, {over}); {} takes {}.",
            figure(answer),
            second.engine_mode,
            with_interval(&second.ratio)
        ),
        Some(second) => format!(
            "{what} ({mean} {}, {over}), a tie with {}, which takes {}.",
            figure(answer),
            second.engine_mode,
            with_interval(&second.ratio)
        ),
    }
}

/// One sentence a load: those that could not compete.
fn left_out(answers: &[Answer]) -> impl Iterator<Item = String> {
    let of_load = |load: Load| {
        let answer = answers.iter().find(|answer| answer.load == load)?;
        (!answer.left_out.is_empty()).then(|| {
            format!(
                "Not in the running at {load} loads, because some of these inputs have no figure for them: {}.",
                answer.left_out.join(", ")
            )
        })
    };
    Load::ALL.into_iter().filter_map(of_load)
}
