//! What happens in a run: numbered from 1 without gaps, added to and never changed, so that whoever lost the connection can go
//! on where they were.

use sqlx::FromRow;

use crate::ids::RunId;

/// What an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum EventKind {
    /// The run has come this far.
    Progress,
    /// Something of the result can be seen already.
    Shown,
    /// It gave a result. Nothing follows.
    Published,
    /// It ended without one. Nothing follows.
    Failed,
}

/// One event of a run.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Event {
    /// The run.
    pub run_id: RunId,
    /// Its number in the run, from 1.
    pub sequence: i64,
    /// What it tells.
    pub kind: EventKind,
    /// How far the run is, 0 to 100.
    pub percent: i64,
    /// What happens now, or what went wrong, for people.
    pub message: String,
    /// Why it failed, for programs.
    pub code: Option<String>,
    /// The id of what it made.
    pub result_id: Option<i64>,
    /// What can be seen already, as JSON in a form that only the feature knows.
    pub payload: Option<String>,
}

impl Event {
    /// Whether nothing follows.
    pub fn is_last(&self) -> bool {
        matches!(self.kind, EventKind::Published | EventKind::Failed)
    }
}
