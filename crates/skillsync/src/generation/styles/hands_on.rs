//! Hands-on lessons: short theory, exercises that become harder, a project, a quiz.

use futures::join;

use super::{Recipe, position, sections};
use crate::generation::checks::Length;
use crate::generation::desk::{Desk, Part};
use crate::generation::draft::Draft;
use crate::generation::draft::plan::Plan;
use crate::generation::draft::practice::Practice;
use crate::generation::draft::quiz::Quiz;
use crate::generation::draft::schema::Count;
use crate::generation::draft::text::Text;
use crate::generation::error::GenerationError;
use crate::generation::prompts::{AskHandsOnPractice, AskHandsOnText, AskQuiz};
use crate::generation::settle::{Placed, placed_from};
use crate::lessons::request::LearningStyle;
use crate::models::StepKind;

const SECTIONS: Count = Count { of: "sections", from: 3, to: 5 };
const EXERCISES: Count = Count { of: "exercises", from: 3, to: 4 };
const QUESTIONS: Count = Count { of: "questions", from: 5, to: 6 };

const TEXT: Part = Part { name: "text", step: StepKind::Text, words: "the theory", counts: &[SECTIONS] };
const PRACTICE: Part =
    Part { name: "practice", step: StepKind::Practice, words: "the exercises", counts: &[EXERCISES] };
const QUIZ: Part = Part { name: "quiz", step: StepKind::Quiz, words: "the quiz", counts: &[QUESTIONS] };

pub(super) const RECIPE: Recipe = Recipe {
    style: LearningStyle::HandsOn,
    made_of: "a hands-on lesson: seven tenths practice. Short theory, exercises that become harder, a small project, a quiz",
    introduction: "two or three sentences: what one can do with this, in a concrete situation",
    minutes: "45",
    parts: &[&TEXT, &PRACTICE, &QUIZ],
    quiz: &QUIZ,
    lengths: &[Length { blocks: "text-", from: 200, to: 300 }],
    prompts: &["hands_on/text", "hands_on/practice", "exercise"],
};

/// Theory and practice know the same plan but not each other, so all theory comes before the first exercise.
pub(super) async fn write(desk: &Desk<'_>, plan: &Plan) -> Result<Vec<Placed>, GenerationError> {
    let (text, practice, quiz) = join!(
        desk.part(&TEXT, plan, &AskHandsOnText, |text: Text| sections(position::TEXT, text.section_blocks())),
        desk.part(&PRACTICE, plan, &AskHandsOnPractice { exercises: EXERCISES }, |practice: Practice| {
            placed_from(position::PRACTICE, practice.blocks())
        }),
        desk.part(&QUIZ, plan, &AskQuiz { questions: QUESTIONS }, |quiz: Quiz| {
            placed_from(position::QUIZ, quiz.blocks())
        }),
    );
    Ok([text?, practice?, quiz?].concat())
}
