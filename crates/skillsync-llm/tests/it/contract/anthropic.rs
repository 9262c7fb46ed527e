//! What Anthropic's servers were heard to say.

use serde_json::{Value, json};
use skillsync_llm::{Error, Usage, WireFormat};

use super::TEXT;
use super::wire::{Recorded, Recording};
use crate::server::{Answer, KEY};

/// One event of a stream, which names its kind twice.
#[expect(clippy::needless_pass_by_value, reason = "the JSON is written in place")]
fn event(data: Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().expect("a kind"))
}

fn begin() -> String {
    let usage = json!({
        "input_tokens": 70, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 900, "output_tokens": 1
    });
    event(json!({ "type": "message_start", "message": {
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL", "type": "message", "role": "assistant", "model": "answering-model",
        "content": [], "stop_reason": null, "stop_sequence": null, "usage": usage
    } }))
}

fn delta(delta: &Value) -> String {
    event(json!({ "type": "content_block_delta", "index": 0, "delta": delta }))
}

fn end(stop_reason: &str) -> Vec<String> {
    let delta = json!({ "stop_reason": stop_reason, "stop_sequence": null });
    vec![
        event(json!({ "type": "content_block_stop", "index": 0 })),
        event(json!({ "type": "message_delta", "delta": delta, "usage": { "output_tokens": 55 } })),
        event(json!({ "type": "message_stop" })),
    ]
}

/// The answer as the input of a tool, in pieces of JSON that are none by themselves.
fn tool_pieces(stop_reason: &str) -> Vec<String> {
    let tool = json!({ "type": "tool_use", "id": "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "name": "lesson", "input": {} });
    let (beginning, rest) = TEXT.split_at(10);
    let input = |piece: &str| delta(&json!({ "type": "input_json_delta", "partial_json": piece }));
    let beginning = vec![
        begin(),
        event(json!({ "type": "content_block_start", "index": 0, "content_block": tool })),
        event(json!({ "type": "ping" })),
        input(""),
        input(beginning),
        input(rest),
    ];
    [beginning, end(stop_reason)].concat()
}

fn whole(content: &Value, stop_reason: &str) -> Value {
    json!({
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL", "type": "message", "role": "assistant", "model": "answering-model",
        "content": content, "stop_reason": stop_reason, "stop_sequence": null,
        "usage": {
            "input_tokens": 70, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 900, "output_tokens": 55,
            "service_tier": "standard"
        }
    })
}

fn error(kind: &str, message: &str) -> Value {
    let error = json!({ "type": kind, "message": message });
    json!({ "type": "error", "error": error, "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy" })
}

pub fn anthropic() -> Recording {
    let tool = json!([{
        "type": "tool_use", "id": "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "name": "lesson",
        "input": serde_json::from_str::<Value>(TEXT).expect("JSON")
    }]);
    let usage =
        Usage { input_tokens: 1000, cached_input_tokens: 900, output_tokens: 55, exact: true, ..Usage::default() };
    let recorded = |whole: Value, pieces: Vec<String>| Recorded { whole, pieces, usage, counted_in_stream: true };
    let text = json!([{ "type": "text", "text": "A variable" }]);
    let text_pieces = |stop_reason: &str| {
        let block = json!({ "type": "text", "text": "" });
        let beginning = vec![
            begin(),
            event(json!({ "type": "content_block_start", "index": 0, "content_block": block })),
            delta(&json!({ "type": "text_delta", "text": "A variable" })),
        ];
        [beginning, end(stop_reason)].concat()
    };
    let broken_off = [&tool_pieces("tool_use")[..5], &[event(error("overloaded_error", "Overloaded"))]].concat();
    Recording {
        format: WireFormat::Anthropic,
        base_path: "/v1",
        paths: ["/v1/messages"; 2],
        key_header: "x-api-key",
        refuses: |_| None,
        good: recorded(whole(&tool, "tool_use"), tool_pieces("tool_use")),
        pieces_until_stop: 8,
        truncated: recorded(whole(&text, "max_tokens"), text_pieces("max_tokens")),
        refused: recorded(whole(&json!([]), "refusal"), text_pieces("refusal")),
        wrong_shapes: vec![json!({ "type": "message", "content": 7 }), json!({ "content": [] }), json!([])],
        broken_off: (broken_off, |error| matches!(error, Error::ServerError { status: 529, usage: Some(_), .. })),
        limited: || {
            let body = error("rate_limit_error", "This request would exceed your account's rate limit.");
            Answer::Whole(429, &[("retry-after", "7")], body.to_string())
        },
        unauthorized: || {
            let body = error("authentication_error", &format!("invalid x-api-key: {KEY}"));
            Answer::Whole(401, &[], body.to_string())
        },
        failure: |message| error("api_error", message),
        models: json!({ "data": [{ "type": "model", "id": "one" }, { "type": "model", "id": "two" }], "has_more": false }),
    }
}
