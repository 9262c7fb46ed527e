//! `cargo xtask bench`: builds the release programs, brings PostgreSQL, and runs the benchmark.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use crate::postgres::Postgres;
use crate::{process, programs, tools};

/// Runs the benchmark with the arguments as they are; `--help` is answered by it as well.
///
/// The server and the benchmark are built by one command: built one after the other, they could be given different
/// features of a dependency, and half of it would be compiled twice.
pub fn run(arguments: &[OsString]) -> Result<()> {
    let packages = ["--package", "skillsync", "--package", "skillsync-bench"];
    let mut build = process::cargo(&["build", "--release", "--bins"]);
    let program = programs::build(build.args(packages), "skillsync-bench")?;
    let mut bench = Command::new(program);
    bench.current_dir(process::root()).arg("run").args(arguments);
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return process::run(&mut bench);
    }
    let server = Postgres::start(&tools::postgres()?)?;
    process::run(bench.envs(server.environment()))
}
