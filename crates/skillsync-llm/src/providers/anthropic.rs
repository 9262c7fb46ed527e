//! Anthropic's messages: what is sent, and what is read back.
//!
//! A schema is told as the input of a tool that the model is made to call, since that is how every model of theirs can be
//! held to one; the answer is then what the tool is called with.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::dialect::{Dialect, SchemaForm};
use super::format::instructions_and_turns;
use super::received::{Fault, Received, Stop};
use crate::http::Question;
use crate::{JsonSchema, Request, Role, Usage};

/// The header that says which version of the format is spoken.
pub(super) const VERSION_HEADER: &str = "anthropic-version";
/// The version; there was none since.
pub(super) const VERSION: &str = "2023-06-01";

/// The tool that stands for the wanted shape, if it is told this way. A tool's input is always an object.
pub(super) fn tool(request: &Request, dialect: Dialect) -> Option<&JsonSchema> {
    let schema = request.schema.as_ref().filter(|_| dialect.schema == SchemaForm::Enforced)?;
    (schema.schema["type"] == "object").then_some(schema)
}

/// What is posted for a request.
pub(super) fn question(model: &str, request: &Request, dialect: Dialect, stream: bool) -> Question {
    let tool = tool(request, dialect);
    let (instructions, turns) = instructions_and_turns(request, tool.is_some());
    let messages = turns
        .into_iter()
        .map(|(role, text)| {
            let role = if role == Role::Assistant { "assistant" } else { "user" };
            json!({ "role": role, "content": text })
        })
        .collect::<Vec<_>>();
    let mut body = json!({ "model": model, "messages": messages, "max_tokens": request.max_output_tokens });
    if !instructions.is_empty() {
        body["system"] = json!(instructions);
    }
    if let Some(temperature) = request.temperature.filter(|_| dialect.temperature) {
        body["temperature"] = json!(temperature);
    }
    if let Some(JsonSchema { name, schema }) = tool {
        body["tools"] = json!([{ "name": name, "description": "Takes the whole answer.", "input_schema": schema }]);
        body["tool_choice"] = json!({ "type": "tool", "name": name, "disable_parallel_tool_use": true });
    }
    if stream {
        body["stream"] = json!(true);
    }
    Question { path: "messages".to_owned(), query: None, body }
}

/// A whole reply, or one event of a stream; kinds that are not known are passed over, as the format demands.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    Message(Message),
    MessageStart {
        message: Message,
    },
    ContentBlockStart {
        content_block: Block,
    },
    ContentBlockDelta {
        delta: Delta,
    },
    MessageDelta {
        delta: Ending,
        usage: Option<WireUsage>,
    },
    MessageStop,
    Error {
        error: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Message {
    model: Option<String>,
    content: Vec<Block>,
    stop_reason: Option<String>,
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    ToolUse {
        input: Map<String, Value>,
    },
    Thinking {
        thinking: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Delta {
    #[serde(rename = "text_delta")]
    Text { text: String },
    #[serde(rename = "input_json_delta")]
    Input { partial_json: String },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: String },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Ending {
    stop_reason: Option<String>,
}

/// What was counted. Unlike elsewhere, `input_tokens` leaves out what was read from a cache or written into one.
#[derive(Deserialize)]
struct WireUsage {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

/// Adds a whole reply or the next event of a stream, which `message_stop` ends.
pub(super) fn receive(json: &[u8], received: &mut Received) -> Result<(), Fault> {
    match serde_json::from_slice(json)? {
        Event::Message(message) => {
            let (stop_reason, usage) = begin(message, received);
            end(stop_reason.as_deref(), usage.as_ref(), received);
            received.settle_for_the_aside();
        }
        Event::MessageStart { message } => {
            let (_, usage) = begin(message, received);
            // The output is not counted yet, whatever number stands there.
            received.usage = usage.and_then(|usage| count(&usage, None, false));
        }
        Event::ContentBlockStart { content_block } => add_block(content_block, received),
        Event::ContentBlockDelta { delta } => match delta {
            Delta::Text { text } => add_text(&text, received),
            Delta::Input { partial_json } => received.text.push_str(&partial_json),
            Delta::Thinking { thinking } => received.hidden_bytes += thinking.len(),
            Delta::Other => {}
        },
        Event::MessageDelta { delta, usage } => end(delta.stop_reason.as_deref(), usage.as_ref(), received),
        Event::MessageStop => {
            received.stop.get_or_insert(Stop::Finished);
            received.is_over = true;
        }
        Event::Error { error } => return Err(Fault::Rejected(error)),
        Event::Other => {}
    }
    Ok(())
}

fn begin(message: Message, received: &mut Received) -> (Option<String>, Option<WireUsage>) {
    received.model = message.model;
    for block in message.content {
        add_block(block, received);
    }
    (message.stop_reason, message.usage)
}

fn add_block(block: Block, received: &mut Received) {
    match block {
        Block::Text { text } => add_text(&text, received),
        // In a stream the input begins empty and comes in pieces.
        Block::ToolUse { input } if input.is_empty() => {}
        Block::ToolUse { input } => received.text.push_str(&Value::Object(input).to_string()),
        Block::Thinking { thinking } => received.hidden_bytes += thinking.len(),
        Block::Other => {}
    }
}

fn add_text(text: &str, received: &mut Received) {
    if received.answers_by_tool { &mut received.aside } else { &mut received.text }.push_str(text);
}

fn end(stop_reason: Option<&str>, usage: Option<&WireUsage>, received: &mut Received) {
    received.usage = usage.and_then(|usage| count(usage, received.usage, true)).or(received.usage);
    let Some(reason) = stop_reason else { return };
    received.stop = Some(match reason {
        "max_tokens" | "model_context_window_exceeded" => Stop::AtLimit,
        "refusal" => Stop::Refused,
        _ => Stop::Finished,
    });
    received.settle_for_the_aside();
}

/// Reads a usage object; in a stream the counts of the input come first, and the last event repeats them or not.
fn count(wire: &WireUsage, before: Option<Usage>, is_last: bool) -> Option<Usage> {
    let before = before.unwrap_or_default();
    let cached = wire.cache_read_input_tokens.unwrap_or(0);
    let input = wire.input_tokens.unwrap_or(0) + wire.cache_creation_input_tokens.unwrap_or(0) + cached;
    let input_tokens = input.max(before.input_tokens);
    // Servers that count nothing send zeros.
    (input_tokens > 0).then(|| Usage {
        input_tokens,
        cached_input_tokens: cached.max(before.cached_input_tokens),
        output_tokens: wire.output_tokens.unwrap_or(0).max(before.output_tokens),
        reasoning_tokens: 0,
        exact: is_last && wire.output_tokens.is_some(),
    })
}
