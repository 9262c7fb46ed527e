//! The GraphQL API: keys, the forms in which values may come, and what a lesson tells.

use serde_json::{Value, json};
use skillsync::testing::TestDatabase;

use crate::world::{Setup, TestServer, encoded};
use skillsync::generation::sample::scripted_writer;

/// Titles with their styles and both keys. The first two are the conformance vectors of the first API; the lookup keys
/// are those of this server, which must never change.
pub const KEYS: [(&str, &str, &str, Option<&str>); 2] = [
    (
        "Python Variables",
        "mixed",
        "d798dad978f7c705247b465ee7c912d3",
        Some("176bcd2f71c6fae5ad33d3cb5e28639e48a8455bc48bfe0989693e1e26490a14"),
    ),
    ("JavaScript Functions", "hands_on", "54aa8e0f83fb57d9d3ed0ecb3388d203", None),
];

const LESSON_KEY: &str = "query($title: String!, $style: String!, $number: Int) { lessons {
    lessonKey(stepTitle: $title, learningStyle: $style, lessonNumber: $number) { cacheKey lookupKey canonicalTitle } } }";

skillsync::both_engines! {
    async fn keys_are_those_of_the_first_api(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        for (title, style, cache_key, lookup_key) in KEYS {
            let reply = server.graphql(LESSON_KEY, json!({ "title": title, "style": style, "number": 1 }), None).await;
            let keys = reply.good("/data/lessons/lessonKey");
            assert_eq!((&keys["cacheKey"], &keys["canonicalTitle"]), (&json!(cache_key), &json!(title.to_lowercase())));
            if let Some(lookup_key) = lookup_key {
                assert_eq!(keys["lookupKey"], lookup_key);
            }
        }
        // The public key is over the title as given, the other over its canonical form.
        let shouted = json!({ "title": " PYTHON  variables", "style": "mixed", "number": 1 });
        let reply = server.graphql(LESSON_KEY, shouted, None).await;
        let keys = reply.good("/data/lessons/lessonKey");
        assert_ne!(keys["cacheKey"], KEYS[0].2);
        assert_eq!(keys["lookupKey"].as_str(), KEYS[0].3);
        server.stop().await;
    }

    async fn a_style_may_be_written_in_every_usual_form(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let key = async |document: String, variables: Value| {
            let reply = server.graphql(&document, variables, None).await;
            reply.good("/data/lessons/lessonKey/lookupKey").as_str().expect("a key").to_owned()
        };
        let literal = |style: &str| format!(
            "{{ lessons {{ lessonKey(stepTitle: \"Git Basics\", learningStyle: {style}) {{ lookupKey }} }} }}"
        );
        let declared = |name: &str| format!(
            "query($style: {name}) {{ lessons {{ lessonKey(stepTitle: \"Git Basics\", learningStyle: $style) {{ lookupKey }} }} }}"
        );
        let expected = key(literal("\"hands_on\""), json!({})).await;
        for style in ["\"hands-on\"", "\"HANDS_ON\"", "HANDS_ON", "hands_on"] {
            assert_eq!(key(literal(style), json!({})).await, expected, "{style}");
        }
        for name in ["String!", "LearningStyle!"] {
            for style in ["hands_on", "hands-on", "HANDS_ON"] {
                assert_eq!(key(declared(name), json!({ "style": style })).await, expected, "{name} {style}");
            }
        }
        assert_ne!(key(literal("reading"), json!({})).await, expected);
        server.stop().await;
    }

    async fn a_vote_may_be_written_in_every_usual_form(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let token = server.sign_up("ada@example.com").await;
        let payload = "{ success lesson { upvotes downvotes } }";
        let literal = |id: &str, vote: &str| {
            let input = format!("{{ lessonId: {id}, voteType: {vote} }}");
            (format!("mutation {{ lessons {{ voteLesson(input: {input}) {payload} }} }}"), json!({}))
        };
        let declared = |name: &str, id: Value, vote: &str| {
            let input = "{ lessonId: $id, voteType: $vote }";
            let head = format!("mutation($id: ID!, $vote: {name})");
            (format!("{head} {{ lessons {{ voteLesson(input: {input}) {payload} }} }}"), json!({ "id": id, "vote": vote }))
        };
        let whole = "mutation($input: VoteLessonInput!) { lessons { voteLesson(input: $input) { success lesson { upvotes downvotes } } } }";
        let number: i64 = id.parse().expect("a number");
        let steps = [
            (literal(&id, "\"upvote\""), (1, 0)),
            (literal(&format!("\"{id}\""), "DOWNVOTE"), (0, 1)),
            (declared("String!", json!(number), "upvote"), (1, 0)),
            (declared("VoteType!", json!(id), "downvote"), (0, 1)),
            ((whole.to_owned(), json!({ "input": { "lessonId": number, "voteType": "upvote" } })), (1, 0)),
            (literal(&id, "withdraw"), (0, 0)),
        ];
        for ((document, variables), (up, down)) in steps {
            let reply = server.graphql(&document, variables, Some(&token)).await;
            let expected = json!({ "success": true, "lesson": { "upvotes": up, "downvotes": down } });
            assert_eq!(reply.good("/data/lessons/voteLesson"), &expected, "{document}");
        }
        server.stop().await;
    }

    async fn a_lesson_tells_all_about_itself(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let fields = "title description stepTitle lessonNumber learningStyle difficulty language estimatedDuration version
            viewCount upvotes downvotes netVotes approvalRate approvalStatus generatedAt aiModelVersion promptVersion
            createdBy regenerationReason cacheKey whyChosen cost { calls } sources { title url }";
        let question = format!(
            "{{ lessons {{ getOrGenerateLesson(stepTitle: \"Python Variables\", learningStyle: mixed) {{ lesson {{ {fields} }} }} }} }}"
        );
        let reply = server.ask(&question).await;
        let lesson = reply.good("/data/lessons/getOrGenerateLesson/lesson");
        let expected = json!({
            "stepTitle": "Python Variables", "lessonNumber": 1, "learningStyle": "mixed", "difficulty": "beginner",
            "language": "en", "version": 1, "viewCount": 1, "upvotes": 0, "downvotes": 0, "netVotes": 0, "approvalRate": 0.0,
            "approvalStatus": "pending", "aiModelVersion": "starter-library", "createdBy": null,
            "regenerationReason": null, "cacheKey": KEYS[0].2, "cost": null,
        });
        for (field, value) in expected.as_object().expect("an object") {
            assert_eq!(&lesson[field], value, "{field}");
        }
        assert!(lesson["generatedAt"].as_str().is_some_and(|at| at.starts_with("2026-01-01T00:00:00")), "{lesson}");
        assert!(lesson["estimatedDuration"].as_i64().is_some_and(|minutes| minutes > 0));
        for text in ["title", "description", "whyChosen", "promptVersion"] {
            assert!(lesson[text].as_str().is_some_and(|text| !text.is_empty()), "{text}");
        }
        assert!(lesson["sources"].is_array());
        server.stop().await;
    }

    async fn what_a_written_lesson_cost_is_told(database: &TestDatabase) {
        let script = scripted_writer();
        let price = "input_dollars_per_million = 1.0\noutput_dollars_per_million = 2.0";
        let price = toml::from_str(price).expect("a price");
        let setup = Setup::written_by(&script).configured(|config| {
            config.prices.insert("scripted".into(), price);
        });
        let server = TestServer::with(database, setup).await;
        let document = "{ lessons { getOrGenerateLesson(stepTitle: \"Rust Lifetimes\", learningStyle: reading) { success
            lesson { aiModelVersion cost { nanoDollars dollars inputTokens outputTokens calls } } } } }";
        let reply = server.ask(document).await;
        let lesson = reply.good("/data/lessons/getOrGenerateLesson/lesson");
        let count = |name: &str| {
            let value = &lesson["cost"][name];
            let count = value.as_i64().or_else(|| value.as_str()?.parse().ok());
            count.unwrap_or_else(|| panic!("{name}: {lesson}"))
        };
        assert_eq!(lesson["aiModelVersion"], "scripted");
        assert_eq!(count("calls"), i64::try_from(script.calls()).expect("few"));
        // A dollar for a million tokens is a thousand nano-dollars for one.
        assert_eq!(count("nanoDollars"), count("inputTokens") * 1_000 + count("outputTokens") * 2_000);
        assert!(count("nanoDollars") > 0);
        server.stop().await;
    }

    async fn unknown_numbers_give_null_and_no_error(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        for id in ["0", "-1", "99", "9223372036854775807", "\"99999999999999999999999\"", "\"banana\"", "\"\""] {
            let document = format!("{{ lessons {{ getLessonById(lessonId: {id}) {{ id }} generation(id: {id}) {{ id }} }} }}");
            let reply = server.ask(&document).await;
            assert_eq!(reply.good("/data/lessons"), &json!({ "getLessonById": null, "generation": null }), "{id}");
        }
        server.stop().await;
    }

    async fn queries_are_answered_over_get_too(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let document = encoded(LESSON_KEY);
        let variables = encoded(&json!({ "title": "Python Variables", "style": "mixed" }).to_string());
        let reply = server.get(&format!("/graphql?query={document}&variables={variables}")).await;
        assert_eq!(reply.good("/data/lessons/lessonKey/cacheKey"), KEYS[0].2);
        let two = encoded("query A { __typename } query B { lessons { __typename } }");
        let reply = server.get(&format!("/graphql?query={two}&operationName=B")).await;
        assert_eq!(reply.good("/data/lessons/__typename"), "LessonQueries");
        server.stop().await;
    }

    async fn the_library_answers_what_it_has_and_says_what_that_is(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let document = "{ lessons { getOrGenerateLesson(stepTitle: \"Zig Comptime\", learningStyle: reading) {
            success message code lesson { id } wasCached generation { id } } } }";
        let reply = server.ask(document).await;
        let payload = reply.good("/data/lessons/getOrGenerateLesson");
        assert_eq!((&payload["success"], &payload["code"], &payload["lesson"]), (&json!(false), &json!("NO_MODEL"), &Value::Null));
        let message = payload["message"].as_str().expect("a message");
        for part in ["No language model is connected", "Git Basics", "Python Variables", "OPENAI_BASE_URL"] {
            assert!(message.contains(part), "{part}: {message}");
        }
        let video = server.ask("{ lessons { getOrGenerateLesson(stepTitle: \"Git Basics\", learningStyle: video) { success code } } }").await;
        assert_eq!(video.good("/data/lessons/getOrGenerateLesson/success"), false);
        server.stop().await;
    }
}
