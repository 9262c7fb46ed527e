//! What is known about the learner whom a lesson is written for. All of it is optional, and a lesson that was written with
//! it is only served to requests that say the same.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::request::{InvalidRequest, canonical, excerpt, is_blank, named_set};

/// The longest goal, in characters as given.
pub const MAX_GOAL_CHARS: usize = 120;

/// What a learner has said about themselves. The empty profile asks for a lesson for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Profile {
    /// Where they work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub industry: Option<Industry>,
    /// Where they stand in their career.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub career_stage: Option<CareerStage>,
    /// How much time they have to learn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_hours: Option<WeeklyHours>,
    /// What they learn for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
}

impl Profile {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.told().next().is_none()
    }

    /// All that is said, each with its name, in canonical form. Two profiles are the same when they tell the same.
    ///
    /// The profile is taken apart exhaustively: a new field does not build until it is told, and so is in the lookup key.
    pub fn told(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Self { industry, career_stage, weekly_hours, goal } = self;
        let told = [
            ("industry", industry.map(Industry::as_str)),
            ("career_stage", career_stage.map(CareerStage::as_str)),
            ("weekly_hours", weekly_hours.map(WeeklyHours::as_str)),
            ("goal", goal.as_ref().map(Goal::canonical)),
        ];
        told.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    /// Whether two profiles are the same as far as lessons are concerned: goals are compared as titles are.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.told().eq(other.told())
    }

    /// As it is stored beside a key: JSON, or nothing when it is empty.
    ///
    /// # Errors
    /// Never in practice: names and a text are JSON.
    pub fn to_stored(&self) -> serde_json::Result<Option<String>> {
        if self.is_empty() { Ok(None) } else { serde_json::to_string(self).map(Some) }
    }
}

/// A profile as it is stored, see [`Profile::to_stored`].
impl TryFrom<Option<String>> for Profile {
    type Error = serde_json::Error;

    fn try_from(stored: Option<String>) -> Result<Self, Self::Error> {
        stored.map_or_else(|| Ok(Self::default()), |stored| serde_json::from_str(&stored))
    }
}

/// What a learner learns for, in their own words: a line, with its canonical form beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Goal {
    given: String,
    canonical: String,
}

impl Goal {
    /// Checks a goal.
    ///
    /// # Errors
    /// When it is blank, too long, or contains a line break or another control character.
    pub fn parse(given: impl Into<String>) -> Result<Self, InvalidRequest> {
        let given = given.into();
        let length = given.chars().count();
        if length > MAX_GOAL_CHARS {
            return Err(InvalidRequest::GoalTooLong(length));
        }
        if let Some(control) = given.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(InvalidRequest::GoalControlCharacter(control as u32));
        }
        let canonical = canonical(&given);
        if is_blank(&canonical) {
            return Err(InvalidRequest::BlankGoal);
        }
        Ok(Self { given, canonical })
    }

    /// The goal as it was first written.
    pub fn given(&self) -> &str {
        &self.given
    }

    /// The form under which goals are compared, see [`canonical`].
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

impl FromStr for Goal {
    type Err = InvalidRequest;

    fn from_str(given: &str) -> Result<Self, InvalidRequest> {
        Self::parse(given)
    }
}

impl TryFrom<String> for Goal {
    type Error = InvalidRequest;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        Self::parse(given)
    }
}

impl From<Goal> for String {
    fn from(goal: Goal) -> Self {
        goal.given
    }
}

named_set!(
    /// Where a learner works.
    Industry, Industry, {
        /// Software, hardware, the net.
        Technology = "technology",
        /// Hospitals, practices, care.
        Healthcare = "healthcare",
        /// Banks, insurances, accounting.
        Finance = "finance",
        /// Schools, universities, training.
        Education = "education",
        /// Advertising and markets.
        Marketing = "marketing",
        /// Products, pictures, spaces.
        Design = "design",
        /// Selling.
        Sales = "sales",
        /// Making goods.
        Manufacturing = "manufacturing",
        /// Advising others.
        Consulting = "consulting",
        /// A young company.
        Startup = "startup",
        /// An association or a charity.
        NonProfit = "non_profit",
        /// Public administration.
        Government = "government",
        /// Something else.
        Other = "other",
    }
);

named_set!(
    /// Where a learner stands in their career.
    CareerStage, CareerStage, {
        /// Still studying.
        Student = "student",
        /// In a first position.
        EntryLevel = "entry_level",
        /// With some years of practice.
        MidLevel = "mid_level",
        /// With much practice.
        SeniorLevel = "senior_level",
        /// Leading others.
        Executive = "executive",
        /// On the way into another trade.
        CareerChanger = "career_changer",
        /// Working on their own.
        Freelancer = "freelancer",
    }
);

named_set!(
    /// How much time a learner has each week, in hours.
    WeeklyHours, WeeklyHours, {
        /// 1 to 3.
        OneToThree = "one_to_three",
        /// 3 to 5.
        ThreeToFive = "three_to_five",
        /// 5 to 10.
        FiveToTen = "five_to_ten",
        /// 10 or more.
        TenOrMore = "ten_or_more",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_checked_and_compared_as_titles_are() {
        let goal = |text: &str| Goal::parse(text);
        assert_eq!(
            goal("Lead  the CLINIC").map(|goal| goal.canonical),
            goal(" lead the clinic").map(|goal| goal.canonical)
        );
        assert_eq!(goal(" \u{200b}"), Err(InvalidRequest::BlankGoal));
        assert_eq!(goal("a\nb"), Err(InvalidRequest::GoalControlCharacter(10)));
        assert_eq!(goal("a\u{2028}b"), Err(InvalidRequest::GoalControlCharacter(0x2028)));
        assert_eq!(goal(&"é".repeat(121)), Err(InvalidRequest::GoalTooLong(121)));
        assert!(goal(&"é".repeat(120)).is_ok());
    }

    #[test]
    fn what_is_stored_reads_as_the_same() {
        let profile = Profile {
            industry: Some(Industry::NonProfit),
            career_stage: Some(CareerStage::CareerChanger),
            weekly_hours: Some(WeeklyHours::TenOrMore),
            goal: Some(Goal::parse(" Keep the books of my club ").expect("a goal")),
        };
        let stored = profile.to_stored().expect("JSON");
        assert_eq!(
            stored.as_deref(),
            Some(
                r#"{"industry":"non_profit","career_stage":"career_changer","weekly_hours":"ten_or_more","goal":" Keep the books of my club "}"#
            )
        );
        assert_eq!(Profile::try_from(stored).expect("its own JSON"), profile);
        assert_eq!(Profile::default().to_stored().expect("nothing"), None);
        assert_eq!(Profile::try_from(None).expect("nothing"), Profile::default());
    }
}
