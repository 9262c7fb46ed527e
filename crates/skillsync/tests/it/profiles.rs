//! Lessons that are written for a profile: who is served which, what is told of it, and what a server without a model does.

use serde_json::{Value, json};
use skillsync::generation::sample::scripted_writer;
use skillsync::lessons::request::{LearningStyle, LessonRequest, StepTitle};
use skillsync::lessons::versions;
use skillsync::testing::TestDatabase;

use crate::program::Program;
use crate::world::{Reply, Setup, TestServer, execute, rows};

const ASK: &str = "query($title: String!, $profile: LearnerProfileInput) { lessons {
    getOrGenerateLesson(stepTitle: $title, learningStyle: reading, profile: $profile) { success wasCached code
        lesson { id lookupKey cacheKey writtenFor { industry careerStage weeklyHours goal } } }
    getLessonVersions(stepTitle: $title, learningStyle: reading, profile: $profile) { id }
    lessonKey(stepTitle: $title, learningStyle: reading, profile: $profile) { lookupKey } } }";

async fn ask(server: &TestServer, title: &str, profile: &Value) -> Reply {
    server.graphql(ASK, json!({ "title": title, "profile": profile }), None).await
}

/// The lesson's number and whether it was there before.
async fn served(server: &TestServer, profile: &Value) -> (String, bool) {
    let reply = ask(server, "Rust Lifetimes", profile).await;
    let payload = reply.good("/data/lessons/getOrGenerateLesson");
    let lesson = &payload["lesson"];
    assert_eq!(&lesson["lookupKey"], reply.at("/data/lessons/lessonKey/lookupKey"));
    (lesson["id"].as_str().expect("a lesson").to_owned(), payload["wasCached"] == true)
}

fn profiles() -> Vec<Value> {
    let whole = json!({ "industry": "healthcare", "careerStage": "mid_level", "weeklyHours": "three_to_five", "goal": "Lead a clinic" });
    let but = |name: &str, value: Value| {
        let mut other = whole.clone();
        other[name] = value;
        other
    };
    vec![
        Value::Null,
        json!({ "industry": "healthcare" }),
        json!({ "careerStage": "mid_level" }),
        json!({ "goal": "healthcare" }),
        but("industry", json!("finance")),
        but("careerStage", Value::Null),
        but("weeklyHours", json!("ten_or_more")),
        but("goal", json!("Lead a clinic!")),
        whole,
    ]
}

skillsync::both_engines! {
    async fn a_lesson_for_one_profile_is_served_to_no_other_and_the_reverse(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        let mut ids = Vec::new();
        for profile in profiles() {
            let (id, was_cached) = served(&server, &profile).await;
            assert!(!was_cached && !ids.contains(&id), "{profile} was answered with the lesson of another: {id} of {ids:?}");
            ids.push(id);
        }
        server.stop().await;
        // Once from memory, once from the database alone.
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        for _ in 0..2 {
            for (profile, id) in profiles().iter().zip(&ids) {
                assert_eq!(served(&server, profile).await, (id.clone(), true), "{profile}");
                let versions = ask(&server, "Rust Lifetimes", profile).await;
                assert_eq!(versions.at("/data/lessons/getLessonVersions"), &json!([{ "id": id }]), "{profile}");
            }
        }
        assert_eq!((rows(&database.db, "lesson_keys").await, rows(&database.db, "lessons").await), (9, 9));
        server.stop().await;
    }

    async fn a_lesson_tells_for_whom_it_was_written(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        let said = json!({ "industry": "NON-PROFIT", "careerStage": "career_changer", "weeklyHours": "one_to_three", "goal": " Keep <b>books</b>" });
        let told = json!({ "industry": "non_profit", "careerStage": "career_changer", "weeklyHours": "one_to_three", "goal": " Keep <b>books</b>" });
        let reply = ask(&server, "Python Variables", &said).await;
        let lesson = reply.good("/data/lessons/getOrGenerateLesson/lesson");
        assert_eq!(lesson["writtenFor"], told);
        let general = ask(&server, "Python Variables", &json!({})).await;
        let general = general.good("/data/lessons/getOrGenerateLesson/lesson");
        assert_eq!((&general["writtenFor"], &general["cacheKey"]), (&Value::Null, &lesson["cacheKey"]));
        let page = server.get(&format!("/lessons/{}", lesson["id"].as_str().expect("a number"))).await;
        let line = "Written for: non-profit, career changer, 1 to 3 hours a week, with the goal “Keep &#60;b&#62;books&#60;/b&#62;”";
        assert!(page.text.contains(line), "{}", page.text);
        let id = general["id"].as_str().expect("a number");
        assert!(!server.get(&format!("/lessons/{id}")).await.text.contains("Written for:"));
        let home = server.get("/").await;
        assert!(home.text.contains(&format!("href=\"/lessons/{id}\"")), "the lesson for everybody is listed");
        assert_eq!(home.text.matches("href=\"/lessons/").count(), 1, "the other one is not");
        server.stop().await;
    }

    async fn a_profile_that_is_not_one_is_refused(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        for profile in [
            json!({ "industry": "space" }), json!({ "careerStage": 1 }), json!({ "weeklyHours": "40" }), json!({ "goal": " " }),
            json!({ "goal": "a\nb" }), json!({ "goal": "x".repeat(121) }),
        ] {
            assert_eq!(ask(&server, "Rust Lifetimes", &profile).await.codes().first(), Some(&"INVALID_INPUT"), "{profile}");
        }
        let reply = ask(&server, "Rust Lifetimes", &json!({ "age": 40 })).await;
        assert_ne!(reply.codes(), Vec::<&str>::new());
        assert_eq!(rows(&database.db, "lesson_keys").await, 0);
        server.stop().await;
    }

    async fn without_a_model_a_profile_gets_the_librarys_lesson_for_everybody(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let profile = json!({ "industry": "finance" });
        let first = ask(&server, "Git Basics", &profile).await;
        let payload = first.good("/data/lessons/getOrGenerateLesson");
        assert_eq!((&payload["success"], &payload["wasCached"]), (&json!(true), &json!(false)));
        assert_eq!(payload["lesson"]["writtenFor"], Value::Null);
        let again = ask(&server, "Git Basics", &profile).await;
        let general = ask(&server, "Git Basics", &Value::Null).await;
        for reply in [&again, &general] {
            let payload = reply.good("/data/lessons/getOrGenerateLesson");
            assert_eq!((&payload["wasCached"], &payload["lesson"]), (&json!(true), first.at("/data/lessons/getOrGenerateLesson/lesson")));
        }
        let none = ask(&server, "Rust Lifetimes", &profile).await;
        assert_eq!(none.at("/data/lessons/getOrGenerateLesson/code"), "NO_MODEL");
        assert_eq!((rows(&database.db, "lesson_keys").await, rows(&database.db, "runs").await), (1, 1));
        server.stop().await;
        // A model that is connected later writes for the profile after all.
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        let written = ask(&server, "Git Basics", &profile).await;
        let written = written.good("/data/lessons/getOrGenerateLesson");
        assert_eq!((&written["wasCached"], &written["lesson"]["writtenFor"]["industry"]), (&json!(false), &json!("finance")));
        server.stop().await;
    }

    async fn the_profile_is_compared_on_every_hit_beside_the_key(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        let (id, _) = served(&server, &Value::Null).await;
        let title = StepTitle::parse("Rust Lifetimes").expect("a title");
        let request = LessonRequest::new(title, LearningStyle::Reading);
        let best = async || versions::best(&server.app, &request).await.expect("the database answers");
        assert_eq!(best().await.map(|served| served.lesson.id.to_string()), Some(id));
        server.stop().await;
        // As if another request had the same 256 bits.
        execute(&database.db, "UPDATE lesson_keys SET profile = '{\"industry\":\"finance\"}'").await;
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        assert!(versions::best(&server.app, &request).await.expect("the database answers").is_none());
        server.stop().await;
    }
}

#[tokio::test]
async fn commands_take_a_profile() {
    let program = Program::new();
    let key = async |more: &[&str]| {
        let arguments = [&["lesson", "key", "Python Variables", "--style", "mixed", "--json"], more].concat();
        serde_json::from_str::<Value>(&program.printed(&arguments).await).expect("JSON")
    };
    let general = key(&[]).await;
    assert_eq!(general["lookupKey"], "176bcd2f71c6fae5ad33d3cb5e28639e48a8455bc48bfe0989693e1e26490a14");
    let whole = [
        "--industry",
        "healthcare",
        "--career-stage",
        "mid-level",
        "--weekly-hours",
        "three_to_five",
        "--goal",
        "Lead a clinic",
    ];
    let told = key(&whole).await;
    assert_ne!(told["lookupKey"], general["lookupKey"]);
    assert_eq!(told["cacheKey"], general["cacheKey"]);
    let refused = program.run(&["lesson", "get", "Git", "--industry", "space"]).await;
    assert!(refused.code == Some(2) && refused.err.contains("`space` is not an industry"), "{refused:?}");
}
