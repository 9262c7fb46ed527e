//! How a lesson is written: judge the topic, plan the lesson, write its parts side by side, check and mend each of them, put them
//! together, check the whole.

use serde::{Deserialize, Serialize};
use skillsync_sandbox::Sandbox;

use crate::clock::Clock;
use crate::lessons::checks::Checks;
use crate::lessons::document::Document;
use crate::lessons::request::LessonRequest;
use crate::models::Models;
use crate::money::ledger::Ledger;
use crate::work::steps::Steps;

use super::checks::Rules;
use super::desk::Desk;
use super::draft::plan::Plan;
use super::error::{GenerationError, WHOLE_LESSON};
use super::rewrite;
use super::settle::Placed;
use super::sources::Sources;
use super::styles::{self, Recipe};

/// What is to be written. It is the input of the run that writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The lesson.
    pub request: LessonRequest,
    /// Set when the lesson exists and is to be written again.
    pub rewrite: Option<Rewrite>,
}

/// The wish for a new version of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rewrite {
    /// What a learner missed, in their words; may be empty. It enters prompts as data only.
    pub reason: String,
    /// Set when only some blocks are to be written again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<OnlyBlocks>,
}

/// Some blocks of a version; all others stay as they are in the next one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnlyBlocks {
    /// The ids of the blocks.
    pub blocks: Vec<String>,
    /// The version that they are blocks of.
    pub document: Document,
    /// What was checked about it.
    pub checks: Checks,
    /// What readers reported about the blocks; it enters prompts as data only, and is not published as the reason is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<BlockReports>,
}

/// What readers reported about one block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockReports {
    /// The block's id.
    pub block: String,
    /// What they said, a few sentences of bounded length.
    pub reports: Vec<String>,
}

/// A lesson that may be published.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The lesson.
    pub document: Document,
    /// What was checked about it.
    pub checks: Checks,
    /// The models that wrote it, in their providers' words.
    pub author_model: String,
    /// Which prompts they were given.
    pub prompt_version: String,
}

/// What lessons are written with, besides models.
#[derive(Clone, Debug)]
pub struct Tools {
    /// What model calls cost.
    pub ledger: Ledger,
    /// Bounds on a single answer.
    pub limits: WritingLimits,
    /// Where programs are run.
    pub sandbox: Sandbox,
    /// What lessons rest on.
    pub sources: Sources,
    /// The time.
    pub clock: Clock,
}

/// Bounds on a single answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WritingLimits {
    /// Most tokens that a model may write in one call.
    pub max_output_tokens: u32,
    /// How freely it writes, from 0 to 2; none leaves the provider's own default.
    pub temperature: Option<f64>,
}

impl Default for WritingLimits {
    fn default() -> Self {
        Self { max_output_tokens: 12_000, temperature: None }
    }
}

/// Writes a lesson, or fails: there is no half of one.
///
/// Each part is a step of its own, and so is each check, so a run that is taken up again asks only for what is missing. A part
/// that fails ends the lesson, but not before the others have ended: what is being paid for is kept for the next attempt.
///
/// # Errors
/// When the topic is refused, the model gives no answer, its answers cannot be used or do not pass
/// their checks, or the database fails.
pub async fn write_lesson(
    job: &Job,
    models: &Models,
    tools: &Tools,
    steps: &Steps,
) -> Result<Written, GenerationError> {
    let recipe = styles::recipe(job.request.learning_style);
    let desk = Desk::new(job, models, tools, steps, rules(job, recipe));
    let document = match job.rewrite.as_ref().and_then(|rewrite| rewrite.only.as_ref()) {
        Some(only) => rewrite::write_blocks(&desk, recipe, only).await?,
        None => write_whole(&desk, recipe).await?,
    };
    let problems = document.problems();
    if problems.is_empty() {
        let (author_model, prompt_version) = (desk.authors(), recipe.prompt_version());
        Ok(Written { document, checks: desk.checks(), author_model, prompt_version })
    } else {
        Err(GenerationError::Unusable { part: WHOLE_LESSON, problems })
    }
}

async fn write_whole(desk: &Desk<'_>, recipe: &Recipe) -> Result<Document, GenerationError> {
    desk.progress.begin(recipe.parts.iter().map(|part| part.words).collect()).await;
    let topic = desk.judge_topic().await?;
    let (plan, mut placed): (Plan, Vec<Placed>) = Box::pin(recipe.plan_and_write(desk, &topic)).await?;
    desk.progress.assembling().await;
    placed.sort_by_key(|placed| placed.position);
    desk.check_links(plan.document(placed.into_iter().map(|placed| placed.block).collect())).await
}

fn rules(job: &Job, recipe: &Recipe) -> Rules {
    let LessonRequest { language, difficulty, .. } = &job.request;
    Rules {
        language: language.clone(),
        difficulty: *difficulty,
        lengths: recipe.lengths,
        citable: Default::default(),
        transcript: Default::default(),
    }
}
