//! A server that is killed loses at most the views of one flush interval; one that is stopped loses none.

use serde_json::json;
use skillsync::storage::Db;

use crate::program::Program;
use crate::world::{Reply, client, number, question, until};

const VIEW: &str = "{ lessons { getOrGenerateLesson(stepTitle: \"Git Basics\", learningStyle: reading) { success lesson { viewCount } } } }";
const VIEWS: &str = "SELECT COALESCE(SUM(views), 0) FROM tallies";

/// Has the lesson served this many times, and gives the count that the last answer told.
async fn view(address: std::net::SocketAddr, times: i64) -> i64 {
    let client = client();
    let mut told = 0;
    for _ in 0..times {
        let reply = Reply::to(question(&client, address, &json!({ "query": VIEW }), None)).await;
        told = reply.good("/data/lessons/getOrGenerateLesson/lesson/viewCount").as_i64().expect("a count");
    }
    told
}

#[tokio::test]
async fn what_was_flushed_survives_kill_9() {
    let program = Program::new();
    let flush_often = [("SKILLSYNC_VIEWS_FLUSH_INTERVAL_MS", "20")];
    let server = program.serve(&flush_often).await;
    assert_eq!(view(server.address, 40).await, 40);
    let db = Db::open_file(&program.database(), 1).await.expect("the database opens");
    // All forty were counted, so the next flush writes whatever those before it did not.
    until(async || (number(&db, VIEWS).await == 40).then_some(())).await;
    assert_eq!(view(server.address, 7).await, 47);
    server.kill().await;
    let kept = number(&db, VIEWS).await;
    assert!((40..=47).contains(&kept), "{kept} of 47, the last 7 of which may be lost");
    db.close().await;

    let server = program.serve(&flush_often).await;
    assert_eq!(view(server.address, 1).await, kept + 1, "the database is whole");
    server.kill().await;
}

#[tokio::test]
async fn a_clean_stop_loses_no_view() {
    let program = Program::new();
    let server = program.serve(&[("SKILLSYNC_VIEWS_FLUSH_INTERVAL_MS", "60000")]).await;
    assert_eq!(view(server.address, 25).await, 25);
    let (code, _) = server.terminate().await;
    assert_eq!(code, Some(0));
    let db = Db::open_file(&program.database(), 1).await.expect("the database opens");
    assert_eq!(number(&db, VIEWS).await, 25);
    db.close().await;
}

#[tokio::test]
async fn a_kill_between_flushes_loses_that_interval_and_nothing_else() {
    let program = Program::new();
    let server = program.serve(&[("SKILLSYNC_VIEWS_FLUSH_INTERVAL_MS", "60000")]).await;
    let token = sign_up(server.address).await;
    view(server.address, 5).await;
    let vote = "mutation { lessons { voteLesson(input: { lessonId: 1, voteType: upvote }) { success } } }";
    let reply = Reply::to(question(&client(), server.address, &json!({ "query": vote }), Some(&token))).await;
    assert_eq!(reply.good("/data/lessons/voteLesson/success"), true);
    server.kill().await;
    let db = Db::open_file(&program.database(), 1).await.expect("the database opens");
    let kept = number(&db, VIEWS).await;
    assert!((0..=5).contains(&kept), "{kept}");
    assert_eq!(number(&db, "SELECT upvotes FROM tallies").await, 1, "a vote that was confirmed is kept");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM lessons").await, 1);
    db.close().await;
}

async fn sign_up(address: std::net::SocketAddr) -> String {
    let document =
        "mutation { auth { signUp(input: { email: \"ada@example.com\", password: \"correct horse\" }) { token } } }";
    let reply = Reply::to(question(&client(), address, &json!({ "query": document }), None)).await;
    reply.good("/data/auth/signUp/token").as_str().expect("a token").to_owned()
}
