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

/// Runs a program with these arguments in a directory, which is also its home.
pub(super) async fn run(
    program: &Path,
    arguments: &[&str],
    directory: &Path,
    time_limit: Duration,
) -> Result<Ended, NotEnded> {
    let child = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .envs([("PATH", PATH), ("LANG", "C.UTF-8")])
        .envs([("HOME", directory), ("TMPDIR", directory)])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(NotEnded::Failed)?;
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let mut running = Running { child, group };
    match tokio::time::timeout(time_limit, end_of(&mut running)).await {
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
