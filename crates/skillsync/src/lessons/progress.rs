//! Where the writing of a lesson stands, and its numbered events, whichever process works on it.

use futures::{Stream, stream};

use crate::app::App;
use crate::generation::pipeline::Job;
use crate::ids::{LessonId, RunId};
use crate::storage::StorageError;
use crate::work;
use crate::work::events::{Event, EventKind};

use super::request::LessonRequest;
use super::shown::Shown;

/// One event in the writing of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct RunProgress {
    /// The run.
    pub run: RunId,
    /// The event's number in the run, from 1.
    pub sequence: i64,
    /// 0 to 100.
    pub percent: u8,
    /// What happens now, or what went wrong, for the learner.
    pub message: String,
    /// What can be read of the lesson already, as far as this event tells something new of it.
    pub shown: Option<Shown>,
    /// The lesson, or the code of the failure, once it has ended.
    pub ended: Option<Result<LessonId, String>>,
}

impl From<&Event> for RunProgress {
    fn from(event: &Event) -> Self {
        let ended = match (event.kind, event.result_id) {
            (EventKind::Progress | EventKind::Shown, _) => None,
            (EventKind::Published, Some(lesson)) => Some(Ok(LessonId(lesson))),
            _ => Some(Err(event.code.clone().unwrap_or_default())),
        };
        Self {
            run: event.run_id,
            sequence: event.sequence,
            percent: u8::try_from(event.percent.clamp(0, 100)).unwrap_or_default(),
            message: event.message.clone(),
            // What an earlier program showed in another form is not shown; the lesson is there in the end.
            shown: event.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok()),
            ended,
        }
    }
}

/// What its last event says; none when there is no such run.
///
/// # Errors
/// When the database cannot be used.
pub async fn of_run(app: &App, run: RunId) -> Result<Option<RunProgress>, StorageError> {
    Ok(work::store::last_event(&app.db, run).await?.as_ref().map(RunProgress::from))
}

/// All its events so far, in order; empty when there is no such run.
///
/// # Errors
/// When the database cannot be used.
pub async fn so_far(app: &App, run: RunId) -> Result<Vec<RunProgress>, StorageError> {
    Ok(work::store::events_after(&app.db, &[(run, 0)]).await?.iter().map(RunProgress::from).collect())
}

/// What could be read of the lesson when the event with this number happened.
///
/// # Errors
/// When the database cannot be used.
pub async fn shown_until(app: &App, run: RunId, sequence: i64) -> Result<Shown, StorageError> {
    let events = so_far(app, run).await?.into_iter().filter(|progress| progress.sequence <= sequence);
    Ok(Shown::merged(events.filter_map(|progress| progress.shown)))
}

/// What a run was asked to write; none when there is no such run.
///
/// # Errors
/// When the database cannot be used.
pub async fn request_of(app: &App, run: RunId) -> Result<Option<LessonRequest>, StorageError> {
    let row = work::store::find(&app.db, run).await?;
    Ok(row.and_then(|row| serde_json::from_str::<Job>(&row.input).ok()).map(|job| job.request))
}

/// The events of a run after the one with the number `after`, from the first with 0, until it has ended; none when there is
/// no such run.
///
/// A follower who reads slowly is not waited for and misses nothing.
///
/// # Errors
/// When the database cannot be used.
pub async fn follow(
    app: &App,
    run: RunId,
    after: i64,
) -> Result<Option<impl Stream<Item = RunProgress> + Send + use<>>, StorageError> {
    if work::store::find(&app.db, run).await?.is_none() {
        return Ok(None);
    }
    let events = stream::unfold(app.feeds.follow(run), |mut follower| async {
        let event = follower.next().await?;
        Some((event, follower))
    });
    let later = stream::StreamExt::filter(events, move |event| std::future::ready(event.sequence > after));
    Ok(Some(stream::StreamExt::map(later, |event| RunProgress::from(&*event))))
}
