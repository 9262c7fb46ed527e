//! Every dependency's licence can be met with the licences that `deny.toml` allows.

use anyhow::Result;
use serde::Deserialize;

use super::rust_text::line_of;
use super::{File, Finding};
use crate::process;

/// A crate in the dependency graph, on any platform and with any feature.
#[derive(Deserialize)]
pub struct Package {
    name: String,
    version: String,
    /// An SPDX expression; older crates write `/` for OR.
    license: Option<String>,
}

/// Asks cargo for all dependencies.
pub fn dependencies() -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let json = process::read(&mut process::cargo(&["metadata", "--format-version=1", "--all-features"]))?;
    Ok(serde_json::from_str::<Metadata>(&json)?.packages)
}

/// Reports each dependency whose licence is missing or not allowed, at its place in Cargo.lock.
pub fn check(files: &[File], packages: &[Package]) -> Vec<Finding> {
    let text = |path| files.iter().find(|file| file.path == path).and_then(|file| file.text.as_deref()).unwrap_or("");
    let allowed = allowed(text("deny.toml"));
    let lock = text("Cargo.lock");
    let refused =
        packages.iter().filter(|package| !package.license.as_deref().is_some_and(|terms| satisfied(terms, &allowed)));
    let finding = |package: &Package| {
        let entry = format!("name = \"{}\"\nversion = \"{}\"", package.name, package.version);
        let line = lock.find(&entry).map_or(1, |place| line_of(lock, place));
        let terms = package.license.as_deref().unwrap_or("no licence");
        let what = format!("{} {} has {terms}, which deny.toml does not allow", package.name, package.version);
        Finding::new(
            "Cargo.lock",
            line,
            what,
            "choose another crate; `cargo tree --invert NAME` shows who brings it in",
        )
    };
    refused.map(finding).collect()
}

/// The list `allow` of deny.toml, which has one licence a line.
fn allowed(deny: &str) -> Vec<&str> {
    let lines = deny.lines().map(str::trim).skip_while(|line| *line != "allow = [").skip(1);
    lines.take_while(|line| *line != "]").filter_map(|line| line.split('"').nth(1)).collect()
}

/// Whether an SPDX expression can be met: one side of each OR, both sides of each AND (which binds closer).
fn satisfied(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let met = any(&mut words, allowed);
    met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut met = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        met |= all(words, allowed);
    }
    met
}

fn all(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    match words.next() {
        Some("(") => any(words, allowed) && words.next() == Some(")"),
        Some(licence) => match words.next_if_eq(&"WITH").and_then(|_| words.next()) {
            Some(exception) => allowed.contains(&format!("{licence} WITH {exception}").as_str()),
            None => allowed.contains(&licence),
        },
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_says() {
        let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"];
        let is_met = |expression| satisfied(expression, &allowed);
        for met in
            ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "MIT AND (ISC OR GPL-3.0)", "Apache-2.0 WITH LLVM-exception"]
        {
            assert!(is_met(met), "{met}");
        }
        for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR MPL-2.0) AND MIT", "Apache-2.0", "MIT )", "( MIT"]
        {
            assert!(!is_met(unmet), "{unmet}");
        }
    }

    #[test]
    fn an_offender_is_named_at_its_place() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), size: 0, text: Some(text.to_owned()) };
        let package = |name: &str, license: Option<&str>| Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: license.map(str::to_owned),
        };
        let files = [
            file("deny.toml", "[licenses]\nallow = [\n    # Why.\n    \"MIT\",\n]\n"),
            file("Cargo.lock", "[[package]]\nname = \"closed\"\nversion = \"1.0.0\"\n"),
        ];
        let findings = check(&files, &[package("open", Some("MIT")), package("closed", None)]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
        assert_eq!(findings[0].what, "closed 1.0.0 has no licence, which deny.toml does not allow");
    }
}
