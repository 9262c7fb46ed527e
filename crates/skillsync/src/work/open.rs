//! Joins the run for a subject, or opens one.

use std::sync::Arc;

use crate::clock::Clock;
use crate::ids::RunId;
use crate::storage::{Db, StorageError};

use super::crew::Crew;
use super::run::{Failure, NewRun, Run, RunState};
use super::store::{self, Opening};

/// What there is for a subject now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A run is open; whoever opened it, follow its events.
    Run(RunId),
    /// It was found done, no run is needed.
    Done,
    /// The last run failed a short time ago; nothing was opened.
    Paused(Arc<Failure>),
}

/// How often it is looked again when others open and end runs for the same subject in between. Each time somebody else has
/// got ahead, so it never comes near.
const TRIES: usize = 100;

/// Joins the run that is open for a subject, or opens one and begins it here at once if there is a place, unless the last one
/// failed and its pause is not over.
///
/// `is_done` tells whether the result is there already, or why no run may be opened. It is asked after the newest run has been read, and the run is only
/// opened if that is still the newest: so what another process has finished in between is never done again.
///
/// # Errors
/// When the database cannot be used, and with those of `is_done`.
pub async fn open<E, F>(
    crew: &Crew,
    db: &Db,
    clock: &Clock,
    new: &NewRun<'_>,
    is_done: impl Fn() -> F,
) -> Result<Opened, E>
where
    E: From<StorageError>,
    F: Future<Output = Result<bool, E>>,
{
    for _ in 0..TRIES {
        let last = store::last(db, new.kind, new.subject).await?;
        if let Some(open) = last.as_ref().filter(|run| run.state == RunState::Running) {
            return Ok(Opened::Run(open.id));
        }
        if is_done().await? {
            return Ok(Opened::Done);
        }
        if let Some(failure) = last.as_ref().and_then(|run| paused(run, clock)) {
            return Ok(Opened::Paused(Arc::new(failure)));
        }
        let failed = last.as_ref().filter(|run| run.state == RunState::Failed);
        let place = crew.place();
        let opening = Opening {
            new,
            after: last.as_ref().map(|run| run.id),
            failures: failed.map_or(0, |run| run.failures),
            continues: failed.filter(|run| run.steps_reusable && run.input == new.input).map(|run| run.id),
            claimed_by: place.is_some().then_some(crew.terms()),
            at: clock.now(),
        };
        if let Some(run) = store::open(db, &opening).await? {
            crew.begin(run, &opening, place);
            return Ok(Opened::Run(run));
        }
    }
    Err(StorageError::busy().into())
}

/// The failure of a run that must not be tried again yet.
fn paused(last: &Run, clock: &Clock) -> Option<Failure> {
    let left = last.retry_at.filter(|_| last.state == RunState::Failed)? - clock.now();
    let seconds = (left.num_milliseconds() + 999) / 1000;
    last.failure().filter(|_| seconds > 0).map(|failure| {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        Failure { message: format!("{} It can be tried again in {seconds} {unit}.", failure.message), ..failure }
    })
}
