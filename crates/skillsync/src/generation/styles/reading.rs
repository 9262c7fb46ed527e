//! Reading lessons: a long article with diagrams and a comparison, and a thorough quiz.

use futures::join;

use super::{Recipe, in_order, key_concepts};
use crate::generation::desk::{Desk, Part};
use crate::generation::draft::Draft;
use crate::generation::draft::article::Article;
use crate::generation::draft::plan::Plan;
use crate::generation::draft::quiz::Quiz;
use crate::generation::draft::schema::Count;
use crate::generation::draft::visuals::Visuals;
use crate::generation::error::GenerationError;
use crate::generation::prompts::{AskQuiz, AskReadingText, AskReadingVisuals};
use crate::lessons::document::Block;
use crate::lessons::request::LearningStyle;
use crate::models::StepKind;

const EXPLANATION: Count = Count { of: "explanation", from: 3, to: 5 };
const CASES: Count = Count { of: "case_studies", from: 2, to: 2 };
const DIAGRAMS: Count = Count { of: "diagrams", from: 2, to: 3 };
const QUESTIONS: Count = Count { of: "questions", from: 10, to: 12 };

const TEXT: Part = Part { step: StepKind::Text, words: "the article", counts: &[EXPLANATION, CASES] };
const VISUALS: Part = Part { step: StepKind::Visuals, words: "the diagrams", counts: &[DIAGRAMS] };
const QUIZ: Part = Part { step: StepKind::Quiz, words: "the quiz", counts: &[QUESTIONS] };

pub(super) const RECIPE: Recipe = Recipe {
    style: LearningStyle::Reading,
    made_of: "a reading lesson: an article of 2,000 to 3,000 words with case studies, good and bad practices and pitfalls, \
              two or three diagrams, a comparison, a quiz",
    minutes: "35 to 45",
    parts: &[&TEXT, &VISUALS, &QUIZ],
    prompts: &["reading/text", "reading/visuals", "diagram"],
};

/// The diagrams are spread through the explanation, the comparison sums it up.
pub(super) async fn write(desk: &Desk<'_>, plan: &Plan) -> Result<Vec<Block>, GenerationError> {
    let (article, visuals, quiz) = join!(
        desk.write(&TEXT, Some(plan), &AskReadingText),
        desk.write(&VISUALS, Some(plan), &AskReadingVisuals { diagrams: DIAGRAMS }),
        desk.write(&QUIZ, Some(plan), &AskQuiz { questions: QUESTIONS }),
    );
    let (article, visuals, quiz): (Article, Visuals, Quiz) = (article?, visuals?, quiz?);
    let illustrated = illustrated(article.explanation_sections(), visuals.diagram_blocks());
    Ok(in_order([
        vec![article.opening()],
        illustrated,
        vec![visuals.comparison_block()],
        article.practice_blocks(),
        quiz.blocks(),
        key_concepts(plan),
    ]))
}

/// Puts one diagram after each section, as long as there are some; what is left over comes at the end.
fn illustrated(sections: Vec<Vec<Block>>, diagrams: Vec<Block>) -> Vec<Block> {
    let mut diagrams = diagrams.into_iter();
    let mut blocks = Vec::new();
    for section in sections {
        blocks.extend(section);
        blocks.extend(diagrams.next());
    }
    blocks.extend(diagrams);
    blocks
}
