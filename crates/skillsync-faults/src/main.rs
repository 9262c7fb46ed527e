//! Tortures the real program: kills it, freezes it, takes its provider and its database away, and counts.
//!
//! The modules in reading order: [`campaign`] tells the whole story.

mod campaign;

mod kind;
mod options;

mod calm;
mod failing;
mod interrupted;
mod restarted;

mod budget;
mod rounds;

mod checks;
mod ledger;
mod verdict;

mod asking;
mod crowd;
mod database;
mod postgres;
mod process;
mod program;
mod provider;
mod settings;
mod world;

mod chance;
mod patience;
mod report;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use crate::options::Options;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Holds the trials until they are done or a person presses Ctrl-C; either way all processes go away.
fn run(options: &Options) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            held = campaign::hold(options) => held,
            _ = tokio::signal::ctrl_c() => bail!("stopped"),
        }
    });
    // Connections of the provider may hang for ever, on purpose.
    runtime.shutdown_background();
    outcome
}
