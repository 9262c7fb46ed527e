//! The command line: one file a command.

mod completions;
mod doctor;
mod documents;
mod lesson;
mod migrate;
mod reading;
pub mod reference;
mod running;
mod schema;
mod serve;
mod stats;
mod worker;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Environment, FlagValue, Sources};

/// A self-hosted learning platform: a lesson is written once, checked, and served for ever.
#[derive(Debug, Parser)]
#[command(name = "skillsync", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    settings: SettingFlags,
    #[command(subcommand)]
    command: Command,
}

/// Settings that every command takes. They win over the environment and the configuration file.
#[derive(Debug, Args)]
struct SettingFlags {
    /// Read settings from this file [default: config.toml in the platform's configuration directory, where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep the database and everything else in this directory [default: the platform's data directory]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// Use this database: postgres://… or sqlite://… [default: a file in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Worker(worker::Worker),
    #[command(subcommand)]
    Lesson(lesson::Lesson),
    #[command(subcommand)]
    Documents(documents::Documents),
    Stats(stats::Stats),
    Migrate(migrate::Migrate),
    Doctor(doctor::Doctor),
    #[command(subcommand)]
    Schema(schema::Schema),
    Completions(completions::Completions),
    /// Runs one program of an exercise, jailed; the server starts this itself
    #[command(hide = true)]
    Jail,
}

impl Cli {
    /// Whether this process is to become the jail of a program and nothing else.
    #[must_use]
    pub fn is_jail(&self) -> bool {
        matches!(self.command, Command::Jail)
    }

    /// Runs the command.
    ///
    /// # Errors
    /// With what `main` prints, each cause after a colon.
    pub async fn run(self) -> Result<ExitCode> {
        let settings = self.settings;
        match self.command {
            Command::Serve(serve) => {
                let config = settings.load(&serve.flags())?;
                serve.run(config).await
            }
            Command::Worker(worker) => worker.run(settings.load(&[])?).await,
            Command::Lesson(lesson) => lesson.run(|| settings.load(&[])).await,
            Command::Documents(documents) => documents.run(settings.load(&[])?).await,
            Command::Stats(stats) => stats.run(settings.load(&[])?).await,
            Command::Migrate(migrate) => migrate.run(settings.load(&[])?).await,
            Command::Doctor(doctor) => doctor.run(settings.load(&[])?).await,
            Command::Schema(schema) => schema.run(),
            Command::Completions(completions) => completions.run(),
            Command::Jail => bail!("a jail cannot be set up where threads already run"),
        }
    }
}

impl SettingFlags {
    fn load(&self, more: &[FlagValue]) -> Result<Config> {
        let given =
            [("--data-dir", "server.data_dir", &self.data_dir), ("--database-url", "database.url", &self.database_url)];
        let flags =
            given.into_iter().filter_map(|(name, path, value)| value.as_ref().map(|value| flag(name, path, value)));
        let flags: Vec<_> = flags.chain(more.iter().cloned()).collect();
        let environment = Environment::from_process();
        Ok(Config::load(Sources { file: self.config.clone(), environment: &environment, flags: &flags })?)
    }
}

/// A setting given on the command line.
fn flag(name: &str, path: &str, value: &str) -> FlagValue {
    FlagValue { flag: name.to_owned(), path: path.to_owned(), value: value.to_owned() }
}

/// Prints to standard output. A reader that has seen enough, such as `head`, is no error.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.context("cannot write to standard output"),
    }
}
