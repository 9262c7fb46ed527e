//! Exercises and a practice project.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::{Block, Body, Exercise, Level, Program, Project};

use super::{Draft, block, tidy};

/// Exercises alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exercises {
    /// The exercises, from easy to hard.
    pub exercises: Vec<DraftExercise>,
}

/// Exercises and a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// The exercises, from easy to hard.
    pub exercises: Vec<DraftExercise>,
    /// A larger task that needs all concepts of the lesson.
    pub project: DraftProject,
}

/// A program that the learner completes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftExercise {
    /// The title in one line.
    pub title: String,
    /// What to do, in Markdown, without the solution.
    pub task: String,
    /// How hard it is within the lesson.
    pub level: Level,
    /// The language of both programs, a short lower-case name such as python; text when it is not a program.
    pub language: String,
    /// The incomplete program that the learner begins with.
    pub starter: String,
    /// Exactly what the solution prints.
    pub expected_output: String,
    /// A nudge in the right direction.
    pub first_hint: String,
    /// What to use, without saying how.
    pub second_hint: String,
    /// Nearly the answer, on another example; never the solution itself.
    pub third_hint: String,
    /// The complete program that prints the expected output.
    pub solution: String,
}

/// A larger task without a single right answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftProject {
    /// The title in one line.
    pub title: String,
    /// What to build and why, in Markdown.
    pub brief: String,
    /// Steps on the way, one line each, without numbers.
    pub steps: Vec<String>,
    /// The language of both programs, a short lower-case name such as python; text when it is not a program.
    pub language: String,
    /// A program to begin with; an empty string for none.
    pub starter: String,
    /// One way to do it; an empty string for none.
    pub solution: String,
}

impl Draft for Exercises {
    const NAME: &'static str = "exercises";

    fn blocks(&self) -> Vec<Block> {
        exercise_blocks(&self.exercises)
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("exercises", self.exercises.len())]
    }
}

impl Draft for Practice {
    const NAME: &'static str = "practice";

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = exercise_blocks(&self.exercises);
        blocks.push(block("project", Body::Project(Box::new(self.project.tidied()))));
        blocks
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("exercises", self.exercises.len()), ("project.steps", self.project.steps.len())]
    }
}

fn exercise_blocks(exercises: &[DraftExercise]) -> Vec<Block> {
    let tidied = exercises.iter().map(|draft| Body::Exercise(Box::new(draft.tidied())));
    (1..).zip(tidied).map(|(number, exercise)| block(format!("exercise-{number}"), exercise)).collect()
}

impl DraftExercise {
    pub(super) fn tidied(&self) -> Exercise {
        Exercise {
            title: tidy::heading(&self.title),
            task: tidy::markdown(&self.task),
            level: self.level,
            language: tidy::language(&self.language),
            starter: tidy::program(&self.starter),
            output: tidy::program(&self.expected_output),
            hints: [&self.first_hint, &self.second_hint, &self.third_hint].map(|hint| tidy::markdown(hint)),
            solution: tidy::program(&self.solution),
        }
    }
}

impl DraftProject {
    pub(super) fn tidied(&self) -> Project {
        let program = |text: &str| {
            let code = tidy::program(text);
            (!code.is_empty()).then(|| Program { language: tidy::language(&self.language), code })
        };
        Project {
            title: tidy::heading(&self.title),
            brief: tidy::markdown(&self.brief),
            steps: self.steps.iter().map(|step| tidy::line(step)).collect(),
            starter: program(&self.starter),
            solution: program(&self.solution),
        }
    }
}
