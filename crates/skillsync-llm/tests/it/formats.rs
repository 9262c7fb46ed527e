//! Anthropic's and Google's formats: what is sent, what is asked for instead, and what only they say.

use futures::TryStreamExt;
use serde_json::{Value, json};
use skillsync_llm::{Chunk, Endpoint, Error, JsonSchema, Message, Model, Request, Usage};

use crate::server::{Answer, Server, Then, json_answer, question, shaped_question};

fn anthropic(server: &Server) -> Model {
    Model::anthropic(Endpoint { model: "claude".into(), ..server.endpoint() })
}

fn gemini(server: &Server) -> Model {
    Model::gemini(Endpoint { model: "models/gemini".into(), ..server.endpoint() })
}

/// A conversation with every role, and a shape for the answer.
fn conversation() -> Request {
    let mut request = shaped_question();
    request.messages.extend([Message::assistant("{}"), Message::system("Be brief."), Message::user("Once more.")]);
    request
}

fn schema() -> Value {
    shaped_question().schema.expect("a schema").schema
}

fn says(text: &str) -> Answer {
    json_answer(&json!({
        "type": "message", "model": "claude-4", "content": [{ "type": "text", "text": text }], "stop_reason": "end_turn",
        "usage": { "input_tokens": 5, "output_tokens": 2 }
    }))
}

fn gemini_says(text: &str, finish_reason: &str) -> Answer {
    json_answer(&json!({
        "candidates": [{ "content": { "parts": [{ "text": text }] }, "finishReason": finish_reason }],
        "usageMetadata": { "promptTokenCount": 5, "candidatesTokenCount": 2 }
    }))
}

fn refused(status: u16, message: &str) -> Answer {
    Answer::Whole(status, &[], json!({ "error": { "message": message } }).to_string())
}

#[tokio::test]
async fn anthropic_is_told_the_schema_as_a_tool() {
    let server = Server::answering([says("{}")]).await;
    anthropic(&server).complete(&conversation()).await.expect("a good answer");
    let asked = server.only_request();
    assert_eq!(asked.headers["anthropic-version"], "2023-06-01");
    let tool = json!({ "name": "lesson", "description": "Takes the whole answer.", "input_schema": schema() });
    let expected = json!({
        "model": "claude", "max_tokens": 500, "temperature": 0.3,
        "system": "You are a teacher.\n\nBe brief.",
        "messages": [
            { "role": "user", "content": "What is a variable?" },
            { "role": "assistant", "content": "{}" },
            { "role": "user", "content": "Once more." },
        ],
        "tools": [tool],
        "tool_choice": { "type": "tool", "name": "lesson", "disable_parallel_tool_use": true },
    });
    assert_eq!(asked.body, expected);
}

#[tokio::test]
async fn anthropic_without_tools_is_told_in_words() {
    let server =
        Server::answering([refused(400, "tool_choice: forced tools are not supported"), says("{}"), says("{}")]).await;
    let model = anthropic(&server);
    for _ in 0..2 {
        assert_eq!(model.complete(&shaped_question()).await.expect("a good answer").text, "{}");
    }
    let asked = server.all_requests();
    assert_eq!(asked.len(), 3);
    assert!(asked[0].body["tools"].is_array());
    for asked in &asked[1..] {
        assert!(asked.body["tools"].is_null() && asked.body["tool_choice"].is_null());
        let words = asked.body["messages"][0]["content"].as_str().expect("text");
        assert!(words.ends_with(&schema().to_string()), "{words}");
    }
}

#[tokio::test]
async fn a_tool_takes_only_objects_so_other_shapes_are_told_in_words() {
    let server = Server::answering([says("[1]")]).await;
    let numbers = JsonSchema { name: "numbers".into(), schema: json!({ "type": "array" }) };
    let request = Request { schema: Some(numbers), ..question() };
    assert_eq!(anthropic(&server).complete(&request).await.expect("a good answer").text, "[1]");
    assert!(server.only_request().body["tools"].is_null());
}

#[tokio::test]
async fn what_is_said_beside_a_tool_is_no_part_of_the_answer_but_better_than_none() {
    let beside = json!([
        { "type": "thinking", "thinking": "Hm.", "signature": "x" },
        { "type": "text", "text": "Here it is:" },
        { "type": "tool_use", "id": "1", "name": "lesson", "input": { "title": "Variables" } },
    ]);
    let called = json!({ "type": "message", "content": beside, "stop_reason": "tool_use" });
    let server = Server::answering([json_answer(&called), says("{\"title\":\"Variables\"}")]).await;
    let model = anthropic(&server);
    for _ in 0..2 {
        let reply = model.complete(&shaped_question()).await.expect("a good answer");
        assert_eq!(reply.text, "{\"title\":\"Variables\"}");
    }
}

#[tokio::test]
async fn a_stream_without_the_tool_brings_its_text_at_the_end() {
    let event = |data: Value| format!("data: {data}\n\n");
    let text = |text: &str| {
        let delta = json!({ "type": "text_delta", "text": text });
        event(json!({ "type": "content_block_delta", "index": 0, "delta": delta }))
    };
    let end = json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" }, "usage": null });
    let pieces = vec![text("{}"), text("  "), event(end), event(json!({ "type": "message_stop" }))];
    let server = Server::answering([Answer::Stream(pieces, Then::Close)]).await;
    let chunks = anthropic(&server).stream(&shaped_question()).try_collect::<Vec<_>>().await.expect("a good stream");
    assert!(matches!(&chunks[..], [Chunk::Text(text), Chunk::Done(reply)] if text == "{}  " && reply.text == "{}  "));
}

#[tokio::test]
async fn gemini_is_told_the_schema_in_its_configuration() {
    let server = Server::answering([gemini_says("{}", "STOP")]).await;
    gemini(&server).complete(&conversation()).await.expect("a good answer");
    let asked = server.only_request();
    assert_eq!(asked.path, "/v1/models/gemini:generateContent");
    let turn = |role: &str, text: &str| json!({ "role": role, "parts": [{ "text": text }] });
    let expected = json!({
        "systemInstruction": { "parts": [{ "text": "You are a teacher.\n\nBe brief." }] },
        "contents": [turn("user", "What is a variable?"), turn("model", "{}"), turn("user", "Once more.")],
        "generationConfig": {
            "maxOutputTokens": 500, "temperature": 0.3,
            "responseMimeType": "application/json", "responseJsonSchema": schema(),
        },
    });
    assert_eq!(asked.body, expected);
}

#[tokio::test]
async fn gemini_is_asked_for_any_json_and_then_in_words() {
    let unknown = refused(400, "Invalid JSON payload received. Unknown name \"responseJsonSchema\"");
    let no_json = refused(400, "JSON mode is not enabled for models/gemini");
    let good = || gemini_says("{}", "STOP");
    let server = Server::answering([unknown, no_json, good(), good()]).await;
    let model = gemini(&server);
    for _ in 0..2 {
        model.complete(&shaped_question()).await.expect("a good answer");
    }
    let forms = server
        .all_requests()
        .into_iter()
        .map(|asked| {
            let config = &asked.body["generationConfig"];
            let in_words =
                asked.body["contents"][0]["parts"][0]["text"].as_str().is_some_and(|text| text.contains("JSON Schema"));
            (config["responseJsonSchema"].is_object(), config["responseMimeType"].is_string(), in_words)
        })
        .collect::<Vec<_>>();
    assert_eq!(forms, [(true, true, false), (false, true, true), (false, false, true), (false, false, true)]);
}

#[tokio::test]
async fn an_answer_that_gemini_ends_for_another_reason_may_lack_its_end() {
    let server = Server::answering([gemini_says("A variable is", "OTHER")]).await;
    let error = gemini(&server).complete(&question()).await.expect_err("no whole answer");
    let usage = Usage { input_tokens: 5, output_tokens: 2, exact: true, ..Usage::default() };
    assert!(error.to_string().contains("OTHER") && error.is_retryable(), "{error}");
    assert_eq!(error.usage(), Some(usage));
}

#[tokio::test]
async fn an_address_without_a_path_gets_the_usual_version() {
    let server = Server::answering([says("Yes."), gemini_says("Yes.", "STOP")]).await;
    let base_url = server.base_url.replace("/v1", "");
    Model::anthropic(Endpoint { base_url: base_url.clone(), ..server.endpoint() })
        .complete(&question())
        .await
        .expect("a good answer");
    Model::gemini(Endpoint { base_url, ..server.endpoint() }).complete(&question()).await.expect("a good answer");
    let paths = server.all_requests().into_iter().map(|asked| asked.path).collect::<Vec<_>>();
    assert_eq!(paths, ["/v1/messages", "/v1beta/models/gpt-4o-mini:generateContent"]);
}

#[tokio::test]
async fn errors_have_the_same_names_in_every_format() {
    type Expected = fn(&Error) -> bool;
    let cases: [(u16, Value, Expected); 8] = [
        (
            400,
            json!({ "error": { "type": "invalid_request_error", "message": "prompt is too long: 208310 tokens > 200000 maximum" } }),
            |error| *error == Error::PromptTooLong,
        ),
        (
            400,
            json!({ "error": { "status": "INVALID_ARGUMENT", "message": "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)." } }),
            |error| *error == Error::PromptTooLong,
        ),
        (
            400,
            json!({ "error": { "type": "invalid_request_error", "message": "Your credit balance is too low to access the API." } }),
            |error| *error == Error::OutOfCredit,
        ),
        (403, json!({ "error": { "status": "PERMISSION_DENIED", "message": "no" } }), |error| {
            *error == Error::Unauthorized
        }),
        (404, json!({ "error": { "type": "not_found_error", "message": "model: claude-9" } }), |error| {
            matches!(error, Error::ModelNotFound { .. })
        }),
        (
            404,
            json!({ "error": { "status": "NOT_FOUND", "message": "models/gemini-9 is not found for API version v1beta" } }),
            |error| matches!(error, Error::ModelNotFound { .. }),
        ),
        // Where Google streams, errors come in a list.
        (
            400,
            json!([{ "error": { "details": [{ "reason": "API_KEY_INVALID" }], "message": "API key not valid." } }]),
            |error| *error == Error::Unauthorized,
        ),
        (404, json!({ "error": "nothing here" }), |error| matches!(error, Error::WrongAddress { status: 404, .. })),
    ];
    for (status, body, expected) in cases {
        for model in [anthropic, gemini] {
            let server = Server::answering([Answer::Whole(status, &[], body.to_string())]).await;
            let error = model(&server).answer(&shaped_question()).await.expect_err("a rejection");
            assert!(expected(&error), "{body}: {error:?}");
            server.only_request();
        }
    }
    let server = Server::answering([refused(404, "nothing here")]).await;
    let error = gemini(&server).answer(&question()).await.expect_err("a rejection");
    assert!(error.to_string().ends_with("the base URL usually ends in /v1beta"), "{error}");
}

#[tokio::test]
async fn an_id_that_no_header_may_hold_is_said_so() {
    let server = Server::answering([]).await;
    let request = Request { id: Some("run 7\nX-Other: header".into()), ..question() };
    let error = anthropic(&server).answer(&request).await.expect_err("no such id");
    assert!(matches!(error, Error::Misconfigured { .. }), "{error}");
}
