//! The parent's side of one child: starts it, tells it what to do, listens within bounds, and leaves nothing behind.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Limits;
use crate::order::{Order, READY};

/// How to start the child: our own program and the words that make it call [`jailed_main`](crate::jailed_main).
#[derive(Debug, Clone)]
pub struct Jailer {
    /// The program file.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// Why listening ended.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The child ended by itself.
    Exited(ExitStatus),
    /// It printed more than it may.
    TooMuchOutput,
    /// It reached the bound on the clock.
    OutOfTime,
}

/// What was heard of a child.
#[derive(Debug)]
pub(crate) struct Heard {
    /// Standard output without the mark that the interpreter is up.
    pub output: Vec<u8>,
    pub errors: Vec<u8>,
    /// Whether the interpreter came up in a closed jail.
    pub ready: bool,
    pub stopped: Stopped,
    pub took: Duration,
}

/// A child whose whole process group is killed when nobody waits for it any longer.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Running {
    /// Kills the child and whatever it may have started. A child that was waited for has no id, so that no stranger who
    /// was given its old number is hit.
    fn kill(&self) {
        let group = self.0.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        if let Some(group) = group {
            // It fails where the child has just ended, which is what was wanted.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}

/// Runs one child to its end, or to the end of its bounds.
pub(crate) async fn run(
    jailer: &Jailer,
    order: &Order,
    (source, input): (&str, &str),
    limits: &Limits,
) -> io::Result<Heard> {
    let head = order.to_bytes()?;
    let started = Instant::now();
    let mut running = Running(
        Command::new(&jailer.program)
            .args(&jailer.arguments)
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?,
    );
    let pipes = (running.0.stdin.take(), running.0.stdout.take(), running.0.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(io::Error::other("the child has no pipes"));
    };
    let tell = async move {
        for part in [&head[..], source.as_bytes(), input.as_bytes()] {
            // A program that ends without reading its input closes the pipe, and may.
            if stdin.write_all(part).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let listen = async {
        // The mark comes on top of what the program itself may print.
        let heard = tokio::try_join!(
            tell,
            listen(stdout, &mut output, limits.output_bytes + 1),
            listen(stderr, &mut errors, limits.output_bytes)
        );
        match heard {
            Ok(_) => Ok(Stopped::Exited(running.0.wait().await?)),
            Err(Unheard::TooMuch) => Ok(Stopped::TooMuchOutput),
            Err(Unheard::Broken(error)) => Err(error),
        }
    };
    let stopped = timeout(limits.wall, listen).await.unwrap_or(Ok(Stopped::OutOfTime))?;
    let took = started.elapsed();
    if !matches!(stopped, Stopped::Exited(_)) {
        running.kill();
        running.0.wait().await?;
    }
    let ready = output.first() == Some(&READY);
    if ready {
        output.remove(0);
    }
    Ok(Heard { output, errors, ready, stopped, took })
}

/// Why a pipe was not read to its end.
enum Unheard {
    TooMuch,
    Broken(io::Error),
}

/// Reads a pipe to its end and keeps at most `most` bytes; stops at once where there are more.
async fn listen(mut pipe: impl AsyncRead + Unpin, heard: &mut Vec<u8>, most: usize) -> Result<(), Unheard> {
    let mut part = [0; 8 * 1024];
    loop {
        let length = pipe.read(&mut part).await.map_err(Unheard::Broken)?;
        if length == 0 {
            return Ok(());
        }
        let room = most - heard.len();
        heard.extend_from_slice(&part[..length.min(room)]);
        if length > room {
            return Err(Unheard::TooMuch);
        }
    }
}
