//! The format of chat completions: what is asked, and the bytes of answers.

use std::collections::VecDeque;
use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use futures::{FutureExt, stream};
use serde_json::{Value, json};
use skillsync_llm::{JsonSchema, Message, Request};

use super::calls::{Charge, Fate, Ticket};
use crate::chance::Chance;

/// Bytes of an answer that are sent at a time.
const PIECE: usize = 600;

/// Most tokens that an answer is said to have.
const MOST_OUTPUT: u64 = 3_000;

/// What stands before a schema where it is told in words.
const SCHEMA_IN_WORDS: &str = "It must follow this JSON Schema:\n";

/// A question as the provider understands it.
pub(super) struct Question {
    /// The same in the program's own types, which the writer of answers reads.
    pub request: Request,
    /// What the lesson is about.
    pub topic: String,
    streamed: bool,
    most_output: u64,
}

impl Question {
    /// Reads a request's body. What it does not have shows as a question that nobody can answer.
    pub(super) fn read(body: &Value) -> Self {
        let messages: Vec<_> = body["messages"].as_array().into_iter().flatten().map(message).collect();
        let topic = messages.iter().find_map(|message| topic(&message.text)).unwrap_or_default();
        let limit = ["max_completion_tokens", "max_tokens"].iter().find_map(|name| body[name].as_u64());
        let most_output = limit.unwrap_or(MOST_OUTPUT);
        let schema = schema(body, &messages);
        let request = Request { schema, ..Request::new(messages, u32::try_from(most_output).unwrap_or(u32::MAX)) };
        Self { request, topic, streamed: body["stream"] == true, most_output }
    }

    /// The step's name in the run and in the ledger.
    pub(super) fn step(&self) -> String {
        let step = match self.request.schema.as_ref().map_or("", |schema| schema.name.as_str()) {
            "article" => "text",
            "exercises" => "practice",
            "diagrams" => "visuals",
            "" => "unknown",
            name => name,
        };
        let is_repair = self.request.messages.iter().any(|message| message.role == skillsync_llm::Role::Assistant);
        format!("{step}{}", if is_repair { "/repair" } else { "" })
    }

    /// What the answer uses. Never more than what the asker could reserve, and hardly ever the same twice.
    pub(super) fn charge(&self, chance: &mut Chance) -> Charge {
        let most = self.request.estimated_input_tokens().max(2);
        let input = chance.from(most / 2..=most);
        let cached = if chance.coin() { chance.from(0..=input / 2) } else { 0 };
        let output = chance.from(1..=self.most_output.min(MOST_OUTPUT));
        let [input, cached, output] = [input, cached, output].map(u64::cast_signed);
        Charge { input, cached, output }
    }

    /// The pieces of an answer.
    pub(super) fn answer(&self, text: &str, author: &str, charge: &Charge) -> Vec<Bytes> {
        self.pieces(&json!({ "role": "assistant", "content": text }), author, charge)
    }

    /// The pieces of a refusal.
    pub(super) fn refusal(&self, text: &str, charge: &Charge) -> Vec<Bytes> {
        self.pieces(&json!({ "role": "assistant", "refusal": text }), "writer", charge)
    }

    fn pieces(&self, message: &Value, author: &str, charge: &Charge) -> Vec<Bytes> {
        let Charge { input, cached, output } = charge;
        let usage = json!({
            "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
            "prompt_tokens_details": { "cached_tokens": cached },
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
    pub(super) fn content_type(&self) -> &'static str {
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
        None if asks_for("concepts") => "plan",
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

/// What happens next while an answer is sent.
pub(super) enum Act {
    /// Bytes are sent.
    Send(Bytes),
    /// Nothing is sent until this has come to pass.
    Wait(BoxFuture<'static, ()>),
    /// The connection ends.
    Break,
}

/// Sends a whole answer.
pub(super) fn respond(ticket: Ticket, question: &Question, pieces: Vec<Bytes>) -> Response {
    let acts = pieces.into_iter().map(Act::Send).collect();
    play(ticket, question.content_type(), acts, Fate::Delivered)
}

/// Sends the first half of an answer, waits, and sends the rest.
pub(super) fn respond_in_two(
    ticket: Ticket,
    question: &Question,
    pieces: Vec<Bytes>,
    between: impl Future<Output = ()> + Send + 'static,
) -> Response {
    let half = (pieces.len() / 2).max(1);
    let mut acts: VecDeque<_> = pieces.into_iter().map(Act::Send).collect();
    acts.insert(half.min(acts.len()), Act::Wait(between.boxed()));
    play(ticket, question.content_type(), acts, Fate::Delivered)
}

/// Sends a response act by act. Its fate is known as soon as the last bytes are on their way: askers do not all wait for the
/// end that follows them.
pub(super) fn play(ticket: Ticket, content_type: &'static str, acts: VecDeque<Act>, fate: Fate) -> Response {
    let stream = stream::unfold((ticket, acts), move |(ticket, mut acts)| async move {
        loop {
            match acts.pop_front() {
                Some(Act::Send(bytes)) => {
                    if acts.is_empty() {
                        ticket.end(fate);
                    }
                    return Some((Ok(bytes), (ticket, acts)));
                }
                Some(Act::Wait(event)) => event.await,
                Some(Act::Break) => {
                    ticket.end(fate);
                    return Some((Err(io::Error::other("the trial cuts this answer")), (ticket, acts)));
                }
                None => return None,
            }
        }
    });
    ([(CONTENT_TYPE, HeaderValue::from_static(content_type))], Body::from_stream(stream)).into_response()
}

/// Rejects a question before anything is written.
pub(super) fn refuse(ticket: &Ticket, status: u16, why: &str) -> Response {
    ticket.end(Fate::Rejected);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, axum::Json(json!({ "error": { "message": why } }))).into_response()
}
