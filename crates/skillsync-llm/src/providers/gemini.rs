//! Google's `generateContent`: what is sent, and what is read back.

use serde::Deserialize;
use serde_json::{Value, json};

use super::dialect::{Dialect, SchemaForm};
use super::format::instructions_and_turns;
use super::received::{Fault, Received, Stop};
use crate::http::Question;
use crate::{JsonSchema, Request, Role, Usage};

/// What is posted for a request. The model stands in the path, and a stream must be asked for as server-sent events.
pub(super) fn question(model: &str, request: &Request, dialect: Dialect, stream: bool) -> Question {
    let (instructions, turns) = instructions_and_turns(request, dialect.schema == SchemaForm::Enforced);
    let contents = turns
        .into_iter()
        .map(|(role, text)| {
            let role = if role == Role::Assistant { "model" } else { "user" };
            json!({ "role": role, "parts": [{ "text": text }] })
        })
        .collect::<Vec<_>>();
    let mut config = json!({ "maxOutputTokens": request.max_output_tokens });
    if let Some(temperature) = request.temperature.filter(|_| dialect.temperature) {
        config["temperature"] = json!(temperature);
    }
    if let Some(JsonSchema { schema, .. }) = &request.schema {
        if dialect.schema <= SchemaForm::JsonMode {
            config["responseMimeType"] = json!("application/json");
        }
        if dialect.schema == SchemaForm::Enforced {
            config["responseJsonSchema"] = schema.clone();
        }
    }
    let mut body = json!({ "contents": contents, "generationConfig": config });
    if !instructions.is_empty() {
        body["systemInstruction"] = json!({ "parts": [{ "text": instructions }] });
    }
    let (method, query) = if stream { ("streamGenerateContent", Some("alt=sse")) } else { ("generateContent", None) };
    Question { path: format!("models/{}:{method}", model.trim_start_matches("models/")), query, body }
}

/// A reply or one chunk of a stream, which look the same.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireReply {
    candidates: Option<Vec<WireCandidate>>,
    prompt_feedback: Option<WireFeedback>,
    usage_metadata: Option<WireUsage>,
    model_version: Option<String>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCandidate {
    content: Option<WireContent>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct WireContent {
    parts: Option<Vec<WirePart>>,
}

#[derive(Deserialize)]
struct WirePart {
    text: Option<String>,
    /// Whether this is the model's reasoning, not its answer.
    thought: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireFeedback {
    block_reason: Option<String>,
}

/// What was counted so far. Cached tokens are among the prompt's; thoughts are not among the candidates'.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUsage {
    prompt_token_count: Option<u64>,
    cached_content_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
}

/// Adds a whole reply or the next chunk of a stream. A stream has no mark for its end beside the reason for it.
pub(super) fn receive(json: &[u8], received: &mut Received) -> Result<(), Fault> {
    let wire: WireReply = serde_json::from_slice(json)?;
    if let Some(error) = wire.error {
        return Err(Fault::Rejected(error));
    }
    received.usage = wire.usage_metadata.as_ref().and_then(count).or(received.usage);
    received.model = received.model.take().or(wire.model_version);
    if let Some(reason) = wire.prompt_feedback.and_then(|feedback| feedback.block_reason) {
        refuse(&reason, received);
    }
    let Some(candidate) = wire.candidates.unwrap_or_default().into_iter().next() else { return Ok(()) };
    for part in candidate.content.and_then(|content| content.parts).unwrap_or_default() {
        let text = part.text.unwrap_or_default();
        if part.thought == Some(true) {
            received.hidden_bytes += text.len();
        } else {
            received.text.push_str(&text);
        }
    }
    match candidate.finish_reason.as_deref() {
        None => {}
        Some("STOP") => received.stop = Some(Stop::Finished),
        Some("MAX_TOKENS") => received.stop = Some(Stop::AtLimit),
        Some(filter @ ("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE")) => {
            refuse(filter, received);
        }
        Some(reason) => received.stop = Some(Stop::Failed(reason.to_owned())),
    }
    Ok(())
}

fn refuse(filter: &str, received: &mut Received) {
    received.refusal = format!("the provider's content filter ({filter})");
    received.stop = Some(Stop::Refused);
}

/// Reads a usage object, or `None` if it says nothing. What it says is final when the model has stopped.
fn count(wire: &WireUsage) -> Option<Usage> {
    let input_tokens = wire.prompt_token_count.filter(|count| *count > 0)?;
    let reasoning_tokens = wire.thoughts_token_count.unwrap_or(0);
    Some(Usage {
        input_tokens,
        cached_input_tokens: wire.cached_content_token_count.unwrap_or(0).min(input_tokens),
        output_tokens: wire.candidates_token_count.unwrap_or(0) + reasoning_tokens,
        reasoning_tokens,
        exact: true,
    })
}
