//! The ledger: no model is asked without a row that says so, before and after, and without room for it in the budget.
//!
//! A call begins with a reservation of the most that it can cost, and ends with its true cost in place of that. A call whose
//! maker is gone is given up as lost, see [`Ledger::release`]; docs/decisions/0015-reservations-and-counters.md tells why.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use skillsync_llm::{Error, Model, Reply, Request, TimeoutPhase, Usage};

use crate::clock::Clock;
use crate::ids::{Randomness, RunId};
use crate::storage::{Db, StorageError, patiently};
use crate::work::Claim;

use super::budget::{Budget, BudgetUsedUp, Period};
use super::prices::{PriceTable, cost, dollars, highest_cost};
use super::store::{self, Abandoned, CallId, NewCall, Outcome, Settlement, Spending, Start};

/// How long after the end of a lease the reservations under it are freed when a budget has no room left: time enough for a
/// process that was merely slow to renew it.
const LEASE_GRACE_MS: i64 = 5_000;

/// Asks models on behalf of runs and writes down what each call used and cost. Clones share it.
#[derive(Clone, Debug)]
pub struct Ledger {
    db: Db,
    clock: Clock,
    prices: Arc<PriceTable>,
    budget: Budget,
    /// The number of the next call. It begins anywhere, so that those of two processes do not meet.
    attempts: Arc<AtomicI64>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The model gave none.
    #[error(transparent)]
    Model(#[from] Error),
    /// The call could not be written down; before the call this means that it was not made.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A budget has no room for the call; it was not made.
    #[error(transparent)]
    Budget(#[from] BudgetUsedUp),
    /// Somebody else works on the run now, or nobody does any more; the call was not made.
    #[error("the claim on the run is not current any more")]
    Lost,
    /// There is a budget, but no price to count by; the call was not made.
    #[error(
        "the price of {provider}/{model} is not known, so it cannot be kept within the budget: state it under [prices], or set budget.allow_unpriced"
    )]
    Unpriced {
        /// The provider's name in the settings.
        provider: String,
        /// The model's name as it is asked for.
        model: String,
    },
}

/// What a run has spent so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Calls made, failed and unfinished ones included.
    pub calls: i64,
    /// All input tokens, cached ones included.
    pub input_tokens: i64,
    /// All output tokens, hidden reasoning included.
    pub output_tokens: i64,
    /// The cost; none when the price of any call is not known.
    pub cost_nano_dollars: Option<i64>,
    /// Whether the providers themselves counted every token. If not, the figures hold estimates.
    pub exact: bool,
}

impl Spent {
    /// What it came to, for a reader of the lesson.
    pub fn in_words(&self) -> String {
        match self.cost_nano_dollars {
            _ if self.calls == 0 => "nothing".to_owned(),
            Some(cost) => self.about(cost),
            None => format!("{} tokens at an unknown price", self.input_tokens + self.output_tokens),
        }
    }

    /// What the lesson saved, in nano-dollars: each view after the first was served for nothing instead of being written
    /// anew. None when its cost is not known or nothing was paid.
    pub fn saved_nano_dollars(&self, views: i64) -> Option<i64> {
        let cost = self.cost_nano_dollars.filter(|_| self.calls > 0)?;
        Some(cost.saturating_mul((views - 1).max(0)))
    }

    /// What it saved, for a reader of the lesson; none when that is not known or nothing yet.
    pub fn saved_in_words(&self, views: i64) -> Option<String> {
        self.saved_nano_dollars(views).filter(|saved| *saved > 0).map(|saved| self.about(saved))
    }

    fn about(&self, nano_dollars: i64) -> String {
        format!("{}${}", if self.exact { "" } else { "about " }, dollars(nano_dollars))
    }
}

impl Ledger {
    /// A ledger with these prices and no budget.
    pub fn new(db: Db, clock: Clock, prices: impl Into<Arc<PriceTable>>) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = Randomness::System.secret();
        // Halved, so that it has as far to grow.
        let first = i64::from_le_bytes([a, b, c, d, e, f, g, h]) / 2;
        let attempts = Arc::new(AtomicI64::new(first));
        Self { db, clock, prices: prices.into(), budget: Budget::default(), attempts }
    }

    /// The same ledger with a budget.
    #[must_use]
    pub fn within(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    /// Asks a model once, as part of a step of a run.
    ///
    /// A caller that goes away hangs up on the model; the row then stays as started, with our estimate of the input, and its
    /// reservation is held until [`release`](Self::release).
    ///
    /// # Errors
    /// When the call may not be made, the model gives no answer, or the database cannot be used.
    pub async fn ask(&self, claim: Claim, step: &str, model: &Model, request: &Request) -> Result<Reply, AskError> {
        let price = self.prices.find(model.provider(), model.name());
        if price.is_none() && self.budget.is_set() && !self.budget.allow_unpriced {
            return Err(AskError::Unpriced { provider: model.provider().to_owned(), model: model.name().to_owned() });
        }
        let priced = |usage: &Usage| price.map(|price| cost(usage, &price));
        let estimate = Usage::estimate(request, "");
        let started_at = self.clock.now();
        let call = self
            .start(&NewCall {
                claim,
                attempt: self.attempts.fetch_add(1, Ordering::Relaxed),
                step,
                provider: model.provider(),
                model: model.name(),
                estimate,
                cost_nano_dollars: priced(&estimate),
                reserved_nano_dollars: price.map_or(0, |price| highest_cost(request, &price)),
                at: started_at,
            })
            .await?;
        // The provider's own records carry the row's number, so that they can be compared with the ledger.
        let request = Request { id: Some(call.0.to_string()), ..request.clone() };
        let answer = model.answer(&request).await;
        let (outcome, usage) = match &answer {
            Ok(reply) => (Outcome::Answered, reply.usage),
            Err(error) => (Outcome::Failed, used_by_failure(error, estimate)),
        };
        let settlement = Settlement {
            outcome,
            usage,
            cost_nano_dollars: priced(&usage),
            latency_ms: (self.clock.now() - started_at).num_milliseconds().max(0),
        };
        patiently(|| store::settle(&self.db, call, &settlement)).await?;
        Ok(answer?)
    }

    /// Writes a call down and reserves its highest cost. Where there is no room, what dead processes hold is freed first.
    async fn start(&self, call: &NewCall<'_>) -> Result<CallId, AskError> {
        let start = || patiently(|| store::start(&self.db, call, self.limits(call.reserved_nano_dollars)));
        let mut started = start().await?;
        if matches!(started, Start::NoRoom(_)) && self.release_dead().await? > 0 {
            started = start().await?;
        }
        match started {
            Start::Started(call) => Ok(call),
            Start::Lost => Err(AskError::Lost),
            Start::NoRoom(period) => Err(self.used_up(period, call.reserved_nano_dollars).await?.into()),
        }
    }

    /// The limit of each period. What costs nothing, as far as is known, has room in any budget.
    fn limits(&self, reserved_nano_dollars: i64) -> [(Period, i64); 2] {
        let limit = |period| self.budget.limit(period).filter(|_| reserved_nano_dollars > 0).unwrap_or(i64::MAX);
        Period::ALL.map(|period| (period, limit(period)))
    }

    /// Whether a new run may begin: whether what was spent and what is reserved leave anything at all of both budgets. A
    /// call may still be refused later, when its highest cost is more than what is left.
    ///
    /// Models that cost nothing need no room, see [`costs_nothing`](Self::costs_nothing).
    ///
    /// # Errors
    /// With [`AskError::Budget`] when a budget is used up, or when the database cannot be used.
    pub async fn has_room(&self) -> Result<(), AskError> {
        let mut full = self.full_period().await?;
        if full.is_some() && self.release_dead().await? > 0 {
            full = self.full_period().await?;
        }
        full.map_or(Ok(()), |used_up| Err(used_up.into()))
    }

    /// The first period of which nothing is left.
    async fn full_period(&self) -> Result<Option<BudgetUsedUp>, StorageError> {
        for period in Period::ALL {
            let Some(limit) = self.budget.limit(period) else { continue };
            let Spending { spent, reserved } = self.spending(period).await?;
            if spent + reserved >= limit {
                return Ok(Some(self.refusal(period, spent < limit)));
            }
        }
        Ok(None)
    }

    async fn used_up(&self, period: Period, needed: i64) -> Result<BudgetUsedUp, StorageError> {
        let limit = self.budget.limit(period).unwrap_or(i64::MAX);
        if needed > limit {
            tracing::warn!(
                ?period,
                needed = dollars(needed),
                limit = dollars(limit),
                "one call may cost more than the whole budget: raise the budget, or lower generation.max_output_tokens"
            );
        }
        let spent = self.spending(period).await?.spent;
        Ok(self.refusal(period, spent + needed <= limit))
    }

    fn refusal(&self, period: Period, set_aside: bool) -> BudgetUsedUp {
        BudgetUsedUp { period, until: period.end(self.clock.now()), set_aside }
    }

    async fn spending(&self, period: Period) -> Result<Spending, StorageError> {
        store::spending(&self.db, period, &self.clock.now().date_naive().to_string()).await
    }

    /// Whether asking this model is known to cost nothing.
    pub fn costs_nothing(&self, model: &Model) -> bool {
        let price = self.prices.find(model.provider(), model.name());
        price.is_some_and(|price| (price.input, price.cached_input, price.output) == (0, 0, 0))
    }

    /// Gives up the calls of a run that belong to no current claim of it, and frees what is reserved for them. To be called
    /// after a run is claimed anew, for those of earlier claims, and after it has ended, for all. Gives their number.
    ///
    /// A lost call keeps our estimate of its input as its cost; should whoever made it wake up and settle it after all, it
    /// gets its true cost.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn release(&self, run: RunId) -> Result<usize, StorageError> {
        patiently(|| store::lose(&self.db, Abandoned::Of(run))).await
    }

    /// Gives up what processes hold that are dead: no current claim, or a lease that ran out some seconds ago.
    async fn release_dead(&self) -> Result<usize, StorageError> {
        let dead = Abandoned::Anywhere { lease_out_ms: LEASE_GRACE_MS };
        let released = patiently(|| store::lose(&self.db, dead)).await?;
        if released > 0 {
            tracing::info!(calls = released, "the reservations of interrupted calls were freed");
        }
        Ok(released)
    }

    /// What a run has spent so far, and the runs whose steps it took over.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn spent(&self, run: RunId) -> Result<Spent, StorageError> {
        let sums = store::sums(&self.db, run).await?;
        Ok(Spent {
            calls: sums.calls,
            input_tokens: sums.input_tokens,
            output_tokens: sums.output_tokens,
            cost_nano_dollars: (sums.unpriced == 0).then_some(sums.cost_nano_dollars),
            exact: sums.estimated == 0,
        })
    }
}

/// What a failed call used: what the provider said, nothing where the model never began, and else our estimate of the input.
fn used_by_failure(error: &Error, estimate: Usage) -> Usage {
    let nothing = Usage { exact: true, ..Usage::default() };
    match error {
        Error::Misconfigured { .. }
        | Error::Unreachable { .. }
        | Error::WrongAddress { .. }
        | Error::Unauthorized
        | Error::OutOfCredit
        | Error::RateLimited { .. }
        | Error::ModelNotFound { .. }
        | Error::PromptTooLong
        | Error::BadRequest { .. }
        | Error::Timeout { phase: TimeoutPhase::Connect, .. }
        | Error::ServerError { usage: None, .. } => nothing,
        error => error.usage().unwrap_or(estimate),
    }
}
