//! The answers of YouTube's Data API, as far as they are read.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::address::is_youtube_id;
use super::entries::readable;
use super::{Candidate, Platform, VideoAddress};
use crate::SourceError;

/// Most characters of a description that are kept: publishers begin with what the video is about and go on with links.
pub(super) const MAX_DESCRIPTION_CHARS: usize = 1_000;

/// Most characters of a title or name that are kept; the platforms allow about a hundred.
pub(super) const MAX_TITLE_CHARS: usize = 200;

/// `search.list`.
#[derive(Deserialize)]
pub(super) struct SearchAnswer {
    items: Vec<Value>,
}

#[derive(Deserialize)]
struct SearchItem {
    id: SearchId,
}

/// Channels and playlists have other fields here.
#[derive(Deserialize)]
struct SearchId {
    #[serde(rename = "videoId")]
    video_id: Option<String>,
}

/// `videos.list`.
#[derive(Deserialize)]
pub(super) struct VideosAnswer {
    items: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VideoItem {
    id: String,
    snippet: Snippet,
    content_details: ContentDetails,
    #[serde(default)]
    statistics: Statistics,
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Snippet {
    published_at: DateTime<Utc>,
    title: String,
    #[serde(default)]
    description: String,
    channel_title: String,
    live_broadcast_content: Option<String>,
    default_language: Option<String>,
    default_audio_language: Option<String>,
}

#[derive(Deserialize)]
struct ContentDetails {
    duration: String,
    definition: String,
    /// `"true"` or `"false"`, in quotes.
    caption: String,
}

/// Counts are numbers in quotes, and hidden ones are left out.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Statistics {
    view_count: Option<String>,
    like_count: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    embeddable: bool,
    privacy_status: Option<String>,
}

/// Any error.
#[derive(Deserialize)]
pub(super) struct Failure {
    error: FailureBody,
}

#[derive(Deserialize)]
struct FailureBody {
    #[serde(default)]
    errors: Vec<Reason>,
    #[serde(default)]
    details: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    reason: Option<String>,
}

impl SearchAnswer {
    pub(super) fn video_ids(self) -> Result<Vec<String>, SourceError> {
        let ids = readable::<SearchItem>(self.items)?.into_iter().filter_map(|item| item.id.video_id);
        Ok(ids.filter(|id| is_youtube_id(id)).collect())
    }
}

impl VideosAnswer {
    pub(super) fn into_candidates(self) -> Result<Vec<Candidate>, SourceError> {
        Ok(readable::<VideoItem>(self.items)?.into_iter().filter_map(VideoItem::into_candidate).collect())
    }
}

impl Failure {
    /// The words for what is wrong: those of all of Google's services, under `details`, and YouTube's own.
    pub(super) fn reasons(&self) -> impl Iterator<Item = &str> {
        self.error.details.iter().chain(&self.error.errors).filter_map(|entry| entry.reason.as_deref())
    }
}

impl VideoItem {
    fn into_candidate(self) -> Option<Candidate> {
        let is_live = self.snippet.live_broadcast_content.is_some_and(|state| state != "none");
        let is_hidden = self.status.privacy_status.is_some_and(|state| state == "private");
        if !is_youtube_id(&self.id) || is_live || is_hidden {
            return None;
        }
        let address = VideoAddress { platform: Platform::YouTube, id: self.id };
        let number = |text: Option<String>| text.and_then(|text| text.parse::<u64>().ok());
        Some(Candidate {
            platform: Platform::YouTube,
            url: address.watch_url(),
            embed_url: address.embed_url(),
            id: address.id,
            title: cut(&self.snippet.title, MAX_TITLE_CHARS),
            channel: cut(&self.snippet.channel_title, MAX_TITLE_CHARS),
            seconds: seconds(&self.content_details.duration)?,
            published: self.snippet.published_at.date_naive(),
            views: number(self.statistics.view_count).unwrap_or(0),
            likes: number(self.statistics.like_count),
            language: self.snippet.default_audio_language.or(self.snippet.default_language),
            hd: self.content_details.definition == "hd",
            captioned: self.content_details.caption == "true",
            embeddable: self.status.embeddable,
            description: cut(&self.snippet.description, MAX_DESCRIPTION_CHARS),
        })
    }
}

/// A text in one line and of bounded length.
pub(super) fn cut(text: &str, max_chars: usize) -> String {
    crate::transcripts::visible(text).chars().take(max_chars).collect()
}

/// Reads a duration such as `PT1H2M3S` (ISO 8601), of which YouTube uses days to seconds.
fn seconds(duration: &str) -> Option<u32> {
    let (days, time) = duration.strip_prefix('P')?.split_once('T').unwrap_or((&duration[1..], ""));
    let mut total = 0_u32;
    for (part, units) in
        [(days, &[('W', 604_800), ('D', 86_400)][..]), (time, &[('H', 3_600), ('M', 60), ('S', 1)][..])]
    {
        let mut rest = part;
        for (unit, worth) in units {
            if let Some((number, behind)) = rest.split_once(*unit) {
                let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
                let number = number.parse::<u32>().ok().filter(|_| is_number)?;
                total = total.checked_add(number.checked_mul(*worth)?)?;
                rest = behind;
            }
        }
        if !rest.is_empty() {
            return None;
        }
    }
    (duration.len() > 2).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, expected) in [
            ("PT12M", Some(720)),
            ("PT1H2M3S", Some(3_723)),
            ("PT45S", Some(45)),
            ("P1DT1S", Some(86_401)),
            ("P0D", Some(0)),
            ("PT0S", Some(0)),
            ("P", None),
            ("", None),
            ("PT", None),
            ("12:00", None),
            ("PT3M2", None),
            ("PT3S2M", None),
            ("PT-3M", None),
            ("PT99999999999S", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
