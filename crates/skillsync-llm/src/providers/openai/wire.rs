//! The JSON of chat completions: what is sent, and what is read back.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::OpenAi;
use super::dialect::{Dialect, SchemaForm};
use super::usage::read_usage;
use crate::http::Server;
use crate::rejection::Rejection;
use crate::{Error, Excerpt, JsonSchema, Message, Reply, Request, Role, Usage};

/// The body of one question.
pub(super) fn body(model: &str, request: &Request, dialect: Dialect, stream: bool) -> Value {
    let limit = if dialect.new_name_for_limit { "max_completion_tokens" } else { "max_tokens" };
    let mut body =
        json!({ "model": model, "messages": messages(request, dialect.schema), limit: request.max_output_tokens });
    if let Some(temperature) = request.temperature {
        body["temperature"] = json!(temperature);
    }
    if let Some(JsonSchema { name, schema }) = &request.schema {
        match dialect.schema {
            SchemaForm::Strict => {
                let json_schema = json!({ "name": name, "strict": true, "schema": schema });
                body["response_format"] = json!({ "type": "json_schema", "json_schema": json_schema });
            }
            SchemaForm::JsonObject => body["response_format"] = json!({ "type": "json_object", "schema": schema }),
            SchemaForm::Words => {}
        }
    }
    if stream {
        body["stream"] = json!(true);
        if dialect.usage_in_stream {
            body["stream_options"] = json!({ "include_usage": true });
        }
    }
    body
}

/// The conversation. Where the server does not enforce the schema, the last message says it: a message of its own would
/// break chat templates that allow only one system message or insist on turns.
fn messages(request: &Request, schema_form: SchemaForm) -> Vec<Value> {
    let schema_in_words = request.schema.as_ref().filter(|_| schema_form != SchemaForm::Strict).map(|schema| {
        format!("\n\nAnswer with one JSON value and nothing else. It must follow this JSON Schema:\n{}", schema.schema)
    });
    let last = request.messages.len().saturating_sub(1);
    let message = |(position, message): (usize, &Message)| {
        let addition = schema_in_words.as_deref().filter(|_| position == last).unwrap_or_default();
        json!({ "role": role(message.role), "content": format!("{}{addition}", message.text) })
    };
    request.messages.iter().enumerate().map(message).collect()
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// A reply or one chunk of a stream: the first has a `message`, the second a `delta`. Unknown fields are passed over, and
/// missing ones are no error, since no two servers send the same.
#[derive(Deserialize)]
pub(super) struct WireReply {
    model: Option<String>,
    choices: Option<Vec<WireChoice>>,
    usage: Option<Value>,
    /// Where Groq reports the usage of a stream.
    x_groq: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct WireChoice {
    message: Option<WireMessage>,
    delta: Option<WireMessage>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct WireMessage {
    content: Option<WireContent>,
    refusal: Option<String>,
}

/// Text, or its pieces: reasoning models of some providers send a list in which only some parts are text.
#[derive(Deserialize)]
#[serde(untagged)]
enum WireContent {
    Text(String),
    Parts(Vec<WirePart>),
}

#[derive(Deserialize)]
struct WirePart {
    text: Option<String>,
}

/// What has been received of an answer: all of it at once, or chunk after chunk.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) text: String,
    refusal: String,
    pub(super) finish_reason: Option<String>,
    usage: Option<Usage>,
    model: Option<String>,
}

impl Outcome {
    /// Reads a whole reply.
    pub(super) fn read(server: &Server, model: &str, body: &[u8]) -> Result<Self, Error> {
        let mut outcome = Self::default();
        outcome.add(server, model, body)?;
        Ok(outcome)
    }

    /// Adds a whole reply or the next chunk, and returns the text that it brought.
    pub(super) fn add(&mut self, server: &Server, model: &str, json: &[u8]) -> Result<String, Error> {
        let wire: WireReply = serde_json::from_slice(json)
            .map_err(|error| Error::BadReply { excerpt: server.excerpt(&error.to_string()), usage: None })?;
        if let Some(error) = wire.error.filter(|error| !error.is_null()) {
            return Err(Rejection::from_error_object(server, &error).into_error(model));
        }
        let groq_usage = wire.x_groq.as_ref().and_then(|x_groq| x_groq.get("usage"));
        self.usage = wire.usage.as_ref().or(groq_usage).and_then(read_usage).or(self.usage);
        self.model = self.model.take().or(wire.model);
        // The usage comes in a last chunk without choices. More than one choice is never asked for.
        let Some(choice) = wire.choices.unwrap_or_default().into_iter().next() else { return Ok(String::new()) };
        self.finish_reason = choice.finish_reason.or(self.finish_reason.take());
        // Perplexity sends the text so far as `message` beside each `delta`.
        let Some(message) = choice.delta.or(choice.message) else { return Ok(String::new()) };
        self.refusal.push_str(message.refusal.as_deref().unwrap_or_default());
        let text = match message.content {
            Some(WireContent::Text(text)) => text,
            Some(WireContent::Parts(parts)) => parts.into_iter().filter_map(|part| part.text).collect(),
            None => String::new(),
        };
        self.text.push_str(&text);
        Ok(text)
    }

    /// Decides whether what was received is an answer.
    pub(super) fn into_reply(self, asked: &OpenAi, request: &Request, latency: Duration) -> Result<Reply, Error> {
        let usage = self.usage.unwrap_or_else(|| Usage::estimate(request, &self.text));
        if !self.refusal.is_empty() {
            return Err(Error::Refused { reason: asked.server()?.excerpt(&self.refusal), usage });
        }
        match self.finish_reason.as_deref() {
            Some("length") => return Err(Error::Truncated { usage }),
            Some("content_filter") => {
                return Err(Error::Refused { reason: "the provider's content filter".into(), usage });
            }
            _ => {}
        }
        if self.text.trim().is_empty() {
            return Err(Error::BadReply { excerpt: Excerpt::new("the answer holds no text"), usage: Some(usage) });
        }
        let model = self.model.filter(|model| !model.is_empty()).unwrap_or_else(|| asked.name().to_owned());
        Ok(Reply { text: self.text, usage, model, latency })
    }
}
