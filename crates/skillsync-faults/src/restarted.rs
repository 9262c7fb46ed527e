//! Trials in which PostgreSQL goes away while a lesson is being written, and comes back.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use skillsync::lessons::request::LearningStyle;
use tokio::task::JoinSet;

use crate::asking::Topic;
use crate::checks::{self, Circumstances};
use crate::patience::{PATIENCE, until};
use crate::postgres::Mode;
use crate::process::{Process, Role};
use crate::provider::{Hold, Which};
use crate::settings::Settings;
use crate::verdict::Verdict;
use crate::world::{Trial, World};

/// All that is chosen for one trial.
#[derive(Clone, Debug)]
struct Story {
    topic: Topic,
    /// How many requests are answered before the server is stopped.
    answered: usize,
    mode: Mode,
    /// How long the server stays away.
    away: Duration,
    /// Whether the provider answers while it is away.
    answers_meanwhile: bool,
    /// Whether there is a second process.
    two: bool,
}

/// Holds one trial.
///
/// # Errors
/// When the trial could not be held.
pub async fn hold(trial: &mut Trial, verdict: &mut Verdict) -> Result<()> {
    let chance = &mut trial.chance;
    let style = chance.one_of(&[LearningStyle::HandsOn, LearningStyle::Reading, LearningStyle::Mixed]);
    let topic = Topic { title: "Bees".to_owned(), style };
    let lease_ms = chance.from(1_000..=2_000);
    let story = Story {
        answered: chance.from(0..=topic.steps().len() as u64 - 1) as usize,
        topic,
        mode: chance.one_of(&[Mode::Fast, Mode::Immediate]),
        // Shorter than the lease, and longer.
        away: Duration::from_millis(chance.one_of(&[0, 500, lease_ms + 700])),
        answers_meanwhile: chance.coin(),
        two: chance.coin(),
    };
    let settings = Settings::with_servers(1).set("generation", "lease_ms", lease_ms).set("generation", "poll_ms", 100);
    let world = World::new(trial, settings).await?;
    let control = trial.ground.postgres.as_ref().and_then(|postgres| postgres.control.clone());
    let control = control.context("the PostgreSQL server is not ours to restart\nhint: run `cargo xtask faults`")?;
    let role = world.role(&mut trial.chance);

    let outcome = async {
        let mut processes = vec![world.start("first", Role::Serve).await?];
        if story.two {
            processes.push(world.start("second", role).await?);
        }
        world.provider.hold("first", Hold { which: Which::After(story.answered), in_the_middle: false });
        let mut learner = JoinSet::new();
        let (topic, address) = (story.topic.clone(), processes[0].address()?);
        learner.spawn(async move { topic.ask(address, true).await });
        until("the first requests are answered", PATIENCE, async || {
            let held = world.provider.open("first").iter().any(|call| call.of_process >= story.answered);
            Ok((held && world.database.steps().await?.len() >= story.answered).then_some(()))
        })
        .await?;
        let finished: Vec<_> = world.database.steps().await?.into_iter().map(|step| step.name).collect();
        let asked = world.provider.calls().len();
        let restarting = control.restart(story.mode, async {
            if story.answers_meanwhile {
                world.provider.release("first");
            }
            tokio::time::sleep(story.away).await;
        });
        restarting.await?;
        let back = Instant::now();
        world.provider.release("first");
        checks::settled(&world, PATIENCE).await?;
        verdict.resumed_after_ms = i64::try_from(back.elapsed().as_millis()).ok();
        // Whoever waited is told something: the lesson, or that the database was away.
        if let Some(Ok(Err(error))) = learner.join_next().await {
            verdict.fault(format!("the learner who waited got no answer: {error:#}"));
        }
        look_back(&story, &world, processes, &finished, asked, verdict).await
    };
    if let Err(error) = outcome.await {
        verdict.fault(format!("{error:#}"));
    }
    world.end(format!("{story:?}, lease {lease_ms} ms"), verdict).await
}

async fn look_back(
    story: &Story,
    world: &World,
    mut processes: Vec<Process>,
    finished: &[String],
    asked: usize,
    verdict: &mut Verdict,
) -> Result<()> {
    for process in &mut processes {
        let is_running = process.is_running();
        verdict.expect(is_running, || format!("{} ended when PostgreSQL went away", process.name));
    }
    // The run ended by itself; asking now must find the lesson, and start nothing.
    let before = world.provider.calls().len();
    let answer = story.topic.ask(processes[0].address()?, true).await?;
    verdict.stuck += usize::from(answer.lesson.is_none());
    verdict.expect(answer.lesson.is_some() && world.provider.calls().len() == before, || {
        format!("the lesson is not simply there when PostgreSQL is back: {answer:?}")
    });
    for mut process in processes {
        process.ask_to_stop()?;
        process.ended(PATIENCE).await?;
    }
    let published = [story.topic.clone()];
    let given = Circumstances { published: &published, interrupted: true };
    checks::everything(world, &given, verdict).await?;
    let calls = world.provider.calls();
    for step in story.topic.steps() {
        let times = calls.iter().filter(|call| call.step == *step && call.is_billed()).count();
        let again = calls[asked..].iter().any(|call| call.step == *step);
        verdict.expect(!(again && finished.iter().any(|name| name == step)), || {
            format!("the finished step {step} was asked for again")
        });
        verdict.expect(times <= 2, || format!("{step} was asked for {times} times"));
        verdict.paid_twice += usize::from(times > 1);
    }
    Ok(())
}
