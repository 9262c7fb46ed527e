//! A server of models that is asked what it offers before it is relied on.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use skillsync_llm::{Endpoint, Model, Secret, Timeouts, WireFormat, list_models};

/// How long an answer, or that there was none, is remembered.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// How long a server may take to say what it offers. Learners wait meanwhile.
const LOOK: Timeouts = Timeouts {
    connect: Duration::from_millis(500),
    first_byte: Duration::from_secs(2),
    idle: Duration::from_secs(2),
    total: Duration::from_secs(2),
};

/// A server with an OpenAI-compatible interface.
pub struct ModelServer {
    provider: &'static str,
    base_url: String,
    api_key: Option<Secret>,
    timeouts: Timeouts,
    /// The model to use; none takes the first on offer.
    wanted: Option<String>,
    found: Mutex<Option<Found>>,
}

/// What the last look found.
struct Found {
    at: Instant,
    model: Option<Model>,
}

impl ModelServer {
    /// A server that was not asked yet.
    pub fn new(provider: &'static str, base_url: &str, api_key: Option<Secret>, timeouts: Timeouts) -> Self {
        Self { provider, base_url: base_url.to_owned(), api_key, timeouts, wanted: None, found: Mutex::default() }
    }

    /// The same server, of which this model is wanted.
    #[must_use]
    pub fn wanting(self, model: Option<String>) -> Self {
        Self { wanted: model, ..self }
    }

    /// One of its models, whether it offers it or not.
    pub fn connect(&self, model: &str) -> Model {
        Model::open_ai_compatible(Endpoint {
            provider: self.provider.to_owned(),
            base_url: self.base_url.clone(),
            api_key: self.api_key.clone(),
            model: model.to_owned(),
            timeouts: self.timeouts,
        })
    }

    /// The wanted model or the first on offer, as long as the server answers. One that is started or stopped later is
    /// noticed within [`LOOK_AGAIN`].
    pub async fn model(&self) -> Option<Model> {
        let found = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = found().as_ref().filter(|known| known.at.elapsed() < LOOK_AGAIN) {
            return known.model.clone();
        }
        let model = self.look().await;
        *found() = Some(Found { at: Instant::now(), model: model.clone() });
        model
    }

    async fn look(&self) -> Option<Model> {
        match list_models(WireFormat::OpenAi, &self.base_url, self.api_key.as_ref(), LOOK).await {
            Ok(offered) => self.wanted.as_ref().or(offered.first()).map(|name| self.connect(name)),
            Err(error) => {
                tracing::debug!(provider = self.provider, error = &error as &dyn std::error::Error, "no model found");
                None
            }
        }
    }
}
