//! Measures what serving a lesson that is there costs: the real server under load, in turns with a bare handler.
//!
//! The modules in reading order: [`hit`] tells the whole story.

mod hit;

mod options;

mod topics;

mod database;
mod seed;

mod baseline;
mod server;

mod cpu;

mod contestants;
mod questions;

mod load;

mod rounds;

mod figures;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio::runtime;

#[derive(Parser)]
#[command(name = "cargo xtask bench", about = "Measures what a cached lesson costs.", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure a hit over HTTP, in turns with a bare handler that gives the same bytes.
    Hit(options::Options),
    /// Be that bare handler: answer every question with the content of a file. Started by `hit`.
    #[command(hide = true)]
    Baseline { reply: PathBuf },
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
        Command::Hit(options) => {
            runtime::Builder::new_current_thread().enable_all().build()?.block_on(hit::run_or_be_stopped(&options))
        }
        // The same kind of runtime as that of the server, or the comparison would be of runtimes.
        Command::Baseline { reply } => {
            runtime::Builder::new_multi_thread().enable_all().build()?.block_on(baseline::serve(&reply))
        }
    }
}
