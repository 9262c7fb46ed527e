//! How a lesson is written: plan it, write its parts side by side, put them together, check the whole.

use serde::{Deserialize, Serialize};

use crate::lessons::document::Document;
use crate::lessons::request::LessonRequest;
use crate::models::Models;
use crate::money::ledger::Ledger;
use crate::work::steps::Steps;

use super::desk::Desk;
use super::error::{GenerationError, WHOLE_LESSON};
use super::progress::Progress;
use super::styles;

/// What is to be written. It is the input of the run that writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The lesson.
    pub request: LessonRequest,
    /// Set when the lesson exists and is to be written again.
    pub rewrite: Option<Rewrite>,
}

/// The wish for a new version of a lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewrite {
    /// What a learner missed, in their words; may be empty. It enters prompts as data only.
    pub reason: String,
}

/// A lesson that may be published.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The lesson.
    pub document: Document,
    /// The models that wrote it, in their providers' words.
    pub author_model: String,
    /// Which prompts they were given.
    pub prompt_version: String,
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
/// Each part is a step of its own, so a run that is taken up again asks only for what is missing. A part that fails ends the
/// lesson, but not before the others have ended: what is being paid for is kept for the next attempt.
///
/// # Errors
/// When the style is not ready, the model gives no answer, its answers cannot be used, or the database fails.
pub async fn write_lesson(
    job: &Job,
    models: &Models,
    steps: &Steps,
    ledger: &Ledger,
    limits: &WritingLimits,
) -> Result<Written, GenerationError> {
    let recipe = styles::recipe(job.request.learning_style).ok_or(GenerationError::StyleNotReady)?;
    let progress = Progress::begin(steps, recipe.parts.iter().map(|part| part.words).collect()).await;
    let desk = Desk { job, models, steps, ledger, limits, progress, authors: Default::default() };
    let plan = recipe.plan(&desk).await?;
    let blocks = recipe.write_parts(&desk, &plan).await?;
    desk.progress.assembling().await;
    let document = plan.document(blocks);
    let problems = document.problems();
    if problems.is_empty() {
        Ok(Written { document, author_model: desk.authors(), prompt_version: recipe.prompt_version() })
    } else {
        Err(GenerationError::Unusable { part: WHOLE_LESSON, problems })
    }
}
