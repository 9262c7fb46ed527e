//! What a person may ask of the benchmark.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};

/// The options of `cargo xtask bench`.
#[derive(Args)]
pub struct Options {
    /// A smoke test of about a minute: few lessons, short rounds. Its figures mean little.
    #[arg(long)]
    quick: bool,
    /// Measure only this
    #[arg(long, value_enum)]
    pub only: Option<Subject>,
    /// How many lessons the databases hold from which hits are served [default: 100,200000; quick: 100,2000]
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS")]
    lessons: Vec<u32>,
    /// How many connections ask at once [default: 1,16,64 for hits, 1,16 for misses]
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS")]
    connections: Vec<u32>,
    /// How long each one is measured in each round [default: 1 for hits, 5 for misses; quick: 0.4 and 0.6]
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<f64>,
    /// How many rounds there are for each number of connections [default: 7; quick: 3 for hits, 2 for misses]
    #[arg(long)]
    rounds: Option<u32>,
    /// Where the figures are written as JSON
    #[arg(long, value_name = "FILE", default_value = "target/bench/figures.json")]
    pub json: PathBuf,
    /// A PostgreSQL server on this machine, on which databases may be made and dropped; `cargo xtask bench` starts one
    #[arg(long, env = "SKILLSYNC_TEST_POSTGRES_URL", hide = true)]
    pub postgres_url: Option<String>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// What serving a lesson that is there costs.
    Hit,
    /// What is added to the calls of models when a lesson is written.
    Miss,
}

/// What is going to be done, with every default filled in.
pub struct Plan {
    /// How many lessons each database holds.
    pub lessons: Vec<u32>,
    /// How many connections ask at once.
    pub connections: Vec<u32>,
    /// How long a contestant is measured in each round.
    pub turn: Duration,
    /// How many rounds there are for each number of connections.
    pub rounds: u32,
}

impl Options {
    /// Fills in the defaults.
    ///
    /// # Errors
    /// When an option has a value that nothing can be measured with.
    pub fn plan(&self, subject: Subject) -> Result<Plan> {
        let misses = subject == Subject::Miss;
        let or = |given: &[u32], default: &[u32]| if given.is_empty() { default.to_vec() } else { given.to_vec() };
        let lessons = or(&self.lessons, if self.quick { &[100, 2000] } else { &[100, 200_000] });
        let connections = or(&self.connections, if misses { &[1, 16] } else { &[1, 16, 64] });
        let (seconds, rounds) = match (subject, self.quick) {
            (Subject::Hit, false) => (1.0, 7),
            (Subject::Hit, true) => (0.4, 3),
            (Subject::Miss, false) => (5.0, 7),
            (Subject::Miss, true) => (0.6, 2),
        };
        let (seconds, rounds) = (self.seconds.unwrap_or(seconds), self.rounds.unwrap_or(rounds));
        ensure!((0.1..=60.0).contains(&seconds), "--seconds must be from 0.1 to 60");
        ensure!(rounds > 0, "--rounds must be at least 1");
        ensure!(connections.iter().all(|number| (1..=1000).contains(number)), "--connections must be from 1 to 1000");
        let most = connections.iter().max().copied().unwrap_or(1);
        ensure!(
            lessons.iter().all(|number| (most + 1..=999_999).contains(number)),
            "--lessons must be from {} to 999999: each connection asks for lessons of its own, and one is asked for \
             by all",
            most + 1,
        );
        Ok(Plan { lessons, connections, turn: Duration::from_secs_f64(seconds), rounds })
    }
}
