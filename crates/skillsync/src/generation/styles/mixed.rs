//! Mixed lessons: an introduction, a diagram, a video with its guide, an explanation, some practice, a quiz.

use futures::join;
use tokio::sync::oneshot;

use super::{Recipe, position, sections};
use crate::generation::checks::Length;
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
use crate::generation::settle::{Placed, placed_from};
use crate::generation::video::{Looked, NOTES};
use crate::lessons::request::LearningStyle;
use crate::models::StepKind;

const SECTIONS: Count = Count { of: "sections", from: 3, to: 5 };
const DIAGRAMS: Count = Count { of: "diagrams", from: 1, to: 1 };
const EXERCISES: Count = Count { of: "exercises", from: 1, to: 2 };
const QUESTIONS: Count = Count { of: "questions", from: 5, to: 7 };

const TEXT: Part = Part { name: "text", step: StepKind::Text, words: "the explanation", counts: &[SECTIONS] };
const VISUALS: Part = Part { name: "visuals", step: StepKind::Visuals, words: "the diagram", counts: &[DIAGRAMS] };
const PRACTICE: Part =
    Part { name: "practice", step: StepKind::Practice, words: "the exercises", counts: &[EXERCISES] };
const QUIZ: Part = Part { name: "quiz", step: StepKind::Quiz, words: "the quiz", counts: &[QUESTIONS] };

pub(super) const RECIPE: Recipe = Recipe {
    style: LearningStyle::Mixed,
    made_of: "a mixed lesson: an introduction and an explanation in about 800 words, a diagram, one or two exercises, a video \
              that exists already and that others will add, a quiz",
    introduction: "about 100 words: a situation in which one needs this, and what the learner will be able to do",
    minutes: "50",
    parts: &[&TEXT, &VISUALS, &NOTES, &PRACTICE, &QUIZ],
    quiz: &QUIZ,
    lengths: &[Length { blocks: "text-", from: 150, to: 250 }],
    prompts: &["mixed/text", "mixed/visuals", "mixed/practice", "exercise", "diagram", "video/notes"],
};

/// All but the video's guide is written while a video is still being looked for.
pub(super) async fn write(
    desk: &Desk<'_>,
    plan: &Plan,
    looked: oneshot::Receiver<Result<Looked, GenerationError>>,
) -> Result<Vec<Placed>, GenerationError> {
    let video = async {
        let looked = looked.await.map_err(|_| GenerationError::Interrupted)??;
        desk.video_part(plan, &looked, position::VIDEO).await
    };
    let (text, diagrams, video, practice, quiz) = join!(
        desk.part(&TEXT, plan, &AskMixedText, |text: Text| sections(position::TEXT, text.section_blocks())),
        desk.part(&VISUALS, plan, &AskMixedVisuals, |diagrams: Diagrams| {
            placed_from(position::OVERVIEW, diagrams.blocks())
        }),
        video,
        desk.part(&PRACTICE, plan, &AskMixedPractice { exercises: EXERCISES }, |practice: Exercises| {
            placed_from(position::PRACTICE, practice.blocks())
        }),
        desk.part(&QUIZ, plan, &AskQuiz { questions: QUESTIONS }, |quiz: Quiz| {
            placed_from(position::QUIZ, quiz.blocks())
        }),
    );
    Ok([text?, diagrams?, video?, practice?, quiz?].concat())
}
