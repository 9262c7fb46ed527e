//! However many ask at once, one run writes a lesson; it goes on without them; it fails for all of them once.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use skillsync::generation::sample;
use skillsync::testing::TestDatabase;
use skillsync_llm::{Error, Gate, Script, ScriptedAnswer};
use tokio::task::JoinSet;

use crate::world::{Reply, Setup, TestServer, http2_client, number, question, rows, until, writer_behind};

const ASK: &str = "query($title: String!) { lessons { getOrGenerateLesson(stepTitle: $title, learningStyle: reading) {
    success message code lesson { id version title } wasCached } } }";

/// Sends the same question many times at once, over a few connections.
fn ask_at_once(server: &TestServer, times: usize, title: &str) -> JoinSet<Reply> {
    let clients: Vec<_> = (0..times.div_ceil(100)).map(|_| http2_client()).collect();
    let body = json!({ "query": ASK, "variables": { "title": title } });
    (0..times).map(|index| Reply::to(question(&clients[index % clients.len()], server.address, &body, None))).collect()
}

/// The different answers that all of them got.
async fn answers(asked: JoinSet<Reply>) -> BTreeSet<String> {
    let payload = |reply: &Reply| reply.good("/data/lessons/getOrGenerateLesson").to_string();
    asked.join_all().await.iter().map(payload).collect()
}

/// Waits until this many questions have arrived, and then as many turns of a question that goes their way but does not
/// wait: by then all of them have joined the run that is held back by a gate.
async fn joined(server: &TestServer, questions: usize) {
    server.arrived(questions).await;
    let probe = "{ lessons { getOrGenerateLesson(stepTitle: \"Rust Lifetimes\", learningStyle: reading, wait: false) {
        generation { state } } } }";
    for _ in 0..questions {
        let reply = server.ask(probe).await;
        assert_eq!(reply.good("/data/lessons/getOrGenerateLesson/generation/state"), "RUNNING");
    }
}

/// Runs and versions so far.
async fn runs_and_versions(database: &TestDatabase) -> (i64, i64) {
    (rows(&database.db, "runs").await, rows(&database.db, "lessons").await)
}

skillsync::both_engines! {
    async fn a_thousand_first_requests_start_one_run(database: &TestDatabase) {
        let gate = Gate::closed();
        let script = writer_behind(&gate);
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let asked = ask_at_once(&server, 1_000, "Rust Lifetimes");
        server.arrived(1_000).await;
        gate.open();
        let answers = answers(asked).await;
        for answer in &answers {
            // Who comes when it has just been written is told so; all else is the same for all.
            let mut answer: Value = serde_json::from_str(answer).expect("JSON");
            answer["wasCached"].take();
            let lesson = json!({ "id": "1", "version": 1, "title": "Rust Lifetimes: first steps" });
            assert_eq!((&answer["success"], &answer["lesson"]), (&json!(true), &lesson), "{answers:?}");
        }
        assert_eq!(runs_and_versions(database).await, (1, 1));
        let paid = "SELECT COUNT(*) FROM run_steps WHERE name NOT LIKE 'check/%'";
        let steps = number(&database.db, paid).await;
        assert_eq!(i64::try_from(script.calls()), Ok(steps), "each part was paid for once");
        server.stop().await;
        assert_eq!(number(&database.db, "SELECT views FROM tallies").await, 1_000);
    }

    async fn a_thousand_first_requests_to_the_library_start_one_run(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let replies = ask_at_once(&server, 1_000, "Git Basics").join_all().await;
        for reply in replies {
            assert_eq!(reply.good("/data/lessons/getOrGenerateLesson/lesson/id"), "1");
        }
        assert_eq!(runs_and_versions(database).await, (1, 1));
        server.stop().await;
        assert_eq!(number(&database.db, "SELECT views FROM tallies").await, 1_000);
    }

    async fn the_lesson_is_written_though_all_hang_up(database: &TestDatabase) {
        let gate = Gate::closed();
        let script = writer_behind(&gate);
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let mut asked = ask_at_once(&server, 50, "Rust Lifetimes");
        server.arrived(50).await;
        script.called(1).await;
        asked.shutdown().await;
        server.idle().await;
        assert_eq!(rows(&database.db, "lessons").await, 0, "nothing can be there yet");
        gate.open();
        until(async || (rows(&database.db, "lessons").await == 1).then_some(())).await;
        let reply = server.graphql(ASK, json!({ "title": "Rust Lifetimes" }), None).await;
        let answer = reply.good("/data/lessons/getOrGenerateLesson");
        assert_eq!((&answer["wasCached"], &answer["lesson"]["version"]), (&json!(true), &json!(1)));
        assert_eq!(runs_and_versions(database).await, (1, 1));
        server.stop().await;
    }

    async fn a_failure_reaches_all_who_wait_once(database: &TestDatabase) {
        let gate = Gate::closed();
        let (door, secret) = (gate.clone(), "http://10.0.0.7:11434");
        let script = Script::new(move |_| {
            let error = Error::Unreachable { server: secret.into(), cause: "tcp connect error".into() };
            ScriptedAnswer::from(error).behind(&door)
        });
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let asked = ask_at_once(&server, 100, "Rust Lifetimes");
        joined(&server, 100).await;
        gate.open();
        let answers = answers(asked).await;
        let answer: Value = serde_json::from_str(answers.first().expect("an answer")).expect("JSON");
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!((&answer["success"], &answer["code"], &answer["lesson"]), (&json!(false), &json!("MODEL_UNAVAILABLE"), &Value::Null));
        let message = answer["message"].as_str().expect("a message");
        assert!(message.contains("does not answer") && !message.contains("10.0.0.7"), "{message}");
        assert_eq!(runs_and_versions(database).await, (1, 0));
        assert_eq!(rows(&database.db, "lesson_keys").await, 0);
        let again = server.graphql(ASK, json!({ "title": "Rust Lifetimes" }), None).await;
        assert_eq!(again.good("/data/lessons/getOrGenerateLesson/code"), "MODEL_UNAVAILABLE");
        assert_eq!(runs_and_versions(database).await, (1, 0), "a moment later nothing is tried again");
        server.stop().await;
    }

    async fn an_unusable_answer_is_never_stored_as_a_lesson(database: &TestDatabase) {
        let script = Script::new(|_| "I am sorry, here is a poem instead.");
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let reply = server.graphql(ASK, json!({ "title": "Rust Lifetimes" }), None).await;
        let answer = reply.good("/data/lessons/getOrGenerateLesson");
        assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("GENERATION_FAILED")));
        assert!(!answer["message"].as_str().expect("a message").contains("poem"), "{answer}");
        assert_eq!(runs_and_versions(database).await, (1, 0));
        assert_eq!(script.calls(), 2, "the plan is asked for, and repaired once");
        server.stop().await;
    }

    async fn a_panic_of_the_writer_is_a_failure_like_any_other(database: &TestDatabase) {
        let gate = Gate::closed();
        let door = gate.clone();
        let script = Script::new(move |_| {
            let door = door.clone();
            ScriptedAnswer::from(futures::FutureExt::boxed(async move {
                door.opened().await;
                panic!("on purpose: the writer fell over its own feet")
            }))
        });
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let asked = ask_at_once(&server, 20, "Rust Lifetimes");
        joined(&server, 20).await;
        gate.open();
        let answers = answers(asked).await;
        let answer: Value = serde_json::from_str(answers.first().expect("an answer")).expect("JSON");
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("INTERRUPTED")));
        assert!(!answer.to_string().contains("feet"), "{answer}");
        let run = server.ask("{ lessons { generation(id: 1) { state message } } }").await;
        assert_eq!(run.good("/data/lessons/generation/state"), "FAILED", "the run does not seem to go on for ever");
        assert_eq!(runs_and_versions(database).await, (1, 0));
        server.stop().await;
    }

    async fn regenerations_at_once_share_a_run_and_keep_the_old_version(database: &TestDatabase) {
        let gate = Gate::closed();
        let door = gate.clone();
        let script = Script::new(move |request| {
            let again = format!("{request:?}").contains("More pictures");
            let answer = sample::answer(request);
            if again { answer.behind(&door) } else { answer }
        });
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let id = server.lesson("Rust Lifetimes", "reading").await;
        let token = server.sign_up("ada@example.com").await;
        let before = server.arrivals();
        let document = "mutation($id: ID!) { lessons { regenerateLesson(input: { lessonId: $id, reason: \"More pictures\" }) {
            success oldLesson { id version } newLesson { id version regenerationReason createdBy } } } }";
        let body = json!({ "query": document, "variables": { "id": id } });
        let client = http2_client();
        let asked: JoinSet<_> =
            (0..20).map(|_| Reply::to(question(&client, server.address, &body, Some(&token)))).collect();
        server.arrived(before + 20).await;
        for _ in 0..40 {
            // These look up the same session and lesson on the same connections, one after the other.
            let looked_up = "query($id: ID!) { lessons { getLessonById(lessonId: $id) { version } } }";
            let reply = server.graphql(looked_up, json!({ "id": id }), Some(&token)).await;
            assert_eq!(reply.good("/data/lessons/getLessonById/version"), 1);
        }
        gate.open();
        for reply in asked.join_all().await {
            let payload = reply.good("/data/lessons/regenerateLesson");
            assert_eq!(payload["oldLesson"], json!({ "id": id, "version": 1 }));
            let new = json!({ "id": "2", "version": 2, "regenerationReason": "More pictures", "createdBy": "1" });
            assert_eq!(payload["newLesson"], new);
        }
        assert_eq!(runs_and_versions(database).await, (2, 2));
        server.stop().await;
    }
}
