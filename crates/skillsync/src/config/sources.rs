//! `[research]` and `[video]`: what lessons may rest on besides a model's own knowledge.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

use super::models::{ApiKey, BaseUrl, optional_api_key, optional_base_url};
use super::settings::optional_path;
use super::values::{milliseconds, parsed, yes_or_no};

/// `[research]`: pages that are looked for when a learner wants sources.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResearchSettings {
    /// Whether sources are looked for at all.
    #[serde(deserialize_with = "yes_or_no")]
    pub enabled: bool,
    /// For each site, all of its requests together.
    #[serde(rename = "time_limit_ms", deserialize_with = "milliseconds::<_, 1_000, 120_000>")]
    pub time_limit: Duration,
    /// Whether official documentation is asked.
    #[serde(deserialize_with = "yes_or_no")]
    pub documentation: bool,
    /// Further documentation sites of the operator's.
    #[serde(deserialize_with = "optional_path")]
    pub documentation_file: Option<PathBuf>,
    /// Whether Wikipedia is asked.
    #[serde(deserialize_with = "yes_or_no")]
    pub wikipedia: bool,
    /// Whether Stack Overflow is asked.
    #[serde(deserialize_with = "yes_or_no")]
    pub stack_overflow: bool,
    /// A key that raises its quota.
    #[serde(deserialize_with = "optional_api_key")]
    pub stack_overflow_key: Option<ApiKey>,
    /// Whether GitHub is asked.
    #[serde(deserialize_with = "yes_or_no")]
    pub github: bool,
    /// A token that raises its quota.
    #[serde(deserialize_with = "optional_api_key")]
    pub github_token: Option<ApiKey>,
    /// Whether dev.to is asked.
    #[serde(deserialize_with = "yes_or_no")]
    pub dev_to: bool,
    /// Whether the addresses in a lesson are visited before it is published.
    #[serde(deserialize_with = "yes_or_no")]
    pub check_links: bool,
}

/// `[video]`: where videos and what is said in them come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VideoSettings {
    /// Whether PeerTube is searched.
    #[serde(deserialize_with = "yes_or_no")]
    pub peertube: bool,
    /// The key with which YouTube is searched.
    #[serde(deserialize_with = "optional_api_key")]
    pub youtube_api_key: Option<ApiKey>,
    /// The program that fetches captions and audio.
    #[serde(deserialize_with = "optional_path")]
    pub yt_dlp: Option<PathBuf>,
    /// Where a speech-to-text server is.
    #[serde(deserialize_with = "optional_base_url")]
    pub whisper_base_url: Option<BaseUrl>,
    /// Its key.
    #[serde(deserialize_with = "optional_api_key")]
    pub whisper_api_key: Option<ApiKey>,
    /// The name of its model.
    #[serde(deserialize_with = "model_name")]
    pub whisper_model: String,
    /// For the search on each platform.
    #[serde(rename = "time_limit_ms", deserialize_with = "milliseconds::<_, 1_000, 120_000>")]
    pub time_limit: Duration,
    /// For fetching and hearing what is said in one video.
    #[serde(rename = "transcript_time_limit_ms", deserialize_with = "milliseconds::<_, 1_000, 3_600_000>")]
    pub transcript_time_limit: Duration,
}

fn model_name<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    parsed(deserializer, "the name of a model", |text| (!text.trim().is_empty()).then(|| text.trim().to_owned()))
}
