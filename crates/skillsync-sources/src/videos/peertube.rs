//! PeerTube: the open search over its servers, and each server for what it knows of its own videos.

use std::time::Duration;

use futures::{StreamExt, stream};

use super::fitness::{MAX_SECONDS, MIN_SECONDS, is_same_language};
use super::peertube_wire::{Caption, CaptionsAnswer, SearchAnswer, VideoEntry};
use super::{Candidate, VideoQuery};
use crate::transcripts::{
    Audio, MAX_AUDIO_BYTES, MAX_BYTES, Transcript, TranscriptError, TranscriptFormat, TranscriptSource,
};
use crate::{Http, Request, SourceError};

/// The open search over all public servers.
pub const SEPIA_SEARCH: &str = "https://sepiasearch.org";

/// How many videos the search is asked for.
const MAX_RESULTS: usize = 25;

/// How many of those are looked at on their own servers, which only these know to be sharp and captioned.
const MAX_LOOKED_AT: usize = 10;

/// How many servers are asked at a time.
const SIDE_BY_SIDE: usize = 5;

/// How long a single server may take to tell of its video. Some of them stand in a living room.
const SERVER_TIME_LIMIT: Duration = Duration::from_secs(5);

/// PeerTube, as the search behind a base address knows it.
#[derive(Debug, Clone)]
pub struct PeerTube {
    http: Http,
    search_url: String,
    server_time_limit: Duration,
}

/// Why PeerTube gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerTubeError {
    /// The video's server has no captions for it.
    #[error("has no captions for this video in the language asked for")]
    NoCaptions,
    /// No file is small enough for a speech-to-text server.
    #[error("has no file of this video of at most {} MB", MAX_AUDIO_BYTES / 1024 / 1024)]
    NoAudio,
    /// The captions are not what they should be.
    #[error("has captions that cannot be used: {0}")]
    Unreadable(#[from] TranscriptError),
    /// A server gave nothing.
    #[error(transparent)]
    Site(#[from] SourceError),
}

impl PeerTube {
    /// The search behind a base address, usually [`SEPIA_SEARCH`]. The client must keep to public addresses: the search names
    /// the servers to ask next.
    pub fn new(http: Http, search_url: &str) -> Self {
        Self { http, search_url: search_url.to_owned(), server_time_limit: SERVER_TIME_LIMIT }
    }

    /// The same with another bound on what a single server may take.
    #[must_use]
    pub fn with_server_time_limit(self, server_time_limit: Duration) -> Self {
        Self { server_time_limit, ..self }
    }

    /// Videos about a topic of the right length and language, with what their servers know of the first ones. A video whose
    /// server does not answer is left out.
    pub async fn search(&self, query: &VideoQuery) -> Result<Vec<Candidate>, PeerTubeError> {
        let language = query.language.split(['-', '_']).next().unwrap_or_default();
        let request = Request::get(&self.search_url)?
            .path(["api", "v1", "search", "videos"])
            .query("search", &query.search_text())
            .query("durationMin", &MIN_SECONDS.to_string())
            .query("durationMax", &MAX_SECONDS.to_string())
            .query("languageOneOf[]", language)
            .query("nsfw", "false")
            .query("sort", "-match")
            .query("count", &MAX_RESULTS.to_string());
        let answer = self.http.send(request).await?.checked()?.json::<SearchAnswer>()?;
        let fitting = answer.into_candidates()?.into_iter().filter(|video| {
            (MIN_SECONDS..=MAX_SECONDS).contains(&video.seconds) && query.may_speak(video.language.as_deref())
        });
        let looked_at = stream::iter(fitting.take(MAX_LOOKED_AT).collect::<Vec<_>>())
            .map(|video| async move { self.look_at(&video).await })
            .buffered(SIDE_BY_SIDE);
        Ok(looked_at.filter_map(async |video| video.ok()).collect().await)
    }

    /// What a video's own server knows of it.
    pub async fn look_at(&self, video: &Candidate) -> Result<Candidate, PeerTubeError> {
        self.look_up(&video.url).await
    }

    /// What a server knows of the video at this address of its page.
    pub async fn look_up(&self, url: &str) -> Result<Candidate, PeerTubeError> {
        let (details, captions) = futures::join!(self.details(url), self.list_captions(url));
        // The answer is about this very address, whatever it calls itself.
        let candidate = details?.at(url).into_candidate().ok_or(SourceError::Garbage)?;
        Ok(Candidate { captioned: captions.is_ok_and(|list| !list.is_empty()), ..candidate })
    }

    /// The captions of a video: in the language, written by people, where there are such, else automatic ones.
    pub async fn captions(&self, video: &Candidate, language: &str) -> Result<Transcript, PeerTubeError> {
        let captions = self.list_captions(&video.url).await?;
        let fits = |caption: &&Caption| caption.language().is_some_and(|tag| is_same_language(tag, language));
        let best = captions.iter().filter(fits).min_by_key(|caption| caption.automatically_generated);
        let caption = best.ok_or(PeerTubeError::NoCaptions)?;
        let address = caption.address(&origin_of(&video.url)).ok_or(SourceError::Garbage)?;
        let reply = self.http.send(Request::get(&address)?.max_bytes(MAX_BYTES)).await?.checked()?;
        let format = TranscriptFormat::detect("", &reply.body);
        Ok(Transcript::read(&reply.body, format, caption.language(), TranscriptSource::Captions)?)
    }

    /// The smallest file of a video that has its sound.
    pub async fn audio(&self, video: &Candidate) -> Result<Audio, PeerTubeError> {
        let files = self.details(&video.url).await?.into_files();
        let file = files.smallest_with_sound(MAX_AUDIO_BYTES as u64).ok_or(PeerTubeError::NoAudio)?;
        let address = file.file_url.ok_or(PeerTubeError::NoAudio)?;
        let reply = self.http.send(Request::get(&address)?.max_bytes(MAX_AUDIO_BYTES)).await?.checked()?;
        let ending = reply.url.path().rsplit_once('.').map_or("mp4", |(_, ending)| ending);
        Ok(Audio { file_name: format!("audio.{ending}"), bytes: reply.body })
    }

    async fn details(&self, url: &str) -> Result<VideoEntry, SourceError> {
        let request = Request::get(&origin_of(url))?
            .path(["api", "v1", "videos", uuid_of(url)])
            .time_limit(self.server_time_limit);
        self.http.send(request).await?.checked()?.json()
    }

    async fn list_captions(&self, url: &str) -> Result<Vec<Caption>, SourceError> {
        let request = Request::get(&origin_of(url))?.path(["api", "v1", "videos", uuid_of(url), "captions"]);
        let request = request.time_limit(self.server_time_limit);
        Ok(self.http.send(request).await?.checked()?.json::<CaptionsAnswer>()?.data)
    }
}

/// Scheme, host and port; what is no address stays as it is and is refused when it is asked.
fn origin_of(url: &str) -> String {
    reqwest::Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.origin().ascii_serialization())
}

/// The last part of the address of a video's page.
fn uuid_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}
