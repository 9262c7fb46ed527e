//! A model server on this machine that says what a test tells it and keeps what it was asked.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use skillsync_llm::{Endpoint, Gate, Message, Model, Secret, Timeouts};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The key that tests send, and that must come back nowhere.
pub const KEY: &str = "sk-test-4f9a1c77e2";

/// What the server says to one request.
pub enum Answer {
    /// A status, headers and a body.
    Whole(u16, &'static [(&'static str, &'static str)], String),
    /// The pieces of a stream as they go over the line.
    Stream(Vec<String>, Then),
    /// Not even headers.
    Silence,
}

/// What follows the pieces of a stream.
pub enum Then {
    /// The connection is closed properly.
    Close,
    /// The connection breaks when the gate opens. Breaking at once takes along what was not sent yet.
    Break(Gate),
    /// Silence on an open connection.
    Hang,
}

/// What a server will not take, whatever the test planned: the answer to such a request.
pub type Refuses = fn(&Value) -> Option<Answer>;

/// What the server was sent.
pub struct Asked {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A running server; it stops when it is dropped.
pub struct Server {
    pub base_url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Starts a server that gives these answers in turn.
    pub async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::refusing(|_| None, answers).await
    }

    /// Starts a server that refuses some requests and gives these answers to the others, in turn.
    pub async fn refusing(refuses: Refuses, answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base_url = format!("http://{}/v1", listener.local_addr().expect("a bound address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
        let keep = Arc::clone(&asked);
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (keep, answers) = (Arc::clone(&keep), Arc::clone(&answers));
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.expect("a whole request");
                let body = serde_json::from_slice(&body).unwrap_or_default();
                let refused = refuses(&body);
                keep.lock().expect("no panic").push(Asked { path: head.uri.to_string(), headers: head.headers, body });
                let planned = || answers.lock().expect("no panic").pop_front().expect("the test planned every answer");
                respond(refused.unwrap_or_else(planned)).await
            }
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        Self { base_url, asked, _tasks: tasks }
    }

    /// A model at this server, asked with the key.
    pub fn model(&self) -> Model {
        Model::open_ai_compatible(self.endpoint())
    }

    /// How the server is asked by default.
    pub fn endpoint(&self) -> Endpoint {
        endpoint(&self.base_url)
    }

    /// The one request that the server got.
    pub fn only_request(&self) -> Asked {
        let mut asked = self.all_requests();
        assert_eq!(asked.len(), 1);
        asked.remove(0)
    }

    /// All requests since the last look.
    pub fn all_requests(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().expect("no panic"))
    }
}

/// How any server is asked by default.
pub fn endpoint(base_url: &str) -> Endpoint {
    Endpoint {
        provider: "openai-compatible".into(),
        base_url: base_url.into(),
        api_key: Some(Secret::new(KEY)),
        model: "gpt-4o-mini".into(),
        timeouts: Timeouts::default(),
    }
}

/// Time-outs for servers that never answer.
pub fn impatient() -> Timeouts {
    Timeouts { total: Duration::from_millis(200), ..Timeouts::default() }
}

/// JSON values as events that nothing else surrounds.
pub fn events(list: Vec<String>) -> Vec<String> {
    list.into_iter().map(|event| format!("data: {event}\n\n")).collect()
}

/// Events, with the connection closed properly behind them.
pub fn closed(list: Vec<String>) -> Answer {
    Answer::Stream(events(list), Then::Close)
}

async fn respond(answer: Answer) -> Response {
    match answer {
        Answer::Whole(status, headers, body) => {
            let response = Response::builder().status(status);
            let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, *value));
            response.body(Body::from(body)).expect("a valid response")
        }
        Answer::Stream(pieces, then) => {
            let end = match then {
                Then::Close => stream::empty().boxed(),
                Then::Break(gate) => stream::once(async move {
                    gate.opened().await;
                    Err(io::Error::other("cut"))
                })
                .boxed(),
                Then::Hang => stream::pending().boxed(),
            };
            let pieces = stream::iter(pieces.into_iter().map(io::Result::Ok));
            let response = Response::builder().header("content-type", "text/event-stream; charset=utf-8");
            response.body(Body::from_stream(pieces.chain(end))).expect("a valid response")
        }
        Answer::Silence => std::future::pending().await,
    }
}

/// A good answer as OpenAI sends it.
pub fn good(text: &str) -> Answer {
    json_answer(&completion(
        json!({ "role": "assistant", "content": text, "refusal": null, "annotations": [] }),
        "stop",
        Some(json!({
            "prompt_tokens": 1117, "completion_tokens": 246, "total_tokens": 1363,
            "prompt_tokens_details": { "cached_tokens": 1024, "audio_tokens": 0 },
            "completion_tokens_details": {
                "reasoning_tokens": 128, "audio_tokens": 0,
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0
            }
        })),
    ))
}

/// A completion around a message.
#[expect(clippy::needless_pass_by_value, reason = "tests write the JSON in place")]
pub fn completion(message: Value, finish_reason: &str, usage: Option<Value>) -> Value {
    let mut completion = json!({
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion", "created": 1741569952,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": finish_reason }],
        "service_tier": "default", "system_fingerprint": "fp_06737a9306"
    });
    if let Some(usage) = usage {
        completion["usage"] = usage;
    }
    completion
}

/// A good status and a JSON body.
pub fn json_answer(body: &Value) -> Answer {
    Answer::Whole(200, &[("content-type", "application/json")], body.to_string())
}

/// An error as OpenAI sends it.
pub fn rejection(status: u16, message: &str, code: Option<&str>) -> Answer {
    let error = json!({ "message": message, "type": "invalid_request_error", "param": null, "code": code });
    Answer::Whole(status, &[("content-type", "application/json")], json!({ "error": error }).to_string())
}

/// The question that tests ask.
pub fn question() -> skillsync_llm::Request {
    skillsync_llm::Request::new(vec![Message::system("You are a teacher."), Message::user("What is a variable?")], 500)
}

/// The same question with a shape for its answer.
pub fn shaped_question() -> skillsync_llm::Request {
    let schema = json!({
        "type": "object", "properties": { "title": { "type": "string" } },
        "required": ["title"], "additionalProperties": false
    });
    let schema = skillsync_llm::JsonSchema { name: "lesson".into(), schema };
    skillsync_llm::Request { schema: Some(schema), temperature: Some(0.3), ..question() }
}
