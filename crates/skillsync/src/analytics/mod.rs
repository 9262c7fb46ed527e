//! What the server did and what it cost, over any span of time: for whoever runs it.
//!
//! In reading order: [`activity`] counts requests as they come, [`report`] adds up what lies in the database, and its
//! figures are shown by `graphql` and by `skillsync stats`.

pub mod activity;
pub mod graphql;
pub mod percentiles;
pub mod report;
pub mod span;
mod store;

#[cfg(test)]
mod tests;
