//! All models that may be asked, made from the settings once at the start.

use std::time::Duration;

use skillsync_llm::{Backoff, Model, Timeouts};

use crate::clock::Clock;
use crate::config::model_list::{ModelChoice, ModelList};
use crate::config::models::ModelSettings;
use crate::config::providers::MinuteLimits;
use crate::ids::Randomness;
use crate::storage::Db;

use super::minutes::Minutes;
use super::model_server::ModelServer;
use super::provider::{BreakerRule, Provider};
use super::route::{Routes, StepKind};

/// The providers that are connected, the order in which they are asked, and how patiently.
pub struct Models {
    providers: Vec<Provider>,
    pub(super) routes: Routes,
    pub(super) patience: Patience,
    pub(super) minutes: Option<Minutes>,
    pub(super) randomness: Randomness,
}

/// How often a provider is asked one question, and how long to wait in between.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often, at least once.
    pub attempts: u32,
    /// How long to wait.
    pub backoff: Backoff,
}

impl Models {
    /// The models that the settings name.
    pub fn from_settings(settings: &ModelSettings) -> Self {
        let rule = BreakerRule { failures: settings.breaker_failures, pause: settings.breaker_pause };
        let timeouts = timeouts(settings);
        let connected = settings.connected().into_iter();
        let mut providers: Vec<_> =
            connected.map(|provider| Provider::at(ModelServer::new(provider, timeouts), rule)).collect();
        let is_connected = |choice: &ModelChoice| providers.iter().any(|provider| provider.name() == choice.provider);
        let routes = Routes::from_settings(settings, is_connected);
        // Operators read of them in the order in which they are asked.
        let rank = |provider: &Provider| {
            let named = |choice: &ModelChoice| choice.provider == provider.name();
            routes.general.0.iter().position(named).unwrap_or(usize::MAX)
        };
        providers.sort_by_key(rank);
        let backoff = Backoff { first: settings.backoff, longest: settings.max_backoff };
        Self {
            providers,
            routes,
            patience: Patience { attempts: settings.attempts, backoff },
            minutes: None,
            randomness: Randomness::System,
        }
    }

    /// One model and nobody else, asked without waiting between attempts: for tests.
    pub fn only(model: Model) -> Self {
        let rule = BreakerRule { failures: u32::MAX, pause: Duration::from_secs(30) };
        let patience = Patience { attempts: 1, backoff: Backoff { first: Duration::ZERO, longest: Duration::ZERO } };
        let name = model.provider().to_owned();
        Self::of(vec![Provider::fixed(&name, model, MinuteLimits::default(), rule)], patience)
    }

    /// Nobody.
    pub fn none() -> Self {
        Self::of(
            Vec::new(),
            Patience { attempts: 1, backoff: Backoff { first: Duration::ZERO, longest: Duration::ZERO } },
        )
    }

    /// These providers in this order, for tests.
    pub fn of(providers: Vec<Provider>, patience: Patience) -> Self {
        let choice = |provider: &Provider| ModelChoice { provider: provider.name().to_owned(), model: None };
        let general = ModelList(providers.iter().map(choice).collect());
        let routes = Routes { general, ..Routes::default() };
        Self { providers, routes, patience, minutes: None, randomness: Randomness::seeded(1) }
    }

    /// The same models, with the limits a minute counted in this database. Without one they are not kept.
    #[must_use]
    pub fn counting_in(self, db: Db, clock: Clock) -> Self {
        Self { minutes: Some(Minutes::new(db, clock)), ..self }
    }

    /// All that are connected: those of the general order first, in that order.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The provider of an entry in a list. Lists hold only providers that are there.
    pub(super) fn provider(&self, choice: &ModelChoice) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name() == choice.provider)
    }

    /// The first model of the general order that is there, if any; without such an order the first of the plan's. Whether
    /// a provider that was set up answers is not asked.
    pub async fn first(&self) -> Option<Model> {
        for choice in self.routes.general.0.iter().chain(self.routes.for_step(StepKind::Plan)) {
            let Some(provider) = self.provider(choice) else { continue };
            if let Ok(model) = provider.model(choice.model.as_deref()).await {
                return Some(model);
            }
        }
        None
    }
}

fn timeouts(settings: &ModelSettings) -> Timeouts {
    Timeouts {
        connect: settings.connect_timeout,
        first_byte: settings.first_byte_timeout,
        idle: settings.idle_timeout,
        total: settings.total_timeout,
    }
}
