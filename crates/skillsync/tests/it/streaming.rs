//! What of a lesson can be read while the rest is written: over GraphQL, as server-sent events, and on the page.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use skillsync::generation::draft::Draft;
use skillsync::generation::draft::answers::Answers;
use skillsync::generation::draft::piece::DraftProse;
use skillsync::generation::draft::plan::Plan;
use skillsync::generation::draft::topic::Topic;
use skillsync::generation::sample;
use skillsync::testing::TestDatabase;
use skillsync_llm::{Gate, Script, ScriptedAnswer};

use crate::generation::{states, subscribe};
use crate::world::{Reply, Setup, TestServer, until};

/// What holds up the writing of a lesson.
#[derive(Clone)]
pub struct Doors {
    /// Before the introduction is written again.
    pub again: Gate,
    /// Before all parts.
    pub parts: Gate,
    /// Before the answers that confirm the quiz.
    pub answers: Gate,
}

impl Doors {
    pub fn closed() -> Self {
        Self { again: Gate::closed(), parts: Gate::closed(), answers: Gate::closed() }
    }

    /// A writer whose introduction does not pass its checks at first, and who waits at each door.
    pub fn writer(&self) -> Script {
        let doors = self.clone();
        Script::new(move |request| match request.schema.as_ref().map(|schema| schema.name.as_str()) {
            Some(Topic::NAME) => sample::answer(request),
            Some(Plan::NAME) => ScriptedAnswer::text(plan().to_string()),
            Some(DraftProse::NAME) => sample::answer(request).behind(&doors.again),
            Some(Answers::NAME) => sample::answer(request).behind(&doors.answers),
            _ => sample::answer(request).behind(&doors.parts),
        })
    }
}

fn plan() -> Value {
    let concept = |term: &str| json!({ "term": term, "meaning": "A piece of data that a program works with." });
    json!({
        "title": "Names for prices",
        "description": "Write small programs that keep prices under names.",
        "programming_language": "python",
        "concepts": [concept("value"), concept("name"), concept("change")],
        "minutes": 45,
        "introduction": "As an AI language model I add up the day of a stall that sells honey.",
    })
}

const ASK: &str =
    "{ lessons { getOrGenerateLesson(stepTitle: \"Rust Lifetimes\", learningStyle: reading, wait: false) {
    generation { id head { title } blocks { id } } } } }";

const STANDING: &str = "{ lessons { generation(id: 1) { state progress message sequence lessonId
    head { title description estimatedDuration } blocks { id position checked dropped content } } } }";

async fn standing(server: &TestServer) -> Value {
    server.ask(STANDING).await.good("/data/lessons/generation").clone()
}

/// Waits until the blocks that can be read are as they should be.
async fn blocks_are(server: &TestServer, are: impl Fn(&[Value]) -> bool) -> Value {
    until(async || {
        let standing = standing(server).await;
        let fits = standing["blocks"].as_array().is_some_and(|blocks| are(blocks));
        fits.then_some(standing)
    })
    .await
}

/// The numbers of server-sent events.
fn ids(events: &str) -> Vec<i64> {
    events.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect()
}

async fn news(server: &TestServer, after: i64) -> Vec<Value> {
    let query = format!(
        "subscription {{ lessons {{ generationProgress(id: 1, after: {after}) {{ sequence
            head {{ title }} blocks {{ id position checked dropped content }} }} }} }}"
    );
    states(&mut subscribe(server, &query).await).await
}

skillsync::both_engines! {
    async fn who_comes_late_hears_all_and_who_comes_back_hears_the_rest_once(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&sample::scripted_writer())).await;
        let lesson = server.lesson("Rust Lifetimes", "hands_on").await;
        let all = server.get("/generations/1/events").await.text;
        let (numbers, told) = (ids(&all), news(&server, 0).await);
        let last = *numbers.last().expect("events");
        assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
        for heard in 0..last {
            let path = "/generations/1/events";
            let back = server.request(Method::GET, path).header("last-event-id", heard.to_string());
            let rest = Reply::to(back).await.text;
            assert!(all.ends_with(&rest) && ids(&rest) == numbers[heard as usize..], "after {heard}");
            assert_eq!(server.get(&format!("{path}?after={heard}")).await.text, rest, "from the page on");
        }
        for heard in [0, 3, last - 1] {
            assert_eq!(news(&server, heard).await, told[heard as usize..], "after {heard}");
        }

        // The last word on each block is the lesson.
        let mut blocks = BTreeMap::new();
        for block in told.iter().flat_map(|event| event["blocks"].as_array().expect("blocks")) {
            assert_eq!(block["dropped"], block["content"].is_null());
            blocks.insert(block["id"].as_str().expect("an id"), block);
        }
        let mut read: Vec<_> = blocks.into_values().filter(|block| !block["content"].is_null()).collect();
        read.sort_by_key(|block| block["position"].as_i64());
        assert!(read.iter().all(|block| block["checked"] == true), "{read:?}");
        let read: Vec<_> = read.iter().map(|block| block["content"].clone()).collect();
        let published = server.ask(&format!("{{ lessons {{ getLessonById(lessonId: {lesson}) {{ content title }} }} }}")).await;
        assert_eq!(Value::from(read), *published.good("/data/lessons/getLessonById/content/blocks"));
        let heads: Vec<_> = told.iter().filter(|event| !event["head"].is_null()).collect();
        assert_eq!(heads.len(), 1);
        assert_eq!(heads[0]["head"]["title"], *published.at("/data/lessons/getLessonById/title"));
        server.stop().await;
    }

    async fn blocks_can_be_read_while_the_rest_is_written(database: &TestDatabase) {
        let doors = Doors::closed();
        let server = TestServer::with(database, Setup::written_by(&doors.writer())).await;
        server.ask(ASK).await.good("/data/lessons/getOrGenerateLesson/generation");
        let early = blocks_are(&server, |blocks| blocks.len() == 2).await;
        let head = json!({ "title": "Names for prices", "description": plan()["description"], "estimatedDuration": 45 });
        assert_eq!((&early["head"], &early["state"], &early["lessonId"]), (&head, &json!("RUNNING"), &Value::Null));
        let first = &early["blocks"][0];
        assert_eq!((&first["checked"], &first["content"]["type"]), (&json!(false), &json!("prose")));
        assert_eq!(first["content"]["markdown"], plan()["introduction"], "{first}");
        let page = server.get("/generations/1").await.text;
        assert!(page.contains("<h1 data-title>Names for prices</h1>") && page.contains("As an AI language model"));
        assert_eq!(page.matches("Being checked").count(), 2, "{page}");

        doors.again.open();
        let checked = blocks_are(&server, |blocks| blocks.iter().all(|block| block["checked"] == true)).await;
        assert_eq!(checked["blocks"].as_array().map(Vec::len), Some(2), "the last event is one that shows something");
        assert_eq!((&checked["progress"], &checked["state"]), (&json!(20), &json!("RUNNING")));
        assert!(checked["message"].as_str().is_some_and(|message| message.starts_with("Writing")), "{checked}");
        assert_eq!(checked["blocks"][0]["id"], first["id"]);
        let page = server.get("/generations/1").await.text;
        assert!(!page.contains("Being checked") && !page.contains("As an AI language model"), "{page}");

        doors.parts.open();
        let kind = |blocks: &[Value], kind: &str| blocks.iter().any(|block| block["content"]["type"] == kind);
        let written = blocks_are(&server, |blocks| kind(blocks, "diagram") && kind(blocks, "quiz")).await;
        let blocks = written["blocks"].as_array().expect("blocks");
        assert!(blocks.is_sorted_by_key(|block| block["position"].as_i64()), "{blocks:?}");
        let find = |kind: &str| blocks.iter().find(|block| block["content"]["type"] == kind).expect("a block");
        let folder = "/generations/1/diagrams";
        let place = format!("{folder}/{}.svg", find("diagram")["id"].as_str().expect("an id"));
        let page = server.get("/generations/1").await.text;
        let (_, address) = page.split_once(&format!("src=\"{place}")).expect("the diagram's address");
        let query = address.split('"').next().unwrap_or_default().replace("&#38;", "&");
        assert!(query.contains("&form="), "{query}");
        for query in [query.as_str(), "", "?theme=dark"] {
            let picture = server.get(&format!("{place}{query}")).await;
            assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/svg+xml"));
            assert!(picture.header("content-security-policy").contains("sandbox") && picture.text.contains("<svg"));
        }
        let quiz = format!("{folder}/{}.svg", find("quiz")["id"].as_str().expect("an id"));
        let other = format!("{place}?form=0000000000000000");
        let foreign = place.replace("/1/", "/99/");
        for missing in [&quiz, &other, &foreign, &format!("{folder}/none.svg"), &format!("{folder}/none")] {
            assert_eq!(server.get(missing).await.status, 404, "{missing}");
        }

        doors.answers.open();
        let ended = until(async || Some(standing(&server).await).filter(|standing| standing["state"] == "PUBLISHED")).await;
        assert_eq!((&ended["lessonId"], &ended["progress"]), (&json!("1"), &json!(100)));
        assert_eq!(server.get("/generations/1").await.header("location"), "/lessons/1");
        let checks = "{ lessons { getLessonById(lessonId: 1) { checks {
            check of passed mended dropped notDone notes words } } } }";
        let checks = server.ask(checks).await.good("/data/lessons/getLessonById/checks").clone();
        let of = |check: &str| checks.as_array().and_then(|all| all.iter().find(|one| one["check"] == check)).cloned();
        assert!(of("TEXTS").is_some_and(|texts| texts["mended"] == 1), "{checks}");
        let answers = of("ANSWERS").expect("answers");
        assert_eq!(answers["of"], answers["passed"]);
        let words = answers["words"].as_str().expect("words");
        let page = server.get("/lessons/1").await.text;
        assert!(page.contains("<p>Checked: ") && page.contains(words), "{words}");
        server.stop().await;
    }

    async fn what_nobody_has_checked_is_not_said_to_be(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let lesson = server.lesson("Git Basics", "reading").await;
        let page = server.get(&format!("/lessons/{lesson}")).await.text;
        assert!(page.contains("Checked by the project&#39;s own tests"), "{page}");
        let checks = server.ask("{ lessons { getLessonById(lessonId: 1) { checks { check } } } }").await;
        assert_eq!(*checks.good("/data/lessons/getLessonById/checks"), json!([]));
        let imported = server.import(include_str!("../lessons/film.md")).await;
        assert!(!server.get(&format!("/lessons/{imported}")).await.text.contains("Checked"));
        server.stop().await;
    }
}
