//! A site on this machine that says what a test tells it and keeps what it was asked.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use serde_json::Value;
use skillsync_sources::{Http, HttpSettings, Names};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// What a site says to one request.
#[derive(Clone)]
pub enum Answer {
    /// A status, headers and a body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// An answer that is held back until several requests wait for theirs.
    Together(Arc<Gathering>, Box<Answer>),
    /// Not even headers.
    Silence,
}

/// A number of requests that wait for each other: nobody is answered unless all of them are under way at once.
pub struct Gathering {
    barrier: Barrier,
    complete: AtomicBool,
}

impl Gathering {
    pub fn of(count: usize) -> Arc<Self> {
        Arc::new(Self { barrier: Barrier::new(count), complete: AtomicBool::new(false) })
    }

    /// Whether all had come, which is before any of them was answered.
    pub fn is_complete(&self) -> bool {
        self.complete.load(Ordering::SeqCst)
    }
}

impl Answer {
    pub fn header(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Whole(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Self::Whole(status, headers, body)
            }
            other => other,
        }
    }
}

/// A good page.
pub fn page(html: &str) -> Answer {
    status(200, html)
}

/// A page with a status.
pub fn status(status: u16, html: &str) -> Answer {
    Answer::Whole(status, vec![("content-type", "text/html; charset=utf-8".to_owned())], html.into())
}

/// JSON with a status.
#[expect(clippy::needless_pass_by_value, reason = "tests write the JSON in place")]
pub fn json(status: u16, body: Value) -> Answer {
    let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
    Answer::Whole(status, headers, body.to_string().into_bytes())
}

/// Leads elsewhere.
pub fn redirect(to: &str) -> Answer {
    Answer::Whole(302, vec![("location", to.to_owned())], Vec::new())
}

/// What a site was sent.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// Host, path and parameters as they went over the line.
    pub host: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
}

impl Asked {
    /// A parameter, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = format!("http://any.test/?{}", self.query);
        let url = reqwest::Url::parse(&url).expect("a URL");
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// A running site; it stops when it is dropped.
pub struct Server {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Starts a site that answers each request by what was asked.
    pub async fn answering(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("a bound address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (keep, answer) = (Arc::clone(&asked), Arc::new(answer));
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (keep, answer) = (Arc::clone(&keep), Arc::clone(&answer));
            async move {
                let (head, _) = request.into_parts();
                let host = head.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
                let asked = Asked {
                    method: head.method.to_string(),
                    host,
                    path: head.uri.path().to_owned(),
                    query: head.uri.query().unwrap_or_default().to_owned(),
                    headers: head.headers,
                };
                let answer = answer(&asked);
                keep.lock().expect("no panic").push(asked);
                respond(answer).await
            }
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        Self { port, asked, _tasks: tasks }
    }

    /// The site's address, with a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// All requests since the last look.
    pub fn all_requests(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().expect("no panic"))
    }
}

async fn respond(mut answer: Answer) -> Response {
    while let Answer::Together(gathering, then) = answer {
        gathering.barrier.wait().await;
        gathering.complete.store(true, Ordering::SeqCst);
        answer = *then;
    }
    match answer {
        Answer::Whole(status, headers, body) => {
            let response = Response::builder().status(status);
            let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, value));
            response.body(Body::from(body)).expect("a valid response")
        }
        _ => std::future::pending().await,
    }
}

/// A client for sites on this machine. It knows these names and asks nobody for others.
pub fn http(names: &[&str]) -> Http {
    Http::new(&HttpSettings { allow_private: true, names: here(names), ..HttpSettings::default() }).expect("a client")
}

/// Names that lead to this machine.
pub fn here(names: &[&str]) -> Names {
    let here = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    Names::Fixed(names.iter().map(|name| ((*name).to_owned(), here.clone())).collect::<BTreeMap<_, _>>())
}
