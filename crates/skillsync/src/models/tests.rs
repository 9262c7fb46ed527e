//! The story of one question, with scripted models and a clock that waits for nobody.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use chrono::TimeDelta;
use futures::FutureExt;
use futures::future::{BoxFuture, join};
use proptest::prelude::*;
use skillsync_llm::{Backoff, BreakerState, Error, Message, Model, Reply, Request, Script, Usage};
use tokio::time::Instant;

use super::provider::{BreakerRule, Provider};
use super::registry::Patience;
use super::{Models, Question, StepKind};
use crate::clock::Clock;
use crate::config::model_list::ModelList;
use crate::config::providers::MinuteLimits;
use crate::money::ledger::{AskError, Ledger};
use crate::money::prices::PriceTable;
use crate::storage::StorageError;
use crate::testing::{self, TestDatabase};
use crate::work::Claim;

const ATTEMPTS: u32 = 3;
const PATIENCE: Patience = Patience {
    attempts: ATTEMPTS,
    backoff: Backoff { first: Duration::from_millis(500), longest: Duration::from_secs(20) },
};
const RULE: BreakerRule = BreakerRule { failures: 5, pause: Duration::from_secs(30) };

/// What a scripted provider does when it is asked once.
#[derive(Clone, Debug)]
enum Act {
    Answer,
    Fail(Error),
}

fn unreachable() -> Error {
    Error::Unreachable { server: "http://10.0.0.7".into(), cause: "refused".into() }
}

fn busy(seconds: u64) -> Error {
    Error::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
}

fn refused() -> Error {
    Error::Refused { reason: "no".into(), usage: Usage::default() }
}

fn truncated() -> Error {
    Error::Truncated { usage: Usage::default() }
}

/// Providers that do these things in turn, and then fail for good. The answer names its provider and attempt.
fn provider(name: &str, acts: Vec<Act>, limits: MinuteLimits) -> Provider {
    let acts = Mutex::new((0, VecDeque::from(acts)));
    let own_name = name.to_owned();
    let script = Script::new(move |_| {
        let (asked, acts) = &mut *acts.lock().expect("no panic");
        *asked += 1;
        match acts.pop_front() {
            Some(Act::Answer) => Ok(format!("{own_name} {asked}")),
            Some(Act::Fail(error)) => Err(error),
            None => Err(Error::Unauthorized),
        }
        .map_or_else(skillsync_llm::ScriptedAnswer::from, skillsync_llm::ScriptedAnswer::from)
    });
    Provider::fixed(name, Model::scripted(script.named(name)), limits, RULE)
}

fn models(providers: Vec<(&str, Vec<Act>)>) -> Models {
    let providers = providers.into_iter().map(|(name, acts)| provider(name, acts, MinuteLimits::default()));
    Models::of(providers.collect(), PATIENCE)
}

fn request() -> Request {
    Request::new(vec![Message::user("four letter words here.")], 100)
}

/// The outcome of one question, which models were asked for it in turn, and how long it took.
struct Asked {
    outcome: Result<String, AskError>,
    attempts: Vec<String>,
    took: Duration,
}

impl Asked {
    fn text(&self) -> &str {
        self.outcome.as_ref().map_or("", String::as_str)
    }

    fn error(&self) -> &Error {
        match &self.outcome {
            Err(AskError::Model(error)) => error,
            other => panic!("no model's failure: {other:?}"),
        }
    }
}

async fn ask(models: &Models) -> Asked {
    ask_for(models, StepKind::Text).await
}

async fn ask_for(models: &Models, kind: StepKind) -> Asked {
    let (request, attempts, began) = (request(), Mutex::new(Vec::new()), Instant::now());
    let outcome = {
        let (request, attempts) = (&request, &attempts);
        let attempt = move |model: Model| -> BoxFuture<'_, Result<Reply, AskError>> {
            attempts.lock().expect("no panic").push(model.name().to_owned());
            async move { Ok(model.complete(request).await?) }.boxed()
        };
        models.ask_in_order(kind, request, &attempt).await.map(|reply| reply.text)
    };
    Asked { outcome, attempts: attempts.into_inner().expect("no panic"), took: began.elapsed() }
}

#[tokio::test(start_paused = true)]
async fn the_first_that_answers_is_the_only_one_asked() {
    let models = models(vec![("a", vec![Act::Answer]), ("b", vec![Act::Answer])]);
    let asked = ask(&models).await;
    assert_eq!((asked.text(), asked.attempts.join(" ").as_str(), asked.took), ("a 1", "a", Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again_and_then_the_next_is_asked() {
    let failing = || vec![Act::Fail(unreachable()); 3];
    let models = models(vec![("a", failing()), ("b", vec![Act::Fail(busy(0)), Act::Answer])]);
    let asked = ask(&models).await;
    assert_eq!((asked.text(), asked.attempts.join(" ").as_str()), ("b 2", "a a a b b"));
    let longest = Duration::from_millis(500 + 1_000 + 500 + 10);
    assert!(asked.took > Duration::ZERO && asked.took <= longest, "{:?}", asked.took);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_names_a_time_gets_it_unless_it_is_too_long() {
    let patient = models(vec![("a", vec![Act::Fail(busy(15)), Act::Answer]), ("b", vec![Act::Answer])]);
    let asked = ask(&patient).await;
    assert_eq!(asked.text(), "a 2");
    let range = Duration::from_secs(15)..Duration::from_millis(15_502);
    assert!(range.contains(&asked.took), "{:?}", asked.took);

    let impatient = models(vec![("a", vec![Act::Fail(busy(21)), Act::Answer]), ("b", vec![Act::Answer])]);
    let asked = ask(&impatient).await;
    assert_eq!((asked.text(), asked.took), ("b 1", Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn what_will_not_pass_leads_to_the_next_at_once() {
    let unknown = Error::ModelNotFound { model: "m".into() };
    for error in [Error::Unauthorized, Error::OutOfCredit, unknown, Error::PromptTooLong, truncated()] {
        let models = models(vec![("a", vec![Act::Fail(error.clone()), Act::Answer]), ("b", vec![Act::Answer])]);
        let asked = ask(&models).await;
        assert_eq!((asked.text(), asked.attempts.len(), asked.took), ("b 1", 2, Duration::ZERO), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_question() {
    let models = models(vec![("a", vec![Act::Fail(busy(1)), Act::Fail(refused())]), ("b", vec![Act::Answer])]);
    let asked = ask(&models).await;
    assert_eq!((asked.error(), asked.attempts.join(" ").as_str()), (&refused(), "a a"));
    assert_eq!(models.health()[0].breaker, BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_the_models_fault_ends_the_question() {
    let models = models(vec![("a", vec![Act::Answer]), ("b", vec![Act::Answer])]);
    let broken = |_: Model| -> BoxFuture<'_, Result<Reply, AskError>> {
        let error = serde_json::from_str::<u8>("x").expect_err("no number");
        async move { Err(StorageError::encode(error).into()) }.boxed()
    };
    let outcome = models.ask_in_order(StepKind::Text, &request(), &broken).await;
    assert!(matches!(outcome, Err(AskError::Storage(_))));
    assert_eq!(models.health()[0].calls, 0);
}

#[tokio::test(start_paused = true)]
async fn who_fails_again_and_again_is_left_alone_for_a_while() {
    let mut acts = vec![Act::Fail(unreachable()); 6];
    acts.push(Act::Answer);
    let models = models(vec![("a", acts), ("b", vec![Act::Answer; 4])]);
    assert_eq!(ask(&models).await.attempts.join(" "), "a a a b");
    assert_eq!(ask(&models).await.attempts.join(" "), "a a b", "the fifth failure opens the breaker");
    let asked = ask(&models).await;
    assert_eq!((asked.attempts.join(" ").as_str(), asked.took), ("b", Duration::ZERO));

    let health = models.health().remove(0);
    assert_eq!((health.breaker, health.calls, health.failures), (BreakerState::Open, 5, 5));
    assert_eq!((health.model.as_deref(), health.last_failure), (Some("a"), Some("it cannot be reached")));

    tokio::time::advance(RULE.pause).await;
    assert_eq!(models.health()[0].breaker, BreakerState::HalfOpen);
    assert_eq!(ask(&models).await.attempts.join(" "), "a b", "one is let through");
    tokio::time::advance(RULE.pause).await;
    assert_eq!(ask(&models).await.text(), "a 7");
    assert_eq!(models.health()[0].breaker, BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn when_all_are_left_alone_the_last_failure_is_told() {
    let models = models(vec![("a", vec![Act::Fail(unreachable()); 5])]);
    for _ in 0..2 {
        ask(&models).await;
    }
    let asked = ask(&models).await;
    assert_eq!((asked.error(), asked.attempts.len()), (&unreachable(), 0));
}

#[tokio::test(start_paused = true)]
async fn of_all_failures_the_most_useful_is_told() {
    let one = |error: Error| vec![Act::Fail(error); 3];
    for (failures, told) in [
        (vec![Error::Unauthorized, truncated(), busy(60), unreachable()], busy(60)),
        (vec![Error::Unauthorized, Error::PromptTooLong, truncated()], Error::PromptTooLong),
        (vec![Error::OutOfCredit, Error::Unauthorized], Error::OutOfCredit),
    ] {
        let names = ["a", "b", "c", "d"];
        let models = models(names.into_iter().zip(failures.into_iter().map(one)).collect());
        assert_eq!(ask(&models).await.error(), &told);
    }
    assert!(matches!(ask(&Models::none()).await.error(), Error::Misconfigured { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_kind_of_step_may_have_an_order_of_its_own() {
    let mut models = models(vec![("a", vec![Act::Answer]), ("b", vec![Act::Answer; 2])]);
    models.routes.quiz = ModelList::parse("b, a").expect("a list");
    assert_eq!(ask_for(&models, StepKind::Quiz).await.text(), "b 1");
    assert_eq!(ask_for(&models, StepKind::Plan).await.text(), "a 1");
    models.routes.visuals = ModelList::parse("gone, b").expect("a list");
    assert_eq!(ask_for(&models, StepKind::Visuals).await.text(), "b 2");
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Answer),
        4 => Just(Act::Fail(unreachable())),
        2 => (0_u64..40).prop_map(|seconds| Act::Fail(busy(seconds))),
        1 => Just(Act::Fail(Error::BadReply { excerpt: "garbage".into(), usage: None })),
        1 => Just(Act::Fail(Error::Unauthorized)),
        1 => Just(Act::Fail(truncated())),
        1 => Just(Act::Fail(refused())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever the providers do: attempts are bounded, the order is kept, an answer is one provider's whole answer, and
    /// only a refusal keeps the others from being asked.
    #[test]
    fn a_question_ends_within_its_bounds(
        scripts in prop::collection::vec(prop::collection::vec(act(), 0..12), 1..5), questions in 1_usize..4,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let names = ["a", "b", "c", "d"];
        let models = models(names.into_iter().zip(scripts.clone()).collect());
        for _ in 0..questions {
            let asked = runtime.as_ref().expect("a runtime").block_on(ask(&models));
            prop_assert!(asked.attempts.len() <= scripts.len() * ATTEMPTS as usize);
            prop_assert!(asked.attempts.is_sorted(), "{:?}", asked.attempts);
            for name in names {
                prop_assert!(asked.attempts.iter().filter(|asked| *asked == name).count() <= ATTEMPTS as usize);
            }
            // Each wait is at most 20.5 seconds, and there is none after the last attempt.
            prop_assert!(asked.took <= Duration::from_millis(20_510) * (2 * scripts.len() as u32));
            match &asked.outcome {
                Ok(text) => prop_assert_eq!(text.split(' ').next(), asked.attempts.last().map(String::as_str)),
                Err(AskError::Model(Error::Refused { .. })) => {}
                Err(AskError::Model(_)) => {
                    let health = models.health();
                    let left_alone = |name: &str| health.iter().any(|one| one.provider == name && one.failures > 0);
                    prop_assert!(names.iter().take(scripts.len()).all(|name| left_alone(name)));
                }
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
        let (calls, failures) = models.health().iter().fold((0, 0), |(calls, failures), one| (calls + one.calls, failures + one.failures));
        prop_assert!(failures <= calls && calls <= (questions * scripts.len()) as u64 * u64::from(ATTEMPTS));
    }
}

/// A ledger, and a run to ask for.
async fn ledger(database: &TestDatabase, clock: &Clock) -> (Ledger, Claim) {
    let run = testing::claimed_run(&database.db, b"", clock).await;
    (Ledger::new(database.db.clone(), clock.clone(), PriceTable::default()), run)
}

crate::both_engines! {
async fn a_full_minute_leads_to_the_next_provider_and_calls_nobody(database: &TestDatabase) {
    let clock = Clock::fixed(testing::start());
    let (ledger, run) = ledger(database, &clock).await;
    let one_a_minute = MinuteLimits { requests: Some(1), tokens: None };
    let few_tokens = MinuteLimits { requests: None, tokens: Some(250) };
    let providers = vec![
        provider("a", vec![Act::Answer; 9], one_a_minute),
        provider("b", vec![Act::Answer; 9], few_tokens),
        provider("c", vec![Act::Answer; 9], MinuteLimits::default()),
    ];
    let models = Models::of(providers, PATIENCE).counting_in(database.db.clone(), clock.clone());
    let request = Request { max_output_tokens: 200, ..request() };
    let question = Question { claim: run, step: "text", kind: StepKind::Text, request: &request };
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(models.ask(&ledger, &question).await.expect("an answer").text);
    }
    // An answer of two tokens leaves room in b's minute for another question of 200, and for no third.
    assert_eq!(answers[..3], ["a 1", "b 1", "b 2"].map(str::to_owned), "{answers:?}");
    let spent = ledger.spent(run.run).await.expect("sums");
    assert_eq!(spent.calls, 4, "who has no room is not called");
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(models.ask(&ledger, &question).await.expect("an answer").text, "a 2");
}

async fn a_minute_that_is_nearly_over_is_waited_for(database: &TestDatabase) {
    let clock = Clock::fixed(testing::start() + TimeDelta::milliseconds(59_999));
    let (ledger, run) = ledger(database, &clock).await;
    let one_a_minute = MinuteLimits { requests: Some(1), tokens: None };
    let providers = vec![
        provider("a", vec![Act::Answer; 2], one_a_minute),
        provider("b", vec![Act::Answer], MinuteLimits::default()),
    ];
    let models = Models::of(providers, PATIENCE).counting_in(database.db.clone(), clock.clone());
    let request = request();
    let question = Question { claim: run, step: "text", kind: StepKind::Text, request: &request };
    assert_eq!(models.ask(&ledger, &question).await.expect("an answer").text, "a 1");
    let next_minute = async {
        tokio::task::yield_now().await;
        clock.advance(TimeDelta::milliseconds(1));
    };
    let (second, ()) = join(models.ask(&ledger, &question), next_minute).await;
    assert_eq!(second.expect("an answer").text, "a 2");
}
}
