//! The providers of language models: what is set about each, and which of them are connected by that.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use skillsync_llm::WireFormat;

use super::model_list::is_provider_name;
use super::models::{ApiKey, BaseUrl, base_url, optional_api_key, optional_base_url, optional_text};
use super::values::{parsed, whole, yes_or_no};

/// Where OpenAI itself is: what a key alone means.
const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";

/// What OpenAI itself is asked for when nobody chose: the first on its long list may well be no model for texts.
const OPENAI_MODEL: &str = "gpt-6-luna";

/// `[models.gemini]`, `[models.groq]` and the others that everybody knows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// Where its interface begins; none only for OpenAI, see [`ProviderSettings::open_ai`].
    #[serde(deserialize_with = "optional_base_url")]
    pub base_url: Option<BaseUrl>,
    /// The provider's key.
    #[serde(deserialize_with = "optional_api_key")]
    pub api_key: Option<ApiKey>,
    /// The model that writes lessons, if one was chosen.
    #[serde(deserialize_with = "optional_text")]
    pub model: Option<String>,
    /// Most requests a minute; 0 is no limit.
    #[serde(deserialize_with = "whole::<_, _, 0, 1_000_000_000>")]
    pub requests_per_minute: i64,
    /// Most tokens a minute; 0 is no limit.
    #[serde(deserialize_with = "whole::<_, _, 0, 1_000_000_000_000>")]
    pub tokens_per_minute: i64,
}

/// `[models.ollama]`: models on this machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OllamaSettings {
    /// Where its OpenAI-compatible interface begins.
    #[serde(deserialize_with = "base_url")]
    pub base_url: BaseUrl,
    /// Whether to look for it.
    #[serde(deserialize_with = "yes_or_no")]
    pub detect: bool,
    /// The model that writes lessons; none takes the first on offer.
    #[serde(deserialize_with = "optional_text")]
    pub model: Option<String>,
    /// Most requests a minute; 0 is no limit.
    #[serde(deserialize_with = "whole::<_, _, 0, 1_000_000_000>")]
    pub requests_per_minute: i64,
    /// Most tokens a minute; 0 is no limit.
    #[serde(deserialize_with = "whole::<_, _, 0, 1_000_000_000_000>")]
    pub tokens_per_minute: i64,
}

/// `[models.servers.NAME]`: a server of the operator's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "WrittenServer")]
pub struct OwnServer {
    kind: WireFormat,
    base_url: BaseUrl,
    api_key: Option<ApiKey>,
    model: Option<String>,
    limits: MinuteLimits,
}

/// A server as it stands in the file, where a part may be missing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenServer {
    #[serde(default = "usual_format", deserialize_with = "wire_format")]
    kind: WireFormat,
    #[serde(default, deserialize_with = "optional_base_url")]
    base_url: Option<BaseUrl>,
    #[serde(default, deserialize_with = "optional_api_key")]
    api_key: Option<ApiKey>,
    #[serde(default, deserialize_with = "optional_text")]
    model: Option<String>,
    #[serde(default, deserialize_with = "whole::<_, _, 0, 1_000_000_000>")]
    requests_per_minute: i64,
    #[serde(default, deserialize_with = "whole::<_, _, 0, 1_000_000_000_000>")]
    tokens_per_minute: i64,
}

impl OwnServer {
    /// The names that an entry of `[models.servers]` may hold.
    pub(super) const FIELDS: [&str; 6] =
        ["kind", "base_url", "api_key", "model", "requests_per_minute", "tokens_per_minute"];
}

impl TryFrom<WrittenServer> for OwnServer {
    type Error = &'static str;

    fn try_from(written: WrittenServer) -> Result<Self, Self::Error> {
        Ok(Self {
            kind: written.kind,
            base_url: written.base_url.ok_or("needs base_url")?,
            api_key: written.api_key,
            model: written.model,
            limits: MinuteLimits::new(written.requests_per_minute, written.tokens_per_minute),
        })
    }
}

/// What most servers speak.
fn usual_format() -> WireFormat {
    WireFormat::OpenAi
}

fn wire_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WireFormat, D::Error> {
    parsed(deserializer, "\"openai\", \"anthropic\" or \"gemini\"", |text| match text {
        "openai" => Some(WireFormat::OpenAi),
        "anthropic" => Some(WireFormat::Anthropic),
        "gemini" => Some(WireFormat::Gemini),
        _ => None,
    })
}

/// What a provider may be asked for in one minute, over all processes on one database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MinuteLimits {
    /// Most requests.
    pub requests: Option<i64>,
    /// Most tokens.
    pub tokens: Option<i64>,
}

impl MinuteLimits {
    /// Zero is how a setting says that there is no limit.
    fn new(requests: i64, tokens: i64) -> Self {
        let some = |limit: i64| (limit > 0).then_some(limit);
        Self { requests: some(requests), tokens: some(tokens) }
    }
}

/// A provider that can be asked.
#[derive(Clone, Debug)]
pub struct ConnectedProvider {
    /// Its name in lists, in the ledger and for operators.
    pub name: String,
    /// How it is spoken to.
    pub format: WireFormat,
    /// Where its interface begins.
    pub base_url: BaseUrl,
    /// The key, where it wants one.
    pub api_key: Option<ApiKey>,
    /// The model to ask for; none takes the first on offer.
    pub model: Option<String>,
    /// Whether nobody set it up: it is there if something answers.
    pub is_guess: bool,
    /// What it may be asked for in one minute.
    pub limits: MinuteLimits,
}

impl ProviderSettings {
    /// A provider with an address of its own is connected by its key.
    pub(super) fn connected(&self, name: &str, format: WireFormat) -> Option<ConnectedProvider> {
        let base_url = self.base_url.clone().filter(|_| self.api_key.is_some())?;
        Some(ConnectedProvider {
            name: name.to_owned(),
            format,
            base_url,
            api_key: self.api_key.clone(),
            model: self.model.clone(),
            is_guess: false,
            limits: MinuteLimits::new(self.requests_per_minute, self.tokens_per_minute),
        })
    }

    /// OpenAI or whoever is like it: a key alone means OpenAI itself, an address alone a server that needs no key.
    pub(super) fn open_ai(&self) -> Option<ConnectedProvider> {
        let is_open_ai_itself = self.base_url.is_none();
        let base_url = match &self.base_url {
            Some(base_url) => base_url.clone(),
            None => self.api_key.as_ref().and(BaseUrl::parse(OPENAI_BASE_URL))?,
        };
        let model = self.model.clone().or_else(|| is_open_ai_itself.then(|| OPENAI_MODEL.to_owned()));
        Some(ConnectedProvider {
            name: "openai".to_owned(),
            format: WireFormat::OpenAi,
            base_url,
            api_key: self.api_key.clone(),
            model,
            is_guess: false,
            limits: MinuteLimits::new(self.requests_per_minute, self.tokens_per_minute),
        })
    }
}

impl OllamaSettings {
    pub(super) fn connected(&self) -> Option<ConnectedProvider> {
        self.detect.then(|| ConnectedProvider {
            name: "ollama".to_owned(),
            format: WireFormat::OpenAi,
            base_url: self.base_url.clone(),
            api_key: None,
            model: self.model.clone(),
            is_guess: true,
            limits: MinuteLimits::new(self.requests_per_minute, self.tokens_per_minute),
        })
    }
}

impl OwnServer {
    pub(super) fn connected(&self, name: &str) -> ConnectedProvider {
        ConnectedProvider {
            name: name.to_owned(),
            format: self.kind,
            base_url: self.base_url.clone(),
            api_key: self.api_key.clone(),
            model: self.model.clone(),
            is_guess: false,
            limits: self.limits,
        }
    }
}

/// The operator's own servers by name.
pub(super) fn own_servers<'de, D>(deserializer: D) -> Result<BTreeMap<String, OwnServer>, D::Error>
where
    D: Deserializer<'de>,
{
    let servers = BTreeMap::<String, OwnServer>::deserialize(deserializer)?;
    let misnamed = servers.keys().find(|name| !is_provider_name(name) || BUILT_IN.contains(&name.as_str()));
    match misnamed {
        None => Ok(servers),
        Some(name) => Err(serde::de::Error::custom(format!(
            "names a server {name:?}: a name holds letters, digits, - and _, and is none of {}",
            BUILT_IN.join(", ")
        ))),
    }
}

/// The providers that have a table of their own.
pub(super) const BUILT_IN: [&str; 6] = ["openai", "gemini", "groq", "openrouter", "anthropic", "ollama"];
