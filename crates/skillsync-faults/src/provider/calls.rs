//! The provider's own book: every request, what was billed for it, and what became of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use skillsync_llm::Usage;

/// The name of the author in answers that should no longer count.
pub const STALE: &str = "stale-writer";

/// What the provider charges.
pub const PRICE: Price = Price { input: 1_000, cached_input: 100, output: 4_000 };

/// Prices in nano-dollars a token; a thousand of them are a dollar for a million tokens.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// For input that was not cached.
    pub input: i64,
    /// For cached input.
    pub cached_input: i64,
    /// For output.
    pub output: i64,
}

/// What one answer uses, as the provider counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charge {
    /// All input tokens, cached ones included.
    pub input: i64,
    /// The cached ones among them.
    pub cached: i64,
    /// All output tokens.
    pub output: i64,
}

impl Charge {
    /// What it costs, in nano-dollars.
    pub fn cost(&self) -> i64 {
        (self.input - self.cached) * PRICE.input + self.cached * PRICE.cached_input + self.output * PRICE.output
    }

    /// The same as it is told to the asker.
    pub fn usage(&self) -> Usage {
        let [input_tokens, cached_input_tokens, output_tokens] =
            [self.input, self.cached, self.output].map(i64::cast_unsigned);
        Usage { input_tokens, cached_input_tokens, output_tokens, exact: true, ..Usage::default() }
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is being answered, or held.
    Open,
    /// The whole answer was sent, with its usage.
    Delivered,
    /// Something else than a whole answer was sent. What the model had written was billed.
    Spoiled,
    /// It was rejected before anything was written, which costs nothing.
    Rejected,
    /// The asker went away. What the model had written was billed.
    HungUp,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its number, from 0, over all servers and processes.
    pub number: usize,
    /// Its number among the requests of the same process, from 0.
    pub of_process: usize,
    /// Which of the provider's servers was asked.
    pub server: usize,
    /// Which process asked.
    pub process: String,
    /// What the lesson is about.
    pub topic: String,
    /// Which step of the lesson; `/repair` follows when an answer is to be repaired.
    pub step: String,
    /// What the asker calls the request, which is the id of its row in the ledger.
    pub request_id: Option<String>,
    /// When it arrived.
    pub arrived: Instant,
    /// What the answer costs.
    pub charge: Charge,
    /// What became of it.
    pub fate: Fate,
}

impl Call {
    /// Whether the provider charged for it.
    pub fn is_billed(&self) -> bool {
        self.fate != Fate::Rejected
    }
}

/// All requests so far.
#[derive(Debug, Default)]
pub struct Calls(Mutex<Vec<Call>>);

impl Calls {
    /// Writes a request down; `call` makes it from its number.
    pub(super) fn open(self: &Arc<Self>, call: impl FnOnce(usize) -> Call) -> Ticket {
        let mut calls = self.lock();
        let mut call = call(calls.len());
        call.of_process = calls.iter().filter(|other| other.process == call.process).count();
        let ticket = Ticket { calls: self.clone(), call: call.clone() };
        calls.push(call);
        ticket
    }

    /// All of them, in the order of their arrival.
    pub(super) fn all(&self) -> Vec<Call> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered. When it is dropped before its fate is known, the asker has hung up.
pub struct Ticket {
    calls: Arc<Calls>,
    call: Call,
}

impl Ticket {
    /// The request as it arrived.
    pub(super) fn call(&self) -> Call {
        self.call.clone()
    }

    /// Writes down what became of it; only the first time counts.
    pub(super) fn end(&self, fate: Fate) {
        let mut calls = self.calls.lock();
        let call = &mut calls[self.call.number];
        if call.fate == Fate::Open {
            call.fate = fate;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.end(Fate::HungUp);
    }
}
