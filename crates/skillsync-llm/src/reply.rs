//! What a model answers: the text, what it cost in tokens, and how long it took.

use std::time::Duration;

use crate::Usage;

/// A whole answer. Its text is never empty and was neither cut short nor refused: those are errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What the model said.
    pub text: String,
    /// Tokens used, for all of the answer.
    pub usage: Usage,
    /// The model that answered, in the provider's words (often more exact than what was asked for: a dated version).
    pub model: String,
    /// From the first byte sent to the last received.
    pub latency: Duration,
}

/// One piece of a streamed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chunk {
    /// The next piece of text, to be appended to the pieces before.
    Text(String),
    /// The end: the same text once more in one piece, with its usage.
    Done(Reply),
}
