//! What model calls cost: prices, and a ledger with a row for every call. Knows no lesson.

pub mod ledger;
pub mod prices;
mod store;
