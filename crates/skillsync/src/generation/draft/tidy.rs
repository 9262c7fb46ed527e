//! Puts right what can be put right in a model's text without changing what it says.

use std::borrow::Cow;

use crate::lessons::document::MARKER;

/// A text of several lines: line breaks made plain, headings from the second level down, nothing that reads as structure.
pub(super) fn markdown(text: &str) -> String {
    let text = plain(text);
    let text = inside_fence(&text, &["markdown", "md"]).unwrap_or(text);
    let mut fence: Option<String> = None;
    let mut lines = Vec::new();
    for line in text.lines() {
        let marks = fence_marks(line);
        let line = match &fence {
            None if line.starts_with("# ") => Cow::Owned(format!("#{line}")),
            None if line.starts_with(MARKER) => Cow::Owned(format!("\\{line}")),
            _ => unmarked(line),
        };
        fence = match (fence.take(), marks) {
            (None, Some(open)) => Some(open),
            (Some(open), Some(close)) if line.trim() == close && close.starts_with(&open) => None,
            (unchanged, _) => unchanged,
        };
        lines.push(line);
    }
    lines.join("\n").trim().to_owned()
}

/// A text that must be a single line.
pub(super) fn line(text: &str) -> String {
    let text = plain(text);
    let joined = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    if joined.starts_with(MARKER) { format!("\\{joined}") } else { joined }
}

/// A heading's words, without the signs that make it one.
pub(super) fn heading(text: &str) -> String {
    line(text).trim_start_matches('#').trim().to_owned()
}

/// A program or its output: a fence around it goes, so do blank lines at both ends; all else stays.
pub(super) fn program(text: &str) -> String {
    let text = plain(text);
    let text = inside_fence(&text, &[]).unwrap_or(text);
    let is_blank = |line: &&str| line.trim().is_empty();
    let lines: Vec<_> = text.lines().skip_while(is_blank).collect();
    let end = lines.iter().rposition(|line| !is_blank(line)).map_or(0, |last| last + 1);
    lines[..end].iter().map(|line| unmarked(line)).collect::<Vec<_>>().join("\n")
}

/// The short name of a programming language; `text` where there is none.
pub(super) fn language(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let known = match name.as_str() {
        "" | "none" | "plain text" | "plaintext" => "text",
        "py" | "python3" | "python 3" => "python",
        "js" | "node" | "node.js" | "nodejs" => "javascript",
        "ts" => "typescript",
        "golang" => "go",
        "shell" => "sh",
        other => other,
    };
    let formed: String = known
        .chars()
        .map(|c| if c.is_whitespace() { '-' } else { c })
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+#-_".contains(*c))
        .collect();
    if formed.is_empty() { "text".to_owned() } else { formed }
}

/// Line breaks as `\n`, and no control characters but those and tabs.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// A line that would read as structure, moved away from the margin.
fn unmarked(line: &str) -> Cow<'_, str> {
    if line.starts_with(MARKER) { Cow::Owned(format!(" {line}")) } else { Cow::Borrowed(line) }
}

/// The three or more marks that open or close a code fence.
fn fence_marks(line: &str) -> Option<String> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let marks: String = line.chars().take_while(|c| *c == mark).collect();
    (marks.len() >= 3).then_some(marks)
}

/// What stands inside, when the whole text is one code fence tagged with one of these words (or with any, when none is given).
fn inside_fence(text: &str, tags: &[&str]) -> Option<String> {
    let (first, rest) = text.trim().split_once('\n')?;
    let (inside, last) = rest.rsplit_once('\n').unwrap_or(("", rest));
    let marks = fence_marks(first)?;
    let tag = first.trim_start_matches(['`', '~']).trim();
    let tagged = tags.is_empty() || tags.contains(&tag);
    let is_one_fence = last.trim() == marks && !inside.lines().any(|line| line.trim() == marks);
    (tagged && is_one_fence).then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_words_and_lose_their_faults() {
        assert_eq!(markdown("\r\n# One\r\n\0text\n\n"), "## One\ntext");
        assert_eq!(markdown("<!-- @block -->"), "\\<!-- @block -->");
        assert_eq!(markdown("```sh\n# a comment\n<!-- @x\n```\n# Head"), "```sh\n# a comment\n <!-- @x\n```\n## Head");
        assert_eq!(markdown("````md\n```\n# still code\n```\n````"), "```\n# still code\n```");
        assert_eq!(markdown("```python\nx = 1\n```"), "```python\nx = 1\n```");
        assert_eq!(line(" one\n two "), "one two");
        assert_eq!(line("prints `a  b`"), "prints `a  b`");
        assert_eq!(heading("## Names\n"), "Names");
    }

    #[test]
    fn programs_keep_their_indentation() {
        assert_eq!(program("\n\n    x = 1\n  \n    y = 2  \n\n"), "    x = 1\n  \n    y = 2  ");
        assert_eq!(program("```python\nprint(1)\n\n```\n"), "print(1)");
        assert_eq!(program("~~~\n~~~"), "");
        assert_eq!(program("```\na\n```\nb\n```"), "```\na\n```\nb\n```");
        assert_eq!(program("<!-- @x -->"), " <!-- @x -->");
        assert_eq!(program(" \n\t"), "");
    }

    #[test]
    fn languages_get_their_short_names() {
        let names =
            [("Python", "python"), (" C++ ", "c++"), ("C#", "c#"), ("Visual Basic", "visual-basic"), ("", "text")];
        for (given, short) in names.into_iter().chain([("JS", "javascript"), ("日本語", "text")]) {
            assert_eq!(language(given), short);
        }
    }
}
