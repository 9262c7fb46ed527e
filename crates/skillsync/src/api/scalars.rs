//! Closed sets of names as scalars, so that both `"hands_on"` and `HANDS_ON` are taken: documents for the first API wrote
//! names as strings, schema-aware clients write literals.

use std::fmt::Display;
use std::str::FromStr;

use async_graphql::{InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::lessons::profile::{CareerStage, Industry, WeeklyHours};
use crate::lessons::request::{Difficulty, LearningStyle};
use crate::reports::report::ReportKind;
use crate::voting::ballot::{Ballot, Vote};

use super::errors::Code;

/// Reads a name, whether it was written as a string or as a literal.
fn parse<T>(value: &Value) -> InputValueResult<T>
where
    T: InputType + FromStr,
    T::Err: Display,
{
    let name = match value {
        Value::String(name) => name.as_str(),
        Value::Enum(name) => name.as_str(),
        _ => return Err(invalid("expected a name")),
    };
    name.parse().map_err(invalid)
}

fn invalid<T: InputType>(why: impl Display) -> InputValueError<T> {
    InputValueError::custom(why).with_extension("code", Code::InvalidInput.as_str())
}

/// How a learner likes to learn: `hands_on`, `video`, `reading` or `mixed`, as a string or a literal; `hands-on` is
/// taken too.
#[Scalar(name = "LearningStyle")]
impl ScalarType for LearningStyle {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.as_str().to_owned())
    }
}

/// What a learner already knows: `beginner`, `intermediate` or `advanced`, as a string or a literal.
#[Scalar(name = "Difficulty")]
impl ScalarType for Difficulty {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.as_str().to_owned())
    }
}

/// Where a learner works: `technology`, `healthcare`, `finance`, `education`, `marketing`, `design`, `sales`,
/// `manufacturing`, `consulting`, `startup`, `non_profit`, `government` or `other`, as a string or a literal.
#[Scalar(name = "Industry")]
impl ScalarType for Industry {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.as_str().to_owned())
    }
}

/// Where a learner stands in their career: `student`, `entry_level`, `mid_level`, `senior_level`, `executive`,
/// `career_changer` or `freelancer`, as a string or a literal.
#[Scalar(name = "CareerStage")]
impl ScalarType for CareerStage {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.as_str().to_owned())
    }
}

/// How many hours a learner has each week: `one_to_three`, `three_to_five`, `five_to_ten` or `ten_or_more`, as a string or
/// a literal.
#[Scalar(name = "WeeklyHours")]
impl ScalarType for WeeklyHours {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.as_str().to_owned())
    }
}

/// What to do with one's vote: `upvote`, `downvote` or `withdraw`, as a string or a literal.
#[Scalar(name = "VoteType")]
impl ScalarType for Ballot {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        let name = match self {
            Self::Cast(Vote::Upvote) => "upvote",
            Self::Cast(Vote::Downvote) => "downvote",
            Self::Withdraw => "withdraw",
        };
        Value::String(name.to_owned())
    }
}

/// What is the matter with a block: `wrong`, `unclear`, `outdated` or `broken`, as a string or a literal.
#[Scalar(name = "ReportKind")]
impl ScalarType for ReportKind {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.as_str().to_owned())
    }
}
