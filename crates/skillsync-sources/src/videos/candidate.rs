//! What is known of a video, what is searched, and what comes out of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::VideoAddress;

/// Where a video is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// YouTube.
    YouTube,
    /// Any server of PeerTube.
    PeerTube,
}

impl Platform {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::YouTube => "YouTube",
            Self::PeerTube => "PeerTube",
        }
    }
}

/// A video that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Where it is.
    pub platform: Platform,
    /// Its id: YouTube's eleven characters, or `uuid@host` for PeerTube.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who published it.
    pub channel: String,
    /// Its page.
    pub url: String,
    /// Its player for other pages: YouTube's without cookies, or its own server's.
    pub embed_url: String,
    /// Its length.
    pub seconds: u32,
    /// The day it was published.
    pub published: NaiveDate,
    /// How often it was watched.
    pub views: u64,
    /// How many people like it, where that is shown.
    pub likes: Option<u64>,
    /// The language spoken as a BCP 47 tag, where it is known.
    pub language: Option<String>,
    /// Whether it has at least 720 lines.
    pub hd: bool,
    /// Whether there are captions.
    pub captioned: bool,
    /// Whether other pages may show it.
    pub embeddable: bool,
    /// What its publisher says about it, shortened.
    pub description: String,
}

impl Candidate {
    /// What names it among all videos.
    pub fn address(&self) -> VideoAddress {
        VideoAddress { platform: self.platform, id: self.id.clone() }
    }
}

/// What a video should teach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoQuery {
    /// The topic in the learner's words.
    pub topic: String,
    /// The learner's language as a BCP 47 tag.
    pub language: String,
    /// The programming language, where there is one.
    pub programming_language: Option<String>,
}

/// A candidate with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The video.
    pub candidate: Candidate,
    /// From 0 to 1; higher is better.
    pub score: f64,
    /// One sentence for learners on what speaks for it.
    pub why: String,
}

/// A platform that did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Which one.
    pub platform: Platform,
    /// Why, continuing a sentence that begins with its name.
    pub why: String,
}

/// What a search brought.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Found {
    /// The videos that fit, best first.
    pub ranked: Vec<Ranked>,
    /// The platforms that did not answer.
    pub missing: Vec<Missing>,
}
