//! The providers: a closed set, one wire format a file.
//!
//! To add one, write its file here, add an arm to `Provider`, and let the compiler name the places in
//! [`model`](crate::model) that must know it.

use std::sync::Arc;

use crate::Script;

pub mod openai;

/// Who answers. Cloning shares the provider.
#[derive(Clone)]
pub(crate) enum Provider {
    /// Any server that speaks OpenAI's chat completions.
    OpenAi(Arc<openai::OpenAi>),
    /// No server at all.
    Scripted(Script),
}
