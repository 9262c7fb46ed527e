//! The quiz.
//!
//! The model names the right option apart from the wrong ones, and this program puts it in its place: models left alone
//! prefer the second position, and an index into a list is easily wrong by one.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::lessons::document::{Block, Body, Question};

use super::{Draft, block, tidy};

/// Most options that a question can have.
const MOST_OPTIONS: usize = 6;

/// Questions about the lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// The questions, in the order of the concepts.
    pub questions: Vec<DraftQuestion>,
}

/// A question with one right option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftQuestion {
    /// The question, in Markdown.
    pub question: String,
    /// The only right option, in one line.
    pub right_option: String,
    /// Three options that are wrong but tempting, one line each, all different.
    pub wrong_options: Vec<String>,
    /// Why the right option is right and each of the others is not.
    pub explanation: String,
}

impl Draft for Quiz {
    const NAME: &'static str = "quiz";

    fn blocks(&self) -> Vec<Block> {
        let mut positions = Positions::of(self);
        let numbered = (1..).zip(&self.questions);
        let questions = numbered
            .map(|(number, draft)| draft.placed(format!("question-{number}"), |options| positions.next(options)));
        vec![block("quiz", Body::Quiz { questions: questions.collect() })]
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("questions", self.questions.len())]
    }
}

impl DraftQuestion {
    /// The question with its options in their final order. A wrong option that repeats another one is left out; a question
    /// left with one option is for the document's rules to find.
    fn placed(&self, id: String, position: impl FnOnce(usize) -> usize) -> Question {
        let right = tidy::line(&self.right_option);
        let mut seen = HashSet::from([right.clone()]);
        let wrong = self.wrong_options.iter().map(|option| tidy::line(option));
        let mut options: Vec<_> = wrong.filter(|option| seen.insert(option.clone())).take(MOST_OPTIONS - 1).collect();
        let answer = position(options.len() + 1);
        options.insert(answer, right);
        let (question, why) = (tidy::markdown(&self.question), tidy::markdown(&self.explanation));
        Question { id, question, options, answer, why, at_seconds: None }
    }

    /// The question in the place of another: under its id, and with the right option where that one has it.
    pub fn in_place_of(&self, other: &Question) -> Question {
        self.placed(other.id.clone(), |options| other.answer.min(options - 1))
    }
}

/// Gives each right option its position: all positions of a round once, in an order that nobody guesses, before any comes
/// again. The order hangs on the quiz alone, so that a step that is read again gives the same lesson.
struct Positions {
    seed: Vec<u8>,
    round: u32,
    left: Vec<usize>,
}

impl Positions {
    fn of(quiz: &Quiz) -> Self {
        let mut hash = Sha256::new();
        for question in &quiz.questions {
            hash.update(question.question.as_bytes());
        }
        Self { seed: hash.finalize().to_vec(), round: 0, left: Vec::new() }
    }

    /// A position below `options`.
    fn next(&mut self, options: usize) -> usize {
        if let Some(found) = self.left.iter().rposition(|position| *position < options) {
            return self.left.remove(found);
        }
        self.round += 1;
        self.left = (0..options.max(4)).collect();
        self.left.sort_by_key(|position| {
            let hash = Sha256::new().chain_update(&self.seed).chain_update(self.round.to_be_bytes());
            hash.chain_update(position.to_be_bytes()).finalize().to_vec()
        });
        let found = self.left.iter().rposition(|position| *position < options).unwrap_or(0);
        self.left.remove(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(number: usize, wrong: &[&str]) -> DraftQuestion {
        DraftQuestion {
            question: format!("Question {number}?"),
            right_option: " right\n".into(),
            wrong_options: wrong.iter().map(|option| (*option).to_owned()).collect(),
            explanation: "Because.".into(),
        }
    }

    fn placed(quiz: &Quiz) -> Vec<Question> {
        match quiz.blocks().remove(0).body {
            Body::Quiz { questions } => questions,
            other => panic!("a quiz, not {other:?}"),
        }
    }

    #[test]
    fn right_options_are_spread_evenly_over_the_positions() {
        let quiz = Quiz { questions: (0..40).map(|number| question(number, &["a", "b", "c"])).collect() };
        let questions = placed(&quiz);
        let mut counts = [0; 4];
        for question in &questions {
            assert_eq!(question.options[question.answer], "right");
            counts[question.answer] += 1;
        }
        assert_eq!(counts, [10; 4]);
        let answers: Vec<_> = questions.iter().map(|question| question.answer).collect();
        assert_ne!(answers[..4], answers[4..8], "each round has its own order");
        assert_eq!(quiz.problems(), [""; 0]);
    }

    #[test]
    fn repeated_options_are_left_out_and_one_option_is_no_question() {
        let quiz = Quiz {
            questions: vec![question(1, &["a", "right", " a", "b"]), question(2, &["a", "b", "c", "d", "e", "f"])],
        };
        let sizes: Vec<_> = placed(&quiz).iter().map(|question| question.options.len()).collect();
        assert_eq!(sizes, [3, 6]);
        let quiz = Quiz { questions: vec![question(1, &["right "])] };
        assert_eq!(quiz.problems(), ["block `quiz`: question `question-1`: a question has 2 to 6 options"]);
        assert_eq!(Quiz { questions: vec![] }.problems(), ["the list `questions` is empty"]);
    }
}
