//! Trials in which a crowd asks for more lessons than there is money for.

use anyhow::Result;
use skillsync::lessons::request::LearningStyle;

use crate::asking::Topic;
use crate::checks::{self, Circumstances, Found};
use crate::crowd::{Crowd, tally};
use crate::patience::{PATIENCE, until};
use crate::process::Role;
use crate::provider::{Fate, Hold, Which};
use crate::settings::Settings;
use crate::verdict::Verdict;
use crate::world::{Trial, World};

/// The budget: a lesson costs about three hundredths of it in tokens, so there is room for about ten.
const DOLLARS: f64 = 0.30;

const NANO_DOLLARS_A_DOLLAR: f64 = 1e9;

/// What a learner is told when there is no money left.
const USED_UP: &str = "BUDGET_USED_UP";

/// Holds one trial: in even ones nothing else happens, in odd ones the process is killed in the middle.
///
/// # Errors
/// When the trial could not be held.
pub async fn hold(trial: &mut Trial, verdict: &mut Verdict) -> Result<()> {
    let settings = Settings::with_servers(1)
        .set("budget", "day_dollars", DOLLARS)
        .set("generation", "max_output_tokens", 4_000)
        .set("generation", "max_waiting_runs", 10_000)
        .set("generation", "lease_ms", 1_500);
    let is_killed = trial.number % 2 == 1;
    let killed_after = trial.chance.from(3..=25) as usize;
    let waiters = trial.ground.waiters;
    let world = World::new(trial, settings).await?;
    let played = if is_killed {
        play_and_kill(waiters, killed_after, &world, verdict).await
    } else {
        play(waiters, &world, verdict).await
    };
    if let Err(error) = played {
        verdict.fault(format!("{error:#}"));
    }
    world.end(format!("killed: {is_killed}, after {killed_after} answers"), verdict).await
}

fn topic(number: usize) -> Topic {
    Topic { title: format!("Bees {number}"), style: LearningStyle::Reading }
}

async fn play(waiters: usize, world: &World, verdict: &mut Verdict) -> Result<()> {
    let mut server = world.start("first", Role::Serve).await?;
    let address = server.address()?;
    let there = Topic { title: "Honey".to_owned(), style: LearningStyle::HandsOn };
    there.ask(address, true).await?;
    let mut crowd = Crowd::connect(&[address], waiters).await?;
    crowd.ask(|number| topic(number).question(true)).await?;
    let told = crowd.told().await?;
    drop(crowd);
    for told in &told {
        let is_fine =
            told.as_ref().is_ok_and(|answer| answer.lesson.is_some() || answer.code.as_deref() == Some(USED_UP));
        verdict.expect(is_fine, || format!("a learner was told something else than {USED_UP}: {told:?}"));
    }
    let used_up = tally(&told).get(USED_UP).copied().unwrap_or(0);
    verdict.expect(used_up > 0, || "nobody was told that the budget is used up".to_owned());
    let hit = there.ask(address, true).await?;
    verdict
        .expect(hit.lesson.is_some() && hit.was_cached, || format!("a lesson that is there was not served: {hit:?}"));
    checks::settled(world, PATIENCE).await?;
    server.ask_to_stop()?;
    server.ended(PATIENCE).await?;
    look_back(false, world, verdict).await
}

async fn play_and_kill(waiters: usize, killed_after: usize, world: &World, verdict: &mut Verdict) -> Result<()> {
    let first = world.start("first", Role::Serve).await?;
    world.provider.hold("first", Hold { which: Which::After(killed_after), in_the_middle: false });
    let mut crowd = Crowd::connect(&[first.address()?], waiters).await?;
    crowd.ask(|number| topic(number).question(true)).await?;
    until("some requests are answered and some are not", PATIENCE, async || {
        let answered = world.provider.calls().iter().filter(|call| call.fate == Fate::Delivered).count();
        Ok((answered >= killed_after && !world.provider.open("first").is_empty()).then_some(()))
    })
    .await?;
    first.kill().await?;
    drop(crowd);
    let mut second = world.start("second", Role::Serve).await?;
    checks::settled(world, PATIENCE * 3).await?;
    let late = Topic { title: "Honey".to_owned(), style: LearningStyle::HandsOn };
    let answer = late.ask(second.address()?, true).await?;
    let is_fine = answer.lesson.is_some() || answer.code.as_deref() == Some(USED_UP);
    verdict.expect(is_fine, || format!("after the kill a learner got {answer:?}"));
    second.ask_to_stop()?;
    second.ended(PATIENCE).await?;
    look_back(true, world, verdict).await
}

/// Neither the ledger nor the provider's own book may show more than the budget, but for what the provider billed for answers
/// that the killed process never had in its books: nobody can know that, and the ledger counts their questions only.
async fn look_back(interrupted: bool, world: &World, verdict: &mut Verdict) -> Result<()> {
    let given = Circumstances { published: &[], interrupted };
    let Found { seen, billed, unheard } = checks::everything(world, &given, verdict).await?;
    let limit = (DOLLARS * NANO_DOLLARS_A_DOLLAR) as i64;
    let spent: i64 = seen.ledger.iter().filter_map(|row| row.cost_nano_dollars).sum();
    verdict
        .expect(spent <= limit, || format!("the ledger shows {spent} nano-dollars, more than the budget of {limit}"));
    let heard = billed - unheard;
    verdict.expect(heard <= limit, || {
        format!("the provider billed {heard} nano-dollars for answers that are in the ledger, more than the budget of {limit}")
    });
    verdict.expect(spent > 0, || "nothing was spent at all".to_owned());
    let lessons = seen.versions.len();
    let part = |nano_dollars: i64| nano_dollars as f64 * 100.0 / limit as f64;
    verdict.note = Some(format!(
        "{lessons} lessons for {:.0} % of the budget; {:.0} % were billed for answers that the killed process never stored",
        part(spent),
        part(unheard)
    ));
    Ok(())
}
