//! The ledger on both databases: a scripted model, fixed time, and runs that are claimed by hand.

mod budgets;
mod calls;
mod counters;

use std::future::Future;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use skillsync_llm::{Error, Message, Model, Reply, Request, Script, ScriptedAnswer, Usage};

use super::budget::{Budget, BudgetUsedUp, Period};
use super::ledger::{AskError, Ledger, Spent};
use super::prices::{MOST_NANO_DOLLARS_A_CALL, Price, PriceTable, highest_cost};
use super::store::{self, probe};
use crate::clock::Clock;
use crate::storage::Db;
use crate::testing::{self, TestDatabase};
use crate::work::Claim;

const PRICE: Price = Price { input: 150, cached_input: 75, output: 600 };

/// A ledger that knows the price of the model `priced`, and a run with a current claim.
struct World {
    ledger: Ledger,
    db: Db,
    clock: Clock,
    claim: Claim,
}

impl World {
    async fn new(database: &TestDatabase, budget: Budget) -> Self {
        let (db, clock) = (database.db.clone(), Clock::fixed(testing::start()));
        let prices: PriceTable = [("priced", PRICE)].into_iter().collect();
        let ledger = Ledger::new(db.clone(), clock.clone(), prices).within(budget);
        let claim = probe::run(&db, 0, clock.now(), None).await;
        Self { ledger, db, clock, claim }
    }

    async fn ask(&self, model: &Model) -> Result<Reply, AskError> {
        self.ledger.ask(self.claim, "text", model, &request()).await
    }

    async fn spent(&self) -> Spent {
        self.ledger.spent(self.claim.run).await.expect("sums")
    }

    /// Begins a call that is never answered, and hangs up.
    async fn hang_up(&self) {
        let model = hanging();
        let calls = self.spent().await.calls;
        let asked = async {
            while self.spent().await.calls == calls {
                tokio::task::yield_now().await;
            }
        };
        until(self.ask(&model), asked).await;
    }

    /// What is spent and reserved this day.
    async fn today(&self) -> (i64, i64) {
        let day = Period::Day.name(&self.clock.now().date_naive().to_string());
        let counters = probe::counters(&self.db).await;
        counters
            .into_iter()
            .find(|(period, ..)| *period == day)
            .map_or((0, 0), |(_, spent, reserved)| (spent, reserved))
    }

    async fn assert_counted(&self) {
        assert_eq!(probe::counters(&self.db).await, probe::sums(&self.db).await);
    }
}

/// Drops a call that never ends once something else has happened.
async fn until(call: impl Future<Output = Result<Reply, AskError>>, happened: impl Future<Output = ()>) {
    tokio::select! {
        ended = call => panic!("the call ended: {ended:?}"),
        () = happened => {}
    }
}

fn request() -> Request {
    Request::new(vec![Message::user("four letter words here.")], 100)
}

/// The most that [`request`] can cost.
fn worst() -> i64 {
    highest_cost(&request(), &PRICE)
}

fn usage(input_tokens: u64, output_tokens: u64) -> Usage {
    Usage { input_tokens, output_tokens, exact: true, ..Usage::default() }
}

/// A model with a price that always uses this.
fn answering(usage: Usage) -> Model {
    Model::scripted(Script::new(move |_| ScriptedAnswer::text("hello").with_usage(usage)).named("priced"))
}

fn hanging() -> Model {
    Model::scripted(Script::new(|_| std::future::pending().boxed()).named("priced"))
}

fn a_day(nano_dollars: i64) -> Budget {
    Budget { day_nano_dollars: Some(nano_dollars), ..Budget::default() }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}
