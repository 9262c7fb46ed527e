//! What must hold after every trial, whatever was done.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;
use skillsync::lessons::document::Document;

use crate::asking::Topic;
use crate::database::{Row, Run, Seen};
use crate::ledger::{self, Entry};
use crate::patience::until;
use crate::provider::{Call, Charge, Fate, STALE};
use crate::verdict::Verdict;
use crate::world::World;

/// What is true of a trial that the checks cannot see.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The lessons that must have been published.
    pub published: &'a [Topic],
    /// Whether a process was stopped while it worked, so that calls may have been lost.
    pub interrupted: bool,
}

/// Waits until no run is under way. The database may be away for a while.
///
/// # Errors
/// When one goes on for too long.
pub async fn settled(world: &World, patience: Duration) -> Result<()> {
    until("no run is under way", patience, async || {
        let Ok(runs) = world.database.runs().await else { return Ok(None) };
        Ok(runs.iter().all(|run| run.state != "running").then_some(()))
    })
    .await
}

/// What was found in the end.
#[derive(Debug)]
pub struct Found {
    /// What the database holds.
    pub seen: Seen,
    /// What the provider billed, in nano-dollars.
    pub billed: i64,
    /// How much of that was for answers that the program never had in its books, because it was stopped.
    pub unheard: i64,
}

/// Looks at everything and notes what is wrong.
///
/// # Errors
/// When the database cannot be read.
pub async fn everything(world: &World, given: &Circumstances<'_>, verdict: &mut Verdict) -> Result<Found> {
    // The program writes the last rows of the ledger a moment after its answers.
    let rows_are_settled = async || {
        let seen = world.database.look().await?;
        Ok(seen.ledger.iter().all(|row| row.outcome != "started").then_some(()))
    };
    if until("no call is under way", Duration::from_secs(2), rows_are_settled).await.is_err() {
        verdict.fault("rows of the ledger stand as started, though no process works any more");
    }
    let seen = world.database.look().await?;
    runs(&seen, verdict);
    versions(&seen, given.published, verdict);
    stale(&seen, verdict);
    let comparison = ledger::compare(&entries(&seen), &calls(world), given.interrupted);
    verdict.ledger_differences += comparison.differences.len();
    verdict.faults.extend(comparison.differences);
    let reserved = world.database.reserved().await.unwrap_or(0);
    verdict.expect(reserved == 0, || format!("{reserved} nano-dollars stay reserved, though nobody works any more"));
    if let Some((spent, reserved)) = world.database.counters().await {
        let sum: i64 = seen.ledger.iter().filter_map(|row| row.cost_nano_dollars).sum();
        verdict.expect((spent, reserved) == (sum, 0), || {
            format!("the budget's counters say {spent} spent and {reserved} reserved, where the ledger's sum is {sum}")
        });
    }
    Ok(Found { seen, billed: comparison.billed, unheard: comparison.unheard })
}

/// What the provider was asked. Requests that nobody waits for any more count as hung up: the network tells late.
fn calls(world: &World) -> Vec<Call> {
    let mut calls = world.provider.calls();
    for call in calls.iter_mut().filter(|call| call.fate == Fate::Open) {
        call.fate = Fate::HungUp;
    }
    calls
}

fn runs(seen: &Seen, verdict: &mut Verdict) {
    for run in seen.runs.iter().filter(|run| run.state == "running") {
        verdict.stuck += 1;
        verdict.fault(format!("run {} of \"{}\" still seems to go on", run.id, run.topic()));
    }
}

fn versions(seen: &Seen, published: &[Topic], verdict: &mut Verdict) {
    let mut by_title: HashMap<_, usize> = HashMap::new();
    for version in &seen.versions {
        *by_title.entry(version.step_title.as_str()).or_default() += 1;
        let problems = match serde_json::from_str::<Document>(&version.content) {
            Ok(document) => document.problems(),
            Err(error) => vec![error.to_string()],
        };
        verdict.expect(problems.is_empty(), || format!("\"{}\" is half-made: {problems:?}", version.step_title));
    }
    for topic in published {
        let versions = by_title.remove(topic.title.as_str()).unwrap_or(0);
        verdict.expect(versions > 0, || format!("\"{}\" was never published", topic.title));
        extra(&topic.title, versions, verdict);
    }
    for (title, versions) in by_title {
        extra(title, versions, verdict);
    }
}

fn extra(title: &str, versions: usize, verdict: &mut Verdict) {
    let extra = versions.saturating_sub(1);
    verdict.extra_versions += extra;
    verdict.expect(extra == 0, || format!("\"{title}\" has {versions} versions where one was asked for"));
}

/// Answers that came to a process after another had taken its run over are marked, so that they are found wherever they
/// were stored.
fn stale(seen: &Seen, verdict: &mut Verdict) {
    for step in seen.steps.iter().filter(|step| step.output.contains(STALE)) {
        verdict.fault(format!("a stale process recorded the step {} of run {}", step.name, step.run_id));
    }
    for version in seen.versions.iter().filter(|version| version.author_model.contains(STALE)) {
        verdict.fault(format!("what a stale process wrote was published: \"{}\"", version.step_title));
    }
}

/// The ledger with what each row is about.
pub fn entries(seen: &Seen) -> Vec<Entry> {
    let topics: HashMap<_, _> = seen.runs.iter().map(|run| (run.id, Run::topic(run))).collect();
    let entry = |row: &Row| Entry {
        id: row.id,
        topic: topics.get(&row.run_id).cloned().unwrap_or_default(),
        step: row.step.clone(),
        charge: Charge { input: row.input_tokens, cached: row.cached_input_tokens, output: row.output_tokens },
        is_exact: row.usage_exact,
        cost: row.cost_nano_dollars,
        outcome: row.outcome.clone(),
    };
    seen.ledger.iter().map(entry).collect()
}

/// Notes whether each step of a lesson was asked for as often as it may be: once, and once more where the process that
/// asked was stopped before it had the answer in its books. `finished` are the steps that it had there.
pub fn asked_at_most_once_again(calls: &[Call], finished: &[String], stopped: &str, verdict: &mut Verdict) {
    let mut asked: HashMap<&str, (usize, usize)> = HashMap::new();
    for call in calls.iter().filter(|call| call.is_billed()) {
        let (before, after) = asked.entry(&call.step).or_default();
        *if call.process == stopped { before } else { after } += 1;
    }
    for (step, (before, after)) in asked {
        let is_finished = finished.iter().any(|name| name == step);
        verdict.expect(!is_finished || after == 0, || format!("the finished step {step} was asked for again"));
        verdict.expect(before <= 1 && after <= 1, || {
            format!("{step} was asked for {before} times before and {after} times after the process was stopped")
        });
        verdict.paid_twice += usize::from(before + after > 1);
    }
}
