//! OpenAI's chat completions, which OpenAI, Ollama, Groq, OpenRouter, vLLM, llama.cpp and many more servers speak.
//!
//! They all speak it a little differently; what differs is found out by asking and kept in a dialect.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use reqwest::Response;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tokio::time::timeout;

use crate::http::{self, Server};
use crate::rejection::Rejection;
use crate::{Error, Reply, Request, Secret, Timeouts};

mod dialect;
mod models;
mod stream;
mod usage;
mod wire;

use dialect::Dialect;
pub use models::list_models;

/// Where an OpenAI-compatible model is and how to ask it.
#[derive(Clone)]
pub struct OpenAiConfig {
    /// What the operator calls this provider, such as `openai-compatible` or `ollama`.
    pub provider: String,
    /// The address that `/chat/completions` is appended to, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The key, where the server wants one.
    pub api_key: Option<Secret>,
    /// The model's name as the server knows it.
    pub model: String,
    /// How long to wait.
    pub timeouts: Timeouts,
}

impl fmt::Debug for OpenAiConfig {
    /// Leaves out the address's path, user and password, in which keys are hidden at times.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OpenAiConfig")
            .field("provider", &self.provider)
            .field("server", &http::origin_of(&self.base_url))
            .field("api_key", &self.api_key)
            .field("model", &self.model)
            .field("timeouts", &self.timeouts)
            .finish()
    }
}

/// A model behind an OpenAI-compatible server.
pub(crate) struct OpenAi {
    config: OpenAiConfig,
    /// Settings that cannot work are kept as their error, so that building a model never fails and asking it tells why.
    server: Result<Server, Error>,
    dialect: Mutex<Dialect>,
}

impl OpenAi {
    pub(crate) fn new(config: OpenAiConfig) -> Self {
        let server = connect(&config.base_url, config.api_key.as_ref(), config.timeouts);
        Self { config, server, dialect: Mutex::default() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.config.model
    }

    pub(crate) fn provider(&self) -> &str {
        &self.config.provider
    }

    pub(crate) async fn complete(&self, request: &Request) -> Result<Reply, Error> {
        let started = Instant::now();
        let outcome = timeout(self.config.timeouts.total, async {
            let server = self.server()?;
            let response = self.ask(request, false).await?;
            let body = server.read(response).await?;
            wire::Outcome::read(server, self.name(), &body)
        })
        .await
        .map_err(|_| Error::Timeout)??;
        outcome.into_reply(self, request, started.elapsed())
    }

    fn server(&self) -> Result<&Server, Error> {
        self.server.as_ref().map_err(Clone::clone)
    }

    /// Sends the question and returns once the server agreed to answer it.
    ///
    /// A server that rejects one of the habits on which servers differ is asked again without it. These rejections come
    /// before anything is generated, so they cost nothing, and what worked is remembered for the next question. How often
    /// this can happen is bounded by [`Dialect::without_what_was_rejected`], which only ever asks for less.
    async fn ask(&self, request: &Request, stream: bool) -> Result<Response, Error> {
        let server = self.server()?;
        let mut dialect = *self.dialect.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sure = true;
        let mut first_unexplained = None;
        loop {
            let response = server.post("chat/completions", &wire::body(self.name(), request, dialect, stream)).await?;
            if response.status().is_success() {
                if sure {
                    self.remember(dialect, request);
                }
                return Ok(response);
            }
            let rejection = Rejection::read(server, response).await;
            let next = dialect.without_what_was_rejected(request, &rejection);
            let error = rejection.into_error(self.name());
            let Some(next) = next else { return Err(first_unexplained.unwrap_or(error)) };
            if !next.explained {
                // If asking for less does not help either, the first complaint is the one that was about the question.
                first_unexplained.get_or_insert(error);
            }
            sure &= next.lasting;
            dialect = next.dialect;
        }
    }

    fn remember(&self, accepted: Dialect, request: &Request) {
        let mut known = self.dialect.lock().unwrap_or_else(PoisonError::into_inner);
        let learned = known.having_accepted(accepted, request);
        if learned.asks_for_less_than(*known) {
            tracing::info!(
                provider = self.provider(),
                model = self.name(),
                ?learned,
                "the server is asked differently now"
            );
        }
        *known = learned;
    }
}

/// Prepares the connections to a server that takes its key as a bearer token.
fn connect(base_url: &str, api_key: Option<&Secret>, timeouts: Timeouts) -> Result<Server, Error> {
    let mut headers = HeaderMap::new();
    if let Some(key) = api_key.filter(|key| !key.is_empty()) {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
            .map_err(|_| Error::Misconfigured { reason: "the API key holds characters that no key has".to_owned() })?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Server::new(base_url, headers, api_key.cloned(), timeouts)
}
