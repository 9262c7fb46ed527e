//! What the figures were taken on: without it nobody can say what they mean.

use std::fs;
use std::process::Command;

use serde::Serialize;
use skillsync::clock::Clock;

/// The machine, the program and the time.
#[derive(Serialize)]
pub struct Machine {
    /// When, in UTC.
    pub date: String,
    /// How many processors there are for us.
    pub cores: usize,
    /// What the processor calls itself.
    pub processor: String,
    /// How many processes wanted to run in the last minute: what else the machine was doing.
    pub load_before: String,
    /// How the programs were built. Figures of a debug build mean nothing.
    pub build: &'static str,
    /// The compiler.
    pub rustc: String,
    /// The state of the source, with `-dirty` when it was changed since.
    pub commit: String,
}

impl Machine {
    /// The machine that this runs on. What cannot be found out is "unknown": it is for people to read.
    pub fn this() -> Self {
        Self {
            date: Clock::System.now().format("%Y-%m-%d %H:%M UTC").to_string(),
            cores: std::thread::available_parallelism().map_or(0, Into::into),
            processor: processor().unwrap_or_else(unknown),
            load_before: load().unwrap_or_else(unknown),
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
            rustc: said("rustc", &["--version"]).unwrap_or_else(unknown),
            commit: said("git", &["describe", "--always", "--dirty"]).unwrap_or_else(unknown),
        }
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn load() -> Option<String> {
    Some(fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.to_owned())
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
