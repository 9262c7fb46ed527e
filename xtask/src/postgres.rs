//! A throw-away PostgreSQL server for tests: its own directory and port, quick instead of safe, always cleaned up.
//!
//! Cleaning up is the work of a second process, the keeper. It holds the other end of a pipe and acts when the pipe
//! closes, so that the server goes away in the same manner after success, failure, Ctrl-C and even `kill -9`.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{fs, io};

use anyhow::{Context, Result};

use crate::{process, tools};

/// What we ask of the server besides its defaults. Its data is thrown away, so it never waits for the disk. It has
/// no Unix socket, because the path of one must not exceed 107 bytes and a temporary directory may be deeper.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// Someone else may take the free port between our asking for it and the server's start.
const ATTEMPTS: u32 = 5;

/// A running server. Dropping it stops the server and removes its directory.
pub struct Postgres {
    port: u16,
    pg_ctl: PathBuf,
    data: PathBuf,
    keeper: Child,
}

impl Postgres {
    /// Makes a new, empty server with the programs in `programs`, and returns when it accepts connections.
    pub fn start(programs: &Path) -> Result<Self> {
        let owner = Owner::find()?;
        // When we are root, the server runs as another user, who may not walk through root's temporary directory.
        let parent = if owner.is_some() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
        let directory = tempfile::Builder::new().prefix("skillsync-postgres-").tempdir_in(parent)?.keep();
        let pg_ctl = programs.join("pg_ctl");
        let data = directory.join("data");
        let keeper = start_keeper(&pg_ctl, &directory)?;
        let mut server = Self { port: 0, pg_ctl: pg_ctl.clone(), data: data.clone(), keeper };
        if let Some(owner) = &owner {
            chown(&directory, Some(owner.user), Some(owner.group))?;
        }
        let command = |program: PathBuf| {
            let mut command = Command::new(program);
            Owner::apply(owner.as_ref(), &mut command);
            command.current_dir(&directory).arg("--pgdata").arg(&data);
            command
        };
        let mut initdb = command(programs.join("initdb"));
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]);
        process::read(&mut initdb)?;
        let configuration = data.join("postgresql.conf");
        let defaults = fs::read_to_string(&configuration)?;
        for attempt in 1.. {
            server.port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
            fs::write(&configuration, format!("{defaults}{SETTINGS}port = {}\n", server.port))?;
            let log = directory.join("log");
            let mut start = command(pg_ctl.clone());
            // The server inherits these handles and lives on: a pipe among them would never end for its reader.
            start.args(["start", "--wait", "--timeout=60", "--silent", "--log"]).arg(&log);
            let status = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            if status.success() {
                break;
            }
            if attempt == ATTEMPTS {
                let log = fs::read_to_string(&log).unwrap_or_default();
                anyhow::bail!("PostgreSQL did not start in {ATTEMPTS} attempts; the end of its log:\n{}", tail(&log));
            }
        }
        Ok(server)
    }

    /// The address of the server's maintenance database, from which tests make databases of their own.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// What a command must find in its environment: our own variables, the last two for those who restart the server, and
    /// the variables of PostgreSQL's programs (`psql`).
    pub fn environment(&self) -> [(&'static str, String); 7] {
        [
            ("SKILLSYNC_TEST_POSTGRES_URL", self.url()),
            ("SKILLSYNC_TEST_POSTGRES_CONTROL", self.pg_ctl.display().to_string()),
            ("SKILLSYNC_TEST_POSTGRES_DATA", self.data.display().to_string()),
            ("PGHOST", "127.0.0.1".to_owned()),
            ("PGPORT", self.port.to_string()),
            ("PGUSER", "postgres".to_owned()),
            ("PGDATABASE", "postgres".to_owned()),
        ]
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("cannot wait until PostgreSQL has stopped: {error}");
        }
    }
}

/// Starts the keeper outside of our process group, so that Ctrl-C in a terminal does not reach it.
fn start_keeper(pg_ctl: &Path, directory: &Path) -> Result<Child> {
    // A build of the workspace in between may have replaced our file, and this is still the program that runs.
    let running = Path::new("/proc/self/exe");
    let program = if running.exists() { running.to_owned() } else { std::env::current_exe()? };
    let mut command = Command::new(program);
    command.arg("keep-postgres").args([pg_ctl, directory]).stdin(Stdio::piped()).stdout(Stdio::null());
    command.process_group(0).spawn().context("cannot start the keeper of PostgreSQL")
}

/// The keeper's whole life: wait until nobody holds the other end of standard input, then stop and remove.
pub fn keep(pg_ctl: &Path, directory: &Path) -> Result<()> {
    io::copy(&mut io::stdin(), &mut io::sink())?;
    let data = directory.join("data");
    if data.join("postmaster.pid").exists() {
        let mut stop = Command::new(pg_ctl);
        Owner::apply(Owner::find()?.as_ref(), &mut stop);
        stop.current_dir(directory).args(["stop", "--mode=fast", "--wait", "--silent", "--pgdata"]).arg(&data);
        process::read(&mut stop)?;
    }
    fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))
}

/// The user that the server runs as when we are root, as whom PostgreSQL refuses to run.
struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    /// Debian's package makes the user `postgres`; elsewhere `nobody` does as well. None when we are not root.
    fn find() -> Result<Option<Self>> {
        if !tools::is_root()? {
            return Ok(None);
        }
        let id = |option, name| -> Result<u32> {
            Ok(process::read(Command::new("id").args([option, name]))?.trim().parse()?)
        };
        let of = |name| -> Result<Self> { Ok(Self { user: id("-u", name)?, group: id("-g", name)? }) };
        of("postgres").or_else(|_| of("nobody")).map(Some).context("there is neither a user postgres nor nobody")
    }

    fn apply(owner: Option<&Self>, command: &mut Command) {
        if let Some(owner) = owner {
            command.uid(owner.user).gid(owner.group);
        }
    }
}

fn tail(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
