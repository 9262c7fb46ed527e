//! Asks the platforms side by side and puts what fits in order.

use std::time::Duration;

use chrono::NaiveDate;
use tokio::time::timeout;

use super::{
    Candidate, Found, Missing, PeerTube, PeerTubeError, Platform, VideoAddress, VideoQuery, YouTube, YouTubeError,
    rank, unfitness,
};
use crate::SourceError;

/// Where videos are searched.
#[derive(Debug, Clone)]
pub struct VideoSettings {
    /// YouTube, where the operator has a key.
    pub youtube: Option<YouTube>,
    /// PeerTube, unless the operator does not want it.
    pub peertube: Option<PeerTube>,
    /// Whether there are ways to a transcript of videos without captions.
    pub other_transcripts: bool,
    /// How long each platform may take.
    pub time_limit: Duration,
}

/// The search for videos.
#[derive(Debug, Clone)]
pub struct Videos {
    settings: VideoSettings,
}

/// Why a single video cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VideoError {
    /// The operator does not use this platform.
    #[error("videos of {0} are not used on this server")]
    NotUsed(&'static str),
    /// There is no such video, or it is not public.
    #[error("there is no such video, or it is not public")]
    Gone,
    /// YouTube gave nothing.
    #[error("YouTube: {0}")]
    YouTube(#[from] YouTubeError),
    /// The video's server gave nothing.
    #[error("the video's server: {0}")]
    PeerTube(#[from] PeerTubeError),
}

impl Videos {
    /// A search on these platforms.
    pub fn new(settings: VideoSettings) -> Self {
        Self { settings }
    }

    /// Videos that fit, best first, and the platforms that did not answer. `today` is the date by which age is judged.
    pub async fn search(&self, query: &VideoQuery, today: NaiveDate) -> Found {
        let (youtube, peertube) = futures::join!(self.on_youtube(query), self.on_peertube(query));
        let mut candidates = Vec::new();
        let mut missing = Vec::new();
        for (platform, answer) in [(Platform::YouTube, youtube), (Platform::PeerTube, peertube)] {
            match answer {
                Ok(videos) => candidates.extend(videos),
                Err(why) => missing.push(Missing { platform, why }),
            }
        }
        candidates.retain(|video: &Candidate| unfitness(video, query, self.settings.other_transcripts).is_none());
        Found { ranked: rank(candidates, query, today), missing }
    }

    /// What is known of one video, such as one that a mentor named.
    pub async fn look_up(&self, address: &VideoAddress) -> Result<Candidate, VideoError> {
        let not_used = VideoError::NotUsed(address.platform.name());
        match address.platform {
            Platform::YouTube => {
                let youtube = self.settings.youtube.as_ref().ok_or(not_used)?;
                youtube.videos(std::slice::from_ref(&address.id)).await?.pop().ok_or(VideoError::Gone)
            }
            Platform::PeerTube => {
                let peertube = self.settings.peertube.as_ref().ok_or(not_used)?;
                Ok(peertube.look_up(&address.watch_url()).await?)
            }
        }
    }

    async fn on_youtube(&self, query: &VideoQuery) -> Result<Vec<Candidate>, String> {
        // Without a key it is not missing: the operator chose so.
        let Some(youtube) = &self.settings.youtube else { return Ok(Vec::new()) };
        let answer = timeout(self.settings.time_limit, youtube.search(query)).await;
        answer.unwrap_or(Err(SourceError::Timeout.into())).map_err(|error| error.to_string())
    }

    async fn on_peertube(&self, query: &VideoQuery) -> Result<Vec<Candidate>, String> {
        let Some(peertube) = &self.settings.peertube else { return Ok(Vec::new()) };
        let answer = timeout(self.settings.time_limit, peertube.search(query)).await;
        answer.unwrap_or(Err(SourceError::Timeout.into())).map_err(|error| error.to_string())
    }
}
