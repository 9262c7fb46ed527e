//! The one client that everything here asks through: bounded in time, length and redirects, and only at allowed addresses.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Proxy, Response, Url, redirect};

use crate::names::GuardedNames;
use crate::{AddressRule, Names, Reply, Request, SourceError};

/// How to ask.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// For the connection, the name's look-up and TLS included.
    pub connect_timeout: Duration,
    /// For one request as a whole, redirects and the body included.
    pub total_timeout: Duration,
    /// How many redirects are followed.
    pub max_redirects: usize,
    /// Longest body that is read, unpacked.
    pub max_body_bytes: usize,
    /// Whether addresses in private networks and unusual ports may be asked. Never true for what a stranger wrote.
    pub allow_private: bool,
    /// A proxy for all requests, and then the one who looks names up: which networks it reaches is its own rule, and only
    /// addresses in digits are judged here. No proxy is taken from anywhere else.
    pub proxy: Option<String>,
    /// Where whoever runs a site can learn who asks and complain; Wikipedia demands it.
    pub contact: Option<String>,
    /// Where the addresses of names come from.
    pub names: Names,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(15),
            max_redirects: 5,
            max_body_bytes: 2 * 1024 * 1024,
            allow_private: false,
            proxy: None,
            contact: None,
            names: Names::System,
        }
    }
}

/// Why no client can be made of these settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The proxy's address is none.
    #[error("the proxy's address cannot be read: it should look like http://proxy.example.org:3128")]
    Proxy,
    /// TLS, the contact line, or the certificates of this machine.
    #[error("no secure connection can be set up: {reason}")]
    Connection {
        /// The library's reason.
        reason: String,
    },
}

/// A client. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    rule: AddressRule,
    proxy_host: Option<Arc<str>>,
    total_timeout: Duration,
    max_body_bytes: usize,
}

impl Http {
    /// Prepares a client.
    pub fn new(settings: &HttpSettings) -> Result<Self, SetupError> {
        let rule = if settings.allow_private { AddressRule::Any } else { AddressRule::PublicOnly };
        let proxy = settings.proxy.as_deref().map(read_proxy).transpose()?;
        let proxy_host = proxy.as_ref().and_then(Url::host_str).map(str::to_owned);
        let names = GuardedNames::new(settings.names.clone(), rule, proxy_host.clone());
        let mut builder = Client::builder()
            .user_agent(user_agent(settings.contact.as_deref()))
            .connect_timeout(settings.connect_timeout)
            .redirect(redirects(rule, settings.max_redirects))
            // The address may hold a key, which is nothing for the site that one is redirected to.
            .referer(false)
            .retry(reqwest::retry::never())
            .dns_resolver(Arc::new(names))
            .no_proxy();
        if let Some(proxy) = proxy {
            builder = builder.proxy(Proxy::all(proxy).map_err(|_| SetupError::Proxy)?);
        }
        let client = builder.build().map_err(|error| SetupError::Connection { reason: innermost_cause(&error) })?;
        let (total_timeout, max_body_bytes) = (settings.total_timeout, settings.max_body_bytes);
        Ok(Self { client, rule, proxy_host: proxy_host.map(Into::into), total_timeout, max_body_bytes })
    }

    /// Asks once and reads the whole answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Reply, SourceError> {
        self.rule.check(&request.url)?;
        if self.proxy_host.as_deref().is_some_and(|proxy| request.url.host_str() == Some(proxy)) {
            return Err(SourceError::NotAllowed);
        }
        let mut asking = self
            .client
            .request(request.method, request.url)
            .headers(request.headers)
            .timeout(request.time_limit.unwrap_or(self.total_timeout));
        if let Some(body) = request.body {
            asking = asking.body(body);
        }
        let mut response = asking.send().await.map_err(|error| meaning_of(&error))?;
        let body =
            read(&mut response, request.max_bytes.unwrap_or(self.max_body_bytes), request.keeps_beginning).await?;
        let (url, status) = (response.url().clone(), response.status().as_u16());
        Ok(Reply { url, status, headers: std::mem::take(response.headers_mut()), body })
    }
}

/// Reads a body piece by piece and stops at the bound. Pieces come unpacked and small, so that a packed body cannot swell past
/// it.
async fn read(response: &mut Response, max_bytes: usize, keeps_beginning: bool) -> Result<Vec<u8>, SourceError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| meaning_of(&error))? {
        let left = max_bytes - body.len();
        if piece.len() > left {
            if !keeps_beginning {
                return Err(SourceError::TooLarge);
            }
            body.extend_from_slice(&piece[..left]);
            break;
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Follows a few redirects, each judged like an address that was asked for.
fn redirects(rule: AddressRule, max: usize) -> redirect::Policy {
    redirect::Policy::custom(move |attempt| {
        if attempt.previous().len() > max {
            return attempt.error(SourceError::TooManyRedirects);
        }
        match rule.check(attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(error) => attempt.error(error),
        }
    })
}

fn read_proxy(address: &str) -> Result<Url, SetupError> {
    let url = Url::parse(address.trim()).map_err(|_| SetupError::Proxy)?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(url) } else { Err(SetupError::Proxy) }
}

fn user_agent(contact: Option<&str>) -> String {
    let name = concat!("skillsync/", env!("CARGO_PKG_VERSION"));
    contact.map_or_else(|| name.to_owned(), |contact| format!("{name} ({contact})"))
}

/// What went wrong, without the address, which may hold a key. The rules of this crate report through the library and are
/// found again at the bottom of its error.
fn meaning_of(error: &reqwest::Error) -> SourceError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(own) = inner.downcast_ref::<SourceError>() {
            return own.clone();
        }
        cause = inner.source();
    }
    match () {
        () if error.is_timeout() => SourceError::Timeout,
        () if error.is_decode() => SourceError::Garbage,
        () => SourceError::Unreachable,
    }
}

fn innermost_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
