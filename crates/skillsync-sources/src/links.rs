//! Whether the addresses in a text still lead somewhere.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::{Http, Request, SourceError};

/// How much of a page is read where only a whole request says whether it is there.
const PEEK_BYTES: usize = 4 * 1024;

/// How to check links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkSettings {
    /// For one link.
    pub time_limit: Duration,
    /// For all links of one call.
    pub total_time_limit: Duration,
    /// Most links of one call that are asked for; the others stay unsure.
    pub max_links: usize,
    /// How many are asked for at once.
    pub max_at_once: usize,
    /// How many of one host are asked for at once.
    pub max_at_once_per_host: usize,
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self {
            time_limit: Duration::from_secs(10),
            total_time_limit: Duration::from_secs(60),
            max_links: 200,
            max_at_once: 8,
            max_at_once_per_host: 2,
        }
    }
}

/// A link and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The address as it was given.
    pub url: String,
    /// What was found there.
    #[serde(flatten)]
    pub state: LinkState,
}

/// What was found at an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LinkState {
    /// Something is there.
    Alive,
    /// Nothing is there, or nothing that may be linked to.
    Dead {
        /// The HTTP status, where there was one.
        status: Option<u16>,
        /// Why, as the rest of a sentence: "has no such page".
        why: String,
    },
    /// Nobody knows: many sites refuse programs and serve people.
    Unsure {
        /// Why, as the rest of a sentence.
        why: String,
    },
}

/// Checks links, several at once but few of one host.
#[derive(Debug)]
pub struct LinkChecker {
    http: Http,
    settings: LinkSettings,
}

impl LinkChecker {
    /// Prepares to check. The client should be one that asks public addresses only.
    pub fn new(http: Http, settings: LinkSettings) -> Self {
        Self { http, settings }
    }

    /// Checks each address once and gives them in the order in which they first came.
    pub async fn check(&self, urls: &[String]) -> Vec<Link> {
        let mut seen = HashSet::new();
        let urls = urls.iter().filter(|url| seen.insert(url.as_str())).collect::<Vec<_>>();
        // Links to sections of one page are one request.
        let mut pages = Vec::new();
        let mut places = HashMap::new();
        for url in &urls {
            if let Ok(page) = page_of(url) {
                places.entry(page.clone()).or_insert_with(|| {
                    pages.push(page);
                    pages.len() - 1
                });
            }
        }
        let states = self.ask_all(&pages).await;
        let state = |url: &str| match page_of(url) {
            Ok(page) => places.get(&page).and_then(|place| states.get(*place)).cloned().unwrap_or_else(not_checked),
            Err(error) => judge(Err(error)),
        };
        urls.into_iter().map(|url| Link { url: url.clone(), state: state(url) }).collect()
    }

    async fn ask_all(&self, pages: &[Url]) -> Vec<LinkState> {
        let deadline = Instant::now() + self.settings.total_time_limit;
        let at_once = Semaphore::new(self.settings.max_at_once.max(1));
        let mut hosts = HashMap::<Option<&str>, Arc<Semaphore>>::new();
        let asking = pages.iter().take(self.settings.max_links).map(|page| {
            let host = hosts.entry(page.host_str());
            let host = host.or_insert_with(|| Arc::new(Semaphore::new(self.settings.max_at_once_per_host.max(1))));
            let (host, at_once) = (Arc::clone(host), &at_once);
            async move {
                // The host's turn comes first, so that links that wait for it keep nobody else waiting. The semaphores
                // are never closed.
                let checked = async {
                    let _of_host = host.acquire().await;
                    let _of_all = at_once.acquire().await;
                    self.ask(page).await
                };
                timeout_at(deadline, checked).await.map_or_else(|_| not_checked(), judge)
            }
        });
        join_all(asking.collect::<Vec<_>>()).await
    }

    /// Asks for the headers, and for the page itself where those were no good: some servers know only whole requests.
    async fn ask(&self, page: &Url) -> Result<u16, SourceError> {
        let limit = self.settings.time_limit;
        let head = self.http.send(Request::head(page.as_str())?.time_limit(limit)).await?;
        if matches!(head.status, 200..=299 | 429 | 500 | 502..=599) {
            return Ok(head.status);
        }
        let whole = Request::get(page.as_str())?.time_limit(limit).max_bytes(PEEK_BYTES).keeps_beginning();
        Ok(self.http.send(whole).await?.status)
    }
}

fn page_of(url: &str) -> Result<Url, SourceError> {
    let mut page = Url::parse(url.trim()).map_err(|_| SourceError::Malformed)?;
    page.set_fragment(None);
    Ok(page)
}

/// What an answer means for a link. Only what will not pass by itself makes it dead.
fn judge(answer: Result<u16, SourceError>) -> LinkState {
    let unsure = |error: &SourceError| LinkState::Unsure { why: error.to_string() };
    match answer {
        Ok(200..=299) => LinkState::Alive,
        Ok(status @ (404 | 410)) => {
            LinkState::Dead { status: Some(status), why: SourceError::NotFound { status }.to_string() }
        }
        Ok(301..=303 | 307 | 308) => unsure(&SourceError::Garbage),
        Ok(401 | 403) => unsure(&SourceError::Refused),
        Ok(429) => unsure(&SourceError::QuotaExceeded { retry_after: None }),
        Ok(status) => unsure(&SourceError::ServerError { status }),
        Err(error @ (SourceError::UnknownHost | SourceError::NotAllowed | SourceError::Malformed)) => {
            LinkState::Dead { status: None, why: error.to_string() }
        }
        Err(error) => unsure(&error),
    }
}

fn not_checked() -> LinkState {
    LinkState::Unsure { why: "was not checked: there were too many links for the time".to_owned() }
}
