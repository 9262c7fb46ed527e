//! HTTP as every provider needs it: time-outs, bounded bodies, and network failures in plain words.

use std::ops::Deref;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use serde_json::Value;

use crate::timeouts::Patience;
use crate::{Error, Excerpt, Secret, TimeoutPhase, Timeouts};

/// Longest reply that is read whole. A lesson of 3,000 words is about 30 KB.
pub(crate) const MAX_REPLY_BYTES: usize = 4 * 1024 * 1024;

/// Carries [`Request::id`](crate::Request::id), under the name that OpenAI has for it.
const REQUEST_ID: &str = "x-client-request-id";

/// What is posted, and where under the base URL.
pub(crate) struct Question {
    pub(crate) path: String,
    pub(crate) query: Option<&'static str>,
    pub(crate) body: Value,
}

/// One model server: where it is, how to speak to it, and the key that must not come back out of it.
pub(crate) struct Server {
    client: Client,
    base_url: Url,
    secret: Option<Secret>,
    /// How a right base URL of this format usually ends, for the operator whose one is wrong.
    pub(crate) usual_ending: &'static str,
}

/// What a format needs of a server.
pub(crate) struct Manners {
    /// The headers that go with every request, the key's included.
    pub(crate) headers: HeaderMap,
    /// How a base URL usually ends.
    pub(crate) usual_ending: &'static str,
    /// What is appended to a base URL without a path.
    pub(crate) default_path: &'static str,
}

impl Server {
    /// Prepares connections to the server behind `base_url`; `secret` is what error messages are cleansed of.
    pub(crate) fn new(
        base_url: &str,
        manners: Manners,
        secret: Option<&Secret>,
        timeouts: Timeouts,
    ) -> Result<Self, Error> {
        let mut base_url = parse_base_url(base_url)?;
        if base_url.path() == "/" {
            base_url.set_path(manners.default_path);
        }
        let mut builder = Client::builder()
            .default_headers(manners.headers)
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
        Ok(Self { client, base_url, secret: secret.cloned(), usual_ending: manners.usual_ending })
    }

    /// Posts a question and returns once the reply's headers are there.
    pub(crate) async fn post(
        &self,
        question: &Question,
        request_id: Option<&str>,
        patience: &mut Patience,
    ) -> Result<Response, Error> {
        let mut request = self.client.post(self.address(&question.path, question.query)).json(&question.body);
        if let Some(id) = request_id {
            let id = HeaderValue::from_str(id).map_err(|_| Error::Misconfigured {
                reason: "the request's id holds characters that no header may have".to_owned(),
            })?;
            request = request.header(REQUEST_ID, id);
        }
        self.send(request, patience).await
    }

    /// Gets a path under the base URL and returns once the reply's headers are there.
    pub(crate) async fn get(
        &self,
        path: &str,
        query: Option<&str>,
        patience: &mut Patience,
    ) -> Result<Response, Error> {
        self.send(self.client.get(self.address(path, query)), patience).await
    }

    /// Reads a whole reply, unless it is longer than any answer should be.
    pub(crate) async fn read(&self, response: &mut Response, patience: &mut Patience) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        while let Some(piece) = self.read_piece(response, patience).await? {
            if body.len() + piece.len() > MAX_REPLY_BYTES {
                return Err(Error::too_large(MAX_REPLY_BYTES));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// Reads whatever has arrived next, or `None` at the end.
    pub(crate) async fn read_piece(
        &self,
        response: &mut Response,
        patience: &mut Patience,
    ) -> Result<Option<impl Deref<Target = [u8]> + use<>>, Error> {
        let piece = patience.wait(async { response.chunk().await.map_err(|error| self.network_error(&error)) }).await?;
        patience.hears();
        Ok(piece)
    }

    /// Scheme, host and port: all of the address that is safe to show.
    pub(crate) fn origin(&self) -> String {
        self.base_url.origin().ascii_serialization()
    }

    /// A short piece of what the server said, without the key.
    pub(crate) fn excerpt(&self, text: &str) -> Excerpt {
        Excerpt::without(self.secret.as_ref(), text)
    }

    /// An answer of which nothing can be read.
    pub(crate) fn bad_reply(&self, why: &str) -> Error {
        Error::BadReply { excerpt: self.excerpt(why), usage: None }
    }

    async fn send(&self, request: RequestBuilder, patience: &mut Patience) -> Result<Response, Error> {
        patience.asks();
        patience.wait(async { request.send().await.map_err(|error| self.network_error(&error)) }).await
    }

    fn address(&self, path: &str, query: Option<&str>) -> Url {
        let mut address = self.base_url.clone();
        address.set_path(&format!("{}/{path}", self.base_url.path().trim_end_matches('/')));
        if query.is_some() {
            address.set_query(query);
        }
        address
    }

    fn network_error(&self, error: &reqwest::Error) -> Error {
        let cause = self.excerpt(&innermost_cause(error));
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => Error::timed_out(TimeoutPhase::Connect),
            (true, false) => Error::Unreachable { server: self.origin(), cause },
            // No other time-out is set on the client: the operating system gave the connection up.
            (false, _) => Error::Interrupted { cause, usage: None },
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
