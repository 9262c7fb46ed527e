//! Measures what the program adds: to a lesson that is there, beside a bare handler, and to one that an instant model writes,
//! beside a bare client of that model.
//!
//! The modules in reading order: [`findings`] has both measured, [`hit`] and [`miss`] tell how.

mod findings;
mod hit;
mod miss;

mod options;

mod topics;

mod database;
mod seed;

mod baseline;
mod calls;
mod provider;
mod server;

mod cpu;

mod contestants;
mod questions;

mod load;
mod statements;

mod rounds;

mod figures;
mod miss_report;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio::runtime;

#[derive(Parser)]
#[command(
    name = "cargo xtask bench",
    about = "Measures what a cached and a written lesson cost.",
    max_term_width = 100
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure hits and misses over HTTP, in turns with a bare handler and a bare client.
    Run(options::Options),
    /// Be that bare handler: answer every question with the content of a file. Started by `run`.
    #[command(hide = true)]
    Baseline { reply: PathBuf },
    /// Be a provider of models that answers at once. Started by `run`.
    #[command(hide = true)]
    Provider,
}

fn main() -> ExitCode {
    run(Arguments::parse().command).map_or_else(
        |error| {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn run(command: Command) -> Result<()> {
    match command {
        // The load comes from one thread, so that on a small machine it takes as little as it can from the server.
        Command::Run(options) => runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(findings::find_or_be_stopped(&options)),
        // The provider takes one thread, too.
        Command::Provider => runtime::Builder::new_current_thread().enable_all().build()?.block_on(provider::serve()),
        // The same kind of runtime as that of the server, or the comparison would be of runtimes.
        Command::Baseline { reply } => {
            runtime::Builder::new_multi_thread().enable_all().build()?.block_on(baseline::serve(&reply))
        }
    }
}
