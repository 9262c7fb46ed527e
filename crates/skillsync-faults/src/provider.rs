//! A provider of models that counts. It speaks OpenAI's chat completions, whole and streamed, answers with whole valid parts
//! of lessons, and writes down for each request what it asks for, who sent it, what was billed and what became of it.
//!
//! It can hold requests at a gate, before or in the middle of the answer, and fail in every way that is known.

mod calls;
mod failure;
mod wire;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use serde_json::Value;
use skillsync::generation::sample;
use skillsync_bench::completions::Question;
use skillsync_llm::Model;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub use calls::{Call, Calls, Charge, Fate, PRICE, STALE};
pub use failure::Failure;

use crate::chance::Chance;

/// Whose requests are let through, and how they are answered.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// How each server fails; one that is not named is well.
    pub failures: HashMap<usize, Failure>,
    /// What is held, by the process that asks.
    pub holds: HashMap<String, Hold>,
    /// The processes whose answers are marked, as they should no longer count.
    pub stale: Vec<String>,
}

/// Which requests of a process wait until the hold is lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which.
    pub which: Which,
    /// Whether the answer is begun first.
    pub in_the_middle: bool,
}

/// A choice of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// All but the first so many of this process.
    After(usize),
    /// Those for one step.
    Step(&'static str),
}

impl Hold {
    /// Holds every request before it is answered.
    pub const ALL: Self = Self { which: Which::All, in_the_middle: false };

    fn holds(self, call: &Call) -> bool {
        match self.which {
            Which::All => true,
            Which::After(calls) => call.of_process >= calls,
            Which::Step(step) => call.step == step,
        }
    }
}

/// The running provider. Dropping it ends all connections.
pub struct Provider {
    address: SocketAddr,
    shared: Shared,
    _ending: DropGuard,
}

/// What every request needs.
#[derive(Clone)]
struct Shared {
    calls: Arc<Calls>,
    rules: Arc<watch::Sender<Rules>>,
    writer: Model,
    /// What is billed is drawn from it.
    seed: u64,
}

impl Provider {
    /// Starts the provider on a free port. What it bills is drawn from `seed`.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Shared {
            calls: Arc::default(),
            rules: Arc::new(watch::Sender::new(Rules::default())),
            writer: Model::scripted(sample::scripted_writer()),
            seed,
        };
        let router = Router::new().route("/{server}/v1/chat/completions", post(complete)).with_state(shared.clone());
        let ending = CancellationToken::new();
        let ended = ending.clone();
        TaskTracker::new().spawn(async move {
            tokio::select! {
                // It only fails when the listener does, which shows as requests that do not arrive.
                _ = axum::serve(listener, router) => {}
                () = ended.cancelled() => {}
            }
        });
        Ok(Self { address, shared, _ending: ending.drop_guard() })
    }

    /// The address of one of its servers, which are numbered from 0 and differ in how they fail.
    pub fn base_url(&self, server: usize) -> String {
        format!("http://{}/{server}/v1", self.address)
    }

    /// What was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.all()
    }

    /// Changes the rules for all requests, those that are held included.
    pub fn rule(&self, change: impl FnOnce(&mut Rules)) {
        self.shared.rules.send_modify(change);
    }

    /// Holds requests of a process until they are released.
    pub fn hold(&self, process: &str, hold: Hold) {
        self.rule(|rules| {
            rules.holds.insert(process.to_owned(), hold);
        });
    }

    /// Lets the requests of a process through.
    pub fn release(&self, process: &str) {
        self.rule(|rules| {
            rules.holds.remove(process);
        });
    }

    /// The requests of a process that are not answered yet.
    pub fn open(&self, process: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.process == process && call.fate == Fate::Open).collect()
    }
}

async fn complete(
    State(shared): State<Shared>,
    Path(server): Path<usize>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Response {
    let question = Question::read(&body);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    // Each process has a key of its own, so that the key tells who asks.
    let process = header("authorization").trim_start_matches("Bearer ").to_owned();
    let request_id = Some(header("x-client-request-id")).filter(|id| !id.is_empty());
    let ticket = shared.calls.open(|number| Call {
        number,
        of_process: 0,
        server,
        process,
        topic: question.topic.clone(),
        step: question.step(),
        request_id,
        arrived: Instant::now(),
        charge: wire::charge(&question, &mut Chance::of(shared.seed, &[number as u64])),
        fate: Fate::Open,
    });
    let call = ticket.call();
    let mut rules = shared.rules.subscribe();
    let in_the_middle = {
        let held = |rules: &Rules, in_the_middle| {
            let hold = rules.holds.get(&call.process).filter(|hold| hold.holds(&call));
            hold.is_some_and(|hold| hold.in_the_middle == in_the_middle)
        };
        // The sender lives in `shared`, so waiting cannot fail.
        let _ = rules.wait_for(|rules| !held(rules, false)).await;
        held(&rules.borrow(), true)
    };
    let (failure, is_stale) = {
        let rules = rules.borrow();
        (rules.failures.get(&server).copied(), rules.stale.contains(&call.process))
    };
    if let Some(failure) = failure {
        return failure.respond(ticket, &question).await;
    }
    let text = shared.writer.complete(&question.request).await;
    let text = match text {
        Ok(reply) => reply.text,
        Err(error) => return wire::refuse(&ticket, 500, &format!("the provider of the trial: {error}")),
    };
    let author = if is_stale { STALE } else { "writer" };
    let pieces = question.answer(&text, author, &call.charge.usage());
    if in_the_middle {
        let process = call.process.clone();
        let lifted = async move {
            let _ = rules.wait_for(|rules| !rules.holds.contains_key(&process)).await;
        };
        return wire::respond_in_two(ticket, &question, pieces, lifted);
    }
    wire::respond(ticket, &question, pieces)
}

#[cfg(test)]
mod tests;
