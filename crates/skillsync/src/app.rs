//! What the whole program shares: built once by whoever runs it, whether server, command or test.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use skillsync_sandbox::Sandbox;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accounts::{AccountSettings, Accounts, password::PasswordHasher};
use crate::analytics::activity::Activity;
use crate::clock::Clock;
use crate::config::models::ModelPrice;
use crate::config::settings::BudgetSettings;
use crate::config::{Config, DatabaseUrl};
use crate::generation::authors::Authors;
use crate::generation::pipeline::{Tools, WritingLimits};
use crate::generation::sources::Sources;
use crate::ids::Randomness;
use crate::lessons::cache::LessonCache;
use crate::lessons::pages::rendered::Rendered;
use crate::lessons::views::Views;
use crate::lessons::{self, LessonFlights};
use crate::models::Models;
use crate::money::budget::Budget;
use crate::money::ledger::Ledger;
use crate::money::prices::{DollarsPerMillion, Price, PriceTable, nano_dollars};
use crate::outside;
use crate::storage::{Db, OpenError, StorageError};
use crate::voting::approval::ApprovalPolicy;
use crate::voting::ranking::RankingPolicy;
use crate::work::feed::Feeds;
use crate::work::lease::LeaseTerms;
use crate::work::pause::PausePolicy;
use crate::work::steps::Workplace;
use crate::work::{self, crew::Crew};

/// The program's parts. Cloning gives another handle on the same parts.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See the fields; reached through [`App`].
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// People and their sessions.
    pub accounts: Accounts,
    /// Who writes lessons.
    pub authors: Authors,
    /// What model calls cost.
    pub ledger: Ledger,
    /// Where programs are run.
    pub sandbox: Sandbox,
    /// What lessons rest on.
    pub sources: Sources,
    /// Lessons in memory.
    pub cache: LessonCache,
    /// Lessons drawn for their pages.
    pub rendered: Rendered,
    /// Views not yet written.
    pub views: Views,
    /// Requests not yet written.
    pub activity: Activity,
    /// Lessons that callers wait for.
    pub flights: LessonFlights,
    /// Which runs this process works on.
    pub crew: Crew,
    /// What happens in the runs that are followed here.
    pub feeds: Arc<Feeds>,
    /// Owns every task that outlives a request.
    pub tasks: TaskTracker,
    /// Cancelled when the program is to stop.
    pub stopping: CancellationToken,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What a test replaces.
pub struct Outside {
    /// The time.
    pub clock: Clock,
    /// Where secrets come from.
    pub randomness: Randomness,
    /// Who writes lessons.
    pub authors: Authors,
    /// Where programs are run.
    pub sandbox: Sandbox,
    /// What lessons rest on.
    pub sources: Sources,
    /// How passwords are hashed.
    pub hasher: PasswordHasher,
}

impl Outside {
    /// The real world, with the models that the settings name.
    pub fn real(config: &Config, db: &Db) -> Self {
        let clock = Clock::System;
        let models = Models::from_settings(&config.models).counting_in(db.clone(), clock.clone());
        let authors = Authors::new(models);
        let authors = if config.research.enabled { authors } else { authors.without_research() };
        Self {
            clock,
            randomness: Randomness::System,
            authors,
            sandbox: outside::sandbox(&config.sandbox),
            sources: outside::sources(config, db),
            hasher: PasswordHasher::recommended(),
        }
    }
}

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder for the database could not be made.
    #[error("the data directory {0} could not be created")]
    DataDirectory(String, #[source] std::io::Error),
    /// The database did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Opens the database that the settings name, without touching its tables.
///
/// # Errors
/// When it cannot be reached or created.
pub async fn open_database(config: &Config) -> Result<Db, StartError> {
    let max = config.database.max_connections;
    Ok(match config.database_url() {
        DatabaseUrl::SqliteFile(file) => {
            if let Some(folder) = file.parent() {
                create_folder(folder)?;
            }
            Db::open_file(&file, max).await?
        }
        DatabaseUrl::Sqlite(url) | DatabaseUrl::Postgres(url) => Db::open(&url, max).await?,
    })
}

fn create_folder(folder: &Path) -> Result<(), StartError> {
    std::fs::create_dir_all(folder).map_err(|error| StartError::DataDirectory(folder.display().to_string(), error))
}

impl App {
    /// Opens the database, brings it up to date, and puts the parts together.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let db = open_database(&config).await?;
        db.migrate().await?;
        let outside = Outside::real(&config, &db);
        Ok(Self::assemble(config, db, outside))
    }

    /// Puts the parts together on an open and migrated database, and starts what runs in the background.
    pub fn assemble(config: Config, db: Db, outside: Outside) -> Self {
        let Outside { clock, randomness, authors, sandbox, sources, hasher } = outside;
        let settings = AccountSettings {
            session_lifetime: TimeDelta::from_std(config.accounts.session_lifetime).unwrap_or(TimeDelta::MAX),
            secure_cookies: config.server.secure_cookies,
            min_password_chars: config.accounts.min_password_chars,
        };
        let lasts = config.generation.lease;
        let terms = LeaseTerms { owner: format!("{}-{}", std::process::id(), randomness.name()).into(), lasts };
        let app = Self(Arc::new(Parts {
            accounts: Accounts { db: db.clone(), clock: clock.clone(), randomness, hasher, settings },
            authors,
            ledger: Ledger::new(db.clone(), clock.clone(), price_table(&config)).within(budget(&config)),
            sandbox,
            sources,
            cache: LessonCache::new(config.cache.max_bytes, config.cache.max_age),
            rendered: Rendered::default(),
            views: Views::default(),
            activity: Activity::new(clock.clone()),
            flights: LessonFlights::new(config.generation.max_waiting_runs),
            crew: Crew::new(config.generation.max_concurrent_runs, terms),
            feeds: Arc::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            config,
            db,
            clock,
        }));
        app.tasks.spawn(flush_views(app.clone(), app.config.views.flush_interval));
        app.tasks.spawn(read_feeds(app.clone()));
        app.tasks.spawn(work_on_runs(app.clone()));
        app
    }

    /// Stops: waits until lessons that are being written are finished or handed over, writes what is only in memory, closes
    /// the database.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.tasks.close();
        // Work on runs keeps to the grace time by itself; handing over takes a moment more.
        let patience = self.config.server.shutdown_grace + HANDING_OVER;
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!("stopping before all work in the background has ended");
        }
        if let Err(error) = self.flush().await {
            tracing::error!(error = &error as &dyn std::error::Error, "the last views could not be written");
        }
        self.db.close().await;
    }

    /// Writes the views and requests that are only in memory.
    async fn flush(&self) -> Result<(), StorageError> {
        self.views.flush(&self.db).await?;
        self.activity.flush(&self.db).await
    }

    /// The thresholds for automatic approval.
    pub fn approval_policy(&self) -> ApprovalPolicy {
        let voting = &self.config.voting;
        ApprovalPolicy { net_votes: voting.approve_net_votes, percent: voting.approve_percent }
    }

    /// What lessons are written with.
    pub fn tools(&self) -> Tools {
        let generation = &self.config.generation;
        let limits = WritingLimits {
            max_output_tokens: generation.max_output_tokens,
            temperature: Some(generation.temperature),
        };
        let (ledger, sandbox, sources) = (self.ledger.clone(), self.sandbox.clone(), self.sources.clone());
        Tools { ledger, limits, sandbox, sources, clock: self.clock.clone() }
    }

    /// How long nobody tries again after a run has failed.
    pub fn pause_policy(&self) -> PausePolicy {
        let generation = &self.config.generation;
        PausePolicy { first: generation.retry_pause, longest: generation.max_retry_pause }
    }

    /// What all runs share that are worked on here.
    pub fn workplace(&self) -> Workplace {
        Workplace {
            db: self.db.clone(),
            clock: self.clock.clone(),
            feeds: self.feeds.clone(),
            terms: self.crew.terms().clone(),
            stopping: self.stopping.clone(),
        }
    }

    /// How versions are ranked.
    pub fn ranking_policy(&self) -> RankingPolicy {
        let voting = &self.config.voting;
        RankingPolicy { z: voting.confidence_z, prior_up: voting.prior_up, prior_down: voting.prior_down }
    }
}

/// The prices that the program knows and those that the operator stated. The settings hold only sensible ones; one that is not is left out and said so.
fn price_table(config: &Config) -> PriceTable {
    let price = |(model, stated): (&String, &ModelPrice)| {
        let price = Price::try_from(DollarsPerMillion {
            input: stated.input_dollars_per_million,
            cached_input: Some(stated.cached_input_dollars_per_million),
            output: stated.output_dollars_per_million,
        });
        price
            .inspect_err(|error| tracing::error!(model, %error, "this price is left out"))
            .ok()
            .map(|price| (model.clone(), price))
    };
    PriceTable::known().stating(config.prices.iter().filter_map(price))
}

fn budget(config: &Config) -> Budget {
    let BudgetSettings { day_dollars, month_dollars, allow_unpriced } = config.budget;
    let limit = |dollars: f64| (dollars > 0.0).then(|| nano_dollars(dollars));
    Budget { day_nano_dollars: limit(day_dollars), month_nano_dollars: limit(month_dollars), allow_unpriced }
}

/// How long handing runs over may take, when the program stops.
const HANDING_OVER: Duration = Duration::from_secs(5);

/// How often it is looked for news of runs in other processes, and for runs that others have left.
const LOOK: Duration = Duration::from_millis(250);

/// Works on runs until the program stops. Steps that have begun then get the grace time to end; runs that are not finished
/// are handed over to another process, or the next start of this one. Whoever waits for a run hears of its end until then.
async fn work_on_runs(app: App) {
    let crew = TaskTracker::new();
    while let Some((claimed, place)) = app.crew.next(&app.db, LOOK, &app.stopping).await {
        crew.spawn(lessons::write::work(app.clone(), claimed, place));
    }
    crew.close();
    if tokio::time::timeout(app.config.server.shutdown_grace, crew.wait()).await.is_err() {
        tracing::warn!(runs = crew.len(), "stopping in the middle of a step");
    }
    match work::store::give_all_back(&app.db, &app.crew.terms().owner).await {
        Ok(0) => {}
        Ok(runs) => tracing::info!(runs, "lessons that are not finished are handed over"),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "lessons could not be handed over; their leases run out");
        }
    }
    app.feeds.close();
}

/// Hears what happens in the runs that are followed here.
async fn read_feeds(app: App) {
    app.feeds.read(&app.db, LOOK).await;
}

/// Writes views once an interval until the program stops.
async fn flush_views(app: App, interval: Duration) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while app.stopping.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = app.flush().await {
            tracing::error!(error = &error as &dyn std::error::Error, "views could not be written; they are kept");
        }
    }
}
