//! The Markdown form of a lesson, which people write, export and import. `docs/lesson-format.md` defines it.
//!
//! The parser goes line by line and never asks a Markdown library: only marker lines, fences and one-line lists are
//! structure, so what the form means cannot change with a library. `parse(&write(file))` gives the file back for every
//! document without [`problems`](super::document::Document::problems).

mod blocks;
mod fence;
mod head;
mod parse;
mod part;
mod rows;
mod write;

#[cfg(test)]
mod strategies;
#[cfg(test)]
mod tests;

pub use parse::parse;
pub use write::{write, write_body};

use super::document::Document;
use super::request::LessonRequest;

/// A lesson file: what it answers, and the lesson itself.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonFile {
    /// The request that the lesson is the answer to.
    pub request: LessonRequest,
    /// The lesson.
    pub document: Document,
}

/// Why a lesson file was refused. The text is written for the person who wrote the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ParseError {
    /// Where to look, counted from 1.
    pub line: usize,
    /// The cause and the next step, in whole sentences.
    pub message: String,
}
