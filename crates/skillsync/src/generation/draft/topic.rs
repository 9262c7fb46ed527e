//! The topic: whether it can be learned and should be taught, and what it is about. It is the first and cheapest step.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::{Block, Body};
use crate::lessons::request::Difficulty;

use super::{Draft, block};

/// What was found out about a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Whether a lesson about it can and should be written.
    pub verdict: TopicVerdict,
    /// What field it belongs to.
    pub category: Category,
    /// The short lower-case name of the programming language that the topic is about, such as python; an empty string when it
    /// has nothing to do with programming.
    pub programming_language: String,
    /// The lowest level at which the topic makes sense.
    pub easiest: Level,
    /// The highest level at which the topic still has something to teach.
    pub hardest: Level,
}

/// Whether a lesson about a topic can and should be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopicVerdict {
    /// It names something that people learn, and to teach it harms nobody.
    Learnable,
    /// To teach it would help somebody to harm people.
    Harmful,
    /// It names nothing that can be learned.
    NotATopic,
}

/// The field that a topic belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Writing programs.
    Programming,
    /// Computers otherwise: data, networks, tools, security.
    Computing,
    /// Mathematics and statistics.
    Mathematics,
    /// The natural sciences and medicine.
    Science,
    /// Business, money, law, management, marketing.
    Business,
    /// Design, art, music, crafts.
    Design,
    /// Languages and writing.
    Languages,
    /// History, philosophy, society.
    Humanities,
    /// Everyday skills, health, sport.
    Life,
    /// Anything else.
    Other,
}

/// A level, as lessons are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For people new to the subject.
    Beginner,
    /// For people who know the basics.
    Intermediate,
    /// For people who know the subject well.
    Advanced,
}

impl From<Difficulty> for Level {
    fn from(difficulty: Difficulty) -> Self {
        match difficulty {
            Difficulty::Beginner => Self::Beginner,
            Difficulty::Intermediate => Self::Intermediate,
            Difficulty::Advanced => Self::Advanced,
        }
    }
}

impl Topic {
    /// Whether the topic has something to teach at a difficulty.
    pub fn suits(&self, difficulty: Difficulty) -> bool {
        (self.easiest..=self.hardest.max(self.easiest)).contains(&Level::from(difficulty))
    }
}

impl Draft for Topic {
    const NAME: &'static str = "topic";

    /// Nothing of it stands in the lesson.
    fn blocks(&self) -> Vec<Block> {
        vec![block("topic", Body::Notice { markdown: "The topic was judged.".to_owned() })]
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        Vec::new()
    }
}
