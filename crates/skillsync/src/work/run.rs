//! What a run is, and how it ends.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::ids::{PersonId, RunId};

use super::Claim;

/// Which runs are worked on first when there are more than places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[repr(i64)]
pub enum Priority {
    /// Nobody waits for it yet.
    Low = 0,
    /// Somebody asked for better than what there is.
    Normal = 1,
    /// Somebody waits and has nothing.
    High = 2,
}

/// A run about to be opened.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// What kind of work it is.
    pub kind: &'a str,
    /// What the work is about. At most one run of a kind is open for it.
    pub subject: &'a [u8],
    /// All that the work needs to know, as JSON.
    pub input: &'a str,
    /// Who asked, when they were signed in.
    pub requested_by: Option<PersonId>,
    /// Which runs go first.
    pub priority: Priority,
    /// What its first event says.
    pub first_words: &'a str,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RunState {
    /// It is open: somebody works on it, or it waits for somebody who does.
    Running,
    /// It gave a result.
    Published,
    /// It ended without one.
    Failed,
}

/// A run as it lies in the database.
#[derive(Clone, Debug, FromRow)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What kind of work it is.
    pub kind: String,
    /// All that the work needs to know, as JSON.
    pub input: String,
    /// Where it stands.
    pub state: RunState,
    /// Why it failed, for programs.
    pub failure_code: Option<String>,
    /// Why it failed, for people.
    pub failure_message: Option<String>,
    /// The id of what it made.
    pub result_id: Option<i64>,
    /// How many runs for the same failed in a row, this one included when it did.
    pub failures: i64,
    /// When the next one may be opened, after a failure.
    pub retry_at: Option<DateTime<Utc>>,
    /// Whether a later run may take its finished steps over.
    pub steps_reusable: bool,
}

impl Run {
    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<Failure> {
        (self.state == RunState::Failed).then(|| Failure {
            code: self.failure_code.clone().unwrap_or_default(),
            message: self.failure_message.clone().unwrap_or_default(),
        })
    }
}

/// A run that this process has claimed.
#[derive(Clone, Debug, FromRow)]
pub struct Claimed {
    /// The run.
    pub id: RunId,
    /// The token of the claim; above 1 the run was claimed before.
    pub token: i64,
    /// What kind of work it is.
    pub kind: String,
    /// All that the work needs to know, as JSON.
    pub input: String,
    /// Who asked, when they were signed in.
    pub requested_by: Option<PersonId>,
    /// How many runs for the same failed in a row before this one.
    pub failures: i64,
}

impl Claimed {
    /// What entitles to write for the run.
    pub fn claim(&self) -> Claim {
        Claim { run: self.id, token: self.token }
    }
}

/// Why a run gave no result, as all who wait for it are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For programs.
    pub code: String,
    /// For people: the cause and the next step, nothing internal.
    pub message: String,
}
