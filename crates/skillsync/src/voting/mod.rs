//! Voting: ballots, when a version counts as approved, and which version of a lesson is served.

pub mod approval;
pub mod ballot;
pub mod cast_vote;
pub mod graphql;
pub mod ranking;
pub mod store;
