//! Building a program of the workspace and finding where cargo has put it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;

/// Runs `cargo build` with the arguments that `build` already has, and says where the program called `name` lies.
/// Progress and complaints go to our own standard error.
pub fn build(build: &mut Command, name: &str) -> Result<PathBuf> {
    build.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let messages = process::read(build)?;
    let executables = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    executables
        .filter(|message| message.target.name == name && message.target.kind == ["bin"] && !message.profile.test)
        .find_map(|message| message.executable)
        .with_context(|| format!("cargo built no program called {name}"))
}

/// What we need of cargo's message that something was compiled; messages of other kinds lack these fields.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    profile: Profile,
    target: Target,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
    name: String,
}
