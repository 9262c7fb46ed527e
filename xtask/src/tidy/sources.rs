//! Each source file says what it is for, is short enough to read, and holds nothing unfinished.

use super::rust_text::{RustText, line_of, lines_naming, words};
use super::{File, Finding};

/// Above this many lines without its test module a file is hard to hold in mind.
const LONGEST: usize = 400;

/// Words that mark something as unfinished.
const MARKS: [&str; 3] = ["FIXME", "XXX", "HACK"];

/// Checks every file that is written by hand in a programming language.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some(text) = &file.text else { continue };
        match file.path.rsplit('.').next() {
            Some("rs") => rust(&file.path, text, &mut findings),
            Some("js") => {
                marks(&file.path, text, &mut findings);
                length(&file.path, text, &mut findings);
            }
            Some("css" | "html" | "sh" | "sql" | "toml") => marks(&file.path, text, &mut findings),
            _ => {}
        }
    }
    findings
}

fn rust(path: &str, source: &str, findings: &mut Vec<Finding>) {
    let text = RustText::new(source);
    if !source.starts_with("//!") {
        findings.push(Finding::new(
            path,
            1,
            "no module documentation",
            "begin with `//!` and say what the file is for",
        ));
    }
    if let Some(place) = source.find('\t') {
        let hint = "run `cargo fmt`; in a string write \\t";
        findings.push(Finding::new(path, line_of(source, place), "a tab", hint));
    }
    marks(path, &text.comments, findings);
    length(path, text.code_without_tests(), findings);
    let mut ban = |name: &str, hint: &str| {
        let lines = lines_naming(&text.code, name);
        findings.extend(lines.into_iter().map(|line| Finding::new(path, line, format!("`{name}`"), hint)));
    };
    ban("todo!", "write it, or open an issue and leave it out");
    ban("unimplemented!", "write it, or open an issue and leave it out");
    ban("#[ignore", "mend the test, or remove it");
    if path.split('/').any(|part| part == "tests") {
        ban("thread::sleep", "a test waits for an event, never for time to pass");
        ban("time::sleep", "a test waits for an event, never for time to pass");
    }
}

fn marks(path: &str, text: &str, findings: &mut Vec<Finding>) {
    for mark in MARKS {
        for place in words(text, mark) {
            let what = format!("the mark {mark}");
            findings.push(Finding::new(
                path,
                line_of(text, place),
                what,
                "mend it, or open an issue that says what to do",
            ));
        }
    }
}

fn length(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let lines = text.lines().count();
    if lines > LONGEST {
        let what = format!("{lines} lines without tests, more than {LONGEST}");
        findings.push(Finding::new(path, 1, what, "move one responsibility into a file of its own"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::expect;

    #[test]
    fn a_file_says_what_it_is_for() {
        expect(&[("a.rs", "//! Adds.\n"), ("build.rs", "fn main() {}\n")], &["build.rs:1: no module documentation"]);
    }

    #[test]
    fn nothing_unfinished_is_left() {
        expect(
            &[
                (
                    "a.rs",
                    "//! A.\n// FIXME later\nfn a() { todo!() }\nconst B: &str = \"HACK todo!\";\n#[ignore = \"b\"]\n",
                ),
                ("b.sql", "-- XXX\nSELECT 'XXXX';\n"),
            ],
            &["a.rs:2: the mark FIXME", "a.rs:3: `todo!`", "a.rs:5: `#[ignore`", "b.sql:1: the mark XXX"],
        );
    }

    #[test]
    fn tests_do_not_sleep() {
        let source = "//! A.\nuse std::thread::sleep;\nconst A: u8 = tokio::time::sleep(1);\n";
        expect(
            &[("crates/a/tests/it/a.rs", source), ("crates/a/src/a.rs", source)],
            &["crates/a/tests/it/a.rs:2: `thread::sleep`", "crates/a/tests/it/a.rs:3: `time::sleep`"],
        );
    }

    #[test]
    fn long_files_are_reported_without_their_tests() {
        let long = format!("//! A.\n{}", "fn a() {}\n".repeat(400));
        let tested = format!("//! A.\n#[cfg(test)]\nmod tests {{\n{}}}\n", "fn a() {}\n".repeat(400));
        expect(&[("a.rs", &long), ("b.rs", &tested)], &["a.rs:1: 401 lines without tests, more than 400"]);
    }

    #[test]
    fn tabs_are_not_for_rust() {
        expect(&[("a.rs", "//! A.\nfn a() {\n\tb();\n}\n")], &["a.rs:3: a tab"]);
    }
}
