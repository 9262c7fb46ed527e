//! Work that belongs to nobody's connection: durable runs. Knows no feature.
//!
//! A run is a row with a kind, a subject (what must not be worked on twice at once) and an input. In reading order:
//!
//! - [`run`]: what a run is, and how it ends.
//! - [`open`]: joins the run for a subject, or opens one; after a failure, only when its [`pause`] is over.
//! - [`flight`]: one question in this process, asked by any number of callers and worked on once.
//! - [`crew`]: works on runs, here on as many at once as there are places: those opened here at once, those that wait or
//!   whose process died as places are free. [`lease`] says who works on a run, and until when.
//! - [`steps`]: a run's steps; each result is stored before the next step begins, and never asked for again.
//! - [`events`], [`feed`]: what happens in a run, as numbered rows, and how any number of listeners in any process hear it.
//! - `store`: all of it as rows.
//!
//! Whoever works on a run holds a [`Claim`]: the run and a token that grows with each claim. Everything that is written for a
//! run is written only while the token is still the run's own, in the transaction that renews its lease. So a process that
//! was stopped for longer than its lease, and wakes up, can neither store nor publish anything.

pub mod crew;
pub mod events;
pub mod feed;
pub mod flight;
pub mod lease;
pub mod open;
pub mod pause;
pub mod run;
pub mod steps;
pub mod store;

#[cfg(test)]
mod tests;

use crate::ids::RunId;

/// The right to work on a run: the run, and the token of the claim. Whatever is written on its behalf names both, and is
/// refused once somebody else has claimed the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The run.
    pub run: RunId,
    /// Grows with each claim.
    pub token: i64,
}

/// Why work on a run is laid down although the run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// Somebody else has claimed the run.
    #[error("another process has taken this work over")]
    Lost,
    /// This process is stopping; another one, or its next start, goes on.
    #[error("the server is stopping")]
    Stopping,
}
