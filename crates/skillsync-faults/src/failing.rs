//! Trials in which the provider fails while a crowd waits for one lesson.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use skillsync::lessons::request::LearningStyle;
use skillsync_bench::client::Connection;

use crate::asking::{self, Answer, Topic};
use crate::checks::{self, Circumstances};
use crate::crowd::{Crowd, tally};
use crate::patience::{PATIENCE, until, within};
use crate::process::Role;
use crate::provider::{Call, Failure, Fate, Hold};
use crate::settings::Settings;
use crate::verdict::Verdict;
use crate::world::{Trial, World};

const SERVER: &str = "first";

/// In how many ways a server that rejects a question may be asked it: with a strict schema, with a loose one, in words.
const WAYS_TO_ASK: usize = 3;

/// How long a busy provider asks to be left alone, less what its clock and ours may differ by.
const RETRY_AFTER: Duration = Duration::from_millis(990);

/// How long a lesson that failed is left alone, at most. Long enough that all who asked together are told of it.
const PAUSE_MS: u64 = 4_000;

/// All that is chosen for one trial.
#[derive(Clone, Debug)]
struct Story {
    topic: Topic,
    failure: Failure,
    servers: usize,
    /// Whether the second server is well.
    second_is_well: bool,
    attempts: usize,
    /// The longest wait between two attempts: shorter than what a busy provider asks for, or longer.
    max_backoff_ms: u64,
    /// Whether the program knows its first server already, from a lesson that went well.
    is_warm: bool,
}

impl Story {
    /// The number of requests that one step may cost, whatever the number of learners.
    fn most_requests_a_step(&self) -> usize {
        // Only the first server has written the lesson that went well.
        let known = usize::from(self.is_warm);
        let ways = if self.failure.is_ambiguous() { WAYS_TO_ASK } else { 1 };
        self.attempts * (known + (self.servers - known) * ways)
    }

    /// How long the program waits for the provider. Where the provider hangs this is what ends it, and the learners come
    /// while it does; in all other trials it must outlast their coming, for which the provider is held.
    fn patience_ms(&self) -> u64 {
        if self.failure.hangs() { 2_500 } else { 30_000 }
    }
}

/// Holds one trial. Each failure has its turn, in the order of the trials.
///
/// # Errors
/// When the trial could not be held.
pub async fn hold(trial: &mut Trial, verdict: &mut Verdict) -> Result<()> {
    let chance = &mut trial.chance;
    let can_have_two = trial.ground.program.has_section("models.servers");
    let servers = if can_have_two && chance.coin() { 2 } else { 1 };
    let story = Story {
        topic: Topic {
            title: "Bees".to_owned(),
            style: chance.one_of(&[LearningStyle::HandsOn, LearningStyle::Reading, LearningStyle::Mixed]),
        },
        failure: Failure::ALL[trial.number % Failure::ALL.len()],
        servers,
        second_is_well: servers == 2 && chance.coin(),
        attempts: chance.from(1..=3) as usize,
        max_backoff_ms: chance.one_of(&[200, 1_500]),
        is_warm: chance.from(1..=4) > 1,
    };
    let settings = Settings::with_servers(servers)
        .set("models", "attempts", story.attempts)
        .set("models", "backoff_ms", 20)
        .set("models", "max_backoff_ms", story.max_backoff_ms)
        .set("models", "breaker_pause_ms", 1_000)
        .set("generation", "retry_pause_ms", PAUSE_MS)
        .set("generation", "max_retry_pause_ms", PAUSE_MS)
        .set("models", "first_byte_timeout_ms", story.patience_ms())
        .set("models", "idle_timeout_ms", story.patience_ms())
        .set("models", "total_timeout_ms", story.patience_ms() * 2);
    let world = World::new(trial, settings).await?;
    if let Err(error) = play(&story, trial.ground.waiters, &world, verdict).await {
        verdict.fault(format!("{error:#}"));
    }
    world.end(format!("{story:?}"), verdict).await
}

async fn play(story: &Story, waiters: usize, world: &World, verdict: &mut Verdict) -> Result<()> {
    let mut server = world.start(SERVER, Role::Serve).await?;
    let address = server.address()?;
    let warm = Topic { title: "Honey".to_owned(), style: story.topic.style };
    if story.is_warm {
        let answer = warm.ask(address, true).await?;
        ensure!(answer.lesson.is_some(), "while the provider was well, there was no lesson: {answer:?}");
    }
    let mut crowd = Crowd::connect(&[address], waiters).await?;
    // The provider is held until everybody has asked, and then fails.
    if !story.failure.hangs() {
        world.provider.hold(SERVER, Hold::ALL);
    }
    world.provider.rule(|rules| {
        rules.failures = (0..story.servers).map(|server| (server, story.failure)).collect();
        if story.second_is_well {
            rules.failures.remove(&1);
        }
    });
    crowd.ask(|_| story.topic.question(true)).await?;
    if !story.failure.hangs() {
        all_have_joined(story, waiters, address).await?;
    }
    world.provider.release(SERVER);
    let told = tally(&crowd.told().await?);
    drop(crowd);

    verdict.expect(told.len() == 1, || format!("{waiters} learners were told different things: {told:?}"));
    let got_lesson = told.keys().all(|told| told.starts_with("lesson"));
    let was_error = told.keys().any(|told| told.starts_with("an error"));
    verdict.expect(!was_error, || format!("learners got errors: {told:?}"));
    verdict.expect(got_lesson || !(story.second_is_well && story.failure.is_passing()), || {
        format!("the second server is well, and learners got no lesson: {told:?}")
    });
    let runs = world.database.runs().await?.into_iter().filter(|run| run.topic() == story.topic.title).count();
    verdict.expect(runs == 1, || format!("{runs} runs were made for those who waited together"));
    count_requests(story, &world.provider.calls(), verdict);

    world.provider.rule(|rules| rules.failures.clear());
    well_again(story, address, verdict).await;
    server.ask_to_stop()?;
    let status = server.ended(PATIENCE).await?;
    verdict.expect(status.success(), || format!("the process ended with {status}"));
    let mut published = vec![story.topic.clone()];
    published.extend(Some(warm).filter(|_| story.is_warm));
    checks::everything(world, &Circumstances { published: &published, interrupted: false }, verdict).await?;
    Ok(())
}

/// Returns when the server works on what was sent before: it answers others who ask for the same and do not wait.
async fn all_have_joined(story: &Story, waiters: usize, address: SocketAddr) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    // Often, because questions on other connections may be overtaken.
    for _ in 0..waiters.div_ceil(4) {
        let answer = within("somebody is answered", PATIENCE, connection.ask(&story.topic.question(false))).await??;
        let answer = asking::read(answer)?;
        ensure!(answer.is_being_written(), "the lesson is not being written while the provider is held: {answer:?}");
    }
    Ok(())
}

/// However many wait, a step is asked for a bounded number of times, and a repair of it likewise. Repairs are only for
/// answers that came and could not be used.
fn count_requests(story: &Story, calls: &[Call], verdict: &mut Verdict) {
    let mut by_step: HashMap<&str, Vec<&Call>> = HashMap::new();
    for call in calls.iter().filter(|call| call.topic == story.topic.title) {
        by_step.entry(&call.step).or_default().push(call);
    }
    let most = story.most_requests_a_step();
    for (step, calls) in &by_step {
        verdict.expect(calls.len() <= most, || {
            format!("{step} was asked for {} times, where at most {most} are allowed", calls.len())
        });
        if let Some(repaired) = step.strip_suffix("/repair") {
            let answers = by_step.get(repaired).into_iter().flatten();
            let had_answer = answers.filter(|call| call.fate == Fate::Delivered).count() > 0;
            verdict.expect(had_answer, || format!("{repaired} was repaired though no answer had come"));
        }
    }
    for (step, calls) in &by_step {
        for server in 0..story.servers {
            let of_server: Vec<_> = calls.iter().copied().filter(|call| call.server == server).collect();
            let is_hasty =
                |pair: &[&Call]| pair[0].fate == Fate::Rejected && pair[1].arrived - pair[0].arrived < RETRY_AFTER;
            let busy = story.failure == Failure::TooManyRequests;
            verdict.expect(!(busy && of_server.windows(2).any(is_hasty)), || {
                format!("{step} was asked for again before the time that the provider had asked for")
            });
        }
    }
    verdict.expect(!by_step.is_empty(), || "the provider was never asked".to_owned());
}

/// Once the provider is well, the lesson can be had, after the pause that follows a failure.
async fn well_again(story: &Story, address: SocketAddr, verdict: &mut Verdict) {
    let mut last: Option<Answer> = None;
    let had = until("the lesson can be had again", PATIENCE, async || {
        let answer = story.topic.ask(address, true).await.context("asking again failed")?;
        let is_there = answer.lesson.is_some();
        last = Some(answer);
        Ok(is_there.then_some(()))
    });
    if let Err(error) = had.await {
        verdict.stuck += 1;
        verdict.fault(format!("{error:#}; the last answer was {last:?}"));
    }
}
