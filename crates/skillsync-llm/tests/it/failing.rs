//! Everything that goes wrong at a server, and what it is called here.

use std::time::Duration;

use serde_json::json;
use skillsync_llm::{Endpoint, Error, Model, TimeoutPhase, Usage};
use tokio::net::TcpListener;

use crate::server::{Answer, Server, completion, endpoint, impatient, json_answer, question, rejection};

/// Asks a server that gives one answer and expects it to be no good.
async fn failure(answer: Answer) -> Error {
    let server = Server::answering([answer]).await;
    let error = server.model().complete(&question()).await.expect_err("a failure");
    server.only_request();
    error
}

#[tokio::test]
async fn each_status_has_its_meaning() {
    let html = |status| Answer::Whole(status, &[("content-type", "text/html")], "<html>nothing here</html>".to_owned());
    let unknown_model = Error::ModelNotFound { model: "gpt-4o-mini".into() };
    assert_eq!(failure(rejection(401, "Incorrect API key", Some("invalid_api_key"))).await, Error::Unauthorized);
    assert_eq!(failure(rejection(402, "Insufficient credits", None)).await, Error::OutOfCredit);
    assert_eq!(failure(rejection(404, "The model `x` does not exist", Some("model_not_found"))).await, unknown_model);
    assert_eq!(
        failure(rejection(429, "You exceeded your quota", Some("insufficient_quota"))).await,
        Error::OutOfCredit
    );
    let too_long =
        rejection(400, "This model's maximum context length is 8192 tokens.", Some("context_length_exceeded"));
    assert_eq!(failure(too_long).await, Error::PromptTooLong);
    assert!(matches!(failure(html(404)).await, Error::WrongAddress { status: 404, .. }));
    assert!(matches!(failure(html(301)).await, Error::WrongAddress { status: 301, .. }));
    let upstream = failure(html(504)).await;
    assert!(matches!(upstream, Error::Timeout { phase: TimeoutPhase::Upstream, .. }), "{upstream}");
    let error = failure(rejection(400, "Invalid 'temperature':\n too high", None)).await;
    assert_eq!(
        error.to_string(),
        "the model server rejected the request with status 400: Invalid 'temperature': too high"
    );
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let limited = |headers| Answer::Whole(429, headers, "{}".to_owned());
    let cases: [(&'static [_], _); 4] = [
        (&[("retry-after", "20")], Some(Duration::from_secs(20))),
        (&[("retry-after", "2"), ("retry-after-ms", "1500")], Some(Duration::from_millis(1500))),
        (&[("retry-after", "-3")], None),
        (&[], None),
    ];
    for (headers, retry_after) in cases {
        let error = failure(limited(headers)).await;
        assert_eq!(error, Error::RateLimited { retry_after });
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn a_server_that_fails_is_quoted_briefly() {
    let endless = "out of memory ".repeat(10_000);
    let error = failure(Answer::Whole(503, &[("retry-after", "7")], json!({ "detail": endless }).to_string())).await;
    assert!(error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(error.to_string().starts_with("the model server failed with status 503: "), "{error}");
    assert!(error.to_string().len() < 400, "{error}");
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let server = Server::answering([Answer::Silence]).await;
    let model = Model::open_ai_compatible(Endpoint { timeouts: impatient(), ..server.endpoint() });
    let used = Some(Usage::estimate(&question(), ""));
    assert_eq!(model.complete(&question()).await, Err(Error::Timeout { phase: TimeoutPhase::Total, usage: used }));
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    drop(listener);
    let model = Model::open_ai_compatible(endpoint(&format!("http://{address}/v1")));
    let error = model.complete(&question()).await.expect_err("nobody is there");
    assert!(error.is_retryable());
    let expected = format!("the model server at http://{address} cannot be reached: Connection refused");
    assert!(error.to_string().starts_with(&expected), "{error}");
}

#[tokio::test]
async fn tls_is_there_and_needs_a_server_that_speaks_it() {
    let server = Server::answering([]).await;
    let model = Model::open_ai_compatible(endpoint(&server.base_url.replace("http:", "https:")));
    let error = model.complete(&question()).await.expect_err("no TLS there");
    let Error::Unreachable { cause, .. } = error else { panic!("{error}") };
    assert!(cause.as_str().contains("corrupt message"), "{cause}");
}

#[tokio::test]
async fn settings_that_cannot_work_say_so_at_the_first_question() {
    for base_url in ["", "api.openai.com/v1", "ftp://example.org"] {
        let error =
            Model::open_ai_compatible(endpoint(base_url)).complete(&question()).await.expect_err("no web address");
        assert!(error.to_string().contains("the base URL"), "{error}");
    }
}

#[tokio::test]
async fn a_huge_body_is_not_read_to_its_end() {
    let huge = Answer::Whole(200, &[("content-type", "application/json")], " ".repeat(5 * 1024 * 1024));
    let error = failure(huge).await;
    assert!(matches!(error, Error::TooLarge { limit_bytes: 4_194_304, usage: Some(_) }), "{error}");
}

#[tokio::test]
async fn something_other_than_an_answer_is_a_bad_reply() {
    let whole = |body: &str| Answer::Whole(200, &[], body.to_owned());
    for body in
        ["", "<html>Welcome</html>", "{\"choices\": 7}", "{\"choices\": [{\"message\"", "{}", "{\"choices\": []}"]
    {
        assert!(matches!(failure(whole(body)).await, Error::BadReply { .. }), "{body}");
    }
    let blank = completion(json!({ "role": "assistant", "content": null }), "stop", None);
    assert!(matches!(failure(json_answer(&blank)).await, Error::BadReply { usage: Some(_), .. }));
}

#[tokio::test]
async fn an_error_inside_a_good_reply_is_an_error() {
    let limited = json!({ "error": { "message": "Rate limit exceeded upstream", "code": 429 } });
    assert_eq!(failure(json_answer(&limited)).await, Error::RateLimited { retry_after: None });
    let nameless = json!({ "error": { "message": "Provider returned error", "code": null } });
    let error = failure(json_answer(&nameless)).await;
    assert!(error.to_string().contains("Provider returned error"));
    assert_eq!(error.usage(), None);
}

#[tokio::test]
async fn a_cut_answer_and_a_refusal_are_errors_that_were_paid_for() {
    let paid = json!({ "prompt_tokens": 20, "completion_tokens": 500, "total_tokens": 520 });
    let usage = Usage { input_tokens: 20, output_tokens: 500, exact: true, ..Usage::default() };
    let cut = completion(json!({ "role": "assistant", "content": "A variable is" }), "length", Some(paid.clone()));
    assert_eq!(failure(json_answer(&cut)).await, Error::Truncated { usage });

    let words = json!({ "role": "assistant", "content": null, "refusal": "I'm sorry, I can't help with that." });
    let error = failure(json_answer(&completion(words, "stop", Some(paid.clone())))).await;
    assert_eq!(error, Error::Refused { reason: "I'm sorry, I can't help with that.".into(), usage });
    assert_eq!(error.usage(), Some(usage));

    let filtered = completion(json!({ "role": "assistant", "content": "A" }), "content_filter", Some(paid));
    assert!(matches!(failure(json_answer(&filtered)).await, Error::Refused { .. }));
}
