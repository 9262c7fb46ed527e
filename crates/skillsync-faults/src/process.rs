//! The processes under test, and what is done to them.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::patience::{PATIENCE, until, within};
use crate::program::Program;

/// What a process is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It answers over HTTP, and writes lessons.
    Serve,
    /// It only writes lessons.
    Worker,
}

/// A running process. Dropping it kills it.
pub struct Process {
    /// What it is called in the trial, and at the provider.
    pub name: String,
    /// When it said that it is ready.
    pub ready: Instant,
    address: Option<SocketAddr>,
    child: Child,
    id: Pid,
    /// Held open, because a process that cannot print what it has to say would end.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts the program in a directory, where its settings lie in `NAME.toml`, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start; the end of its log is part of the error.
    pub async fn start(program: &Program, role: Role, directory: &Path, name: &str, database: &str) -> Result<Self> {
        let log = directory.join(format!("{name}.log"));
        let mut command = Command::new(&program.path);
        match role {
            Role::Serve => command.args(["serve", "--listen", "127.0.0.1:0"]),
            Role::Worker => command.arg("worker"),
        };
        command.args(["--database-url", database, "--data-dir"]).arg(directory.join(name));
        command.arg("--config").arg(directory.join(format!("{name}.toml")));
        // An empty environment, so that nobody's settings and keys take part.
        command.env_clear().env("HOME", directory).env("SKILLSYNC_VIDEO_PEERTUBE", "false").kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log)?);
        let mut child = command.spawn().context("the program cannot be started")?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).context("a process has an id")?;
        let mut output = BufReader::new(child.stdout.take().context("standard output was piped")?).lines();
        let mut address = None;
        loop {
            let Some(line) = within("a process is ready", PATIENCE, output.next_line()).await?? else {
                bail!("{name} did not start; the end of its log:\n{}", tail(&log));
            };
            if let Some((_, after)) = line.split_once("http://") {
                address = address.or(after.split('/').next().and_then(|address| address.parse().ok()));
            }
            if line.contains("Ctrl-C") {
                break;
            }
        }
        Ok(Self { name: name.to_owned(), ready: Instant::now(), address, child, id, _output: output })
    }

    /// Where it answers.
    ///
    /// # Errors
    /// When it is a worker, which does not.
    pub fn address(&self) -> Result<SocketAddr> {
        self.address.with_context(|| format!("{} does not serve", self.name))
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_none())
    }

    /// `kill -9`. It is gone when this returns.
    ///
    /// # Errors
    /// When it had ended before.
    pub async fn kill(mut self) -> Result<()> {
        ensure!(self.is_running(), "{} had ended before it was killed", self.name);
        kill_process(self.id, Signal::KILL)?;
        self.child.wait().await?;
        Ok(())
    }

    /// `SIGSTOP`. It does nothing any more when this returns.
    ///
    /// # Errors
    /// When it cannot be stopped.
    pub async fn pause(&self) -> Result<()> {
        kill_process(self.id, Signal::STOP)?;
        let status = format!("/proc/{}/stat", self.id.as_raw_nonzero());
        let is_stopped = || {
            let text = fs::read_to_string(&status)?;
            Ok(text.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T')).then_some(()))
        };
        until("a process is stopped", PATIENCE, async || is_stopped()).await
    }

    /// `SIGCONT`.
    ///
    /// # Errors
    /// When it is gone.
    pub fn go_on(&self) -> Result<()> {
        Ok(kill_process(self.id, Signal::CONT)?)
    }

    /// `SIGTERM`.
    ///
    /// # Errors
    /// When it is gone.
    pub fn ask_to_stop(&self) -> Result<()> {
        Ok(kill_process(self.id, Signal::TERM)?)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it goes on for too long.
    pub async fn ended(&mut self, patience: Duration) -> Result<ExitStatus> {
        Ok(within(&format!("{} ends", self.name), patience, self.child.wait()).await??)
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
