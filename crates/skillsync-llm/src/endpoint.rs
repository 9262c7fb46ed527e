//! Where a model is and how to reach it.

use std::fmt;

use crate::{Secret, Timeouts, http};

/// One model at one server, whatever format the server speaks.
#[derive(Clone)]
pub struct Endpoint {
    /// What the operator calls this provider, such as `openai-compatible`, `ollama` or `gemini`.
    pub provider: String,
    /// The address that the format's paths are appended to, version included, such as `https://api.openai.com/v1`,
    /// `https://api.anthropic.com/v1` or `https://generativelanguage.googleapis.com/v1beta`. For the latter two formats, an
    /// address without any path gets the usual version.
    pub base_url: String,
    /// The key, where the server wants one.
    pub api_key: Option<Secret>,
    /// The model's name as the server knows it.
    pub model: String,
    /// How long to wait.
    pub timeouts: Timeouts,
}

impl fmt::Debug for Endpoint {
    /// Leaves out the address's path, user and password, in which keys are hidden at times.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Endpoint")
            .field("provider", &self.provider)
            .field("server", &http::origin_of(&self.base_url))
            .field("api_key", &self.api_key)
            .field("model", &self.model)
            .field("timeouts", &self.timeouts)
            .finish()
    }
}
