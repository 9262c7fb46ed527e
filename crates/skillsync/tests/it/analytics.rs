//! What administrators, and nobody else, read of the server's work and money; and what learners read at the end of a budget.

use serde_json::{Value, json};
use skillsync::config::models::ModelPrice;
use skillsync::generation::sample;
use skillsync::storage::Db;
use skillsync::testing::TestDatabase;
use skillsync_llm::{Gate, Script};

use crate::program::Program;
use crate::world::{Setup, TestServer, rows, writer_behind};

const ANALYTICS: &str = "query($from: DateTime, $to: DateTime) { analytics(from: $from, to: $to) {
    requests { hits misses coalesced hitRate uniqueKeys duplicates } lessons
    money { calls unpricedCalls savedUnknown spent { nanoDollars } saved { nanoDollars dollars } withoutCache { dollars } }
    styles { style requests { hits } } stages { name times { count } } runs { count } failures { code runs }
    models { provider model calls failed cost { dollars } } database { bytes growthBytesPerDay } } }";

const COST: &str =
    "{ lessons { getLessonById(lessonId: 1) { viewCount cost { nanoDollars savedNanoDollars savedDollars calls } } } }";

async fn change_role(db: &Db, role: &'static str) {
    const CHANGE: &str = "UPDATE people SET role = $1";
    match db {
        Db::Sqlite { write, .. } => drop(sqlx::query(CHANGE).bind(role).execute(write).await.expect("a change")),
        Db::Postgres(pool) => drop(sqlx::query(CHANGE).bind(role).execute(pool).await.expect("a change")),
    }
}

/// A server whose model has a price.
fn priced(script: &Script) -> Setup {
    let price = ModelPrice {
        input_dollars_per_million: 1.0,
        cached_input_dollars_per_million: 1.0,
        output_dollars_per_million: 4.0,
    };
    Setup::written_by(script).configured(|config| {
        config.prices.insert("scripted".to_owned(), price);
    })
}

async fn ask(server: &TestServer, title: &str) -> Value {
    let document = format!(
        "{{ lessons {{ getOrGenerateLesson(stepTitle: \"{title}\", learningStyle: reading) {{ success code message lesson {{ id }} }} }} }}"
    );
    server.ask(&document).await.good("/data/lessons/getOrGenerateLesson").clone()
}

fn amount(amount: &Value) -> i64 {
    amount.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{amount}"))
}

skillsync::both_engines! {
    async fn only_administrators_read_analytics(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let token = server.sign_up("ada@example.com").await;
        assert_eq!(server.ask(ANALYTICS).await.codes(), ["UNAUTHENTICATED"]);
        assert_eq!(server.graphql(ANALYTICS, json!({}), Some("sks_banana")).await.codes(), ["UNAUTHENTICATED"]);
        for (role, codes) in [("learner", vec!["FORBIDDEN"]), ("mentor", vec!["FORBIDDEN"]), ("admin", vec![])] {
            change_role(&database.db, role).await;
            assert_eq!(server.graphql(ANALYTICS, json!({}), Some(&token)).await.codes(), codes, "{role}");
        }
        let backwards = json!({ "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z" });
        assert_eq!(server.graphql(ANALYTICS, backwards, Some(&token)).await.codes(), ["INVALID_INPUT"]);
        server.stop().await;
    }

    async fn requests_and_money_are_told_as_they_were(database: &TestDatabase) {
        let script = Script::new(sample::answer);
        let server = TestServer::with(database, priced(&script)).await;
        let token = server.sign_up("ada@example.com").await;
        change_role(&database.db, "admin").await;
        for title in ["Rust Lifetimes", "rust  lifetimes", "Rust Lifetimes", "Zig Comptime"] {
            assert_eq!(ask(&server, title).await["success"], true);
        }
        let reply = server.graphql(ANALYTICS, json!({}), Some(&token)).await;
        let analytics = reply.good("/data/analytics");
        let requests = json!({ "hits": 2, "misses": 2, "coalesced": 0, "hitRate": 50.0, "uniqueKeys": 2, "duplicates": 2 });
        assert_eq!((&analytics["requests"], &analytics["lessons"]), (&requests, &json!(2)));
        let cost = server.ask(COST).await;
        let cost = cost.good("/data/lessons/getLessonById");
        let (one, views) = (amount(&cost["cost"]["nanoDollars"]), cost["viewCount"].as_i64());
        assert!(one > 0 && views == Some(3), "{cost}");
        assert_eq!(amount(&cost["cost"]["savedNanoDollars"]), 2 * one);
        let money = &analytics["money"];
        assert_eq!(amount(&money["saved"]["nanoDollars"]), 2 * one);
        assert_eq!((&money["unpricedCalls"], &money["savedUnknown"]), (&json!(0), &json!(0)));
        assert_eq!(money["calls"], script.calls());
        assert_eq!(analytics["models"][0]["calls"], script.calls());
        assert!(amount(&money["spent"]["nanoDollars"]) > one);
        assert!(analytics["stages"].as_array().is_some_and(|stages| stages.iter().any(|stage| stage["name"] == "plan")));
        assert_eq!(analytics["runs"]["count"], 2);
        assert_eq!(analytics["styles"][0]["style"], "reading");
        let page = server.get("/lessons/1").await;
        assert!(page.text.contains("; saved about $"), "{}", page.text);
        server.stop().await;
    }

    async fn who_joins_a_run_is_no_miss_and_saves_its_cost(database: &TestDatabase) {
        const ASKERS: usize = 20;
        let gate = Gate::closed();
        let script = writer_behind(&gate);
        let server = TestServer::with(database, priced(&script)).await;
        let token = server.sign_up("ada@example.com").await;
        change_role(&database.db, "admin").await;
        let asked = futures::future::join_all((0..ASKERS).map(|_| ask(&server, "Rust Lifetimes")));
        let opened = async {
            server.arrived(1 + ASKERS).await;
            gate.open();
        };
        let (answers, ()) = tokio::join!(asked, opened);
        assert!(answers.iter().all(|answer| answer["lesson"]["id"] == "1"));
        let reply = server.graphql(ANALYTICS, json!({}), Some(&token)).await;
        let (requests, money) = (reply.good("/data/analytics/requests"), reply.good("/data/analytics/money"));
        let count = |name: &str| requests[name].as_u64().expect("a count");
        // Who came when it had just been written found it there; all others waited for it.
        assert_eq!((count("misses"), count("hits") + count("coalesced")), (1, ASKERS as u64 - 1), "{requests}");
        let spent = amount(&money["spent"]["nanoDollars"]);
        assert_eq!(amount(&money["saved"]["nanoDollars"]), (ASKERS as i64 - 1) * spent);
        server.stop().await;
    }

    async fn at_the_end_of_a_budget_hits_go_on_and_misses_are_told_until_when(database: &TestDatabase) {
        let script = Script::new(sample::answer);
        let first = TestServer::with(database, priced(&script)).await;
        assert_eq!(ask(&first, "Rust Lifetimes").await["success"], true);
        first.stop().await;
        let calls = script.calls();
        let setup = priced(&script).configured(|config| config.budget.day_dollars = 0.000_001);
        let server = TestServer::with(database, setup).await;
        let runs = rows(&database.db, "runs").await;
        let refused = ask(&server, "Zig Comptime").await;
        assert_eq!((&refused["success"], &refused["code"]), (&json!(false), &json!("BUDGET_USED_UP")));
        let words = "The budget for new lessons is used up until 2 January 2026, 00:00 UTC. Lessons that are already there can still be opened.";
        assert_eq!(refused["message"], words);
        assert_eq!((rows(&database.db, "runs").await, script.calls()), (runs, calls), "nothing was begun");
        assert_eq!(ask(&server, "Rust Lifetimes").await["lesson"]["id"], "1");
        server.stop().await;
    }

    async fn a_budget_that_fits_no_call_fails_the_run_without_one(database: &TestDatabase) {
        let script = Script::new(sample::answer);
        let setup = priced(&script).configured(|config| config.budget.month_dollars = 0.000_001);
        let server = TestServer::with(database, setup).await;
        let refused = ask(&server, "Zig Comptime").await;
        assert_eq!((&refused["code"], script.calls()), (&json!("BUDGET_USED_UP"), 0));
        let words = "The budget for new lessons is used up until 1 February 2026, 00:00 UTC.";
        assert!(refused["message"].as_str().is_some_and(|message| message.starts_with(words)), "{refused}");
        assert_eq!((rows(&database.db, "model_calls").await, rows(&database.db, "lessons").await), (0, 0));
        server.stop().await;
    }
}

#[tokio::test]
async fn stats_are_printed_for_people_and_programs() {
    let program = Program::new();
    for _ in 0..3 {
        program.printed(&["lesson", "get", "Git Basics", "--style", "reading"]).await;
    }
    let text = program.printed(&["stats", "--since", "1h"]).await;
    let shown: Vec<_> =
        text.lines().filter(|line| !line.contains("UTC") && !line.contains("MiB") && !line.contains("ms")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"

    Requests
      hits               2 (66.7 % of all)
      misses             1
      joined a miss      0
      different lessons  1, 2 requests repeated one
      lessons published  1

    Money
      spent              $0.000000000
      model calls        0
      saved              $0.000000000
      without the cache  $0.000000000

    Times
                 count   p50   p99

    Styles
               hits  misses  joined  different
      reading     2       1       0          1

    Database
      growth  not known yet
    ");
    let json: Value = serde_json::from_str(&program.printed(&["stats", "--json"]).await).expect("JSON");
    assert_eq!((&json["requests"]["hits"], &json["money"]["spent"]["dollars"]), (&json!(2), &json!("0.000000000")));
    let past = program.printed(&["stats", "--from", "2020-01-01", "--to", "2020-02-01"]).await;
    assert!(past.starts_with("2020-01-01 00:00 to 2020-02-01 00:00 UTC\n"), "{past}");
    for (arguments, code, said) in [
        (&["stats", "--from", "yesterday"][..], 2, "a moment is written as 2026-11-22"),
        (&["stats", "--since", "7"], 2, "a length of time is written as 12h"),
        (&["stats", "--from", "2026-01-01", "--since", "7d"], 2, "cannot be used with"),
        (&["stats", "--from", "2026-01-02", "--to", "2026-01-01"], 1, "must end after it begins"),
    ] {
        let finished = program.run(arguments).await;
        assert_eq!(finished.code, Some(code), "{arguments:?}: {finished:?}");
        assert!(finished.err.contains(said), "{arguments:?}: {}", finished.err);
    }
}
