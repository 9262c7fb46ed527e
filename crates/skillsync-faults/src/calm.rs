//! Trials in which nothing fails. They show that the harness itself counts right.

use anyhow::Result;
use skillsync::lessons::request::LearningStyle;

use crate::asking::Topic;
use crate::checks::{self, Circumstances, Found};
use crate::patience::PATIENCE;
use crate::process::Role;
use crate::settings::Settings;
use crate::verdict::Verdict;
use crate::world::{Trial, World};

/// Holds one trial: two learners ask for two lessons, one of them twice.
///
/// # Errors
/// When the trial could not be held.
pub async fn hold(trial: &mut Trial, verdict: &mut Verdict) -> Result<()> {
    let style = trial.chance.one_of(&[LearningStyle::HandsOn, LearningStyle::Reading, LearningStyle::Mixed]);
    let world = World::new(trial, Settings::with_servers(1)).await?;
    if let Err(error) = play(style, &world, verdict).await {
        verdict.fault(format!("{error:#}"));
    }
    world.end(style.as_str().to_owned(), verdict).await
}

async fn play(style: LearningStyle, world: &World, verdict: &mut Verdict) -> Result<()> {
    let mut server = world.start("first", Role::Serve).await?;
    let topics = ["Bees", "Honey"].map(|title| Topic { title: title.to_owned(), style });
    for (topic, was_cached) in [(&topics[0], false), (&topics[1], false), (&topics[0], true)] {
        let answer = topic.ask(server.address()?, true).await?;
        verdict.expect(answer.lesson.is_some() && answer.was_cached == was_cached, || {
            format!("who asked for {} got {answer:?}", topic.title)
        });
    }
    server.ask_to_stop()?;
    let status = server.ended(PATIENCE).await?;
    verdict.expect(status.success(), || format!("the process ended with {status}"));
    let given = Circumstances { published: &topics, interrupted: false };
    let Found { seen, .. } = checks::everything(world, &given, verdict).await?;
    let steps = topics[0].steps().len() * topics.len();
    let asked = world.provider.calls().len();
    verdict.expect(asked == steps && seen.steps.len() == steps, || {
        format!("{asked} requests were made and {} steps stored for {steps} steps", seen.steps.len())
    });
    Ok(())
}
