//! `cargo xtask tidy`: the rules of the project that a program can check, each rule in a file of its own.
//!
//! A rule is a function from the files of the repository to findings. To add one, write it and list it in [`check`].

mod decisions;
mod layers;
mod licences;
mod links;
mod migrations;
mod rust_text;
mod sources;
mod text;

use std::fmt;
use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// A file as the rules see it: committed, or not yet committed and not ignored.
pub struct File {
    /// The path from the repository's root, with `/` between its parts.
    pub path: String,
    /// The size in bytes.
    pub size: usize,
    /// The content; none for pictures and other files that are not text.
    pub text: Option<String>,
}

/// One place that breaks a rule. Findings are ordered by place.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    what: String,
    hint: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), hint: hint.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}; hint: {}", self.path, self.line, self.what, self.hint)
    }
}

/// Checks the whole repository, prints what is wrong, and fails if anything is.
pub fn run() -> Result<()> {
    let files = files()?;
    let mut findings = check(&files);
    findings.extend(licences::check(&files, &licences::dependencies()?));
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy found {} places to mend, listed above", findings.len());
    }
    println!("{} files are tidy", files.len());
    Ok(())
}

/// The rules that need nothing but the files.
fn check(files: &[File]) -> Vec<Finding> {
    let rules = [layers::check, sources::check, text::check, migrations::check, links::check, decisions::check];
    rules.iter().flat_map(|rule| rule(files)).collect()
}

/// All files that git knows or would add.
fn files() -> Result<Vec<File>> {
    let mut list = Command::new("git");
    list.current_dir(process::root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let mut files = Vec::new();
    for path in process::read(&mut list)?.split_terminator('\0') {
        // A file that was deleted and whose deletion is not yet committed is still listed: it cannot be read.
        let Ok(content) = fs::read(process::root().join(path)) else { continue };
        let size = content.len();
        let text = String::from_utf8(content).ok().filter(|text| !text.contains('\0'));
        files.push(File { path: path.to_owned(), size, text });
    }
    Ok(files)
}

/// The one boundary of the rules' tests: these files give these findings, shown without their hints.
#[cfg(test)]
fn expect(files: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| File { path: (*path).to_owned(), size: text.len(), text: Some((*text).to_owned()) })
        .collect();
    let mut findings = check(&files);
    findings.sort();
    let shown: Vec<_> =
        findings.iter().map(|finding| format!("{}:{}: {}", finding.path, finding.line, finding.what)).collect();
    assert_eq!(shown, expected);
}
