//! `cargo xtask test`: everything that must hold before a change lands, in the order of what fails soonest.

use anyhow::Result;

use crate::postgres::Postgres;
use crate::process::{cargo, run as run_command, succeeds};
use crate::stages::Stages;
use crate::{generate, tidy, tools};

/// The options of `cargo xtask test`.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Run only the tests: no format, lint, tidy and drift checks.
    #[arg(long)]
    fast: bool,
    /// Run only tests whose names contain one of these.
    filter: Vec<String>,
}

/// Runs all stages up to the first that fails, and prints how long each took.
pub fn run(options: &Options) -> Result<()> {
    let mut stages = Stages::default();
    let outcome = run_stages(&mut stages, options);
    println!("\n{}", stages.table());
    outcome
}

fn run_stages(stages: &mut Stages, options: &Options) -> Result<()> {
    let programs = stages.run(
        "PostgreSQL and Chromium",
        "install the packages postgresql, chromium and chromium-driver by hand, or put the programs on the PATH",
        tools::provide,
    )?;
    if !options.fast {
        check(stages)?;
    }
    let server = stages.run("database server", "`cargo xtask postgres -- true` tries this step alone", || {
        Postgres::start(&programs.postgres)
    })?;
    let environment = [
        ("SKILLSYNC_TEST_CHROMIUM", programs.chromium.as_os_str()),
        ("SKILLSYNC_TEST_CHROMEDRIVER", programs.chromedriver.as_os_str()),
    ];
    // The examples run before the tests, because the last closing line that a reader finds should be that of the
    // tests: most crates of the workspace have no example, and "0 passed" is easily misread.
    if !options.fast && options.filter.is_empty() {
        let mut examples = cargo(&["test", "--doc", "--workspace"]);
        examples.envs(server.environment()).envs(environment);
        stages.run("examples in the docs", "run `cargo test --doc --workspace`", || run_command(&mut examples))?;
    }
    let (mut tests, hint) = if succeeds(&mut cargo(&["nextest", "--version"])) {
        (cargo(&["nextest", "run", "--workspace", "--"]), "run a single one with `cargo xtask test --fast NAME`")
    } else {
        (
            cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--"]),
            "run a single one with `cargo xtask test --fast NAME`; cargo-nextest, where installed, is quicker",
        )
    };
    tests.args(&options.filter).envs(server.environment()).envs(environment);
    stages.run("tests", hint, || run_command(&mut tests))
}

/// The checks that need no server, cheap ones first.
fn check(stages: &mut Stages) -> Result<()> {
    stages.run("format", "run `cargo fmt --all`", || run_command(&mut cargo(&["fmt", "--all", "--check"])))?;
    stages.run("tidy", "each finding says how to mend it; `cargo xtask tidy` runs this check alone", tidy::run)?;
    stages.run("lints", "mend what is shown above; `cargo clippy --fix` does some of it", || {
        run_command(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
    })?;
    stages.run("generated files", "run `cargo xtask gen` and commit what changed", generate::check)
}
