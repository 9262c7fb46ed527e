//! What every provider must do, whoever it is: each case is run with each provider's own recordings, over HTTP.

mod anthropic;
mod cases;
mod gemini;
mod openai;
mod wire;

use futures::StreamExt;
use serde_json::{Value, json};
use skillsync_llm::{Chunk, Endpoint, Error, Gate, Model, Reply, Request, TimeoutPhase, Timeouts, Usage, list_models};
use tokio::net::TcpListener;

use crate::server::{Answer, KEY, Then, question, shaped_question};
use cases::{CASES, Case, LITTLE, is_limited};
use wire::Provider;

/// The text of every good answer: JSON of the wanted shape, with letters of two and four bytes.
pub const TEXT: &str = "{\"title\":\"Grüße 🦀\"}";

/// The ways to ask.
#[derive(Debug, Clone, Copy)]
enum Way {
    Whole,
    Stream,
    Answer,
}

/// Asks in one way. A stream must bring as its pieces what it brings in the end.
async fn ask(way: Way, model: &Model, request: &Request) -> Result<Reply, Error> {
    match way {
        Way::Whole => model.complete(request).await,
        Way::Answer => model.answer(request).await,
        Way::Stream => {
            let mut stream = model.stream(request);
            let mut text = String::new();
            let mut end = None;
            while let Some(chunk) = stream.next().await {
                assert!(end.is_none(), "something came after the end");
                match chunk {
                    Ok(Chunk::Text(piece)) => text.push_str(&piece),
                    Ok(Chunk::Done(reply)) => {
                        assert_eq!(reply.text, text);
                        end = Some(Ok(reply));
                    }
                    Err(error) => end = Some(Err(error)),
                }
            }
            end.expect("a stream ends with a reply or an error")
        }
    }
}

#[tokio::test]
async fn every_failure_has_its_name() {
    for provider in Provider::all() {
        let recording = provider.recording();
        for Case { name, answer, timeouts, expected } in CASES {
            for way in [Way::Whole, Way::Stream, Way::Answer] {
                let (server, endpoint) = recording.serve([answer(&recording)]).await;
                let model = provider.model(Endpoint { timeouts: timeouts(endpoint.timeouts), ..endpoint });
                let error = ask(way, &model, &question()).await.expect_err(name);
                assert!(expected(&recording, &error), "{provider:?}, {way:?}, {name}: {error:?}");
                let shown = format!("{error} {error:?}");
                assert!(!shown.contains("sk-test"), "{provider:?}, {way:?}, {name}: {shown}");
                // A plain question has only one form, so nothing is asked twice. On a busy machine the time can be up before
                // the question has arrived.
                let asked = server.all_requests().len();
                let was_late = matches!(error, Error::Timeout { .. });
                assert!(asked == 1 || asked == 0 && was_late, "{provider:?}, {way:?}, {name}: {asked}");
            }
        }
    }
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_in_time_has_used_nothing() {
    // It accepts connections and never says the first word of TLS.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base_url = format!("https://{}/v1", listener.local_addr().expect("a bound address"));
    for provider in Provider::all() {
        let endpoint = crate::server::endpoint(&base_url);
        let timeouts = Timeouts { connect: LITTLE, ..endpoint.timeouts };
        let model = provider.model(Endpoint { timeouts, ..endpoint });
        let error = model.answer(&question()).await.expect_err("nobody speaks");
        assert_eq!(error, Error::timed_out(TimeoutPhase::Connect), "{provider:?}");
    }
}

#[tokio::test]
async fn a_good_answer_is_the_same_in_every_way() {
    for provider in Provider::all() {
        let recording = provider.recording();
        let good = &recording.good;
        for (way, answer) in
            [(Way::Whole, good.whole()), (Way::Stream, good.streamed()), (Way::Answer, good.streamed())]
        {
            let (server, endpoint) = recording.serve([answer]).await;
            let model = provider.model(endpoint);
            let request = Request { id: Some("run-7/plan".into()), ..shaped_question() };
            let reply = ask(way, &model, &request).await.expect("a good answer");
            assert_eq!((reply.text.as_str(), reply.model.as_str()), (TEXT, "answering-model"), "{provider:?}, {way:?}");
            if matches!(way, Way::Whole) || good.counted_in_stream {
                assert_eq!(reply.usage, good.usage, "{provider:?}, {way:?}");
            } else {
                assert!(!reply.usage.exact && reply.usage.output_tokens > 0, "{provider:?}, {way:?}");
            }
            for asked in server.all_requests() {
                let [whole, streamed] = recording.paths;
                assert_eq!(asked.path, if matches!(way, Way::Whole) { whole } else { streamed });
                assert_eq!(asked.headers["x-client-request-id"], "run-7/plan");
                let key = asked.headers[recording.key_header].to_str().expect("text");
                assert!(key.ends_with(KEY), "{provider:?}");
            }
        }
    }
}

#[tokio::test]
async fn servers_that_count_only_whole_answers_are_asked_for_those() {
    for provider in Provider::all() {
        let recording = provider.recording();
        let good = &recording.good;
        let second = if good.counted_in_stream { good.streamed() } else { good.whole() };
        let (server, endpoint) = recording.serve([good.streamed(), second]).await;
        let model = provider.model(endpoint);
        let first = model.answer(&shaped_question()).await.expect("a good answer");
        assert_eq!(first.usage.exact, good.counted_in_stream, "{provider:?}");
        // A clone knows what was learned.
        let second = model.clone().answer(&shaped_question()).await.expect("a good answer");
        assert_eq!((second.text.as_str(), second.usage), (TEXT, good.usage), "{provider:?}");
        let asked = server.all_requests().pop().expect("a request");
        let streamed = asked.body["stream"] == true || asked.path.contains("stream");
        assert_eq!(streamed, good.counted_in_stream, "{provider:?}");
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_is_never_a_shorter_answer() {
    for provider in Provider::all() {
        let recording = provider.recording();
        let pieces = &recording.good.pieces;
        let gate = Gate::closed();
        gate.open();
        for kept in 0..pieces.len() {
            let kept_pieces = pieces[..kept].to_vec();
            let is_whole = kept >= recording.pieces_until_stop;
            for then in [Then::Close, Then::Break(gate.clone())] {
                // A connection that breaks takes pieces along, so it may hide that the answer was whole.
                let is_sure = matches!(then, Then::Close) || !is_whole;
                let (_server, endpoint) = recording.serve([Answer::Stream(kept_pieces.clone(), then)]).await;
                match provider.model(endpoint).answer(&shaped_question()).await {
                    Ok(reply) => assert!(is_whole && reply.text == TEXT, "{provider:?}, {kept}: {}", reply.text),
                    Err(error) => {
                        assert!(!is_whole || !is_sure, "{provider:?}, {kept}: {error:?}");
                        let Error::Interrupted { usage: Some(usage), .. } = error else {
                            panic!("{provider:?}, {kept}: {error:?}");
                        };
                        assert!(!usage.exact && usage.input_tokens > 0, "{provider:?}, {kept}: {usage:?}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_within_a_piece_is_never_a_shorter_answer() {
    for provider in Provider::all() {
        let recording = provider.recording();
        let stream = recording.good.pieces.concat().into_bytes();
        let length_until_stop = recording.good.pieces[..recording.pieces_until_stop].concat().len();
        for kept in (0..stream.len()).step_by(37) {
            // Half a letter is lost as well: the server speaks in text here, and the bytes before it are enough.
            let kept = String::from_utf8_lossy(&stream[..kept]).trim_end_matches('\u{fffd}').to_owned();
            let (_server, endpoint) = recording.serve([Answer::Stream(vec![kept.clone()], Then::Close)]).await;
            match provider.model(endpoint).answer(&shaped_question()).await {
                Ok(reply) => assert_eq!(reply.text, TEXT, "{provider:?}: {kept}"),
                // What comes after the model has stopped cannot spoil the answer.
                Err(error) if kept.len() >= length_until_stop => panic!("{provider:?}: {kept}: {error:?}"),
                Err(error) => assert!(error.is_retryable() && error.usage().is_some(), "{provider:?}: {error:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_had_arrived_is_counted_when_a_stream_breaks() {
    for provider in Provider::all() {
        let recording = provider.recording();
        let before_stop = recording.good.pieces[..recording.pieces_until_stop - 1].to_vec();
        let (_server, endpoint) = recording.serve([Answer::Stream(before_stop, Then::Close)]).await;
        let error = provider.model(endpoint).answer(&shaped_question()).await.expect_err("it was cut");
        let usage = error.usage().expect("an estimate");
        let least = Usage::estimate(&shaped_question(), TEXT);
        assert!(!usage.exact && usage.output_tokens >= least.output_tokens, "{provider:?}: {usage:?}");
    }
}

#[tokio::test]
async fn streams_end_badly_as_whole_answers_do() {
    for provider in Provider::all() {
        let recording = provider.recording();
        let counts = |usage: Usage, expected: Usage| usage == expected || !recording.good.counted_in_stream;
        let streams = [recording.refused.streamed(), recording.truncated.streamed()];
        let (_server, endpoint) = recording.serve(streams).await;
        let model = provider.model(endpoint);
        for way in [Way::Stream, Way::Answer] {
            match ask(way, &model, &question()).await.expect_err("no answer") {
                Error::Refused { usage, .. } => assert!(counts(usage, recording.refused.usage), "{provider:?}"),
                Error::Truncated { usage } => assert!(counts(usage, recording.truncated.usage), "{provider:?}"),
                error => panic!("{provider:?}: {error:?}"),
            }
        }
        let (broken_off, expected) = &recording.broken_off;
        let (_server, endpoint) = recording.serve([Answer::Stream(broken_off.clone(), Then::Close)]).await;
        let error = provider.model(endpoint).answer(&question()).await.expect_err("it broke off");
        assert!(expected(&error), "{provider:?}: {error:?}");
    }
}

#[tokio::test]
async fn json_of_another_shape_is_no_answer() {
    for provider in Provider::all() {
        let recording = provider.recording();
        for shape in recording.wrong_shapes.iter().chain([&json!({}), &Value::Null, &json!({ "answer": KEY })]) {
            let line = format!("data: {shape}\n\n");
            let answers = [
                crate::server::json_answer(shape),
                Answer::Stream(vec![line.clone()], Then::Close),
                Answer::Stream(vec![line], Then::Close),
            ];
            let (_server, endpoint) = recording.serve(answers).await;
            let model = provider.model(endpoint);
            for way in [Way::Whole, Way::Stream, Way::Answer] {
                let error = ask(way, &model, &question()).await.expect_err("no answer");
                let is_named = match &error {
                    Error::BadReply { usage, .. } => usage.is_some(),
                    // An event that says nothing is passed over, and then there is no end.
                    Error::Interrupted { usage, .. } => !matches!(way, Way::Whole) && usage.is_some(),
                    _ => false,
                };
                assert!(is_named, "{provider:?}, {way:?}, {shape}: {error:?}");
                assert!(!format!("{error:?}").contains("sk-test"), "{error:?}");
            }
        }
    }
}

#[tokio::test]
async fn models_are_listed() {
    for provider in Provider::all() {
        let recording = provider.recording();
        let answers =
            [crate::server::json_answer(&recording.models), (recording.unauthorized)(), (recording.limited)()];
        let (server, Endpoint { base_url, api_key, timeouts, .. }) = recording.serve(answers).await;
        let list = || list_models(recording.format, &base_url, api_key.as_ref(), timeouts);
        assert_eq!(list().await.expect("a list"), ["one", "two"], "{provider:?}");
        assert_eq!(list().await, Err(Error::Unauthorized), "{provider:?}");
        assert!(is_limited(&list().await.expect_err("a limit")), "{provider:?}");
        let asked = server.all_requests().remove(0);
        assert!(asked.path.starts_with(&format!("{}/models", recording.base_path)), "{}", asked.path);
        assert!(asked.headers.contains_key(recording.key_header), "{provider:?}");
    }
}
