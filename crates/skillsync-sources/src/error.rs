//! Why a site gave nothing, in short words for people.

use std::time::Duration;

/// Why a site gave nothing usable. The words continue a sentence that begins with the site's name: "Stack Overflow: its quota
/// is used up". None holds an address or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The time for this was up.
    #[error("did not answer in time")]
    Timeout,
    /// No connection came about, or it broke.
    #[error("cannot be reached")]
    Unreachable,
    /// No such name is known, so nobody can be asked.
    #[error("has an address that does not exist")]
    UnknownHost,
    /// The site wants a key, or another one, or does not like programs (status 401 or 403).
    #[error("refused to answer")]
    Refused,
    /// Too much was asked in too short a time, or the day's share is used up.
    #[error("its quota is used up")]
    QuotaExceeded {
        /// How long the site asks to wait.
        retry_after: Option<Duration>,
    },
    /// There is no such page (status 404 or 410).
    #[error("has no such page")]
    NotFound {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is longer than any answer should be; the rest was not read.
    #[error("sent more than is read")]
    TooLarge,
    /// One page led to the next, too many times.
    #[error("leads in circles")]
    TooManyRedirects,
    /// What came is not what the site's interface promises.
    #[error("sent something that cannot be read")]
    Garbage,
    /// The site failed, or rejected what was asked.
    #[error("failed with status {status}")]
    ServerError {
        /// The HTTP status.
        status: u16,
    },
    /// The site reported an error of its own in an otherwise good answer.
    #[error("reported an error")]
    Failed,
    /// The address lies in a private network, or is of a kind that is not asked.
    #[error("has an address that this server does not ask")]
    NotAllowed,
    /// The address is none.
    #[error("has an address that cannot be read")]
    Malformed,
}
