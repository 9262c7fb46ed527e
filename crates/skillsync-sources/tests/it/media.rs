//! A server on this machine that answers as a test says and keeps what it was asked, and what tests of videos share.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use chrono::NaiveDate;
use serde_json::Value;
use skillsync_sources::videos::{Candidate, Platform, VideoQuery};
use skillsync_sources::{Http, HttpSettings};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A key that must come back nowhere.
pub const KEY: &str = "AIza-test-4f9a1c77e2";

/// A video's id on PeerTube.
pub const UUID: &str = "9c9de5e8-0a1e-484a-b099-e80766180a6d";

/// Enough for an answer that never comes.
pub const LITTLE: Duration = Duration::from_millis(300);

/// More than any test takes.
pub const PLENTY: Duration = Duration::from_secs(60);

/// What the server was sent.
#[derive(Clone)]
pub struct Asked {
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Asked {
    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the server says.
#[derive(Clone)]
pub enum Answer {
    /// A status, a header and a body.
    Whole(u16, Option<(&'static str, &'static str)>, Vec<u8>),
    /// Nothing, for ever.
    Silence,
}

impl Answer {
    /// A good status and JSON.
    pub fn json(value: &Value) -> Self {
        Self::Whole(200, None, value.to_string().into_bytes())
    }

    /// A status and JSON.
    pub fn failure(status: u16, value: &Value) -> Self {
        Self::Whole(status, None, value.to_string().into_bytes())
    }

    /// A status and a text.
    pub fn text(status: u16, text: &str) -> Self {
        Self::Whole(status, None, text.as_bytes().to_vec())
    }

    /// Status 429 with the time to wait.
    pub fn wait(seconds: &'static str) -> Self {
        Self::Whole(429, Some(("retry-after", seconds)), b"{}".to_vec())
    }
}

/// A running server; it stops when it is dropped.
pub struct Site {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    _tasks: JoinSet<()>,
}

impl Site {
    /// Starts a server. The rule gets its own address and what it is asked.
    pub async fn answering(rule: impl Fn(&str, &Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (keep, own_url, rule) = (Arc::clone(&asked), url.clone(), Arc::new(rule));
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (keep, own_url, rule) = (Arc::clone(&keep), own_url.clone(), Arc::clone(&rule));
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.expect("a whole request").to_vec();
                let address = reqwest::Url::parse(&format!("{own_url}{}", head.uri)).expect("an address");
                let query = address.query_pairs().into_owned().collect();
                let asked = Asked { path: address.path().to_owned(), query, headers: head.headers, body };
                let answer = rule(&own_url, &asked);
                keep.lock().expect("no panic").push(asked);
                match answer {
                    Answer::Silence => std::future::pending().await,
                    Answer::Whole(status, header, body) => {
                        let mut response = Response::builder().status(status);
                        if let Some((name, value)) = header {
                            response = response.header(name, value);
                        }
                        response.body(Body::from(body)).expect("a response")
                    }
                }
            }
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        Self { url, asked, _tasks: tasks }
    }

    /// A server that says one thing to everything.
    pub async fn always(answer: Answer) -> Self {
        Self::answering(move |_, _| answer.clone()).await
    }

    /// What was asked since the last look.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().expect("no panic"))
    }
}

/// A client that may ask this machine.
pub fn http(total_timeout: Duration) -> Http {
    let settings = HttpSettings { allow_private: true, total_timeout, ..HttpSettings::default() };
    Http::new(&settings).expect("a client")
}

/// What tests look for.
pub fn query() -> VideoQuery {
    let programming_language = Some("Python".to_owned());
    VideoQuery { topic: "List comprehensions".into(), language: "en-GB".into(), programming_language }
}

/// The day on which tests look.
pub fn today() -> NaiveDate {
    day("2026-06-01")
}

/// A date.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A video that fits.
pub fn candidate(platform: Platform, id: &str, url: &str) -> Candidate {
    Candidate {
        platform,
        id: id.into(),
        title: "List comprehensions in Python".into(),
        channel: "Ada teaches".into(),
        url: url.into(),
        embed_url: String::new(),
        seconds: 720,
        published: day("2025-04-01"),
        views: 85_321,
        likes: Some(3_100),
        language: Some("en".into()),
        hd: true,
        captioned: true,
        embeddable: true,
        description: String::new(),
    }
}
