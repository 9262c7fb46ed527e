//! Readers report blocks: everybody sees how many, mentors see what, nobody sees an address.

use serde_json::{Value, json};
use skillsync::testing::TestDatabase;

use crate::world::{Reply, TestServer, execute, rows};

const REPORT: &str = "mutation($id: ID!, $block: ID!, $kind: ReportKind!, $comment: String) { lessons {
    reportBlock(input: { lessonId: $id, blockId: $block, kind: $kind, comment: $comment }) { success message code } } }";
const WITHDRAW: &str = "mutation($id: ID!, $block: ID!) { lessons {
    withdrawReport(input: { lessonId: $id, blockId: $block }) { success message code } } }";
const COUNTS: &str = "query($id: ID!) { lessons { getLessonById(lessonId: $id) { reports { blockId kind count } } } }";
const OPEN: &str = "query($id: ID!) { lessons { getLessonById(lessonId: $id) {
    title openReports { blockId kind comment reportedBy reportedAt } } } }";

async fn report(server: &TestServer, token: &str, id: &str, block: &str, kind: &str, comment: &str) -> Reply {
    let variables = json!({ "id": id, "block": block, "kind": kind, "comment": comment });
    server.graphql(REPORT, variables, Some(token)).await
}

async fn counts(server: &TestServer, id: &str) -> Value {
    let reply = server.graphql(COUNTS, json!({ "id": id }), None).await;
    reply.good("/data/lessons/getLessonById/reports").clone()
}

/// The ids of a lesson's first two blocks.
async fn blocks(server: &TestServer, id: &str) -> [String; 2] {
    let document = format!("{{ lessons {{ getLessonById(lessonId: {id}) {{ content }} }} }}");
    let reply = server.ask(&document).await;
    let content = reply.good("/data/lessons/getLessonById/content");
    [0, 1].map(|index| content["blocks"][index]["id"].as_str().expect("an id").to_owned())
}

skillsync::both_engines! {
    async fn a_report_is_kept_once_changed_counted_and_withdrawn(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let [first, second] = blocks(&server, &id).await;
        let (ada, bob) = (server.sign_up("ada@example.com").await, server.sign_up("bob@example.com").await);
        assert_eq!(counts(&server, &id).await, json!([]));
        for (token, block, kind) in [(&ada, &first, "wrong"), (&ada, &first, "UNCLEAR"), (&bob, &first, "unclear"), (&ada, &second, "broken")] {
            let reply = report(&server, token, &id, block, kind, "").await;
            assert_eq!(reply.good("/data/lessons/reportBlock/success"), true, "{reply:?}");
        }
        let count = |block: &str, kind: &str, count: i64| json!({ "blockId": block, "kind": kind, "count": count });
        let mut expected = vec![count(&first, "unclear", 2), count(&second, "broken", 1)];
        expected.sort_by_key(|count| count["blockId"].as_str().expect("an id").to_owned());
        assert_eq!(counts(&server, &id).await, json!(expected));
        let other = server.lesson("Git Basics", "hands_on").await;
        assert_eq!(counts(&server, &other).await, json!([]), "a report is about one version");
        for _ in 0..2 {
            let reply = server.graphql(WITHDRAW, json!({ "id": id, "block": first }), Some(&ada)).await;
            assert_eq!(reply.good("/data/lessons/withdrawReport/success"), true);
        }
        assert_eq!(rows(&database.db, "block_reports").await, 2, "nobody else's report is withdrawn with it");
        server.stop().await;
    }

    async fn what_cannot_be_reported_is_refused(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let [block, _] = blocks(&server, &id).await;
        let ada = server.sign_up("ada@example.com").await;
        for (lesson, block) in [("99", block.as_str()), ("banana", &block), (&id, "nothing"), (&id, ""), (&id, "' OR 1=1 --")] {
            for (document, field) in [(REPORT, "reportBlock"), (WITHDRAW, "withdrawReport")] {
                let mut variables = json!({ "id": lesson, "block": block });
                if field == "reportBlock" {
                    variables["kind"] = "wrong".into();
                }
                let reply = server.graphql(document, variables, Some(&ada)).await;
                let payload = reply.good(&format!("/data/lessons/{field}"));
                assert_eq!((&payload["success"], &payload["code"]), (&json!(false), &json!("NOT_FOUND")), "{lesson} {block}");
            }
        }
        let longest = "é".repeat(500);
        for (kind, comment) in [("spam", ""), ("wrong", &format!("{longest}é")), ("wrong", "a\u{1b}[31m")] {
            assert_eq!(report(&server, &ada, &id, &block, kind, comment).await.codes(), ["INVALID_INPUT"]);
        }
        assert_eq!(rows(&database.db, "block_reports").await, 0);
        assert_eq!(report(&server, &ada, &id, &block, "wrong", &longest).await.good("/data/lessons/reportBlock/success"), true);
        server.stop().await;
    }

    async fn only_mentors_read_what_was_written_and_nobody_an_address(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let [block, _] = blocks(&server, &id).await;
        let (ada, mentor) = (server.sign_up("ada@example.com").await, server.sign_up("mentor@example.com").await);
        report(&server, &ada, &id, &block, "wrong", "It says <b>7</b>.").await;
        execute(&database.db, "UPDATE people SET role = 'mentor' WHERE email = 'mentor@example.com'").await;
        for (token, code) in [(None, "UNAUTHENTICATED"), (Some(ada.as_str()), "FORBIDDEN")] {
            let reply = server.graphql(OPEN, json!({ "id": id }), token).await;
            assert_eq!(reply.codes(), [code]);
            assert!(reply.at("/data/lessons/getLessonById/title").is_string(), "the rest of the answer is there: {reply:?}");
            assert!(!reply.text.contains("It says"), "{reply:?}");
        }
        let reply = server.graphql(OPEN, json!({ "id": id }), Some(&mentor)).await;
        let open = &reply.good("/data/lessons/getLessonById/openReports")[0];
        assert_eq!((&open["blockId"], &open["kind"], &open["comment"]), (&json!(block), &json!("wrong"), &json!("It says <b>7</b>.")));
        assert!(open["reportedBy"].is_string() && open["reportedAt"].is_string());
        assert!(!reply.text.contains('@'), "{reply:?}");

        let place = format!("/lessons/{id}");
        let page = async |token: &str| {
            let cookie = format!("skillsync_session={token}");
            Reply::to(server.request(reqwest::Method::GET, &place).header("cookie", cookie)).await.text
        };
        let (stranger, reader, mentors) = (server.get(&place).await.text, page(&ada).await, page(&mentor).await);
        assert!(!stranger.contains("&#60;b&#62;7") && !stranger.contains("Report a problem"));
        assert!(reader.contains("You reported this") && reader.contains("It says &#60;b&#62;7"), "one's own words can be changed");
        assert!(mentors.contains("It says &#60;b&#62;7") && mentors.contains("1 open report") && !mentors.contains("ada@example.com"));
        server.stop().await;
    }

    async fn a_learner_reports_on_the_lessons_page(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let [block, _] = blocks(&server, &id).await;
        let cookie = format!("skillsync_session={}", server.sign_up("ada@example.com").await);
        let path = format!("/lessons/{id}/reports");
        let send = async |block: &str, kind: &str, comment: &str| {
            server.submit(&path, &[("block", block), ("kind", kind), ("comment", comment)], Some(&cookie)).await
        };
        let answer = send(&block, "outdated", "That was so once.").await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, format!("/lessons/{id}?reported=yes#report_{block}").as_str()));
        assert_eq!(counts(&server, &id).await, json!([{ "blockId": block, "kind": "outdated", "count": 1 }]));
        for (block, kind, comment) in [(block.as_str(), "spam", ""), (&block, "", ""), (&block, "wrong", &"x".repeat(501)), ("nothing", "wrong", "")] {
            let answer = send(block, kind, comment).await;
            assert_eq!(answer.status, 422, "{block} {kind}");
            assert!(answer.text.contains("class=\"problem\""), "{block} {kind}");
        }
        assert_eq!(send(&block, "withdraw", "").await.status, 303);
        assert_eq!(counts(&server, &id).await, json!([]));
        let foreign = server.request(reqwest::Method::POST, &path).header("sec-fetch-site", "cross-site").header("cookie", &cookie);
        assert_eq!(Reply::to(foreign.body("block=intro&kind=wrong")).await.status, 403);
        server.stop().await;
    }
}
