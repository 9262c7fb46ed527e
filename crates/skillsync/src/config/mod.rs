//! Every setting of the program, from four layers of which the later wins: the commented defaults in
//! `config.default.toml`, the operator's file, the environment, command-line flags.
//!
//! Read [`Config::load`] first. A new setting is a commented line in the default file and a field in [`settings`];
//! its environment variable, its line in docs/configuration.md and its hints follow from these two.
//!
//! **Invariants.** Only [`Environment::from_process`] asks the process for variables or directories. No error and no
//! `Debug` output holds a secret. A configuration that loads is valid: each value lies in its range.

mod catalogue;
mod database_url;
mod environment;
mod error;
mod key_path;
mod layers;
pub mod model_list;
pub mod models;
pub mod providers;
mod reference;
pub mod settings;
pub mod sources;
mod user_file;
mod values;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

pub use self::{
    database_url::DatabaseUrl,
    environment::{Environment, own_program},
    error::{ConfigError, Origin},
    reference::reference,
};
use self::{
    layers::Layers,
    models::{ModelPrice, ModelSettings},
    settings::{
        AccountSettings, BudgetSettings, CacheSettings, DatabaseSettings, DocumentSettings, GenerationSettings,
        GraphqlSettings, LogSettings, SandboxSettings, ServerSettings, ViewSettings, VotingSettings,
    },
    sources::{ResearchSettings, VideoSettings},
    user_file::UserFile,
};

/// The default file: every setting, commented.
pub const DEFAULT_TOML: &str = include_str!("../../config.default.toml");

/// The name of the SQLite file in the data directory.
const SQLITE_FILE: &str = "skillsync.sqlite";

/// The whole configuration, one field a table of the default file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How the server listens and where it keeps its files.
    pub server: ServerSettings,
    /// Where lessons, votes and accounts are stored.
    pub database: DatabaseSettings,
    /// What one GraphQL request may cost.
    pub graphql: GraphqlSettings,
    /// Lessons kept in memory.
    pub cache: CacheSettings,
    /// How views are counted.
    pub views: ViewSettings,
    /// When a version is approved, and how versions are compared.
    pub voting: VotingSettings,
    /// Sign-up and sign-in.
    pub accounts: AccountSettings,
    /// The language models.
    pub models: ModelSettings,
    /// How lessons are written.
    pub generation: GenerationSettings,
    /// What operators may add as sources for lessons.
    pub documents: DocumentSettings,
    /// What the server says about its work.
    pub log: LogSettings,
    /// How much may be spent on models.
    pub budget: BudgetSettings,
    /// Where programs are run.
    pub sandbox: SandboxSettings,
    /// Pages that are looked for.
    pub research: ResearchSettings,
    /// Videos that are looked for.
    pub video: VideoSettings,
    /// What models cost, by `model` or `provider/model` as the provider spells it.
    pub prices: BTreeMap<String, ModelPrice>,
    #[serde(skip)]
    usual_data_dir: PathBuf,
}

/// Where the three layers above the defaults come from.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    /// The file named by `--config`. Without it the environment may name one, else the platform's place is tried.
    pub file: Option<PathBuf>,
    /// The process environment, or a test's.
    pub environment: &'a Environment,
    /// Settings given on the command line.
    pub flags: &'a [FlagValue],
}

/// One setting given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagValue {
    /// The flag as the user typed it, such as `--listen`, for messages.
    pub flag: String,
    /// The setting's dotted path, such as `server.listen`.
    pub path: String,
    /// The value as text.
    pub value: String,
}

impl Config {
    /// Lays the four layers over one another and gives each subsystem its settings.
    ///
    /// # Errors
    ///
    /// The first fault found: a named file that is missing, unreadable or not TOML; a key, variable or flag that no
    /// setting has; a value out of its range. See [`ConfigError`].
    pub fn load(sources: Sources<'_>) -> Result<Self, ConfigError> {
        let Sources { file, environment, flags } = sources;
        let mut layers = Layers::defaults();
        if let Some(file) = UserFile::find(file, environment)? {
            layers.add_file(&file);
        }
        layers.add_environment(environment)?;
        layers.add_flags(flags)?;
        let config = layers.into_config()?;
        Ok(Self { usual_data_dir: environment.usual_data_dir().to_owned(), ..config })
    }

    /// The defaults alone, untouched by the machine: for tests.
    #[must_use]
    pub fn defaults() -> Self {
        let nothing = Environment::default();
        Self::load(Sources { file: None, environment: &nothing, flags: &[] }).expect("the defaults are valid")
    }

    /// The directory for everything that the server stores. It may not exist yet.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.server.data_dir.as_deref().unwrap_or(&self.usual_data_dir).to_owned()
    }

    /// The database to use: the configured one, or a SQLite file in the data directory.
    #[must_use]
    pub fn database_url(&self) -> DatabaseUrl {
        let default_file = || DatabaseUrl::SqliteFile(self.data_dir().join(Path::new(SQLITE_FILE)));
        self.database.url.clone().unwrap_or_else(default_file)
    }
}
