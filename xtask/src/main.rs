//! The project's own commands, run as `cargo xtask COMMAND`.
//!
//! They are a Rust program of the workspace, so that a fresh machine with cargo has everything it needs to start:
//! what else the tests need (PostgreSQL, Chromium), `cargo xtask test` provides itself.

mod bench;
mod faults;
mod generate;
mod postgres;
mod process;
mod programs;
mod stages;
mod test;
mod tidy;
mod tools;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands.")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Provide PostgreSQL and Chromium, check format, lints, tidiness and generated files, then run all tests.
    Test(test::Options),
    /// What continuous integration runs: the same as `test` without options.
    Ci,
    /// Check the rules of ARCHITECTURE.md and CONTRIBUTING.md that a program can check.
    Tidy,
    /// Write the generated files: GraphQL schema, lesson schema, configuration and command-line references.
    Gen {
        /// Change nothing, but fail when a committed file differs from what would be generated.
        #[arg(long)]
        check: bool,
    },
    /// Measure what a cached lesson costs, beside a bare handler; see docs/benchmarks.md and `bench --help`.
    #[command(disable_help_flag = true)]
    Bench {
        /// The benchmark's own options.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Kill, freeze and starve the real program and check what must hold; see docs/faults.md and `faults --help`.
    #[command(disable_help_flag = true)]
    Faults {
        /// The trials' own options, and `--release` to torture a release build.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Run a command while a throw-away PostgreSQL server is up; it finds it by SKILLSYNC_TEST_POSTGRES_URL.
    Postgres {
        /// The command and its arguments, after `--`.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Wait until standard input closes, then stop the server and remove its directory. Started by `postgres`.
    #[command(hide = true)]
    KeepPostgres { pg_ctl: PathBuf, directory: PathBuf },
}

fn main() -> ExitCode {
    // Returning the error from `main` would print a backtrace of xtask itself, which tells a developer nothing.
    run(Arguments::parse().command).unwrap_or_else(|error| {
        eprintln!("error: {error}");
        for cause in error.chain().skip(1) {
            eprintln!("because: {cause}");
        }
        ExitCode::FAILURE
    })
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Test(options) => test::run(&options)?,
        Task::Ci => test::run(&test::Options::default())?,
        Task::Tidy => tidy::run()?,
        Task::Gen { check: true } => generate::check()?,
        Task::Gen { check: false } => generate::write()?,
        Task::Bench { arguments } => bench::run(&arguments)?,
        Task::Faults { arguments } => return faults::run(&arguments),
        Task::Postgres { command } => return with_postgres(&command),
        Task::KeepPostgres { pg_ctl, directory } => postgres::keep(&pg_ctl, &directory)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a developer's command with a server up, and gives its exit code on.
fn with_postgres(command: &[OsString]) -> Result<ExitCode> {
    let (program, arguments) = command.split_first().context("name the command to run after `--`")?;
    let server = postgres::Postgres::start(&tools::postgres()?)?;
    eprintln!("PostgreSQL is at {}", server.url());
    let status = Command::new(program)
        .args(arguments)
        .envs(server.environment())
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
