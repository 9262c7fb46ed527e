//! A place where lessons are written as the server writes them, without a server around it: a scripted model, a database, the real
//! sandbox, and sites on this machine.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use axum::body::Body as HttpBody;
use axum::http::{Request, Response};
use serde_json::Value;
use skillsync::clock::Clock;
use skillsync::generation::error::GenerationError;
use skillsync::generation::pipeline::{Job, Tools, WritingLimits, Written, write_lesson};
use skillsync::generation::sources::Sources;
use skillsync::lessons::document::{Body, Document};
use skillsync::models::Models;
use skillsync::money::ledger::Ledger;
use skillsync::money::prices::PriceTable;
use skillsync::testing::{self, TestDatabase};
use skillsync_llm::{Model, Script};
use skillsync_sandbox::Sandbox;
use skillsync_sources::{Http, HttpSettings};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::world::sandbox;

/// What lessons are written with.
pub struct Workshop {
    database: TestDatabase,
    clock: Clock,
    sandbox: Sandbox,
    /// What lessons rest on.
    pub sources: Sources,
    runs: AtomicU8,
}

impl Workshop {
    /// A workshop that asks no other site.
    pub async fn new() -> Self {
        let database = TestDatabase::sqlite().await;
        let sources = Sources::none(database.db.clone());
        let clock = Clock::fixed(testing::start());
        Self { database, clock, sandbox: sandbox(), sources, runs: AtomicU8::new(0) }
    }

    /// Writes a lesson in a run of its own: what comes back is what would be published.
    pub async fn write(&self, job: &Job, script: &Script) -> Result<Written, GenerationError> {
        let db = &self.database.db;
        let run = testing::claimed_run(db, &[self.runs.fetch_add(1, Ordering::SeqCst)], &self.clock).await;
        let steps = testing::steps(db, &self.clock, run).await;
        let tools = Tools {
            ledger: Ledger::new(db.clone(), self.clock.clone(), PriceTable::known()),
            limits: WritingLimits::default(),
            sandbox: self.sandbox.clone(),
            sources: self.sources.clone(),
            clock: self.clock.clone(),
        };
        let models = Models::only(Model::scripted(script.clone()));
        write_lesson(job, &models, &tools, &steps).await
    }
}

/// A lesson taken apart: each block by its id, each question by its own, and what stands above them.
pub fn pieces(document: &Document) -> BTreeMap<String, Value> {
    let json = |value: serde_json::Result<Value>| value.expect("documents are JSON");
    let mut pieces = BTreeMap::new();
    let head = serde_json::json!([document.title, document.description, document.minutes]);
    pieces.insert("head".to_owned(), head);
    for block in &document.blocks {
        match &block.body {
            Body::Quiz { questions } => pieces
                .extend(questions.iter().map(|question| (question.id.clone(), json(serde_json::to_value(question))))),
            body => {
                pieces.insert(block.id.clone(), json(serde_json::to_value(body)));
            }
        }
    }
    pieces
}

/// What a site on this machine says to a path: a status, a kind of content and a body.
pub type Said = (u16, &'static str, String);

/// A site on this machine; it stops when it is dropped.
pub struct Site {
    /// Its address, without a slash at the end.
    pub url: String,
    _tasks: JoinSet<()>,
}

impl Site {
    /// Starts a site. The rule gets the site's own address and the path that is asked for.
    pub async fn answering(rule: impl Fn(&str, &str) -> Said + Clone + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound address"));
        let own_url = url.clone();
        let router = Router::new().fallback(move |request: Request<HttpBody>| {
            let (status, kind, body) = rule(&own_url, request.uri().path());
            async move {
                let response = Response::builder().status(status).header("content-type", kind);
                response.body(HttpBody::from(body)).expect("a response")
            }
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.expect("the site runs") });
        Self { url, _tasks: tasks }
    }
}

/// A client that may ask this machine.
pub fn http() -> Http {
    Http::new(&HttpSettings { allow_private: true, ..HttpSettings::default() }).expect("a client")
}
