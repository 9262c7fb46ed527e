//! Answers that are read while they are written.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use skillsync_llm::{Chunk, Endpoint, Error, Gate, Model, TimeoutPhase, Timeouts, Usage};

use crate::server::{Answer, Server, Then, closed, completion, events, json_answer, question, rejection};

/// One chunk of a stream as OpenAI sends it.
#[expect(clippy::needless_pass_by_value, reason = "tests write the JSON in place")]
fn event(choices: Value, usage: Value) -> String {
    json!({
        "id": "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG", "object": "chat.completion.chunk", "created": 1741570283,
        "model": "gpt-4o-mini-2024-07-18", "service_tier": "default", "choices": choices, "usage": usage
    })
    .to_string()
}

/// A chunk that brings text.
fn text(text: &str) -> String {
    event(json!([{ "index": 0, "delta": { "content": text }, "finish_reason": null }]), json!(null))
}

/// The chunk that says why the answer ends.
fn finish(reason: &str) -> String {
    event(json!([{ "index": 0, "delta": {}, "finish_reason": reason }]), json!(null))
}

/// The chunk that only counts.
fn usage() -> String {
    event(json!([]), json!({ "prompt_tokens": 30, "completion_tokens": 4, "total_tokens": 34 }))
}

const DONE: &str = "[DONE]";

/// Everything that a stream yields: its pieces of text, and how it ended.
async fn received(model: &Model) -> (Vec<String>, Result<Option<skillsync_llm::Reply>, Error>) {
    let mut stream = model.stream(&question());
    let mut pieces = Vec::new();
    let mut end = Ok(None);
    while let Some(chunk) = stream.next().await {
        assert_eq!(end, Ok(None), "something came after the end");
        match chunk {
            Ok(Chunk::Text(text)) => pieces.push(text),
            Ok(Chunk::Done(reply)) => end = Ok(Some(reply)),
            Err(error) => end = Err(error),
        }
    }
    (pieces, end)
}

#[tokio::test]
async fn a_stream_brings_pieces_and_then_the_whole_with_its_usage() {
    let role =
        event(json!([{ "index": 0, "delta": { "role": "assistant", "content": "", "refusal": null } }]), json!(null));
    let events = vec![role, text("A name "), text("für 🦀."), finish("stop"), usage(), DONE.into()];
    let server = Server::answering([closed(events)]).await;
    let (pieces, end) = received(&server.model()).await;
    assert_eq!(pieces, ["A name ", "für 🦀."]);
    let reply = end.expect("a good end").expect("a reply");
    assert_eq!(reply.text, "A name für 🦀.");
    assert_eq!(reply.model, "gpt-4o-mini-2024-07-18");
    assert_eq!(reply.usage, Usage { input_tokens: 30, output_tokens: 4, exact: true, ..Usage::default() });
    let body = server.only_request().body;
    assert_eq!(body["stream"], json!(true));
    assert_eq!(body["stream_options"], json!({ "include_usage": true }));
}

#[tokio::test]
async fn a_stream_without_usage_or_done_is_still_whole() {
    let server = Server::answering([closed(vec![text("Yes."), finish("stop")])]).await;
    let (_, end) = received(&server.model()).await;
    let reply = end.expect("a good end").expect("a reply");
    assert_eq!((reply.text.as_str(), reply.usage.exact), ("Yes.", false));
}

#[tokio::test]
async fn usage_where_groq_reports_it_counts() {
    let mut last: Value = serde_json::from_str(&finish("stop")).expect("JSON");
    last["x_groq"] =
        json!({ "id": "req_01", "usage": { "prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9 } });
    let server = Server::answering([closed(vec![text("Yes."), last.to_string(), DONE.into()])]).await;
    let usage = received(&server.model()).await.1.expect("a good end").expect("a reply").usage;
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.exact), (7, 2, true));
}

#[tokio::test]
async fn a_stream_that_ends_too_early_is_an_error() {
    let server = Server::answering([closed(vec![text("A name ")])]).await;
    let (pieces, end) = received(&server.model()).await;
    assert_eq!(pieces, ["A name "]);
    let error = end.expect_err("the stream was cut");
    assert!(matches!(error, Error::Interrupted { .. }) && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_midway_is_an_error() {
    let gate = Gate::closed();
    let server = Server::answering([Answer::Stream(events(vec![text("A name ")]), Then::Break(gate.clone()))]).await;
    let mut stream = server.model().stream(&question());
    assert_eq!(stream.next().await, Some(Ok(Chunk::Text("A name ".into()))));
    gate.open();
    let error = stream.next().await.expect("an end").expect_err("the connection broke");
    assert!(matches!(error, Error::Interrupted { .. }), "{error}");
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_given_up() {
    let server = Server::answering([Answer::Stream(events(vec![text("A name ")]), Then::Hang)]).await;
    let timeouts = Timeouts { idle: Duration::from_millis(500), ..Timeouts::default() };
    let model = Model::open_ai_compatible(Endpoint { timeouts, ..server.endpoint() });
    let used = Some(Usage::estimate(&question(), "A name "));
    let timed_out = Error::Timeout { phase: TimeoutPhase::Idle, usage: used };
    assert_eq!(received(&model).await, (vec!["A name ".to_owned()], Err(timed_out)));
}

#[tokio::test]
async fn a_stream_can_end_badly_in_other_ways() {
    let truncated = vec![text("A name "), finish("length"), usage(), DONE.into()];
    let paid = Usage { input_tokens: 30, output_tokens: 4, exact: true, ..Usage::default() };
    let refusal = event(json!([{ "index": 0, "delta": { "refusal": "I can't." } }]), json!(null));
    let refused = vec![refusal, finish("stop"), usage(), DONE.into()];
    let overloaded = json!({ "error": { "message": "overloaded", "code": 503 } }).to_string();
    let server = Server::answering([
        closed(truncated),
        closed(refused),
        closed(vec![text("A name "), overloaded]),
        closed(vec![text("A name "), "{garbage".into()]),
        closed(vec![text(&"x".repeat(2 * 1024 * 1024))]),
        rejection(401, "Incorrect API key", None),
    ])
    .await;
    let model = server.model();
    assert_eq!(received(&model).await.1, Err(Error::Truncated { usage: paid }));
    assert_eq!(received(&model).await.1, Err(Error::Refused { reason: "I can't.".into(), usage: paid }));
    assert!(matches!(received(&model).await.1, Err(Error::ServerError { status: 503, .. })));
    assert!(matches!(received(&model).await.1, Err(Error::BadReply { .. })));
    assert!(matches!(received(&model).await.1, Err(Error::TooLarge { .. })));
    assert_eq!(received(&model).await, (vec![], Err(Error::Unauthorized)));
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_read_all_the_same() {
    let whole = completion(json!({ "role": "assistant", "content": "Yes." }), "stop", None);
    let server = Server::answering([json_answer(&whole)]).await;
    let (pieces, end) = received(&server.model()).await;
    assert_eq!(pieces, ["Yes."]);
    assert_eq!(end.expect("a good end").expect("a reply").text, "Yes.");
}

#[tokio::test]
async fn hidden_reasoning_counts_when_a_stream_breaks() {
    let thought = "Let me think about this for a good while first.";
    for field in ["reasoning", "reasoning_content"] {
        let thinks = event(json!([{ "index": 0, "delta": { field: thought } }]), json!(null));
        let server = Server::answering([closed(vec![thinks, text("A name ")])]).await;
        let (pieces, end) = received(&server.model()).await;
        assert_eq!(pieces, ["A name "]);
        let usage = end.expect_err("the stream was cut").usage();
        assert_eq!(usage, Some(Usage::estimate(&question(), &format!("{thought}A name "))));
    }
}

#[tokio::test]
async fn a_limit_before_the_answer_costs_nothing_and_one_in_its_middle_does() {
    let limited = json!({ "error": { "message": "Rate limit exceeded upstream", "code": 429 } }).to_string();
    let server = Server::answering([closed(vec![limited.clone()]), closed(vec![text("A name "), limited])]).await;
    let model = server.model();
    assert_eq!(model.answer(&question()).await, Err(Error::RateLimited { retry_after: None }));
    let error = model.answer(&question()).await.expect_err("a limit");
    assert!(matches!(error, Error::ServerError { status: 429, .. }) && error.is_retryable(), "{error}");
    assert_eq!(error.usage(), Some(Usage::estimate(&question(), "A name ")));
}
