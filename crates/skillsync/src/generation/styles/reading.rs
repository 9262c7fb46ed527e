//! Reading lessons: a long article with diagrams and a comparison, and a thorough quiz.

use futures::join;

use super::{Recipe, after_sections, position, sections};
use crate::generation::checks::Length;
use crate::generation::desk::{Desk, Part};
use crate::generation::draft::Draft;
use crate::generation::draft::article::Article;
use crate::generation::draft::plan::Plan;
use crate::generation::draft::quiz::Quiz;
use crate::generation::draft::schema::Count;
use crate::generation::draft::visuals::Visuals;
use crate::generation::error::GenerationError;
use crate::generation::prompts::{AskQuiz, AskReadingText, AskReadingVisuals};
use crate::generation::settle::{Placed, placed_from};
use crate::lessons::request::LearningStyle;
use crate::models::StepKind;

const EXPLANATION: Count = Count { of: "explanation", from: 3, to: 5 };
const CASES: Count = Count { of: "case_studies", from: 2, to: 2 };
const DIAGRAMS: Count = Count { of: "diagrams", from: 2, to: 3 };
const QUESTIONS: Count = Count { of: "questions", from: 10, to: 12 };

const TEXT: Part = Part { name: "text", step: StepKind::Text, words: "the article", counts: &[EXPLANATION, CASES] };
const VISUALS: Part = Part { name: "visuals", step: StepKind::Visuals, words: "the diagrams", counts: &[DIAGRAMS] };
const QUIZ: Part = Part { name: "quiz", step: StepKind::Quiz, words: "the quiz", counts: &[QUESTIONS] };

pub(super) const RECIPE: Recipe = Recipe {
    style: LearningStyle::Reading,
    made_of: "a reading lesson: an article of 2,000 to 3,000 words with case studies, good and bad practices and pitfalls, \
              two or three diagrams, a comparison, a quiz",
    introduction: "about 150 words: a situation in which one needs this, and what the article makes clear",
    minutes: "35 to 45",
    parts: &[&TEXT, &VISUALS, &QUIZ],
    quiz: &QUIZ,
    lengths: &[
        Length { blocks: "text-", from: 250, to: 400 },
        Length { blocks: "case-study-", from: 150, to: 250 },
        Length { blocks: "good-practices", from: 150, to: 250 },
        Length { blocks: "anti-patterns", from: 150, to: 250 },
        Length { blocks: "pitfalls", from: 150, to: 250 },
    ],
    prompts: &["reading/text", "reading/visuals", "diagram"],
};

/// The diagrams are spread through the explanation, the comparison sums it up.
pub(super) async fn write(desk: &Desk<'_>, plan: &Plan) -> Result<Vec<Placed>, GenerationError> {
    let (article, visuals, quiz) = join!(
        desk.part(&TEXT, plan, &AskReadingText, |article: Article| {
            let mut placed = sections(position::TEXT, article.explanation_sections());
            placed.extend(placed_from(position::AFTER_TEXT + 1, article.practice_blocks()));
            placed
        }),
        desk.part(&VISUALS, plan, &AskReadingVisuals { diagrams: DIAGRAMS }, |visuals: Visuals| {
            let mut placed = after_sections(position::TEXT, visuals.diagram_blocks());
            placed.extend(placed_from(position::AFTER_TEXT, [visuals.comparison_block()]));
            placed
        }),
        desk.part(&QUIZ, plan, &AskQuiz { questions: QUESTIONS }, |quiz: Quiz| {
            placed_from(position::QUIZ, quiz.blocks())
        }),
    );
    Ok([article?, visuals?, quiz?].concat())
}
