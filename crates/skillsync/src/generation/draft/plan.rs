//! The plan: what the lesson is called and which concepts it teaches. It is small, comes first, and goes into the prompts of
//! all other parts, so that parts written side by side fit together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::{Block, Body, Concept, Document, FORMAT};

use super::{Draft, block, tidy};

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
}

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
        vec![block("key-concepts", Body::KeyConcepts { concepts: concepts.collect() })]
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("concepts", self.concepts.len())]
    }

    fn alone(&self) -> Document {
        self.document(self.blocks())
    }
}
