//! The recipes of lessons, one file for each learning style: which parts, how many of what, how long, in which order.
//!
//! A new style is a file here, its prompts, an arm in `recipe` and one in `Recipe::write_parts`.

mod hands_on;
mod mixed;
mod reading;
mod video;

use futures::join;
use tokio::sync::oneshot;

use crate::lessons::document::{Block, Document};
use crate::lessons::request::LearningStyle;
use crate::lessons::shown::{Shown, ShownHead};
use crate::models::StepKind;

use super::checks::Length;
use super::desk::{Desk, Part};
use super::draft::Draft;
use super::draft::plan::Plan;
use super::draft::schema::Count;
use super::draft::topic::Topic;
use super::error::GenerationError;
use super::prompts::{self, AskPlan};
use super::settle::Placed;

/// Which prompts a lesson in this style is written with.
pub fn prompt_version(style: LearningStyle) -> String {
    recipe(style).prompt_version()
}

/// What a lesson in one style is made of.
pub(super) struct Recipe {
    /// The style.
    pub style: LearningStyle,
    /// The lesson's contents in words for whoever plans it.
    pub made_of: &'static str,
    /// What its introduction is like.
    pub introduction: &'static str,
    /// How long the lesson should take, in minutes.
    pub minutes: &'static str,
    /// What is written side by side once the plan is done.
    pub parts: &'static [&'static Part],
    /// The part that is the quiz.
    pub quiz: &'static Part,
    /// How long its texts should be.
    pub lengths: &'static [Length],
    /// The prompt files used beside the shared ones.
    pub prompts: &'static [&'static str],
}

/// The recipe of a style.
pub(super) fn recipe(style: LearningStyle) -> &'static Recipe {
    match style {
        LearningStyle::HandsOn => &hands_on::RECIPE,
        LearningStyle::Video => &video::RECIPE,
        LearningStyle::Reading => &reading::RECIPE,
        LearningStyle::Mixed => &mixed::RECIPE,
    }
}

const CONCEPTS: Count = Count { of: "concepts", from: 3, to: 5 };
const PLAN: Part = Part { name: "plan", step: StepKind::Plan, words: "the plan", counts: &[CONCEPTS] };

/// Where parts stand in every lesson; between two of these numbers is room for the blocks of a part.
mod position {
    pub const INTRODUCTION: i64 = 0;
    pub const OVERVIEW: i64 = 100;
    pub const VIDEO: i64 = 500;
    pub const TEXT: i64 = 1_000;
    pub const AFTER_TEXT: i64 = 3_000;
    pub const PRACTICE: i64 = 4_000;
    pub const QUIZ: i64 = 6_000;
    pub const CONCEPTS: i64 = 8_000;
    pub const SOURCES: i64 = 9_000;
}

/// Room for one section of a text, its program and its diagram.
const SECTION: i64 = 100;

impl Recipe {
    /// Has the lesson planned and its parts written side by side; gives their blocks, each with its position.
    ///
    /// Sources and the video are looked for while the lesson is planned. Only a video lesson has to wait for its video: it is
    /// planned by what is said in it.
    pub(super) async fn plan_and_write(
        &self,
        desk: &Desk<'_>,
        topic: &Topic,
    ) -> Result<(Plan, Vec<Placed>), GenerationError> {
        desk.progress.planning().await;
        match self.style {
            LearningStyle::HandsOn | LearningStyle::Reading => {
                let (research, plan) = join!(desk.gather(topic), self.plan(desk, topic));
                research?;
                let plan = plan?;
                let parts = async {
                    match self.style {
                        LearningStyle::HandsOn => hands_on::write(desk, &plan).await,
                        _ => reading::write(desk, &plan).await,
                    }
                };
                let placed = with_own_blocks(desk, &plan, parts).await?;
                Ok((plan, placed))
            }
            LearningStyle::Mixed => {
                // The way to a video takes longest, so nothing but what is written about it waits for it.
                let (found, looked) = oneshot::channel();
                let look = async {
                    // Nobody listens when the plan has failed.
                    let _ = found.send(desk.video_of(topic).await);
                };
                let written = async {
                    let (research, plan) = join!(desk.gather(topic), self.plan(desk, topic));
                    research?;
                    let plan = plan?;
                    let placed = with_own_blocks(desk, &plan, mixed::write(desk, &plan, looked)).await?;
                    Ok((plan, placed))
                };
                join!(look, written).1
            }
            LearningStyle::Video => {
                let (research, looked) = join!(desk.gather(topic), desk.video_of(topic));
                research?;
                let looked = looked?;
                let plan = self.plan(desk, topic).await?;
                let placed = with_own_blocks(desk, &plan, video::write(desk, &plan, &looked)).await?;
                Ok((plan, placed))
            }
        }
    }

    async fn plan(&self, desk: &Desk<'_>, topic: &Topic) -> Result<Plan, GenerationError> {
        let Self { made_of, introduction, minutes, .. } = self;
        let suits = topic.suits(desk.job.request.difficulty);
        let ask = AskPlan { made_of, introduction, minutes, concepts: CONCEPTS, suits };
        let plan: Plan = desk.write(&PLAN, None, &ask).await?;
        let Document { title, description, minutes, .. } = plan.document(Vec::new());
        desk.tell(Shown { head: Some(ShownHead { title, description, minutes }), blocks: Vec::new() }).await;
        desk.progress.planned().await;
        Ok(plan)
    }

    /// Which prompts the lesson is written with.
    pub(super) fn prompt_version(&self) -> String {
        prompts::version(self.style.as_str(), self.prompts)
    }
}

/// The blocks of the parts, those that the plan itself gives, and the list of sources.
async fn with_own_blocks(
    desk: &Desk<'_>,
    plan: &Plan,
    parts: impl Future<Output = Result<Vec<Placed>, GenerationError>>,
) -> Result<Vec<Placed>, GenerationError> {
    let (own, parts) = join!(Box::pin(own_blocks(desk, plan)), Box::pin(parts));
    let mut placed = own?;
    placed.extend(parts?);
    placed.extend(desk.research.get().map(|research| research.placed(position::SOURCES)).unwrap_or_default());
    Ok(placed)
}

/// What the plan itself gives to the lesson: its introduction, which a learner can read while the rest is written, and its
/// concepts, for the end.
async fn own_blocks(desk: &Desk<'_>, plan: &Plan) -> Result<Vec<Placed>, GenerationError> {
    let positions = [position::INTRODUCTION, position::CONCEPTS];
    let placed: Vec<_> =
        positions.into_iter().zip(plan.blocks()).map(|(position, block)| Placed { position, block }).collect();
    desk.show(&placed, false).await;
    desk.settle(&PLAN, plan, placed).await
}

/// The blocks of sections, with room after each.
fn sections(position: i64, sections: impl IntoIterator<Item = Vec<Block>>) -> Vec<Placed> {
    let section = |(number, blocks): (i64, Vec<Block>)| super::settle::placed_from(position + number * SECTION, blocks);
    (0..).zip(sections).flat_map(section).collect()
}

/// Diagrams, one at the end of each section, as long as there are some; what is left over comes at the end.
fn after_sections(position: i64, diagrams: Vec<Block>) -> Vec<Placed> {
    let place = |(number, block): (i64, Block)| Placed { position: position + (number + 1) * SECTION - 1, block };
    (0..).zip(diagrams).map(place).collect()
}
