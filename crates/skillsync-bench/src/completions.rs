//! Chat completions as a provider sees them: what is asked, in the program's own types, and the bytes of answers.

use axum::body::Bytes;
use serde_json::{Value, json};
use skillsync_llm::{JsonSchema, Message, Request, Role, Usage};

/// Bytes of an answer that are sent at a time.
const PIECE: usize = 600;

/// What is taken for the most tokens of an answer where the asker sets no limit.
const MOST_OUTPUT: u32 = 3_000;

/// What stands before a schema where it is told in words.
const SCHEMA_IN_WORDS: &str = "It must follow this JSON Schema:\n";

/// A question as the provider understands it.
pub struct Question {
    /// The same in the program's own types, which the writer of answers reads.
    pub request: Request,
    /// What the lesson is about.
    pub topic: String,
    /// Whether the answer is to come as a stream of events.
    pub streamed: bool,
}

impl Question {
    /// Reads a request's body. What it does not have shows as a question that nobody can answer.
    pub fn read(body: &Value) -> Self {
        let messages: Vec<_> = body["messages"].as_array().into_iter().flatten().map(message).collect();
        let topic = messages.iter().find_map(|message| topic(&message.text)).unwrap_or_default();
        let limit = ["max_completion_tokens", "max_tokens"].iter().find_map(|name| body[name].as_u64());
        let most_output = limit.map_or(MOST_OUTPUT, |limit| u32::try_from(limit).unwrap_or(u32::MAX));
        let schema = schema(body, &messages);
        Self {
            request: Request { schema, ..Request::new(messages, most_output) },
            topic,
            streamed: body["stream"] == true,
        }
    }

    /// The step's name in the run and in the ledger.
    pub fn step(&self) -> String {
        let step = match self.request.schema.as_ref().map_or("", |schema| schema.name.as_str()) {
            "article" => "text",
            "exercises" => "practice",
            "diagrams" => "visuals",
            "answers" => "confirm/quiz",
            "" => "unknown",
            name => name,
        };
        let is_repair = self.request.messages.iter().any(|message| message.role == Role::Assistant);
        format!("{step}{}", if is_repair { "/repair" } else { "" })
    }

    /// The pieces of an answer.
    pub fn answer(&self, text: &str, author: &str, usage: &Usage) -> Vec<Bytes> {
        self.pieces(&json!({ "role": "assistant", "content": text }), author, usage)
    }

    /// The pieces of a refusal.
    pub fn refusal(&self, text: &str, usage: &Usage) -> Vec<Bytes> {
        self.pieces(&json!({ "role": "assistant", "refusal": text }), "writer", usage)
    }

    fn pieces(&self, message: &Value, author: &str, usage: &Usage) -> Vec<Bytes> {
        let (input, output) = (usage.input_tokens, usage.output_tokens);
        let usage = json!({
            "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
            "prompt_tokens_details": { "cached_tokens": usage.cached_input_tokens },
        });
        if !self.streamed {
            let choice = json!({ "index": 0, "message": message, "finish_reason": "stop" });
            let reply = json!({ "model": author, "choices": [choice], "usage": usage });
            return chunks(&reply.to_string()).map(|piece| Bytes::from(piece.to_owned())).collect();
        }
        let event = |choices: Value, usage: &Value| {
            Bytes::from(format!("data: {}\n\n", json!({ "model": author, "choices": choices, "usage": usage })))
        };
        let delta = |delta: Value| event(json!([{ "index": 0, "delta": delta }]), &Value::Null);
        let mut events = Vec::new();
        for field in ["content", "refusal"] {
            events
                .extend(message[field].as_str().into_iter().flat_map(chunks).map(|text| delta(json!({ field: text }))));
        }
        events.push(event(json!([{ "index": 0, "delta": {}, "finish_reason": "stop" }]), &Value::Null));
        events.push(event(json!([]), &usage));
        events.push(Bytes::from_static(b"data: [DONE]\n\n"));
        events
    }

    /// The format of the answer.
    pub fn content_type(&self) -> &'static str {
        if self.streamed { "text/event-stream" } else { "application/json" }
    }
}

fn message(message: &Value) -> Message {
    let text = message["content"].as_str().unwrap_or_default();
    match message["role"].as_str() {
        Some("system") => Message::system(text),
        Some("assistant") => Message::assistant(text),
        _ => Message::user(text),
    }
}

/// The topic, which stands in the prompt as data.
fn topic(text: &str) -> Option<String> {
    let (_, after) = text.split_once("<lesson_request>")?;
    let (data, _) = after.split_once("</lesson_request>")?;
    serde_json::from_str::<Value>(data).ok()?["topic"].as_str().map(str::to_owned)
}

/// The schema, which askers send in one of three ways. Only one of them tells its name, so the others are known by what
/// they ask for.
fn schema(body: &Value, messages: &[Message]) -> Option<JsonSchema> {
    let format = &body["response_format"];
    let sent = [&format["json_schema"]["schema"], &format["schema"]].into_iter().find(|schema| schema.is_object());
    let in_words = || {
        let text = messages.iter().rev().find_map(|message| message.text.split_once(SCHEMA_IN_WORDS))?.1;
        serde_json::from_str(text).ok()
    };
    let schema = sent.cloned().or_else(in_words)?;
    let asks_for = |part: &str| schema["properties"].get(part).is_some();
    let name = match format["json_schema"]["name"].as_str() {
        Some(name) => name,
        None if asks_for("verdict") => "topic",
        None if asks_for("answers") => "answers",
        None if asks_for("introduction") => "plan",
        None if asks_for("explanation") => "article",
        None if asks_for("sections") => "text",
        None if asks_for("project") => "practice",
        None if asks_for("exercises") => "exercises",
        None if asks_for("comparison") => "visuals",
        None if asks_for("diagrams") => "diagrams",
        None if asks_for("questions") => "quiz",
        None => return None,
    };
    Some(JsonSchema { name: name.to_owned(), schema: schema.clone() })
}

/// Cuts a text into pieces, never inside of a character.
fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.floor_char_boundary(PIECE.min(rest.len()));
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}
