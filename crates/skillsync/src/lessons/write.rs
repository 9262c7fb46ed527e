//! Writes one version of a lesson as a run of its own, from the row that announces it to the publication that ends it.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use crate::app::App;
use crate::generation::authors::Author;
use crate::generation::error::GenerationError;
use crate::generation::pipeline::{Job, Written};
use crate::ids::{LessonId, PersonId, RunId};
use crate::storage::StorageError;
use crate::work;
use crate::work::flight::{Full, Reporter};
use crate::work::steps::Steps;
use crate::work::store::NewRun;

use super::key::LookupKey;
use super::lesson::Origin;
use super::store::{self, NewVersion};
use super::{LessonFlight, Writing, versions};

/// Joins the run that writes this, or starts it.
///
/// # Errors
/// When too many are being written already.
pub fn start(
    app: &App,
    writing: Writing,
    job: Job,
    author: Author,
    by: Option<PersonId>,
) -> Result<LessonFlight, Full> {
    let work = |reporter| write(app.clone(), Assignment { writing, job, author, by }, reporter);
    app.flights.join_or_start(writing, &app.tasks, work)
}

struct Assignment {
    writing: Writing,
    job: Job,
    author: Author,
    by: Option<PersonId>,
}

type LessonReporter = Reporter<LessonId, GenerationError>;

async fn write(app: App, assignment: Assignment, reporter: LessonReporter) -> Result<LessonId, GenerationError> {
    // The lesson may have been published between the asker's look and this run's start.
    if matches!(assignment.writing, Writing::First(_))
        && let Some(served) = versions::best(&app, &assignment.job.request).await?
    {
        return Ok(served.lesson.id);
    }
    let run = register(&app, &assignment).await?;
    reporter.registered(run);
    // A panic ends the run as any failure does: a run that seems to go on would be waited for for ever.
    let published = AssertUnwindSafe(write_and_publish(&app, run, &assignment, &reporter)).catch_unwind().await;
    let published = published.unwrap_or_else(|_| Err(GenerationError::Interrupted));
    if let Err(failure) = &published {
        tracing::warn!(%run, code = failure.code(), detail = failure.detail(), "a lesson could not be written");
        let ended = work::store::fail(&app.db, run, failure.code(), &failure.to_string(), app.clock.now()).await;
        if let Err(error) = ended {
            tracing::error!(%run, error = &error as &dyn std::error::Error, "the failure could not be stored");
        }
    }
    published
}

async fn register(app: &App, assignment: &Assignment) -> Result<RunId, GenerationError> {
    let (kind, key) = match &assignment.writing {
        Writing::First(key) => ("lesson", key),
        Writing::Again(key) => ("lesson_again", key),
    };
    let input = serde_json::to_string(&assignment.job).map_err(StorageError::encode)?;
    let new = NewRun { kind, subject: key.as_bytes(), input: &input, requested_by: assignment.by, at: app.clock.now() };
    Ok(work::store::create(&app.db, &new).await?)
}

async fn write_and_publish(
    app: &App,
    run: RunId,
    assignment: &Assignment,
    reporter: &LessonReporter,
) -> Result<LessonId, GenerationError> {
    let Assignment { job, author, by, .. } = assignment;
    let steps = Steps::of(app.db.clone(), app.clock.clone(), run);
    let report = |percent: u8, stage: &str| reporter.progress(percent, stage);
    let _turn = app.writing.acquire().await.map_err(|_| GenerationError::Interrupted)?;
    let written = author.write(job, &steps, &app.ledger, &app.writing_limits(), &report).await?;
    publish(app, job, written, Some(run), *by).await
}

/// Publishes what was written, whole or not at all.
///
/// # Errors
/// When the database cannot be used, or the run was ended by somebody else.
pub async fn publish(
    app: &App,
    job: &Job,
    written: Written,
    run: Option<RunId>,
    by: Option<PersonId>,
) -> Result<LessonId, GenerationError> {
    let Written { document, author_model, prompt_version } = written;
    let content = serde_json::to_string(&document).map_err(StorageError::encode)?;
    let origin = Origin {
        author_model,
        prompt_version,
        reason: job.rewrite.as_ref().map(|rewrite| rewrite.reason.clone()).filter(|reason| !reason.is_empty()),
        created_by: by,
        run_id: run,
        generated_at: app.clock.now(),
    };
    let new = NewVersion { request: &job.request, document: &document, origin: &origin };
    let published = store::publish(&app.db, &new, &content).await?;
    app.cache.forget(&LookupKey::of(&job.request));
    published.ok_or(GenerationError::Interrupted)
}
