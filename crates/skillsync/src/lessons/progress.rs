//! Where the writing of a lesson stands: from the flight in this process, else from the run's row.

use futures::{Stream, StreamExt, stream};

use crate::app::App;
use crate::generation::error::GenerationError;
use crate::generation::pipeline::Job;
use crate::ids::{LessonId, RunId};
use crate::storage::StorageError;
use crate::work;
use crate::work::flight::{Progress, Status};
use crate::work::store::RunState;

use super::LessonFlight;
use super::request::LessonRequest;

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunProgress {
    /// The run.
    pub run: RunId,
    /// 0 to 100.
    pub percent: u8,
    /// What happens now, or what went wrong, for the learner.
    pub message: String,
    /// The lesson, or the code of the failure, once it has ended.
    pub ended: Option<Result<LessonId, String>>,
}

impl RunProgress {
    /// A run that is under way.
    pub fn running(run: RunId, progress: Progress) -> Self {
        Self { run, percent: progress.percent, message: progress.stage, ended: None }
    }

    fn published(run: RunId, lesson: LessonId) -> Self {
        Self { run, percent: 100, message: "Your lesson is ready.".to_owned(), ended: Some(Ok(lesson)) }
    }

    fn of_status(run: RunId, status: Status<LessonId, GenerationError>) -> Self {
        match status.outcome {
            None => Self::running(run, status.progress),
            Some(Ok(lesson)) => Self::published(run, lesson),
            Some(Err(error)) => Self {
                run,
                percent: status.progress.percent,
                message: error.to_string(),
                ended: Some(Err(error.code().to_owned())),
            },
        }
    }
}

/// Where a run stands; none when there is no such run.
///
/// # Errors
/// When the database cannot be used.
pub async fn of_run(app: &App, run: RunId) -> Result<Option<RunProgress>, StorageError> {
    if let Some(flight) = app.flights.of_run(run) {
        return Ok(Some(RunProgress::of_status(run, flight.status())));
    }
    let Some(row) = work::store::find(&app.db, run).await? else { return Ok(None) };
    Ok(Some(match (row.state, row.result_id) {
        (RunState::Published, Some(lesson)) => RunProgress::published(run, LessonId(lesson)),
        (RunState::Running, _) => {
            let stage = "Waiting for the server that writes it".to_owned();
            RunProgress::running(run, Progress { percent: 0, stage })
        }
        _ => RunProgress {
            run,
            percent: 0,
            message: row.failure_message.unwrap_or_default(),
            ended: Some(Err(row.failure_code.unwrap_or_default())),
        },
    }))
}

/// What a run was asked to write; none when there is no such run.
///
/// # Errors
/// When the database cannot be used.
pub async fn request_of(app: &App, run: RunId) -> Result<Option<LessonRequest>, StorageError> {
    let row = work::store::find(&app.db, run).await?;
    Ok(row.and_then(|row| serde_json::from_str::<Job>(&row.input).ok()).map(|job| job.request))
}

/// Follows a run from where it stands until it has ended; none when there is no such run.
///
/// A follower who reads slowly skips what has passed meanwhile; nobody waits for them.
///
/// # Errors
/// When the database cannot be used.
pub async fn follow(
    app: &App,
    run: RunId,
) -> Result<Option<impl Stream<Item = RunProgress> + Send + use<>>, StorageError> {
    // The flight is taken first: should it end meanwhile, its last status still says how.
    let flight = app.flights.of_run(run);
    let now = match &flight {
        Some(flight) => Some(RunProgress::of_status(run, flight.status())),
        None => of_run(app, run).await?,
    };
    Ok(now.map(|now| {
        let later = flight.map_or_else(|| stream::empty().boxed(), |flight| changes(run, flight).boxed());
        stream::once(async { now }).chain(later)
    }))
}

fn changes(run: RunId, flight: LessonFlight) -> impl Stream<Item = RunProgress> + Send {
    stream::unfold(Some(flight), move |flight| async move {
        let mut flight = flight?;
        if flight.status().outcome.is_none() && !flight.changed().await {
            return None;
        }
        let status = flight.status();
        let next = status.outcome.is_none().then_some(flight);
        Some((RunProgress::of_status(run, status), next))
    })
}
