//! Rounds in which a crowd asks for a lesson that nobody has asked for before.

use std::time::Duration;

use anyhow::Result;
use skillsync::lessons::request::LearningStyle;
use skillsync_bench::client::Connection;

use crate::asking::{self, Topic};
use crate::chance::Chance;
use crate::checks::{self, Circumstances};
use crate::crowd::{Crowd, tally};
use crate::patience::{PATIENCE, until, within};
use crate::process::{Process, Role};
use crate::provider::Hold;
use crate::settings::Settings;
use crate::verdict::Verdict;
use crate::world::{Trial, World};

/// The processes that share the work, as far as there are so many.
const NAMES: [&str; 3] = ["first", "second", "third"];

/// Holds so many rounds on so many processes, one verdict a round. In every other round the first who asks hangs up.
///
/// # Errors
/// When the rounds could not be held.
pub async fn hold(processes: usize, rounds: usize, trial: &mut Trial) -> Result<Vec<Verdict>> {
    let world = World::new(trial, Settings::with_servers(1)).await?;
    let mut verdicts = Vec::new();
    // What is wrong with all of them together.
    let mut last = Verdict::default();
    if let Err(error) = play(processes, rounds, trial, &world, &mut verdicts, &mut last).await {
        last.fault(format!("{error:#}"));
    }
    if !last.is_good() {
        verdicts.push(last);
    }
    let faults = verdicts.iter().flat_map(|verdict| verdict.faults.clone()).collect();
    let mut all = Verdict { faults, ..Verdict::default() };
    world.end(format!("{processes} processes"), &mut all).await?;
    Ok(verdicts)
}

async fn play(
    processes: usize,
    rounds: usize,
    trial: &mut Trial,
    world: &World,
    verdicts: &mut Vec<Verdict>,
    last: &mut Verdict,
) -> Result<()> {
    let mut servers = Vec::new();
    for name in &NAMES[..processes] {
        servers.push(world.start(name, Role::Serve).await?);
    }
    let addresses = servers.iter().map(Process::address).collect::<Result<Vec<_>>>()?;
    let mut crowd = Crowd::connect(&addresses, trial.ground.waiters).await?;
    let mut topics = Vec::new();
    for round in 0..rounds {
        let style = trial.chance.one_of(&[LearningStyle::HandsOn, LearningStyle::Reading, LearningStyle::Mixed]);
        let topic = Topic { title: format!("Bees {round}"), style };
        let mut verdict = Verdict::default();
        let first_hangs_up = round % 2 == 1;
        let held = round_of(&topic, first_hangs_up, &mut trial.chance, &mut crowd, &servers, world, &mut verdict);
        if let Err(error) = held.await {
            verdict.fault(format!("{error:#}"));
            // The next round begins afresh.
            servers.iter().for_each(|server| world.provider.release(&server.name));
            crowd.hang_up_all();
        }
        if !verdict.is_good() {
            verdict.faults.insert(0, format!("round {round}, the first hangs up: {first_hangs_up}"));
        }
        verdicts.push(verdict);
        topics.push(topic);
    }
    drop(crowd);
    for mut server in servers {
        server.ask_to_stop()?;
        server.ended(PATIENCE).await?;
    }
    checks::everything(world, &Circumstances { published: &topics, interrupted: false }, last).await?;
    Ok(())
}

async fn round_of(
    topic: &Topic,
    first_hangs_up: bool,
    chance: &mut Chance,
    crowd: &mut Crowd,
    servers: &[Process],
    world: &World,
    verdict: &mut Verdict,
) -> Result<()> {
    for server in servers {
        world.provider.hold(&server.name, Hold::ALL);
    }
    crowd.ask(|_| topic.question(true)).await?;
    let moment = Duration::from_millis(chance.from(0..=300));
    let hangs_up_early = chance.coin();
    if first_hangs_up && hangs_up_early {
        tokio::time::sleep(moment).await;
        crowd.hang_up(0);
    }
    for server in servers {
        // Everybody's question has arrived where others who ask for the same are told that it is being written.
        let mut connection = Connection::open(server.address()?).await?;
        until("the lesson is being written", PATIENCE, async || {
            let question = topic.question(false);
            let answer = within("somebody is answered", PATIENCE, connection.ask(&question)).await??;
            Ok(asking::read(answer)?.is_being_written.then_some(()))
        })
        .await?;
    }
    for server in servers {
        world.provider.release(&server.name);
    }
    if first_hangs_up && !hangs_up_early {
        tokio::time::sleep(moment).await;
        crowd.hang_up(0);
    }
    let told = tally(&crowd.told().await?);
    let is_one_lesson = told.len() == 1 && told.keys().all(|told| told.ends_with("version 1"));
    verdict.expect(is_one_lesson, || format!("learners were told different things: {told:?}"));

    let mut asked: Vec<_> =
        world.provider.calls().into_iter().filter(|call| call.topic == topic.title).map(|call| call.step).collect();
    asked.sort_unstable();
    let mut steps = topic.steps().to_vec();
    steps.sort_unstable();
    verdict.paid_twice += asked.len().saturating_sub(steps.len());
    verdict.expect(asked == steps, || format!("the provider was asked for {asked:?}, where {steps:?} are needed"));
    let runs = world.database.runs().await?.into_iter().filter(|run| run.topic() == topic.title).count();
    verdict.expect(runs == 1, || format!("{runs} runs were made"));
    Ok(())
}
