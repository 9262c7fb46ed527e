//! Serves the best version of a lesson, or has it written when nobody asked before.

use std::sync::Arc;

use crate::app::App;
use crate::generation::authors::NoAuthor;
use crate::generation::pipeline::Job;
use crate::ids::{LessonId, PersonId};
use crate::storage::StorageError;
use crate::work::flight::Full;

use super::key::LookupKey;
use super::lesson::Served;
use super::order::{Order, Ordered, Unwritten, order};
use super::progress::{self, RunProgress};
use super::request::LessonRequest;
use super::{LessonFlight, Writing, versions};

/// A learner's question.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What for.
    pub request: LessonRequest,
    /// Who asks, when they are signed in.
    pub by: Option<PersonId>,
    /// Whether to wait until the lesson is written.
    pub wait: bool,
    /// Whether being served counts as a view. Not where the lesson's page is opened next, which counts it.
    pub counts: bool,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug)]
pub enum Answer {
    /// A lesson.
    Served {
        /// The lesson and why this version.
        served: Served,
        /// Whether it was there before this question.
        was_cached: bool,
    },
    /// It is being written, this far, and the asker did not want to wait.
    Writing(RunProgress),
}

impl Answer {
    fn lesson(&self) -> Option<LessonId> {
        match self {
            Self::Served { served, .. } => Some(served.lesson.id),
            Self::Writing(_) => None,
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GetOrGenerateError {
    /// Nobody can write it; nothing was started.
    #[error(transparent)]
    NoAuthor(#[from] NoAuthor),
    /// Too many lessons are being written; nothing was started.
    #[error(transparent)]
    Busy(#[from] Full),
    /// The run that was to write it failed. All who waited get the same error.
    #[error(transparent)]
    Generation(Arc<Unwritten>),
    /// The database cannot be used.
    #[error(transparent)]
    Storage(Arc<StorageError>),
}

impl From<StorageError> for GetOrGenerateError {
    fn from(error: StorageError) -> Self {
        Self::Storage(Arc::new(error))
    }
}

/// Answers a learner's question.
///
/// A lesson that is there is served at once and its view counted. Otherwise one run writes it, whoever asks and however
/// many ask: each of them, the first included, only follows the run, which goes on when they hang up.
///
/// # Errors
/// When the lesson is not there and cannot be written.
pub async fn get_or_generate(app: &App, ask: Ask) -> Result<Answer, GetOrGenerateError> {
    let ask = for_whom(app, ask).await?;
    let (key, style) = (LookupKey::of(&ask.request), ask.request.learning_style);
    if let Some(served) = serve(app, &ask).await? {
        app.activity.hit(key, style, served.lesson.id);
        return Ok(Answer::Served { served, was_cached: true });
    }
    let ordered = join_or_start(app, &ask, key).await;
    let joined = ordered.as_ref().is_ok_and(|ordered| ordered.joined);
    if !joined {
        app.activity.miss(key, style);
    }
    let answer = follow(app, &ask, ordered?.flight).await;
    if joined {
        let served = answer.as_ref().ok().and_then(Answer::lesson);
        app.activity.coalesced(key, style, served);
    }
    answer
}

/// What is asked for is what is answered, but for one case: to write for a profile takes a model, and where none is
/// connected the lesson for everybody is better than none. It is asked for, found and counted under its own key, so it never
/// passes for one that was written for the profile, and a model that is connected later still writes that one.
async fn for_whom(app: &App, ask: Ask) -> Result<Ask, StorageError> {
    let request = &ask.request;
    if request.profile.is_empty()
        || app.authors.model().await.is_some()
        || versions::best(app, request).await?.is_some()
        || app.authors.find(request).await.is_ok()
    {
        return Ok(ask);
    }
    Ok(Ask { request: ask.request.for_everybody(), ..ask })
}

/// Waits for the lesson, as far as the asker wants to.
async fn follow(app: &App, ask: &Ask, flight: LessonFlight) -> Result<Answer, GetOrGenerateError> {
    if !ask.wait {
        let status = flight.clone().registered().await.map_err(GetOrGenerateError::Generation)?;
        if let (Some(run), None) = (status.run, &status.outcome)
            && let Some(progress) = progress::of_run(app, run).await?
        {
            return Ok(Answer::Writing(progress));
        }
    }
    flight.outcome().await.map_err(GetOrGenerateError::Generation)?;
    // It was published a moment ago. That it is gone again can only mean that a mentor rejected it in that moment.
    let rejected = || GetOrGenerateError::Generation(Arc::new(Unwritten::Interrupted));
    let served = serve(app, ask).await?.ok_or_else(rejected)?;
    Ok(Answer::Served { served, was_cached: false })
}

async fn serve(app: &App, ask: &Ask) -> Result<Option<Served>, StorageError> {
    let served = versions::best(app, &ask.request).await?;
    if let Some(served) = served.as_ref().filter(|_| ask.counts) {
        app.views.count(served.lesson.id);
    }
    Ok(served)
}

async fn join_or_start(app: &App, ask: &Ask, key: LookupKey) -> Result<Ordered, GetOrGenerateError> {
    let writing = Writing::First(key);
    if let Some(flight) = app.flights.find(&writing) {
        return Ok(Ordered { flight, joined: true });
    }
    // Whether anyone can write it is found out before anything is stored.
    app.authors.find(&ask.request).await?;
    let job = Job { request: ask.request.clone(), rewrite: None };
    Ok(order(app, Order { writing, job, by: ask.by })?)
}
