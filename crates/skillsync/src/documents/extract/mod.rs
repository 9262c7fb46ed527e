//! Takes the text out of a file and cuts it into pages: bytes and a name in, pages out.
//!
//! Read [`extract`] first: it works within bounds of time, size and number, and whatever a broken file does to a parser ends
//! in an [`ExtractError`].

mod error;
mod guard;
mod html;
mod layout;
mod markdown;
mod pages;
mod pdf;
mod text;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::{Duration, Instant};

use super::document::{Format, MAX_TITLE_CHARS};

pub use error::ExtractError;
pub use pages::PIECE_CHARS;

/// How long one file may take. The largest files that people keep are read in seconds.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// How far into a file PDF's mark may stand, since some programs write before it.
const MARK_WITHIN_BYTES: usize = 1024;

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest file, and the most text in one.
    pub max_file_bytes: usize,
    /// The most pages in one document.
    pub max_pages: usize,
}

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// Its own title, or one made from its name.
    pub title: String,
    /// What it was.
    pub format: Format,
    /// Its text in order. Never empty.
    pub pages: Vec<Page>,
}

/// A piece of text that can be cited. Long pages are several pieces with one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: usize,
    /// The heading that it stands under.
    pub heading: Option<String>,
    /// Its text, of at most [`PIECE_CHARS`] characters.
    pub text: String,
}

/// What a parser found: a title where the file has one, and the pages.
struct Content {
    title: Option<String>,
    pages: Vec<Page>,
}

/// The format that a name promises; none when it promises nothing that can be read.
pub fn format_of(name: &str) -> Option<Format> {
    let ending = Path::new(name).extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "md" | "markdown" => Some(Format::Markdown),
        "html" | "htm" | "xhtml" => Some(Format::Html),
        "pdf" => Some(Format::Pdf),
        "txt" | "text" => Some(Format::Text),
        _ => None,
    }
}

/// Reads a file on a thread of its own.
///
/// # Errors
/// When the file is none that can be read, holds no text, or is larger or slower to read than allowed.
pub async fn extract(name: String, bytes: Vec<u8>, limits: Limits) -> Result<Extracted, ExtractError> {
    if bytes.len() > limits.max_file_bytes {
        return Err(ExtractError::TooLarge { max_bytes: limits.max_file_bytes });
    }
    guard::within(TIME_LIMIT, move |deadline| read(&name, bytes, limits, deadline)).await
}

fn read(name: &str, bytes: Vec<u8>, limits: Limits, deadline: Instant) -> Result<Extracted, ExtractError> {
    let beginning = &bytes[..bytes.len().min(MARK_WITHIN_BYTES)];
    let is_pdf = beginning.windows(5).any(|mark| mark == b"%PDF-");
    let format = match format_of(name) {
        Some(Format::Pdf) if !is_pdf => return Err(ExtractError::Broken),
        None if is_pdf => Format::Pdf,
        None => return Err(ExtractError::UnknownFormat),
        Some(format) => format,
    };
    let Content { title, pages } = match format {
        Format::Pdf => pdf::read(bytes, limits, deadline)?,
        Format::Markdown => markdown::read(&text::decoded(&bytes)?),
        Format::Html => html::read(&text::decoded(&bytes)?),
        Format::Text => text::read(&text::decoded(&bytes)?),
    };
    if pages.is_empty() {
        return Err(ExtractError::Empty);
    }
    if pages.last().is_some_and(|page| page.number > limits.max_pages) {
        return Err(ExtractError::TooManyPages { max_pages: limits.max_pages });
    }
    let title = title.as_deref().and_then(pages::line).unwrap_or_else(|| title_from(name));
    Ok(Extracted { title: title.chars().take(MAX_TITLE_CHARS).collect(), format, pages })
}

/// A title for a file that has none: its name without folder, ending, and what stands for blanks.
fn title_from(name: &str) -> String {
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().replace(['_', '-'], " ");
    pages::line(&stem).unwrap_or_else(|| "Untitled".to_owned())
}
