//! Trials in which the provider fails while a crowd waits for one lesson.

use std::collections::HashMap;
use std::net::SocketAddr;

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

/// All that is chosen for one trial.
#[derive(Clone, Debug)]
struct Story {
    topic: Topic,
    failure: Failure,
    servers: usize,
    /// Whether the second server is well.
    second_is_well: bool,
    attempts: usize,
    /// Whether the program knows its provider already, from a lesson that went well.
    is_warm: bool,
}

impl Story {
    /// The number of requests that one step may cost, whatever the number of learners.
    fn most_requests_a_step(&self) -> usize {
        let ways = if self.failure.is_ambiguous() && !self.is_warm { WAYS_TO_ASK } else { 1 };
        self.servers * self.attempts * ways
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
        is_warm: chance.from(1..=4) > 1,
    };
    let settings = Settings::with_servers(servers)
        .set("models", "attempts", story.attempts)
        .set("models", "backoff_ms", 20)
        .set("models", "max_backoff_ms", 200)
        .set("models", "first_byte_timeout_ms", 700)
        .set("models", "idle_timeout_ms", 500)
        .set("models", "total_timeout_ms", 5_000);
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
        let answer = warm.ask(address).await?;
        ensure!(answer.lesson.is_some(), "while the provider was well, there was no lesson: {answer:?}");
    }
    let mut crowd = Crowd::connect(&[address], waiters).await?;
    // The provider fails, and is held until everybody has asked.
    world.provider.hold(SERVER, Hold::ALL);
    world.provider.rule(|rules| {
        rules.failures = (0..story.servers).map(|server| (server, story.failure)).collect();
        if story.second_is_well {
            rules.failures.remove(&1);
        }
    });
    crowd.ask(|_| story.topic.question(true)).await?;
    all_have_joined(story, address).await?;
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
async fn all_have_joined(story: &Story, address: SocketAddr) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    let mut seen = 0;
    until("the lesson is being written", PATIENCE, async || {
        let answer = within("somebody is answered", PATIENCE, connection.ask(&story.topic.question(false))).await??;
        seen += usize::from(asking::read(answer)?.is_being_written);
        // Several times, because questions on other connections may be overtaken.
        Ok((seen >= 10).then_some(()))
    })
    .await
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
    verdict.expect(!by_step.is_empty(), || "the provider was never asked".to_owned());
}

/// Once the provider is well, the lesson can be had, after the pause that follows a failure.
async fn well_again(story: &Story, address: SocketAddr, verdict: &mut Verdict) {
    let mut last: Option<Answer> = None;
    let had = until("the lesson can be had again", PATIENCE, async || {
        let answer = story.topic.ask(address).await.context("asking again failed")?;
        let is_there = answer.lesson.is_some();
        last = Some(answer);
        Ok(is_there.then_some(()))
    });
    if let Err(error) = had.await {
        verdict.stuck += 1;
        verdict.fault(format!("{error:#}; the last answer was {last:?}"));
    }
}
