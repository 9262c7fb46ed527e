//! What a reader may say about one block of a version, and what all of them said together.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::ids::PersonId;

/// The longest comment, in characters.
pub const MAX_COMMENT_CHARS: usize = 500;

/// What is the matter with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ReportKind {
    /// It says what is not so.
    Wrong,
    /// It cannot be understood.
    Unclear,
    /// It was so once.
    Outdated,
    /// It does not work: a program, a picture, a link.
    Broken,
}

impl ReportKind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Wrong, Self::Unclear, Self::Outdated, Self::Broken];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Unclear => "unclear",
            Self::Outdated => "outdated",
            Self::Broken => "broken",
        }
    }
}

/// Why a report was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReport {
    /// Not one of the four.
    #[error("A report is wrong, unclear, outdated or broken.")]
    Kind,
    /// Longer than [`MAX_COMMENT_CHARS`].
    #[error("The comment has {0} characters; at most {MAX_COMMENT_CHARS} are allowed.")]
    CommentTooLong(usize),
    /// A comment that a page or a terminal could not show.
    #[error("The comment contains a control character. Remove it and try again.")]
    CommentControlCharacter,
}

impl FromStr for ReportKind {
    type Err = InvalidReport;

    fn from_str(name: &str) -> Result<Self, InvalidReport> {
        let name = name.to_ascii_lowercase();
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(InvalidReport::Kind)
    }
}

/// A comment beside a report, checked as one beside a vote is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    /// Checks a comment; one of only white space is no comment.
    ///
    /// # Errors
    /// When it is too long or contains control characters.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidReport> {
        let text = text.trim();
        let length = text.chars().count();
        if length > MAX_COMMENT_CHARS {
            return Err(InvalidReport::CommentTooLong(length));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(InvalidReport::CommentControlCharacter);
        }
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many reports of one kind are open for a block. Everybody may see this.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ReportCount {
    /// The block.
    pub block_id: String,
    /// What they say.
    pub kind: ReportKind,
    /// How many say so.
    pub reports: i64,
}

/// One open report with who wrote it. For mentors, and for those who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Report {
    /// The block.
    pub block_id: String,
    /// What it says.
    pub kind: ReportKind,
    /// What it says in words.
    pub comment: Option<String>,
    /// Who wrote it.
    pub person_id: PersonId,
    /// When it was written or last changed.
    pub updated_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_by_their_names() {
        for kind in ReportKind::ALL {
            assert_eq!(kind.as_str().to_ascii_uppercase().parse(), Ok(kind));
        }
        assert_eq!("spam".parse::<ReportKind>(), Err(InvalidReport::Kind));
    }

    #[test]
    fn a_comment_is_optional_bounded_and_can_be_shown() {
        assert_eq!(Comment::parse(" \n "), Ok(None));
        assert_eq!(Comment::parse(" a\nb ").expect("fit").as_ref().map(Comment::as_str), Some("a\nb"));
        let longest = "é".repeat(MAX_COMMENT_CHARS);
        assert!(Comment::parse(&longest).is_ok());
        assert_eq!(Comment::parse(&format!("{longest}é")), Err(InvalidReport::CommentTooLong(501)));
        assert_eq!(Comment::parse("a\u{1b}[31m"), Err(InvalidReport::CommentControlCharacter));
    }
}
