//! Trials in which the process that writes a lesson is killed, frozen or asked to stop, and another one takes over.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use skillsync::lessons::request::LearningStyle;
use tokio::task::JoinSet;

use crate::asking::{Answer, Topic};
use crate::chance::Chance;
use crate::checks::{self, Circumstances, Found};
use crate::database::{Run, Seen};
use crate::patience::{PATIENCE, until};
use crate::process::{Process, Role};
use crate::provider::{Fate, Hold, Which};
use crate::settings::Settings;
use crate::verdict::Verdict;
use crate::world::{Trial, World};

/// The process that is asked, and that the blow hits.
const FIRST: &str = "first";

/// The process that takes over.
const SECOND: &str = "second";

/// How long after the end of a lease its run is to be resumed at the latest.
const PROMISE: Duration = Duration::from_secs(1);

/// What is done to the first process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// `kill -9` between two steps.
    KillAtBoundary,
    /// `kill -9` while a step is under way.
    KillInStep,
    /// `SIGSTOP` until another process has taken over, then `SIGCONT`.
    Freeze,
    /// `SIGTERM`.
    Stop,
}

/// When it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// When so many steps are stored.
    Stored(usize),
    /// When the provider has answered so many requests, whatever was stored of them.
    Answered(usize),
    /// While this step is under way, all others that can be being finished.
    InStep(&'static str),
}

/// All that is chosen for one trial.
#[derive(Clone, Debug)]
struct Story {
    topic: Topic,
    moment: Moment,
    hold: Hold,
    lease: Duration,
    grace: Duration,
    /// Whether the second process is there from the beginning.
    already: bool,
    /// Whether the learner who asks first waits for the lesson.
    waits: bool,
    /// Whether somebody asks the second process for the same lesson.
    follower: bool,
    /// Whether the frozen process goes on before the other one has published.
    thaw_early: bool,
}

impl Story {
    fn choose(blow: Blow, chance: &mut Chance) -> Self {
        let style = chance.one_of(&[LearningStyle::HandsOn, LearningStyle::Reading, LearningStyle::Mixed]);
        let topic = Topic { title: format!("Bees {}", chance.from(1..=999)), style };
        let steps = topic.steps();
        let some = chance.from(1..=steps.len() as u64) as usize;
        let step = chance.one_of(steps);
        let moment = match blow {
            Blow::KillAtBoundary if chance.coin() => Moment::Stored(some),
            Blow::KillAtBoundary => Moment::Answered(some),
            // A process that has nothing left to do would just publish.
            Blow::Freeze | Blow::Stop if chance.coin() => Moment::Stored(some.min(steps.len() - 1)),
            Blow::KillInStep | Blow::Freeze | Blow::Stop => Moment::InStep(step),
        };
        let which = match moment {
            Moment::Stored(steps) | Moment::Answered(steps) => Which::After(steps),
            Moment::InStep(step) => Which::Step(step),
        };
        let lease = Duration::from_millis(if blow == Blow::Stop { 8_000 } else { chance.from(1_000..=2_000) });
        Self {
            topic,
            moment,
            hold: Hold { which, in_the_middle: chance.coin() },
            lease,
            grace: Duration::from_millis(500),
            already: chance.coin(),
            follower: chance.coin(),
            thaw_early: chance.coin(),
            waits: chance.coin(),
        }
    }

    fn settings(&self) -> Settings {
        Settings::with_servers(1).set("generation", "lease_ms", self.lease.as_millis()).set(
            "server",
            "shutdown_grace_ms",
            self.grace.as_millis(),
        )
    }

    /// When the run is to be resumed at the latest, counted from the blow. A process that is not there yet cannot resume
    /// anything, so one that starts late has its second from when it is ready.
    fn limit(&self, blow: Blow, blown: Instant, second_ready: Instant) -> Duration {
        let free_after = if blow == Blow::Stop { self.grace } else { self.lease };
        free_after.max(second_ready.saturating_duration_since(blown)) + PROMISE
    }
}

/// Holds one trial.
///
/// # Errors
/// When the trial could not be held.
pub async fn hold(blow: Blow, trial: &mut Trial, verdict: &mut Verdict) -> Result<()> {
    let story = Story::choose(blow, &mut trial.chance);
    let world = World::new(trial, story.settings()).await?;
    let role = world.role(&mut trial.chance);
    let outcome = play(&story, blow, role, &world, verdict).await;
    if let Err(error) = outcome {
        verdict.fault(format!("{error:#}"));
        // The trial broke off before it could look back.
        let runs = world.database.runs().await.unwrap_or_default();
        verdict.stuck += runs.iter().filter(|run| run.state == "running").count();
    }
    world.end(format!("{story:?}, taken over by {role:?}"), verdict).await
}

async fn play(story: &Story, blow: Blow, role: Role, world: &World, verdict: &mut Verdict) -> Result<()> {
    let first = world.start(FIRST, Role::Serve).await?;
    let mut second = if story.already { Some(world.start(SECOND, role).await?) } else { None };
    world.provider.hold(FIRST, story.hold);
    let mut learners = JoinSet::new();
    ask(&mut learners, &story.topic, FIRST, &first, story.waits)?;
    claimed(world).await?;
    if let Some(second) = second.as_ref().filter(|_| story.follower && role == Role::Serve) {
        ask(&mut learners, &story.topic, SECOND, second, true)?;
    }
    come_to(story, world).await?;

    let is_frozen = blow == Blow::Freeze;
    if is_frozen && story.thaw_early {
        world.provider.hold(SECOND, Hold::ALL);
    }
    let mut ghost = None;
    let blown = Instant::now();
    match blow {
        Blow::KillAtBoundary | Blow::KillInStep => first.kill().await?,
        Blow::Freeze => {
            freeze(world, &first).await?;
            ghost = Some(first);
        }
        Blow::Stop => {
            first.ask_to_stop()?;
            ghost = Some(first);
        }
    }
    let before = world.database.look().await?;
    let second = match second.take() {
        Some(second) => second,
        None => world.start(SECOND, role).await?,
    };
    if is_under_way(&before.runs) {
        let limit = story.limit(blow, blown, second.ready);
        let resumed = taken_over(world, &before, limit * 4 + PATIENCE / 2).await?;
        verdict.resumed(resumed - blown, limit, world.is_timed());
    }
    if let Some(first) = ghost.as_ref().filter(|_| is_frozen) {
        thaw(story, world, first).await?;
    }
    checks::settled(world, PATIENCE).await?;
    world.provider.release(FIRST);
    if let Some(first) = &mut ghost {
        if is_frozen {
            told(&mut learners, story, blow, verdict).await;
            first.ask_to_stop()?;
        }
        let status = first.ended(PATIENCE).await?;
        verdict.expect(status.success(), || format!("the first process ended with {status}"));
    }
    told(&mut learners, story, blow, verdict).await;
    look_back(story, world, second, &before, verdict).await
}

/// Sends a learner's question in the background.
fn ask(
    learners: &mut JoinSet<(&'static str, Result<Answer>)>,
    topic: &Topic,
    name: &'static str,
    process: &Process,
    wait: bool,
) -> Result<()> {
    let (topic, address) = (topic.clone(), process.address()?);
    learners.spawn(async move { (name, topic.ask(address, wait).await) });
    Ok(())
}

/// Waits until the first process works on the run, so that whoever asks the second one comes later.
async fn claimed(world: &World) -> Result<()> {
    until("the first process has begun", PATIENCE, async || Ok((!world.provider.calls().is_empty()).then_some(())))
        .await
}

/// Waits for the moment of the blow.
async fn come_to(story: &Story, world: &World) -> Result<()> {
    let steps = story.topic.steps();
    let stored = async |wanted: usize| {
        until(&format!("{wanted} steps are stored"), PATIENCE, async || {
            Ok((world.database.steps().await?.len() >= wanted).then_some(()))
        })
        .await
    };
    match story.moment {
        Moment::Stored(wanted) => stored(wanted).await,
        Moment::Answered(wanted) => {
            until(&format!("{wanted} requests are answered"), PATIENCE, async || {
                let calls = world.provider.calls();
                let answered = calls.iter().filter(|call| call.fate == Fate::Delivered).count();
                Ok((answered >= wanted).then_some(()))
            })
            .await
        }
        Moment::InStep(step) => {
            until(&format!("{step} is under way"), PATIENCE, async || {
                Ok(world.provider.open(FIRST).iter().any(|call| call.step == step).then_some(()))
            })
            .await?;
            // The plan waits for the topic, all others wait for the plan, and the answers to the quiz for its questions.
            let others = match step {
                "topic" => 0,
                "plan" => 1,
                "quiz" => steps.len() - 2,
                _ => steps.len() - 1,
            };
            stored(others).await
        }
    }
}

/// Freezes a process while it holds no lock: one that is frozen in the middle of a transaction blocks the database for
/// everybody, which no program can do anything about.
async fn freeze(world: &World, process: &Process) -> Result<()> {
    until("a process is frozen outside of a transaction", PATIENCE, async || {
        process.pause().await?;
        if world.database.is_writable().await? {
            return Ok(Some(()));
        }
        process.go_on()?;
        Ok(None)
    })
    .await
}

/// Lets the frozen process go on, and gives it the answers that it was waiting for, all marked as stale.
async fn thaw(story: &Story, world: &World, process: &Process) -> Result<()> {
    world.provider.rule(|rules| rules.stale.push(FIRST.to_owned()));
    if !story.thaw_early {
        checks::settled(world, PATIENCE).await?;
    }
    process.go_on()?;
    world.provider.release(FIRST);
    until("the process that was frozen has its answers", PATIENCE, async || {
        Ok(world.provider.open(FIRST).is_empty().then_some(()))
    })
    .await?;
    world.provider.release(SECOND);
    Ok(())
}

fn is_under_way(runs: &[Run]) -> bool {
    runs.iter().any(|run| run.state == "running")
}

/// Waits until the run that was under way is claimed anew, or has ended, and gives the moment.
async fn taken_over(world: &World, before: &Seen, patience: Duration) -> Result<Instant> {
    until("another process resumes the run", patience, async || {
        let runs = world.database.runs().await?;
        let is_new = |run: &Run| {
            let old = before.runs.iter().find(|old| old.id == run.id);
            run.state != "running" || old.is_none_or(|old| run.token > old.token)
        };
        Ok(runs.iter().all(is_new).then(Instant::now))
    })
    .await
}

/// Notes what learners were told. Whoever asked a process that was killed was told nothing, and one that is stopping may say
/// so; all others have their lesson.
async fn told(
    learners: &mut JoinSet<(&'static str, Result<Answer>)>,
    story: &Story,
    blow: Blow,
    verdict: &mut Verdict,
) {
    while let Some(ended) = learners.join_next().await {
        let Ok((process, answer)) = ended else { continue };
        match answer {
            Ok(answer) if answer.lesson.is_some() || is_told_of_run(&answer) => {}
            _ if process == FIRST && matches!(blow, Blow::KillAtBoundary | Blow::KillInStep) => {}
            Ok(answer) if process == FIRST && blow == Blow::Stop && answer.code.is_some() => {}
            Err(error) if process == FIRST && blow == Blow::Stop && !error.to_string().contains("HTTP/1.1") => {}
            other => {
                verdict.fault(format!("who asked the {process} process for {:?} got {other:?}", story.topic.title));
            }
        }
    }
}

/// Whether a learner who does not wait knows what to follow. A process that is frozen before it has said so tells later how
/// the run has ended.
fn is_told_of_run(answer: &Answer) -> bool {
    answer.code.is_none() && matches!(answer.run.as_deref(), Some("RUNNING" | "PUBLISHED"))
}

async fn look_back(
    story: &Story,
    world: &World,
    mut second: Process,
    before: &Seen,
    verdict: &mut Verdict,
) -> Result<()> {
    // A worker serves nobody, so a third process tells what learners find.
    let third = if second.address().is_err() { Some(world.start("third", Role::Serve).await?) } else { None };
    let asked = world.provider.calls().len();
    let answer = story.topic.ask(third.as_ref().unwrap_or(&second).address()?, true).await?;
    let is_there = answer.lesson.is_some() && answer.was_cached && world.provider.calls().len() == asked;
    verdict.stuck += usize::from(answer.lesson.is_none());
    verdict.expect(is_there, || format!("the lesson is not simply there afterwards: {answer:?}"));
    second.ask_to_stop()?;
    let status = second.ended(PATIENCE).await?;
    verdict.expect(status.success(), || format!("the second process ended with {status}"));
    drop(third);

    let published = [story.topic.clone()];
    let given = Circumstances { published: &published, interrupted: true };
    let Found { seen, .. } = checks::everything(world, &given, verdict).await?;
    ensure!(!seen.runs.is_empty(), "there is no run at all");
    verdict.expect(seen.runs.len() == 1, || format!("{} runs were made for one lesson", seen.runs.len()));
    let finished: Vec<_> = before.steps.iter().map(|step| step.name.clone()).collect();
    checks::asked_at_most_once_again(&world.provider.calls(), &finished, FIRST, verdict);
    Ok(())
}
