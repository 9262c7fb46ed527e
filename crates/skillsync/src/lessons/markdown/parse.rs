//! Reads a lesson file: its head, then block after block, then whether the document is fit to publish.

use super::part::Line;
use super::{LessonFile, ParseError, blocks, head, part};
use crate::lessons::document::{Document, FORMAT};

/// How many problems of a document are named at once.
const NAMED_PROBLEMS: usize = 3;

/// Reads a lesson file. Line breaks may be `\n` or `\r\n`; a byte-order mark is passed over.
///
/// # Errors
/// When the text is not the Markdown form of a lesson, or its document is not fit to publish. Never panics.
pub fn parse(text: &str) -> Result<LessonFile, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<Line<'_>> = text.lines().zip(1..).map(|(text, number)| Line { number, text }).collect();
    let (head, rest) = head::parse(&lines)?;
    let (blocks, markers) = blocks::parse(part::cut(rest)?)?.into_iter().unzip();
    let document =
        Document { format: FORMAT, title: head.title, description: head.description, minutes: head.minutes, blocks };
    publishable(&document, markers, &lines)?;
    Ok(LessonFile { request: head.request, document })
}

/// Names the first problems of a document. The error points at the block of the first one, or at its line in the head.
fn publishable(document: &Document, markers: Vec<Line<'_>>, lines: &[Line<'_>]) -> Result<(), ParseError> {
    let problems = document.problems();
    let Some(first) = problems.first() else { return Ok(()) };
    // Of two blocks with the same id the second is the one to change, hence the search from the end.
    let mut blocks = document.blocks.iter().zip(markers).rev();
    let block = blocks.find(|(block, _)| first.starts_with(&format!("block `{}`: ", block.id)));
    let mentioned = |line: &&Line<'_>| {
        line.text.split_once(':').is_some_and(|(name, _)| first.split(' ').next() == Some(name.trim()))
    };
    let at = block.map(|(_, marker)| marker).or_else(|| lines.iter().find(mentioned).copied());
    let at = at.unwrap_or(Line { number: 1, text: "" });
    let named = problems.iter().take(NAMED_PROBLEMS).cloned().collect::<Vec<_>>().join("; ");
    let more = match problems.len().saturating_sub(NAMED_PROBLEMS) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Err(at.refused(format!("The lesson cannot be published yet: {named}{more}. Mend this and try again.")))
}
