//! What is asked: an address built from parts, headers, and the bounds of the answer.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::{Secret, SourceError};

/// One question to one site.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) max_bytes: Option<usize>,
    pub(crate) time_limit: Option<Duration>,
    pub(crate) keeps_beginning: bool,
}

impl Request {
    /// Asks for what is at an address.
    pub fn get(url: &str) -> Result<Self, SourceError> {
        Self::new(Method::GET, url)
    }

    /// Asks whether there is anything at an address, without its body.
    pub fn head(url: &str) -> Result<Self, SourceError> {
        Self::new(Method::HEAD, url)
    }

    /// Sends something to an address.
    pub fn post(url: &str) -> Result<Self, SourceError> {
        Self::new(Method::POST, url)
    }

    fn new(method: Method, url: &str) -> Result<Self, SourceError> {
        let url = Url::parse(url.trim()).map_err(|_| SourceError::Malformed)?;
        let headers = HeaderMap::new();
        Ok(Self { method, url, headers, body: None, max_bytes: None, time_limit: None, keeps_beginning: false })
    }

    /// Appends segments to the path. Each is encoded, so that none can become two or leave the path.
    #[must_use]
    pub fn path<'a>(mut self, segments: impl IntoIterator<Item = &'a str>) -> Self {
        if let Ok(mut path) = self.url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        self
    }

    /// Appends a parameter, encoded.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Sets a header. A value that no header may hold is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Shows a key. It is not shown to whom the site redirects to.
    #[must_use]
    pub fn bearer(mut self, key: &Secret) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", key.expose())) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// Sends these bytes along.
    #[must_use]
    pub fn body(mut self, content_type: &str, bytes: Vec<u8>) -> Self {
        self.body = Some(bytes);
        self.header(CONTENT_TYPE, content_type)
    }

    /// Reads at most so many bytes instead of what the client reads by default.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Waits so long instead of what the client waits by default.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// Takes the beginning of an answer that is longer than is read, instead of nothing.
    #[must_use]
    pub fn keeps_beginning(mut self) -> Self {
        self.keeps_beginning = true;
        self
    }
}
