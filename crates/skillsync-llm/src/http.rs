//! HTTP as every provider needs it: time-outs, bounded bodies, and network failures in plain words.

use std::ops::Deref;
use std::time::Duration;

use futures::TryFutureExt;
use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use serde_json::Value;

use crate::{Error, Excerpt, Secret};

/// Longest reply that is read whole. A lesson of 3,000 words is about 30 KB.
pub(crate) const MAX_REPLY_BYTES: usize = 4 * 1024 * 1024;

/// How long to wait for a model server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// Between two pieces of a streamed answer.
    pub idle: Duration,
    /// For one question from its first byte to the last of the answer, streamed or not.
    pub total: Duration,
}

impl Default for Timeouts {
    /// Patient enough for a small model on a slow machine.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(90), total: Duration::from_secs(300) }
    }
}

/// One model server: where it is, how to speak to it, and the key that must not come back out of it.
pub(crate) struct Server {
    client: Client,
    base_url: Url,
    secret: Option<Secret>,
}

impl Server {
    /// Prepares connections to the server behind `base_url`. The headers go with every request; `secret` is what error
    /// messages are cleansed of.
    pub(crate) fn new(
        base_url: &str,
        headers: HeaderMap,
        secret: Option<Secret>,
        timeouts: Timeouts,
    ) -> Result<Self, Error> {
        let base_url = parse_base_url(base_url)?;
        let mut builder = Client::builder()
            .default_headers(headers)
            .user_agent(concat!("skillsync/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeouts.connect)
            // A redirected POST loses its body or takes the key elsewhere; a redirect here means a wrong base URL.
            .redirect(redirect::Policy::none());
        if is_loopback(&base_url) {
            // A proxy cannot reach this machine's own model server.
            builder = builder.no_proxy();
        }
        if base_url.scheme() == "http" {
            // Certificates are never needed then, and loading them fails on images that have none.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|error| Error::Misconfigured {
            reason: format!("no secure connection can be set up: {}", innermost_cause(&error)),
        })?;
        Ok(Self { client, base_url, secret })
    }

    /// Posts JSON to a path under the base URL and returns once the reply's headers are there.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Response, Error> {
        self.send(self.client.post(self.address(path)).json(body)).await
    }

    /// Gets a path under the base URL and returns once the reply's headers are there.
    pub(crate) async fn get(&self, path: &str) -> Result<Response, Error> {
        self.send(self.client.get(self.address(path))).await
    }

    /// Reads a whole reply, unless it is longer than any answer should be.
    pub(crate) async fn read(&self, mut response: Response) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        while let Some(piece) = self.read_piece(&mut response).await? {
            if body.len() + piece.len() > MAX_REPLY_BYTES {
                return Err(Error::TooLarge { limit_bytes: MAX_REPLY_BYTES });
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// Reads whatever has arrived next, or `None` at the end.
    pub(crate) async fn read_piece(
        &self,
        response: &mut Response,
    ) -> Result<Option<impl Deref<Target = [u8]> + use<>>, Error> {
        response.chunk().await.map_err(|error| self.network_error(&error))
    }

    /// Scheme, host and port: all of the address that is safe to show.
    pub(crate) fn origin(&self) -> String {
        self.base_url.origin().ascii_serialization()
    }

    /// A short piece of what the server said, without the key.
    pub(crate) fn excerpt(&self, text: &str) -> Excerpt {
        Excerpt::without(self.secret.as_ref(), text)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        request.send().map_err(|error| self.network_error(&error)).await
    }

    fn address(&self, path: &str) -> Url {
        let mut address = self.base_url.clone();
        address.set_path(&format!("{}/{path}", self.base_url.path().trim_end_matches('/')));
        address
    }

    fn network_error(&self, error: &reqwest::Error) -> Error {
        let cause = self.excerpt(&innermost_cause(error));
        if error.is_connect() {
            Error::Unreachable { server: self.origin(), cause }
        } else if error.is_timeout() {
            Error::Timeout
        } else {
            Error::Interrupted { cause }
        }
    }
}

/// Reads a base URL, which must be one of a web server.
fn parse_base_url(base_url: &str) -> Result<Url, Error> {
    let unusable = |reason| Error::Misconfigured { reason: format!("the base URL {reason}") };
    let url = Url::parse(base_url.trim()).map_err(|error| unusable(format!("cannot be read: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unusable("must begin with http:// or https://".to_owned()));
    }
    Ok(url)
}

/// Scheme, host and port of a base URL, leaving out a password that may be written into it.
pub(crate) fn origin_of(base_url: &str) -> String {
    parse_base_url(base_url).map_or_else(|_| "(not a URL)".to_owned(), |url| url.origin().ascii_serialization())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The last error of the chain: the operating system's own words say more than the layers above, which also like to quote
/// the whole address.
fn innermost_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
