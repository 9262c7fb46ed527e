//! The wire formats, and all places where they differ.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::dialect::{Dialect, SchemaForm};
use super::received::{Fault, Received};
use super::{anthropic, gemini, openai};
use crate::http::{Manners, Question, Server};
use crate::{Error, Request, Role, Secret, Timeouts};

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireFormat {
    /// OpenAI's chat completions, which Ollama, Groq, OpenRouter, vLLM, llama.cpp, LM Studio and many more servers speak.
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
    /// Google's `generateContent`.
    Gemini,
}

impl WireFormat {
    /// Prepares the connections to a server.
    pub(super) fn connect(self, base_url: &str, api_key: Option<&Secret>, timeouts: Timeouts) -> Result<Server, Error> {
        let mut headers = HeaderMap::new();
        if self == Self::Anthropic {
            headers.insert(anthropic::VERSION_HEADER, HeaderValue::from_static(anthropic::VERSION));
        }
        if let Some(key) = api_key.filter(|key| !key.is_empty()) {
            let (name, value) = match self {
                Self::OpenAi => (AUTHORIZATION, format!("Bearer {}", key.expose())),
                Self::Anthropic => (HeaderName::from_static("x-api-key"), key.expose().to_owned()),
                Self::Gemini => (HeaderName::from_static("x-goog-api-key"), key.expose().to_owned()),
            };
            let mut value = HeaderValue::from_str(&value).map_err(|_| Error::Misconfigured {
                reason: "the API key holds characters that no key has".to_owned(),
            })?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let (usual_ending, default_path) = match self {
            // Servers of this format have no agreed version in their paths.
            Self::OpenAi => ("/v1", ""),
            Self::Anthropic => ("/v1", "/v1"),
            Self::Gemini => ("/v1beta", "/v1beta"),
        };
        Server::new(base_url, Manners { headers, usual_ending, default_path }, api_key, timeouts)
    }

    /// What is posted for a request.
    pub(super) fn question(self, model: &str, request: &Request, dialect: Dialect, stream: bool) -> Question {
        match self {
            Self::OpenAi => openai::question(model, request, dialect, stream),
            Self::Anthropic => anthropic::question(model, request, dialect, stream),
            Self::Gemini => gemini::question(model, request, dialect, stream),
        }
    }

    /// The beginning of what will be received for a question in this dialect.
    pub(super) fn nothing_received(self, request: &Request, dialect: Dialect) -> Received {
        let answers_by_tool = self == Self::Anthropic && anthropic::tool(request, dialect).is_some();
        Received { answers_by_tool, ..Received::default() }
    }

    /// Adds a whole reply, or the next event of a stream, to what has been received.
    pub(super) fn receive(self, json: &[u8], received: &mut Received) -> Result<(), Fault> {
        match self {
            Self::OpenAi => openai::receive(json, received),
            Self::Anthropic => anthropic::receive(json, received),
            Self::Gemini => gemini::receive(json, received),
        }
    }

    /// Words with which servers of this format complain about the form in which the schema was told, in lower case.
    pub(super) fn words_for_the_schema(self) -> &'static [&'static str] {
        match self {
            Self::OpenAi => &["response_format", "response format", "schema", "json_object", "json mode", "grammar"],
            Self::Anthropic => &["tool", "schema"],
            Self::Gemini => &["schema", "responsemimetype", "response_mime_type", "json mode"],
        }
    }

    /// The next weaker way to tell the schema.
    pub(super) fn weaker(self, form: SchemaForm) -> Option<SchemaForm> {
        match (self, form) {
            (_, SchemaForm::Words) => None,
            (Self::OpenAi | Self::Gemini, SchemaForm::Enforced) => Some(SchemaForm::JsonMode),
            // Anthropic has nothing between the two.
            (Self::Anthropic, SchemaForm::Enforced) | (_, SchemaForm::JsonMode) => Some(SchemaForm::Words),
        }
    }
}

/// The conversation as roles and texts. Where the server does not enforce the schema, the last message says it: a message of
/// its own would break chat templates that allow only one system message or insist on turns.
pub(super) fn turns(request: &Request, enforced: bool) -> Vec<(Role, String)> {
    let mut turns = request.messages.iter().map(|message| (message.role, message.text.clone())).collect::<Vec<_>>();
    if let (Some(schema), Some((_, last)), false) = (&request.schema, turns.last_mut(), enforced) {
        last.push_str("\n\nAnswer with one JSON value and nothing else. It must follow this JSON Schema:\n");
        last.push_str(&schema.schema.to_string());
    }
    turns
}

/// The standing instructions in one text, and the turns of the others, for formats that keep them apart.
pub(super) fn instructions_and_turns(request: &Request, enforced: bool) -> (String, Vec<(Role, String)>) {
    let (system, turns): (Vec<_>, Vec<_>) =
        turns(request, enforced).into_iter().partition(|(role, _)| *role == Role::System);
    (system.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n\n"), turns)
}
