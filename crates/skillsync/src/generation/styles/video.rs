//! Video lessons: a video with a study guide, what it is about, and a quiz on it. Where no video can be had, the lesson teaches in
//! text and says so.

use futures::join;

use super::{Recipe, position, sections};
use crate::generation::checks::Length;
use crate::generation::desk::{Desk, Part};
use crate::generation::draft::Draft;
use crate::generation::draft::plan::Plan;
use crate::generation::draft::quiz::Quiz;
use crate::generation::draft::schema::Count;
use crate::generation::draft::text::Text;
use crate::generation::draft::video::VideoQuiz;
use crate::generation::error::GenerationError;
use crate::generation::prompts::{AskMixedText, AskQuiz, AskVideoQuiz};
use crate::generation::settle::{Placed, placed_from};
use crate::generation::video::{Looked, NOTES};
use crate::lessons::request::LearningStyle;
use crate::models::StepKind;

const SECTIONS: Count = Count { of: "sections", from: 3, to: 5 };
const QUESTIONS: Count = Count { of: "questions", from: 5, to: 7 };

const TEXT: Part = Part { name: "text", step: StepKind::Text, words: "the explanation", counts: &[SECTIONS] };
const QUIZ: Part = Part { name: "quiz", step: StepKind::Quiz, words: "the quiz", counts: &[QUESTIONS] };

pub(super) const RECIPE: Recipe = Recipe {
    style: LearningStyle::Video,
    made_of: "a video lesson: one video that exists already, with a summary, a study guide and a quiz on it. Where its \
              transcript is given, plan what this video teaches and nothing else",
    introduction: "about 80 words: a situation in which one needs this, and what to watch for",
    minutes: "20 to 30",
    parts: &[&NOTES, &QUIZ],
    quiz: &QUIZ,
    lengths: &[Length { blocks: "text-", from: 150, to: 250 }],
    prompts: &["video/notes", "video/quiz", "mixed/text"],
};

pub(super) async fn write(desk: &Desk<'_>, plan: &Plan, looked: &Looked) -> Result<Vec<Placed>, GenerationError> {
    match looked {
        Looked::Chosen(_) => with_video(desk, plan, looked).await,
        Looked::Nothing(_) => in_text(desk, plan, looked).await,
    }
}

async fn with_video(desk: &Desk<'_>, plan: &Plan, looked: &Looked) -> Result<Vec<Placed>, GenerationError> {
    let (video, quiz) = join!(
        desk.video_part(plan, looked, position::VIDEO),
        desk.part(&QUIZ, plan, &AskVideoQuiz { questions: QUESTIONS }, |quiz: VideoQuiz| {
            placed_from(position::QUIZ, [quiz.block()])
        }),
    );
    Ok([video?, quiz?].concat())
}

async fn in_text(desk: &Desk<'_>, plan: &Plan, looked: &Looked) -> Result<Vec<Placed>, GenerationError> {
    let (notice, text, quiz) = join!(
        desk.video_part(plan, looked, position::VIDEO),
        desk.part(&TEXT, plan, &AskMixedText, |text: Text| sections(position::TEXT, text.section_blocks())),
        desk.part(&QUIZ, plan, &AskQuiz { questions: QUESTIONS }, |quiz: Quiz| {
            placed_from(position::QUIZ, quiz.blocks())
        }),
    );
    Ok([notice?, text?, quiz?].concat())
}
