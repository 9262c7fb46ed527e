//! What Google's servers were heard to say.

use serde_json::{Value, json};
use skillsync_llm::{Error, Usage, WireFormat};

use super::TEXT;
use super::wire::{Recorded, Recording};
use crate::server::{Answer, KEY};

/// Whole replies and chunks look the same; every one counts what there was so far.
fn reply(parts: &Value, finish_reason: Option<&str>, candidates_tokens: u64) -> Value {
    let mut candidate = json!({ "content": { "parts": parts, "role": "model" }, "index": 0 });
    if let Some(reason) = finish_reason {
        candidate["finishReason"] = json!(reason);
    }
    json!({
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": 500, "cachedContentTokenCount": 400, "candidatesTokenCount": candidates_tokens,
            "thoughtsTokenCount": 80, "totalTokenCount": 580 + candidates_tokens
        },
        "modelVersion": "answering-model", "responseId": "mAitaLmkHPPlz7IPvtfUqQ4"
    })
}

fn line(reply: &Value) -> String {
    format!("data: {reply}\r\n\r\n")
}

fn text(text: &str) -> Value {
    json!([{ "text": text }])
}

fn error(status: u16, name: &str, message: &str, details: &Value) -> Value {
    json!({ "error": { "code": status, "message": message, "status": name, "details": details } })
}

pub fn gemini() -> Recording {
    let usage =
        Usage { input_tokens: 500, cached_input_tokens: 400, output_tokens: 100, reasoning_tokens: 80, exact: true };
    let recorded = |whole: Value, pieces: Vec<String>| Recorded { whole, pieces, usage, counted_in_stream: true };
    let (beginning, rest) = TEXT.split_at(10);
    let thought = json!([{ "text": "A title is wanted.", "thought": true }]);
    let pieces = |finish_reason: &str| {
        let pieces = [
            reply(&thought, None, 0),
            reply(&text(beginning), None, 6),
            reply(&text(rest), None, 18),
            reply(&text(""), Some(finish_reason), 20),
        ];
        pieces.iter().map(line).collect::<Vec<_>>()
    };
    let thoughtful = json!([{ "text": "A title is wanted.", "thought": true }, { "text": TEXT }]);
    let unavailable = error(503, "UNAVAILABLE", "The model is overloaded.", &json!([]));
    let broken_off = [&pieces("STOP")[..2], &[line(&unavailable)]].concat();
    // A filter before the model counts only what it read.
    let mut blocked = json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" } });
    blocked["usageMetadata"] = reply(&text(""), None, 20)["usageMetadata"].clone();
    Recording {
        format: WireFormat::Gemini,
        base_path: "/v1beta",
        paths: [
            "/v1beta/models/asked-model:generateContent",
            "/v1beta/models/asked-model:streamGenerateContent?alt=sse",
        ],
        key_header: "x-goog-api-key",
        refuses: |_| None,
        good: recorded(reply(&thoughtful, Some("STOP"), 20), pieces("STOP")),
        pieces_until_stop: 4,
        truncated: recorded(reply(&text("{\"title\":"), Some("MAX_TOKENS"), 20), pieces("MAX_TOKENS")),
        refused: recorded(blocked, pieces("SAFETY")),
        wrong_shapes: vec![json!({ "candidates": 7 }), json!({ "candidates": [{ "content": "text" }] }), json!("text")],
        broken_off: (broken_off, |error| matches!(error, Error::ServerError { status: 503, usage: Some(_), .. })),
        limited: || {
            let details = json!([
                { "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [] },
                { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s" }
            ]);
            let body = error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", &details);
            Answer::Whole(429, &[], body.to_string())
        },
        unauthorized: || {
            let details = json!([{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID" }]);
            let body = error(400, "INVALID_ARGUMENT", &format!("API key not valid: {KEY}."), &details);
            Answer::Whole(400, &[], body.to_string())
        },
        failure: |message| error(500, "INTERNAL", message, &json!([])),
        models: json!({ "models": [
            { "name": "models/one", "supportedGenerationMethods": ["generateContent", "countTokens"] },
            { "name": "models/text-embedding", "supportedGenerationMethods": ["embedContent"] },
            { "name": "models/two", "supportedGenerationMethods": ["generateContent"] }
        ] }),
    }
}
