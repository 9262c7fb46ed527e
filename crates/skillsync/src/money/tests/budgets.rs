//! What fits into a budget, what does not, and what is said then.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::*;

fn used_up(refused: &Result<Reply, AskError>) -> BudgetUsedUp {
    let Err(AskError::Budget(used_up)) = refused else { panic!("{refused:?}") };
    *used_up
}

crate::both_engines! {
async fn a_thousand_at_once_make_as_many_calls_as_there_is_room_for(database: &TestDatabase) {
    const ROOM: usize = 10;
    let limit = ROOM as i64 * worst() + worst() / 2;
    let world = World::new(database, a_day(limit)).await;
    let gate = skillsync_llm::Gate::closed();
    let behind = gate.clone();
    let script = Script::new(move |_| ScriptedAnswer::text("hello").with_usage(usage(1, 1)).behind(&behind)).named("priced");
    let model = Model::scripted(script.clone());
    let mut asks: FuturesUnordered<_> = (0..1_000).map(|_| world.ask(&model)).collect();
    let all_refused = AtomicBool::new(false);
    let refusals = async {
        for _ in ROOM..1_000 {
            let refusal = used_up(&asks.next().await.expect("an ask"));
            assert_eq!((refusal.period, refusal.set_aside), (Period::Day, true));
        }
        all_refused.store(true, Ordering::SeqCst);
    };
    let watch = async {
        while !all_refused.load(Ordering::SeqCst) {
            let (spent, reserved) = world.today().await;
            assert!(spent + reserved <= limit, "{spent} and {reserved} of {limit}");
        }
    };
    tokio::join!(refusals, watch);
    assert_eq!((script.calls(), world.today().await), (ROOM, (0, ROOM as i64 * worst())));
    gate.open();
    while let Some(answered) = asks.next().await {
        answered.expect("an answer");
    }
    assert_eq!(world.today().await, (ROOM as i64 * 750, 0));
    world.assert_counted().await;
}

async fn each_budget_ends_at_its_time(database: &TestDatabase) {
    // Room for one call a day, and for two a month.
    let budget = Budget { day_nano_dollars: Some(worst()), month_nano_dollars: Some(2 * worst()), allow_unpriced: false };
    let world = World::new(database, budget).await;
    world.clock.advance(at("2026-11-22T20:00:00Z") - world.clock.now());
    let dear = answering(usage(0, u64::try_from(worst() / 600).expect("tokens")));
    world.ledger.has_room().await.expect("nothing is spent");
    world.ask(&dear).await.expect("an answer");
    let refusal = used_up(&world.ask(&dear).await);
    assert_eq!((refusal.period, refusal.until, refusal.set_aside), (Period::Day, at("2026-11-23T00:00:00Z"), false));

    world.clock.advance(TimeDelta::hours(4));
    world.ask(&dear).await.expect("a new day");
    world.clock.advance(TimeDelta::days(1));
    let refusal = used_up(&world.ask(&dear).await);
    assert_eq!((refusal.period, refusal.until), (Period::Month, at("2026-12-01T00:00:00Z")));
    world.clock.advance(TimeDelta::days(10));
    world.ask(&dear).await.expect("a new month");
    world.assert_counted().await;
}

async fn whether_there_is_room_is_known_before_a_run(database: &TestDatabase) {
    let world = World::new(database, a_day(2 * worst())).await;
    world.hang_up().await;
    world.ledger.has_room().await.expect("a half is left");
    world.hang_up().await;
    let Err(AskError::Budget(refusal)) = world.ledger.has_room().await else { panic!("all is reserved") };
    assert!(refusal.set_aside);
    // Whoever made the calls is dead, as far as anyone can tell.
    probe::change(&world.db, world.claim, 1, "running").await;
    world.ledger.has_room().await.expect("they were freed");
    assert_eq!(world.today().await.1, 0);

    world.ask(&answering(usage(0, 10_000))).await.expect("it is dearer than was thought");
    let Err(AskError::Budget(refusal)) = world.ledger.has_room().await else { panic!("all is spent") };
    assert!(!refusal.set_aside);
    world.assert_counted().await;
}

async fn what_dead_processes_reserved_is_freed_when_it_is_needed(database: &TestDatabase) {
    let world = World::new(database, a_day(2 * worst())).await;
    world.hang_up().await;
    world.hang_up().await;
    let other = probe::run(&world.db, 1, world.clock.now(), None).await;
    let model = answering(usage(1, 1));
    used_up(&world.ledger.ask(other, "text", &model, &request()).await);
    // The lease of the first run ran out long ago; that of the other did not.
    probe::change(&world.db, world.claim, 1, "running").await;
    world.ledger.ask(other, "text", &model, &request()).await.expect("an answer");
    let estimate = request().estimated_input_tokens() as i64 * 150;
    assert_eq!(world.today().await, (2 * estimate + 750, 0));
    world.assert_counted().await;
}

async fn a_budget_needs_prices_unless_it_is_told_otherwise(database: &TestDatabase) {
    let world = World::new(database, a_day(worst())).await;
    let script = Script::new(|_| "hello").named("unheard-of");
    let model = Model::scripted(script.clone());
    let refused = world.ask(&model).await.expect_err("no price");
    assert_eq!(refused.to_string(), "the price of scripted/unheard-of is not known, so it cannot be kept within the budget: state it under [prices], or set budget.allow_unpriced");
    assert_eq!((script.calls(), world.spent().await.calls), (0, 0));

    let ledger = world.ledger.clone().within(Budget { allow_unpriced: true, ..a_day(worst()) });
    ledger.ask(world.claim, "text", &model, &request()).await.expect("an answer");
    assert_eq!((world.spent().await.cost_nano_dollars, world.today().await), (None, (0, 0)));
    world.assert_counted().await;
}

async fn what_costs_nothing_needs_no_room(database: &TestDatabase) {
    let world = World::new(database, a_day(worst())).await;
    world.ask(&answering(usage(0, 10_000))).await.expect("an answer");
    let free = Model::scripted(Script::new(|_| "hello").named("free"));
    let prices = PriceTable::default().stating([("free", Price { input: 0, cached_input: 0, output: 0 })]);
    let ledger = Ledger::new(world.db.clone(), world.clock.clone(), prices).within(a_day(worst()));
    assert!(ledger.costs_nothing(&free) && !world.ledger.costs_nothing(&answering(usage(1, 1))));
    ledger.ask(world.claim, "text", &free, &request()).await.expect("an answer");
    assert_eq!(probe::last(&world.db).await.6, Some(0));
    world.assert_counted().await;
}
}
