//! How the providers fare in this process, for operators.

use skillsync_llm::{BreakerState, Error};

use super::registry::Models;

/// One provider since the program started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderHealth {
    /// Its name.
    pub provider: String,
    /// The model that it is asked for by itself; none when the first on offer is taken and none was offered yet.
    pub model: Option<String>,
    /// Whether it is asked at all.
    pub breaker: BreakerState,
    /// Attempts, failed ones included.
    pub calls: u64,
    /// Attempts that gave no answer.
    pub failures: u64,
    /// What went wrong last, in a few words of our own.
    pub last_failure: Option<&'static str>,
}

impl Models {
    /// How each provider fares, in the general order, then those that only a route names.
    pub fn health(&self) -> Vec<ProviderHealth> {
        let health = |provider: &super::provider::Provider| {
            let (breaker, calls, failures, last_failure) = provider.standing();
            ProviderHealth {
                provider: provider.name().to_owned(),
                model: provider.known_model(),
                breaker,
                calls,
                failures,
                last_failure: last_failure.as_ref().map(in_few_words),
            }
        };
        self.providers().iter().map(health).collect()
    }
}

/// A failure without anything that a server said.
pub fn in_few_words(error: &Error) -> &'static str {
    match error {
        Error::Misconfigured { .. } => "its settings cannot work",
        Error::Unreachable { .. } => "it cannot be reached",
        Error::WrongAddress { .. } => "there is no model server at its address",
        Error::Unauthorized => "its key is not accepted",
        Error::OutOfCredit => "its account has no credit left",
        Error::RateLimited { .. } => "it asks for fewer requests",
        Error::ModelNotFound { .. } => "it does not know the model",
        Error::PromptTooLong => "a question was too long for it",
        Error::BadRequest { .. } => "it rejected a question",
        Error::ServerError { .. } => "it failed",
        Error::Timeout { .. } => "it did not answer in time",
        Error::Interrupted { .. } => "its answer broke off",
        Error::Refused { .. } => "it refused to answer",
        Error::Truncated { .. } => "its answer was too long",
        Error::BadReply { .. } | Error::TooLarge { .. } => "it sent something other than an answer",
        _ => "it gave no answer",
    }
}
