//! The report: requests, money, times, lessons, failures, models and size over a span.

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use crate::accounts::person::Admin;
use crate::app::App;
use crate::generation::authors::STARTER_LIBRARY;
use crate::lessons::request::LearningStyle;
use crate::money::prices::dollars;
use crate::storage::{Db, StorageError};

use super::percentiles::Times;
use super::span::Span;
use super::store;

/// The most steps, and the most runs, whose times are read for one report: the latest of the span.
pub const MOST_TIMES: i64 = 100_000;

/// What the server did over a span, and what it cost.
#[derive(Clone, Debug, PartialEq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Analytics")]
pub struct Report {
    /// The first moment of the span, a full hour.
    pub from: DateTime<Utc>,
    /// The first moment after it, a full hour.
    pub to: DateTime<Utc>,
    /// Requests for lessons.
    pub requests: Requests,
    /// What was spent and what was saved.
    pub money: Money,
    /// Requests and times by learning style.
    pub styles: Vec<Style>,
    /// Times by stage: the steps in which lessons are written.
    pub stages: Vec<Stage>,
    /// Whole runs that ended in a lesson written by a model.
    pub runs: Option<Times>,
    /// How long those runs waited before their first step.
    pub waiting: Option<Times>,
    /// Versions published, those of the starter library and imported ones among them.
    pub lessons: i64,
    /// Runs that failed, the most frequent code first.
    pub failures: Vec<Failures>,
    /// Calls by provider and model.
    pub models: Vec<ModelCalls>,
    /// The size of the database.
    pub database: DatabaseSize,
}

/// Requests for lessons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "RequestFigures")]
pub struct Requests {
    /// Answered with a lesson that was there.
    pub hits: i64,
    /// Had a lesson written.
    pub misses: i64,
    /// Joined others who were waiting for it already.
    pub coalesced: i64,
    /// Hits among all requests, in percent; null without requests.
    pub hit_rate: Option<f64>,
    /// Different lessons that were asked for.
    pub unique_keys: i64,
    /// Requests for a lesson that had been asked for in the span before.
    pub duplicates: i64,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Amount")]
pub struct Amount {
    /// In billionths of a dollar, as text since it may not fit an `Int`.
    pub nano_dollars: String,
    /// In dollars, as text, such as `0.001234000`.
    pub dollars: String,
}

impl Amount {
    fn of(nano_dollars: i64) -> Self {
        Self { nano_dollars: nano_dollars.to_string(), dollars: dollars(nano_dollars) }
    }
}

/// What was spent and what was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "MoneyFigures")]
pub struct Money {
    /// Paid for the model calls that began in the span and have ended.
    pub spent: Amount,
    /// What the lessons that were served without being written would have cost, each as much as it did when it was written.
    pub saved: Amount,
    /// What the same requests would have cost if every one had its lesson written: spent and saved together.
    pub without_cache: Amount,
    /// Model calls that began in the span.
    pub calls: i64,
    /// Those whose price is not known: they are in none of the sums.
    pub unpriced_calls: i64,
    /// Those whose tokens are estimated, in whole or in part.
    pub estimated_calls: i64,
    /// Lessons served whose cost is not known: they are not in what was saved.
    pub saved_unknown: i64,
}

/// Requests and times in one learning style.
#[derive(Clone, Debug, PartialEq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "StyleFigures")]
pub struct Style {
    /// The style.
    pub style: LearningStyle,
    /// Its requests.
    pub requests: Requests,
    /// Whole runs that ended in such a lesson written by a model.
    pub runs: Option<Times>,
}

/// Times of one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "StageFigures")]
pub struct Stage {
    /// The step's name, such as `plan`.
    pub name: String,
    /// How long it took.
    pub times: Times,
}

/// Runs that failed for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "FailureFigures")]
pub struct Failures {
    /// The code, such as `MODEL_UNAVAILABLE`.
    pub code: String,
    /// How many.
    pub runs: i64,
}

/// Calls of one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "ModelFigures")]
pub struct ModelCalls {
    /// The provider, such as `openai`.
    pub provider: String,
    /// The model as it was asked for.
    pub model: String,
    /// Calls that began in the span.
    pub calls: i64,
    /// Those that ended without an answer.
    pub failed: i64,
    /// Those that were given up when their process was gone.
    pub lost: i64,
    /// Those that have not ended.
    pub under_way: i64,
    /// Tokens read, cached ones included.
    pub input_tokens: i64,
    /// Cached tokens read.
    pub cached_input_tokens: i64,
    /// Tokens written, reasoning included.
    pub output_tokens: i64,
    /// Tokens of hidden reasoning.
    pub reasoning_tokens: i64,
    /// What they cost together, those without a known price left out.
    pub cost: Amount,
    /// Those without a known price.
    pub unpriced: i64,
}

/// The size of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "DatabaseFigures")]
pub struct DatabaseSize {
    /// Bytes now, whatever the span.
    pub bytes: i64,
    /// By how many bytes a day it grew between the first and the last day of the span on which it was measured; null when
    /// that is not known of two days.
    pub growth_bytes_per_day: Option<i64>,
}

/// The report for an administrator, the requests of this very moment included.
///
/// # Errors
/// When the database cannot be used.
pub async fn report_to(_: &Admin, app: &App, span: Span) -> Result<Report, StorageError> {
    app.activity.flush(&app.db).await?;
    report(&app.db, span).await
}

/// Adds up what lies in the database.
///
/// # Errors
/// When the database cannot be used.
pub async fn report(db: &Db, span: Span) -> Result<Report, StorageError> {
    let requests = store::requests(db, &span).await?;
    let calls = store::calls(db, &span).await?;
    let generations = store::generations(db, &span, STARTER_LIBRARY, MOST_TIMES).await?;
    let steps = store::steps(db, &span, MOST_TIMES).await?;
    Ok(Report {
        from: span.from(),
        to: span.to(),
        requests: figures(&requests),
        money: money(&requests, &calls),
        styles: styles(&requests, &generations),
        stages: stages(steps),
        runs: Times::of(generations.iter().map(length_ms).collect()),
        waiting: Times::of(generations.iter().filter_map(waited_ms).collect()),
        lessons: store::lessons(db, &span).await?,
        failures: store::failures(db, &span).await?.into_iter().map(|(code, runs)| Failures { code, runs }).collect(),
        models: calls.into_iter().map(model_calls).collect(),
        database: database_size(db, &span).await?,
    })
}

fn figures(rows: &[store::Requests]) -> Requests {
    let sum = |part: fn(&store::Requests) -> i64| rows.iter().map(part).sum::<i64>();
    let (hits, misses, coalesced) = (sum(|row| row.hits), sum(|row| row.misses), sum(|row| row.coalesced));
    let (all, unique_keys) = (hits + misses + coalesced, sum(|row| row.keys));
    let hit_rate = (all > 0).then(|| 100.0 * hits as f64 / all as f64);
    Requests { hits, misses, coalesced, hit_rate, unique_keys, duplicates: all - unique_keys }
}

fn money(requests: &[store::Requests], calls: &[store::Calls]) -> Money {
    let spent = calls.iter().fold(0_i64, |sum, model| sum.saturating_add(model.cost));
    let saved = requests.iter().fold(0_i64, |sum, row| sum.saturating_add(row.saved));
    Money {
        spent: Amount::of(spent),
        saved: Amount::of(saved),
        without_cache: Amount::of(spent.saturating_add(saved)),
        calls: calls.iter().map(|model| model.calls).sum(),
        unpriced_calls: calls.iter().map(|model| model.unpriced).sum(),
        estimated_calls: calls.iter().map(|model| model.estimated).sum(),
        saved_unknown: requests.iter().map(|row| row.unknown).sum(),
    }
}

fn styles(requests: &[store::Requests], generations: &[store::Generation]) -> Vec<Style> {
    let mut styles = BTreeMap::<LearningStyle, (Requests, Vec<i64>)>::new();
    for row in requests {
        styles.entry(row.learning_style).or_default().0 = figures(std::slice::from_ref(row));
    }
    for generation in generations {
        styles.entry(generation.learning_style).or_default().1.push(length_ms(generation));
    }
    let style = |(style, (requests, lengths))| Style { style, requests, runs: Times::of(lengths) };
    styles.into_iter().map(style).collect()
}

fn stages(steps: Vec<store::Step>) -> Vec<Stage> {
    let mut lengths = BTreeMap::<String, Vec<i64>>::new();
    for step in steps {
        lengths.entry(step.name).or_default().push(milliseconds(step.finished_at - step.started_at));
    }
    let stage = |(name, lengths)| Times::of(lengths).map(|times| Stage { name, times });
    lengths.into_iter().filter_map(stage).collect()
}

fn length_ms(generation: &store::Generation) -> i64 {
    milliseconds(generation.finished_at - generation.created_at)
}

/// A run that took over all its steps waited for none.
fn waited_ms(generation: &store::Generation) -> Option<i64> {
    generation.began_at.map(|began_at| milliseconds(began_at - generation.created_at))
}

/// Clocks of two processes may differ a little; nothing takes less than no time.
fn milliseconds(length: TimeDelta) -> i64 {
    length.num_milliseconds().max(0)
}

fn model_calls(calls: store::Calls) -> ModelCalls {
    ModelCalls {
        provider: calls.provider,
        model: calls.model,
        calls: calls.calls,
        failed: calls.failed,
        lost: calls.lost,
        under_way: calls.under_way,
        input_tokens: calls.input_tokens,
        cached_input_tokens: calls.cached_input_tokens,
        output_tokens: calls.output_tokens,
        reasoning_tokens: calls.reasoning_tokens,
        cost: Amount::of(calls.cost),
        unpriced: calls.unpriced,
    }
}

async fn database_size(db: &Db, span: &Span) -> Result<DatabaseSize, StorageError> {
    // A day that the span only touches counts too, so the first day after it is the one after its last moment.
    let after = (span.to() - TimeDelta::microseconds(1)).date_naive() + TimeDelta::days(1);
    let sizes = store::sizes(db, &span.from().date_naive().to_string(), &after.to_string()).await?;
    Ok(DatabaseSize { bytes: store::size(db).await?, growth_bytes_per_day: sizes.and_then(growth_bytes_per_day) })
}

fn growth_bytes_per_day([(first_day, first), (last_day, last)]: [(String, i64); 2]) -> Option<i64> {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let days = (day(&last_day)? - day(&first_day)?).num_days();
    (last - first).checked_div(days)
}
