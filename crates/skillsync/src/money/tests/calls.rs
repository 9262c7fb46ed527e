//! What a single call leaves behind, however it ends.

use super::*;

crate::both_engines! {
async fn an_answer_is_written_down_with_the_providers_own_count(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    let usage = Usage { cached_input_tokens: 4, reasoning_tokens: 2, ..usage(9, 5) };
    let clock = world.clock.clone();
    let script = Script::new(move |_| {
        clock.advance(TimeDelta::milliseconds(70));
        ScriptedAnswer::text("hello").with_usage(usage)
    });
    let reply = world.ask(&Model::scripted(script.named("priced"))).await.expect("an answer");
    assert_eq!(reply.text, "hello");
    let cost = 5 * 150 + 4 * 75 + 5 * 600;
    let spent = Spent { calls: 1, input_tokens: 9, output_tokens: 5, cost_nano_dollars: Some(cost), exact: true };
    assert_eq!(world.spent().await, spent);
    let row = ("text".into(), "scripted".into(), "priced".into(), "answered".into(), 2, 70, Some(cost), true);
    assert_eq!(probe::last(&world.db).await, row);
    assert_eq!(world.today().await, (cost, 0));
    world.assert_counted().await;
}

async fn failures_keep_what_they_used_and_unknown_prices_stay_unknown(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    let truncated = Error::Truncated { usage: usage(10, 1) };
    let errors = [truncated, Error::RateLimited { retry_after: None }, Error::timed_out(skillsync_llm::TimeoutPhase::Idle)];
    let model = Model::scripted(Script::queue(errors.map(ScriptedAnswer::from)).named("priced"));
    for exact in [true, true, false] {
        let refused = world.ask(&model).await;
        assert!(matches!(refused, Err(AskError::Model(_))));
        assert_eq!(world.spent().await.exact, exact);
    }
    let spent = world.spent().await;
    let estimate = request().estimated_input_tokens() as i64;
    assert_eq!((spent.calls, spent.input_tokens, spent.output_tokens), (3, 10 + estimate, 1));
    assert_eq!(spent.cost_nano_dollars, Some((10 + estimate) * 150 + 600));

    world.ask(&Model::scripted(Script::new(|_| "hello"))).await.expect("an answer");
    assert_eq!(probe::last(&world.db).await.6, None);
    let spent = world.spent().await;
    assert_eq!((spent.cost_nano_dollars, spent.saved_nano_dollars(10)), (None, None));
    world.assert_counted().await;
}

async fn a_call_that_is_hung_up_is_lost_once_its_claim_is(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    world.hang_up().await;
    let estimate = request().estimated_input_tokens() as i64 * 150;
    assert_eq!(world.today().await, (0, worst()));
    assert_eq!(world.ledger.release(world.claim.run).await.expect("a release"), 0, "its maker may still be there");

    probe::change(&world.db, Claim { token: 2, ..world.claim }, i64::MAX / 2, "running").await;
    assert_eq!(world.ledger.release(world.claim.run).await.expect("a release"), 1);
    assert_eq!(world.ledger.release(world.claim.run).await.expect("a release"), 0);
    assert_eq!(world.today().await, (estimate, 0));
    let (_, _, _, outcome, _, _, cost, exact) = probe::last(&world.db).await;
    assert_eq!((outcome.as_str(), cost, exact), ("lost", Some(estimate), false));
    world.assert_counted().await;
}

async fn all_calls_of_a_run_are_lost_when_it_has_ended(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    world.hang_up().await;
    world.hang_up().await;
    probe::change(&world.db, world.claim, i64::MAX / 2, "published").await;
    assert_eq!(world.ledger.release(world.claim.run).await.expect("a release"), 2);
    assert_eq!(world.today().await.1, 0);
    world.assert_counted().await;
}

async fn nothing_is_asked_under_a_claim_that_is_not_current(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    let script = Script::new(|_| "hello").named("priced");
    let model = Model::scripted(script.clone());
    for (token, state) in [(2, "running"), (1, "failed"), (1, "published")] {
        probe::change(&world.db, Claim { token, ..world.claim }, i64::MAX / 2, state).await;
        let refused = world.ask(&model).await;
        assert!(matches!(refused, Err(AskError::Lost)), "{refused:?}");
    }
    assert_eq!((script.calls(), world.spent().await.calls, world.today().await), (0, 0, (0, 0)));
}

async fn a_process_that_wakes_up_late_settles_with_the_true_cost(database: &TestDatabase) {
    let world = World::new(database, a_day(10 * worst())).await;
    let gate = skillsync_llm::Gate::closed();
    let behind = gate.clone();
    let script = Script::new(move |_| ScriptedAnswer::text("late").with_usage(usage(7, 3)).behind(&behind)).named("priced");
    let model = Model::scripted(script.clone());
    let meanwhile = async {
        script.called(1).await;
        probe::change(&world.db, Claim { token: 2, ..world.claim }, i64::MAX / 2, "running").await;
        assert_eq!(world.ledger.release(world.claim.run).await.expect("a release"), 1);
        assert_eq!(probe::last(&world.db).await.3, "lost");
        gate.open();
    };
    let (reply, ()) = tokio::join!(world.ask(&model), meanwhile);
    assert_eq!(reply.expect("an answer").text, "late");
    let cost = 7 * 150 + 3 * 600;
    assert_eq!((world.spent().await.cost_nano_dollars, world.spent().await.exact), (Some(cost), true));
    assert_eq!(world.today().await, (cost, 0));
    world.assert_counted().await;
}

async fn the_day_of_the_reservation_pays(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    world.clock.advance(at("2026-01-31T23:59:00Z") - world.clock.now());
    let clock = world.clock.clone();
    let script = Script::new(move |_| {
        clock.advance(TimeDelta::minutes(2));
        ScriptedAnswer::text("hello").with_usage(usage(1, 1))
    });
    world.ask(&Model::scripted(script.named("priced"))).await.expect("an answer");
    let counters = [("day:2026-01-31".to_owned(), 750, 0), ("month:2026-01".to_owned(), 750, 0)];
    assert_eq!(probe::counters(&world.db).await, counters);
    world.assert_counted().await;
}

async fn a_lesson_cost_what_the_runs_cost_whose_steps_it_took_over(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    let model = answering(usage(2, 1));
    world.ask(&model).await.expect("an answer");
    let second = probe::run(&world.db, 1, world.clock.now(), Some(world.claim.run)).await;
    let third = probe::run(&world.db, 2, world.clock.now(), Some(second.run)).await;
    let other = probe::run(&world.db, 3, world.clock.now(), None).await;
    for claim in [third, other] {
        world.ledger.ask(claim, "text", &model, &request()).await.expect("an answer");
    }
    let spent = world.ledger.spent(third.run).await.expect("sums");
    assert_eq!((spent.calls, spent.cost_nano_dollars), (2, Some(2 * 900)));
    assert_eq!(spent.saved_nano_dollars(4), Some(3 * 1_800));
    assert_eq!(spent.saved_in_words(4).as_deref(), Some("$0.000005400"));
    assert_eq!((spent.saved_nano_dollars(0), spent.saved_in_words(1)), (Some(0), None));
    assert_eq!(world.ledger.spent(second.run).await.expect("sums").calls, 1);
}

async fn absurd_counts_break_no_sum(database: &TestDatabase) {
    let world = World::new(database, Budget::default()).await;
    let model = answering(usage(u64::MAX, u64::MAX));
    for calls in 1..=3 {
        world.ask(&model).await.expect("an answer");
        assert_eq!(world.spent().await.cost_nano_dollars, Some(calls * MOST_NANO_DOLLARS_A_CALL));
    }
    assert_eq!(world.spent().await.saved_nano_dollars(i64::MAX), Some(i64::MAX));
    world.assert_counted().await;
}
}
