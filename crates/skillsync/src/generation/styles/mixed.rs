//! Mixed lessons: an introduction, a diagram, an explanation, some practice, a quiz. Their video is to come; until then a
//! notice says that it is missing.

use futures::join;

use super::{Recipe, in_order, key_concepts};
use crate::generation::desk::{Desk, Part};
use crate::generation::draft::Draft;
use crate::generation::draft::plan::Plan;
use crate::generation::draft::practice::Exercises;
use crate::generation::draft::quiz::Quiz;
use crate::generation::draft::schema::Count;
use crate::generation::draft::text::Text;
use crate::generation::draft::visuals::Diagrams;
use crate::generation::error::GenerationError;
use crate::generation::prompts::{AskMixedPractice, AskMixedText, AskMixedVisuals, AskQuiz};
use crate::lessons::document::{Block, Body};
use crate::lessons::request::LearningStyle;
use crate::models::StepKind;

const SECTIONS: Count = Count { of: "sections", from: 3, to: 5 };
const DIAGRAMS: Count = Count { of: "diagrams", from: 1, to: 1 };
const EXERCISES: Count = Count { of: "exercises", from: 1, to: 2 };
const QUESTIONS: Count = Count { of: "questions", from: 5, to: 7 };

const TEXT: Part = Part { step: StepKind::Text, words: "the explanation", counts: &[SECTIONS] };
const VISUALS: Part = Part { step: StepKind::Visuals, words: "the diagram", counts: &[DIAGRAMS] };
const PRACTICE: Part = Part { step: StepKind::Practice, words: "the exercises", counts: &[EXERCISES] };
const QUIZ: Part = Part { step: StepKind::Quiz, words: "the quiz", counts: &[QUESTIONS] };

pub(super) const RECIPE: Recipe = Recipe {
    style: LearningStyle::Mixed,
    made_of: "a mixed lesson: an introduction and an explanation in about 800 words, a diagram, one or two exercises, a quiz; \
              later also a video",
    minutes: "50",
    parts: &[&TEXT, &VISUALS, &PRACTICE, &QUIZ],
    prompts: &["mixed/text", "mixed/visuals", "mixed/practice", "exercise", "diagram"],
};

pub(super) async fn write(desk: &Desk<'_>, plan: &Plan) -> Result<Vec<Block>, GenerationError> {
    let (text, diagrams, practice, quiz) = join!(
        desk.write(&TEXT, Some(plan), &AskMixedText),
        desk.write(&VISUALS, Some(plan), &AskMixedVisuals),
        desk.write(&PRACTICE, Some(plan), &AskMixedPractice { exercises: EXERCISES }),
        desk.write(&QUIZ, Some(plan), &AskQuiz { questions: QUESTIONS }),
    );
    let (text, diagrams, practice, quiz): (Text, Diagrams, Exercises, Quiz) = (text?, diagrams?, practice?, quiz?);
    Ok(in_order([
        vec![text.introduction_block()],
        diagrams.blocks(),
        vec![no_video()],
        text.section_blocks(),
        practice.blocks(),
        quiz.blocks(),
        key_concepts(plan),
    ]))
}

/// Stands where the video will stand. It speaks of the lesson, not of its topic, hence in the platform's language.
fn no_video() -> Block {
    let markdown = "This lesson has no video yet. Everything it teaches is in its text, its diagram and its exercises.";
    Block { id: "no-video".to_owned(), body: Body::Notice { markdown: markdown.to_owned() } }
}
