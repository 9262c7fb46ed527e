//! The law of the counters: whatever happens in whatever order, they are the sums over the calls.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::store::{CallId, NewCall, Outcome, Settlement, Start};
use super::*;

/// How many histories are tried on each engine.
const HISTORIES: usize = 12;

/// Something that happens to the ledger.
#[derive(Clone, Debug)]
enum Event {
    /// A call begins, and nobody has ended it yet.
    Begin,
    /// One of the calls that began ends, whether it was given up meanwhile or settled before.
    Settle { which: usize, outcome: Outcome, cost: Option<i64> },
    /// A whole call, from its reservation to its answer or failure.
    Ask { output_tokens: u64, fails: bool },
    /// The run is claimed anew, and what earlier claims left is given up.
    ClaimAnew,
    /// Somebody needs room.
    NeedRoom,
    /// Hours pass.
    Wait(i64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let outcome = prop_oneof![Just(Outcome::Answered), Just(Outcome::Failed)];
    let cost = prop::option::weighted(0.9, 0..10_000_000_i64);
    let event = prop_oneof![
        3 => Just(Event::Begin),
        3 => (any::<usize>(), outcome, cost).prop_map(|(which, outcome, cost)| Event::Settle { which, outcome, cost }),
        2 => (0..500_u64, any::<bool>()).prop_map(|(output_tokens, fails)| Event::Ask { output_tokens, fails }),
        1 => Just(Event::ClaimAnew),
        1 => Just(Event::NeedRoom),
        1 => (1..400_i64).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 1..30)
}

fn new_call(claim: Claim, attempt: i64, at: DateTime<Utc>) -> NewCall<'static> {
    let estimate = Usage { exact: false, ..usage(20, 0) };
    NewCall {
        claim,
        attempt,
        step: "text",
        provider: "scripted",
        model: "priced",
        estimate,
        cost_nano_dollars: Some(3_000),
        reserved_nano_dollars: worst(),
        at,
    }
}

const NO_LIMITS: [(Period, i64); 2] = [(Period::Month, i64::MAX), (Period::Day, i64::MAX)];

async fn begin(world: &World, attempt: i64) -> CallId {
    let call = new_call(world.claim, attempt, world.clock.now());
    match store::start(&world.db, &call, NO_LIMITS).await.expect("a start") {
        Start::Started(call) => call,
        start => panic!("{start:?}"),
    }
}

async fn happen(world: &mut World, begun: &mut Vec<CallId>, event: Event) {
    match event {
        Event::Begin => begun.push(begin(world, -1 - begun.len() as i64).await),
        Event::Settle { which, outcome, cost } => {
            let Some(call) = begun.get(which % begun.len().max(1)) else { return };
            let settlement = Settlement { outcome, usage: usage(1, 1), cost_nano_dollars: cost, latency_ms: 1 };
            store::settle(&world.db, *call, &settlement).await.expect("a settlement");
        }
        Event::Ask { output_tokens, fails } => {
            let script = Script::new(move |_| match fails {
                true => ScriptedAnswer::from(Error::Truncated { usage: usage(3, output_tokens) }),
                false => ScriptedAnswer::text("hello").with_usage(usage(3, output_tokens)),
            });
            let answer = world.ask(&Model::scripted(script.named("priced"))).await;
            assert!(answer.is_err() == fails, "{answer:?}");
        }
        Event::ClaimAnew => {
            world.claim.token += 1;
            probe::change(&world.db, world.claim, i64::MAX / 2, "running").await;
            world.ledger.release(world.claim.run).await.expect("a release");
        }
        Event::NeedRoom => {
            probe::change(&world.db, world.claim, 1, "running").await;
            let needy = world.ledger.clone().within(a_day(0));
            assert!(matches!(needy.has_room().await, Err(AskError::Budget(_))));
        }
        Event::Wait(hours) => world.clock.advance(TimeDelta::hours(hours)),
    }
}

crate::both_engines! {
async fn counters_are_always_the_sums_over_the_calls(database: &TestDatabase) {
    let mut runner = TestRunner::deterministic();
    let mut world = World::new(database, Budget::default()).await;
    let mut begun = Vec::new();
    for _ in 0..HISTORIES {
        let history = events().new_tree(&mut runner).expect("a history").current();
        for event in &history {
            happen(&mut world, &mut begun, event.clone()).await;
            let (counters, sums) = (probe::counters(&world.db).await, probe::sums(&world.db).await);
            assert_eq!(counters, sums, "after {event:?} in {history:?}");
        }
    }
    assert!(!begun.is_empty());
}

async fn a_start_that_was_answered_to_nobody_is_not_written_twice(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    let first = begin(&world, 1).await;
    assert_eq!(begin(&world, 1).await, first);
    assert_ne!(begin(&world, 2).await, first);
    assert_eq!((world.spent().await.calls, world.today().await.1), (2, 2 * worst()));
    world.assert_counted().await;
}

async fn settling_twice_changes_nothing(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    let call = begin(&world, 1).await;
    for cost in [5, 7] {
        let usage = usage(1, 1);
        let settlement =
            Settlement { outcome: Outcome::Answered, usage, cost_nano_dollars: Some(cost), latency_ms: cost };
        store::settle(&world.db, call, &settlement).await.expect("a settlement");
        assert_eq!((world.today().await, probe::last(&world.db).await.5), ((5, 0), 5));
    }
    world.assert_counted().await;
}
}
