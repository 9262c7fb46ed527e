//! Single pieces of a lesson, each as a draft of its own, for when one is written again and the others stay.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::{Body, Concept, Program};

use super::practice::{DraftExercise, DraftProject};
use super::quiz::{DraftQuestion, Quiz};
use super::visuals::{Comparison, DraftDiagram};
use super::{Block, Draft, block, tidy};

/// A draft of exactly one block.
pub trait Piece: Draft {
    /// What the block holds.
    fn body(&self) -> Body;
}

/// A text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftProse {
    /// The whole text in Markdown, with its heading of the second level if it had one, without raw HTML.
    pub markdown: String,
}

/// A program to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftCode {
    /// The complete program, without a code fence.
    pub program: String,
    /// The program's language, a short lower-case name such as python.
    pub program_language: String,
    /// Exactly what the program prints; an empty string when it prints nothing.
    pub program_output: String,
    /// One line that says what to look at in the program; an empty string for none.
    pub program_caption: String,
}

/// The terms of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftConcepts {
    /// The terms, in teaching order.
    pub concepts: Vec<super::plan::PlannedConcept>,
}

/// Makes drafts of single pieces drafts like any others: one block with a name of no importance, no lists.
macro_rules! pieces {
    ($($draft:ty = $name:literal,)+) => {
        $(impl Draft for $draft {
            const NAME: &'static str = $name;

            fn blocks(&self) -> Vec<Block> {
                vec![block("piece", self.body())]
            }

            fn lists(&self) -> Vec<(&'static str, usize)> {
                Vec::new()
            }
        })+
    };
}

pieces! {
    DraftProse = "prose",
    DraftCode = "code",
    DraftConcepts = "key_concepts",
    DraftDiagram = "diagram",
    DraftExercise = "exercise",
    DraftProject = "project",
    DraftQuestion = "question",
    Comparison = "comparison",
}

impl Piece for DraftProse {
    fn body(&self) -> Body {
        Body::Prose { markdown: tidy::markdown(&self.markdown) }
    }
}

impl Piece for DraftCode {
    fn body(&self) -> Body {
        let filled = |text: String| (!text.is_empty()).then_some(text);
        Body::Code {
            program: Program { language: tidy::language(&self.program_language), code: tidy::program(&self.program) },
            output: filled(tidy::program(&self.program_output)),
            caption: filled(tidy::line(&self.program_caption)),
        }
    }
}

impl Piece for DraftConcepts {
    fn body(&self) -> Body {
        let concepts = self.concepts.iter().map(|concept| Concept {
            term: tidy::line(&concept.term.replace("**", "")),
            meaning: tidy::line(&concept.meaning),
        });
        Body::KeyConcepts { concepts: concepts.collect() }
    }
}

impl Piece for DraftDiagram {
    fn body(&self) -> Body {
        Body::Diagram { mermaid: tidy::program(&self.mermaid), caption: tidy::line(&self.caption) }
    }
}

impl Piece for DraftExercise {
    fn body(&self) -> Body {
        Body::Exercise(Box::new(self.tidied()))
    }
}

impl Piece for DraftProject {
    fn body(&self) -> Body {
        Body::Project(Box::new(self.tidied()))
    }
}

impl Piece for DraftQuestion {
    fn body(&self) -> Body {
        let quiz = Quiz { questions: vec![self.clone()] };
        quiz.blocks().remove(0).body
    }
}

impl Piece for Comparison {
    fn body(&self) -> Body {
        self.table()
    }
}
