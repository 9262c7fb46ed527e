//! Python: finds the interpreter of this machine and what it is made of, and starts it in the child.

use std::ffi::{CStr, CString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::execve;
use tokio::process::Command;
use tokio::time::timeout;

use crate::order::{Interpreter, Order, Task};

/// Where an interpreter is looked for, the operator's own choice first. That one may lie in a home that nobody else may
/// enter, such as root's; then the system's may still do.
pub(crate) const CANDIDATES: [&str; 4] = ["python3", "/usr/bin/python3", "/usr/local/bin/python3", "/bin/python3"];

/// What an interpreter must be able to do in the jail before it counts: load the modules that lessons are about.
pub(crate) const TRIAL: &str =
    "import collections, datetime, decimal, json, math, random, re, statistics\nprint('ready')";

/// Tells what the interpreter is made of.
const EXAMINATION: &str = include_str!("examine.py");
/// Reads the program and runs it.
const BOOT: &str = include_str!("boot.py");

/// The examination loads every part of the interpreter once.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks an interpreter what it is made of. It is the operator's own program and runs as any other tool would.
///
/// # Errors
/// Says why there is none that can be used.
pub(crate) async fn examine(candidate: &str) -> Result<Interpreter, String> {
    let mut command = Command::new(candidate);
    command.args(["-I", "-S", "-B", "-c", EXAMINATION]).stdin(Stdio::null()).kill_on_drop(true);
    let answer = timeout(PATIENCE, command.output()).await.map_err(|_| "it does not answer".to_owned())?;
    let answer = answer.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "not installed".to_owned(),
        _ => error.to_string(),
    })?;
    serde_json::from_slice(&answer.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&answer.stderr);
        format!("it does not say what it is made of: {}", said.trim().lines().last().unwrap_or_default())
    })
}

/// The interpreter, ready to be started. All memory it needs is taken before the jail is closed.
pub(crate) struct Start {
    executable: CString,
    arguments: Vec<CString>,
    environment: Vec<CString>,
}

impl Start {
    pub fn new(order: &Order) -> io::Result<Self> {
        let interpreter =
            order.interpreter.as_ref().ok_or_else(|| io::Error::other("the order names no interpreter"))?;
        let executable = CString::new(interpreter.executable.as_os_str().as_bytes())?;
        let task = match order.task {
            Task::Run => "run",
            Task::Parse => "parse",
        };
        let size = order.source_bytes.to_string();
        // -s, -S: no packages but the interpreter's own; -B: writes no compiled files; -u: what was printed is there
        // even if the program is killed. Not -I, which would ignore the one variable that makes sets keep their order
        // from run to run.
        let arguments = ["python3", "-s", "-S", "-B", "-u", "-X", "utf8", "-c", BOOT, &size, task];
        let environment = ["PYTHONHASHSEED=0", "PYTHONCOERCECLOCALE=0"];
        let owned = |texts: &[&str]| texts.iter().map(|text| CString::new(*text)).collect::<Result<Vec<_>, _>>();
        Ok(Self { executable, arguments: owned(&arguments)?, environment: owned(&environment)? })
    }

    pub fn executable(&self) -> &CStr {
        &self.executable
    }

    /// Becomes the interpreter. Comes back only with the reason why it could not.
    pub fn exec(&self) -> io::Error {
        match execve(&self.executable, &self.arguments, &self.environment) {
            Ok(never) => match never {},
            Err(error) => io::Error::other(format!("{} cannot be started: {error}", self.executable.to_string_lossy())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_interpreter_says_so() {
        assert_eq!(examine("no-such-python").await.expect_err("it is not there"), "not installed");
        let answer = examine("/bin/false").await.expect_err("it is no interpreter");
        assert!(answer.contains("does not say what it is made of"), "{answer}");
    }
}
