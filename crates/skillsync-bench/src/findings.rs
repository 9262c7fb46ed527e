//! Has measured what was asked for, and puts it together: the machine, hits, and misses.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use skillsync_bench::machine::Machine;

use crate::options::{Options, Subject};
use crate::{hit, miss, miss_report, report};

/// All that a run has found out.
#[derive(Serialize)]
struct Findings {
    machine: Machine,
    #[serde(skip_serializing_if = "Option::is_none")]
    hit: Option<report::Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    miss: Option<miss_report::Report>,
}

/// Runs the benchmark until it is done or a person presses Ctrl-C; either way all servers and files go away.
///
/// # Errors
/// When anything fails, or an answer or a count is wrong.
pub async fn find_or_be_stopped(options: &Options) -> Result<()> {
    tokio::select! {
        done = find(options) => done,
        _ = tokio::signal::ctrl_c() => bail!("stopped"),
    }
}

async fn find(options: &Options) -> Result<()> {
    let mut findings = Findings { machine: Machine::this(), hit: None, miss: None };
    let postgres_url = options.postgres_url.as_deref();
    if postgres_url.is_none() {
        eprintln!("PostgreSQL is left out; `cargo xtask bench` starts one");
    }
    let folder = folder()?;
    std::fs::create_dir_all(&folder)?;
    // One after the other, each with a directory of its own that goes away when it is done.
    if options.only != Some(Subject::Miss) {
        let directory = tempfile::Builder::new().prefix("hits-").tempdir_in(&folder)?;
        findings.hit = Some(hit::measure(&options.plan(Subject::Hit)?, directory.path(), postgres_url).await?);
    }
    if options.only != Some(Subject::Hit) {
        let directory = tempfile::Builder::new().prefix("misses-").tempdir_in(&folder)?;
        findings.miss = Some(miss::measure(&options.plan(Subject::Miss)?, directory.path(), postgres_url).await?);
    }
    findings.write(&options.json)?;
    println!("{findings}");
    eprintln!("the same as JSON: {}", options.json.display());
    Ok(())
}

/// Where the databases lie for as long as they are needed: on the disk that we were built on, because a temporary
/// directory may be memory.
fn folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent).context("the program lies in no build directory")?;
    Ok(target.join("bench"))
}

impl Findings {
    fn write(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let json = serde_json::to_string_pretty(self)?;
        std::fs::write(file, json + "\n").with_context(|| format!("cannot write {}", file.display()))
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { date, cores, processor, load_before, build, rustc, commit } = &self.machine;
        writeln!(f, "\n{date}, {cores} cores ({processor}), load before {load_before}")?;
        writeln!(f, "{build} build, {rustc}, commit {commit}")?;
        if let Some(hit) = &self.hit {
            writeln!(f, "\n{hit}")?;
        }
        self.miss.as_ref().map_or(Ok(()), |miss| write!(f, "\n{miss}"))
    }
}
