//! The program under test: where it lies, and what this build of it can be told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A build of `skillsync`.
#[derive(Clone, Debug)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// Its settings, as `section.name`.
    settings: BTreeSet<String>,
    /// The sections of its settings.
    sections: BTreeSet<String>,
    /// Whether it has the command `worker`.
    pub has_worker: bool,
}

impl Program {
    /// The program that was built beside this one.
    ///
    /// # Errors
    /// When there is none, or it does not tell its settings.
    pub fn beside_us() -> Result<Self> {
        let path = std::env::current_exe()?.with_file_name("skillsync");
        ensure!(path.is_file(), "{} is missing\nhint: run `cargo xtask faults`, which builds it", path.display());
        Self::at(path)
    }

    /// The program at a path.
    ///
    /// # Errors
    /// When it does not tell its settings.
    pub fn at(path: PathBuf) -> Result<Self> {
        let reference = said(&path, &["schema", "configuration"])?;
        let (sections, settings) = read_reference(&reference);
        ensure!(!settings.is_empty(), "`skillsync schema configuration` names no settings");
        let has_worker = said(&path, &["--help"])?.lines().any(|line| line.trim_start().starts_with("worker "));
        Ok(Self { path, settings, sections, has_worker })
    }

    /// Whether it has a setting.
    pub fn knows(&self, section: &str, name: &str) -> bool {
        self.settings.contains(&format!("{section}.{name}"))
    }

    /// Whether it has a section of settings.
    pub fn has_section(&self, section: &str) -> bool {
        self.sections.contains(section)
    }
}

/// The sections and settings that the reference page names.
fn read_reference(page: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut sections, mut settings, mut section) = (BTreeSet::new(), BTreeSet::new(), String::new());
    for line in page.lines() {
        if let Some(name) = line.strip_prefix("## `[").and_then(|rest| rest.strip_suffix("]`")) {
            section = name.to_owned();
            sections.insert(section.clone());
        } else if let Some((name, _)) = line.strip_prefix("| `").and_then(|rest| rest.split_once('`')) {
            settings.insert(format!("{section}.{name}"));
        }
    }
    (sections, settings)
}

fn said(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).env_clear().output();
    let output = output.with_context(|| format!("{} cannot be run", program.display()))?;
    ensure!(output.status.success(), "`skillsync {}` ended with {}", arguments.join(" "), output.status);
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_in_the_reference_page() {
        let (sections, settings) = read_reference(&skillsync::config::reference());
        assert!(settings.contains("generation.max_concurrent_runs"), "{settings:?}");
        assert!(settings.contains("server.shutdown_grace_ms"));
        assert!(sections.contains("prices"));
        assert!(!settings.contains("generation.max_connections"));
    }
}
