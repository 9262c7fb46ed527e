//! The PostgreSQL server, as something that can be restarted.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::patience::{PATIENCE, within};

/// A server on this machine.
#[derive(Clone, Debug)]
pub struct Postgres {
    /// The address of its maintenance database.
    pub url: String,
    /// The program that stops and starts it, and its data directory. None when it is not ours to restart.
    pub control: Option<Control>,
}

/// How a server is stopped and started.
#[derive(Clone, Debug)]
pub struct Control {
    /// The program `pg_ctl`.
    pub pg_ctl: PathBuf,
    /// The data directory.
    pub data: PathBuf,
}

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It ends all connections and writes everything down.
    Fast,
    /// It falls over, and has to recover from its log.
    Immediate,
}

impl Control {
    /// Stops the server, does something while it is down, and starts it again.
    ///
    /// # Errors
    /// When it does not stop or start.
    pub async fn restart(&self, mode: Mode, meanwhile: impl Future<Output = ()>) -> Result<()> {
        let mode = match mode {
            Mode::Fast => "--mode=fast",
            Mode::Immediate => "--mode=immediate",
        };
        self.run(&["stop", "--wait", "--silent", mode]).await?;
        meanwhile.await;
        let log = self.data.with_file_name("log").display().to_string();
        self.run(&["start", "--wait", "--timeout=60", "--silent", "--log", &log]).await
    }

    async fn run(&self, arguments: &[&str]) -> Result<()> {
        let owner = std::fs::metadata(&self.data).context("the data directory of PostgreSQL is gone")?;
        let mut command = Command::new(&self.pg_ctl);
        command.args(arguments).arg("--pgdata").arg(&self.data).current_dir(&self.data);
        // The server inherits these handles and lives on: a pipe among them would never end for its reader.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if rustix::process::geteuid().is_root() {
            // PostgreSQL does not run as root, so its files belong to whom it runs as.
            command.uid(owner.uid()).gid(owner.gid());
        }
        let status = within("pg_ctl is done", PATIENCE + Duration::from_secs(30), command.status()).await??;
        ensure!(status.success(), "`pg_ctl {}` ended with {status}", arguments.join(" "));
        Ok(())
    }
}
