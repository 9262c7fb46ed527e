//! Has a version of a lesson written: joins the run that writes it, whichever process works on it, or opens one, and waits for
//! how it ends.

use std::sync::Arc;

use crate::app::App;
use crate::generation::pipeline::Job;
use crate::ids::{LessonId, PersonId, RunId};
use crate::money::budget::BudgetUsedUp;
use crate::money::ledger::AskError;
use crate::storage::StorageError;
use crate::work::events::{Event, EventKind};
use crate::work::flight::{Full, Interrupted, Reporter};
use crate::work::open::{Opened, open};
use crate::work::run::{Failure, NewRun, Priority};
use crate::work::store;

use super::key::LookupKey;
use super::{LessonFlight, Writing, versions};

/// Why a lesson that was ordered is not there. Its text is for the learner.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The run that was to write it failed.
    #[error("{}", .0.message)]
    Failed(Arc<Failure>),
    /// The budget is used up; nothing was opened.
    #[error(transparent)]
    Budget(#[from] BudgetUsedUp),
    /// The run that is open for this key writes something else.
    #[error(
        "Another new version of this lesson is being written at this moment, of other parts. Ask again when it is there."
    )]
    OtherWish,
    /// This process is stopping. The run goes on elsewhere, or when it is started again.
    #[error("The server stopped while the lesson was being written. Ask for it again.")]
    Interrupted,
    /// The database could not be used.
    #[error("The server could not reach its database. Try again in a moment.")]
    Storage(#[from] StorageError),
}

impl From<Interrupted> for Unwritten {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

/// A version that is to be written.
pub struct Order {
    /// Which.
    pub writing: Writing,
    /// All that its writer needs to know.
    pub job: Job,
    /// Who asked, when they were signed in.
    pub by: Option<PersonId>,
}

impl Order {
    fn kind(&self) -> (&'static str, &LookupKey, Priority) {
        match &self.writing {
            Writing::First(key) => ("lesson", key, Priority::High),
            Writing::Again(key, _) => ("lesson_again", key, Priority::Normal),
        }
    }
}

/// An order that was taken.
pub struct Ordered {
    /// How it goes.
    pub flight: LessonFlight,
    /// Whether somebody in this process had ordered the same and was waiting for it.
    pub joined: bool,
}

/// Orders a version. All who order the same at the same time in this process share one order.
///
/// # Errors
/// When too many are waited for already.
pub fn order(app: &App, order: Order) -> Result<Ordered, Full> {
    let (writing, tasks) = (order.writing.clone(), &app.tasks);
    let mut joined = true;
    let flight = app.flights.join_or_start(writing, tasks, |reporter| {
        joined = false;
        wait_for(app.clone(), order, reporter)
    })?;
    Ok(Ordered { flight, joined })
}

async fn wait_for(app: App, order: Order, reporter: Reporter<LessonId, Unwritten>) -> Result<LessonId, Unwritten> {
    let input = serde_json::to_string(&order.job).map_err(StorageError::encode)?;
    let (kind, key, priority) = order.kind();
    let first_words = "Waiting for its turn";
    let (subject, requested_by) = (key.as_bytes(), order.by);
    let new = NewRun { kind, subject, input: &input, requested_by, priority, first_words };
    match open(&app.crew, &app.db, &app.clock, &new, || is_there_or_payable(&app, &order)).await? {
        Opened::Run(run) => {
            if !writes_the_same(&app, &order, run).await? {
                return Err(Unwritten::OtherWish);
            }
            reporter.registered(run);
            let last = app.feeds.follow(run).last().await.ok_or(Unwritten::Interrupted)?;
            outcome(&last)
        }
        Opened::Done => {
            let served = versions::best(&app, &order.job.request).await?;
            served.map(|served| served.lesson.id).ok_or(Unwritten::Interrupted)
        }
        Opened::Paused(failure) => Err(Unwritten::Failed(failure)),
    }
}

/// Whether the run that is open for a key writes what was ordered. All new versions of a key are one subject, so that they come one
/// after another; but who wants some blocks written again does not wait for other ones.
async fn writes_the_same(app: &App, order: &Order, run: RunId) -> Result<bool, StorageError> {
    let Writing::Again(..) = order.writing else { return Ok(true) };
    let Some(run) = store::find(&app.db, run).await? else { return Ok(false) };
    let open: Job = serde_json::from_str(&run.input).map_err(StorageError::encode)?;
    let wish = |job: &Job| {
        let only = job.rewrite.as_ref().and_then(|rewrite| rewrite.only.as_ref());
        only.map(|only| (only.blocks.clone(), only.document.clone()))
    };
    Ok(wish(&open) == wish(&order.job))
}

/// Whether the lesson is there by now, and if not, that there is something left to pay for it with.
async fn is_there_or_payable(app: &App, order: &Order) -> Result<bool, Unwritten> {
    if let Writing::First(key) = &order.writing {
        // What this process remembers about it may be older than the newest run.
        app.cache.forget(key);
        if versions::best(app, &order.job.request).await?.is_some() {
            return Ok(true);
        }
    }
    match app.ledger.has_room().await {
        Err(AskError::Budget(used_up))
            if !app.authors.can_answer_for_nothing(&order.job.request, &app.ledger).await =>
        {
            Err(used_up.into())
        }
        Err(AskError::Storage(error)) => Err(error.into()),
        _ => Ok(false),
    }
}

fn outcome(last: &Event) -> Result<LessonId, Unwritten> {
    match (last.kind, last.result_id) {
        (EventKind::Published, Some(lesson)) => Ok(LessonId(lesson)),
        _ => {
            let code = last.code.clone().unwrap_or_default();
            Err(Unwritten::Failed(Arc::new(Failure { code, message: last.message.clone() })))
        }
    }
}
