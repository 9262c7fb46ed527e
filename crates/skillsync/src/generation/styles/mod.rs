//! The recipes of lessons, one file for each learning style: which parts, how many of what, how long, in which order.
//!
//! A new style is a file here, its prompts, an arm in `recipe` and one in `Recipe::write_parts`.

mod hands_on;
mod mixed;
mod reading;

use futures::join;

use crate::lessons::document::Block;
use crate::lessons::request::LearningStyle;
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

/// Whether lessons in this style can be written. To be asked before anything is stored or paid for.
pub fn is_ready(style: LearningStyle) -> bool {
    recipe(style).is_some()
}

/// Which prompts a lesson in this style is written with; none when the style is not ready.
pub fn prompt_version(style: LearningStyle) -> Option<String> {
    recipe(style).map(Recipe::prompt_version)
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

/// The recipe of a style, if it is ready.
pub(super) fn recipe(style: LearningStyle) -> Option<&'static Recipe> {
    match style {
        LearningStyle::HandsOn => Some(&hands_on::RECIPE),
        LearningStyle::Reading => Some(&reading::RECIPE),
        LearningStyle::Mixed => Some(&mixed::RECIPE),
        LearningStyle::Video => None,
    }
}

const CONCEPTS: Count = Count { of: "concepts", from: 3, to: 5 };
const PLAN: Part = Part { name: "plan", step: StepKind::Plan, words: "the plan", counts: &[CONCEPTS] };

/// Where parts stand in every lesson; between two of these numbers is room for the blocks of a part.
mod position {
    pub const INTRODUCTION: i64 = 0;
    pub const OVERVIEW: i64 = 100;
    pub const TEXT: i64 = 1_000;
    pub const AFTER_TEXT: i64 = 3_000;
    pub const PRACTICE: i64 = 4_000;
    pub const QUIZ: i64 = 6_000;
    pub const CONCEPTS: i64 = 8_000;
}

/// Room for one section of a text, its program and its diagram.
const SECTION: i64 = 100;

impl Recipe {
    /// Has the lesson planned.
    pub(super) async fn plan(&self, desk: &Desk<'_>, topic: &Topic) -> Result<Plan, GenerationError> {
        desk.progress.planning().await;
        let Self { made_of, introduction, minutes, .. } = self;
        let suits = topic.suits(desk.job.request.difficulty);
        let ask = AskPlan { made_of, introduction, minutes, concepts: CONCEPTS, suits };
        let plan = desk.write(&PLAN, None, &ask).await?;
        desk.progress.planned().await;
        Ok(plan)
    }

    /// Has the parts written side by side and gives their blocks, each with its position.
    pub(super) async fn write_parts(&self, desk: &Desk<'_>, plan: &Plan) -> Result<Vec<Placed>, GenerationError> {
        let parts = async {
            match self.style {
                LearningStyle::HandsOn => hands_on::write(desk, plan).await,
                LearningStyle::Reading => reading::write(desk, plan).await,
                LearningStyle::Mixed => mixed::write(desk, plan).await,
                LearningStyle::Video => Err(GenerationError::StyleNotReady),
            }
        };
        let (own, parts) = join!(own_blocks(desk, plan), parts);
        let mut placed = own?;
        placed.extend(parts?);
        Ok(placed)
    }

    /// Which prompts the lesson is written with.
    pub(super) fn prompt_version(&self) -> String {
        prompts::version(self.style.as_str(), self.prompts)
    }
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
