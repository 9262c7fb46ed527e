//! What is not a sensible request is refused with the right code before anything is stored or paid for.

use reqwest::Method;
use serde_json::json;
use skillsync::generation::sample::scripted_writer;
use skillsync::testing::TestDatabase;
use skillsync_llm::Script;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{Reply, Setup, TestServer, all_rows, encoded, within};

/// The whole list of codes, see `src/api/errors.rs`.
const CODES: [&str; 8] = [
    "BAD_REQUEST",
    "BAD_QUERY",
    "TOO_COMPLEX",
    "INVALID_INPUT",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "INTERNAL",
];

/// A server on which a model would write any lesson, so that a request that slips through is seen.
struct World<'a> {
    server: TestServer,
    script: Script,
    database: &'a TestDatabase,
    before: Vec<(&'static str, i64)>,
}

impl<'a> World<'a> {
    async fn new(database: &'a TestDatabase) -> Self {
        let script = scripted_writer();
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        Self { before: all_rows(&database.db).await, server, script, database }
    }

    /// Checks that a reply is a refusal in the API's form, with this status and code, and tells nothing internal.
    #[track_caller]
    fn refused(&self, reply: &Reply, status: u16, code: &str, what: &str) {
        assert!(CODES.contains(&code));
        let errors = reply.at("/errors").as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(reply.codes().iter().all(|found| *found == code) && !errors.is_empty(), "{what}: {code}? {reply:?}");
        assert_eq!(reply.status, status, "{what}: {reply:?}");
        let data = reply.at("/data");
        assert!(data.is_null() || data["lessons"].is_null(), "{what}: {reply:?}");
        assert!(reply.header("content-type").starts_with("application/json"), "{what}: {reply:?}");
        for error in errors {
            let message = error["message"].as_str().expect("a message");
            assert!(!message.is_empty() && message.len() < 1_000, "{what}: {message}");
            for internal in ["panicked", "src/", ".rs", "sqlx", "SELECT", "serde", "0x"] {
                assert!(!message.contains(internal), "{what}: {message}");
            }
        }
    }

    async fn raw(&self, content_type: &str, body: impl Into<reqwest::Body>) -> Reply {
        Reply::to(self.server.request(Method::POST, "/graphql").header("content-type", content_type).body(body)).await
    }

    async fn json(&self, body: impl Into<reqwest::Body>) -> Reply {
        self.raw("application/json", body).await
    }

    /// Nothing was stored, no model was asked, and the server still works.
    async fn unharmed(self) {
        assert_eq!(all_rows(&self.database.db).await, self.before);
        assert_eq!(self.script.calls(), 0, "the model was asked");
        assert_eq!(self.server.ask("{ __typename }").await.good("/data/__typename"), "Query");
        self.server.stop().await;
    }
}

/// Every field that takes a request for a lesson.
const ASKING: [&str; 3] = ["getOrGenerateLesson { success }", "getLessonVersions { id }", "lessonKey { cacheKey }"];

fn asking(field: &str, arguments: &str) -> String {
    let (name, selection) = field.split_once(' ').expect("a field and what is selected");
    format!("{{ lessons {{ {name}({arguments}) {selection} }} }}")
}

skillsync::both_engines! {
    async fn titles_that_are_none(database: &TestDatabase) {
        let world = World::new(database).await;
        let titles = [
            String::new(),
            "   ".into(),
            "\u{200b}\u{feff}\u{ad}".into(),
            "\n\t".into(),
            "x".repeat(256),
            "é".repeat(256),
            "x".repeat(10_000),
            "Python\0Variables".into(),
            "Python\u{1b}[31m".into(),
            "Python\u{7f}".into(),
            "Python\u{9b}".into(),
        ];
        for field in ASKING {
            let head = "query($title: String!)";
            let document = format!("{head} {}", asking(field, "stepTitle: $title, learningStyle: reading"));
            for title in &titles {
                let reply = world.server.graphql(&document, json!({ "title": title }), None).await;
                world.refused(&reply, 200, "INVALID_INPUT", &format!("{field} {title:.20?}"));
            }
        }
        let longest = json!({ "title": "é".repeat(255) });
        let document = format!("query($title: String!) {}", asking(ASKING[2], "stepTitle: $title, learningStyle: reading"));
        world.server.graphql(&document, longest, None).await.good("/data/lessons/lessonKey/cacheKey");
        world.unharmed().await;
    }

    async fn numbers_styles_and_languages_that_are_none(database: &TestDatabase) {
        let world = World::new(database).await;
        for field in ASKING {
            for (arguments, code) in [
                ("learningStyle: reading, lessonNumber: 0", "INVALID_INPUT"),
                ("learningStyle: reading, lessonNumber: -1", "INVALID_INPUT"),
                ("learningStyle: reading, lessonNumber: 2147483648", "INVALID_INPUT"),
                ("learningStyle: reading, lessonNumber: -9223372036854775808", "INVALID_INPUT"),
                ("learningStyle: reading, lessonNumber: 99999999999999999999", "BAD_QUERY"),
                ("learningStyle: reading, lessonNumber: 1.5", "BAD_QUERY"),
                ("learningStyle: reading, lessonNumber: \"1\"", "BAD_QUERY"),
                ("learningStyle: \"banana\"", "INVALID_INPUT"),
                ("learningStyle: BANANA", "INVALID_INPUT"),
                ("learningStyle: \"\"", "INVALID_INPUT"),
                ("learningStyle: 7", "INVALID_INPUT"),
                ("learningStyle: null", "BAD_QUERY"),
                ("learningStyle: reading, difficulty: \"banana\"", "INVALID_INPUT"),
                ("learningStyle: reading, language: \"not a language\"", "INVALID_INPUT"),
                ("learningStyle: reading, language: \"\"", "INVALID_INPUT"),
                ("lessonNumber: 1", "BAD_QUERY"),
                ("learningStyle: reading, banana: 1", "BAD_QUERY"),
            ] {
                let reply = world.server.ask(&asking(field, &format!("stepTitle: \"Git\", {arguments}"))).await;
                world.refused(&reply, 200, code, &format!("{field} {arguments}"));
            }
            for (kind, style) in [("String!", json!("banana")), ("LearningStyle!", json!("banana")), ("LearningStyle!", json!(["reading"]))] {
                let document = format!("query($style: {kind}) {}", asking(field, "stepTitle: \"Git\", learningStyle: $style"));
                let reply = world.server.graphql(&document, json!({ "style": style }), None).await;
                world.refused(&reply, 200, "INVALID_INPUT", &format!("{field} {kind} {style}"));
            }
        }
        world.unharmed().await;
    }

    async fn half_characters(database: &TestDatabase) {
        let world = World::new(database).await;
        for escape in [r"\ud800", r"\udfff", r"\ud800\ud800", r"a\ud83d"] {
            let document = asking(ASKING[0], "stepTitle: $title, learningStyle: reading");
            let body = format!(r#"{{"query": "query($title: String!) {document}", "variables": {{"title": "{escape}"}}}}"#);
            world.refused(&world.json(body).await, 400, "BAD_REQUEST", &format!("{escape} in JSON"));
            let document = asking(ASKING[0], &format!("stepTitle: \"{escape}\", learningStyle: reading"));
            world.refused(&world.server.ask(&document).await, 200, "BAD_QUERY", &format!("{escape} in GraphQL"));
            let reply = world.server.get(&format!("/graphql?query={}", encoded(&document))).await;
            world.refused(&reply, 200, "BAD_QUERY", &format!("{escape} in GraphQL over GET"));
        }
        for escape in [r"\u12", r"\x41", r"\", r"\u{110000}"] {
            let document = asking(ASKING[0], &format!("stepTitle: \"{escape}\", learningStyle: reading"));
            world.refused(&world.server.ask(&document).await, 200, "BAD_QUERY", escape);
        }
        world.unharmed().await;
    }

    async fn whole_characters_are_understood_in_every_escape(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        for escape in [r"caf\u00e9", "café", r"café", r"CAF\u00C9"] {
            let reply = server.ask(&asking("lessonKey { canonicalTitle }", &format!("stepTitle: \"{escape}\", learningStyle: reading"))).await;
            assert_eq!(reply.good("/data/lessons/lessonKey/canonicalTitle"), "café", "{escape}");
        }
        server.stop().await;
    }

    async fn bodies_that_are_no_request(database: &TestDatabase) {
        let world = World::new(database).await;
        for body in [
            &b""[..],
            b"{",
            b"null",
            b"7",
            b"\"{ __typename }\"",
            b"{\"query\": 7}",
            b"{\"query\": \"{ __typename }\", \"variables\": 7}",
            b"{\"query\": \"{ __typename }\"} trailing",
            b"{\"query\": \"\xff\xfe\"}",
            b"\xff\xfe\x00",
            b"[]",
            b" [\"{ __typename }\"]",
            b"[{\"query\": \"{ __typename }\"}, {\"query\": \"{ __typename }\"}]",
        ] {
            world.refused(&world.json(body).await, 400, "BAD_REQUEST", &String::from_utf8_lossy(body));
        }
        let deep = format!("{{\"query\": \"{{ __typename }}\", \"variables\": {{\"a\": {}1{}}}}}", "[".repeat(10_000), "]".repeat(10_000));
        world.refused(&world.json(deep).await, 400, "BAD_REQUEST", "deep variables");
        let good = r#"{"query": "{ __typename }"}"#;
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql", ""] {
            world.refused(&world.raw(content_type, good).await, 415, "BAD_REQUEST", content_type);
        }
        let reply = Reply::to(world.server.request(Method::POST, "/graphql").body(good)).await;
        world.refused(&reply, 415, "BAD_REQUEST", "no content type");
        for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
            assert_eq!(world.raw(content_type, good).await.good("/data/__typename"), "Query");
        }
        for path in ["/graphql", "/graphql?", "/graphql?query=", "/graphql?variables=%7B", "/graphql?query=%7B__typename%7D&variables=banana"] {
            let reply = world.server.get(path).await;
            assert!(matches!(reply.codes()[..], ["BAD_REQUEST" | "BAD_QUERY"]), "{path}: {reply:?}");
        }
        world.unharmed().await;
    }

    async fn a_body_of_five_megabytes(database: &TestDatabase) {
        let world = World::new(database).await;
        for body in [format!("{{\"query\": \"{}\"}}", "x".repeat(5_000_000)), "\0".repeat(5_000_000)] {
            world.refused(&world.json(body).await, 413, "BAD_REQUEST", "five megabytes");
        }
        let form = world.server.submit("/lessons", &[("topic", &"x".repeat(5_000_000))], None).await;
        assert!(form.status.is_client_error(), "{}", form.status);
        world.unharmed().await;
    }

    async fn documents_that_are_none(database: &TestDatabase) {
        let world = World::new(database).await;
        let typename = "{ lessons { __typename } }";
        for document in [
            "",
            " ",
            "banana",
            "{",
            "{ }",
            "{ lessons }",
            "{ lessons { banana } }",
            "{ lessons { getLessonById(lessonId: 1) } }",
            "{ lessons { getLessonById(lessonId: 1) { id { id } } } }",
            "query A { __typename } query B { __typename }",
            "query A { __typename } query A { __typename }",
            "{ ...Missing }",
            "query($a: Banana) { __typename }",
            "query($a: LessonPayload) { __typename }",
            "{ lessons @banana { __typename } }",
            "mutation { lessons { banana } }",
            "subscription { banana }",
            "{ lessons { getLessonById(lessonId: $id) { id } } }",
            "query($id: ID!) { lessons { getLessonById(lessonId: $id) { id } } }",
            "{ a: __typename a: lessons { __typename } }",
        ] {
            world.refused(&world.server.ask(document).await, 200, "BAD_QUERY", document);
        }
        for long in [format!("{{ {} }}", "a".repeat(500_000)), "#\n@".repeat(200_000), format!("{{ a(b: \"{}) }}", "é".repeat(200_000))] {
            world.refused(&world.server.ask(&long).await, 200, "BAD_QUERY", "a long line");
        }
        let named = |name: &str| json!({ "query": format!("query A {typename}"), "operationName": name });
        let reply = Reply::to(world.server.question(&named("B"), None)).await;
        world.refused(&reply, 200, "BAD_QUERY", "an operation that is not there");
        assert_eq!(Reply::to(world.server.question(&named("A"), None)).await.good("/data/lessons/__typename"), "LessonQueries");
        world.unharmed().await;
    }

    async fn documents_that_are_too_much(database: &TestDatabase) {
        let world = World::new(database).await;
        let nested = |times: usize| format!("{}__typename{}", "{ lessons ".repeat(times) + "{ ", " }".repeat(times + 1));
        let introspection = |times: usize| {
            format!("{{ __schema {{ types {{ {} name {} }} }} }}", "fields { type { ".repeat(times), "} }".repeat(times))
        };
        let aliases = |times: usize, field: &str| {
            let fields: String = (0..times).map(|number| format!("a{number}: {field} ")).collect();
            format!("{{ lessons {{ {fields} }} }}")
        };
        for (document, what) in [
            (introspection(100), "depth 200"),
            ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".into(), "two fragments in a circle"),
            ("{ ...A } fragment A on Query { ...A }".into(), "a fragment in itself"),
            (nested(200), "depth 200 of fields that are not there"),
            (aliases(1_000, "getLessonById(lessonId: 1) { id }"), "1,000 aliases"),
            (aliases(1_000, "getOrGenerateLesson(stepTitle: \"Git\", learningStyle: reading) { success }"), "1,000 lessons"),
            (aliases(20, "getOrGenerateLesson(stepTitle: \"Git\", learningStyle: reading) { success }"), "20 lessons"),
        ] {
            world.refused(&world.server.ask(&document).await, 200, "TOO_COMPLEX", what);
            if document.len() < 10_000 {
                let reply = world.server.get(&format!("/graphql?query={}", encoded(&document))).await;
                world.refused(&reply, 200, "TOO_COMPLEX", &format!("{what} over GET"));
            }
        }
        world.unharmed().await;
    }

    async fn brackets_without_end(database: &TestDatabase) {
        let world = World::new(database).await;
        for (opening, closing) in [("{a", "}"), ("[", "]"), ("{a:", "}"), ("...{", "}")] {
            for times in [200, 5_000, 200_000] {
                let (opening, closing) = (opening.repeat(times), closing.repeat(times));
                let document = match &opening[..1] {
                    "[" => format!("{{ lessons(a: {opening}{closing}) {{ __typename }} }}"),
                    _ if opening.starts_with("{a:") => format!("{{ lessons(a: {opening}1{closing}) {{ __typename }} }}"),
                    _ if opening.starts_with('.') => format!("{{ {opening}a{closing} }}"),
                    _ => format!("{opening}{closing}"),
                };
                let reply = world.server.ask(&document).await;
                // The parser or the validation may give up first, each in its own words.
                let code = if reply.codes() == ["BAD_QUERY"] { "BAD_QUERY" } else { "TOO_COMPLEX" };
                world.refused(&reply, 200, code, &format!("{times} of {}", &opening[..1]));
            }
        }
        let types = format!("query($a: {}Int{}) {{ __typename }}", "[".repeat(200_000), "]".repeat(200_000));
        world.refused(&world.server.ask(&types).await, 200, "BAD_QUERY", "a type of lists");
        // Brackets in strings and comments are text.
        let text = "[{(".repeat(80);
        let harmless = format!("{{ lessons {{ lessonKey(stepTitle: \"{text}\", learningStyle: reading) {{ cacheKey }} }} }} # {text}");
        world.server.ask(&harmless).await.good("/data/lessons/lessonKey/cacheKey");
        world.unharmed().await;
    }

    async fn changes_over_get(database: &TestDatabase) {
        let world = World::new(database).await;
        let sign_up = "mutation { auth { signUp(input: { email: \"ada@example.com\", password: \"correct horse\" }) { success } } }";
        let hidden = format!("query Harmless {{ __typename }} {}", sign_up.replace("mutation", "mutation Change"));
        for (document, name) in [(sign_up, ""), (hidden.as_str(), "&operationName=Change"), ("subscription { lessons { generationProgress(id: 1) { id } } }", "")] {
            let reply = world.server.get(&format!("/graphql?query={}{name}", encoded(document))).await;
            world.refused(&reply, 405, "BAD_REQUEST", document);
        }
        let harmless = world.server.get(&format!("/graphql?query={}&operationName=Harmless", encoded(&hidden))).await;
        assert_eq!(harmless.good("/data/__typename"), "Query");
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let reply = Reply::to(world.server.request(method, "/graphql")).await;
            assert_eq!(reply.status, 405);
        }
        world.unharmed().await;
    }

    async fn bytes_that_are_no_http(database: &TestDatabase) {
        let world = World::new(database).await;
        for bytes in [&b"\x16\x03\x01\x02\x00"[..], b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"\0\0\0\0\r\n\r\n"] {
            let mut socket = tokio::net::TcpStream::connect(world.server.address).await.expect("a connection");
            socket.write_all(bytes).await.expect("sent");
            socket.shutdown().await.expect("all sent");
            let mut answer = Vec::new();
            // The server may close without a word, or reset what it has not read.
            let _ = within(socket.read_to_end(&mut answer)).await;
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&answer));
        }
        world.unharmed().await;
    }

    async fn forms_that_are_none(database: &TestDatabase) {
        let world = World::new(database).await;
        let long = "x".repeat(256);
        for fields in [
            &[][..],
            &[("topic", ""), ("style", "reading")],
            &[("topic", " \t"), ("style", "reading")],
            &[("topic", &long), ("style", "reading")],
            &[("topic", "a\0b"), ("style", "reading")],
            &[("topic", "Git"), ("style", "banana")],
            &[("topic", "Git"), ("style", "reading"), ("number", "0")],
            &[("topic", "Git"), ("style", "reading"), ("number", "-1")],
            &[("topic", "Git"), ("style", "reading"), ("number", "2147483648")],
            &[("topic", "Git"), ("style", "reading"), ("number", "banana")],
            &[("topic", "Git"), ("style", "reading"), ("difficulty", "banana")],
            &[("topic", "Git"), ("style", "reading"), ("language", "not a language")],
        ] {
            let reply = world.server.submit("/lessons", fields, None).await;
            assert_eq!(reply.status, 422, "{fields:?}");
            assert!(reply.text.contains("class=\"problem\""), "{fields:?}");
        }
        let bytes = world.server.request(Method::POST, "/lessons").header("content-type", "application/x-www-form-urlencoded");
        let reply = Reply::to(bytes.body(b"topic=%ff%fe&style=banana&topic=x".to_vec())).await;
        assert!(reply.status.is_client_error(), "{}", reply.status);
        let script = "<script>alert(1)</script>";
        let reply = world.server.submit("/lessons", &[("topic", script), ("style", "banana")], None).await;
        assert!(!reply.text.contains(script), "what was typed is escaped");
        world.unharmed().await;
    }
}
