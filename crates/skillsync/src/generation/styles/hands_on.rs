//! Hands-on lessons: short theory, exercises that become harder, a project, a quiz.

use futures::join;

use super::{Recipe, in_order, key_concepts};
use crate::generation::desk::{Desk, Part};
use crate::generation::draft::Draft;
use crate::generation::draft::plan::Plan;
use crate::generation::draft::practice::Practice;
use crate::generation::draft::quiz::Quiz;
use crate::generation::draft::schema::Count;
use crate::generation::draft::text::Text;
use crate::generation::error::GenerationError;
use crate::generation::prompts::{AskHandsOnPractice, AskHandsOnText, AskQuiz};
use crate::lessons::document::Block;
use crate::lessons::request::LearningStyle;
use crate::models::StepKind;

const SECTIONS: Count = Count { of: "sections", from: 3, to: 5 };
const EXERCISES: Count = Count { of: "exercises", from: 3, to: 4 };
const QUESTIONS: Count = Count { of: "questions", from: 5, to: 6 };

const TEXT: Part = Part { step: StepKind::Text, words: "the theory", counts: &[SECTIONS] };
const PRACTICE: Part = Part { step: StepKind::Practice, words: "the exercises", counts: &[EXERCISES] };
const QUIZ: Part = Part { step: StepKind::Quiz, words: "the quiz", counts: &[QUESTIONS] };

pub(super) const RECIPE: Recipe = Recipe {
    style: LearningStyle::HandsOn,
    made_of: "a hands-on lesson: seven tenths practice. Short theory, exercises that become harder, a small project, a quiz",
    minutes: "45",
    parts: &[&TEXT, &PRACTICE, &QUIZ],
    prompts: &["hands_on/text", "hands_on/practice", "exercise"],
};

/// Theory and practice know the same plan but not each other, so all theory comes before the first exercise.
pub(super) async fn write(desk: &Desk<'_>, plan: &Plan) -> Result<Vec<Block>, GenerationError> {
    let (text, practice, quiz) = join!(
        desk.write(&TEXT, Some(plan), &AskHandsOnText),
        desk.write(&PRACTICE, Some(plan), &AskHandsOnPractice { exercises: EXERCISES }),
        desk.write(&QUIZ, Some(plan), &AskQuiz { questions: QUESTIONS }),
    );
    let (text, practice, quiz): (Text, Practice, Quiz) = (text?, practice?, quiz?);
    Ok(in_order([text.blocks(), practice.blocks(), quiz.blocks(), key_concepts(plan)]))
}
