//! The settings of language models: who is asked in which order, how patiently, and what they cost.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::{Deserialize, Deserializer};
use skillsync_llm::WireFormat;

use super::model_list::{ModelChoice, ModelList};
use super::providers::{BUILT_IN, ConnectedProvider, OllamaSettings, OwnServer, ProviderSettings, own_servers};
use super::values::{milliseconds, number, parsed_unseen, text, whole};

/// `[models]`: who is asked, in which order, how often and how long.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// The order in which providers are asked.
    pub order: ModelList,
    /// How often a provider is asked one question.
    #[serde(deserialize_with = "whole::<_, _, 1, 20>")]
    pub attempts: u32,
    /// Bound of the first wait between two attempts.
    #[serde(rename = "backoff_ms", deserialize_with = "milliseconds::<_, 0, 60_000>")]
    pub backoff: Duration,
    /// Bound of every wait between two attempts.
    #[serde(rename = "max_backoff_ms", deserialize_with = "milliseconds::<_, 0, 600_000>")]
    pub max_backoff: Duration,
    /// Failures in a row after which a provider is left alone.
    #[serde(deserialize_with = "whole::<_, _, 1, 1000>")]
    pub breaker_failures: u32,
    /// How long it is left alone.
    #[serde(rename = "breaker_pause_ms", deserialize_with = "milliseconds::<_, 100, 3_600_000>")]
    pub breaker_pause: Duration,
    /// Time to connect to a provider.
    #[serde(rename = "connect_timeout_ms", deserialize_with = "milliseconds::<_, 100, 60_000>")]
    pub connect_timeout: Duration,
    /// Time until the first piece of an answer.
    #[serde(rename = "first_byte_timeout_ms", deserialize_with = "milliseconds::<_, 100, 3_600_000>")]
    pub first_byte_timeout: Duration,
    /// Time between two pieces of an answer.
    #[serde(rename = "idle_timeout_ms", deserialize_with = "milliseconds::<_, 100, 3_600_000>")]
    pub idle_timeout: Duration,
    /// Time for one whole call.
    #[serde(rename = "total_timeout_ms", deserialize_with = "milliseconds::<_, 1000, 3_600_000>")]
    pub total_timeout: Duration,
    /// `[models.routes]`
    pub routes: RouteSettings,
    /// `[models.openai]`
    pub openai: ProviderSettings,
    /// `[models.gemini]`
    pub gemini: ProviderSettings,
    /// `[models.groq]`
    pub groq: ProviderSettings,
    /// `[models.openrouter]`
    pub openrouter: ProviderSettings,
    /// `[models.anthropic]`
    pub anthropic: ProviderSettings,
    /// `[models.ollama]`
    pub ollama: OllamaSettings,
    /// `[models.servers]`
    #[serde(deserialize_with = "own_servers")]
    pub servers: BTreeMap<String, OwnServer>,
}

/// `[models.routes]`: which models write which part of a lesson; an empty list means the general order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// For judging the topic.
    pub topic: ModelList,
    /// For the plan.
    pub plan: ModelList,
    /// For the texts.
    pub text: ModelList,
    /// For the exercises.
    pub practice: ModelList,
    /// For the diagrams and comparisons.
    pub visuals: ModelList,
    /// For the quiz.
    pub quiz: ModelList,
    /// For answering it without its key.
    pub check: ModelList,
    /// For notes on a video.
    pub video: ModelList,
}

impl ModelSettings {
    /// All providers that can be asked, in no order that matters.
    #[must_use]
    pub fn connected(&self) -> Vec<ConnectedProvider> {
        let built_in = [
            self.openai.open_ai(),
            self.gemini.connected("gemini", WireFormat::Gemini),
            self.groq.connected("groq", WireFormat::OpenAi),
            self.openrouter.connected("openrouter", WireFormat::OpenAi),
            self.anthropic.connected("anthropic", WireFormat::Anthropic),
            self.ollama.connected(),
        ];
        let own = self.servers.iter().map(|(name, server)| server.connected(name));
        built_in.into_iter().flatten().chain(own).collect()
    }

    /// The general order, with the operator's own servers that it does not name at its end.
    #[must_use]
    pub fn general_order(&self) -> ModelList {
        let mut order = self.order.clone();
        for name in self.servers.keys() {
            if order.0.iter().all(|choice| choice.provider != *name) {
                order.0.push(ModelChoice { provider: name.clone(), model: None });
            }
        }
        order
    }

    /// The first list that names a provider nobody knows: its setting's path, and what is wrong with it.
    pub(super) fn misnamed_provider(&self) -> Option<(&'static str, String)> {
        let routes = &self.routes;
        let lists = [
            ("models.order", &self.order),
            ("models.routes.topic", &routes.topic),
            ("models.routes.plan", &routes.plan),
            ("models.routes.text", &routes.text),
            ("models.routes.practice", &routes.practice),
            ("models.routes.visuals", &routes.visuals),
            ("models.routes.quiz", &routes.quiz),
            ("models.routes.check", &routes.check),
            ("models.routes.video", &routes.video),
        ];
        let is_known = |name: &str| BUILT_IN.contains(&name) || self.servers.contains_key(name);
        lists.into_iter().find_map(|(path, list)| {
            let unknown = list.0.iter().find(|choice| !is_known(&choice.provider))?;
            let known = BUILT_IN.into_iter().chain(self.servers.keys().map(String::as_str));
            let known = known.collect::<Vec<_>>().join(", ");
            Some((path, format!("names {:?}, which is no provider; there are {known}", unknown.provider)))
        })
    }
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

pub(super) fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BaseUrl, D::Error> {
    parsed_unseen(deserializer, BASE_URL_RULE, BaseUrl::parse)
}

pub(super) fn optional_base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BaseUrl>, D::Error> {
    parsed_unseen(deserializer, &format!("empty or {BASE_URL_RULE}"), |text| {
        if text.is_empty() { Some(None) } else { BaseUrl::parse(text).map(Some) }
    })
}

pub(super) fn optional_api_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ApiKey>, D::Error> {
    parsed_unseen(deserializer, "empty or a key of visible ASCII characters", |text| {
        let key = (!text.is_empty()).then(|| ApiKey(text.to_owned()));
        text.chars().all(|c| c.is_ascii_graphic()).then_some(key)
    })
}

pub(super) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text(deserializer).map(|text| (!text.is_empty()).then_some(text))
}
