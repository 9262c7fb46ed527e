//! The provider as the program's own client sees it.

use std::time::Duration;

use futures::StreamExt;
use serde_json::json;
use skillsync_llm::{Chunk, Error, JsonSchema, Message, Model, OpenAiConfig, Reply, Request, Secret, Timeouts};

use super::*;

fn client(provider: &Provider, process: &str) -> Model {
    let second = Duration::from_secs(1);
    Model::open_ai_compatible(OpenAiConfig {
        provider: "trial".to_owned(),
        base_url: provider.base_url(0),
        api_key: Some(Secret::new(process)),
        model: "faults".to_owned(),
        timeouts: Timeouts { connect: second, idle: second, total: second },
    })
}

fn quiz() -> Request {
    let properties = json!({ "questions": { "type": "array", "minItems": 2 } });
    let schema = JsonSchema { name: "quiz".to_owned(), schema: json!({ "type": "object", "properties": properties }) };
    let data = "<lesson_request>{\"topic\": \"Bees\"}</lesson_request>";
    Request { schema: Some(schema), ..Request::new(vec![Message::user(data)], 100) }
}

async fn streamed(model: &Model) -> Result<Reply, Error> {
    let mut chunks = model.stream(&quiz());
    while let Some(chunk) = chunks.next().await {
        if let Chunk::Done(reply) = chunk? {
            return Ok(reply);
        }
    }
    panic!("a stream ends with an answer or an error")
}

fn is_the_charge(reply: &Reply, call: &Call) {
    let usage = &reply.usage;
    let counted = [usage.input_tokens, usage.cached_input_tokens, usage.output_tokens].map(u64::cast_signed);
    assert!(usage.exact);
    assert_eq!(counted, [call.charge.input, call.charge.cached, call.charge.output]);
}

#[tokio::test]
async fn answers_are_whole_and_counted_whichever_way_they_are_sent() {
    let provider = Provider::start(1).await.unwrap();
    let model = client(&provider, "first");
    let whole = model.complete(&quiz()).await.unwrap();
    let in_chunks = streamed(&model).await.unwrap();
    assert!(whole.text.contains("What does this program print?"));
    assert_eq!(whole.text, in_chunks.text);
    let calls = provider.calls();
    for (reply, call) in [whole, in_chunks].iter().zip(&calls) {
        is_the_charge(reply, call);
        assert_eq!((call.process.as_str(), call.topic.as_str(), call.step.as_str()), ("first", "Bees", "quiz"));
        assert_eq!(call.fate, Fate::Delivered);
    }
    assert_ne!(calls[0].charge, calls[1].charge, "sums must be telling");
}

#[tokio::test]
async fn a_schema_is_known_however_it_is_told() {
    let schema = quiz().schema.unwrap().schema;
    let words = format!("Write.\n\n{SCHEMA}{schema}", SCHEMA = "It must follow this JSON Schema:\n");
    let ask = |content: &str| json!([{ "role": "user", "content": content }]);
    for body in [
        json!({ "messages": ask("Write."), "response_format": { "type": "json_object", "schema": schema } }),
        json!({ "messages": ask(&words) }),
    ] {
        assert_eq!(wire::Question::read(&body).step(), "quiz");
    }
}

#[tokio::test]
async fn a_hold_lasts_until_it_is_lifted_and_is_for_one_process() {
    let provider = Provider::start(1).await.unwrap();
    let (first, second) = (client(&provider, "first"), client(&provider, "second"));
    for in_the_middle in [false, true] {
        provider.hold("first", Hold { which: Which::Step("quiz"), in_the_middle });
        let asked = streamed(&first);
        let others = async {
            while provider.open("first").is_empty() {
                tokio::task::yield_now().await;
            }
            second.complete(&quiz()).await.unwrap();
            assert_eq!(provider.open("first").len(), 1);
            provider.release("first");
        };
        let (reply, ()) = futures::join!(asked, others);
        reply.unwrap();
    }
    provider.hold("first", Hold { which: Which::After(2), in_the_middle: false });
    assert!(matches!(streamed(&first).await, Err(Error::Timeout)));
    provider.rule(|rules| rules.stale.push("first".to_owned()));
    provider.release("first");
    assert_eq!(streamed(&first).await.unwrap().model, STALE);
}

#[tokio::test]
async fn every_failure_is_seen_and_billed_as_it_should_be() {
    let provider = Provider::start(1).await.unwrap();
    let model = client(&provider, "first");
    model.complete(&quiz()).await.unwrap();
    for failure in Failure::ALL {
        provider.rule(|rules| rules.failures = HashMap::from([(0, failure)]));
        let before = provider.calls().len();
        let reply = streamed(&model).await;
        let calls = provider.calls().split_off(before);
        assert_eq!(calls.len(), 1, "{failure:?}");
        match failure {
            Failure::WrongShape => is_the_charge(&reply.unwrap(), &calls[0]),
            Failure::Refuses => {
                let usage = reply.unwrap_err().usage().unwrap();
                assert_eq!(usage.output_tokens.cast_signed(), calls[0].charge.output);
            }
            failure => {
                let error = reply.unwrap_err();
                let rejected = matches!(
                    error,
                    Error::RateLimited { .. }
                        | Error::ServerError { .. }
                        | Error::Unauthorized
                        | Error::BadRequest { .. }
                );
                assert_eq!(calls[0].is_billed(), !rejected, "{failure:?}: {error}");
                if failure == Failure::TooManyRequests {
                    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
                }
            }
        }
    }
}
