//! Votes and views are counted exactly, however many come at once.

use serde_json::{Value, json};
use skillsync::accounts::sign_up::sign_up;
use skillsync::lessons::regenerate::MAX_REASON_CHARS;
use skillsync::testing::TestDatabase;
use tokio::task::JoinSet;

use crate::world::{Reply, TestServer, http2_client, number, question, rows};

const VOTE: &str = "mutation($id: ID!, $vote: VoteType!, $comment: String) { lessons {
    voteLesson(input: { lessonId: $id, voteType: $vote, comment: $comment }) {
        success message code lesson { upvotes downvotes netVotes approvalRate approvalStatus } } } }";
const VIEW: &str = "{ lessons { getOrGenerateLesson(stepTitle: \"Git Basics\", learningStyle: reading) { success } } }";
const TALLY: &str = "query($id: ID!) { lessons { getLessonById(lessonId: $id) { upvotes downvotes netVotes viewCount approvalRate approvalStatus } } }";

async fn vote(server: &TestServer, token: &str, id: &str, vote: &str, comment: &str) -> Reply {
    server.graphql(VOTE, json!({ "id": id, "vote": vote, "comment": comment }), Some(token)).await
}

async fn tally(server: &TestServer, id: &str) -> Value {
    server.graphql(TALLY, json!({ "id": id }), None).await.good("/data/lessons/getLessonById").clone()
}

skillsync::both_engines! {
    async fn two_hundred_votes_and_three_hundred_views_at_once_are_exact(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        // Most people sign up through the use case, since how that works over HTTP is shown elsewhere.
        let mut tokens = vec![server.sign_up("first@example.com").await, server.sign_up("second@example.com").await];
        for person in tokens.len()..200 {
            let signed_up = sign_up(&server.app.accounts, &format!("learner{person}@example.com"), "correct horse").await;
            tokens.push(signed_up.expect("signed up").token.reveal());
        }
        let clients: Vec<_> = (0..5).map(|_| http2_client()).collect();
        let mut asked = JoinSet::new();
        for index in 0..300 {
            let client = &clients[index % clients.len()];
            asked.spawn(Reply::to(question(client, server.address, &json!({ "query": VIEW }), None)));
            if let Some(token) = tokens.get(index) {
                let vote = if index % 4 == 0 { "downvote" } else { "upvote" };
                let body = json!({ "query": VOTE, "variables": { "id": id, "vote": vote } });
                asked.spawn(Reply::to(question(client, server.address, &body, Some(token))));
            }
        }
        for reply in asked.join_all().await {
            let lessons = reply.good("/data/lessons").as_object().expect("lessons");
            assert!(lessons.values().all(|payload| payload["success"] == true), "{reply:?}");
        }
        // One more view had the lesson written. Of 200 votes every fourth was against it.
        let expected = json!({ "upvotes": 150, "downvotes": 50, "netVotes": 100, "viewCount": 301, "approvalRate": 75.0, "approvalStatus": "pending" });
        assert_eq!(tally(&server, &id).await, expected);
        assert_eq!(rows(&database.db, "votes").await, 200);
        server.stop().await;
        let stored = "SELECT upvotes * 1000000 + downvotes * 1000 + views FROM tallies";
        assert_eq!(number(&database.db, stored).await, 150_050_301, "nothing is lost by a clean stop");
        let server = TestServer::start(database).await;
        assert_eq!(tally(&server, &id).await, expected, "a new server knows the same");
        server.stop().await;
    }

    async fn one_learner_voting_in_a_hurry_has_one_vote(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let token = server.sign_up("ada@example.com").await;
        let client = http2_client();
        let votes = ["upvote", "downvote"].into_iter().cycle().take(60).map(|vote| {
            let body = json!({ "query": VOTE, "variables": { "id": id, "vote": vote } });
            Reply::to(question(&client, server.address, &body, Some(&token)))
        });
        for reply in votes.collect::<JoinSet<_>>().join_all().await {
            assert_eq!(reply.good("/data/lessons/voteLesson/success"), true);
        }
        let tally = tally(&server, &id).await;
        assert_eq!((tally["upvotes"].as_i64().zip(tally["downvotes"].as_i64())).map(|(up, down)| up + down), Some(1));
        assert_eq!(rows(&database.db, "votes").await, 1);
        server.stop().await;
    }

    async fn a_vote_can_be_changed_and_withdrawn(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let (ada, bob) = (server.sign_up("ada@example.com").await, server.sign_up("bob@example.com").await);
        for (token, ballot, up, down) in [
            (&ada, "upvote", 1, 0),
            (&ada, "upvote", 1, 0),
            (&bob, "upvote", 2, 0),
            (&ada, "downvote", 1, 1),
            (&ada, "withdraw", 1, 0),
            (&ada, "withdraw", 1, 0),
            (&ada, "upvote", 2, 0),
            (&bob, "withdraw", 1, 0),
        ] {
            let reply = vote(&server, token, &id, ballot, "").await;
            let lesson = reply.good("/data/lessons/voteLesson/lesson");
            assert_eq!((&lesson["upvotes"], &lesson["downvotes"], &lesson["netVotes"]), (&json!(up), &json!(down), &json!(up - down)));
        }
        assert_eq!(rows(&database.db, "votes").await, 1);
        server.stop().await;
    }

    async fn a_comment_has_two_thousand_characters_at_most(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let token = server.sign_up("ada@example.com").await;
        let longest = "é".repeat(2_000);
        for refused in [format!("{longest}é"), "a\0b".into(), "a\u{1b}[31m".into()] {
            assert_eq!(vote(&server, &token, &id, "upvote", &refused).await.codes(), ["INVALID_INPUT"]);
            assert_eq!(rows(&database.db, "votes").await, 0);
        }
        assert_eq!(vote(&server, &token, &id, "upvote", &longest).await.good("/data/lessons/voteLesson/success"), true);
        let length = number(&database.db, "SELECT CAST(length(comment) AS BIGINT) FROM votes").await;
        assert_eq!(length, 2_000, "it is kept whole");
        server.stop().await;
    }

    async fn what_cannot_be_voted_on_is_refused(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let token = server.sign_up("ada@example.com").await;
        for unknown in ["99", "0", "-1", "banana", "99999999999999999999"] {
            let reply = vote(&server, &token, unknown, "upvote", "").await;
            let payload = reply.good("/data/lessons/voteLesson");
            assert_eq!((&payload["success"], &payload["code"], &payload["lesson"]), (&json!(false), &json!("NOT_FOUND"), &Value::Null));
        }
        assert_eq!(vote(&server, &token, &id, "banana", "").await.codes(), ["INVALID_INPUT"]);
        let reason = "é".repeat(MAX_REASON_CHARS + 1);
        let document = "mutation($id: ID!, $reason: String!) { lessons { regenerateLesson(input: { lessonId: $id, reason: $reason }) { success code } } }";
        let reply = server.graphql(document, json!({ "id": id, "reason": reason }), Some(&token)).await;
        assert_eq!(reply.codes(), ["INVALID_INPUT"]);
        let reply = server.graphql(document, json!({ "id": "99", "reason": "" }), Some(&token)).await;
        assert_eq!(reply.good("/data/lessons/regenerateLesson"), &json!({ "success": false, "code": "NOT_FOUND" }));
        assert_eq!((rows(&database.db, "votes").await, rows(&database.db, "runs").await), (0, 1));
        server.stop().await;
    }

    async fn a_version_with_enough_votes_is_approved(database: &TestDatabase) {
        let setup = crate::world::Setup::default().configured(|config| {
            config.voting.approve_net_votes = 2;
            config.voting.approve_percent = 75.0;
        });
        let server = TestServer::with(database, setup).await;
        let id = server.lesson("Git Basics", "reading").await;
        let mut status = Vec::new();
        for (person, ballot) in [("a", "upvote"), ("b", "downvote"), ("c", "upvote"), ("d", "upvote")] {
            let token = server.sign_up(&format!("{person}@example.com")).await;
            let reply = vote(&server, &token, &id, ballot, "").await;
            status.push(reply.good("/data/lessons/voteLesson/lesson/approvalStatus").clone());
        }
        // Three of four are 75 %, and two more for it than against it.
        assert_eq!(status, ["pending", "pending", "pending", "approved"]);
        server.stop().await;
    }
}
