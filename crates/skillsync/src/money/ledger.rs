//! The ledger: no model is asked without a row that says so, before and after.
//!
//! Budgets are to come in here: [`Ledger::ask`] will reserve input times price plus the longest output times price in the
//! statement that writes the row, refuse when a day's or a month's budget has no room for it, and give back in the
//! settlement what was not used. Callers will see one more reason in [`AskError`].

use std::sync::Arc;

use skillsync_llm::{Error, Model, Reply, Request, TimeoutPhase, Usage};

use crate::clock::Clock;
use crate::ids::RunId;
use crate::storage::{Db, StorageError};

use super::prices::{PriceTable, cost, dollars};
use super::store::{self, NewCall, Outcome, Settlement};

/// Asks models on behalf of runs and writes down what each call used and cost.
#[derive(Clone, Debug)]
pub struct Ledger {
    db: Db,
    clock: Clock,
    prices: Arc<PriceTable>,
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
            Some(cost) => format!("{}${}", if self.exact { "" } else { "about " }, dollars(cost)),
            None => format!("{} tokens at an unknown price", self.input_tokens + self.output_tokens),
        }
    }
}

impl Ledger {
    /// A ledger with these prices.
    pub fn new(db: Db, clock: Clock, prices: impl Into<Arc<PriceTable>>) -> Self {
        Self { db, clock, prices: prices.into() }
    }

    /// Asks a model once, as part of a step of a run.
    ///
    /// A caller that goes away hangs up on the model; the row then keeps standing as started, with our estimate of the input,
    /// because nobody will ever know what was billed.
    ///
    /// # Errors
    /// When the model gives no answer, or the database cannot be used.
    pub async fn ask(&self, run: RunId, step: &str, model: &Model, request: &Request) -> Result<Reply, AskError> {
        let price = self.prices.find(model.name());
        let priced = |usage: &Usage| price.map(|price| cost(usage, &price));
        let estimate = Usage::estimate(request, "");
        let started_at = self.clock.now();
        let call = NewCall {
            run,
            step,
            provider: model.provider(),
            model: model.name(),
            estimate,
            cost_nano_dollars: priced(&estimate),
            at: started_at,
        };
        let row = store::start(&self.db, &call).await?;
        let answer = model.answer(request).await;
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
        store::settle(&self.db, row, &settlement).await?;
        Ok(answer?)
    }

    /// What a run has spent so far.
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use futures::FutureExt;
    use skillsync_llm::{Message, Script, ScriptedAnswer};

    use super::*;
    use crate::money::prices::Price;
    use crate::testing::{self, TestDatabase};

    const PRICE: Price = Price { input: 150, cached_input: 75, output: 600 };

    struct World {
        ledger: Ledger,
        run: RunId,
        clock: Clock,
    }

    async fn world(database: &TestDatabase) -> World {
        let clock = Clock::fixed(testing::start());
        let run = testing::claimed_run(&database.db, b"", &clock).await.run;
        let prices: PriceTable = [("priced", PRICE)].into_iter().collect();
        World { ledger: Ledger::new(database.db.clone(), clock.clone(), prices), run, clock }
    }

    fn request() -> Request {
        Request::new(vec![Message::user("four letter words here.")], 100)
    }

    crate::both_engines! {
    async fn an_answer_is_written_down_with_the_providers_own_count(database: &TestDatabase) {
        let world = world(database).await;
        let usage =
            Usage { input_tokens: 9, cached_input_tokens: 4, output_tokens: 5, reasoning_tokens: 2, exact: true };
        let clock = world.clock.clone();
        let script = Script::new(move |_| {
            clock.advance(TimeDelta::milliseconds(70));
            ScriptedAnswer::text("hello").with_usage(usage)
        });
        let model = Model::scripted(script.named("priced"));
        let reply = world.ledger.ask(world.run, "plan", &model, &request()).await.expect("an answer");
        assert_eq!(reply.text, "hello");
        let spent = world.ledger.spent(world.run).await.expect("sums");
        let cost_nano_dollars = Some(5 * 150 + 4 * 75 + 5 * 600);
        assert_eq!(spent, Spent { calls: 1, input_tokens: 9, output_tokens: 5, cost_nano_dollars, exact: true });
        let row = store::last_row(&world.ledger.db).await;
        assert_eq!(row, ("plan".into(), "scripted".into(), "priced".into(), "answered".into(), 2, 70));
    }

    async fn failures_keep_what_they_used_and_unknown_prices_stay_unknown(database: &TestDatabase) {
        let world = world(database).await;
        let usage = Usage { input_tokens: 10, output_tokens: 1, exact: true, ..Usage::default() };
        let errors = [Error::Truncated { usage }, Error::RateLimited { retry_after: None }, Error::timed_out(TimeoutPhase::Idle)];
        let model = Model::scripted(Script::queue(errors.map(ScriptedAnswer::from)).named("priced"));
        for exact in [true, true, false] {
            let refused = world.ledger.ask(world.run, "text", &model, &request()).await;
            assert!(matches!(refused, Err(AskError::Model(_))));
            assert_eq!(world.ledger.spent(world.run).await.expect("sums").exact, exact);
        }
        let spent = world.ledger.spent(world.run).await.expect("sums");
        let estimate = request().estimated_input_tokens() as i64;
        assert_eq!((spent.calls, spent.input_tokens, spent.output_tokens), (3, 10 + estimate, 1));
        assert_eq!(spent.cost_nano_dollars, Some((10 + estimate) * 150 + 600));

        let unheard_of = Model::scripted(Script::new(|_| "hello"));
        world.ledger.ask(world.run, "quiz", &unheard_of, &request()).await.expect("an answer");
        assert_eq!(world.ledger.spent(world.run).await.expect("sums").cost_nano_dollars, None);
    }

    async fn a_call_that_is_hung_up_leaves_its_row(database: &TestDatabase) {
        let world = world(database).await;
        let model = Model::scripted(Script::new(|_| std::future::pending().boxed()).named("priced"));
        let request = request();
        let mut asking = Box::pin(world.ledger.ask(world.run, "plan", &model, &request));
        let asked = async {
            while world.ledger.spent(world.run).await.expect("sums").calls == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = &mut asking => panic!("nobody answers"),
            () = asked => {}
        }
        drop(asking);
        let spent = world.ledger.spent(world.run).await.expect("sums");
        assert_eq!((spent.calls, spent.exact, spent.input_tokens > 0), (1, false, true));
    }
    }
}
