//! Running other programs: one way to run, one to read, and errors that show the command line.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the repository, whatever folder the command was started in.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in a folder of the repository")
}

/// Runs a command to its end; what it prints goes to our own standard output, and failing is an error.
///
/// Standard error is sent the same way, because the closing lines of cargo-nextest go there and whoever reads our
/// standard output must see them.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.stderr(Stdio::from(io::stdout())).status().with_context(|| cannot_run(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", line(command));
    }
    Ok(())
}

/// Runs a command and gives what it printed on standard output; failing is an error that shows its standard error.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_run(command))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` ended with {}\n{}", line(command), output.status, complaint.trim_end());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` printed something that is not text", line(command)))
}

/// Whether a command can be run and succeeds; what it prints is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

/// A cargo command in the repository's root.
///
/// `cargo run`, which started us, describes the package xtask in the environment. Some build scripts watch those
/// variables, and would rebuild half the workspace on each change between `cargo test` and `cargo xtask test`.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root()).args(arguments);
    for (name, _) in inherited_environment() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

#[expect(clippy::disallowed_methods, reason = "the product's rule; xtask has no configuration to read it through")]
fn inherited_environment() -> std::env::VarsOs {
    std::env::vars_os()
}

fn cannot_run(command: &Command) -> String {
    format!("cannot run `{}`", line(command))
}

/// The command line as a person would type it, without quoting: it is for reading only.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
