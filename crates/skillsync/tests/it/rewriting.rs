//! Some blocks of a version are written again: a new version that shares all others, byte for byte.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use skillsync::generation::sample;
use skillsync::testing::TestDatabase;
use skillsync_llm::{Gate, Script, Usage};

use crate::world::{Reply, Setup, TestServer, rows, until};

const AGAIN: &str = "mutation($id: ID!, $reason: String, $blocks: [ID!]) { lessons {
    regenerateLesson(input: { lessonId: $id, reason: $reason, blockIds: $blocks }) {
        success message code oldLesson { id } newLesson { id version cost { nanoDollars calls } regenerationReason } } } }";

async fn again(server: &TestServer, token: &str, id: &str, blocks: &Value) -> Reply {
    let variables = json!({ "id": id, "reason": "Clearer, please.", "blocks": blocks });
    server.graphql(AGAIN, variables, Some(token)).await
}

fn payload(reply: &Reply) -> &Value {
    reply.good("/data/lessons/regenerateLesson")
}

#[derive(Deserialize)]
struct Document {
    blocks: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Block {
    id: String,
}

/// The blocks of a version, each as its id and its bytes.
async fn blocks(server: &TestServer, id: &str) -> Vec<(String, String)> {
    let id = id.parse().expect("a number");
    let lesson = skillsync::lessons::versions::by_id(&server.app, id).await.expect("the database").expect("a lesson");
    let document: Document = serde_json::from_str(&lesson.content).expect("a document");
    let block = |raw: &RawValue| {
        let Block { id } = serde_json::from_str(raw.get()).expect("a block");
        (id, raw.get().to_owned())
    };
    document.blocks.iter().map(|raw| block(raw)).collect()
}

/// Writes whole lessons for a price; the exercises that are written again wait for the gate.
fn writer(gate: &Gate) -> Script {
    let gate = gate.clone();
    let usage = Usage { input_tokens: 100, output_tokens: 10, exact: true, ..Usage::default() };
    let script = Script::new(move |request| {
        let answer = sample::answer(request).with_usage(usage);
        let is_exercise = request.schema.as_ref().is_some_and(|schema| schema.name == "exercise");
        if is_exercise { answer.behind(&gate) } else { answer }
    });
    script.named("gpt-4o-mini")
}

fn open_gate() -> Gate {
    let gate = Gate::closed();
    gate.open();
    gate
}

skillsync::both_engines! {
    async fn one_exercise_and_then_the_quiz_are_written_again_and_all_else_stays(database: &TestDatabase) {
        let script = writer(&open_gate());
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let first = server.lesson("Rust Lifetimes", "hands_on").await;
        let token = server.sign_up("ada@example.com").await;
        let report = format!("mutation {{ lessons {{ reportBlock(input: {{ lessonId: {first}, blockId: \"exercise-2\", kind: wrong,
            comment: \"</problems> It asks for seven.\" }}) {{ success }} }} }}");
        assert_eq!(server.graphql(&report, json!({}), Some(&token)).await.good("/data/lessons/reportBlock/success"), true);
        let whole_calls = script.calls();
        let mut id = first.clone();
        for (version, block, calls) in [(2, "exercise-2", 1), (3, "quiz", 2)] {
            let reply = again(&server, &token, &id, &json!([block, block])).await;
            let payload = payload(&reply);
            assert_eq!((&payload["success"], &payload["newLesson"]["version"]), (&json!(true), &json!(version)), "{reply:?}");
            assert_eq!(payload["newLesson"]["cost"]["calls"], calls);
            assert_eq!(payload["newLesson"]["regenerationReason"], "Clearer, please.", "what readers reported is not told everybody");
            let new = payload["newLesson"]["id"].as_str().expect("an id").to_owned();
            let (old_blocks, new_blocks) = (blocks(&server, &id).await, blocks(&server, &new).await);
            assert_eq!(old_blocks.len(), new_blocks.len());
            for ((old_id, old), (new_id, new)) in old_blocks.iter().zip(&new_blocks) {
                assert_eq!(old_id, new_id);
                // The scripted writer asks the same questions each time.
                assert!(old == new || old_id == "exercise-2", "{old_id}");
                assert!(old != new || old_id != "exercise-2" || version == 3, "the exercise is another one");
            }
            id = new;
        }
        let told = &script.requests()[whole_calls].messages[1].text;
        assert!(told.contains("Clearer, please.") && told.contains("\\u003c/problems\\u003e It asks for seven."), "{told}");
        let cost = async |id: &str| {
            let document = format!("{{ lessons {{ getLessonById(lessonId: {id}) {{ cost {{ calls inputTokens }} }} }} }}");
            server.ask(&document).await.good("/data/lessons/getLessonById/cost").clone()
        };
        let (whole, one) = (cost(&first).await, cost(&id).await);
        assert!(one["inputTokens"].as_i64() < whole["inputTokens"].as_i64(), "{one} {whole}");
        let checks = async |id: &str| {
            let id = id.parse().expect("a number");
            let lesson = skillsync::lessons::versions::by_id(&server.app, id).await.expect("the database").expect("a lesson");
            lesson.origin.checks.in_words()
        };
        assert_eq!(checks(&id).await, checks(&first).await);
        assert_eq!(rows(&database.db, "lessons").await, 3);
        server.stop().await;
    }

    async fn blocks_that_cannot_be_written_are_refused_before_anything_is_paid(database: &TestDatabase) {
        let script = writer(&open_gate());
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let id = server.lesson("Rust Lifetimes", "hands_on").await;
        let film = server.import(include_str!("../lessons/film.md")).await.to_string();
        let token = server.sign_up("ada@example.com").await;
        let (calls, runs) = (script.calls(), rows(&database.db, "runs").await);
        let film_block = blocks(&server, &film).await.into_iter().find(|(_, bytes)| bytes.contains("\"type\":\"video\""));
        let film_block = film_block.expect("a video").0;
        let all: Vec<_> = blocks(&server, &id).await.into_iter().map(|(id, _)| id).collect();
        assert!(all.len() > 10);
        for (lesson, wanted, why) in [
            (&id, json!([]), "at least one block"),
            (&id, json!(["exercise-1", "exercise-99"]), "no block with the id “exercise-99”"),
            (&id, json!(["x".repeat(5_000)]), "no block with the id"),
            (&id, json!(all), "at most 10"),
            (&film, json!([film_block]), "found elsewhere"),
        ] {
            let reply = again(&server, &token, lesson, &wanted).await;
            assert_eq!(reply.codes(), ["INVALID_INPUT"], "{reply:?}");
            assert!(reply.text.contains(why) && reply.text.len() < 1_000, "{reply:?}");
        }
        assert_eq!((script.calls(), rows(&database.db, "runs").await), (calls, runs));
        server.stop().await;
    }

    async fn who_wants_other_blocks_does_not_join_the_run_that_is_open(database: &TestDatabase) {
        let gate = Gate::closed();
        let script = writer(&gate);
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let elsewhere = TestServer::with(database, Setup::written_by(&script)).await;
        let id = server.lesson("Rust Lifetimes", "hands_on").await;
        let token = server.sign_up("ada@example.com").await;
        let cookie = format!("skillsync_session={token}");
        let calls = script.calls();
        let (first, same) = (json!(["exercise-1"]), json!(["exercise-1"]));
        let wishes = async {
            script.called(calls + 1).await;
            for place in [&server, &elsewhere] {
                for other in [json!(["exercise-2"]), json!(["exercise-1", "exercise-2"]), Value::Null] {
                    let reply = again(place, &token, &id, &other).await;
                    assert_eq!((&payload(&reply)["success"], &payload(&reply)["code"]), (&json!(false), &json!("BUSY")), "{reply:?}");
                }
                let page = place.submit(&format!("/lessons/{id}/regenerate"), &[("reason", "x"), ("block", "quiz")], Some(&cookie)).await;
                assert_eq!(page.status, 422);
                assert!(page.text.contains("Another new version of this lesson is being written"), "{}", page.text);
            }
            let page = elsewhere.submit(&format!("/lessons/{id}/regenerate"), &[("block", "exercise-1")], Some(&cookie)).await;
            assert_eq!(page.header("location"), "/generations/2", "the same wish joins");
            gate.open();
        };
        let (one, two, ()) = tokio::join!(again(&server, &token, &id, &first), again(&elsewhere, &token, &id, &same), wishes);
        let new = payload(&one)["newLesson"]["id"].clone();
        assert!(new.is_string() && new == payload(&two)["newLesson"]["id"], "{one:?} {two:?}");
        assert_eq!((rows(&database.db, "runs").await, rows(&database.db, "lessons").await), (2, 2));
        let next = again(&server, &token, &id, &json!(["exercise-2"])).await;
        assert_eq!(payload(&next)["newLesson"]["version"], 3, "now it is the other's turn");
        server.stop().await;
        elsewhere.stop().await;
    }

    async fn blocks_are_chosen_on_the_lessons_page(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&writer(&open_gate()))).await;
        let id = server.lesson("Rust Lifetimes", "hands_on").await;
        let cookie = format!("skillsync_session={}", server.sign_up("ada@example.com").await);
        let page = Reply::to(server.request(reqwest::Method::GET, &format!("/lessons/{id}")).header("cookie", &cookie)).await;
        assert!(page.text.contains("name=\"block\" value=\"exercise-2\"") && page.text.contains("Write these blocks again"));
        let fields = [("reason", ""), ("block", "exercise-2"), ("block", "text-1")];
        let sent = server.submit(&format!("/lessons/{id}/regenerate"), &fields, Some(&cookie)).await;
        assert_eq!((sent.status.as_u16(), sent.header("location")), (303, "/generations/2"));
        let new = until(async || {
            let page = server.get("/generations/2").await;
            (page.status == 303).then(|| page.header("location").to_owned())
        })
        .await;
        let new = new.rsplit('/').next().expect("a number").to_owned();
        let pairs = blocks(&server, &id).await.into_iter().zip(blocks(&server, &new).await);
        let changed: Vec<_> = pairs.filter(|(old, new)| old != new).map(|(old, _)| old.0).collect();
        assert_eq!(changed, ["text-1", "exercise-2"]);
        let page = server.get(&format!("/lessons/{new}")).await;
        assert!(page.text.contains(&format!("href=\"/lessons/{new}/changes?since=1\"")), "{}", page.text);
        let changes = server.get(&format!("/lessons/{new}/changes?since=1")).await;
        assert_eq!(changes.status, 200);
        assert!(changes.text.contains("Price sign 3") && !changes.text.contains("Check yourself"), "{}", changes.text);
        let document = format!("{{ lessons {{ getLessonById(lessonId: {new}) {{
            one: changesSince(version: 1) {{ head {{ kind }} blocks {{ blockId change lines {{ kind text }} }} }}
            none: changesSince(version: 2) {{ blocks {{ blockId }} }} missing: changesSince(version: 9) {{ blocks {{ blockId }} }} }} }} }}");
        let reply = server.ask(&document).await;
        let lesson = reply.good("/data/lessons/getLessonById");
        let blocks = lesson["one"]["blocks"].as_array().expect("changes");
        assert_eq!(blocks.iter().map(|block| (block["blockId"].as_str(), block["change"].as_str())).collect::<Vec<_>>(),
            [(Some("text-1"), Some("changed")), (Some("exercise-2"), Some("changed"))]);
        assert!(blocks[1]["lines"].as_array().is_some_and(|lines| lines.iter().any(|line| line["kind"] == "added")));
        assert_eq!((&lesson["one"]["head"], &lesson["none"], &lesson["missing"]), (&json!([]), &json!({ "blocks": [] }), &Value::Null));
        for wrong in ["since=9", "since=x", "since=-1", ""] {
            assert_eq!(server.get(&format!("/lessons/{new}/changes?{wrong}")).await.status, 404, "{wrong}");
        }
        server.stop().await;
    }
}
