//! Runs that go on whatever happens to the process that began them, seen from several servers on one database.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use skillsync::clock::Clock;
use skillsync::config::Config;
use skillsync::generation::sample;
use skillsync::testing::{self, TestDatabase};
use skillsync_llm::{Error, Gate, Request, Script};
use tokio_util::task::TaskTracker;

use crate::world::{Reply, Setup, TestServer, execute, number, rows, until, within, writer_behind};

const ASK: &str = "{ lessons { getOrGenerateLesson(stepTitle: \"Rust Lifetimes\", learningStyle: hands_on) {
    success message code wasCached lesson { id version } } } }";

const START: &str =
    "{ lessons { getOrGenerateLesson(stepTitle: \"Rust Lifetimes\", learningStyle: hands_on, wait: false) {
    success message code generation { id state } } } }";

fn answered(reply: &Reply) -> &Value {
    reply.good("/data/lessons/getOrGenerateLesson")
}

/// The part of a lesson that a request asks for.
fn part(request: &Request) -> String {
    request.schema.as_ref().map(|schema| schema.name.clone()).unwrap_or_default()
}

/// The parts that were asked for, in alphabetical order.
fn asked(scripts: &[&Script]) -> Vec<String> {
    let mut parts: Vec<_> = scripts.iter().flat_map(|script| script.requests()).map(|request| part(&request)).collect();
    parts.sort();
    parts
}

/// A writer whose quiz waits behind a gate.
fn quiz_behind(gate: &Gate) -> Script {
    let gate = gate.clone();
    Script::new(move |request| match part(request).as_str() {
        "quiz" => sample::answer(request).behind(&gate),
        _ => sample::answer(request),
    })
}

skillsync::both_engines! {
    async fn a_server_that_stops_hands_its_runs_over(database: &TestDatabase) {
        let gate = Gate::closed();
        let first = writer_behind(&gate);
        let server = TestServer::with(database, Setup::written_by(&first)).await;
        answered(&server.ask(START).await);
        within(first.called(1)).await;
        server.app.stopping.cancel();
        gate.open();
        server.stop().await;
        let open = "SELECT COUNT(*) FROM runs WHERE state = 'running' AND owner IS NULL AND lease_until_ms = 0";
        assert_eq!(number(&database.db, open).await, 1);
        assert_eq!(rows(&database.db, "run_steps").await, 1, "the first step had begun, so it was finished; nothing else was begun");

        let second = sample::scripted_writer();
        let server = TestServer::with(database, Setup::written_by(&second)).await;
        until(async || (rows(&database.db, "lessons").await == 1).then_some(())).await;
        assert_eq!(answered(&server.ask(ASK).await)["wasCached"], true);
        assert_eq!((asked(&[&first]), asked(&[&second])), (vec!["topic".to_owned()], ["answers", "plan", "practice", "quiz", "text"].map(str::to_owned).to_vec()));
        assert_eq!(rows(&database.db, "runs").await, 1);
        server.stop().await;
    }

    async fn a_run_whose_holder_is_silent_is_taken_over_and_the_holder_refused(database: &TestDatabase) {
        let gate = Gate::closed();
        let silent = quiz_behind(&gate);
        let hour = |config: &mut Config| config.generation.lease = Duration::from_secs(3600);
        let first = TestServer::with(database, Setup::written_by(&silent).configured(hour)).await;
        let tasks = TaskTracker::new();
        let waiting = tasks.spawn(Reply::to(first.question(&json!({ "query": ASK }), None)));
        // Eight words of progress and seven times something shown: after the last it is silent.
        until(async || (rows(&database.db, "run_events").await == 15).then_some(())).await;

        // As if the first had been stopped for a little longer than its lease.
        execute(&database.db, "UPDATE runs SET lease_until_ms = lease_until_ms - 3600 * 1000").await;
        let writer = sample::scripted_writer();
        let second = TestServer::with(database, Setup::written_by(&writer)).await;
        until(async || (rows(&database.db, "lessons").await == 1).then_some(())).await;
        assert_eq!(asked(&[&writer]), ["answers", "quiz"], "only what was missing was asked for");

        let reply = within(waiting).await.expect("the asker waits");
        assert_eq!(answered(&reply)["lesson"], json!({ "id": "1", "version": 1 }), "who asked the first hears of it");
        gate.open();
        first.stop().await;
        second.stop().await;
        assert_eq!((rows(&database.db, "lessons").await, rows(&database.db, "runs").await), (1, 1));
        assert_eq!(number(&database.db, "SELECT token FROM runs").await, 2);
        assert_eq!(rows(&database.db, "model_calls").await, 7, "also the call that came too late is in the books");
        assert_eq!(number(&database.db, "SELECT COUNT(*) FROM model_calls WHERE outcome = 'started'").await, 0);
    }

    async fn processes_join_each_others_runs(database: &TestDatabase) {
        let gate = Gate::closed();
        let scripts = [writer_behind(&gate), writer_behind(&gate), writer_behind(&gate)];
        let mut servers = Vec::new();
        for script in &scripts {
            servers.push(TestServer::with(database, Setup::written_by(script)).await);
        }
        let tasks = TaskTracker::new();
        let asking: Vec<_> = (0..30)
            .map(|number| tasks.spawn(Reply::to(servers[number % 3].question(&json!({ "query": ASK }), None))))
            .collect();
        for server in &servers {
            server.arrived(10).await;
        }
        gate.open();
        for reply in asking {
            let reply = within(reply).await.expect("an answer");
            assert_eq!(answered(&reply)["lesson"], json!({ "id": "1", "version": 1 }));
        }
        assert_eq!(asked(&scripts.each_ref()), ["answers", "plan", "practice", "quiz", "text", "topic"]);
        assert_eq!((rows(&database.db, "lessons").await, rows(&database.db, "runs").await), (1, 1));
        for server in servers {
            server.stop().await;
        }
    }

    async fn after_a_failure_there_is_a_pause_and_then_only_the_missing_is_asked_for(database: &TestDatabase) {
        let clock = Clock::fixed(testing::start());
        let away = Script::new(|request| match part(request).as_str() {
            "quiz" => Error::OutOfCredit.into(),
            _ => sample::answer(request),
        });
        let server = TestServer::with(database, Setup { clock: clock.clone(), ..Setup::written_by(&away) }).await;
        let failed = server.ask(ASK).await;
        assert_eq!(answered(&failed)["code"], "MODEL_UNAVAILABLE");
        let calls = away.calls();

        let again = server.ask(ASK).await;
        assert_eq!(answered(&again)["code"], "MODEL_UNAVAILABLE");
        let message = answered(&again)["message"].as_str().expect("words");
        assert!(message.contains("It can be tried again in ") && message.ends_with(" seconds."), "{message}");
        assert_eq!((away.calls(), rows(&database.db, "runs").await), (calls, 1), "nothing was tried");

        // The first pause lasts at most five seconds, the second at least as long.
        clock.advance(TimeDelta::seconds(5));
        assert_eq!(answered(&server.ask(ASK).await)["code"], "MODEL_UNAVAILABLE");
        let parts = asked(&[&away]);
        assert_eq!(parts.iter().filter(|part| *part == "plan").count(), 1, "{parts:?}");
        server.stop().await;

        clock.advance(TimeDelta::seconds(10));
        let well = sample::scripted_writer();
        let server = TestServer::with(database, Setup { clock, ..Setup::written_by(&well) }).await;
        assert_eq!(answered(&server.ask(ASK).await)["success"], true);
        assert_eq!(asked(&[&well]), ["answers", "quiz"], "what was finished is never paid again");
        let chain = "SELECT COUNT(*) FROM runs WHERE continues IS NOT NULL";
        assert_eq!((rows(&database.db, "runs").await, number(&database.db, chain).await), (3, 2));
        server.stop().await;
    }

    async fn events_are_numbered_and_can_be_heard_from_any_number_on(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&sample::scripted_writer())).await;
        let run = answered(&server.ask(START).await)["generation"]["id"].as_str().map_or("1".to_owned(), str::to_owned);
        let path = format!("/generations/{run}/events");
        let all = server.get(&path).await.text;
        let ids: Vec<_> = all.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
        let last: usize = ids.last().expect("events").parse().expect("a number");
        assert_eq!(ids, (1..=last).map(|id| id.to_string()).collect::<Vec<_>>());
        assert!(all.contains("\"state\":\"published\"") && last > 4, "{all}");

        let request = server.request(reqwest::Method::GET, &path).header("last-event-id", (last - 2).to_string());
        let rest = Reply::to(request).await.text;
        let heard: Vec<_> = rest.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
        assert_eq!(heard, ids[last - 2..]);
        assert!(all.ends_with(&rest), "the same events");
        server.stop().await;
    }
}
