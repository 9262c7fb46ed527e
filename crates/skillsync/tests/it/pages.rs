//! The pages as a browser without JavaScript gets them.

use reqwest::Method;
use serde_json::Value;
use skillsync::generation::sample::{self, scripted_writer};
use skillsync::testing::TestDatabase;
use skillsync_llm::{Error, Gate, Script};

use crate::world::{Reply, Setup, TestServer, number, rows, until, writer_behind};

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Topics and styles of the starter library.
const TOPICS: [&str; 4] = ["Python Variables", "Python Functions", "JavaScript Functions", "Git Basics"];
const STYLES: [&str; 3] = ["hands_on", "reading", "mixed"];

async fn ask(server: &TestServer, topic: &str, style: &str) -> Reply {
    server.submit("/lessons", &[("topic", topic), ("style", style), ("number", "1")], None).await
}

/// Asks by the form and goes where it leads, up to the lesson's page.
async fn open(server: &TestServer, topic: &str, style: &str) -> (String, Reply) {
    let answer = ask(server, topic, style).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let mut place = answer.header("location").to_owned();
    if place.starts_with("/generations/") {
        place = until(async || {
            let page = server.get(&place).await;
            (page.status == 303).then(|| page.header("location").to_owned())
        })
        .await;
    }
    assert!(place.starts_with("/lessons/"), "{place}");
    let page = server.get(&place).await;
    assert_eq!(page.status, 200, "{place}");
    (place, page)
}

/// All values of an attribute in a page.
fn attributes<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begin = format!(" {attribute}=\"");
    page.split(&begin).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Nothing that the page policy would stop, and nothing from elsewhere.
fn is_plain(page: &str, what: &str) {
    assert!(!page.contains("<style") && !page.contains(" style=\""), "{what} has inline style");
    for script in page.split("<script").skip(1) {
        assert!(script.contains("></script>") && script.contains(" src=\"/assets/"), "{what} has an inline script");
    }
    for source in [attributes(page, "src"), attributes(page, "srcset"), attributes(page, "action")].concat() {
        assert!(source.starts_with('/') && !source.starts_with("//"), "{what} loads {source}");
    }
    assert!(!page.contains(" onclick=") && !page.contains("javascript:"), "{what}");
}

skillsync::both_engines! {
    async fn a_miss_leads_over_its_progress_to_the_lesson_and_a_hit_straight_there(database: &TestDatabase) {
        let gate = Gate::closed();
        let script = writer_behind(&gate);
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let miss = ask(&server, "Rust Lifetimes", "mixed").await;
        assert_eq!((miss.status.as_u16(), miss.header("location")), (303, "/generations/1"));
        let progress = server.get("/generations/1").await;
        assert_eq!(progress.status, 200);
        is_plain(&progress.text, "the progress page");
        for part in ["<meta http-equiv=\"refresh\"", "<progress", "Rust Lifetimes", "data-events=\"/generations/1/events\""] {
            assert!(progress.text.contains(part), "{part}");
        }
        assert_eq!(ask(&server, " rust  LIFETIMES", "mixed").await.header("location"), "/generations/1", "the same run");
        gate.open();
        let (place, lesson) = open(&server, "Rust Lifetimes", "mixed").await;
        assert!(lesson.text.contains("Rust Lifetimes"));
        assert_eq!(server.get("/generations/1").await.header("location"), place);
        let hit = ask(&server, "Rust Lifetimes", "mixed").await;
        assert_eq!((hit.status.as_u16(), hit.header("location")), (303, place.as_str()));
        let events = server.get("/generations/1/events").await;
        assert_eq!(events.header("content-type"), "text/event-stream");
        let data = events.text.lines().filter_map(|line| line.strip_prefix("data: ")).next_back().expect("an event");
        let event: Value = serde_json::from_str(data).expect("JSON");
        assert_eq!((&event["state"], &event["percent"], &event["location"]), (&"published".into(), &100.into(), &place.as_str().into()));
        assert_eq!((rows(&database.db, "runs").await, rows(&database.db, "lessons").await), (1, 1));
        server.stop().await;
        assert_eq!(number(&database.db, "SELECT views FROM tallies").await, 1, "asking counts no view, opening the page one");
    }

    async fn a_failure_is_told_and_can_be_tried_again(database: &TestDatabase) {
        let script = Script::new(|_| Error::Unauthorized);
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        ask(&server, "Rust Lifetimes", "reading").await;
        let page = until(async || {
            let page = server.get("/generations/1").await;
            page.text.contains("role=\"alert\">This lesson could not be written").then_some(page)
        })
        .await;
        assert!(page.text.contains("not set up properly") && page.text.contains("Try again"), "{}", page.text);
        assert!(!page.text.contains("http-equiv=\"refresh\""), "a page that has ended does not reload");
        server.stop().await;
    }

    async fn without_a_model_the_library_is_offered(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let reply = ask(&server, "Zig Comptime", "reading").await;
        assert_eq!(reply.status, 503);
        for part in ["no model is connected", "OPENAI_BASE_URL", "Zig Comptime"] {
            assert!(reply.text.contains(part), "{part}");
        }
        is_plain(&reply.text, "the page without a model");
        assert_eq!(rows(&database.db, "runs").await, 0);
        server.stop().await;
    }

    async fn without_a_model_the_start_page_offers_the_library_once(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let (place, _) = open(&server, "Git Basics", "reading").await;
        let home = server.get("/").await;
        assert!(home.text.contains("aria-label=\"Git Basics, Reading\""), "{}", home.text);
        assert!(!home.text.contains(&format!("href=\"{place}\"")), "it stands in the library's list already");
        is_plain(&home.text, "the start page with the library");
        server.stop().await;
    }

    async fn the_start_page_asks_and_lists_what_is_ready(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        let empty = server.get("/").await;
        assert!(empty.text.contains("name=\"topic\"") && empty.text.contains("value=\"hands_on\""));
        assert!(!empty.text.contains("In the starter library"), "a model writes for the learner");
        let (place, _) = open(&server, "Git Basics", "reading").await;
        let home = server.get("/").await;
        assert!(home.text.contains(&format!("href=\"{place}\"")), "what was asked for is listed");
        is_plain(&home.text, "the start page");
        server.stop().await;
    }

    async fn every_lesson_of_the_library_is_a_whole_page(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let schema = server.get("/schema/lesson.json").await;
        let validator = jsonschema::validator_for(schema.good("")).expect("the schema is one");
        let mut kinds = std::collections::BTreeSet::new();
        for topic in TOPICS {
            for style in STYLES {
                let (place, page) = open(&server, topic, style).await;
                is_plain(&page.text, &place);
                let id = place.rsplit('/').next().expect("a number");
                let document = format!("{{ lessons {{ getLessonById(lessonId: {id}) {{ content viewCount }} }} }}");
                let reply = server.ask(&document).await;
                let content = reply.good("/data/lessons/getLessonById/content");
                let faults: Vec<_> = validator.iter_errors(content).map(|fault| fault.to_string()).collect();
                assert_eq!(faults, Vec::<String>::new(), "{topic} {style}");
                for block in content["blocks"].as_array().expect("blocks") {
                    let (id, kind) = (block["id"].as_str().expect("an id"), block["type"].as_str().expect("a type"));
                    assert!(page.text.contains(&format!("<section id=\"{id}\"")), "{place} lacks {id}");
                    kinds.insert(kind.to_owned());
                }
                for picture in attributes(&page.text, "src").into_iter().filter(|source| source.contains("/diagrams/")) {
                    for picture in [picture.replace("&amp;", "&"), picture.replace("light", "dark").replace("&amp;", "&")] {
                        let svg = server.get(&picture).await;
                        assert_eq!((svg.status.as_u16(), svg.header("content-type")), (200, "image/svg+xml"), "{picture}");
                        let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
                        assert_eq!(svg.header("content-security-policy"), policy);
                        assert!(svg.text.contains("<svg") && !svg.text.contains("<script"), "{picture}");
                    }
                }
                assert_eq!(reply.at("/data/lessons/getLessonById/viewCount"), 1);
            }
        }
        for kind in ["prose", "code", "diagram", "exercise", "project", "quiz", "table", "key_concepts", "sources"] {
            assert!(kinds.contains(kind), "no lesson of the library shows the block type {kind}: {kinds:?}");
        }
        server.stop().await;
    }

    async fn a_learner_votes_on_the_lessons_page(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let (place, page) = open(&server, "Git Basics", "reading").await;
        assert!(page.text.contains("Sign in to vote") && !page.text.contains("value=\"upvote\""));
        let sign_up = [("email", "ada@example.com"), ("password", "correct horse"), ("next", place.as_str())];
        let cookie = server.submit("/sign-up", &sign_up, None).await.cookie();
        let page = async || Reply::to(server.request(Method::GET, &place).header("cookie", &cookie)).await.text;
        let vote = async |vote: &str, comment: &str| {
            server.submit(&format!("{place}/vote"), &[("vote", vote), ("comment", comment)], Some(&cookie)).await
        };
        let shown = page().await;
        assert!(shown.contains("value=\"upvote\"") && !shown.contains("value=\"withdraw\""));
        let answer = vote("upvote", "<b>clear</b>").await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, format!("{place}?voted=yes#page_votes").as_str()));
        let shown = page().await;
        assert!(shown.contains("<b>1</b> yes") && shown.contains("value=\"withdraw\"") && !shown.contains("<b>clear"), "{shown}");
        assert_eq!(vote("withdraw", "").await.status, 303);
        assert!(page().await.contains("<b>0</b> yes"));
        for (wrong, comment) in [("banana", String::new()), ("", String::new()), ("upvote", "x".repeat(2_001))] {
            let answer = vote(wrong, &comment).await;
            assert_eq!(answer.status, 422, "{wrong}");
            assert!(answer.text.contains("class=\"problem\""), "{wrong}");
        }
        assert_eq!(rows(&database.db, "votes").await, 0);
        server.stop().await;
    }

    async fn a_learner_has_a_lesson_written_again(database: &TestDatabase) {
        let gate = Gate::closed();
        let door = gate.clone();
        let script = Script::new(move |request| {
            let answer = sample::answer(request);
            if format!("{request:?}").contains("More pictures") { answer.behind(&door) } else { answer }
        });
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let (place, _) = open(&server, "Rust Lifetimes", "reading").await;
        let cookie = format!("skillsync_session={}", server.sign_up("ada@example.com").await);
        let reply = server.submit(&format!("{place}/regenerate"), &[("reason", "More pictures")], Some(&cookie)).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/generations/2"));
        assert_eq!(server.get("/generations/2").await.status, 200);
        assert_eq!(server.get(&place).await.status, 200, "the old version is served meanwhile");
        gate.open();
        let new = until(async || {
            let page = server.get("/generations/2").await;
            (page.status == 303).then(|| page.header("location").to_owned())
        })
        .await;
        assert_ne!(new, place);
        let page = server.get(&new).await;
        assert!(page.text.contains("All 2 versions") && page.text.contains(&format!("href=\"{place}\"")));
        server.stop().await;
    }

    async fn what_is_not_there_is_told_with_a_way_on(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        for path in [
            "/nothing", "/lessons/99", "/lessons/0", "/lessons/-1", "/lessons/banana", "/lessons/99999999999999999999",
            "/lessons/1%00", "/lessons/%ff", "/generations/99", "/generations/banana", "/lessons/",
        ] {
            let page = server.get(path).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(page.text.contains("There is nothing here") && page.text.contains("action=\"/lessons\""), "{path}");
            assert!(!page.text.contains("<script>") && page.header("content-type").starts_with("text/html"), "{path}");
        }
        let hostile = server.get("/%3Cscript%3Ealert(1)%3C/script%3E").await;
        assert!(!hostile.text.contains("<script>alert"));
        for path in [
            "/assets/none.css", "/assets/../Cargo.toml", "/assets/%2e%2e/Cargo.toml", "/generations/99/events",
            "/lessons/1/diagrams/a.svg", "/lessons/banana/diagrams/a.svg", "/lessons/1/diagrams/a.png", "/lessons/1/diagrams/%ff.svg",
        ] {
            let reply = server.get(path).await;
            assert!(reply.status.is_client_error(), "{path}: {}", reply.status);
        }
        server.stop().await;
    }

    async fn every_answer_carries_the_security_headers(database: &TestDatabase) {
        let server = TestServer::with(database, Setup::written_by(&scripted_writer())).await;
        let (place, _) = open(&server, "Rust Lifetimes", "mixed").await;
        for path in [
            "/", &place, "/generations/1", "/generations/1/events", "/sign-in", "/sign-up", "/graphql", "/graphql?query=%7B__typename%7D",
            "/graphiql", "/schema/lesson.json", "/schema/schema.graphql", "/assets/style.css", "/assets/none", "/healthz", "/nothing",
        ] {
            let reply = server.get(path).await;
            assert_eq!(reply.header("content-security-policy"), PAGE_POLICY, "{path}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
            assert!(reply.status.as_u16() < 500, "{path}: {}", reply.status);
        }
        let posted = ask(&server, "", "mixed").await;
        assert_eq!((posted.header("content-security-policy"), posted.header("x-content-type-options")), (PAGE_POLICY, "nosniff"));
        server.stop().await;
    }

    async fn the_page_of_a_video_may_show_its_player_and_no_other_page_may(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let film = server.import(include_str!("../lessons/film.md")).await;
        let page = server.get(&format!("/lessons/{film}")).await;
        let policy = format!("{PAGE_POLICY}; frame-src https://www.youtube-nocookie.com");
        assert_eq!((page.status.as_u16(), page.header("content-security-policy")), (200, policy.as_str()));
        is_plain(&page.text, "the page of a video");
        assert!(!page.text.contains("<iframe"), "the player waits for a click");
        for told in ["Bakers' Notes", "licence CC BY-SA 4.0", "read on 2026-03-31", "page 12", "Transcript:", "Why this video"] {
            assert!(page.text.contains(told), "{told}");
        }
        let (_, other) = open(&server, "Git Basics", "reading").await;
        assert_eq!(other.header("content-security-policy"), PAGE_POLICY);
        assert!(!other.text.contains("video.js"));
        let sources = "{ title url site licence readOn page }";
        let reply = server.ask(&format!("{{ lessons {{ getLessonById(lessonId: {film}) {{ sources {sources} }} }} }}")).await;
        let expected = serde_json::json!([
            { "title": "Notes on resting doughs", "url": "https://notes.example.org/rest", "site": "Bakers' Notes",
              "licence": "CC BY-SA 4.0", "readOn": "2026-03-31", "page": null },
            { "title": "The house's own handbook", "url": "document:handbook", "site": null, "licence": null, "readOn": null, "page": 12 },
        ]);
        assert_eq!(reply.good("/data/lessons/getLessonById/sources"), &expected);
        server.stop().await;
    }

    async fn files_are_kept_by_browsers_until_they_change(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let home = server.get("/").await;
        let style = attributes(&home.text, "href").into_iter().find(|href| href.contains("style.css")).expect("a style sheet");
        let first = server.get(style).await;
        assert_eq!((first.status.as_u16(), first.header("content-type")), (200, "text/css; charset=utf-8"));
        assert!(first.header("cache-control").contains("immutable"));
        let tag = first.header("etag").to_owned();
        let again = Reply::to(server.request(Method::GET, style).header("if-none-match", &tag)).await;
        assert_eq!((again.status.as_u16(), again.text.as_str(), again.header("etag")), (304, "", tag.as_str()));
        let changed = Reply::to(server.request(Method::GET, style).header("if-none-match", "\"older\"")).await;
        assert_eq!(changed.status, 200);
        assert_eq!(server.get("/assets/style.css?v=older").await.header("cache-control"), "no-cache");
        server.stop().await;
    }

    async fn the_published_schemas_are_those_that_the_program_prints(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let sdl = server.get("/schema/schema.graphql").await;
        assert_eq!(sdl.text, skillsync::api::schema::sdl());
        assert!(server.get("/schema/lesson.json").await.header("content-type").starts_with("application/json"));
        let health = server.get("/healthz").await;
        assert_eq!((health.status.as_u16(), health.text.as_str()), (200, "ok\n"));
        let console = server.get("/graphiql").await;
        is_plain(&console.text, "the console");
        server.app.db.close().await;
        let health = server.get("/healthz").await;
        assert_eq!(health.status, 503);
        let page = server.get("/").await;
        assert!(page.status == 500 && !page.text.contains("sqlx") && !page.text.to_lowercase().contains("pool"), "{page:?}");
        let answer = server.ask("{ lessons { getLessonById(lessonId: 1) { id } } }").await;
        assert_eq!(answer.codes(), ["INTERNAL"]);
        assert!(!answer.text.to_lowercase().contains("pool"), "{answer:?}");
        server.stop().await;
    }
}
