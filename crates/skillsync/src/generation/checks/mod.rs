//! What is checked about a lesson before anybody sees it as finished. Each check looks at one block and says what is wrong
//! with it in words that whoever writes it again understands.
//!
//! - [`text`]: form, language, length; [`leak`]: nothing of the prompts; [`reading_level`]: how hard it is to read.
//! - [`programs`]: programs and exercises are run in the sandbox.
//! - [`questions`]: the form of a quiz; whether its keys are right is asked in `confirm.rs`, since that costs.
//! - [`diagrams`]: they can be drawn.
//! - [`moments`]: the times of a study guide. [`links`]: the addresses of a lesson.

pub mod diagrams;
pub mod language;
pub mod leak;
pub mod links;
pub mod moments;
pub mod programs;
pub mod questions;
pub mod reading_level;
pub mod text;

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use skillsync_sandbox::Sandbox;
use skillsync_sources::transcripts::Transcript;

use crate::lessons::checks::Check;
use crate::lessons::document::{Block, Body};
use crate::lessons::request::{Difficulty, Language};

/// What the texts of a lesson are measured by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The language that was asked for.
    pub language: Language,
    /// What the learner already knows.
    pub difficulty: Difficulty,
    /// How long texts should be.
    pub lengths: &'static [Length],
    /// The only addresses that texts may link to, once sources were looked for.
    pub citable: OnceLock<Vec<String>>,
    /// What is said in the lesson's video, once one was found.
    pub transcript: OnceLock<Transcript>,
}

/// How long the texts of some blocks should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// What the blocks' ids begin with.
    pub blocks: &'static str,
    /// The fewest words wanted.
    pub from: usize,
    /// The most words wanted.
    pub to: usize,
}

/// What one check found about one block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which check.
    pub check: Check,
    /// What it found.
    pub outcome: Outcome,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All is well.
    Passed,
    /// Something is wrong.
    Failed {
        /// What must not be published, one sentence each.
        must: Vec<String>,
        /// What should be better but does no harm.
        should: Vec<String>,
    },
    /// It could not be checked.
    NotDone {
        /// Why, a sentence for learners.
        why: String,
    },
}

impl Outcome {
    /// The outcome of a check that found these.
    pub fn of(must: Vec<String>, should: Vec<String>) -> Self {
        if must.is_empty() && should.is_empty() { Self::Passed } else { Self::Failed { must, should } }
    }
}

/// What was found about one block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings(pub Vec<Verdict>);

impl Findings {
    /// Everything that is wrong, for whoever writes the block again.
    pub fn problems(&self) -> Vec<String> {
        let failed = self.0.iter().filter_map(|verdict| match &verdict.outcome {
            Outcome::Failed { must, should } => Some(must.iter().chain(should)),
            _ => None,
        });
        failed.flatten().cloned().collect()
    }

    /// Whether nothing stands against publishing the block.
    pub fn are_harmless(&self) -> bool {
        self.0.iter().all(|verdict| !matches!(&verdict.outcome, Outcome::Failed { must, .. } if !must.is_empty()))
    }
}

/// Looks at a block of a lesson in every way that costs nothing.
pub async fn examine(block: &Block, rules: &Rules, sandbox: &Sandbox) -> Findings {
    let mut verdicts = Vec::new();
    if let Some(outcome) = text::check(block, rules) {
        verdicts.push(Verdict { check: Check::Texts, outcome });
    }
    let special = match &block.body {
        Body::Exercise(exercise) => Some((Check::Exercises, programs::exercise(exercise, sandbox).await)),
        Body::Code { program, output, .. } => {
            Some((Check::Programs, programs::code(program, output.as_deref(), sandbox).await))
        }
        Body::Project(project) => Some((Check::Programs, programs::project(project, sandbox).await)),
        Body::Diagram { mermaid, .. } => Some((Check::Diagrams, diagrams::check(mermaid))),
        _ => None,
    };
    if let Body::Video(video) = &block.body {
        let moments = moments::check(video, rules).into_iter();
        verdicts.extend(moments.map(|outcome| Verdict { check: Check::Moments, outcome }));
    }
    verdicts.extend(special.map(|(check, outcome)| Verdict { check, outcome }));
    Findings(verdicts)
}
