//! The parts of a block, cut at their marker lines, and what a part may hold: a text, a line, or a program.

use super::ParseError;
use super::fence::Fence;
use crate::lessons::document::{MARKER, Program};
use crate::lessons::request::excerpt;

/// A line of the file with its number, from 1.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub number: usize,
    pub text: &'a str,
}

impl Line<'_> {
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// An error that points at this line.
    pub fn refused(&self, message: impl Into<String>) -> ParseError {
        ParseError { line: self.number, message: message.into() }
    }
}

/// The lines from one marker to the next.
pub(super) struct Part<'a> {
    pub marker: Line<'a>,
    /// What the marker says, such as `hint` or `block prose introduction`.
    pub label: &'a str,
    lines: Vec<Line<'a>>,
}

/// Cuts the lines after the head into parts.
pub(super) fn cut<'a>(lines: &[Line<'a>]) -> Result<Vec<Part<'a>>, ParseError> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for &line in lines {
        if let Some(inside) = line.text.strip_prefix(MARKER) {
            let label = inside.trim_end().strip_suffix("-->").ok_or_else(|| {
                line.refused(format!("A line that begins with `{MARKER}` is a marker and must end with `-->`. Add it."))
            })?;
            parts.push(Part { marker: line, label: label.trim(), lines: Vec::new() });
        } else if let Some(part) = parts.last_mut() {
            part.lines.push(line);
        } else if !line.is_blank() {
            let advice = "Put a line such as `<!-- @block prose introduction -->` above it.";
            return Err(line.refused(format!("This line belongs to no block. {advice}")));
        }
    }
    Ok(parts)
}

impl<'a> Part<'a> {
    /// The marker as it is best repeated in a message.
    pub fn name(&self) -> String {
        format!("`{MARKER}{} -->`", excerpt(self.label))
    }

    /// The lines that are not blank.
    pub fn filled(&self) -> impl Iterator<Item = Line<'a>> {
        self.lines.iter().copied().filter(|line| !line.is_blank())
    }

    /// The lines without the blank ones around them.
    pub fn trimmed(&self) -> &[Line<'a>] {
        trimmed(&self.lines)
    }

    /// The part as a text.
    pub fn text(&self) -> String {
        text(self.trimmed())
    }

    /// The part as a single line.
    pub fn line(&self) -> Result<String, ParseError> {
        match self.trimmed() {
            [] => Err(self.marker.refused(format!("Nothing stands below {}. Write one line there.", self.name()))),
            [line] => Ok(line.text.trim().to_owned()),
            [_, second, ..] => {
                Err(second.refused(format!("Below {} stands one line only. Join the lines into one.", self.name())))
            }
        }
    }

    /// The part as a whole number.
    pub fn number(&self) -> Result<u32, ParseError> {
        let line = self.line()?;
        let digits = !line.is_empty() && line.chars().all(|c| c.is_ascii_digit());
        line.parse().ok().filter(|_| digits).ok_or_else(|| {
            let at = self.trimmed().first().unwrap_or(&self.marker);
            at.refused(format!("`{}` is not a whole number. Write digits only.", excerpt(&line)))
        })
    }

    /// The part as a line `### Title` and the text below it.
    pub fn titled_text(&self) -> Result<(String, String), ParseError> {
        let (first, rest) = self.trimmed().split_first().map_or((self.marker, &[][..]), |(line, rest)| (*line, rest));
        let title = first.text.strip_prefix("### ").ok_or_else(|| {
            first.refused("This block begins with its title. Write a line such as `### Greet by name` first.")
        })?;
        Ok((title.trim().to_owned(), text(trimmed(rest))))
    }

    /// The part as a program.
    pub fn program(&self) -> Result<Program, ParseError> {
        let Some((first, rest)) = self.trimmed().split_first() else {
            let advice = "Write it between two lines of three backticks, with the language behind the first.";
            return Err(self.marker.refused(format!("Below {} a program is missing. {advice}", self.name())));
        };
        let Some(fence) = Fence::opening(first.text) else {
            let advice =
                "Put three backticks and the language, such as ```` ```python ````, on a line of their own first.";
            return Err(first.refused(format!("Below {} a fenced program is expected. {advice}", self.name())));
        };
        if fence.info.is_empty() {
            let advice = "Write it behind the marks, such as `python`, or `text` for what a program prints.";
            return Err(first.refused(format!("This fence names no language. {advice}")));
        }
        let Some(end) = rest.iter().position(|line| fence.closed_by(line.text)) else {
            let advice = "Repeat its marks on a line of their own where the program ends.";
            return Err(first.refused(format!("The fence that begins here is never closed. {advice}")));
        };
        let (code, after) = rest.split_at(end);
        if let Some(extra) = after.iter().skip(1).find(|line| !line.is_blank()) {
            let advice =
                "If the fence closed too early, make it longer than those in the program; otherwise move this text.";
            return Err(extra.refused(format!("Text stands behind the end of the program. {advice}")));
        }
        Ok(Program { language: fence.info.to_owned(), code: joined(code) })
    }

    /// The part as a program in a given language, such as an output, which is `text`.
    pub fn program_in(&self, language: &str) -> Result<String, ParseError> {
        let program = self.program()?;
        if program.language == language {
            return Ok(program.code);
        }
        let at = self.trimmed().first().unwrap_or(&self.marker);
        let found = excerpt(&program.language);
        Err(at.refused(format!("This fence must be tagged `{language}`, not `{found}`. Change the word behind it.")))
    }
}

fn trimmed<'l, 'a>(lines: &'l [Line<'a>]) -> &'l [Line<'a>] {
    let filled = |line: &Line<'_>| !line.is_blank();
    match (lines.iter().position(filled), lines.iter().rposition(filled)) {
        (Some(first), Some(last)) => lines.get(first..=last).unwrap_or_default(),
        _ => &[],
    }
}

/// White space that begins a text is kept, since four spaces would mean a program; the document refuses it.
pub(super) fn text(lines: &[Line<'_>]) -> String {
    joined(lines).trim_end().to_owned()
}

fn joined(lines: &[Line<'_>]) -> String {
    lines.iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}
