//! `cargo xtask gen`: the files that the application prints about itself and that are committed beside the source.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{process, programs};

/// Each generated file, and the arguments with which the application prints it.
const FILES: [(&str, [&str; 2]); 4] = [
    ("schema.graphql", ["schema", "graphql"]),
    ("lesson.schema.json", ["schema", "lesson"]),
    ("docs/configuration.md", ["schema", "configuration"]),
    ("docs/command-line.md", ["schema", "command-line"]),
];

/// Writes every generated file that differs from the committed one.
pub fn write() -> Result<()> {
    for drift in drifts()? {
        fs::write(process::root().join(drift.file), drift.wanted)?;
        println!("wrote {}", drift.file);
    }
    Ok(())
}

/// Fails when a committed file is not what the application prints now.
pub fn check() -> Result<()> {
    let drifts = drifts()?;
    for drift in &drifts {
        println!("{}:{}: differs from what `skillsync` prints; hint: run `cargo xtask gen`", drift.file, drift.line);
    }
    if !drifts.is_empty() {
        bail!("{} of {} generated files are out of date", drifts.len(), FILES.len());
    }
    println!("{} generated files are up to date", FILES.len());
    Ok(())
}

struct Drift {
    file: &'static str,
    wanted: String,
    /// The first line that differs, counted from 1.
    line: usize,
}

fn drifts() -> Result<Vec<Drift>> {
    let binary = build()?;
    let mut drifts = Vec::new();
    for (file, arguments) in FILES {
        let wanted = process::read(Command::new(&binary).current_dir(process::root()).args(arguments))?;
        if wanted.is_empty() {
            bail!("`skillsync {}` printed nothing, so {file} cannot be generated", arguments.join(" "));
        }
        let found = fs::read_to_string(process::root().join(file)).unwrap_or_default();
        if found != wanted {
            drifts.push(Drift { file, line: first_difference(&found, &wanted), wanted });
        }
    }
    Ok(drifts)
}

fn first_difference(left: &str, right: &str) -> usize {
    1 + left.lines().zip(right.lines()).take_while(|(left, right)| left == right).count()
}

/// Builds the application and says where it lies.
///
/// The tests are built with it, although they are not run: they decide which features of the dependencies are on,
/// and with the same ones as `cargo test --workspace` nothing is compiled twice.
fn build() -> Result<PathBuf> {
    let mut build = process::cargo(&["build", "--quiet", "--workspace", "--bins", "--tests"]);
    programs::build(&mut build, "skillsync")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb\nc\n", "a\nx\nc\n"), 2);
        assert_eq!(first_difference("", "a\n"), 1);
        assert_eq!(first_difference("a\n", "a\nb\n"), 2);
    }
}
