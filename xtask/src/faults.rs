//! `cargo xtask faults`: builds the program and its torturer, brings PostgreSQL, and holds the trials.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::postgres::Postgres;
use crate::{process, programs, tools};

/// Holds the trials with the arguments as they are, but for `--release`, which says how to build. `--help` is answered by
/// them as well. Gives their exit code on.
///
/// Both programs are built by one command: built one after the other, they could be given different features of a
/// dependency, and half of it would be compiled twice.
pub fn run(arguments: &[OsString]) -> Result<ExitCode> {
    let (release, arguments): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| *argument == "--release");
    let packages = ["--package", "skillsync", "--package", "skillsync-faults"];
    let mut build = process::cargo(&["build", "--bins"]);
    let program = programs::build(build.args(packages).args(release), "skillsync-faults")?;
    let mut faults = Command::new(program);
    faults.current_dir(process::root()).args(&arguments);
    if arguments.iter().any(|argument| *argument == "--help" || *argument == "-h") {
        process::run(&mut faults)?;
        return Ok(ExitCode::SUCCESS);
    }
    let server = Postgres::start(&tools::postgres()?)?;
    let status = faults.envs(server.environment()).status().context("the trials cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
