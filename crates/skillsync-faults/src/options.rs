//! What a person may ask of the trials.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::RangedU64ValueParser;
use skillsync::clock::Clock;

use crate::database::Engine;
use crate::kind::Kind;
use crate::postgres::{Control, Postgres};

/// Tortures the real program on real databases with a provider that counts, and checks what must hold afterwards.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask faults", max_term_width = 100)]
pub struct Options {
    /// How many trials of each kind are held on each database
    #[arg(long, default_value_t = 20)]
    pub trials: usize,
    /// How many rounds of first requests are held on each set of processes
    #[arg(long, default_value_t = 10)]
    pub rounds: usize,
    /// How many learners ask at once, where many do
    #[arg(long, default_value_t = 1000, value_parser = RangedU64ValueParser::<usize>::new().range(2..=10_000))]
    pub waiters: usize,
    /// Repeat the choices of an earlier run [default: a new one, which is printed]
    #[arg(long)]
    seed: Option<u64>,
    /// Only this database [default: all that there are]
    #[arg(long)]
    engine: Option<EngineChoice>,
    /// Only these kinds [default: all]
    #[arg(long, value_delimiter = ',')]
    kind: Vec<Kind>,
    /// Only the trial with this number of each kind
    #[arg(long)]
    pub trial: Option<usize>,
    /// How many trials are held side by side, where they do not disturb each other
    #[arg(long, default_value_t = 2, value_parser = RangedU64ValueParser::<usize>::new().range(1..=64))]
    pub jobs: usize,
    /// Tell how late runs are resumed, but do not fail for it: for a machine that is busy with other work
    #[arg(long)]
    pub untimed: bool,
    /// The program under test [default: the one that was built beside this one]
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
    /// A PostgreSQL server on which databases may be made and dropped; `cargo xtask faults` starts one
    #[arg(long, env = "SKILLSYNC_TEST_POSTGRES_URL", hide = true)]
    postgres_url: Option<String>,
    /// The program that restarts it
    #[arg(long, env = "SKILLSYNC_TEST_POSTGRES_CONTROL", hide = true)]
    postgres_control: Option<PathBuf>,
    /// Its data directory
    #[arg(long, env = "SKILLSYNC_TEST_POSTGRES_DATA", hide = true)]
    postgres_data: Option<PathBuf>,
}

/// Which databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum EngineChoice {
    Sqlite,
    Postgres,
    Both,
}

impl Options {
    /// The seed: the given one, or one that nobody has used.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| Clock::System.now().timestamp_micros().unsigned_abs() % 1_000_000_007)
    }

    /// The databases.
    pub fn engines(&self) -> Vec<Engine> {
        match self.engine {
            Some(EngineChoice::Sqlite) => vec![Engine::Sqlite],
            Some(EngineChoice::Postgres) => vec![Engine::Postgres],
            None if self.postgres_url.is_none() => vec![Engine::Sqlite],
            None | Some(EngineChoice::Both) => vec![Engine::Sqlite, Engine::Postgres],
        }
    }

    /// The kinds of trials.
    pub fn kinds(&self) -> Vec<Kind> {
        if self.kind.is_empty() { Kind::all().to_vec() } else { self.kind.clone() }
    }

    /// The PostgreSQL server, if one is up.
    pub fn postgres(&self) -> Option<Postgres> {
        let control = self.postgres_control.clone().zip(self.postgres_data.clone());
        let control = control.map(|(pg_ctl, data)| Control { pg_ctl, data });
        self.postgres_url.clone().map(|url| Postgres { url, control })
    }
}
