//! Decision records are numbered from 1 without gaps, and each says context, decision and consequences.

use super::{File, Finding};

const FOLDER: &str = "docs/decisions/";
const HEADINGS: [&str; 3] = ["Context", "Decision", "Consequences"];

/// Checks all records, in the order of their numbers.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut records: Vec<_> = files
        .iter()
        .filter_map(|file| Some((file, file.path.strip_prefix(FOLDER)?.strip_suffix(".md")?)))
        .filter(|(_, name)| *name != "README")
        .collect();
    records.sort_by_key(|(_, name)| *name);
    let mut findings = Vec::new();
    for ((file, name), expected) in records.into_iter().zip(1..) {
        let number = format!("{expected:04}");
        if name.split_once('-').is_none_or(|(prefix, _)| prefix != number) {
            let what = format!("its number is not the next one, {number}");
            findings.push(Finding::new(&file.path, 1, what, format!("call it {FOLDER}{number}-what-was-decided.md")));
        }
        let text = file.text.as_deref().unwrap_or_default();
        for heading in HEADINGS {
            if !text.lines().any(|line| line.trim_start_matches('#').trim() == heading && line.starts_with('#')) {
                let hint = "a record says why, what, and what follows from it";
                findings.push(Finding::new(&file.path, 1, format!("no heading {heading}"), hint));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::expect;

    const RECORD: &str = "# Title\n\n## Context\n\n## Decision\n\n## Consequences\n";

    #[test]
    fn records_are_numbered_and_complete() {
        expect(&[("docs/decisions/0001-a.md", RECORD), ("docs/decisions/0002-b.md", RECORD)], &[]);
        expect(
            &[
                ("docs/decisions/0001-a.md", RECORD),
                ("docs/decisions/0003-b.md", "# Title\n\n## Context\n\n## Decision\n"),
            ],
            &[
                "docs/decisions/0003-b.md:1: its number is not the next one, 0002",
                "docs/decisions/0003-b.md:1: no heading Consequences",
            ],
        );
    }
}
