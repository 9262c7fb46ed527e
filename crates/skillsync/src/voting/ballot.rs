//! What a learner may say about a version, and what all of them said together.

use serde::{Deserialize, Serialize};

/// The longest comment, in characters.
pub const MAX_COMMENT_CHARS: usize = 2_000;

/// A learner's opinion of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Vote {
    /// It helped.
    Upvote,
    /// It did not.
    Downvote,
}

/// What a learner asks to be done with their vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ballot {
    /// Vote, or vote again differently.
    Cast(Vote),
    /// Take the vote back.
    Withdraw,
}

/// Why a ballot was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBallot {
    /// Not one of the three.
    #[error("A vote is upvote, downvote or withdraw.")]
    Vote,
    /// Longer than [`MAX_COMMENT_CHARS`].
    #[error("The comment has {0} characters; at most {MAX_COMMENT_CHARS} are allowed.")]
    CommentTooLong(usize),
    /// A comment that a page or a terminal could not show.
    #[error("The comment contains a control character. Remove it and try again.")]
    CommentControlCharacter,
}

impl std::str::FromStr for Ballot {
    type Err = InvalidBallot;

    fn from_str(name: &str) -> Result<Self, InvalidBallot> {
        match name.to_ascii_lowercase().as_str() {
            "upvote" | "up" => Ok(Self::Cast(Vote::Upvote)),
            "downvote" | "down" => Ok(Self::Cast(Vote::Downvote)),
            "withdraw" => Ok(Self::Withdraw),
            _ => Err(InvalidBallot::Vote),
        }
    }
}

/// A comment beside a vote, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    /// Checks a comment; one of only white space is no comment.
    ///
    /// # Errors
    /// When it is too long or contains control characters.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidBallot> {
        let text = text.trim();
        let length = text.chars().count();
        if length > MAX_COMMENT_CHARS {
            return Err(InvalidBallot::CommentTooLong(length));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(InvalidBallot::CommentControlCharacter);
        }
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What all learners did with one version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    /// Votes for it.
    pub upvotes: i64,
    /// Votes against it.
    pub downvotes: i64,
    /// How often it was served.
    pub views: i64,
}

impl Tally {
    /// Votes for it less votes against it.
    pub fn net_votes(self) -> i64 {
        self.upvotes - self.downvotes
    }

    /// The share of votes for it, 0 to 1; 0 without votes.
    pub fn approval_rate(self) -> f64 {
        let votes = self.upvotes + self.downvotes;
        if votes == 0 { 0.0 } else { self.upvotes as f64 / votes as f64 }
    }
}

/// What a mentor said of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Review {
    /// Nothing yet.
    #[default]
    None,
    /// It is right; it outranks all that is not verified.
    Verified,
    /// It should be written again.
    NeedsImprovement,
    /// It is never served.
    Rejected,
}
