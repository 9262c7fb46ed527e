//! The program as a child process, with an environment and a data directory of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Output, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::world::within;

/// A directory in which the program keeps its files, and how to start it there.
pub struct Program {
    home: TempDir,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Program {
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a temporary directory") }
    }

    /// The program's directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A file in the directory.
    pub fn write(&self, name: &str, text: &str) -> String {
        let file = self.home().join(name);
        std::fs::write(&file, text).expect("a file");
        file.display().to_string()
    }

    /// A command that sees no settings of the machine and looks for no model on it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skillsync"));
        command
            .args(arguments)
            .arg("--data-dir")
            .arg(self.home().join("data"))
            .env_clear()
            .env("HOME", self.home())
            .env("SKILLSYNC_MODELS_OLLAMA_DETECT", "false")
            // No test leaves the machine.
            .env("SKILLSYNC_VIDEO_PEERTUBE", "false")
            .env("SKILLSYNC_RESEARCH_CHECK_LINKS", "false")
            .current_dir(self.home())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Finished {
        finish(self.command(arguments)).await
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub async fn printed(&self, arguments: &[&str]) -> String {
        let finished = self.run(arguments).await;
        assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
        finished.out
    }

    /// The database file.
    pub fn database(&self) -> std::path::PathBuf {
        self.home().join("data").join("skillsync.sqlite")
    }

    /// Starts the server on a free port and waits until it says where it listens.
    pub async fn serve(&self, settings: &[(&str, &str)]) -> Served {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.envs(settings.iter().copied());
        // The log is not read, and a full pipe would hold the server up.
        let mut child = command.stderr(Stdio::null()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut announced = String::new();
        loop {
            let line = within(lines.next_line()).await.expect("text").expect("the server announces itself");
            announced.push_str(&line);
            announced.push('\n');
            if line.contains("Ctrl-C") {
                break;
            }
        }
        let (_, after) = announced.split_once("http://").expect("an address");
        let address = after.split('/').next().and_then(|address| address.parse().ok()).expect("an address");
        Served { child, address, announced, rest: lines.into_inner() }
    }
}

/// Runs a command to its end.
pub async fn finish(mut command: Command) -> Finished {
    let Output { status, stdout, stderr } = within(command.output()).await.expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Finished { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// A running server.
pub struct Served {
    child: Child,
    pub address: SocketAddr,
    pub announced: String,
    rest: BufReader<ChildStdout>,
}

impl Served {
    /// `kill -9`
    pub async fn kill(mut self) {
        self.child.start_kill().expect("it runs");
        let status = within(self.child.wait()).await.expect("it ends");
        assert_eq!(status.code(), None, "it was killed");
    }

    /// Asks it to stop, and gives its exit code and what it printed meanwhile.
    pub async fn terminate(mut self) -> (Option<i32>, String) {
        let id = self.child.id().expect("it runs").to_string();
        let asked = within(Command::new("kill").args(["-TERM", &id]).status()).await.expect("kill is there");
        assert!(asked.success());
        let mut rest = String::new();
        within(self.rest.read_to_string(&mut rest)).await.expect("text");
        (within(self.child.wait()).await.expect("it ends").code(), rest)
    }
}
