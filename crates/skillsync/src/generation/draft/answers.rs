//! Answers to a quiz by somebody who was not shown its key, and decisions where two disagree.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::{Block, Body};

use super::{Draft, block};

/// Answers to the questions of a quiz.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// One answer for each question.
    pub answers: Vec<ChosenOption>,
}

/// An answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenOption {
    /// The question's id.
    pub question: String,
    /// How you found the answer, step by step, in a few sentences.
    pub reasoning: String,
    /// The letter of the only right option; `none` when no option is right, `several` when more than one is.
    pub option: String,
}

impl Answers {
    /// What was answered to a question: the index of an option, or none when no single option was held to be right.
    pub fn to(&self, question: &str) -> Option<usize> {
        let answer = self.answers.iter().find(|answer| answer.question.trim() == question)?;
        let letter = answer.option.trim().trim_matches(['`', '"', '\'', '(', ')', '.']).to_ascii_uppercase();
        let mut letters = letter.chars();
        match (letters.next(), letters.next()) {
            (Some(letter @ 'A'..='Z'), None) => Some(usize::from(letter as u8 - b'A')),
            _ => None,
        }
    }

    /// Why a question was answered as it was.
    pub fn reasoning(&self, question: &str) -> &str {
        let answer = self.answers.iter().find(|answer| answer.question.trim() == question);
        answer.map_or("", |answer| answer.reasoning.as_str())
    }
}

impl Draft for Answers {
    const NAME: &'static str = "answers";

    /// Nothing of it stands in the lesson.
    fn blocks(&self) -> Vec<Block> {
        vec![block("answers", Body::Notice { markdown: "The quiz was answered.".to_owned() })]
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("answers", self.answers.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_however_they_are_dressed() {
        let answer = |option: &str| ChosenOption {
            question: "question-1".into(),
            reasoning: "Because.".into(),
            option: option.into(),
        };
        for (option, index) in
            [("A", Some(0)), (" c. ", Some(2)), ("`b`", Some(1)), ("none", None), ("several", None), ("", None)]
        {
            let answers = Answers { answers: vec![answer(option)] };
            assert_eq!((answers.to("question-1"), answers.to("question-2")), (index, None), "{option}");
        }
    }
}
