//! The plan: what the lesson is called and which concepts it teaches. It is small, comes first, and goes into the prompts of
//! all other parts, so that parts written side by side fit together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::generation::checks::leak;
use crate::lessons::document::{Block, Body, Concept, Document, FORMAT};

use super::{Draft, block, prose, tidy};

/// The plan of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The lesson's title: one line that names the topic and what is special about this lesson.
    pub title: String,
    /// One or two sentences in one line: what the learner will be able to do.
    pub description: String,
    /// The short lower-case name of the programming language that the lesson's programs are written in, such as python; an
    /// empty string when the topic has nothing to do with programming.
    pub programming_language: String,
    /// The concepts that the lesson teaches, in teaching order.
    pub concepts: Vec<PlannedConcept>,
    /// How long the lesson takes a learner, in whole minutes.
    pub minutes: i64,
    /// Markdown without a heading: the lesson's first paragraphs, which the learner reads while the rest is written.
    pub introduction: String,
}

/// Most concepts that a plan made of a finished lesson takes over.
const MOST_CONCEPTS: usize = 12;

/// A concept that the lesson teaches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedConcept {
    /// The term, plain text of a few words.
    pub term: String,
    /// What it means, in one sentence.
    pub meaning: String,
}

impl Plan {
    /// The plan that a finished lesson could have been written by, for when a part of it is written again.
    pub fn of(document: &Document) -> Self {
        let concepts = document.blocks.iter().flat_map(|block| match &block.body {
            Body::KeyConcepts { concepts } => concepts.as_slice(),
            _ => &[],
        });
        let planned =
            concepts.map(|concept| PlannedConcept { term: concept.term.clone(), meaning: concept.meaning.clone() });
        let language = document.blocks.iter().find_map(|block| match &block.body {
            Body::Exercise(exercise) => Some(exercise.language.clone()),
            Body::Code { program, .. } => Some(program.language.clone()),
            _ => None,
        });
        Self {
            title: document.title.clone(),
            description: document.description.clone(),
            programming_language: language.unwrap_or_default(),
            concepts: planned.take(MOST_CONCEPTS).collect(),
            minutes: i64::from(document.minutes),
            introduction: String::new(),
        }
    }

    /// The whole lesson, made of the plan's head and these blocks.
    pub fn document(&self, blocks: Vec<Block>) -> Document {
        Document {
            format: FORMAT,
            title: tidy::heading(&self.title),
            description: tidy::line(&self.description),
            minutes: self.minutes.clamp(1, 600) as u32,
            blocks,
        }
    }
}

impl Draft for Plan {
    const NAME: &'static str = "plan";

    fn blocks(&self) -> Vec<Block> {
        let concepts = self.concepts.iter().map(|concept| Concept {
            term: tidy::line(&concept.term.replace("**", "")),
            meaning: tidy::line(&concept.meaning),
        });
        let concepts = block("key-concepts", Body::KeyConcepts { concepts: concepts.collect() });
        vec![prose("intro", &self.introduction), concepts]
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("concepts", self.concepts.len())]
    }

    fn alone(&self) -> Document {
        self.document(self.blocks())
    }

    /// The title and the description stand above the blocks, where no check of blocks sees them.
    fn leaks(&self) -> Vec<String> {
        leak::find_in_head(&format!("{}\n{}", self.title, self.description))
    }
}
