//! What one trial happens in: a database, a provider, processes, and a directory with their files.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use crate::chance::Chance;
use crate::database::{Database, Engine};
use crate::postgres::Postgres;
use crate::process::{Process, Role};
use crate::program::Program;
use crate::provider::{Call, Provider};
use crate::settings::Settings;
use crate::verdict::Verdict;

/// What all trials share.
#[derive(Debug)]
pub struct Ground {
    /// The program under test.
    pub program: Program,
    /// Where trials keep their files.
    pub directory: PathBuf,
    /// The PostgreSQL server, where one is up.
    pub postgres: Option<Postgres>,
    /// How many learners ask at once.
    pub waiters: usize,
    /// Whether a trial fails when a run is resumed too late.
    pub is_timed: bool,
}

/// One trial: where, what, and its own chance.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What it shares with the others.
    pub ground: Arc<Ground>,
    /// The database.
    pub engine: Engine,
    /// Its name, which no other trial of this run has; fit for files and databases.
    pub name: String,
    /// Its number among those of its kind.
    pub number: usize,
    /// Where its choices come from.
    pub chance: Chance,
}

/// The world of one trial.
pub struct World {
    /// The provider of models.
    pub provider: Provider,
    /// The database.
    pub database: Database,
    /// Where the files are.
    pub directory: PathBuf,
    ground: Arc<Ground>,
    settings: Settings,
}

impl World {
    /// Makes the world of a trial.
    ///
    /// # Errors
    /// When the database or the provider cannot be started.
    pub async fn new(trial: &mut Trial, settings: Settings) -> Result<Self> {
        let directory = trial.ground.directory.join(&trial.name);
        fs::create_dir_all(&directory)?;
        let provider = Provider::start(trial.chance.number()).await?;
        let server_url = trial.ground.postgres.as_ref().map(|postgres| postgres.url.as_str());
        let name = format!("faults_{}_{}", std::process::id(), trial.name.replace('-', "_"));
        let database = Database::create(trial.engine, &directory, server_url, &name).await?;
        Ok(Self { provider, database, directory, ground: trial.ground.clone(), settings })
    }

    /// Starts a process of this name, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(&self, name: &str, role: Role) -> Result<Process> {
        let program = &self.ground.program;
        fs::write(self.directory.join(format!("{name}.toml")), self.settings.file(program, &self.provider, name))?;
        Process::start(program, role, &self.directory, name, &self.database.url).await
    }

    /// Whether a trial fails when a run is resumed too late.
    pub fn is_timed(&self) -> bool {
        self.ground.is_timed
    }

    /// A role for a process that takes over: a worker as well, in builds that have it.
    pub fn role(&self, chance: &mut Chance) -> Role {
        let wants_worker = chance.coin();
        if wants_worker && self.ground.program.has_worker { Role::Worker } else { Role::Serve }
    }

    /// Takes the world down. Where something was wrong, the verdict says first what was chosen for this trial, and the files
    /// stay.
    ///
    /// # Errors
    /// When the database cannot be removed.
    pub async fn end(self, chosen: String, verdict: &mut Verdict) -> Result<()> {
        if !verdict.is_good() {
            let unknown = self.settings.unknown_to(&self.ground.program);
            if !unknown.is_empty() {
                verdict.faults.insert(0, format!("this build does not know the settings {}", unknown.join(", ")));
            }
            verdict.faults.insert(0, chosen);
            fs::write(self.directory.join("what-happened.txt"), self.recorded(&verdict.faults).await?)?;
        }
        self.database.remove().await?;
        if verdict.is_good() {
            fs::remove_dir_all(&self.directory)?;
        }
        Ok(())
    }

    /// What can be seen, for whoever looks into a failure.
    async fn recorded(&self, faults: &[String]) -> Result<String> {
        let mut text = faults.join("\n");
        writeln!(text, "\n\nWhat the provider was asked:")?;
        for Call { number, server, process, topic, step, request_id, charge, fate, .. } in self.provider.calls() {
            let id = request_id.unwrap_or_default();
            writeln!(
                text,
                "{number}: {process} asked server {server} for {step} of {topic}, {charge:?}, {fate:?} {id}"
            )?;
        }
        let seen = match self.database.look().await {
            Ok(seen) => seen,
            Err(error) => {
                writeln!(text, "\nThe database cannot be read: {error:#}")?;
                return Ok(text);
            }
        };
        writeln!(text, "\nWhat the database holds:")?;
        for run in &seen.runs {
            let (owner, code) = (run.owner.as_deref().unwrap_or("nobody"), run.failure_code.as_deref().unwrap_or(""));
            writeln!(text, "run {} of {}: {} {code}, token {}, {owner}", run.id, run.topic(), run.state, run.token)?;
        }
        for step in &seen.steps {
            writeln!(text, "run {}: {} is finished", step.run_id, step.name)?;
        }
        for row in &seen.ledger {
            writeln!(text, "{row:?}")?;
        }
        for version in &seen.versions {
            writeln!(text, "version {} of {}", version.version, version.step_title)?;
        }
        Ok(text)
    }
}
