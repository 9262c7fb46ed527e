//! The providers of the contract and what each of them was heard to say.

use std::iter::successors;

use serde_json::Value;
use skillsync_llm::{Endpoint, Error, Model, Usage, WireFormat};

use super::{anthropic, gemini, openai};
use crate::server::{self, Answer, Refuses, Server, Then};

/// A kind of server that must be understood. Each has its recordings in [`Recording`], and the compiler asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    OpenAi,
    Groq,
    OpenRouter,
    Ollama,
    LlamaCpp,
    Anthropic,
    Gemini,
}

/// Everything that differs between providers.
pub struct Recording {
    pub format: WireFormat,
    /// What the base URL has behind the host.
    pub base_path: &'static str,
    /// Where whole and streamed answers are asked for.
    pub paths: [&'static str; 2],
    /// The header that carries the key.
    pub key_header: &'static str,
    /// What the server will not take.
    pub refuses: Refuses,
    pub good: Recorded,
    /// How many pieces of the good stream bring the reason why the model stopped.
    pub pieces_until_stop: usize,
    /// The answer reached the allowed length.
    pub truncated: Recorded,
    /// The model or its filter declined.
    pub refused: Recorded,
    /// JSON that is not of the format.
    pub wrong_shapes: Vec<Value>,
    /// A stream that turns into an error, and how that is to be called.
    pub broken_off: (Vec<String>, fn(&Error) -> bool),
    /// A limit, with the provider's own way to ask for a pause of seven seconds.
    pub limited: fn() -> Answer,
    /// The key is wrong, and quoted.
    pub unauthorized: fn() -> Answer,
    /// An error body with this message.
    pub failure: fn(message: &str) -> Value,
    /// A list with the models `one` and `two`.
    pub models: Value,
}

/// One answer in both of its forms, and what it used.
pub struct Recorded {
    pub whole: Value,
    /// The pieces as they went over the line.
    pub pieces: Vec<String>,
    pub usage: Usage,
    /// Whether the stream says so, too.
    pub counted_in_stream: bool,
}

impl Provider {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        successors(Some(Self::OpenAi), |provider| {
            Some(match provider {
                Self::OpenAi => Self::Groq,
                Self::Groq => Self::OpenRouter,
                Self::OpenRouter => Self::Ollama,
                Self::Ollama => Self::LlamaCpp,
                Self::LlamaCpp => Self::Anthropic,
                Self::Anthropic => Self::Gemini,
                Self::Gemini => return None,
            })
        })
    }

    pub fn recording(self) -> Recording {
        match self {
            Self::OpenAi => openai::openai(),
            Self::Groq => openai::groq(),
            Self::OpenRouter => openai::openrouter(),
            Self::Ollama => openai::ollama(),
            Self::LlamaCpp => openai::llama_cpp(),
            Self::Anthropic => anthropic::anthropic(),
            Self::Gemini => gemini::gemini(),
        }
    }

    pub fn model(self, endpoint: Endpoint) -> Model {
        match self.recording().format {
            WireFormat::OpenAi => Model::open_ai_compatible(endpoint),
            WireFormat::Anthropic => Model::anthropic(endpoint),
            WireFormat::Gemini => Model::gemini(endpoint),
        }
    }
}

impl Recording {
    /// A server that says this, and where it is.
    pub async fn serve(&self, answers: impl IntoIterator<Item = Answer>) -> (Server, Endpoint) {
        let server = Server::refusing(self.refuses, answers).await;
        let base_url = server.base_url.replace("/v1", self.base_path);
        let endpoint = Endpoint { model: "asked-model".into(), ..server::endpoint(&base_url) };
        (server, endpoint)
    }
}

impl Recorded {
    pub fn whole(&self) -> Answer {
        server::json_answer(&self.whole)
    }

    pub fn streamed(&self) -> Answer {
        Answer::Stream(self.pieces.clone(), Then::Close)
    }
}
