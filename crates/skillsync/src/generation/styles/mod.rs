//! The recipes of lessons, one file for each learning style: which parts, how many of what, in which order.
//!
//! A new style is a file here, its prompts, an arm in `recipe` and one in `Recipe::write_parts`.

mod hands_on;
mod mixed;
mod reading;

use crate::lessons::document::Block;
use crate::lessons::request::LearningStyle;
use crate::models::StepKind;

use super::desk::{Desk, Part};
use super::draft::Draft;
use super::draft::plan::Plan;
use super::draft::schema::Count;
use super::error::GenerationError;
use super::prompts::{self, AskPlan};

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
    /// How long the lesson should take, in minutes.
    pub minutes: &'static str,
    /// What is written side by side once the plan is done.
    pub parts: &'static [&'static Part],
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
const PLAN: Part = Part { step: StepKind::Plan, words: "the plan", counts: &[CONCEPTS] };

impl Recipe {
    /// Has the lesson planned.
    pub(super) async fn plan(&self, desk: &Desk<'_>) -> Result<Plan, GenerationError> {
        desk.write(&PLAN, None, &self.ask_plan()).await
    }

    fn ask_plan(&self) -> AskPlan {
        AskPlan { made_of: self.made_of, minutes: self.minutes, concepts: CONCEPTS }
    }

    /// Has the parts written side by side and gives their blocks in reading order.
    pub(super) async fn write_parts(&self, desk: &Desk<'_>, plan: &Plan) -> Result<Vec<Block>, GenerationError> {
        match self.style {
            LearningStyle::HandsOn => hands_on::write(desk, plan).await,
            LearningStyle::Reading => reading::write(desk, plan).await,
            LearningStyle::Mixed => mixed::write(desk, plan).await,
            LearningStyle::Video => Err(GenerationError::StyleNotReady),
        }
    }

    /// Which prompts the lesson is written with.
    pub(super) fn prompt_version(&self) -> String {
        prompts::version(self.style.as_str(), self.prompts)
    }
}

/// All blocks of these groups, one group after another.
fn in_order(groups: impl IntoIterator<Item = Vec<Block>>) -> Vec<Block> {
    groups.into_iter().flatten().collect()
}

/// The concepts of the plan as a block, for the end of a lesson.
fn key_concepts(plan: &Plan) -> Vec<Block> {
    plan.blocks()
}
