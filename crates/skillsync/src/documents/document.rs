//! What is known of a document, and what is told about it when it is added.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ids::DocumentId;

/// The longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 300;

/// The longest line on a licence, in characters.
const MAX_LICENCE_CHARS: usize = 200;

/// The longest web address, in characters.
const MAX_ADDRESS_CHARS: usize = 2_000;

/// What kind of file a document was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Format {
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// PDF.
    Pdf,
    /// Plain text.
    Text,
}

impl Format {
    /// The format's name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Pdf => "PDF",
            Self::Text => "text",
        }
    }
}

/// A document that lessons may cite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Its id, which stays when its content is replaced.
    pub id: DocumentId,
    /// The name of the file it was made from. No two documents have the same.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What kind of file it was.
    pub format: Format,
    /// How large the file was.
    pub bytes: i64,
    /// The number of its last page.
    pub pages: i64,
    /// Under which terms it may be used, in one line.
    pub licence: Option<String>,
    /// Where readers find it on the web.
    pub address: Option<String>,
    /// When this content was added.
    pub added_at: DateTime<Utc>,
}

/// A piece of a document that has to do with a question.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passage {
    /// The document.
    pub document_id: DocumentId,
    /// The document's title.
    pub title: String,
    /// The page, from 1. In a PDF that of the file; elsewhere documents are cut into pages by headings and length.
    pub page: i64,
    /// The heading above it, where there is one.
    pub heading: Option<String>,
    /// Its text.
    pub text: String,
    /// The document's licence, in one line.
    pub licence: Option<String>,
    /// Where readers find the document on the web.
    pub address: Option<String>,
    /// How much it has to do with the question; only to be compared with the others of the same answer.
    pub score: f64,
}

/// What the operator says about a document, checked. What is left out is kept as it was, or taken from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    pub(super) title: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) address: Option<String>,
}

/// Why something said about a document was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDetails {
    /// Nothing but white space.
    #[error("The {0} is empty. Leave it out, or say what it is.")]
    Empty(&'static str),
    /// Longer than a reader wants it.
    #[error("The {0} has {1} characters; at most {2} are allowed.")]
    TooLong(&'static str, usize, usize),
    /// What no page or terminal could show.
    #[error("The {0} must be one line without control characters.")]
    ControlCharacter(&'static str),
    /// Not a link that a reader could follow.
    #[error("The address must begin with https:// or http:// and hold no blanks.")]
    Address,
}

impl Details {
    /// Checks what is said about a document.
    ///
    /// # Errors
    /// When a part is empty, too long, or not one line, or the address is not one of the web.
    pub fn parse(title: Option<&str>, licence: Option<&str>, address: Option<&str>) -> Result<Self, InvalidDetails> {
        let title = title.map(|title| one_line("title", title, MAX_TITLE_CHARS)).transpose()?;
        let licence = licence.map(|licence| one_line("licence", licence, MAX_LICENCE_CHARS)).transpose()?;
        let address = address.map(|address| one_line("address", address, MAX_ADDRESS_CHARS)).transpose()?;
        if address.as_deref().is_some_and(|address| !is_web_address(address)) {
            return Err(InvalidDetails::Address);
        }
        Ok(Self { title, licence, address })
    }
}

fn one_line(what: &'static str, line: &str, max: usize) -> Result<String, InvalidDetails> {
    let line = line.trim();
    let chars = line.chars().count();
    if line.is_empty() {
        Err(InvalidDetails::Empty(what))
    } else if chars > max {
        Err(InvalidDetails::TooLong(what, chars, max))
    } else if line.contains(char::is_control) {
        Err(InvalidDetails::ControlCharacter(what))
    } else {
        Ok(line.to_owned())
    }
}

fn is_web_address(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && !address.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_single_lines_and_addresses_lead_to_the_web() {
        let details = Details::parse(Some(" Our handbook "), Some("CC BY 4.0"), Some("https://example.org/a?b"));
        let details = details.expect("all is well");
        assert_eq!(details.title.as_deref(), Some("Our handbook"));
        assert_eq!(Details::parse(None, None, None), Ok(Details::default()));
        assert_eq!(Details::parse(Some(" "), None, None), Err(InvalidDetails::Empty("title")));
        assert_eq!(Details::parse(None, Some("a\nb"), None), Err(InvalidDetails::ControlCharacter("licence")));
        let long = "x".repeat(201);
        assert_eq!(Details::parse(None, Some(&long), None), Err(InvalidDetails::TooLong("licence", 201, 200)));
        for address in ["javascript:alert(1)", "example.org", "https://", "https://a b", "file:///etc/passwd"] {
            assert_eq!(Details::parse(None, None, Some(address)), Err(InvalidDetails::Address), "{address}");
        }
    }
}
