//! Links from one Markdown file to another file of the repository lead somewhere.

use super::{File, Finding};

/// Checks the links of all Markdown files.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some(text) = file.text.as_deref().filter(|_| file.path.ends_with(".md")) else { continue };
        for (line, target) in links(text) {
            let path = resolve(&file.path, target);
            let folder = format!("{path}/");
            if !path.is_empty() && !files.iter().any(|file| file.path == path || file.path.starts_with(&folder)) {
                let what = format!("a link to {target}, which does not exist");
                findings.push(Finding::new(
                    &file.path,
                    line,
                    what,
                    "links are relative to the file that they stand in",
                ));
            }
        }
    }
    findings
}

/// The targets inside the repository, with their lines: `[text](target)` and `[name]: target`, outside of code.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fence = None;
    for (index, line) in text.lines().enumerate() {
        let marker = ["```", "~~~"].into_iter().find(|marker| line.trim_start().starts_with(marker));
        match (fence, marker) {
            (None, Some(marker)) => fence = Some(marker),
            (Some(open), Some(marker)) if open == marker => fence = None,
            (Some(_), _) => {}
            (None, None) => found.extend(links_in_line(line).into_iter().map(|target| (index + 1, target))),
        }
    }
    found
}

fn links_in_line(line: &str) -> Vec<&str> {
    let inline = line.match_indices("](").filter_map(|(at, mark)| {
        let inside_code = line[..at].matches('`').count() % 2 == 1 && line[at..].contains('`');
        (!inside_code).then_some(&line[at + mark.len()..])
    });
    let definition = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target);
    let ends = |character: char| character.is_whitespace() || character == ')';
    let targets = inline.chain(definition).filter_map(|rest| rest.split(ends).next());
    targets.map(|target| target.trim_matches(['<', '>'])).filter(|target| is_inside(target)).collect()
}

/// A target with a scheme (`https:`, `mailto:`) is none of ours, and one that is a fragment stays in its file.
fn is_inside(target: &str) -> bool {
    !target.is_empty() && !target.starts_with('#') && !target.split('/').next().is_some_and(|first| first.contains(':'))
}

/// The path from the repository's root; a target that begins with `/` is one already.
fn resolve(from: &str, target: &str) -> String {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    let mut parts: Vec<_> = if target.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::expect;

    #[test]
    fn links_lead_somewhere() {
        let text = "\
            [a](other.md) [b](../README.md#start) [c](https://example.org/none.md) [d](#here)\n\
            [e](gone.md) and `[f](code.md)` and [g](./decisions/)\n\
            ```markdown\n[h](example.md)\n```\n\
            [i]: ../nowhere.md\n\
            [j](/docs/other.md) ![k](<lost.png> \"title\")\n";
        let files = [
            ("docs/page.md", text),
            ("docs/other.md", "A.\n"),
            ("README.md", "B.\n"),
            ("docs/decisions/README.md", "C.\n"),
        ];
        expect(
            &files,
            &[
                "docs/page.md:2: a link to gone.md, which does not exist",
                "docs/page.md:6: a link to ../nowhere.md, which does not exist",
                "docs/page.md:7: a link to lost.png, which does not exist",
            ],
        );
    }
}
