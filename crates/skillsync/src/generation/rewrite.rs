//! Some blocks of a published lesson are written again; all others go into the next version as they are.

use futures::future::join_all;

use crate::lessons::checks::{Check, Checks, Thing};
use crate::lessons::document::{Block, Body, Document};
use crate::models::StepKind;

use super::checks::{Findings, examine};
use super::desk::{Desk, Part};
use super::draft::Draft;
use super::draft::plan::Plan;
use super::draft::quiz::Quiz;
use super::draft::schema::Count;
use super::error::GenerationError;
use super::pipeline::OnlyBlocks;
use super::prompts::AskQuiz;
use super::settle::{judged, placed_from, unfit};
use super::styles::Recipe;

const BLOCKS: Part = Part { name: "blocks", step: StepKind::Text, words: "the new part", counts: &[] };

/// What is wrong with a block when nobody said what.
const NOTHING_SAID: &str = "a learner asked for a better version of this block";

/// Whether a block can be written again alone. What was found elsewhere, a video or sources, is not written.
pub fn can_be_written_again(body: &Body) -> bool {
    !matches!(body, Body::Video(_) | Body::Sources { .. })
}

/// Writes some blocks again and puts them in the places of the old ones, under their ids.
pub(super) async fn write_blocks(
    desk: &Desk<'_>,
    recipe: &Recipe,
    only: &OnlyBlocks,
) -> Result<Document, GenerationError> {
    desk.progress.begin(vec![BLOCKS.words]).await;
    let plan = Plan::of(&only.document);
    let old = only.document.blocks.iter().filter(|block| only.blocks.contains(&block.id));
    let each = old.map(|block| new_block(desk, recipe, &plan, block));
    let written: Vec<Block> = join_all(each).await.into_iter().collect::<Result<_, _>>()?;
    desk.progress.written(BLOCKS.words).await;
    let asked_for = written.len();
    let settled = desk.settle(&BLOCKS, &plan, placed_from(0, written)).await?;
    if settled.len() < asked_for {
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

async fn new_block(desk: &Desk<'_>, recipe: &Recipe, plan: &Plan, old: &Block) -> Result<Block, GenerationError> {
    if let Body::Quiz { questions } = &old.body {
        let wanted = Count { of: "questions", from: questions.len(), to: questions.len() };
        let quiz: Quiz = desk.write(recipe.quiz, Some(plan), &AskQuiz { questions: wanted }).await?;
        let body = quiz.blocks().remove(0).body;
        return Ok(Block { id: old.id.clone(), body });
    }
    let reason = desk.job.rewrite.as_ref().map(|rewrite| rewrite.reason.trim()).filter(|reason| !reason.is_empty());
    let problems = vec![reason.unwrap_or(NOTHING_SAID).to_owned()];
    desk.write_again("anew", BLOCKS.words, plan, old, &problems).await
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
