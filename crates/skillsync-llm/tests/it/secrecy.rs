//! The key is shown nowhere, however hard the server tries, whatever format it speaks.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use skillsync_llm::{Endpoint, Error, Model, Secret, WireFormat, list_models};
use tracing_subscriber::filter::LevelFilter;

use crate::server::{
    Answer, KEY, Server, Then, completion, endpoint, json_answer, question, rejection, shaped_question,
};

const FORMATS: [WireFormat; 3] = [WireFormat::OpenAi, WireFormat::Anthropic, WireFormat::Gemini];

fn assert_hidden(shown: &str) {
    // Not even its beginning, which is what cutting before hiding would leave.
    assert!(!shown.contains("sk-test"), "{shown}");
}

/// Everything that is logged while it lives.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no panic")).into_owned()
    }
}

/// Every place in which a server could quote what it was sent.
fn echoes() -> Vec<Answer> {
    let echo = format!("{}Bearer {KEY} is no good", "x".repeat(220));
    let refusal = json!({ "role": "assistant", "content": null, "refusal": echo });
    let error = json!({ "type": "error", "error": { "type": "api_error", "message": echo, "status": KEY } });
    let event = |json: &Value| Answer::Stream(vec![format!("event: {KEY}\ndata: {json}\n\n")], Then::Close);
    let json = |status, body: &Value| Answer::Whole(status, &[], body.to_string());
    vec![
        rejection(400, &echo, None),
        rejection(401, &echo, None),
        rejection(404, &format!("model {echo}"), None),
        rejection(500, &format!("{KEY}{KEY}"), Some(KEY)),
        json(529, &error),
        json(400, &json!([error])),
        json(429, &json!({ "error": { "details": [{ "retryDelay": KEY, "reason": KEY }] } })),
        Answer::Whole(418, &[], echo.clone()),
        json(200, &json!({ "choices": KEY, "content": KEY, "candidates": KEY, "type": KEY })),
        json(200, &json!({ "type": "message", "content": KEY })),
        json_answer(&json!({ "error": { "message": KEY, "code": 400 } })),
        json_answer(&completion(refusal, "stop", None)),
        json_answer(&json!({ "type": "message", "content": [{ "type": KEY }], "stop_reason": KEY })),
        json_answer(&json!({ "candidates": [{ "finishReason": KEY }], "modelVersion": KEY })),
        event(&error),
        event(&json!({ "candidates": [{ "finishReason": KEY }], "choices": [{ "finish_reason": KEY }], "type": KEY })),
        Answer::Stream(vec![format!("<html>{KEY}")], Then::Close),
    ]
}

#[tokio::test]
async fn no_error_and_no_log_quotes_the_key() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(move || writer.clone());
    // For all threads: what one thread logs nowhere, tracing believes to be of no interest to the others either. Under
    // `cargo test` the tests beside this one are listened to as well, and they may not show the key either.
    tracing::subscriber::set_global_default(subscriber.finish()).expect("nobody else listens");
    for format in FORMATS {
        for position in 0..echoes().len() {
            for streamed in [false, true] {
                let server = Server::answering(echoes().into_iter().skip(position).take(1)).await;
                let model = Model::connect(format, server.endpoint());
                let request = question();
                let outcome = if streamed { model.answer(&request).await } else { model.complete(&request).await };
                let error = outcome.expect_err("a failure");
                assert_hidden(&format!("{error} {error:?}"));
            }
            let server = Server::answering(echoes().into_iter().skip(position).take(1)).await;
            let Endpoint { base_url, api_key, timeouts, .. } = server.endpoint();
            if let Err(error) = list_models(format, &base_url, api_key.as_ref(), timeouts).await {
                assert_hidden(&format!("{error} {error:?}"));
            }
        }
        // What is learned and what is answered is logged, too.
        let named = json!({
            "model": KEY, "choices": [{ "message": { "content": "Yes." } }], "type": "message",
            "content": [{ "type": "text", "text": "Yes." }], "modelVersion": KEY,
            "candidates": [{ "content": { "parts": [{ "text": "Yes." }] }, "finishReason": "STOP" }]
        });
        let refusal = rejection(400, &format!("no schema and no tool for {KEY}"), None);
        let server = Server::answering([refusal, json_answer(&named)]).await;
        let reply = Model::connect(format, server.endpoint()).complete(&shaped_question()).await.expect("an answer");
        assert_hidden(&reply.model);
    }
    let text = log.text();
    for logged in ["a model answered", "the server is asked differently now"] {
        assert!(text.contains(logged), "{logged}");
    }
    assert_hidden(&text);
}

#[tokio::test]
async fn nothing_prints_the_key() {
    let with_password = format!("http://user:{KEY}@127.0.0.1:9/{KEY}/v1?key={KEY}");
    let written = Endpoint { base_url: with_password, ..endpoint("") };
    assert!(format!("{written:?}").contains("http://127.0.0.1:9"));
    for format in FORMATS {
        let model = Model::connect(format, written.clone());
        assert_hidden(&format!("{written:?} {model:?} {0:?} {0}", Secret::new(KEY)));
        let error = model.complete(&question()).await.expect_err("nobody is there");
        assert_hidden(&format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_not_quoted_either() {
    let api_key = Some(Secret::new(format!("{KEY}\nX-Other: header")));
    for format in FORMATS {
        let model = Model::connect(format, Endpoint { api_key: api_key.clone(), ..endpoint("http://127.0.0.1:9/v1") });
        let error = model.complete(&question()).await.expect_err("no such key");
        assert!(matches!(error, Error::Misconfigured { .. }), "{error}");
        assert_hidden(&format!("{error} {error:?}"));
    }
}
