//! OpenAI's chat completions: what is sent, and what is read back.
//!
//! Ollama, Groq, OpenRouter, vLLM, llama.cpp, LM Studio and many more servers speak this format, each a little differently.

use serde::Deserialize;
use serde_json::{Value, json};

use super::dialect::{Dialect, SchemaForm};
use super::format::turns;
use super::received::{Fault, Received, Stop};
use crate::http::Question;
use crate::{JsonSchema, Request, Role};

mod usage;

use usage::read_usage;

/// What is posted for a request.
pub(super) fn question(model: &str, request: &Request, dialect: Dialect, stream: bool) -> Question {
    let messages = turns(request, dialect.schema == SchemaForm::Enforced)
        .into_iter()
        .map(|(role, text)| json!({ "role": name_of(role), "content": text }))
        .collect::<Vec<_>>();
    let limit = if dialect.new_name_for_limit { "max_completion_tokens" } else { "max_tokens" };
    let mut body = json!({ "model": model, "messages": messages, limit: request.max_output_tokens });
    if let Some(temperature) = request.temperature.filter(|_| dialect.temperature) {
        body["temperature"] = json!(temperature);
    }
    if let Some(JsonSchema { name, schema }) = &request.schema {
        match dialect.schema {
            SchemaForm::Enforced => {
                let json_schema = json!({ "name": name, "strict": true, "schema": schema });
                body["response_format"] = json!({ "type": "json_schema", "json_schema": json_schema });
            }
            // Servers such as llama.cpp's enforce the schema from here.
            SchemaForm::JsonMode => body["response_format"] = json!({ "type": "json_object", "schema": schema }),
            SchemaForm::Words => {}
        }
    }
    if stream {
        body["stream"] = json!(true);
        if dialect.usage_in_stream {
            body["stream_options"] = json!({ "include_usage": true });
        }
    }
    Question { path: "chat/completions".to_owned(), query: None, body }
}

fn name_of(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// A reply or one chunk of a stream: the first has a `message`, the second a `delta`. Unknown fields are passed over, and
/// missing ones are no error, since no two servers send the same.
#[derive(Deserialize)]
struct WireReply {
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
    /// Where DeepSeek, vLLM and llama.cpp put what a model thinks aloud, and where OpenRouter, Groq and Ollama put it.
    reasoning_content: Option<Value>,
    reasoning: Option<Value>,
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

/// Adds a whole reply or the next chunk of a stream, which `[DONE]` ends.
pub(super) fn receive(json: &[u8], received: &mut Received) -> Result<(), Fault> {
    if json == b"[DONE]" {
        received.stop.get_or_insert(Stop::Finished);
        received.is_over = true;
        return Ok(());
    }
    let wire: WireReply = serde_json::from_slice(json)?;
    if let Some(error) = wire.error.filter(|error| !error.is_null()) {
        return Err(Fault::Rejected(error));
    }
    let groq_usage = wire.x_groq.as_ref().and_then(|x_groq| x_groq.get("usage"));
    received.usage = wire.usage.as_ref().or(groq_usage).and_then(read_usage).or(received.usage);
    received.model = received.model.take().or(wire.model);
    // The usage comes in a last chunk without choices. More than one choice is never asked for.
    let Some(choice) = wire.choices.unwrap_or_default().into_iter().next() else { return Ok(()) };
    if let Some(reason) = choice.finish_reason {
        received.stop = Some(match reason.as_str() {
            "length" => Stop::AtLimit,
            "content_filter" => {
                received.refusal.push_str("the provider's content filter");
                Stop::Refused
            }
            // OpenRouter's word for a provider that broke off.
            "error" => Stop::Failed(reason),
            _ => Stop::Finished,
        });
    }
    // Perplexity sends the text so far as `message` beside each `delta`.
    let Some(message) = choice.delta.or(choice.message) else { return Ok(()) };
    received.refusal.push_str(message.refusal.as_deref().unwrap_or_default());
    let hidden = message.reasoning_content.or(message.reasoning);
    received.hidden_bytes += hidden.as_ref().and_then(Value::as_str).map_or(0, str::len);
    match message.content {
        Some(WireContent::Text(text)) => received.text.push_str(&text),
        Some(WireContent::Parts(parts)) => received.text.extend(parts.into_iter().filter_map(|part| part.text)),
        None => {}
    }
    Ok(())
}
