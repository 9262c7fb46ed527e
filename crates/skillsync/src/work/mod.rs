//! Work that belongs to nobody's connection: runs, their steps and their progress. Knows no feature.
//!
//! A run is a row in the database with a kind, a subject (what must not be worked on twice at once) and an input. In this
//! process it is a [`flight::Flight`] that any number of callers follow. Making a run survive its process (a lease, a fencing
//! token, resuming) is to be added in `store.rs` and [`steps::Steps`]; callers will not notice.

pub mod flight;
pub mod steps;
pub mod store;

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
