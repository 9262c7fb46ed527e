//! YouTube by its Data API, version 3: one search, then what is known of each video found.

use super::fitness::is_same_language;
use super::youtube_wire::{Failure, SearchAnswer, VideosAnswer};
use super::{Candidate, VideoQuery};
use crate::{Http, Reply, Request, Secret, SourceError};

/// Where the interface is.
pub const YOUTUBE_DATA: &str = "https://www.googleapis.com/youtube/v3";

/// How many videos are looked at. A search costs 100 of the 10,000 units that a key has a day, however many it brings.
const MAX_RESULTS: usize = 25;

/// YouTube, asked with the operator's key.
#[derive(Debug, Clone)]
pub struct YouTube {
    http: Http,
    base_url: String,
    key: Secret,
}

/// Why YouTube gave no videos.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YouTubeError {
    /// The key is none, or may not be used from here.
    #[error("did not accept the key; check it in the settings and its restrictions in Google's console")]
    KeyRejected,
    /// The key is right, but the interface is off.
    #[error("has its Data API switched off for this key; switch it on in Google's console")]
    NotEnabled,
    /// Any other reason.
    #[error(transparent)]
    Site(#[from] SourceError),
}

impl YouTube {
    /// The interface behind a base address, usually [`YOUTUBE_DATA`].
    pub fn new(http: Http, base_url: &str, key: Secret) -> Self {
        Self { http, base_url: base_url.to_owned(), key }
    }

    /// Videos about a topic of the right length, in high definition, captioned and embeddable.
    pub async fn search(&self, query: &VideoQuery) -> Result<Vec<Candidate>, YouTubeError> {
        let language = query.language.split(['-', '_']).next().unwrap_or_default();
        let request = Request::get(&self.base_url)?
            .path(["search"])
            .query("part", "snippet")
            .query("type", "video")
            .query("q", &query.search_text())
            .query("maxResults", &MAX_RESULTS.to_string())
            .query("order", "relevance")
            .query("relevanceLanguage", language)
            .query("safeSearch", "strict")
            .query("videoCaption", "closedCaption")
            .query("videoDefinition", "high")
            // From four to twenty minutes.
            .query("videoDuration", "medium")
            .query("videoEmbeddable", "true");
        let answer = self.ask(request).await?.json::<SearchAnswer>()?;
        let mut ids = answer.video_ids()?;
        ids.truncate(MAX_RESULTS);
        self.videos(&ids).await
    }

    /// What is known of videos by their ids, in their order. Those that are gone or private are left out.
    pub async fn videos(&self, ids: &[String]) -> Result<Vec<Candidate>, YouTubeError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let request = Request::get(&self.base_url)?
            .path(["videos"])
            .query("part", "snippet,contentDetails,statistics,status")
            .query("id", &ids.join(","));
        let answer = self.ask(request).await?.json::<VideosAnswer>()?;
        Ok(answer.into_candidates()?)
    }

    async fn ask(&self, request: Request) -> Result<Reply, YouTubeError> {
        let reply = self.http.send(request.query("key", self.key.expose())).await?;
        let failure = (reply.status >= 400).then(|| reply.json::<Failure>().ok()).flatten();
        match failure.and_then(|failure| failure.reasons().find_map(|reason| meaning_of(reason, &reply))) {
            Some(error) => Err(error),
            None => Ok(reply.checked()?),
        }
    }
}

/// What Google's words for a failure mean: status 403 alone can be any of these. The lower-case ones are YouTube's own, the
/// others those of all its services.
fn meaning_of(reason: &str, reply: &Reply) -> Option<YouTubeError> {
    match reason {
        "quotaExceeded"
        | "dailyLimitExceeded"
        | "rateLimitExceeded"
        | "userRateLimitExceeded"
        | "RATE_LIMIT_EXCEEDED" => Some(SourceError::QuotaExceeded { retry_after: reply.retry_after() }.into()),
        "accessNotConfigured" | "SERVICE_DISABLED" => Some(YouTubeError::NotEnabled),
        "keyInvalid" | "keyExpired" | "ipRefererBlocked" => Some(YouTubeError::KeyRejected),
        _ if reason.starts_with("API_KEY_") => Some(YouTubeError::KeyRejected),
        _ => None,
    }
}

impl VideoQuery {
    /// What is typed into a search: the topic, and the programming language unless the topic names it.
    pub(super) fn search_text(&self) -> String {
        match &self.programming_language {
            Some(name) if !self.topic.to_lowercase().contains(&name.to_lowercase()) => format!("{} {name}", self.topic),
            _ => self.topic.clone(),
        }
    }

    /// Whether something is in the learner's language, as far as is known.
    pub(super) fn may_speak(&self, language: Option<&str>) -> bool {
        language.is_none_or(|language| is_same_language(language, &self.language))
    }
}
