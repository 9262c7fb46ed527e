//! What a person may ask of the benchmark.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;

/// The options of `cargo xtask bench`.
#[derive(Args)]
pub struct Options {
    /// A smoke test of under a minute: few lessons, short rounds. Its figures mean little.
    #[arg(long)]
    quick: bool,
    /// How many lessons the databases hold [default: 100,200000; quick: 100,2000]
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS")]
    lessons: Vec<u32>,
    /// How many connections ask at once [default: 1,16,64]
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS")]
    connections: Vec<u32>,
    /// How long each one is measured in each round [default: 1; quick: 0.4]
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<f64>,
    /// How many rounds there are for each number of connections [default: 7; quick: 3]
    #[arg(long)]
    rounds: Option<u32>,
    /// Where the figures are written as JSON
    #[arg(long, value_name = "FILE", default_value = "target/bench/hit.json")]
    pub json: PathBuf,
    /// A PostgreSQL server on this machine, on which databases may be made and dropped; `cargo xtask bench` starts one
    #[arg(long, env = "SKILLSYNC_TEST_POSTGRES_URL", hide = true)]
    pub postgres_url: Option<String>,
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
    pub fn plan(&self) -> Result<Plan> {
        let or = |given: &[u32], default: &[u32]| if given.is_empty() { default.to_vec() } else { given.to_vec() };
        let lessons = or(&self.lessons, if self.quick { &[100, 2000] } else { &[100, 200_000] });
        let connections = or(&self.connections, &[1, 16, 64]);
        let seconds = self.seconds.unwrap_or(if self.quick { 0.4 } else { 1.0 });
        let rounds = self.rounds.unwrap_or(if self.quick { 3 } else { 7 });
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
