//! The documents of the first API run unchanged, and every field that they name comes back with its type.

use serde_json::{Value, json};
use skillsync::generation::sample::scripted_writer;
use skillsync::testing::TestDatabase;

use crate::world::{Reply, Setup, TestServer, encoded};

const GET_OR_GENERATE: &str = include_str!("../seed-api/get-or-generate.graphql");
const BY_ID: &str = include_str!("../seed-api/by-id.graphql");
const VERSIONS: &str = include_str!("../seed-api/versions.graphql");
const VOTE: &str = include_str!("../seed-api/vote.graphql");
const REGENERATE: &str = include_str!("../seed-api/regenerate.graphql");

/// Checks that a value has exactly the shape of another: the same fields with values of the same types.
#[track_caller]
fn has_shape(value: &Value, shape: &Value) {
    match (value, shape) {
        (Value::Object(fields), Value::Object(shapes)) => {
            assert_eq!(fields.keys().collect::<Vec<_>>(), shapes.keys().collect::<Vec<_>>(), "{value}");
            fields.iter().for_each(|(name, field)| has_shape(field, &shapes[name]));
        }
        (Value::Array(items), Value::Array(shapes)) => {
            assert!(!items.is_empty(), "an empty list has no shape");
            items.iter().for_each(|item| has_shape(item, &shapes[0]));
        }
        _ => assert_eq!(std::mem::discriminant(value), std::mem::discriminant(shape), "{value} is not like {shape}"),
    }
}

/// A lesson's document, as far as every lesson has it.
#[track_caller]
fn is_content(content: &Value) {
    assert_eq!(content["format"], 1);
    assert!(content["title"].is_string() && content["minutes"].is_u64(), "{content}");
    let blocks = content["blocks"].as_array().expect("blocks");
    assert!(blocks.iter().all(|block| block["id"].is_string() && block["type"].is_string()));
    assert!(!blocks.is_empty());
}

#[track_caller]
fn is_a_served_lesson(reply: &Reply, was_cached: bool) {
    let mut payload = reply.good("/data/lessons/getOrGenerateLesson").clone();
    is_content(&payload["lesson"]["content"].take());
    let lesson = json!({ "id": "", "title": "", "content": null, "viewCount": 0, "upvotes": 0, "downvotes": 0 });
    has_shape(&payload, &json!({ "success": true, "message": "", "lesson": lesson, "wasCached": true }));
    assert_eq!((&payload["success"], &payload["wasCached"]), (&json!(true), &json!(was_cached)));
}

/// A query as a browser would ask it by its address.
async fn over_get(server: &TestServer, document: &str) -> Reply {
    server.get(&format!("/graphql?query={}", encoded(document))).await
}

skillsync::both_engines! {
    async fn get_or_generate_runs_unchanged(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        is_a_served_lesson(&server.ask(GET_OR_GENERATE).await, false);
        let again = server.ask(GET_OR_GENERATE).await;
        is_a_served_lesson(&again, true);
        assert_eq!(again.at("/data/lessons/getOrGenerateLesson/lesson/viewCount"), 2);
        is_a_served_lesson(&over_get(&server, GET_OR_GENERATE).await, true);
        server.stop().await;
    }

    async fn by_id_runs_unchanged(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        assert!(server.ask(BY_ID).await.good("/data/lessons/getLessonById").is_null(), "nobody asked yet");
        server.ask(GET_OR_GENERATE).await;
        for reply in [server.ask(BY_ID).await, over_get(&server, BY_ID).await] {
            let mut lesson = reply.good("/data/lessons/getLessonById").clone();
            is_content(&lesson["content"].take());
            has_shape(&lesson, &json!({ "id": "1", "title": "", "content": null }));
            assert_eq!(lesson["id"], "1");
        }
        server.stop().await;
    }

    async fn versions_runs_unchanged(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        assert_eq!(server.ask(VERSIONS).await.good("/data/lessons/getLessonVersions"), &json!([]));
        server.ask(GET_OR_GENERATE).await;
        for reply in [server.ask(VERSIONS).await, over_get(&server, VERSIONS).await] {
            has_shape(reply.good("/data/lessons/getLessonVersions"), &json!([{ "id": "1", "upvotes": 0, "downvotes": 0 }]));
        }
        server.stop().await;
    }

    async fn vote_runs_unchanged(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        server.ask(GET_OR_GENERATE).await;
        let token = server.sign_up("ada@example.com").await;
        let reply = server.graphql(VOTE, json!({}), Some(&token)).await;
        let payload = reply.good("/data/lessons/voteLesson");
        let lesson = json!({ "id": "1", "upvotes": 1, "downvotes": 0 });
        has_shape(payload, &json!({ "success": true, "message": "", "lesson": lesson }));
        assert_eq!((&payload["success"], &payload["lesson"]), (&json!(true), &lesson));
        server.stop().await;
    }

    async fn regenerate_runs_unchanged(database: &TestDatabase) {
        let script = scripted_writer();
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        is_a_served_lesson(&server.ask(GET_OR_GENERATE).await, false);
        let token = server.sign_up("ada@example.com").await;
        let reply = server.graphql(REGENERATE, json!({}), Some(&token)).await;
        let payload = reply.good("/data/lessons/regenerateLesson");
        let expected = json!({ "success": true, "oldLesson": { "id": "1" }, "newLesson": { "id": "2" } });
        assert_eq!(payload, &expected);
        let prompts = script.requests().iter().map(|request| format!("{request:?}")).collect::<String>();
        assert!(prompts.contains("Needs more examples"), "the reason is told to the model");
        let versions = server.ask(VERSIONS).await;
        let ids: Vec<_> = versions.good("/data/lessons/getLessonVersions").as_array().into_iter().flatten().collect();
        assert_eq!(ids.iter().map(|lesson| &lesson["id"]).collect::<Vec<_>>(), ["2", "1"], "the old one is kept");
        server.stop().await;
    }

    async fn regenerating_needs_a_model_and_says_so(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        server.ask(GET_OR_GENERATE).await;
        let token = server.sign_up("ada@example.com").await;
        let document = REGENERATE.replace("success", "success message code");
        let reply = server.graphql(&document, json!({}), Some(&token)).await;
        let payload = reply.good("/data/lessons/regenerateLesson");
        assert_eq!((&payload["success"], &payload["code"]), (&json!(false), &json!("NO_MODEL")));
        assert!(payload["message"].as_str().is_some_and(|message| message.contains("OPENAI_BASE_URL")), "{payload}");
        server.stop().await;
    }
}

#[test]
fn the_documents_are_those_of_the_first_api() {
    use sha2::Digest;
    let digest =
        [BY_ID, GET_OR_GENERATE, REGENERATE, VERSIONS, VOTE].map(|text| hex::encode(sha2::Sha256::digest(text)));
    assert_eq!(digest.map(|digest| digest[..16].to_owned()), DIGESTS.map(str::to_owned));
}

/// The beginnings of the SHA-256 of the files as they were handed over, in alphabetical order.
const DIGESTS: [&str; 5] =
    ["93bbddb82034c5a1", "d38f5ab1fa2460a4", "caf14deb963c23f7", "ed1abbd2e8669202", "01d3c4c0795a737b"];
