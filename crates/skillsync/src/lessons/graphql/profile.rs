//! The learner's profile in the GraphQL API.

use async_graphql::{InputObject, Result, SimpleObject};

use crate::api::errors::OrError;
use crate::lessons::profile::{CareerStage, Goal, Industry, Profile, WeeklyHours};

/// Whom a lesson is to be written for. Each part is optional and part of the lesson's key; without any, the lesson is for
/// everybody.
#[derive(InputObject, Default)]
pub struct LearnerProfileInput {
    /// Where the learner works.
    industry: Option<Industry>,
    /// Where the learner stands in their career.
    career_stage: Option<CareerStage>,
    /// How many hours the learner has each week.
    weekly_hours: Option<WeeklyHours>,
    /// What the learner learns for: a line of 1 to 120 characters. Whoever opens the lesson can read it.
    goal: Option<String>,
}

impl LearnerProfileInput {
    /// The checked profile.
    ///
    /// # Errors
    /// When the goal is not fit.
    pub fn parse(self) -> Result<Profile> {
        let Self { industry, career_stage, weekly_hours, goal } = self;
        let goal = goal.map(Goal::parse).transpose().or_error()?;
        Ok(Profile { industry, career_stage, weekly_hours, goal })
    }
}

/// Whom a lesson was written for.
#[derive(SimpleObject)]
pub struct LearnerProfile {
    /// Where the learner works.
    industry: Option<Industry>,
    /// Where the learner stands in their career.
    career_stage: Option<CareerStage>,
    /// How many hours the learner has each week.
    weekly_hours: Option<WeeklyHours>,
    /// What the learner learns for, in the words of who asked first.
    goal: Option<String>,
}

impl LearnerProfile {
    /// None when the lesson is for everybody.
    pub fn of(profile: &Profile) -> Option<Self> {
        let Profile { industry, career_stage, weekly_hours, goal } = profile.clone();
        let goal = goal.map(String::from);
        (!profile.is_empty()).then_some(Self { industry, career_stage, weekly_hours, goal })
    }
}
