//! The providers: a closed set, one wire format a file.
//!
//! A wire format says what a question looks like and what the pieces of an answer mean; it is pure. Everything else, from
//! asking to counting, is the same for all formats and stands beside them:
//!
//! - [`format`](WireFormat): the formats, and where each is told apart.
//! - `openai`, `anthropic`, `gemini`: one format each.
//! - `remote`: asks a server, in the form that it takes. `dialect`: which form that is, learned by asking.
//! - `answer`: reads an answer as it arrives. `received`: what arrived, and whether it is an answer.
//! - `models`: the list of models that a server offers.
//!
//! To add a format, write its file here and an arm in [`WireFormat`]; the compiler names the places that must know it, and
//! the contract test asks for its recorded answers.

use std::sync::Arc;

use crate::Script;

mod answer;
mod anthropic;
mod dialect;
mod format;
mod gemini;
mod models;
mod openai;
mod received;
mod remote;

pub use format::WireFormat;
pub use models::list_models;
pub(crate) use remote::Remote;

/// Who answers. Cloning shares the provider.
#[derive(Clone)]
pub(crate) enum Provider {
    /// A server, in one of the wire formats.
    Remote(Arc<Remote>),
    /// No server at all.
    Scripted(Script),
}
