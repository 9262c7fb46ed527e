//! The answers of PeerTube's servers and of the open search over them, as far as they are read.

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use super::address::is_peertube_id;
use super::entries::readable;
use super::youtube_wire::{MAX_DESCRIPTION_CHARS, MAX_TITLE_CHARS, cut};
use super::{Candidate, Platform};
use crate::SourceError;

/// Fewest lines of a picture that is called high definition.
const HD_LINES: u32 = 720;

/// `search/videos`.
#[derive(Deserialize)]
pub(super) struct SearchAnswer {
    data: Vec<Value>,
}

/// A video as the search and its own server tell it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VideoEntry {
    uuid: String,
    name: String,
    description: Option<String>,
    url: String,
    duration: u32,
    published_at: DateTime<Utc>,
    #[serde(default)]
    views: u64,
    likes: Option<u64>,
    #[serde(default)]
    nsfw: bool,
    #[serde(default)]
    is_live: bool,
    language: Option<Label>,
    channel: Channel,
    #[serde(flatten)]
    files: Files,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Channel {
    display_name: Option<String>,
    name: Option<String>,
}

/// Most things have an id and a name for people.
#[derive(Deserialize)]
struct Label {
    id: Option<String>,
}

/// Where the files are: in older servers on the video, in newer ones under its playlists.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Files {
    files: Vec<File>,
    streaming_playlists: Vec<Playlist>,
}

#[derive(Deserialize)]
struct Playlist {
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    resolution: Resolution,
    pub(super) size: u64,
    pub(super) file_url: Option<String>,
    has_audio: Option<bool>,
}

/// The lines of the picture; 0 is sound alone.
#[derive(Deserialize)]
struct Resolution {
    id: u32,
}

/// `videos/{id}/captions`.
#[derive(Deserialize)]
pub(super) struct CaptionsAnswer {
    pub(super) data: Vec<Caption>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Caption {
    language: Label,
    #[serde(default)]
    pub(super) automatically_generated: bool,
    file_url: Option<String>,
    caption_path: Option<String>,
}

impl Files {
    /// The smallest file with sound, sound alone before pictures.
    pub(super) fn smallest_with_sound(self, max_bytes: u64) -> Option<File> {
        let files = self.files.into_iter().chain(self.streaming_playlists.into_iter().flat_map(|list| list.files));
        let usable = files.filter(|file| {
            file.has_audio != Some(false) && file.file_url.is_some() && (1..=max_bytes).contains(&file.size)
        });
        usable.min_by_key(|file| (file.resolution.id > 0, file.size))
    }

    fn is_hd(&self) -> bool {
        let in_lists = self.streaming_playlists.iter().flat_map(|list| &list.files);
        self.files.iter().chain(in_lists).any(|file| file.resolution.id >= HD_LINES)
    }
}

impl SearchAnswer {
    pub(super) fn into_candidates(self) -> Result<Vec<Candidate>, SourceError> {
        Ok(readable::<VideoEntry>(self.data)?.into_iter().filter_map(VideoEntry::into_candidate).collect())
    }
}

impl VideoEntry {
    /// The same video at the address where it was asked for, whatever it says of its address.
    pub(super) fn at(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }
    }

    /// The files of a video that its own server told.
    pub(super) fn into_files(self) -> Files {
        self.files
    }

    /// The video, unless it is live or not for everybody. Whether there are captions is not told here.
    pub(super) fn into_candidate(self) -> Option<Candidate> {
        let url =
            Url::parse(&self.url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
        if self.is_live || self.nsfw || !is_peertube_id(&self.uuid) {
            return None;
        }
        let origin = url.origin().ascii_serialization();
        let (_, host) = origin.split_once("://")?;
        let channel = self.channel.display_name.or(self.channel.name).unwrap_or_default();
        Some(Candidate {
            platform: Platform::PeerTube,
            id: format!("{}@{host}", self.uuid),
            title: cut(&self.name, MAX_TITLE_CHARS),
            channel: cut(&channel, MAX_TITLE_CHARS),
            // Built here instead of taken over: a page will show what stands there.
            url: format!("{origin}/videos/watch/{}", self.uuid),
            embed_url: format!("{origin}/videos/embed/{}", self.uuid),
            seconds: self.duration,
            published: self.published_at.date_naive(),
            views: self.views,
            likes: self.likes,
            language: self.language.and_then(|label| label.id),
            hd: self.files.is_hd(),
            captioned: false,
            embeddable: true,
            description: cut(&self.description.unwrap_or_default(), MAX_DESCRIPTION_CHARS),
        })
    }
}

impl Caption {
    /// The language's tag.
    pub(super) fn language(&self) -> Option<&str> {
        self.language.id.as_deref()
    }

    /// Where the file is. Older servers only tell its path.
    pub(super) fn address(&self, origin: &str) -> Option<String> {
        let path = || self.caption_path.as_deref().filter(|path| path.starts_with('/'));
        self.file_url.clone().or_else(|| path().map(|path| format!("{origin}{path}")))
    }
}
