//! One provider, with its breaker and what it did since the program started.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use skillsync_llm::{Breaker, BreakerState, Error, Model, Verdict};
use tokio::time::Instant;

use crate::config::providers::MinuteLimits;

use super::model_server::ModelServer;

/// A provider that can be asked.
pub struct Provider {
    name: String,
    source: Source,
    limits: MinuteLimits,
    state: Mutex<State>,
}

enum Source {
    Server(Box<ModelServer>),
    /// A model without a server, for tests.
    Fixed(Model),
}

struct State {
    breaker: Breaker,
    calls: u64,
    failures: u64,
    last_failure: Option<Error>,
}

/// When a provider is left alone, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct BreakerRule {
    /// After so many failures in a row.
    pub failures: u32,
    /// For so long.
    pub pause: Duration,
}

impl Provider {
    /// The provider behind a server.
    pub fn at(server: ModelServer, rule: BreakerRule) -> Self {
        let settings = server.settings();
        let (name, limits) = (settings.name.clone(), settings.limits);
        Self { name, limits, source: Source::Server(Box::new(server)), state: State::new(rule) }
    }

    /// A provider that has this one model, for tests.
    pub fn fixed(name: &str, model: Model, limits: MinuteLimits, rule: BreakerRule) -> Self {
        Self { name: name.to_owned(), limits, source: Source::Fixed(model), state: State::new(rule) }
    }

    /// Its name in lists, in the ledger and for operators.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it may be asked for in one minute.
    pub fn limits(&self) -> MinuteLimits {
        self.limits
    }

    /// The server behind it, unless there is none.
    pub fn server(&self) -> Option<&ModelServer> {
        match &self.source {
            Source::Server(server) => Some(server),
            Source::Fixed(_) => None,
        }
    }

    /// One of its models by name, or the one that it answers with by itself.
    ///
    /// # Errors
    /// When its server had to be asked for its models and has none to give.
    pub async fn model(&self, name: Option<&str>) -> Result<Model, Error> {
        match (&self.source, name) {
            (Source::Fixed(model), _) => Ok(model.clone()),
            (Source::Server(server), Some(name)) => Ok(server.connect(name)),
            (Source::Server(server), None) => server.model().await,
        }
    }

    /// The model that it answers with by itself, as far as it is known without asking.
    pub(super) fn known_model(&self) -> Option<String> {
        match &self.source {
            Source::Server(server) => server.known_model(),
            Source::Fixed(model) => Some(model.name().to_owned()),
        }
    }

    /// Whether it may be asked now. Whoever may is to [`record`](Self::record) the outcome, or to give the place up.
    ///
    /// # Errors
    /// With its last failure while it is left alone.
    pub(super) fn may_be_asked(&self) -> Result<(), Error> {
        let mut state = self.state();
        if state.breaker.lets_through(now()) {
            return Ok(());
        }
        Err(state.last_failure.clone().unwrap_or(Error::RateLimited { retry_after: None }))
    }

    /// Notes that it is not asked after all.
    pub(super) fn give_up_place(&self) {
        self.state().breaker.give_up_place(now());
    }

    /// Notes how an attempt ended.
    pub(super) fn record(&self, failure: Option<&Error>) {
        let mut state = self.state();
        let verdict = failure.map_or(Verdict::Works, Verdict::on);
        let was_open = state.breaker.state(now()) == BreakerState::Open;
        state.breaker.record(verdict, now());
        state.calls += 1;
        if let Some(failure) = failure {
            state.failures += 1;
            state.last_failure = Some(failure.clone());
        }
        if !was_open && state.breaker.state(now()) == BreakerState::Open {
            tracing::warn!(provider = self.name, "this provider is left alone for a while");
        }
    }

    /// Where its breaker stands, its calls, its failed calls, and the last failure.
    pub(super) fn standing(&self) -> (BreakerState, u64, u64, Option<Error>) {
        let state = self.state();
        (state.breaker.state(now()), state.calls, state.failures, state.last_failure.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(rule: BreakerRule) -> Mutex<Self> {
        let breaker = Breaker::new(rule.failures, rule.pause);
        Mutex::new(Self { breaker, calls: 0, failures: 0, last_failure: None })
    }
}

/// The runtime's own clock, which tests can stop.
fn now() -> std::time::Instant {
    Instant::now().into_std()
}
