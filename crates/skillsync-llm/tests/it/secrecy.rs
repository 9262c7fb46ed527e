//! The key is shown nowhere, however hard the server tries.

use serde_json::json;
use skillsync_llm::{Endpoint, Error, Model, Secret};

use crate::server::{Answer, KEY, Server, completion, endpoint, json_answer, question, rejection};

fn assert_hidden(shown: &str) {
    assert!(!shown.contains(KEY), "{shown}");
}

#[tokio::test]
async fn no_error_quotes_the_key() {
    let echo = format!("{}Bearer {KEY} is no good", "x".repeat(220));
    let refusal = json!({ "role": "assistant", "content": null, "refusal": echo });
    let answers = [
        rejection(400, &echo, None),
        rejection(401, &echo, None),
        rejection(404, &format!("model {echo}"), None),
        rejection(500, &format!("{KEY}{KEY}"), Some(KEY)),
        Answer::Whole(418, &[], echo.clone()),
        Answer::Whole(200, &[], json!({ "choices": KEY }).to_string()),
        json_answer(&json!({ "error": { "message": KEY, "code": 400 } })),
        json_answer(&completion(refusal, "stop", None)),
    ];
    let count = answers.len();
    let server = Server::answering(answers).await;
    let model = server.model();
    for _ in 0..count {
        let error = model.complete(&question()).await.expect_err("a failure");
        assert_hidden(&format!("{error} {error:?}"));
        // Not even its beginning, which is what cutting before hiding would leave.
        assert!(!format!("{error:?}").contains("sk-test"), "{error:?}");
    }
}

#[tokio::test]
async fn nothing_prints_the_key() {
    let with_password = format!("http://user:{KEY}@127.0.0.1:9/{KEY}/v1?key={KEY}");
    let written = Endpoint { base_url: with_password, ..endpoint("") };
    let model = Model::open_ai_compatible(written.clone());
    assert_hidden(&format!("{written:?} {model:?} {0:?} {0}", Secret::new(KEY)));
    assert!(format!("{written:?}").contains("http://127.0.0.1:9"));
    let error = model.complete(&question()).await.expect_err("nobody is there");
    assert_hidden(&format!("{error} {error:?}"));
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_not_quoted_either() {
    let api_key = Some(Secret::new(format!("{KEY}\nX-Other: header")));
    let model = Model::open_ai_compatible(Endpoint { api_key, ..endpoint("http://127.0.0.1:9/v1") });
    let error = model.complete(&question()).await.expect_err("no such key");
    assert!(matches!(error, Error::Misconfigured { .. }), "{error}");
    assert_hidden(&format!("{error} {error:?}"));
}
