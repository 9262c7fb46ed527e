//! Some blocks of a published lesson are written again; all others go into the next version as they are.

use futures::future::join_all;

use crate::lessons::checks::{Check, Checks, Thing};
use crate::lessons::document::{Block, Body, Document};
use crate::models::StepKind;

use super::checks::{Findings, examine};
use super::desk::{Asking, Desk, Part};
use super::draft::Draft;
use super::draft::plan::Plan;
use super::draft::quiz::Quiz;
use super::draft::schema::Count;
use super::error::GenerationError;
use super::pipeline::{Job, OnlyBlocks, Rewrite};
use super::prompts::{self, AskQuiz};
use super::settle::{judged, placed_from, unfit};
use super::styles::Recipe;

const BLOCKS: Part = Part { name: "blocks", step: StepKind::Text, words: "the new part", counts: &[] };

/// What is wrong with a block when nobody said what.
const NOTHING_SAID: &str = "a learner asked for a better version of this block";

/// Whether a block can be written again alone. What was found elsewhere, a video or sources, is not written; and the questions
/// on a video rest on its transcript, which the run that writes them alone would not have.
pub fn can_be_written_again(body: &Body) -> bool {
    match body {
        Body::Video(_) | Body::Sources { .. } => false,
        Body::Quiz { questions } => questions.iter().all(|question| question.at_seconds.is_none()),
        _ => true,
    }
}

/// Writes some blocks again and puts them in the places of the old ones, under their ids.
pub(super) async fn write_blocks(
    desk: &Desk<'_>,
    recipe: &Recipe,
    only: &OnlyBlocks,
) -> Result<Document, GenerationError> {
    desk.progress.begin(vec![BLOCKS.words]).await;
    let plan = Plan::of(&only.document);
    // What the lesson rests on already may be cited again; those pages were visited before it was published.
    let cited = only.document.sources().map(|source| source.url.clone()).collect();
    if desk.rules.citable.set(cited).is_err() {
        tracing::error!(run = %desk.steps.run(), "sources were gathered although only some blocks are written");
    }
    let old = only.document.blocks.iter().filter(|block| only.blocks.contains(&block.id));
    let each = old.map(|block| new_block(desk, recipe.quiz.step, &plan, block));
    let written: Vec<Block> = join_all(each).await.into_iter().collect::<Result<_, _>>()?;
    desk.progress.written(BLOCKS.words).await;
    let asked_for = written.len();
    let settled = desk.settle(&BLOCKS, &plan, placed_from(0, written)).await?;
    if settled.len() < asked_for || settled.iter().any(|settled| has_shrunk(&only.document, &settled.block)) {
        let problems = vec!["a block that was written again does not pass its checks".to_owned()];
        return Err(unfit(&BLOCKS, &only.document.blocks, problems));
    }
    desk.progress.checked(BLOCKS.words).await;
    let mut document = only.document.clone();
    for block in &mut document.blocks {
        if let Some(new) = settled.iter().find(|settled| settled.block.id == block.id) {
            *block = new.block.clone();
        }
    }
    keep_checks(desk, only).await?;
    Ok(document)
}

async fn new_block(desk: &Desk<'_>, quiz: StepKind, plan: &Plan, old: &Block) -> Result<Block, GenerationError> {
    let problems = wrong_with(desk.job, &old.id);
    let Body::Quiz { questions } = &old.body else {
        return desk.write_again("anew", BLOCKS.words, plan, old, &problems).await;
    };
    // A quiz is written as one always is, from the plan; what is wrong with the old one is told as the reason.
    let reason = problems.join("\n");
    let told = Job { request: desk.job.request.clone(), rewrite: Some(Rewrite { reason, only: None }) };
    let wanted = Count { of: "questions", from: questions.len(), to: questions.len() };
    let name = format!("anew/{}", old.id);
    let asking = Asking { name: &name, step: quiz, words: BLOCKS.words, counts: &[wanted] };
    let messages = prompts::part(&told, Some(plan), &desk.materials(&BLOCKS), &AskQuiz { questions: wanted });
    let quiz: Quiz = desk.ask(&asking, messages).await?;
    let body = quiz.blocks().remove(0).body;
    Ok(Block { id: old.id.clone(), body })
}

/// What the model is told is wrong with a block: the words of who asked, then what readers reported.
fn wrong_with(job: &Job, block: &str) -> Vec<String> {
    let rewrite = job.rewrite.as_ref();
    let reason = rewrite.map(|rewrite| rewrite.reason.trim()).filter(|reason| !reason.is_empty());
    let reported = rewrite.and_then(|rewrite| rewrite.only.as_ref()).into_iter().flat_map(|only| &only.reported);
    let reports = reported.filter(|told| told.block == block).flat_map(|told| &told.reports);
    let problems: Vec<String> = reason.map(str::to_owned).into_iter().chain(reports.cloned()).collect();
    if problems.is_empty() { vec![NOTHING_SAID.to_owned()] } else { problems }
}

/// Whether a quiz has lost more than half of the questions that it had.
fn has_shrunk(old: &Document, new: &Block) -> bool {
    let questions = |body: &Body| match body {
        Body::Quiz { questions } => questions.len(),
        _ => 0,
    };
    let before = old.blocks.iter().find(|block| block.id == new.id).map_or(0, |block| questions(&block.body));
    questions(&new.body) * 2 < before
}

/// What was checked about the blocks that stay: what costs nothing is checked once more, and confirmed answers stay confirmed.
async fn keep_checks(desk: &Desk<'_>, only: &OnlyBlocks) -> Result<(), GenerationError> {
    let staying = only.document.blocks.iter().filter(|block| !only.blocks.contains(&block.id));
    let examined = async {
        let findings: Vec<Findings> =
            join_all(staying.clone().map(|block| examine(block, &desk.rules, &desk.tools.sandbox))).await;
        Ok::<_, GenerationError>(findings)
    };
    let findings = desk.steps.step("check/the rest", examined).await?;
    for findings in findings {
        for (check, thing) in judged(&findings, &findings) {
            desk.checked(check, thing);
        }
    }
    let has_quiz = staying.clone().any(|block| matches!(block.body, Body::Quiz { .. }));
    if has_quiz {
        keep(desk, &only.checks, Check::Answers);
        keep(desk, &only.checks, Check::Balance);
    }
    keep(desk, &only.checks, Check::Links);
    keep(desk, &only.checks, Check::Moments);
    Ok(())
}

fn keep(desk: &Desk<'_>, checks: &Checks, check: Check) {
    let Some(result) = checks.of(check) else { return };
    (0..result.passed).for_each(|_| desk.checked(check, Thing::Passed));
    for note in &result.notes {
        desk.checked(check, Thing::Accepted(note.clone()));
    }
}
