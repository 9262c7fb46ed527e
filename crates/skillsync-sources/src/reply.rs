//! What came back: a status, headers, and a body of bounded length.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use crate::SourceError;

/// The longest wait that a site is believed to ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);

/// An answer of any status.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Where it came from in the end, redirects followed.
    pub url: Url,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

impl Reply {
    /// The same reply if its status is a good one, else what the status means on any site.
    pub fn checked(self) -> Result<Self, SourceError> {
        match self.failure() {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// What the status means on any site, unless it is a good one.
    pub fn failure(&self) -> Option<SourceError> {
        match self.status {
            200..=299 => None,
            // A redirect that leads nowhere one could follow, such as into a file.
            301..=303 | 307 | 308 => Some(SourceError::Garbage),
            401 | 403 => Some(SourceError::Refused),
            404 | 410 => Some(SourceError::NotFound { status: self.status }),
            // The site, or one before it, gave up waiting.
            408 | 504 | 524 => Some(SourceError::Timeout),
            429 => Some(SourceError::QuotaExceeded { retry_after: self.retry_after() }),
            status => Some(SourceError::ServerError { status }),
        }
    }

    /// The body as JSON of a form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, SourceError> {
        serde_json::from_slice(&self.body).map_err(|_| SourceError::Garbage)
    }

    /// The body as text. What is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The media type in small letters, without parameters; empty where none is given.
    pub fn media_type(&self) -> String {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// How long the site asks to wait, if it says so in seconds. This crate knows no date, so a date is not read.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header(RETRY_AFTER.as_str())?.parse().ok()?;
        Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
    }
}
