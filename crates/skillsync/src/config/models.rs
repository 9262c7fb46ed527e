//! The settings of language models: where they are, the key they ask for, and what they cost.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer};

use super::values::{milliseconds, number, parsed_unseen, text, yes_or_no};

/// Where OpenAI itself is: what a key alone means.
const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";

/// `[models]`: how long calls may take, and the providers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// Time to connect to a provider.
    #[serde(rename = "connect_timeout_ms", deserialize_with = "milliseconds::<_, 100, 60_000>")]
    pub connect_timeout: Duration,
    /// Time for one whole call.
    #[serde(rename = "total_timeout_ms", deserialize_with = "milliseconds::<_, 1000, 3_600_000>")]
    pub total_timeout: Duration,
    /// `[models.openai]`
    pub openai: OpenAiSettings,
    /// `[models.ollama]`
    pub ollama: OllamaSettings,
}

/// `[models.openai]`: a provider with an OpenAI-compatible interface.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAiSettings {
    /// As configured; [`OpenAiSettings::endpoint`] knows what a key alone means.
    #[serde(deserialize_with = "optional_base_url")]
    pub base_url: Option<BaseUrl>,
    /// The provider's key. A server of one's own may need none.
    #[serde(deserialize_with = "optional_api_key")]
    pub api_key: Option<ApiKey>,
    /// The model that writes lessons, if one was chosen.
    #[serde(deserialize_with = "optional_text")]
    pub model: Option<String>,
}

impl OpenAiSettings {
    /// Where to send requests; none when no such provider is configured.
    #[must_use]
    pub fn endpoint(&self) -> Option<BaseUrl> {
        let openai_itself = || self.api_key.is_some().then(|| BaseUrl(OPENAI_BASE_URL.to_owned()));
        self.base_url.clone().or_else(openai_itself)
    }
}

/// `[models.ollama]`: models on this machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OllamaSettings {
    /// Where its OpenAI-compatible interface begins.
    #[serde(deserialize_with = "base_url")]
    pub base_url: BaseUrl,
    /// Whether to look for it when no other provider is configured.
    #[serde(deserialize_with = "yes_or_no")]
    pub detect: bool,
    /// The model that writes lessons; none takes the first on offer.
    #[serde(deserialize_with = "optional_text")]
    pub model: Option<String>,
}

/// An `http://` or `https://` address without a slash at its end, and without user, password, query or fragment: a
/// secret has no place in it, so it may be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Parses an address; none if it breaks the rules above.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let is_plain = |c: char| c.is_ascii_graphic() && !"@?#\"<>\\".contains(c);
        let has_host = !rest.is_empty() && !rest.starts_with(['/', ':']);
        (has_host && rest.chars().all(is_plain)).then(|| Self(text.trim_end_matches('/').to_owned()))
    }

    /// The address, with no slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A provider's key. `Debug` hides it; only [`ApiKey::expose`] gives it away.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// The key itself, for the header of a request and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiKey(hidden)")
    }
}

/// What a model costs, in dollars for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "WrittenPrice")]
pub struct ModelPrice {
    /// For input that the provider reads anew.
    pub input_dollars_per_million: f64,
    /// For input that the provider had cached.
    pub cached_input_dollars_per_million: f64,
    /// For output, reasoning included.
    pub output_dollars_per_million: f64,
}

impl ModelPrice {
    /// The names that an entry of `[prices]` may hold.
    pub(super) const FIELDS: [&str; 3] =
        ["input_dollars_per_million", "cached_input_dollars_per_million", "output_dollars_per_million"];
}

/// A price as it stands in the file, where a part may be missing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrice {
    #[serde(default, deserialize_with = "some_dollars")]
    input_dollars_per_million: Option<f64>,
    #[serde(default, deserialize_with = "some_dollars")]
    cached_input_dollars_per_million: Option<f64>,
    #[serde(default, deserialize_with = "some_dollars")]
    output_dollars_per_million: Option<f64>,
}

impl TryFrom<WrittenPrice> for ModelPrice {
    type Error = &'static str;

    fn try_from(written: WrittenPrice) -> Result<Self, Self::Error> {
        let input = written.input_dollars_per_million.ok_or("needs input_dollars_per_million")?;
        Ok(Self {
            input_dollars_per_million: input,
            cached_input_dollars_per_million: written.cached_input_dollars_per_million.unwrap_or(input),
            output_dollars_per_million: written.output_dollars_per_million.ok_or("needs output_dollars_per_million")?,
        })
    }
}

fn some_dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    number::<D, 1_000_000>(deserializer).map(Some)
}

const BASE_URL_RULE: &str = "an http:// or https:// address without user, password, ? or #";

fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BaseUrl, D::Error> {
    parsed_unseen(deserializer, BASE_URL_RULE, BaseUrl::parse)
}

fn optional_base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BaseUrl>, D::Error> {
    parsed_unseen(deserializer, &format!("empty or {BASE_URL_RULE}"), |text| {
        if text.is_empty() { Some(None) } else { BaseUrl::parse(text).map(Some) }
    })
}

fn optional_api_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ApiKey>, D::Error> {
    parsed_unseen(deserializer, "empty or a key of visible ASCII characters", |text| {
        let key = (!text.is_empty()).then(|| ApiKey(text.to_owned()));
        text.chars().all(|c| c.is_ascii_graphic()).then_some(key)
    })
}

fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text(deserializer).map(|text| (!text.is_empty()).then_some(text))
}
