//! Servers that do not take everything, and what is remembered about them.

use futures::TryStreamExt;
use serde_json::{Value, json};
use skillsync_llm::{Chunk, Error};

use crate::server::{Answer, Server, closed, good, question, rejection, shaped_question};

const LESSON: &str = "{\"title\":\"Variables\"}";

/// How each request told the schema.
fn schema_forms(server: &Server) -> Vec<Value> {
    server.all_requests().iter().map(|asked| asked.body["response_format"]["type"].clone()).collect()
}

#[tokio::test]
async fn a_server_without_json_schema_is_asked_for_a_json_object() {
    for status in [400, 422, 500] {
        let refusal = || rejection(status, "response_format.type: input should be 'text' or 'json_object'", None);
        let server = Server::answering([refusal(), good(LESSON), good(LESSON)]).await;
        let model = server.model();
        assert_eq!(model.complete(&shaped_question()).await.expect("a good answer").text, LESSON);
        let body = server.all_requests().pop().expect("two requests").body;
        let schema = shaped_question().schema.expect("a schema").schema;
        assert_eq!(body["response_format"], json!({ "type": "json_object", "schema": schema }));
        let words = body["messages"][1]["content"].as_str().expect("text");
        assert!(words.starts_with("What is a variable?\n\nAnswer with one JSON value"), "{words}");
        assert!(words.ends_with(&schema.to_string()), "{words}");

        // A clone knows it too, and does not try again.
        model.clone().complete(&shaped_question()).await.expect("a good answer");
        assert_eq!(schema_forms(&server), ["json_object"]);
    }
}

#[tokio::test]
async fn a_server_without_any_response_format_is_told_the_schema_in_words() {
    let refusal = || rejection(400, "unknown field", None);
    let server = Server::answering([refusal(), refusal(), good(LESSON), good(LESSON)]).await;
    let model = server.model();
    model.complete(&shaped_question()).await.expect("a good answer");
    assert_eq!(schema_forms(&server), [json!("json_schema"), json!("json_object"), json!(null)]);
    model.complete(&shaped_question()).await.expect("a good answer");
    assert_eq!(schema_forms(&server), [json!(null)]);
}

#[tokio::test]
async fn a_failure_that_passes_is_not_remembered() {
    let server = Server::answering([rejection(500, "oops", None), good(LESSON), good(LESSON)]).await;
    let model = server.model();
    model.complete(&shaped_question()).await.expect("a good answer");
    model.complete(&shaped_question()).await.expect("a good answer");
    assert_eq!(schema_forms(&server), ["json_schema", "json_object", "json_schema"]);
}

#[tokio::test]
async fn what_worked_before_is_not_given_up_over_another_complaint() {
    let server = Server::answering([good(LESSON), rejection(500, "oops", None), good(LESSON)]).await;
    let model = server.model();
    model.complete(&shaped_question()).await.expect("a good answer");
    let error = model.complete(&shaped_question()).await.expect_err("a failure");
    assert!(matches!(error, Error::ServerError { status: 500, .. }), "{error}");
    model.complete(&shaped_question()).await.expect("a good answer");
    assert_eq!(schema_forms(&server), ["json_schema", "json_schema", "json_schema"]);
}

#[tokio::test]
async fn if_asking_for_less_does_not_help_the_first_complaint_is_told() {
    let answers =
        [rejection(400, "unknown parameter: foo", None), rejection(400, "bar", None), rejection(400, "baz", None)];
    let server = Server::answering(answers).await;
    let error = server.model().complete(&shaped_question()).await.expect_err("a failure");
    assert!(error.to_string().ends_with("unknown parameter: foo"), "{error}");
    assert_eq!(server.all_requests().len(), 3);
}

#[tokio::test]
async fn a_prompt_that_is_too_long_is_not_asked_again() {
    let too_long = rejection(400, "too long", Some("context_length_exceeded"));
    let server = Server::answering([too_long]).await;
    assert_eq!(server.model().complete(&shaped_question()).await, Err(Error::PromptTooLong));
}

#[tokio::test]
async fn the_new_name_of_the_length_limit_is_learned() {
    let message =
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    let refusal = rejection(400, message, Some("unsupported_parameter"));
    let server = Server::answering([refusal, good("Yes."), good("Yes.")]).await;
    let model = server.model();
    model.complete(&question()).await.expect("a good answer");
    model.complete(&question()).await.expect("a good answer");
    let bodies = server.all_requests().into_iter().map(|asked| asked.body).collect::<Vec<_>>();
    assert_eq!(bodies[0]["max_tokens"], json!(500));
    for body in &bodies[1..] {
        assert_eq!((&body["max_tokens"], &body["max_completion_tokens"]), (&json!(null), &json!(500)));
    }
}

#[tokio::test]
async fn a_server_that_cannot_count_in_streams_is_asked_without() {
    let refusal = rejection(422, "extra fields not permitted: stream_options", None);
    let events = closed(vec![
        json!({ "choices": [{ "delta": { "content": "Yes." }, "finish_reason": "stop" }] }).to_string(),
        "[DONE]".into(),
    ]);
    let server = Server::answering([refusal, events]).await;
    let chunks = server.model().stream(&question()).try_collect::<Vec<_>>().await.expect("a good stream");
    assert!(matches!(chunks.last(), Some(Chunk::Done(_))));
    let asked = server.all_requests();
    assert!(asked[0].body["stream_options"].is_object() && asked[1].body["stream_options"].is_null());
}

#[tokio::test]
async fn a_plain_failure_is_mistaken_for_the_schema_only_once() {
    let down = || rejection(500, "oops", None);
    let server = Server::answering([down(), down(), down(), down(), good(LESSON)]).await;
    let model = server.model();
    model.complete(&shaped_question()).await.expect_err("it is down");
    assert_eq!(schema_forms(&server), [json!("json_schema"), json!("json_object"), json!(null)]);
    model.complete(&shaped_question()).await.expect_err("it is still down");
    model.complete(&shaped_question()).await.expect("it is up again");
    assert_eq!(schema_forms(&server), ["json_schema", "json_schema"]);
}

#[tokio::test]
async fn a_server_that_falls_over_the_schema_twice_is_not_made_to_again() {
    let falls = || rejection(500, "oops", None);
    let server = Server::answering([falls(), good(LESSON), falls(), good(LESSON), good(LESSON), good(LESSON)]).await;
    let model = server.model();
    for _ in 0..4 {
        model.complete(&shaped_question()).await.expect("a good answer");
    }
    assert_eq!(
        schema_forms(&server),
        ["json_schema", "json_object", "json_schema", "json_object", "json_object", "json_object"]
    );
}

#[tokio::test]
async fn limits_keys_and_credit_are_nothing_that_another_form_would_mend() {
    let refusals = [
        (429, "Rate limit reached for response_format requests", None),
        (401, "schema service: unauthorized", None),
        (403, "json_schema is not for you", None),
        (402, "no credit for json_schema", None),
        (400, "Your credit balance is too low for tool use with a schema", None),
        (503, "grammar service overloaded", None),
        (400, "the model wrote no JSON of this schema", Some("json_validate_failed")),
    ];
    for (status, message, code) in refusals {
        let server = Server::answering([rejection(status, message, code)]).await;
        server.model().answer(&shaped_question()).await.expect_err(message);
        assert_eq!(schema_forms(&server), ["json_schema"], "{message}");
    }
}

#[tokio::test]
async fn a_limit_that_comes_while_asking_for_less_is_told() {
    let limited = Answer::Whole(429, &[("retry-after", "7")], "{}".to_owned());
    let server = Server::answering([rejection(500, "oops", None), limited, good(LESSON)]).await;
    let model = server.model();
    let error = model.complete(&shaped_question()).await.expect_err("a limit");
    assert!(matches!(error, Error::RateLimited { retry_after: Some(_) }), "{error}");
    model.complete(&shaped_question()).await.expect("a good answer");
    assert_eq!(schema_forms(&server), ["json_schema", "json_object", "json_schema"]);
}

#[tokio::test]
async fn a_model_that_insists_on_its_own_temperature_gets_none() {
    let message = "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported.";
    let server =
        Server::answering([rejection(400, message, Some("unsupported_value")), good(LESSON), good(LESSON)]).await;
    let model = server.model();
    for _ in 0..2 {
        model.complete(&shaped_question()).await.expect("a good answer");
    }
    let given = server.all_requests().iter().map(|asked| asked.body["temperature"].clone()).collect::<Vec<_>>();
    assert_eq!(given, [json!(0.3), json!(null), json!(null)]);
}
