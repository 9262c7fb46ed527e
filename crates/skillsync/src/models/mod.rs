//! The language models that this server may ask: several providers at once, asked in order until one has answered.
//!
//! In reading order:
//!
//! - [`ask`]: the whole story of one question, with retries and fallback, from top to bottom.
//! - [`registry`]: [`Models`], all providers that are connected, made from the settings; which models there are.
//! - [`route`]: the order in which they are asked for each kind of step.
//! - [`provider`]: one provider with its breaker and what it did so far; [`model_server`] finds out what a server offers.
//! - [`health`]: how the providers fare, for operators.
//! - `minutes`: the limits a minute that all processes on one database share; `store` has their SQL.
//!
//! Nothing here knows what is written. Every attempt goes through the ledger.

pub mod ask;
pub mod health;
mod minutes;
pub mod model_server;
pub mod provider;
pub mod registry;
pub mod route;
mod store;
#[cfg(test)]
mod tests;

pub use ask::Question;
pub use health::ProviderHealth;
pub use registry::Models;
pub use route::StepKind;
