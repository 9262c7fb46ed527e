//! Figures from a history that was written by hand, compared with figures that were worked out by hand.

use chrono::{DateTime, TimeDelta, Utc};

use super::activity::Activity;
use super::percentiles::Times;
use super::report::{Amount, DatabaseSize, Failures, ModelCalls, Report, Requests, Stage, report};
use super::span::{Moment, Span};
use super::store::{self, probe};
use crate::clock::Clock;
use crate::ids::LessonId;
use crate::lessons::key::LookupKey;
use crate::lessons::request::{LearningStyle, LessonRequest, StepTitle};
use crate::money::prices::dollars;
use crate::storage::Db;
use crate::testing::TestDatabase;

fn at(text: &str) -> DateTime<Utc> {
    text.parse::<Moment>().expect("a moment").0
}

fn key(title: &str, style: LearningStyle) -> LookupKey {
    LookupKey::of(&LessonRequest::new(StepTitle::parse(title).expect("a title"), style))
}

fn amount(nano_dollars: i64) -> Amount {
    Amount { nano_dollars: nano_dollars.to_string(), dollars: dollars(nano_dollars) }
}

fn span(from: &str, to: &str) -> Span {
    Span::new(Some(at(from)), Some(at(to)), at(to)).expect("a span")
}

async fn reported(db: &Db, from: &str, to: &str) -> Report {
    report(db, span(from, to)).await.expect("a report")
}

const READING: LearningStyle = LearningStyle::Reading;
const MIXED: LearningStyle = LearningStyle::Mixed;

/// Two lessons by models and one of the library, with their runs, steps and calls; a run that failed. All on
/// 10 November 2026, from 08:00 on.
async fn history(db: &Db) -> [LessonId; 3] {
    let start = at("2026-11-10T08:00:00Z");
    let ms = |milliseconds| start + TimeDelta::milliseconds(milliseconds);
    // The first attempt at the reading lesson paid 700 and failed; the second took its plan over and paid 300 more.
    let failed = probe::run(db, 1, (start, ms(5_000)), Some("MODEL_UNAVAILABLE"), None).await;
    probe::step(db, failed, "plan", (ms(500), ms(2_500))).await;
    probe::call(db, failed, ("openai", "small", "answered"), Some(700), true, ms(500)).await;
    probe::call(db, failed, ("openai", "small", "failed"), Some(0), true, ms(2_600)).await;
    let reading = probe::run(db, 2, (ms(10_000), ms(14_000)), None, Some(failed)).await;
    probe::step(db, reading, "plan", (ms(500), ms(2_500))).await;
    probe::step(db, reading, "text", (ms(10_100), ms(13_100))).await;
    probe::call(db, reading, ("openai", "small", "answered"), Some(300), true, ms(10_100)).await;
    probe::call(db, reading, ("groq", "fast", "lost"), Some(40), false, ms(10_200)).await;
    // The mixed one was asked of a model whose price nobody knows.
    let mixed = probe::run(db, 3, (ms(20_000), ms(80_000)), None, None).await;
    probe::step(db, mixed, "plan", (ms(20_900), ms(26_900))).await;
    probe::step(db, mixed, "text", (ms(27_000), ms(77_000))).await;
    probe::call(db, mixed, ("openai", "new", "answered"), None, true, ms(20_900)).await;
    probe::call(db, mixed, ("openai", "new", "started"), None, false, ms(27_000)).await;
    let library = probe::run(db, 4, (ms(90_000), ms(90_010)), None, None).await;
    [
        probe::lesson(db, key("A", READING), READING, "small", Some(reading), ms(14_000)).await,
        probe::lesson(db, key("B", MIXED), MIXED, "new", Some(mixed), ms(80_000)).await,
        probe::lesson(db, key("C", READING), READING, "starter-library", Some(library), ms(90_010)).await,
    ]
}

crate::both_engines! {
async fn the_figures_are_those_worked_out_by_hand(database: &TestDatabase) {
    let db = &database.db;
    let [reading, mixed, library] = history(db).await;
    let clock = Clock::fixed(at("2026-11-10T08:05:00Z"));
    let activity = Activity::new(clock.clone());
    let (a, b, c) = (key("A", READING), key("B", MIXED), key("C", READING));
    activity.miss(a, READING);
    activity.coalesced(a, READING, Some(reading));
    activity.coalesced(a, READING, None);
    activity.miss(b, MIXED);
    activity.miss(c, READING);
    activity.flush(db).await.expect("a flush");
    clock.advance(TimeDelta::days(2));
    for _ in 0..3 {
        activity.hit(a, READING, reading);
    }
    activity.hit(b, MIXED, mixed);
    activity.flush(db).await.expect("a flush");
    activity.hit(b, MIXED, mixed);
    activity.hit(c, READING, library);
    activity.flush(db).await.expect("a flush");
    activity.flush(db).await.expect("nothing is written twice");
    store::record_size(db, "2026-11-10", 1_000_000).await.expect("a size");
    store::record_size(db, "2026-11-12", 1_500_001).await.expect("a size");

    let Report { requests, money, styles, stages, runs, waiting, lessons, failures, models, database, .. } =
        reported(db, "2026-11-10", "2026-11-13").await;
    let hit_rate = Some(600.0 / 11.0);
    assert_eq!(requests, Requests { hits: 6, misses: 3, coalesced: 2, hit_rate, unique_keys: 3, duplicates: 8 });
    // The reading lesson cost 700 + 300 + 40 and was served four times without being written.
    assert_eq!((money.spent, money.saved, money.without_cache), (amount(1_040), amount(4_160), amount(5_200)));
    assert_eq!((money.calls, money.unpriced_calls, money.estimated_calls, money.saved_unknown), (6, 2, 2, 2));
    let figures: Vec<_> = styles.iter().map(|style| (style.style, style.requests.hits, style.requests.unique_keys)).collect();
    assert_eq!(figures, [(READING, 4, 2), (MIXED, 2, 1)]);
    let times = |count, p50_ms, p99_ms| Some(Times { count, p50_ms, p99_ms });
    assert_eq!((styles[0].runs, styles[1].runs), (times(1, 4_000, 4_000), times(1, 60_000, 60_000)));
    assert_eq!((runs, waiting), (times(2, 4_000, 60_000), times(2, 100, 900)));
    // The plan that was taken over is counted once.
    let stage = |name: &str, p50_ms, p99_ms| Stage { name: name.into(), times: Times { count: 2, p50_ms, p99_ms } };
    assert_eq!(stages, [stage("plan", 2_000, 6_000), stage("text", 3_000, 50_000)]);
    assert_eq!((lessons, failures), (3, vec![Failures { code: "MODEL_UNAVAILABLE".into(), runs: 1 }]));
    let model = |provider: &str, model: &str, [calls, failed, lost, under_way]: [i64; 4], cost, unpriced| ModelCalls {
        provider: provider.into(),
        model: model.into(),
        calls,
        failed,
        lost,
        under_way,
        input_tokens: 10 * calls,
        cached_input_tokens: 4 * calls,
        output_tokens: 5 * calls,
        reasoning_tokens: 2 * calls,
        cost: amount(cost),
        unpriced,
    };
    let known = [
        model("groq", "fast", [1, 0, 1, 0], 40, 0),
        model("openai", "new", [2, 0, 0, 1], 0, 2),
        model("openai", "small", [3, 1, 0, 0], 1_000, 0),
    ];
    assert_eq!(models, known);
    assert!(database.bytes > 10_000);
    assert_eq!(database.growth_bytes_per_day, Some(250_000));
}

async fn a_span_holds_what_lies_in_it_and_nothing_else(database: &TestDatabase) {
    let db = &database.db;
    let [reading, ..] = history(db).await;
    let activity = Activity::new(Clock::fixed(at("2026-11-10T10:59:59Z")));
    activity.hit(key("A", READING), READING, reading);
    activity.flush(db).await.expect("a flush");
    for (from, to, hits, lessons) in [
        ("2026-11-10T10:00:00Z", "2026-11-10T11:00:00Z", 1, 0),
        ("2026-11-10T10:30:00Z", "2026-11-10T10:40:00Z", 1, 0),
        ("2026-11-10T11:00:00Z", "2026-11-10T12:00:00Z", 0, 0),
        ("2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z", 0, 3),
        ("2026-11-09", "2026-11-10T08:00:00Z", 0, 0),
    ] {
        let report = reported(db, from, to).await;
        assert_eq!((report.requests.hits, report.lessons), (hits, lessons), "{from} to {to}");
    }
    let nothing = reported(db, "2020-01-01", "2020-02-01").await;
    assert_eq!((nothing.requests, nothing.money.spent), (Requests::default(), amount(0)));
    assert_eq!((nothing.runs, nothing.waiting, nothing.stages.len(), nothing.models.len()), (None, None, 0, 0));
    let DatabaseSize { growth_bytes_per_day, .. } = reported(db, "2026-11-10", "2026-11-11").await.database;
    assert_eq!(growth_bytes_per_day, None, "one day alone tells nothing");
}

async fn what_could_not_be_written_is_kept(database: &TestDatabase) {
    let db = &database.db;
    let [reading, ..] = history(db).await;
    let activity = Activity::new(Clock::fixed(at("2026-11-10T10:00:00Z")));
    let a = key("A", READING);
    activity.hit(a, READING, reading);
    let away = Db::open(&database.url, 1).await.expect("the database opens again");
    away.close().await;
    activity.flush(&away).await.expect_err("it is closed");
    activity.hit(a, READING, reading);
    activity.flush(db).await.expect("a flush");
    let report = reported(db, "2026-11-10", "2026-11-11").await;
    assert_eq!((report.requests.hits, report.money.saved), (2, amount(2_080)));
}
}
