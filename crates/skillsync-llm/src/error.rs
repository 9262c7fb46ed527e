//! Why no answer came, in words that the operator of a server understands.

use std::time::Duration;

use crate::{Excerpt, TimeoutPhase, Usage};

/// Why a model gave no usable answer. No message holds a key or a whole body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting cannot work: the base URL is none, or the key cannot be sent.
    #[error("the model's settings cannot work: {reason}")]
    Misconfigured {
        /// Which setting, and why.
        reason: String,
    },
    /// No connection came about.
    #[error("the model server at {server} cannot be reached: {cause}")]
    Unreachable {
        /// Scheme, host and port.
        server: String,
        /// The operating system's or the TLS library's reason.
        cause: Excerpt,
    },
    /// Something answers at this address, but not a model server's API.
    #[error("{server} answered with status {status} as if it had no such page; the base URL usually ends in {ending}")]
    WrongAddress {
        /// Scheme, host and port.
        server: String,
        /// The HTTP status.
        status: u16,
        /// How a base URL of this format usually ends.
        ending: &'static str,
    },
    /// The key is missing, wrong, or not allowed to do this.
    #[error("the model server did not accept the API key")]
    Unauthorized,
    /// The account cannot pay for the answer.
    #[error("the account at the model's provider has no credit left")]
    OutOfCredit,
    /// Too many requests or tokens in too short a time.
    #[error("the model server asks for fewer requests")]
    RateLimited {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The server has no such model.
    #[error("the model server knows no model named `{model}`")]
    ModelNotFound {
        /// The name that was asked for.
        model: String,
    },
    /// The messages do not fit into the model's context.
    #[error("the messages are too long for the model")]
    PromptTooLong,
    /// The server understood, and found the request wrong.
    #[error("the model server rejected the request with status {status}: {excerpt}")]
    BadRequest {
        /// The HTTP status.
        status: u16,
        /// The server's reason.
        excerpt: Excerpt,
    },
    /// The server itself failed, before its answer or in the middle of it.
    #[error("the model server failed with status {status}: {excerpt}")]
    ServerError {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
        /// The server's reason.
        excerpt: Excerpt,
        /// About what had been used, where the answer had begun.
        usage: Option<Usage>,
    },
    /// The answer, or the next piece of it, took longer than allowed.
    #[error("the model did not answer in time: {phase}")]
    Timeout {
        /// What was waited for.
        phase: TimeoutPhase,
        /// About what had been used: most likely it is billed, because the provider had the question.
        usage: Option<Usage>,
    },
    /// The connection ended before the answer did.
    #[error("the connection broke before the answer was complete: {cause}")]
    Interrupted {
        /// The network's or the server's reason.
        cause: Excerpt,
        /// About what had been used: most likely it is billed, because the provider had the question.
        usage: Option<Usage>,
    },
    /// The model, or a filter before it, will not answer this. It is billed all the same.
    #[error("the model refused to answer: {reason}")]
    Refused {
        /// The model's words, or the filter's name.
        reason: Excerpt,
        /// What the refusal used.
        usage: Usage,
    },
    /// The answer reached the allowed length before its end. It is billed all the same.
    #[error("the answer was cut off at the allowed length")]
    Truncated {
        /// What the cut answer used.
        usage: Usage,
    },
    /// What came back is no answer in the provider's format, or an empty one.
    #[error("the model server sent something other than an answer: {excerpt}")]
    BadReply {
        /// What is wrong with it.
        excerpt: Excerpt,
        /// What it used, as the reply says or about so.
        usage: Option<Usage>,
    },
    /// The reply is longer than any answer should be; the rest was not read.
    #[error("the model server sent more than {limit_bytes} bytes")]
    TooLarge {
        /// The bound that was passed.
        limit_bytes: usize,
        /// About what had been used.
        usage: Option<Usage>,
    },
}

impl Error {
    /// The time for this was up, and nothing is known to have been used.
    pub fn timed_out(phase: TimeoutPhase) -> Self {
        Self::Timeout { phase, usage: None }
    }

    pub(crate) fn too_large(limit_bytes: usize) -> Self {
        Self::TooLarge { limit_bytes, usage: None }
    }

    /// The same failure of an answer that had used this much, unless the error knows better. Failures before any answer stay
    /// without: nobody bills those. A limit in the middle of an answer becomes a failure of the server, which it is then.
    #[must_use]
    pub(crate) fn having_used(mut self, used: Usage) -> Self {
        if let Self::RateLimited { retry_after } = self {
            let excerpt = "a limit was reached in the middle of the answer".into();
            return Self::ServerError { status: 429, retry_after, excerpt, usage: Some(used) };
        }
        match &mut self {
            Self::Timeout { phase: TimeoutPhase::Connect, .. } => {}
            Self::Timeout { usage, .. }
            | Self::Interrupted { usage, .. }
            | Self::ServerError { usage, .. }
            | Self::BadReply { usage, .. }
            | Self::TooLarge { usage, .. } => *usage = usage.or(Some(used)),
            _ => {}
        }
        self
    }

    /// Whether the same question, asked again later without changing anything, can well succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::RateLimited { .. }
            | Self::ServerError { .. }
            | Self::Timeout { .. }
            | Self::Interrupted { .. }
            | Self::BadReply { .. } => true,
            Self::Misconfigured { .. }
            | Self::WrongAddress { .. }
            | Self::Unauthorized
            | Self::OutOfCredit
            | Self::ModelNotFound { .. }
            | Self::PromptTooLong
            | Self::BadRequest { .. }
            | Self::Refused { .. }
            | Self::Truncated { .. }
            | Self::TooLarge { .. } => false,
        }
    }

    /// How long the server asked to wait before the next request, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::ServerError { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What the failed answer used: counted or estimated, see [`Usage::exact`]. A model at a server gives none only if the
    /// server had not begun to answer, so that nothing is billed.
    pub fn usage(&self) -> Option<Usage> {
        match self {
            Self::Refused { usage, .. } | Self::Truncated { usage } => Some(*usage),
            Self::Timeout { usage, .. }
            | Self::Interrupted { usage, .. }
            | Self::ServerError { usage, .. }
            | Self::BadReply { usage, .. }
            | Self::TooLarge { usage, .. } => *usage,
            _ => None,
        }
    }
}
