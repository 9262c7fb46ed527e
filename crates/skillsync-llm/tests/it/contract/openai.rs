//! What OpenAI and the servers that speak its format were heard to say.

use serde_json::{Value, json};
use skillsync_llm::{Error, Usage, WireFormat};

use super::TEXT;
use super::wire::{Recorded, Recording};
use crate::server::{Answer, KEY, events, json_answer};

/// One chunk of a stream.
fn chunk(delta: &Value, finish_reason: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG", "object": "chat.completion.chunk", "created": 1_741_570_283,
        "model": "answering-model", "system_fingerprint": "fp_44709d6fcb",
        "choices": [{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason }]
    })
}

/// The text in four chunks, the first with the role.
fn text_chunks() -> Vec<Value> {
    let (beginning, end) = TEXT.split_at(10);
    [json!({ "role": "assistant", "content": "" }), json!({ "content": beginning }), json!({ "content": end })]
        .iter()
        .map(|delta| chunk(delta, None))
        .collect()
}

fn lines(chunks: &[Value]) -> Vec<String> {
    events(chunks.iter().map(Value::to_string).chain(["[DONE]".to_owned()]).collect())
}

/// The last chunk, which only counts.
fn counting_chunk(usage: &Value) -> Value {
    let mut chunk = chunk(&json!({}), None);
    chunk["choices"] = json!([]);
    chunk["usage"] = usage.clone();
    chunk
}

fn whole(message: &Value, finish_reason: &str, usage: &Value) -> Value {
    json!({
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion", "created": 1_741_569_952,
        "model": "answering-model",
        "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": finish_reason }],
        "usage": usage
    })
}

fn says(text: &str) -> Value {
    json!({ "role": "assistant", "content": text })
}

fn failure(message: &str) -> Value {
    json!({ "error": { "message": message, "type": "server_error", "param": null, "code": null } })
}

fn limited() -> Answer {
    Answer::Whole(429, &[("retry-after-ms", "7000"), ("retry-after", "8")], failure("Rate limit reached").to_string())
}

fn unauthorized() -> Answer {
    let error = json!({ "message": format!("Incorrect API key provided: {KEY}."), "code": "invalid_api_key" });
    Answer::Whole(401, &[("content-type", "application/json")], json!({ "error": error }).to_string())
}

fn is_server_error(error: &Error) -> bool {
    matches!(error, Error::ServerError { status: 500, usage: Some(_), .. })
}

pub fn openai() -> Recording {
    let counts = json!({
        "prompt_tokens": 1117, "completion_tokens": 246, "total_tokens": 1363,
        "prompt_tokens_details": { "cached_tokens": 1024, "audio_tokens": 0 },
        "completion_tokens_details": { "reasoning_tokens": 128, "audio_tokens": 0 }
    });
    let usage =
        Usage { input_tokens: 1117, cached_input_tokens: 1024, output_tokens: 246, reasoning_tokens: 128, exact: true };
    let recorded = |message: &Value, finish_reason: &str, chunks: Vec<Value>| Recorded {
        whole: whole(message, finish_reason, &counts),
        pieces: lines(&[chunks, vec![chunk(&json!({}), Some(finish_reason)), counting_chunk(&counts)]].concat()),
        usage,
        counted_in_stream: true,
    };
    let refusal = json!({ "role": "assistant", "content": null, "refusal": "I'm sorry, I can't help with that." });
    let refusing_chunk = chunk(&json!({ "refusal": "I'm sorry, I can't help with that." }), None);
    let mut broken_off = lines(&text_chunks());
    *broken_off.last_mut().expect("an end") = events(vec![failure("The server had an error").to_string()]).concat();
    Recording {
        format: WireFormat::OpenAi,
        base_path: "/v1",
        paths: ["/v1/chat/completions"; 2],
        key_header: "authorization",
        refuses: |_| None,
        good: recorded(&says(TEXT), "stop", text_chunks()),
        pieces_until_stop: 4,
        truncated: recorded(&says("{\"title\":"), "length", text_chunks()),
        refused: recorded(&refusal, "stop", vec![refusing_chunk]),
        wrong_shapes: vec![json!({ "choices": 7 }), json!({ "choices": [{ "message": ["text"] }] }), json!([])],
        broken_off: (broken_off, is_server_error),
        limited,
        unauthorized,
        failure,
        models: json!({ "object": "list", "data": [{ "id": "one", "object": "model" }, { "id": "two" }] }),
    }
}

/// Groq says in the last chunk of a stream, under a name of its own, what it used; and its whole seconds are a string.
pub fn groq() -> Recording {
    let counts = json!({
        "queue_time": 0.05, "prompt_tokens": 64, "prompt_time": 0.003, "completion_tokens": 210, "completion_time": 0.4,
        "total_tokens": 274, "total_time": 0.5, "completion_tokens_details": { "reasoning_tokens": 180 }
    });
    let usage =
        Usage { input_tokens: 64, cached_input_tokens: 0, output_tokens: 210, reasoning_tokens: 180, exact: true };
    let recorded = |finish_reason: &str| {
        let mut first = chunk(&json!({ "role": "assistant", "content": "" }), None);
        first["x_groq"] = json!({ "id": "req_01jbd6g2qdfw2adyrt2az8hz4w" });
        let mut last = chunk(&json!({}), Some(finish_reason));
        last["x_groq"] = json!({ "id": "req_01jbd6g2qdfw2adyrt2az8hz4w", "usage": counts });
        let thinks = chunk(&json!({ "reasoning": "A title is wanted." }), None);
        Recorded {
            whole: whole(&says(TEXT), finish_reason, &counts),
            pieces: lines(&[vec![first, thinks], text_chunks(), vec![last]].concat()),
            usage,
            counted_in_stream: true,
        }
    };
    Recording {
        base_path: "/openai/v1",
        paths: ["/openai/v1/chat/completions"; 2],
        good: recorded("stop"),
        pieces_until_stop: 6,
        truncated: recorded("length"),
        limited: || {
            Answer::Whole(429, &[("retry-after", "7")], failure("Rate limit reached, try again in 7s").to_string())
        },
        ..openai()
    }
}

/// OpenRouter keeps the line warm with comments, and tells about errors of the providers behind it inside good replies.
pub fn openrouter() -> Recording {
    let counts = json!({
        "prompt_tokens": 194, "completion_tokens": 20, "total_tokens": 214, "cost": 0.0003,
        "prompt_tokens_details": { "cached_tokens": 64 }, "completion_tokens_details": { "reasoning_tokens": 12 }
    });
    let usage =
        Usage { input_tokens: 194, cached_input_tokens: 64, output_tokens: 20, reasoning_tokens: 12, exact: true };
    let warm = |lines: Vec<String>| [vec![": OPENROUTER PROCESSING\n\n".to_owned()], lines].concat();
    let recorded = |finish_reason: &str| Recorded {
        whole: whole(&says(TEXT), finish_reason, &counts),
        pieces: warm(lines(
            &[text_chunks(), vec![chunk(&json!({}), Some(finish_reason)), counting_chunk(&counts)]].concat(),
        )),
        usage,
        counted_in_stream: true,
    };
    let mut failing = chunk(&json!({ "content": "" }), Some("error"));
    failing["error"] = json!({ "code": 502, "message": "Provider disconnected" });
    let broken_off = warm(lines(&[text_chunks(), vec![failing]].concat()));
    Recording {
        base_path: "/api/v1",
        paths: ["/api/v1/chat/completions"; 2],
        good: recorded("stop"),
        pieces_until_stop: 5,
        truncated: recorded("length"),
        broken_off: (broken_off, |error| matches!(error, Error::ServerError { status: 502, usage: Some(_), .. })),
        limited: || {
            let headers =
                &[("retry-after", "Sun, 06 Nov 1994 08:49:44 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
            Answer::Whole(429, headers, failure("Rate limit exceeded: free-models-per-min").to_string())
        },
        ..openai()
    }
}

/// Ollama counts no cache and no reasoning, and needs no key.
pub fn ollama() -> Recording {
    let counts = json!({ "prompt_tokens": 33, "completion_tokens": 12, "total_tokens": 45 });
    let usage = Usage { input_tokens: 33, output_tokens: 12, exact: true, ..Usage::default() };
    let recorded = |finish_reason: &str| Recorded {
        whole: whole(&says(TEXT), finish_reason, &counts),
        pieces: lines(&[text_chunks(), vec![chunk(&json!({}), Some(finish_reason)), counting_chunk(&counts)]].concat()),
        usage,
        counted_in_stream: true,
    };
    Recording { good: recorded("stop"), truncated: recorded("length"), ..openai() }
}

/// llama.cpp's Python server takes a schema only beside `json_object`, and counts whole answers only.
pub fn llama_cpp() -> Recording {
    let counts = json!({ "prompt_tokens": 41, "completion_tokens": 9, "total_tokens": 50 });
    let usage = Usage { input_tokens: 41, output_tokens: 9, exact: true, ..Usage::default() };
    let recorded = |finish_reason: &str| Recorded {
        whole: whole(&says(TEXT), finish_reason, &counts),
        pieces: lines(&[text_chunks(), vec![chunk(&json!({}), Some(finish_reason))]].concat()),
        usage,
        counted_in_stream: false,
    };
    Recording {
        refuses: |body| {
            let form = &body["response_format"]["type"];
            let message = "[{'loc': ('body', 'response_format', 'type'), 'msg': \"unexpected value; permitted: 'text', 'json_object'\"}]";
            (form == "json_schema").then(|| Answer::Whole(500, &[], failure(message).to_string()))
        },
        good: recorded("stop"),
        truncated: recorded("length"),
        limited: || Answer::Whole(429, &[("retry-after", "7.0")], "slow down".to_owned()),
        unauthorized: || json_status(401, &json!({ "detail": format!("Invalid API key {KEY}") })),
        failure: |message| json!({ "detail": message }),
        ..openai()
    }
}

fn json_status(status: u16, body: &Value) -> Answer {
    match json_answer(body) {
        Answer::Whole(_, headers, body) => Answer::Whole(status, headers, body),
        other => other,
    }
}
