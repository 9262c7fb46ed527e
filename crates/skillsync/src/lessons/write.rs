//! Works on the run of one version of a lesson, from its claim to the publication, or the failure, that ends it.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use crate::app::App;
use crate::generation::error::GenerationError;
use crate::generation::pipeline::{Job, Written};
use crate::ids::{LessonId, PersonId};
use crate::storage::{StorageError, patiently};
use crate::work::crew::Place;
use crate::work::run::{Claimed, Failure, RunState};
use crate::work::steps::Steps;
use crate::work::{self, Claim, Stopped};

use super::key::LookupKey;
use super::lesson::Origin;
use super::store::{self, NewVersion};

/// A run that was claimed so often has brought down each process that worked on it.
const MOST_CLAIMS: i64 = 50;

/// Works on a run until it has ended, is given back, or has been taken over.
pub async fn work(app: App, claimed: Claimed, _place: Place) {
    let steps = match Steps::take_up(app.workplace(), claimed.claim()).await {
        Ok(steps) => steps,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            return tracing::warn!(run = %claimed.id, error, "a run could not be taken up; its lease runs out");
        }
    };
    steps.keeping_the_lease(write_or_fail(&app, &claimed, &steps)).await;
    app.feeds.news();
    give_up_calls(&app, &claimed).await;
}

async fn write_or_fail(app: &App, claimed: &Claimed, steps: &Steps) {
    if claimed.token > 1 {
        tracing::info!(run = %claimed.id, token = claimed.token, "a run is taken up where it was left");
        give_up_calls(app, claimed).await;
    }
    // A panic ends the run as any failure does: a run that seems to go on would be waited for for ever.
    let written = AssertUnwindSafe(write_and_publish(app, claimed, steps)).catch_unwind().await;
    let ended = match written.unwrap_or(Err(GenerationError::Interrupted)) {
        Ok(_) | Err(GenerationError::Stopped(Stopped::Lost)) => Ok(()),
        Err(GenerationError::Stopped(Stopped::Stopping)) => steps.give_back().await,
        Err(failure) => fail(app, claimed, steps, &failure).await,
    };
    if let Err(error) = ended {
        tracing::error!(run = %claimed.id, error = &error as &dyn std::error::Error, "a run could not be ended");
    }
}

/// Frees what is reserved for calls of a run that nobody makes any more.
async fn give_up_calls(app: &App, claimed: &Claimed) {
    if let Err(error) = app.ledger.release(claimed.id).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(run = %claimed.id, error, "reservations could not be freed; they are when a budget needs them");
    }
}

async fn fail(app: &App, claimed: &Claimed, steps: &Steps, failure: &GenerationError) -> Result<(), StorageError> {
    tracing::warn!(run = %claimed.id, code = failure.code(), detail = failure.detail(), "a lesson could not be written");
    let pause = app.pause_policy().after(claimed.failures + 1, app.accounts.randomness.fraction());
    let told = Failure { code: failure.code().to_owned(), message: failure.to_string() };
    steps.forget(failure.spoiled_steps()).await?;
    steps.fail(&told, failure.spares_finished_steps(), pause).await
}

async fn write_and_publish(app: &App, claimed: &Claimed, steps: &Steps) -> Result<LessonId, GenerationError> {
    if claimed.token > MOST_CLAIMS {
        return Err(GenerationError::Interrupted);
    }
    let job: Job = serde_json::from_str(&claimed.input).map_err(StorageError::encode)?;
    let author = match job.rewrite {
        None => app.authors.find(&job.request).await,
        // The library would only give the same lesson again, so this takes a model.
        Some(_) => app.authors.model_for(&job.request).await,
    };
    let author = author.map_err(|_| GenerationError::NoModel)?;
    let written = author.write(&job, &app.tools(), steps).await?;
    publish(app, &job, written, Some(steps.claim()), claimed.requested_by).await
}

/// Publishes what was written, whole or not at all.
///
/// # Errors
/// When the database cannot be used, or somebody else has claimed the run.
pub async fn publish(
    app: &App,
    job: &Job,
    written: Written,
    claim: Option<Claim>,
    by: Option<PersonId>,
) -> Result<LessonId, GenerationError> {
    let Written { document, checks, author_model, prompt_version } = written;
    let content = serde_json::to_string(&document).map_err(StorageError::encode)?;
    let origin = Origin {
        author_model,
        prompt_version,
        reason: job.rewrite.as_ref().map(|rewrite| rewrite.reason.clone()).filter(|reason| !reason.is_empty()),
        created_by: by,
        run_id: claim.map(|claim| claim.run),
        generated_at: app.clock.now(),
        checks,
    };
    let new = NewVersion { request: &job.request, document: &document, origin: &origin, claim };
    // With a claim it does no harm to try twice: the second time finds the run ended.
    let published = match claim {
        Some(_) => patiently(|| store::publish(&app.db, &new, &content)).await?,
        None => store::publish(&app.db, &new, &content).await?,
    };
    app.cache.forget(&LookupKey::of(&job.request));
    match (published, claim) {
        (Some(lesson), _) => Ok(lesson),
        (None, Some(claim)) => published_before(app, claim).await,
        (None, None) => Err(GenerationError::Interrupted),
    }
}

/// What this very claim has published when the database was gone before it could say so.
async fn published_before(app: &App, claim: Claim) -> Result<LessonId, GenerationError> {
    let run = work::store::find(&app.db, claim.run).await?;
    let published = run.filter(|run| run.state == RunState::Published).and_then(|run| run.result_id);
    published.map(LessonId).ok_or(GenerationError::Stopped(Stopped::Lost))
}
