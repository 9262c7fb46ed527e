//! Runs, leases, steps and events on both databases.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::crew::Crew;
use super::lease::LeaseTerms;
use super::open::{Opened, open};
use super::run::{Failure, NewRun, Priority, RunState};
use super::store::{self, Opening};
use super::*;
use crate::clock::Clock;
use crate::storage::{Db, StorageError};
use crate::testing::{self, TestDatabase};

const NEVER: Duration = Duration::from_secs(3600);

fn terms(owner: &str) -> LeaseTerms {
    LeaseTerms { owner: owner.into(), lasts: NEVER }
}

fn new_run(subject: &[u8]) -> NewRun<'_> {
    let (kind, input, first_words) = ("test", "{}", "Getting ready");
    NewRun { kind, subject, input, requested_by: None, priority: Priority::High, first_words }
}

/// Opens a run that nobody works on yet.
async fn opened(db: &Db, new: &NewRun<'_>) -> RunId {
    let at = testing::start();
    let opening = Opening { new, after: None, failures: 0, continues: None, claimed_by: None, at };
    store::open(db, &opening).await.expect("the database answers").expect("none is open")
}

async fn claimed(db: &Db, owner: &str) -> Option<(RunId, i64)> {
    store::claim(db, &terms(owner)).await.expect("the database answers").map(|claimed| (claimed.id, claimed.token))
}

async fn not_done() -> Result<bool, StorageError> {
    Ok(false)
}

/// A stale claim: the run was taken over after it.
async fn stale_and_current(db: &Db, clock: &Clock) -> (steps::Steps, steps::Steps) {
    let run = opened(db, &new_run(b"a")).await;
    let first = Claim { run, token: claimed(db, "first").await.expect("it is free").1 };
    let stale = testing::steps(db, clock, first).await;
    store::give_all_back(db, "first").await.expect("the database answers");
    let token = claimed(db, "second").await.expect("it was given back").1;
    (stale, testing::steps(db, clock, Claim { run, token }).await)
}

fn failure() -> Failure {
    Failure { code: "AWAY".into(), message: "Nobody answers.".into() }
}

crate::both_engines! {
    async fn many_who_open_the_same_open_one_run(database: &TestDatabase) {
        let (db, clock) = (&database.db, Clock::fixed(testing::start()));
        let crews: Vec<_> = (0..3).map(|number| Crew::new(1, terms(&number.to_string()))).collect();
        let new = new_run(b"a");
        let opening = (0..60).map(|number| open(&crews[number % 3], db, &clock, &new, not_done));
        let opened: Vec<_> = join_all(opening).await.into_iter().map(|opened| opened.expect("an answer")).collect();
        assert!(opened.iter().all(|run| *run == Opened::Run(RunId(1))), "{opened:?}");
        let done = open(&crews[0], db, &clock, &new_run(b"b"), || async { Ok::<_, StorageError>(true) }).await.expect("an answer");
        assert_eq!((done, store::last(db, "test", b"b").await.expect("an answer").is_none()), (Opened::Done, true));
    }

    async fn what_was_done_after_the_look_is_not_done_again(database: &TestDatabase) {
        let (db, clock) = (&database.db, Clock::fixed(testing::start()));
        let crew = Crew::new(1, terms("here"));
        let new = new_run(b"a");
        // Another process does the whole work between the look for runs and the look for the result.
        let meanwhile = || async {
            if store::last(db, "test", b"a").await?.is_none() {
                let claim = testing::claimed_run(db, b"a", &clock).await;
                testing::steps(db, &clock, claim).await.fail(&failure(), true, Duration::ZERO).await?;
                return Ok::<_, StorageError>(false);
            }
            Ok(true)
        };
        assert_eq!(open(&crew, db, &clock, &new, meanwhile).await.expect("an answer"), Opened::Done);
        assert_eq!(store::last(db, "test", b"a").await.expect("an answer").map(|run| run.id), Some(RunId(1)));
    }

    async fn the_most_urgent_run_is_claimed_first_and_only_once(database: &TestDatabase) {
        let db = &database.db;
        let run = async |subject: &[u8], priority| opened(db, &NewRun { priority, ..new_run(subject) }).await;
        let low = run(b"low", Priority::Low).await;
        let first = run(b"first", Priority::High).await;
        let normal = run(b"normal", Priority::Normal).await;
        let second = run(b"second", Priority::High).await;
        for expected in [first, second, normal, low] {
            assert!(store::any_free(db, &terms("a")).await.expect("an answer"));
            assert_eq!(claimed(db, "a").await, Some((expected, 1)));
        }
        assert!(!store::any_free(db, &terms("b")).await.expect("an answer"));
        assert_eq!(claimed(db, "b").await, None);
        assert_eq!(store::give_all_back(db, "a").await.expect("an answer"), 4);
        let all = join_all((0..8).map(|number| { let owner = number.to_string(); async move { claimed(db, &owner).await } })).await;
        let mut runs: Vec<_> = all.into_iter().flatten().collect();
        runs.sort();
        // The token has grown when the run was given back, and when it was claimed.
        assert_eq!(runs, [(low, 3), (first, 3), (normal, 3), (second, 3)]);
    }

    async fn who_has_lost_a_run_can_write_nothing_for_it(database: &TestDatabase) {
        let (db, clock) = (&database.db, Clock::fixed(testing::start()));
        let (stale, current) = stale_and_current(db, &clock).await;
        let late: Result<u8, Refused> = stale.step("late", async { Ok(1) }).await;
        assert_eq!(late, Err(Refused::Stopped(Stopped::Lost)));
        let next: Result<u8, Refused> = stale.step("next", async { panic!("nothing is begun any more") }).await;
        assert_eq!(next, Err(Refused::Stopped(Stopped::Lost)));
        stale.tell(50, "Halfway").await;
        stale.fail(&failure(), true, Duration::ZERO).await.expect("the database answers");
        stale.give_back().await.expect("the database answers");
        assert!(!store::renew(db, stale.claim(), 1000).await.expect("the database answers"));

        let kept: Result<u8, Refused> = current.step("kept", async { Ok(2) }).await;
        assert_eq!(kept, Ok(2));
        let run = store::find(db, current.run()).await.expect("an answer").expect("the run");
        assert_eq!(run.state, RunState::Running);
        let steps = store::step_outputs(db, current.run()).await.expect("an answer");
        assert_eq!(steps, [("kept".to_owned(), "2".to_owned())]);
        assert_eq!(store::last_event(db, current.run()).await.expect("an answer").map(|event| event.sequence), Some(1));
    }

    async fn finished_steps_are_taken_over_when_they_are_as_good_as_any(database: &TestDatabase) {
        let (db, clock) = (&database.db, Clock::fixed(testing::start()));
        let crew = Crew::new(0, terms("here"));
        for (subject, input, reusable, kept) in [(b"a", "{}", true, 1), (b"b", "{}", false, 0), (b"c", "[]", true, 0)] {
            let steps = testing::steps(db, &clock, testing::claimed_run(db, subject, &clock).await).await;
            let _: Result<u8, Refused> = steps.step("plan", async { Ok(1) }).await;
            steps.fail(&failure(), reusable, Duration::ZERO).await.expect("the database answers");
            let new = NewRun { input, ..new_run(subject) };
            let Opened::Run(run) = open(&crew, db, &clock, &new, not_done).await.expect("an answer") else { panic!() };
            assert_eq!(store::step_outputs(db, run).await.expect("an answer").len(), kept, "{input} {reusable}");
            let row = store::find(db, run).await.expect("an answer").expect("the run");
            assert_eq!(row.failures, 1, "the failures in a row are counted on");
        }
    }

    async fn word_from_many_keeps_its_numbers(database: &TestDatabase) {
        let (db, clock) = (&database.db, Clock::fixed(testing::start()));
        let steps = testing::steps(db, &clock, testing::claimed_run(db, b"a", &clock).await).await;
        join_all((1..=20).map(|percent| { let steps = &steps; async move { steps.tell(percent, "Going on").await } })).await;
        let events = store::events_after(db, &[(steps.run(), 0)]).await.expect("an answer");
        let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
        assert_eq!(numbers, (1..=i64::try_from(events.len()).expect("few")).collect::<Vec<_>>());
        assert!(events.is_sorted_by_key(|event| event.percent) && events.last().is_some_and(|event| event.percent == 20));
    }

    async fn each_listener_hears_everything_at_their_own_pace(database: &TestDatabase) {
        let (db, clock) = (&database.db, Clock::fixed(testing::start()));
        let place = testing::workplace(db, &clock);
        let claim = testing::claimed_run(db, b"a", &clock).await;
        let steps = steps::Steps::take_up(place.clone(), claim).await.expect("an answer");
        let reading = place.feeds.read(db, NEVER);
        let mut stalled = place.feeds.follow(claim.run);
        let listening = async {
            let mut quick = place.feeds.follow(claim.run);
            assert_eq!(quick.next().await.expect("the first").message, "Getting ready");
            for percent in 1..=50 {
                steps.tell(percent, "Going on").await;
                assert_eq!(quick.next().await.expect("the next").percent, i64::from(percent));
            }
            steps.fail(&failure(), true, Duration::ZERO).await.expect("the database answers");
            let last = quick.last().await.expect("an end");
            assert_eq!((last.sequence, last.code.as_deref()), (52, Some("AWAY")));
            // Who has not listened at all until now has missed nothing.
            for sequence in 1..=52 {
                assert_eq!(stalled.next().await.expect("all of them").sequence, sequence);
            }
            assert!(stalled.next().await.is_none());
            assert_eq!(place.feeds.follow(claim.run).last().await, Some(last), "who comes late hears it all");
            let mut waiting = place.feeds.follow(testing::claimed_run(db, b"b", &clock).await.run);
            waiting.next().await.expect("the first");
            place.feeds.close();
            assert!(waiting.next().await.is_none(), "a process that stops ends all following");
        };
        tokio::join!(reading, listening);
    }

    async fn a_crew_begins_what_is_opened_here_and_takes_up_what_others_leave(database: &TestDatabase) {
        let (db, clock, stopping) = (&database.db, Clock::fixed(testing::start()), CancellationToken::new());
        let crew = Arc::new(Crew::new(1, terms("here")));
        let subjects: [&[u8]; 2] = [b"a", b"b"];
        for subject in subjects {
            open(&crew, db, &clock, &new_run(subject), not_done).await.expect("an answer");
        }
        let (first, place) = crew.next(db, NEVER, &stopping).await.expect("what was opened first");
        assert_eq!((first.id, first.token), (RunId(1), 1));
        let next = crew.next(db, NEVER, &stopping);
        let mut next = std::pin::pin!(next);
        assert!(next.as_mut().now_or_never().is_none(), "there is one place only");
        drop(place);
        let (second, _place) = next.await.expect("the one that waited");
        assert_eq!((second.id, second.token), (RunId(2), 1));
        stopping.cancel();
        assert!(crew.next(db, NEVER, &stopping).await.is_none());
        assert!(crew.place().is_none(), "a crew that stops takes nothing on");
    }
}

#[derive(Debug, PartialEq)]
enum Refused {
    Stopped(Stopped),
    Storage,
}

impl From<Stopped> for Refused {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

impl From<StorageError> for Refused {
    fn from(_: StorageError) -> Self {
        Self::Storage
    }
}
