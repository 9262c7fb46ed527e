//! Parses the command line and runs one command.

use std::process::ExitCode;

use clap::Parser;
use skillsync::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.is_jail() {
        // The jail closes around one thread, so it comes before the runtime and its threads.
        return skillsync_sandbox::jailed_main();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(cli.run()));
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
