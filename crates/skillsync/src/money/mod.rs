//! What model calls cost: prices, budgets, and a ledger with a row for every call. Knows no lesson.

pub mod budget;
pub mod ledger;
pub mod prices;
mod store;

#[cfg(test)]
mod tests;
