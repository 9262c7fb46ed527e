//! The provider as any client sees it.

use std::time::Duration;

use serde_json::json;

use super::*;

/// What was read of an answer.
#[derive(Debug, Default)]
struct Reply {
    text: String,
    refusal: String,
    model: String,
    usage: Value,
}

/// Asks for a quiz, whole or streamed. An answer that cannot be read is told as its error.
async fn ask(provider: &Provider, process: &str, streamed: bool) -> Result<Reply, String> {
    let properties = json!({ "questions": { "type": "array", "minItems": 2 } });
    let schema = json!({ "name": "quiz", "schema": { "type": "object", "properties": properties } });
    let data = "<lesson_request>{\"topic\": \"Bees\"}</lesson_request>";
    let body = json!({
        "messages": [{ "role": "user", "content": data }], "max_tokens": 100, "stream": streamed,
        "response_format": { "type": "json_schema", "json_schema": schema },
    });
    let request = reqwest::Client::new().post(format!("{}/chat/completions", provider.base_url(0)));
    let request = request.bearer_auth(process).json(&body).timeout(Duration::from_secs(1));
    let response = request.send().await.map_err(|error| error.to_string())?;
    if !response.status().is_success() {
        return Err(response.status().as_u16().to_string());
    }
    let text = response.text().await.map_err(|error| error.to_string())?;
    let parts = if streamed {
        text.lines().filter_map(|line| line.strip_prefix("data: ")).collect()
    } else {
        vec![text.as_str()]
    };
    let mut reply = Reply::default();
    for part in parts.into_iter().filter(|part| *part != "[DONE]") {
        let part: Value = serde_json::from_str(part).map_err(|error| error.to_string())?;
        let choice = &part["choices"][0];
        for message in [&choice["message"], &choice["delta"]] {
            reply.text.push_str(message["content"].as_str().unwrap_or_default());
            reply.refusal.push_str(message["refusal"].as_str().unwrap_or_default());
        }
        reply.model = part["model"].as_str().unwrap_or_default().to_owned();
        reply.usage = part["usage"].clone();
    }
    Ok(reply)
}

fn is_the_charge(reply: &Reply, call: &Call) {
    let counted = ["/prompt_tokens", "/prompt_tokens_details/cached_tokens", "/completion_tokens"]
        .map(|count| reply.usage.pointer(count).and_then(Value::as_i64).unwrap());
    assert_eq!(counted, [call.charge.input, call.charge.cached, call.charge.output]);
}

#[tokio::test]
async fn answers_are_whole_and_counted_whichever_way_they_are_sent() {
    let provider = Provider::start(1).await.unwrap();
    let replies = [ask(&provider, "first", false).await.unwrap(), ask(&provider, "first", true).await.unwrap()];
    assert!(replies[0].text.contains("What does this program print?"));
    assert_eq!(replies[0].text, replies[1].text);
    let calls = provider.calls();
    for (reply, call) in replies.iter().zip(&calls) {
        is_the_charge(reply, call);
        assert_eq!((call.process.as_str(), call.topic.as_str(), call.step.as_str()), ("first", "Bees", "quiz"));
        assert_eq!(call.fate, Fate::Delivered);
    }
    assert_ne!(calls[0].charge, calls[1].charge, "sums must be telling");
}

#[tokio::test]
async fn a_schema_is_known_however_it_is_told() {
    let schema = json!({ "properties": { "questions": {} } });
    let words = format!("Write.\n\nIt must follow this JSON Schema:\n{schema}");
    let ask = |content: &str| json!([{ "role": "user", "content": content }]);
    for body in [
        json!({ "messages": ask("Write."), "response_format": { "type": "json_object", "schema": schema } }),
        json!({ "messages": ask(&words) }),
    ] {
        assert_eq!(Question::read(&body).step(), "quiz");
    }
}

#[tokio::test]
async fn a_hold_lasts_until_it_is_lifted_and_is_for_one_process() {
    let provider = Provider::start(1).await.unwrap();
    for in_the_middle in [false, true] {
        provider.hold("first", Hold { which: Which::Step("quiz"), in_the_middle });
        let others = async {
            while provider.open("first").is_empty() {
                tokio::task::yield_now().await;
            }
            ask(&provider, "second", false).await.unwrap();
            assert_eq!(provider.open("first").len(), 1);
            provider.release("first");
        };
        let (reply, ()) = futures::join!(ask(&provider, "first", true), others);
        assert_eq!(reply.unwrap().model, "writer");
    }
    provider.hold("first", Hold { which: Which::After(2), in_the_middle: false });
    ask(&provider, "first", true).await.unwrap_err();
    provider.rule(|rules| rules.stale.push("first".to_owned()));
    provider.release("first");
    assert_eq!(ask(&provider, "first", true).await.unwrap().model, STALE);
}

#[tokio::test]
async fn every_failure_is_seen_and_billed_as_it_should_be() {
    let provider = Provider::start(1).await.unwrap();
    for failure in Failure::ALL {
        provider.rule(|rules| rules.failures = HashMap::from([(0, failure)]));
        let reply = ask(&provider, "first", true).await;
        let call = provider.calls().pop().unwrap();
        let rejection = match failure {
            Failure::TooManyRequests => Some("429"),
            Failure::ServerError => Some("500"),
            Failure::Unavailable => Some("503"),
            Failure::Unauthorized => Some("401"),
            _ => None,
        };
        assert_eq!(call.is_billed(), rejection.is_none(), "{failure:?}");
        match failure {
            Failure::WrongShape => {
                is_the_charge(reply.as_ref().unwrap(), &call);
                assert!(reply.unwrap().text.contains("poem"));
            }
            Failure::Refuses => {
                is_the_charge(reply.as_ref().unwrap(), &call);
                assert!(!reply.unwrap().refusal.is_empty());
            }
            // What is no answer at all is not read as one by anybody who looks for its parts.
            Failure::Garbage | Failure::Huge => assert!(reply.unwrap().usage.is_null()),
            _ => {
                let error = reply.unwrap_err();
                assert!(rejection.is_none_or(|status| status == error), "{failure:?}: {error}");
            }
        }
    }
}
