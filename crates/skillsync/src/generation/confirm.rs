//! Whether the keys of a quiz are right: somebody answers every question without having seen its key. Where the two disagree a
//! third opinion decides, with reasons. A question that stays in doubt is written again once, and left out when it is in
//! doubt still.
//!
//! The answers come from other calls than the questions did, so that a slip of the pen is not repeated by whoever made it. The
//! operator can route them to another model (`models.routes.check`).

use futures::future::join_all;
use skillsync_sources::transcripts::Transcript;

use crate::lessons::checks::{Check, Thing};
use crate::lessons::document::{Block, Body, Question};
use crate::models::StepKind;

use super::checks::questions::{form, longest_too_often, spread_evenly};
use super::checks::{Outcome, moments, text};
use super::desk::{Asking, Desk, Part};
use super::draft::answers::Answers;
use super::draft::plan::Plan;
use super::draft::quiz::DraftQuestion;
use super::draft::video::VideoQuestion;
use super::error::GenerationError;
use super::prompts::{self, AskAgain};
use super::settle::Settled;

/// The smallest share of the questions asked for that must be left, in per cent.
const LEAST_LEFT_PERCENT: usize = 50;

/// What is to be done about a question.
struct Judged {
    question: Question,
    /// What is wrong with it; empty when nothing is.
    problems: Vec<String>,
    /// Whether it must not be published as it is.
    must: bool,
}

impl Desk<'_> {
    /// Has every question of a quiz confirmed, and gives the quiz that may be published.
    ///
    /// # Errors
    /// When a model gives no answer that can be used, or too few questions are left.
    pub(super) async fn settle_quiz(
        &self,
        part: &Part,
        plan: &Plan,
        block: &Block,
    ) -> Result<Settled, GenerationError> {
        let Body::Quiz { questions } = &block.body else {
            return Ok(Settled::kept(block.clone(), Vec::new()));
        };
        let mut judged = self.formed(questions);
        let doubts = self.doubts(part, "confirm", questions).await?;
        for (judged, doubt) in judged.iter_mut().zip(doubts) {
            judged.must |= doubt.is_some();
            judged.problems.extend(doubt);
        }
        let again = self.questions_again(part, plan, &judged).await?;
        let second = self.confirmed_again(part, &again).await?;
        let (kept, mut things) = chosen(judged, second);
        if let Some(failure) = too_few(part, questions, kept.len()) {
            return Err(failure);
        }
        things.extend([(Check::Texts, wording(&kept)), (Check::Balance, balance(&kept))]);
        let quiz = Block { id: block.id.clone(), body: Body::Quiz { questions: kept } };
        Ok(Settled::kept(quiz, things))
    }

    /// What is wrong with the form of each question, and with the quiz as a whole.
    fn formed(&self, questions: &[Question]) -> Vec<Judged> {
        let too_long = longest_too_often(questions);
        let judge = |(index, question): (usize, &Question)| {
            let mut judged = Judged { question: question.clone(), problems: Vec::new(), must: false };
            let alone = Block { id: "quiz".to_owned(), body: Body::Quiz { questions: vec![question.clone()] } };
            for outcome in [Some(form(question)), text::check(&alone, &self.rules)] {
                if let Some(Outcome::Failed { must, should }) = outcome {
                    judged.must |= !must.is_empty();
                    judged.problems.extend(must.into_iter().chain(should));
                }
            }
            if let Some(problem) = moments::problem_of(question, &self.rules) {
                judged.must = true;
                judged.problems.push(problem);
            }
            if too_long.contains(&index) {
                let so_often = format!(
                    "the right option is the longest, as in {} of {} questions: make all options about equally long",
                    too_long.len(),
                    questions.len()
                );
                judged.problems.push(so_often);
            }
            judged
        };
        questions.iter().enumerate().map(judge).collect()
    }

    /// What stands against the key of each question; none where somebody who did not see it came to the same.
    async fn doubts(
        &self,
        part: &Part,
        step: &str,
        questions: &[Question],
    ) -> Result<Vec<Option<String>>, GenerationError> {
        let blind = self
            .answers(part, &format!("{step}/{}", part.name), prompts::blind(self.job, questions, self.said(part)))
            .await?;
        let disputed: Vec<_> =
            questions.iter().filter(|question| blind.to(&question.id) != Some(question.answer)).cloned().collect();
        if disputed.is_empty() {
            return Ok(vec![None; questions.len()]);
        }
        let messages = prompts::decide(self.job, &disputed, &blind, self.said(part));
        let decided = self.answers(part, &format!("{step}/{}/decide", part.name), messages).await?;
        let doubt = |question: &Question| {
            let is_disputed = disputed.iter().any(|disputed| disputed.id == question.id);
            if !is_disputed || decided.to(&question.id) == Some(question.answer) {
                return None;
            }
            let reasons = decided.reasoning(&question.id);
            Some(format!(
                "the right option is in doubt: two who answered the question came to another result. {reasons}"
            ))
        };
        Ok(questions.iter().map(doubt).collect())
    }

    async fn answers(
        &self,
        part: &Part,
        name: &str,
        messages: Vec<skillsync_llm::Message>,
    ) -> Result<Answers, GenerationError> {
        let asking = Asking { name, step: StepKind::Check, words: part.words, counts: &[] };
        self.ask(&asking, messages).await
    }

    /// The questions that are not as they should be, written again; none for those that are.
    async fn questions_again(
        &self,
        part: &Part,
        plan: &Plan,
        judged: &[Judged],
    ) -> Result<Vec<Option<Question>>, GenerationError> {
        let each = judged.iter().map(|judged| async move {
            if judged.problems.is_empty() {
                return Ok(None);
            }
            match self.question_again(part, plan, judged).await {
                Ok(again) => Ok(Some(again)),
                // An answer that cannot be used mends nothing; the question is judged as it is.
                Err(GenerationError::Unusable { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        join_all(each).await.into_iter().collect()
    }

    async fn question_again(&self, part: &Part, plan: &Plan, judged: &Judged) -> Result<Question, GenerationError> {
        let name = format!("again/{}", judged.question.id);
        let body = Body::Quiz { questions: vec![judged.question.clone()] };
        let ask = AskAgain::new(&body, &judged.problems);
        let asking = Asking { name: &name, step: StepKind::Quiz, words: part.words, counts: &[] };
        let messages = prompts::part(self.job, Some(plan), &self.materials(part), &ask);
        if judged.question.at_seconds.is_some() {
            let draft: VideoQuestion = self.ask(&asking, messages).await?;
            return Ok(draft.in_place_of(&judged.question));
        }
        let draft: DraftQuestion = self.ask(&asking, messages).await?;
        Ok(draft.in_place_of(&judged.question))
    }

    /// What is said in the video that a quiz is about.
    fn said(&self, part: &Part) -> Option<&Transcript> {
        self.materials(part).transcript
    }

    /// The questions that were written again, judged as the first ones were.
    async fn confirmed_again(
        &self,
        part: &Part,
        again: &[Option<Question>],
    ) -> Result<Vec<Option<Judged>>, GenerationError> {
        let written: Vec<_> = again.iter().flatten().cloned().collect();
        if written.is_empty() {
            return Ok(again.iter().map(|_| None).collect());
        }
        let mut judged = self.formed(&written);
        let doubts = self.doubts(part, "confirm again", &written).await?;
        for (judged, doubt) in judged.iter_mut().zip(doubts) {
            judged.must |= doubt.is_some();
            judged.problems.extend(doubt);
        }
        let mut judged = judged.into_iter();
        Ok(again.iter().map(|question| question.as_ref().and_then(|_| judged.next())).collect())
    }
}

/// The failure of a quiz of which too few questions are left. Nothing of it is for the next attempt.
fn too_few(part: &Part, questions: &[Question], left: usize) -> Option<GenerationError> {
    let wanted = part.counts.iter().find(|count| count.of == "questions").map_or(1, |count| count.from);
    if left > 0 && left * 100 >= wanted * LEAST_LEFT_PERCENT {
        return None;
    }
    let mut steps = vec![part.name.to_owned(), format!("check/{}", part.name)];
    for step in ["confirm", "confirm again"] {
        steps.extend([format!("{step}/{}", part.name), format!("{step}/{}/decide", part.name)]);
    }
    steps.extend(questions.iter().map(|question| format!("again/{}", question.id)));
    let problems = vec![format!("only {left} of {wanted} questions could be confirmed")];
    Some(GenerationError::Unfit { part: part.words, problems, steps })
}

/// Of each question the better of its two forms, or neither.
fn chosen(first: Vec<Judged>, second: Vec<Option<Judged>>) -> (Vec<Question>, Vec<(Check, Thing)>) {
    let (mut kept, mut things) = (Vec::new(), Vec::new());
    for (first, second) in first.into_iter().zip(second) {
        let thing = match (first.must, second) {
            (_, Some(second)) if !second.must => {
                kept.push(second.question);
                Thing::Mended
            }
            (false, _) => {
                kept.push(first.question);
                // Its key is confirmed; what could be better about its form counts among the texts.
                Thing::Passed
            }
            (true, _) => Thing::Dropped(first.problems.join("; ")),
        };
        things.push((Check::Answers, thing));
    }
    (kept, things)
}

/// What is less than it should be in the questions that are kept.
fn wording(questions: &[Question]) -> Thing {
    let left = questions.iter().filter_map(|question| match form(question) {
        Outcome::Failed { must, should } => Some(must.into_iter().chain(should)),
        _ => None,
    });
    let left: Vec<_> = left.flatten().collect();
    if left.is_empty() { Thing::Passed } else { Thing::Accepted(left.join("; ")) }
}

/// What can be said of the quiz as a whole.
fn balance(questions: &[Question]) -> Thing {
    if !longest_too_often(questions).is_empty() {
        Thing::Accepted("The right option is the longest more often than chance allows.".to_owned())
    } else if !spread_evenly(questions) {
        Thing::Accepted("The right options are not spread evenly over the positions.".to_owned())
    } else {
        Thing::Passed
    }
}
