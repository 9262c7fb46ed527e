//! Runs a program in a directory of its own: no shell, no inherited environment, bounded time and output, nothing left behind.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

/// Where programs are looked for, and where a program finds its interpreter. The server's own environment is not handed on,
/// since it may hold keys.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Most bytes of what a program says. Messages are short; a program that talks more than this has gone wrong.
const MAX_OUTPUT_BYTES: usize = 64 * 1024;

/// What is run, and within what.
pub(super) struct Run<'a> {
    /// Its path, or a name to be found.
    pub(super) program: &'a Path,
    /// Its arguments, which every user of the machine may see.
    pub(super) arguments: &'a [&'a str],
    /// A proxy, which may hold a password and is therefore told by the environment.
    pub(super) proxy: Option<&'a str>,
    /// Where it runs, and what it takes for its home.
    pub(super) directory: &'a Path,
    /// How long.
    pub(super) time_limit: Duration,
}

/// How a program ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Whether it says that it succeeded.
    pub(super) is_success: bool,
    /// What it wrote to its error output.
    pub(super) messages: String,
}

/// Why a program did not come to its end.
#[derive(Debug)]
pub(super) enum NotEnded {
    /// It could not be started, or not be waited for.
    Failed(io::Error),
    /// The time was up.
    TimedOut,
    /// It said more than is read.
    TooMuchOutput,
}

/// The program and all that it has started. They share a group, which is killed whole unless the program came to its end.
struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // It may have ended just now, which is as well.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Runs a program to its end.
pub(super) async fn run(run: Run<'_>) -> Result<Ended, NotEnded> {
    let proxies = run.proxy.into_iter().flat_map(|proxy| [("http_proxy", proxy), ("https_proxy", proxy)]);
    let child = Command::new(run.program)
        .args(run.arguments)
        .current_dir(run.directory)
        .env_clear()
        .envs([("PATH", PATH), ("LANG", "C.UTF-8")])
        .envs([("HOME", run.directory), ("TMPDIR", run.directory)])
        .envs(proxies)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(NotEnded::Failed)?;
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let mut running = Running { child, group };
    match tokio::time::timeout(run.time_limit, end_of(&mut running)).await {
        Ok(ended) => ended,
        Err(_) => Err(NotEnded::TimedOut),
    }
}

async fn end_of(running: &mut Running) -> Result<Ended, NotEnded> {
    let (output, messages) = (running.child.stdout.take(), running.child.stderr.take());
    let (_, messages) = tokio::try_join!(read(output), read(messages))?;
    let status = running.child.wait().await.map_err(NotEnded::Failed)?;
    // Its number may belong to another program from now on.
    running.group = None;
    Ok(Ended { is_success: status.success(), messages: String::from_utf8_lossy(&messages).into_owned() })
}

async fn read(pipe: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, NotEnded> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(MAX_OUTPUT_BYTES as u64 + 1).read_to_end(&mut bytes).await.map_err(NotEnded::Failed)?;
    }
    if bytes.len() > MAX_OUTPUT_BYTES { Err(NotEnded::TooMuchOutput) } else { Ok(bytes) }
}
