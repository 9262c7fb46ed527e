//! A provider without a model: it answers from a script. For tests, which must neither leave the machine nor sleep, and for
//! trials by hand.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use tokio::sync::watch;

use crate::{Chunk, Error, Reply, Request};

mod answer;
mod gate;

pub use answer::ScriptedAnswer;
pub use gate::Gate;

/// Most requests that are kept to be looked at; older ones are forgotten, so a script can serve for days.
const MAX_KEPT_REQUESTS: usize = 256;

/// Answers for a model that does not exist. Clones share the script: keep one to count calls, give the other to
/// [`Model::scripted`](crate::Model::scripted).
#[derive(Clone)]
pub struct Script {
    answer: Arc<dyn Fn(&Request) -> ScriptedAnswer + Send + Sync>,
    requests: Arc<Mutex<VecDeque<Request>>>,
    calls: Arc<watch::Sender<usize>>,
    name: Arc<str>,
}

impl Script {
    /// A script that works each answer out from its request. Text, a [`Reply`], an [`Error`] or a boxed future will do as
    /// an answer; [`ScriptedAnswer`] can do more.
    pub fn new<A: Into<ScriptedAnswer>>(answer: impl Fn(&Request) -> A + Send + Sync + 'static) -> Self {
        Self {
            answer: Arc::new(move |request| answer(request).into()),
            requests: Arc::default(),
            calls: Arc::new(watch::Sender::new(0)),
            name: "scripted".into(),
        }
    }

    /// A script that gives these answers in turn, and an error once they are used up.
    pub fn queue<A: Into<ScriptedAnswer>>(answers: impl IntoIterator<Item = A>) -> Self {
        let answers = Mutex::new(answers.into_iter().map(Into::into).collect::<VecDeque<ScriptedAnswer>>());
        Self::new(move |_| {
            let next = answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            next.unwrap_or_else(|| {
                ScriptedAnswer::from(Error::BadReply { excerpt: "the script has no more answers".into(), usage: None })
            })
        })
    }

    /// The same script under another model name. Name it before it is cloned: clones made earlier keep theirs.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The model's name, `scripted` unless it was named.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How often the model was asked so far, waiting and failed calls included.
    pub fn calls(&self) -> usize {
        *self.calls.borrow()
    }

    /// Waits until the model was asked this often: the way for a test to know that a call has begun.
    pub async fn called(&self, times: usize) {
        let mut calls = self.calls.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = calls.wait_for(|calls| *calls >= times).await;
    }

    /// The latest requests, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) async fn complete(&self, request: &Request) -> Result<Reply, Error> {
        let started = Instant::now();
        self.next_answer(request).outcome(self.name(), request, started).await
    }

    pub(crate) fn stream(&self, request: Request) -> BoxStream<'static, Result<Chunk, Error>> {
        let script = self.clone();
        let chunks = async move {
            let started = Instant::now();
            let mut answer = script.next_answer(&request);
            let cut = answer.text_before_failure.take();
            let outcome = answer.outcome(script.name(), &request, started).await;
            let text = cut.or_else(|| outcome.as_ref().ok().map(|reply| reply.text.clone())).unwrap_or_default();
            let words = text.split_inclusive(' ').map(|word| Ok(Chunk::Text(word.to_owned()))).collect::<Vec<_>>();
            Ok(stream::iter(words).chain(stream::iter([outcome.map(Chunk::Done)])))
        };
        stream::once(chunks).try_flatten().boxed()
    }

    fn next_answer(&self, request: &Request) -> ScriptedAnswer {
        let answer = (self.answer)(request);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == MAX_KEPT_REQUESTS {
            requests.pop_front();
        }
        requests.push_back(request.clone());
        drop(requests);
        // Last, so that whoever waits for the call finds its request.
        self.calls.send_modify(|calls| *calls += 1);
        answer
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Script").field("name", &self.name).field("calls", &self.calls()).finish_non_exhaustive()
    }
}
