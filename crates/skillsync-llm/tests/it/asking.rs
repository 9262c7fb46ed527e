//! Good answers, and what the server is sent for them.

use serde_json::json;
use skillsync_llm::{Endpoint, Model, Usage, WireFormat, list_models};

use crate::server::{Answer, KEY, Server, completion, good, json_answer, question, shaped_question};

#[tokio::test]
async fn a_good_answer_brings_text_and_counted_usage() {
    let server = Server::answering([good("A name for a value.")]).await;
    let reply = server.model().complete(&question()).await.expect("a good answer");
    assert_eq!(reply.text, "A name for a value.");
    assert_eq!(reply.model, "gpt-4o-mini-2024-07-18");
    assert!(!reply.latency.is_zero());
    let usage =
        Usage { input_tokens: 1117, cached_input_tokens: 1024, output_tokens: 246, reasoning_tokens: 128, exact: true };
    assert_eq!(reply.usage, usage);
}

#[tokio::test]
async fn usage_that_nobody_counted_is_an_estimate() {
    let message = json!({ "role": "assistant", "content": "A name for a value." });
    let uncounted = [
        None,
        Some(json!(null)),
        Some(json!({ "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0 })),
        Some(json!({ "prompt_tokens": -1, "completion_tokens": "many" })),
    ];
    for usage in uncounted {
        let server = Server::answering([json_answer(&completion(message.clone(), "stop", usage))]).await;
        let reply = server.model().complete(&question()).await.expect("a good answer");
        // 18 and 19 bytes in two messages with 4 tokens around each, and 19 bytes back, at 4 bytes a token, rounded up.
        assert_eq!(reply.usage, Usage { input_tokens: 18, output_tokens: 5, ..Usage::default() });
        assert!(!reply.usage.exact);
    }
}

#[tokio::test]
async fn reasoning_that_is_only_in_the_total_is_output() {
    let usage = json!({
        "prompt_tokens": 30, "completion_tokens": 10, "total_tokens": 140,
        "completion_tokens_details": { "reasoning_tokens": 100 }
    });
    let message = json!({ "role": "assistant", "content": "Yes." });
    let server = Server::answering([json_answer(&completion(message, "stop", Some(usage)))]).await;
    let reply = server.model().complete(&question()).await.expect("a good answer");
    assert_eq!((reply.usage.output_tokens, reply.usage.reasoning_tokens), (110, 100));
}

#[tokio::test]
async fn an_answer_in_parts_is_put_together() {
    let content = json!([{ "type": "thinking", "thinking": [] }, { "type": "text", "text": "Yes" }, { "type": "text", "text": "." }]);
    let message = json!({ "role": "assistant", "content": content });
    let server = Server::answering([json_answer(&completion(message, "stop", None))]).await;
    assert_eq!(server.model().complete(&question()).await.expect("a good answer").text, "Yes.");
}

#[tokio::test]
async fn a_plain_question_is_sent_as_it_is() {
    let server = Server::answering([good("Yes.")]).await;
    server.model().complete(&question()).await.expect("a good answer");
    let asked = server.only_request();
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    let messages = json!([
        { "role": "system", "content": "You are a teacher." },
        { "role": "user", "content": "What is a variable?" },
    ]);
    assert_eq!(asked.body, json!({ "model": "gpt-4o-mini", "messages": messages, "max_tokens": 500 }));
}

#[tokio::test]
async fn a_schema_is_sent_in_strict_mode() {
    let server = Server::answering([good("{\"title\":\"Variables\"}")]).await;
    let request = shaped_question();
    server.model().complete(&request).await.expect("a good answer");
    let body = server.only_request().body;
    let schema = request.schema.expect("a schema").schema;
    let json_schema = json!({ "name": "lesson", "strict": true, "schema": schema });
    assert_eq!(body["response_format"], json!({ "type": "json_schema", "json_schema": json_schema }));
    assert_eq!(body["temperature"], json!(0.3));
    assert_eq!(body["messages"][1]["content"], json!("What is a variable?"));
}

#[tokio::test]
async fn without_a_key_no_header_is_sent_and_a_slash_at_the_end_does_no_harm() {
    let server = Server::answering([good("Yes.")]).await;
    let base_url = format!("{}/", server.base_url);
    let model = Model::open_ai_compatible(Endpoint { api_key: None, base_url, ..server.endpoint() });
    model.complete(&question()).await.expect("a good answer");
    let asked = server.only_request();
    assert_eq!(asked.path, "/v1/chat/completions");
    assert!(!asked.headers.contains_key("authorization"));
}

#[tokio::test]
async fn models_are_listed_in_the_servers_order() {
    let list =
        json!({ "object": "list", "data": [{ "id": "llama3.2:1b", "object": "model" }, { "id": "gemma3:270m" }] });
    let empty = json!({ "object": "list", "data": null });
    let missing = Answer::Whole(404, &[], "no /v1/models here".to_owned());
    let server = Server::answering([json_answer(&list), json_answer(&empty), missing]).await;
    let Endpoint { base_url, api_key, timeouts, .. } = server.endpoint();
    let listed = list_models(WireFormat::OpenAi, &base_url, api_key.as_ref(), timeouts).await.expect("a list");
    assert_eq!(listed, ["llama3.2:1b", "gemma3:270m"]);
    assert!(list_models(WireFormat::OpenAi, &base_url, None, timeouts).await.expect("an empty list").is_empty());
    let error = list_models(WireFormat::OpenAi, &base_url, None, timeouts).await.expect_err("no list");
    assert!(error.to_string().contains("the base URL usually ends in /v1"), "{error}");
    let asked = server.all_requests();
    assert_eq!(asked[0].path, "/v1/models");
    assert!(asked[0].headers.contains_key("authorization") && !asked[1].headers.contains_key("authorization"));
}
