//! What a model answers with, part by part: read tolerantly, checked, and turned into blocks. All of it is pure.
//!
//! A draft is kept as the model wrote it. Its blocks are made with whatever can be put right without harm put right (see
//! `tidy`), and the rules of the lesson document judge the result: there is one set of rules, not two.

pub mod answers;
pub mod article;
mod json;
pub mod piece;
pub mod plan;
pub mod practice;
pub mod quiz;
pub mod schema;
pub mod text;
mod tidy;
pub mod topic;
pub mod video;
pub mod visuals;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::lessons::document::{Block, Body, Document, FORMAT};

use schema::Count;

/// Most problems that are told to a model at once. More would not be read, and the list goes into a prompt.
const MOST_PROBLEMS: usize = 12;

/// Longest problem, in characters: a message can quote what the model wrote.
const LONGEST_PROBLEM: usize = 300;

/// The shape of one part's answer.
pub trait Draft: Serialize + DeserializeOwned + JsonSchema + Send + Sync {
    /// The schema's name, by which providers and scripts know the part.
    const NAME: &'static str;

    /// The blocks made of it, in reading order, whether they are fit or not.
    fn blocks(&self) -> Vec<Block>;

    /// Its lists that must have items, each with the number that it has.
    fn lists(&self) -> Vec<(&'static str, usize)>;

    /// The blocks within a document, for the document's rules to judge.
    fn alone(&self) -> Document {
        Document {
            format: FORMAT,
            title: "Part of a lesson".to_owned(),
            description: "Its blocks are judged.".to_owned(),
            minutes: 1,
            blocks: self.blocks(),
        }
    }

    /// What keeps it from being used, one sentence each; empty when it is fit.
    fn problems(&self) -> Vec<String> {
        let empty = self.lists().into_iter().filter(|(_, items)| *items == 0);
        let missing: Vec<_> = empty.map(|(list, _)| format!("the list `{list}` is empty")).collect();
        if missing.is_empty() { self.alone().problems() } else { missing }
    }

    /// What speaks against it that no block shows.
    fn leaks(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Reads a model's answer, whatever the number of items in its lists.
///
/// # Errors
/// With everything that is wrong with it, in words that the model understands.
pub fn parse<D: Draft>(answer: &str) -> Result<D, Vec<String>> {
    read(answer, &[])
}

/// Reads a model's answer to a request for so many items.
///
/// # Errors
/// With everything that is wrong with it, in words that the model understands.
pub fn read<D: Draft>(answer: &str, counts: &[Count]) -> Result<D, Vec<String>> {
    let draft: D = json::object(answer).map_err(|problem| vec![shortened(&problem)])?;
    let mut problems = draft.problems();
    problems.extend(wrong_amounts(&draft.lists(), counts));
    problems.extend(draft.leaks());
    if problems.is_empty() {
        return Ok(draft);
    }
    Err(problems.iter().take(MOST_PROBLEMS).map(|problem| shortened(problem)).collect())
}

/// The lists with less than half (rounded down) or more than twice as many items as were asked for: that would be another lesson. A
/// few more or less do no harm. Empty lists are told of elsewhere.
fn wrong_amounts(lists: &[(&'static str, usize)], counts: &[Count]) -> Vec<String> {
    let wrong = counts.iter().filter_map(|Count { of, from, to }| {
        let (_, items) = lists.iter().find(|(list, items)| list == of && *items > 0)?;
        let is_far_off = *items < from / 2 || *items > to * 2;
        is_far_off.then(|| format!("the list `{of}` has {items} items; {from} to {to} are wanted"))
    });
    wrong.collect()
}

fn shortened(problem: &str) -> String {
    match problem.char_indices().nth(LONGEST_PROBLEM) {
        Some((end, _)) => format!("{}…", &problem[..end]),
        None => problem.to_owned(),
    }
}

fn block(id: impl Into<String>, body: Body) -> Block {
    Block { id: id.into(), body }
}

/// A text to read. It may be empty, which the document's rules then find.
fn prose(id: impl Into<String>, markdown: &str) -> Block {
    block(id, Body::Prose { markdown: tidy::markdown(markdown) })
}
