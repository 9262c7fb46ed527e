//! A whole server for one test: on a real port, with its own database, a model from a script and a clock that stands still.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use reqwest::header::{HeaderMap, HeaderName, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use serde_json::{Value, json};
use skillsync::accounts::PasswordHasher;
use skillsync::accounts::password::PasswordCost;
use skillsync::app::{App, Outside};
use skillsync::clock::Clock;
use skillsync::config::Config;
use skillsync::generation::authors::Authors;
use skillsync::generation::pipeline::{Job, Written};
use skillsync::generation::sample;
use skillsync::generation::sources::Sources;
use skillsync::ids::{LessonId, Randomness};
use skillsync::lessons::checks::Checks;
use skillsync::lessons::markdown::{self, LessonFile};
use skillsync::lessons::write;
use skillsync::server;
use skillsync::storage::Db;
use skillsync::testing::{self, TestDatabase};
use skillsync_llm::{Gate, Model, Script};
use skillsync_sandbox::{Jailer, Limits, Sandbox};
use sqlx::AssertSqlSafe;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// Longer than anything here takes on a busy machine: a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What a test wants to be different from a server with the starter library alone.
pub struct Setup {
    pub config: Config,
    pub clock: Clock,
    pub authors: Authors,
    pub sandbox: Sandbox,
}

impl Default for Setup {
    fn default() -> Self {
        let mut config = Config::defaults();
        // Views are flushed when a test says so, by stopping.
        config.views.flush_interval = Duration::from_secs(3600);
        Self { config, clock: Clock::fixed(testing::start()), authors: Authors::none(), sandbox: sandbox() }
    }
}

impl Setup {
    /// A server on which this script writes the lessons.
    pub fn written_by(script: &Script) -> Self {
        Self { authors: Authors::only(Model::scripted(script.clone())), ..Self::default() }
    }

    /// The same with changed settings.
    pub fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }
}

/// Writes whole lessons, each part of them once the gate is open.
pub fn writer_behind(gate: &Gate) -> Script {
    let gate = gate.clone();
    Script::new(move |request| sample::answer(request).behind(&gate))
}

/// A running server.
pub struct TestServer {
    pub app: App,
    pub address: SocketAddr,
    client: Client,
    traffic: Arc<Traffic>,
    serving: TaskTracker,
}

/// What the server has to do, seen from its outermost layer.
struct Traffic {
    arrived: watch::Sender<usize>,
    under_way: watch::Sender<usize>,
}

/// One request that the server is working on; however it ends, it is counted out.
struct UnderWay(Arc<Traffic>);

impl UnderWay {
    fn begin(traffic: &Arc<Traffic>) -> Self {
        traffic.under_way.send_modify(|requests| *requests += 1);
        traffic.arrived.send_modify(|requests| *requests += 1);
        Self(traffic.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|requests| *requests -= 1);
    }
}

/// Programs are run as in the real program, by the real program.
pub fn sandbox() -> Sandbox {
    let jailer = Jailer { program: env!("CARGO_BIN_EXE_skillsync").into(), arguments: vec!["jail".into()] };
    Sandbox::new(jailer, Limits { wall: Duration::from_secs(60), ..Limits::default() }, 2)
}

impl TestServer {
    /// A server with the starter library alone.
    pub async fn start(database: &TestDatabase) -> Self {
        Self::with(database, Setup::default()).await
    }

    /// A server with connections of its own to the database.
    pub async fn with(database: &TestDatabase, setup: Setup) -> Self {
        let db = Db::open(&database.url, 8).await.expect("the database opens again");
        let randomness = Randomness::System;
        let hasher = PasswordHasher::new(PasswordCost::Least, randomness.clone());
        let sources = Sources::none(db.clone());
        let Setup { config, clock, authors, sandbox } = setup;
        let outside = Outside { clock, randomness, authors, sandbox, sources, hasher };
        let app = App::assemble(config, db, outside);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port");
        let traffic = Arc::new(Traffic { arrived: watch::Sender::new(0), under_way: watch::Sender::new(0) });
        let service = observed(server::service(&app), traffic.clone());
        let stopping = app.stopping.clone();
        let serving = TaskTracker::new();
        serving.spawn(async move {
            let served = axum::serve(listener, service).with_graceful_shutdown(stopping.cancelled_owned()).await;
            served.expect("the listener does not fail");
        });
        Self { app, address, client: client(), traffic, serving }
    }

    /// Stops as `skillsync serve` does: requests end, lessons are finished, views are written, the database is closed.
    pub async fn stop(self) {
        drop(self.client);
        self.app.stopping.cancel();
        self.serving.close();
        within(self.serving.wait()).await;
        within(self.app.stop()).await;
    }

    /// Waits until this many requests have arrived since the start.
    pub async fn arrived(&self, requests: usize) {
        let mut arrived = self.traffic.arrived.subscribe();
        within(arrived.wait_for(|arrived| *arrived >= requests)).await.expect("the sender lives");
    }

    /// How many requests have arrived since the start.
    pub fn arrivals(&self) -> usize {
        *self.traffic.arrived.borrow()
    }

    /// Waits until no request is under way, whether answered or given up.
    pub async fn idle(&self) {
        let mut under_way = self.traffic.under_way.subscribe();
        within(under_way.wait_for(|requests| *requests == 0)).await.expect("the sender lives");
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request to a path.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// `GET` of a path.
    pub async fn get(&self, path: &str) -> Reply {
        Reply::to(self.request(Method::GET, path)).await
    }

    /// `POST` of a form, as a page of this server sends it.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)], cookie: Option<&str>) -> Reply {
        let mut request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(form(fields));
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        Reply::to(request).await
    }

    /// `POST` of a document to the API.
    pub async fn graphql(&self, document: &str, variables: Value, token: Option<&str>) -> Reply {
        Reply::to(self.question(&json!({ "query": document, "variables": variables }), token)).await
    }

    /// A document without variables, by nobody.
    pub async fn ask(&self, document: &str) -> Reply {
        self.graphql(document, json!({}), None).await
    }

    /// A `POST` to the API that is not sent yet.
    pub fn question(&self, body: &Value, token: Option<&str>) -> RequestBuilder {
        question(&self.client, self.address, body, token)
    }

    /// Makes an account over the API and gives its token.
    pub async fn sign_up(&self, email: &str) -> String {
        let document = "mutation($email: String!) { auth {
            signUp(input: { email: $email, password: \"correct horse\" }) { success message token } } }";
        let reply = self.graphql(document, json!({ "email": email }), None).await;
        let token = reply.at("/data/auth/signUp/token").as_str();
        token.unwrap_or_else(|| panic!("nobody was signed up: {reply:?}")).to_owned()
    }

    /// Asks for a lesson of the starter library or of the script, and gives its number.
    pub async fn lesson(&self, title: &str, style: &str) -> String {
        let document = "query($title: String!, $style: LearningStyle!) { lessons {
            getOrGenerateLesson(stepTitle: $title, learningStyle: $style) { success message lesson { id } } } }";
        let reply = self.graphql(document, json!({ "title": title, "style": style }), None).await;
        let id = reply.at("/data/lessons/getOrGenerateLesson/lesson/id").as_str();
        id.unwrap_or_else(|| panic!("there is no lesson: {reply:?}")).to_owned()
    }

    /// Adds a lesson from its Markdown form, as `skillsync lesson import` does, and gives its number.
    pub async fn import(&self, text: &str) -> LessonId {
        let LessonFile { request, document } = markdown::parse(text).expect("a lesson");
        let (author_model, prompt_version) = ("import".to_owned(), "import/1".to_owned());
        let written = Written { document, checks: Checks::default(), author_model, prompt_version };
        write::publish(&self.app, &Job { request, rewrite: None }, written, None, None).await.expect("it is published")
    }
}

fn observed(service: Router, traffic: Arc<Traffic>) -> Router {
    service.layer(middleware::from_fn(move |request: Request, next: Next| {
        let under_way = UnderWay::begin(&traffic);
        async move {
            let response = next.run(request).await;
            drop(under_way);
            response
        }
    }))
}

/// A client that follows no redirect, so that a test sees it, and asks no proxy.
pub fn client() -> Client {
    let builder = Client::builder().no_proxy().redirect(redirect::Policy::none()).timeout(PATIENCE);
    builder.build().expect("a client")
}

/// A client whose requests share a few connections, so that a thousand of them do not need a thousand ports.
pub fn http2_client() -> Client {
    let builder = Client::builder().no_proxy().http2_prior_knowledge().timeout(PATIENCE);
    builder.build().expect("a client")
}

/// A `POST` to the API that is not sent yet.
pub fn question(client: &Client, address: SocketAddr, body: &Value, token: Option<&str>) -> RequestBuilder {
    let request = client.post(format!("http://{address}/graphql")).json(body);
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

/// Fields as a form sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A value for a query or a form.
pub fn encoded(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(byte).collect()
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    json: Value,
}

impl Reply {
    /// Sends a request and reads the answer.
    pub async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a text");
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, text, json }
    }

    /// A value in the JSON body, null where there is none.
    pub fn at(&self, pointer: &str) -> &Value {
        self.json.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The same of a reply that must be without errors.
    pub fn good(&self, pointer: &str) -> &Value {
        assert!(self.status.is_success() && self.at("/errors").is_null(), "{self:?}");
        self.at(pointer)
    }

    /// The codes of all errors.
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.at("/errors").as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("no code")).collect()
    }

    /// A header's value, empty where there is none.
    pub fn header(&self, name: impl TryInto<HeaderName>) -> &str {
        let name = name.try_into().ok().expect("a header's name");
        self.headers.get(name).map(|value| value.to_str().expect("a readable header")).unwrap_or_default()
    }

    /// What a browser would send back after this answer.
    pub fn cookie(&self) -> String {
        let cookie = self.headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        cookie.split(';').next().unwrap_or_default().to_owned()
    }
}

/// Waits for something that is going to happen, and fails the test when it does not.
pub async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("this should have happened long ago")
}

/// Looks again and again until there is something to see.
pub async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    within(async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

/// Runs a statement.
pub async fn execute(db: &Db, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(|_| ()),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()),
    }
    .expect("the statement is good");
}

/// A number that a statement gives.
pub async fn number(db: &Db, sql: &str) -> i64 {
    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    let number = match db {
        Db::Sqlite { read, .. } => query.fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(pool).await,
    };
    number.expect("a number")
}

/// How many rows a table has.
pub async fn rows(db: &Db, table: &str) -> i64 {
    number(db, &format!("SELECT COUNT(*) FROM {table}")).await
}

const TABLES: [&str; 12] = [
    "people",
    "sessions",
    "lesson_keys",
    "runs",
    "run_events",
    "run_steps",
    "model_calls",
    "spending",
    "lessons",
    "tallies",
    "votes",
    "block_reports",
];

/// How many rows each table has, to see that nothing was stored.
pub async fn all_rows(db: &Db) -> Vec<(&'static str, i64)> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push((table, rows(db, table).await));
    }
    counts
}
