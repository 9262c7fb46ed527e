//! Every text file ends with a newline and its lines with something visible; no file is too heavy for git.

use super::{File, Finding};

/// The largest file in git, in bytes. Everybody who clones carries each version of each file for ever.
const HEAVIEST: usize = 1024 * 1024;

/// Checks files of all kinds.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let picture = file.path.starts_with("docs/")
            && [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"].iter().any(|ending| file.path.ends_with(ending));
        if file.size > HEAVIEST && !picture {
            let what = format!("{} KiB, more than {} KiB", file.size / 1024, HEAVIEST / 1024);
            findings.push(Finding::new(&file.path, 1, what, "generate it, or keep it outside of the repository"));
        }
        if let Some(text) = &file.text {
            lines(&file.path, text, &mut findings);
        }
    }
    findings
}

fn lines(path: &str, text: &str, findings: &mut Vec<Finding>) {
    // A snapshot holds what a program printed, white space included.
    if !path.ends_with(".snap") {
        let trailing = text.lines().enumerate().filter(|(_, line)| line.ends_with([' ', '\t', '\r']));
        let hint = "remove it; in Markdown a backslash breaks a line";
        findings.extend(trailing.map(|(index, _)| Finding::new(path, index + 1, "trailing white space", hint)));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        findings.push(Finding::new(path, text.lines().count(), "no newline at the end", "add one"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::expect;

    #[test]
    fn lines_end_cleanly() {
        expect(
            &[("a.css", "a {} \nb {}\n"), ("b.txt", "a\nb"), ("c.snap", "a \n"), ("empty", "")],
            &["a.css:1: trailing white space", "b.txt:2: no newline at the end"],
        );
    }

    #[test]
    fn heavy_files_stay_out_except_pictures_in_docs() {
        let heavy = format!("{}\n", "a".repeat(1024 * 1024));
        expect(
            &[("docs/picture.svg", &heavy), ("library/picture.svg", &heavy)],
            &["library/picture.svg:1: 1024 KiB, more than 1024 KiB"],
        );
    }
}
