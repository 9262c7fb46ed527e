//! A server of models: asked what it offers before it is relied on, where nobody named its model.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use skillsync_llm::{Endpoint, Error, Model, Secret, Timeouts, list_models};

use crate::config::providers::ConnectedProvider;

/// How long an answer, or that there was none, is remembered.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// How long a server may take to say what it offers. Learners wait meanwhile.
const LOOK_CONNECT: Duration = Duration::from_millis(500);
const LOOK_TOTAL: Duration = Duration::from_secs(2);

/// A server that has models.
pub struct ModelServer {
    settings: ConnectedProvider,
    timeouts: Timeouts,
    found: Mutex<Option<Found>>,
    /// Models by name. They are kept because each learns how its server wants to be asked.
    models: Mutex<HashMap<String, Model>>,
}

/// What the last look found.
struct Found {
    at: Instant,
    model: Result<Model, Error>,
}

impl ModelServer {
    /// A server that was not asked yet.
    pub fn new(settings: ConnectedProvider, timeouts: Timeouts) -> Self {
        Self { settings, timeouts, found: Mutex::default(), models: Mutex::default() }
    }

    /// What is set about it.
    pub fn settings(&self) -> &ConnectedProvider {
        &self.settings
    }

    /// One of its models, whether it offers it or not.
    pub fn connect(&self, name: &str) -> Model {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        models.entry(name.to_owned()).or_insert_with(|| self.new_model(name)).clone()
    }

    /// The model to ask where nobody asks for another: the one that was set, else the first on offer.
    ///
    /// A server that nobody set up is asked also where its model is named. One that is started or stopped later is noticed
    /// within [`LOOK_AGAIN`].
    ///
    /// # Errors
    /// When the server had to be asked and does not answer, or offers nothing.
    pub async fn model(&self) -> Result<Model, Error> {
        if let (Some(name), false) = (&self.settings.model, self.settings.is_guess) {
            return Ok(self.connect(name));
        }
        let found = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = found().as_ref().filter(|known| known.at.elapsed() < LOOK_AGAIN) {
            return known.model.clone();
        }
        let model = self.look().await;
        *found() = Some(Found { at: Instant::now(), model: model.clone() });
        model
    }

    async fn look(&self) -> Result<Model, Error> {
        let timeouts = Timeouts { connect: LOOK_CONNECT, first_byte: LOOK_TOTAL, total: LOOK_TOTAL, ..self.timeouts };
        let offered = self.list(timeouts).await.inspect_err(|error| {
            let provider = &self.settings.name;
            tracing::debug!(provider, error = error as &dyn std::error::Error, "no model found");
        })?;
        let name = self.settings.model.as_ref().or(offered.first());
        let nothing = || Error::Misconfigured { reason: "the server offers no model".to_owned() };
        Ok(self.connect(name.ok_or_else(nothing)?))
    }

    /// The model of [`ModelServer::model`] as far as it is known without asking.
    pub fn known_model(&self) -> Option<String> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let found = found.as_ref().and_then(|found| found.model.as_ref().ok());
        self.settings.model.clone().or_else(|| found.map(|model| model.name().to_owned()))
    }

    /// The names of all models that it offers, in its own order.
    ///
    /// # Errors
    /// When it does not answer or does not accept the key.
    pub async fn offers(&self) -> Result<Vec<String>, Error> {
        self.list(self.timeouts).await
    }

    async fn list(&self, timeouts: Timeouts) -> Result<Vec<String>, Error> {
        let settings = &self.settings;
        list_models(settings.format, settings.base_url.as_str(), self.secret().as_ref(), timeouts).await
    }

    fn new_model(&self, name: &str) -> Model {
        let endpoint = Endpoint {
            provider: self.settings.name.clone(),
            base_url: self.settings.base_url.as_str().to_owned(),
            api_key: self.secret(),
            model: name.to_owned(),
            timeouts: self.timeouts,
        };
        Model::connect(self.settings.format, endpoint)
    }

    fn secret(&self) -> Option<Secret> {
        self.settings.api_key.as_ref().map(|key| Secret::new(key.expose()))
    }
}
