//! The servers under test: child processes that listen on a port of their own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::cpu;

/// Everything but this is as the program has it by default.
const SETTINGS: &str = "[models.ollama]\ndetect = false\n";

/// With this, each hit reads the database.
const WITHOUT_CACHE: &str = "[cache]\nmax_age_ms = 0\n";

/// Whether the server may keep lessons in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// As by default.
    On,
    /// The database is asked each time.
    Off,
}

impl Cache {
    /// The settings that make it so.
    pub fn settings(self) -> &'static str {
        if self == Self::Off { WITHOUT_CACHE } else { "" }
    }
}

/// A running server. Dropping it kills the process; [`Server::stop`] lets it end its work.
pub struct Server {
    /// Where it answers.
    pub address: SocketAddr,
    process: Child,
    log: PathBuf,
    /// Held open, because a server that cannot print what it has to say would end.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts the application as it is installed, with its settings and log in a directory of its own below `directory`.
    ///
    /// # Errors
    /// When it does not start; its log is part of the error.
    pub fn skillsync(directory: &Path, database_url: &str, more_settings: &str) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("server-").tempdir_in(directory)?.keep();
        let settings = directory.join("config.toml");
        fs::write(&settings, format!("{SETTINGS}{more_settings}"))?;
        let program = std::env::current_exe()?.with_file_name("skillsync");
        ensure!(program.is_file(), "{} is missing\nhint: run `cargo xtask bench`", program.display());
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--database-url", database_url]);
        command.arg("--config").arg(settings).arg("--data-dir").arg(&directory);
        Self::start(command, &directory.join("log"))
    }

    /// Starts the bare handler that gives the content of a file.
    ///
    /// # Errors
    /// When it does not start.
    pub fn baseline(directory: &Path, reply: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("baseline").arg(reply);
        Self::start(command, &directory.join("baseline.log"))
    }

    /// Starts the provider of models.
    ///
    /// # Errors
    /// When it does not start.
    pub fn provider(directory: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("provider");
        Self::start(command, &directory.join("provider.log"))
    }

    /// Starts a server that prints its address. It gets an empty environment, so that nobody's settings change figures.
    fn start(mut command: Command, log: &Path) -> Result<Self> {
        command
            .env_clear()
            .env("SKILLSYNC_VIDEO_PEERTUBE", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?);
        let mut process = command.spawn().context("a server cannot be started")?;
        let mut output = BufReader::new(process.stdout.take().context("standard output was piped")?);
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            if let Some((_, url)) = line.split_once("http://") {
                let address = url.trim_end().trim_end_matches('/').parse()?;
                return Ok(Self { address, process, log: log.to_owned(), _output: output });
            }
            line.clear();
        }
        process.wait()?;
        anyhow::bail!("a server did not start; its log:\n{}", fs::read_to_string(log)?)
    }

    /// The processor time it has used so far.
    ///
    /// # Errors
    /// When it is gone.
    pub fn cpu(&self) -> Result<Duration> {
        cpu::of_process(self.process.id())
    }

    /// What it has logged so far.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }

    /// Asks it to stop, and waits until it has: then all views are stored.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn stop(&mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.process), Signal::TERM)?;
        let status = self.process.wait()?;
        ensure!(status.success(), "a server ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both do nothing to a process that has ended, and there is nobody left to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
