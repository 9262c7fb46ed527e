//! The typed settings, one struct a subsystem, in the order of `config.default.toml`, which describes each.
//!
//! Every name here stands in that file under the same name, except that a time is a [`Duration`] and needs no unit.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer};
use tracing_subscriber::EnvFilter;

use super::{
    database_url::{self, DatabaseUrl},
    values::{days, milliseconds, number, parsed, text, whole, yes_or_no},
};

/// `[server]`: how the server listens and where it keeps its files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Where to listen.
    #[serde(deserialize_with = "socket_address")]
    pub listen: SocketAddr,
    /// As configured; [`super::Config::data_dir`] knows the place when this is none.
    #[serde(deserialize_with = "optional_path")]
    pub data_dir: Option<PathBuf>,
    /// Largest request body.
    #[serde(deserialize_with = "whole::<_, _, 1024, 1_073_741_824>")]
    pub max_body_bytes: usize,
    /// Whether cookies travel over HTTPS only.
    #[serde(deserialize_with = "yes_or_no")]
    pub secure_cookies: bool,
    /// How long a stopping server waits for work in progress.
    #[serde(rename = "shutdown_grace_ms", deserialize_with = "milliseconds::<_, 0, 3_600_000>")]
    pub shutdown_grace: Duration,
}

/// `[database]`: where lessons, votes and accounts are stored.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// As configured; [`super::Config::database_url`] knows the database when this is none.
    #[serde(deserialize_with = "database_url::optional")]
    pub url: Option<DatabaseUrl>,
    /// Most connections to hold open.
    #[serde(deserialize_with = "whole::<_, _, 1, 10_000>")]
    pub max_connections: u32,
}

/// `[graphql]`: what one request may cost the server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphqlSettings {
    /// Deepest nesting of fields.
    #[serde(deserialize_with = "whole::<_, _, 1, 100>")]
    pub max_depth: usize,
    /// Highest complexity, a field counting one.
    #[serde(deserialize_with = "whole::<_, _, 1, 1_000_000>")]
    pub max_complexity: usize,
}

/// `[cache]`: lessons kept in memory.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    /// Memory for cached lessons.
    #[serde(deserialize_with = "whole::<_, _, 1_048_576, 1_099_511_627_776>")]
    pub max_bytes: u64,
    /// How long another process's change may stay unseen; zero asks the database every time.
    #[serde(rename = "max_age_ms", deserialize_with = "milliseconds::<_, 0, 3_600_000>")]
    pub max_age: Duration,
}

/// `[views]`: how views are counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewSettings {
    /// Time between two writes of the counted views.
    #[serde(rename = "flush_interval_ms", deserialize_with = "milliseconds::<_, 10, 60_000>")]
    pub flush_interval: Duration,
}

/// `[voting]`: when a version is approved, and how versions are compared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VotingSettings {
    /// Net votes from which a version is approved.
    #[serde(deserialize_with = "whole::<_, _, 1, 1_000_000>")]
    pub approve_net_votes: i64,
    /// Share of upvotes that it also needs, from 0 to 100.
    #[serde(deserialize_with = "number::<_, 100>")]
    pub approve_percent: f64,
    /// Upvotes given to every version in advance.
    #[serde(deserialize_with = "number::<_, 1000>")]
    pub prior_up: f64,
    /// Downvotes given to every version in advance.
    #[serde(deserialize_with = "number::<_, 1000>")]
    pub prior_down: f64,
    /// Standard score of the Wilson lower bound.
    #[serde(deserialize_with = "number::<_, 10>")]
    pub confidence_z: f64,
}

/// `[accounts]`: sign-up and sign-in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// How long a session or token lives.
    #[serde(rename = "session_days", deserialize_with = "days::<_, 1, 3650>")]
    pub session_lifetime: Duration,
    /// Fewest characters in a new password; NIST SP 800-63B allows no fewer than eight.
    #[serde(deserialize_with = "whole::<_, _, 8, 128>")]
    pub min_password_chars: usize,
}

/// `[generation]`: how lessons are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerationSettings {
    /// Most tokens a model may write in one call.
    #[serde(deserialize_with = "whole::<_, _, 256, 1_000_000>")]
    pub max_output_tokens: u32,
    /// How freely the model writes, from 0 to 2.
    #[serde(deserialize_with = "number::<_, 2>")]
    pub temperature: f64,
    /// Most lessons that are written or wait to be written at once.
    #[serde(deserialize_with = "whole::<_, _, 1, 1_000_000>")]
    pub max_waiting_runs: usize,
    /// Most lessons that are written at once.
    #[serde(deserialize_with = "whole::<_, _, 1, 10_000>")]
    pub max_concurrent_runs: usize,
    /// How long a run stays with a process that gives no sign of life.
    #[serde(rename = "lease_ms", deserialize_with = "milliseconds::<_, 300, 3_600_000>")]
    pub lease: Duration,
    /// How long nobody tries again after a run has failed for the first time.
    #[serde(rename = "retry_pause_ms", deserialize_with = "milliseconds::<_, 0, 3_600_000>")]
    pub retry_pause: Duration,
    /// How long at most, however often it has failed.
    #[serde(rename = "max_retry_pause_ms", deserialize_with = "milliseconds::<_, 0, 86_400_000>")]
    pub max_retry_pause: Duration,
}

/// `[sandbox]`: where the programs of lessons are run.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SandboxSettings {
    /// Whether programs are run at all.
    #[serde(deserialize_with = "yes_or_no")]
    pub enabled: bool,
    /// Processor time of one program.
    #[serde(rename = "cpu_ms", deserialize_with = "milliseconds::<_, 1_000, 60_000>")]
    pub cpu: Duration,
    /// Time of one program by the clock.
    #[serde(rename = "wall_ms", deserialize_with = "milliseconds::<_, 1_000, 300_000>")]
    pub wall: Duration,
    /// Memory of one program.
    #[serde(deserialize_with = "whole::<_, _, 67_108_864, 8_589_934_592>")]
    pub memory_bytes: u64,
    /// Output of one program.
    #[serde(deserialize_with = "whole::<_, _, 1_024, 16_777_216>")]
    pub output_bytes: usize,
    /// Most programs at once.
    #[serde(deserialize_with = "whole::<_, _, 1, 1_000>")]
    pub max_at_once: usize,
}

/// `[documents]`: what operators may add as sources for lessons.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentSettings {
    /// The largest file.
    #[serde(deserialize_with = "whole::<_, _, 1_024, 1_073_741_824>")]
    pub max_file_bytes: usize,
    /// The most pages in one document.
    #[serde(deserialize_with = "whole::<_, _, 1, 1_000_000>")]
    pub max_pages: usize,
}

/// `[budget]`: how much may be spent on models.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetSettings {
    /// Most dollars a day; zero is no limit.
    #[serde(deserialize_with = "number::<_, 1_000_000>")]
    pub day_dollars: f64,
    /// Most dollars a month; zero is no limit.
    #[serde(deserialize_with = "number::<_, 1_000_000>")]
    pub month_dollars: f64,
    /// Whether models without a known price may be asked within a budget.
    #[serde(deserialize_with = "yes_or_no")]
    pub allow_unpriced: bool,
}

/// `[log]`: what the server says about its work.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// A filter that `tracing_subscriber::EnvFilter` was seen to accept.
    #[serde(deserialize_with = "log_filter")]
    pub level: String,
    /// How a line is written.
    #[serde(deserialize_with = "log_format")]
    pub format: LogFormat,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs that collect logs.
    Json,
}

fn socket_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    parsed(deserializer, "an IP address and a port, such as 127.0.0.1:8080", |text| text.parse().ok())
}

pub(super) fn optional_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    text(deserializer).map(|path| (!path.is_empty()).then(|| path.into()))
}

fn log_filter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    parsed(deserializer, "off, error, warn, info, debug or trace, or parts such as info,sqlx=warn", |text| {
        // The filter takes a misspelt level for the name of a part, and would then log almost nothing.
        let is_plain = |part: &&str| !part.contains(['=', '[']);
        let levels_exist =
            text.split(',').filter(is_plain).all(|level| level.parse::<tracing::level_filters::LevelFilter>().is_ok());
        (levels_exist && EnvFilter::try_new(text).is_ok()).then(|| text.to_owned())
    })
}

fn log_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LogFormat, D::Error> {
    parsed(deserializer, "\"text\" or \"json\"", |text| match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    })
}
