//! Two providers over HTTP, of which the first breaks: what it began to say is in no lesson, and in the ledger all the same.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use futures::stream;
use serde_json::{Value, json};
use skillsync::config::{Config, Environment, Sources};
use skillsync::generation::authors::Authors;
use skillsync::generation::sample;
use skillsync::models::Models;
use skillsync::testing::TestDatabase;
use skillsync_llm::{JsonSchema, Message, Model, Request};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::program::{Program, finish};
use crate::world::{Setup, TestServer, number, rows};

/// How a model server treats all its callers.
#[derive(Clone, Copy)]
enum Manner {
    /// It answers whole.
    Good,
    /// Its streams break after so many pieces of text.
    BreaksAfter(usize),
    /// It says with status 429 to come back after so many seconds.
    Busy(u64),
    /// It refuses to write.
    Refuses,
}

/// A model server that speaks as OpenAI does; it stops when it is dropped.
struct ModelServer {
    base_url: String,
    asked: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl ModelServer {
    async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base_url = format!("http://{}/v1", listener.local_addr().expect("a bound address"));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let answer = move |Json(body): Json<Value>| {
            count.fetch_add(1, Ordering::SeqCst);
            respond(manner, body)
        };
        let offered = || async { Json(json!({ "data": [{ "id": "first-model" }, { "id": "other-model" }] })) };
        let router = Router::new()
            .route("/v1/chat/completions", routing::post(answer))
            .route("/v1/models", routing::get(offered));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        Self { base_url, asked, _tasks: tasks }
    }

    fn asked(&self) -> i64 {
        self.asked.load(Ordering::SeqCst) as i64
    }
}

async fn respond(manner: Manner, body: Value) -> Response {
    let text = sample_text(&body).await;
    match manner {
        Manner::Busy(seconds) => {
            (axum::http::StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())]).into_response()
        }
        Manner::Refuses => {
            let delta = json!({ "role": "assistant", "refusal": "I will not." });
            events(vec![chunk(&delta, Some("stop")), usage()], false)
        }
        Manner::Good => {
            let mut chunks = pieces(&text);
            chunks.extend([chunk(&json!({}), Some("stop")), usage()]);
            events(chunks, false)
        }
        // Its words can be told from those of the other server.
        Manner::BreaksAfter(pieces_sent) => {
            let chunks = pieces(&text.replace("honey", "vinegar"));
            events(chunks.into_iter().take(pieces_sent).collect(), true)
        }
    }
}

/// What the scripted model would say to the same question.
async fn sample_text(body: &Value) -> String {
    let said = |message: &Value| {
        let text = message["content"].as_str().unwrap_or_default();
        if message["role"] == "user" { Message::user(text) } else { Message::system(text) }
    };
    let messages = body["messages"].as_array().into_iter().flatten().map(said).collect();
    let wanted = &body["response_format"]["json_schema"];
    let schema =
        JsonSchema { name: wanted["name"].as_str().unwrap_or_default().to_owned(), schema: wanted["schema"].clone() };
    let request = Request { schema: Some(schema), ..Request::new(messages, 8_000) };
    Model::scripted(sample::scripted_writer()).complete(&request).await.expect("a scripted answer").text
}

fn pieces(text: &str) -> Vec<Value> {
    let words: Vec<_> = text.split_inclusive(' ').collect();
    words.chunks(20).map(|piece| chunk(&json!({ "content": piece.concat() }), None)).collect()
}

fn chunk(delta: &Value, finish_reason: Option<&str>) -> Value {
    json!({ "model": "as-served", "choices": [{ "index": 0, "delta": delta, "finish_reason": finish_reason }] })
}

fn usage() -> Value {
    json!({ "model": "as-served", "choices": [], "usage": { "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110 } })
}

fn events(chunks: Vec<Value>, is_cut: bool) -> Response {
    let mut lines: Vec<_> = chunks.into_iter().map(|chunk| Ok(format!("data: {chunk}\n\n"))).collect();
    lines.push(if is_cut { Err(io::Error::other("cut")) } else { Ok("data: [DONE]\n\n".to_owned()) });
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream::iter(lines))).into_response()
}

/// A server that asks the first model server and then the second, each up to twice.
async fn server_with(database: &TestDatabase, first: &ModelServer, second: &ModelServer, more: &str) -> TestServer {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("settings.toml");
    let settings = format!(
        "[models]\norder = \"first, openai\"\nattempts = 2\nbackoff_ms = 0\nbreaker_failures = 1000\n
        [models.ollama]\ndetect = false\n
        [models.openai]\nbase_url = \"{}\"\nmodel = \"second-model\"\n
        [models.servers.first]\nbase_url = \"{}\"\nmodel = \"first-model\"\n{more}\n",
        second.base_url, first.base_url,
    );
    std::fs::write(&file, settings).expect("a file");
    let sources = Sources { file: Some(file), environment: &Environment::default(), flags: &[] };
    let config = Config::load(sources).expect("valid settings");
    let mut setup = Setup { config, ..Setup::default() };
    setup.config.views.flush_interval = std::time::Duration::from_secs(3600);
    let models = Models::from_settings(&setup.config.models).counting_in(database.db.clone(), setup.clock.clone());
    setup.authors = Authors::new(models);
    TestServer::with(database, setup).await
}

/// An address at which nobody answers: its port was free a moment ago.
fn nobody() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a port").port();
    format!("http://127.0.0.1:{port}/v1")
}

fn settings_of(variables: &[(&str, &str)]) -> Config {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let environment = Environment::from_map(variables.collect());
    Config::load(Sources { file: None, environment: &environment, flags: &[] }).expect("valid settings")
}

#[tokio::test]
async fn a_server_without_a_named_model_is_asked_what_it_offers() {
    let server = ModelServer::start(Manner::Good).await;
    let nobody = nobody();
    let (theirs, nobodys) = (server.base_url.as_str(), nobody.as_str());
    for (variables, expected) in [
        (vec![("OPENAI_BASE_URL", theirs)], Some("openai/first-model")),
        (vec![("OPENAI_BASE_URL", theirs), ("OPENAI_MODEL", "unheard-of")], Some("openai/unheard-of")),
        (vec![("OPENAI_BASE_URL", nobodys), ("SKILLSYNC_MODELS_OLLAMA_BASE_URL", nobodys)], None),
        (vec![("OPENAI_BASE_URL", nobodys), ("SKILLSYNC_MODELS_OLLAMA_BASE_URL", theirs)], Some("ollama/first-model")),
        (vec![("SKILLSYNC_MODELS_OLLAMA_BASE_URL", theirs), ("GROQ_API_KEY", "k")], Some("groq/openai/gpt-oss-120b")),
        (vec![("SKILLSYNC_MODELS_OLLAMA_BASE_URL", nobodys), ("SKILLSYNC_MODELS_OLLAMA_MODEL", "llama3.2")], None),
    ] {
        let models = Models::from_settings(&settings_of(&variables).models);
        let first = models.first().await.map(|model| format!("{}/{}", model.provider(), model.name()));
        assert_eq!(first.as_deref(), expected, "{variables:?}");
    }
}

#[tokio::test]
async fn the_doctor_tells_of_each_provider() {
    let program = Program::new();
    let server = ModelServer::start(Manner::Good).await;
    let file = program.write("settings.toml", &format!("[models.servers.lab]\nbase_url = \"{}\"\n", nobody()));
    let mut command = program.command(&["doctor", "--config", &file]);
    command
        .env("OPENAI_BASE_URL", &server.base_url)
        .env("OPENAI_MODEL", "other-model")
        .env("OPENAI_API_KEY", "very-secret");
    command.env("GROQ_API_KEY", "very-secret").env("SKILLSYNC_MODELS_GROQ_BASE_URL", &server.base_url);
    command.env("GEMINI_API_KEY", "very-secret").env("SKILLSYNC_MODELS_GEMINI_BASE_URL", nobody());
    let finished = finish(command).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    for part in [
        &format!("ok    Model     openai at {} has other-model\n", server.base_url),
        "BAD   Model     gemini at http://127.0.0.1:",
        "hint: check GEMINI_API_KEY",
        &format!("BAD   Model     groq at {} does not list openai/gpt-oss-120b\n", server.base_url),
        "hint: set the model of groq in the configuration to one it has, such as first-model, other-model",
        "BAD   Model     lab at http://127.0.0.1:",
        "hint: check models.servers.lab",
    ] {
        assert!(finished.out.contains(part), "{part}: {}", finished.out);
    }
    assert!(!finished.out.contains("very-secret") && !finished.err.contains("very-secret"), "{finished:?}");
}

async fn calls(database: &TestDatabase, condition: &str) -> i64 {
    number(&database.db, &format!("SELECT COUNT(*) FROM model_calls WHERE {condition}")).await
}

const FAILED_FIRST: &str = "provider = 'first' AND model = 'first-model' AND outcome = 'failed'";
const GOOD_SECOND: &str = "provider = 'openai' AND model = 'second-model' AND outcome = 'answered'";

const ASK: &str = "{ lessons { getOrGenerateLesson(stepTitle: \"Rust Lifetimes\", learningStyle: hands_on) {
    success message code lesson { content aiModelVersion } } } }";

skillsync::both_engines! {
    async fn a_stream_that_breaks_leaves_nothing_in_the_lesson(database: &TestDatabase) {
        let second = ModelServer::start(Manner::Good).await;
        let mut questions = 0;
        for pieces in [0, 1, 3, usize::MAX] {
            let first = ModelServer::start(Manner::BreaksAfter(pieces)).await;
            let server = server_with(database, &first, &second, "").await;
            let ask = ASK.replace("Rust Lifetimes", &format!("Rust Lifetimes {}", pieces % 10));
            let reply = server.ask(&ask).await;
            let lesson = reply.good("/data/lessons/getOrGenerateLesson/lesson");
            let content = lesson["content"].to_string();
            assert!(content.contains("honey") && !content.contains("vinegar"), "{reply:?}");
            assert_eq!(lesson["aiModelVersion"], "as-served");
            assert_eq!(first.asked(), 12, "a topic, a plan, three parts and the answers to the quiz, each asked for twice");
            questions += 6;
            assert_eq!((second.asked(), calls(database, GOOD_SECOND).await), (questions, questions));
            assert_eq!(calls(database, FAILED_FIRST).await, 2 * questions);
            let health = server.app.authors.models().health();
            assert_eq!((health[0].provider.as_str(), health[0].calls, health[0].failures), ("first", 12, 12));
            assert_eq!((health[1].provider.as_str(), health[1].calls, health[1].failures), ("openai", 6, 0));
            assert!(health[0].last_failure.is_some() && health[1].last_failure.is_none());
            server.stop().await;
        }
        assert_eq!(rows(&database.db, "model_calls").await, 3 * questions);
    }

    async fn a_busy_provider_is_not_waited_for_when_it_asks_for_too_much(database: &TestDatabase) {
        let (first, second) = (ModelServer::start(Manner::Busy(3_600)).await, ModelServer::start(Manner::Good).await);
        let server = server_with(database, &first, &second, "").await;
        server.ask(ASK).await.good("/data/lessons/getOrGenerateLesson/lesson/content");
        assert_eq!((first.asked(), second.asked()), (6, 6));
        assert_eq!((calls(database, FAILED_FIRST).await, calls(database, GOOD_SECOND).await), (6, 6));
        server.stop().await;
    }

    async fn a_refusal_is_the_last_word(database: &TestDatabase) {
        let (first, second) = (ModelServer::start(Manner::Refuses).await, ModelServer::start(Manner::Good).await);
        let server = server_with(database, &first, &second, "").await;
        let reply = server.ask(ASK).await;
        assert_eq!(reply.good("/data/lessons/getOrGenerateLesson/code"), "MODEL_REFUSED", "{reply:?}");
        assert_eq!((first.asked(), second.asked(), rows(&database.db, "lessons").await), (1, 0, 0));
        assert_eq!(rows(&database.db, "model_calls").await, 1);
        server.stop().await;
    }

    async fn a_provider_without_room_in_its_minute_is_passed_over(database: &TestDatabase) {
        let (first, second) = (ModelServer::start(Manner::Good).await, ModelServer::start(Manner::Good).await);
        let server = server_with(database, &first, &second, "requests_per_minute = 3").await;
        server.ask(ASK).await.good("/data/lessons/getOrGenerateLesson/lesson/content");
        assert_eq!((first.asked(), second.asked()), (3, 3));
        assert_eq!(number(&database.db, "SELECT requests FROM provider_minutes").await, 3);
        assert_eq!(number(&database.db, "SELECT tokens FROM provider_minutes").await, 330, "as the answers used");
        server.stop().await;
    }

    async fn a_route_sends_a_part_to_another_provider(database: &TestDatabase) {
        let (first, second) = (ModelServer::start(Manner::Good).await, ModelServer::start(Manner::Good).await);
        let route = "[models.routes]\nquiz = \"openai/large-model, first\"";
        let server = server_with(database, &first, &second, route).await;
        server.ask(ASK).await.good("/data/lessons/getOrGenerateLesson/lesson/content");
        assert_eq!((first.asked(), second.asked()), (5, 1));
        assert_eq!(calls(database, "step = 'quiz' AND provider = 'openai' AND model = 'large-model'").await, 1);
        server.stop().await;
    }
}
