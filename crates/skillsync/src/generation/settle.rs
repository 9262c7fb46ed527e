//! From what a model wrote to what may be published: each block of a part is shown as it was written, checked, and written
//! again alone when it does not pass. One that does not pass the second time is left out where the lesson can do without it, and
//! else ends the lesson.

use futures::future::join_all;

use askama::Template;

use crate::lessons::checks::{Check, Thing};
use crate::lessons::document::{Block, Body};
use crate::lessons::shown::{Shown, ShownBlock};
use crate::models::StepKind;

use super::checks::{Findings, Outcome, examine};
use super::desk::{Asking, Desk, Part};
use super::draft::Draft;
use super::draft::piece::{DraftCode, DraftConcepts, DraftProse, Piece};
use super::draft::plan::Plan;
use super::draft::practice::{DraftExercise, DraftProject};
use super::draft::visuals::{Comparison, DraftDiagram};
use super::error::GenerationError;
use super::prompts::{self, AskAgain};

/// A block at its place in the lesson.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    /// Blocks are read in the order of their positions.
    pub position: i64,
    /// The block.
    pub block: Block,
}

/// Places blocks one after another, from a position on.
pub(super) fn placed_from(position: i64, blocks: impl IntoIterator<Item = Block>) -> Vec<Placed> {
    (position..).zip(blocks).map(|(position, block)| Placed { position, block }).collect()
}

/// A block that has been through its checks.
pub(super) struct Settled {
    /// The block; none when it was left out.
    block: Option<Block>,
    /// What was found about it in the end, by what it was like at first.
    things: Vec<(Check, Thing)>,
}

impl Desk<'_> {
    /// Has a part written, and checked block by block.
    ///
    /// # Errors
    /// When the model gives no answer that can be used, or a block that the lesson needs does not pass.
    pub(super) async fn part<D: Draft>(
        &self,
        part: &Part,
        plan: &Plan,
        ask: &(impl Template + Sync),
        place: impl FnOnce(D) -> Vec<Placed>,
    ) -> Result<Vec<Placed>, GenerationError> {
        let draft = self.write(part, Some(plan), ask).await?;
        let placed = self.cited(place(draft));
        self.show(&placed, false).await;
        self.progress.written(part.words).await;
        let settled = Box::pin(self.settle(part, plan, placed)).await?;
        self.progress.checked(part.words).await;
        Ok(settled)
    }

    /// Checks the blocks of a part side by side and gives those that may be published.
    ///
    /// # Errors
    /// When a block that the lesson needs does not pass, not even after it was written again.
    pub(super) async fn settle(
        &self,
        part: &Part,
        plan: &Plan,
        placed: Vec<Placed>,
    ) -> Result<Vec<Placed>, GenerationError> {
        let name = format!("check/{}", part.name);
        let findings: Vec<Findings> = self.steps.step(&name, self.examine_all(&placed)).await?;
        let each = placed.iter().zip(findings).map(|(placed, findings)| self.settle_one(part, plan, placed, findings));
        // All are awaited before the first failure is told: what is being paid for is kept for the next attempt.
        let settled: Vec<Settled> = join_all(each).await.into_iter().collect::<Result<_, _>>()?;
        let mut news = Vec::new();
        let mut kept = Vec::new();
        for (Placed { position, block: first }, Settled { block, things }) in placed.iter().zip(settled) {
            things.into_iter().for_each(|(check, thing)| self.checked(check, thing));
            news.push(ShownBlock { id: first.id.clone(), position: *position, checked: true, block: block.clone() });
            kept.extend(block.map(|block| Placed { position: *position, block }));
        }
        if let Some(problem) = too_few(part, &kept) {
            return Err(unfit(part, placed.iter().map(|placed| &placed.block), vec![problem]));
        }
        self.tell(Shown { head: None, blocks: news }).await;
        Ok(kept)
    }

    async fn examine_all(&self, placed: &[Placed]) -> Result<Vec<Findings>, GenerationError> {
        Ok(join_all(placed.iter().map(|placed| examine(&placed.block, &self.rules, &self.tools.sandbox))).await)
    }

    async fn settle_one(
        &self,
        part: &Part,
        plan: &Plan,
        placed: &Placed,
        findings: Findings,
    ) -> Result<Settled, GenerationError> {
        let block = &placed.block;
        if matches!(block.body, Body::Quiz { .. }) {
            return Box::pin(self.settle_quiz(part, plan, block)).await;
        }
        let problems = findings.problems();
        if problems.is_empty() {
            return Ok(Settled { things: judged(&findings, &findings), block: Some(block.clone()) });
        }
        tracing::info!(run = %self.steps.run(), block = block.id, ?problems, "a block is written again");
        let again = match Box::pin(self.write_again("again", part.words, plan, block, &problems)).await {
            Ok(again) => again,
            // An answer that cannot be used mends nothing; the block is judged as it is.
            Err(GenerationError::Unusable { .. }) => block.clone(),
            Err(error) => return Err(error),
        };
        let name = format!("check/{}/again", block.id);
        let examined = async { Ok::<_, GenerationError>(examine(&again, &self.rules, &self.tools.sandbox).await) };
        let second = self.steps.step(&name, examined).await?;
        if second.are_harmless() {
            return Ok(Settled { things: judged(&findings, &second), block: Some(again) });
        }
        if findings.are_harmless() {
            // The first was only less than it should be; it is better than one that must not be published.
            return Ok(Settled { things: judged(&findings, &findings), block: Some(block.clone()) });
        }
        if !may_be_left_out(&block.body) {
            return Err(unfit(part, [block], second.problems()));
        }
        Ok(Settled { things: dropped(&second), block: None })
    }

    /// Has one block written again, with what is wrong with it, in the step `{step}/{id}`. Its id and place stay.
    ///
    /// # Errors
    /// When the model gives no answer that can be used.
    pub(super) async fn write_again(
        &self,
        step: &'static str,
        words: &'static str,
        plan: &Plan,
        block: &Block,
        problems: &[String],
    ) -> Result<Block, GenerationError> {
        let again = Again { desk: self, step, words, plan, block, problems };
        let body = match &block.body {
            Body::Prose { .. } | Body::Notice { .. } => again.ask::<DraftProse>().await?,
            Body::Code { .. } => again.ask::<DraftCode>().await?,
            Body::Diagram { .. } => again.ask::<DraftDiagram>().await?,
            Body::Exercise(_) => again.ask::<DraftExercise>().await?,
            Body::Project(_) => again.ask::<DraftProject>().await?,
            Body::Table { .. } => again.ask::<Comparison>().await?,
            Body::KeyConcepts { .. } => again.ask::<DraftConcepts>().await?,
            Body::Video(video) => {
                let name = format!("{step}/{}", block.id);
                self.notes_again(&name, plan, video, &AskAgain::new(&block.body, problems)).await?
            }
            Body::Quiz { .. } | Body::Sources { .. } => block.body.clone(),
        };
        let mut again = Block { id: block.id.clone(), body };
        self.cite(&mut again);
        Ok(again)
    }

    /// Makes links of the numbers by which texts cite sources.
    fn cited(&self, mut placed: Vec<Placed>) -> Vec<Placed> {
        placed.iter_mut().for_each(|placed| self.cite(&mut placed.block));
        placed
    }

    fn cite(&self, block: &mut Block) {
        if let Some(research) = self.research.get() {
            research.cite(block);
        }
    }

    /// Shows blocks to whoever follows the run.
    pub(super) async fn show(&self, placed: &[Placed], checked: bool) {
        let shown = |placed: &Placed| ShownBlock {
            id: placed.block.id.clone(),
            position: placed.position,
            checked,
            block: Some(placed.block.clone()),
        };
        self.tell(Shown { head: None, blocks: placed.iter().map(shown).collect() }).await;
    }

    /// Tells whoever follows the run what can be read already.
    pub(super) async fn tell(&self, shown: Shown) {
        match serde_json::to_string(&shown) {
            Ok(payload) => self.steps.show(payload).await,
            Err(error) => tracing::error!(%error, "a block could not be shown early"),
        }
    }
}

/// One block that is written again.
struct Again<'a> {
    desk: &'a Desk<'a>,
    step: &'static str,
    words: &'static str,
    plan: &'a Plan,
    block: &'a Block,
    problems: &'a [String],
}

impl Again<'_> {
    async fn ask<D: Piece>(&self) -> Result<Body, GenerationError> {
        let name = format!("{}/{}", self.step, self.block.id);
        let step = kind_of(&self.block.body);
        let asking = Asking { name: &name, step, words: self.words, counts: &[] };
        let ask = AskAgain::new(&self.block.body, self.problems);
        let materials = self.desk.sources_alone();
        let draft: D = self.desk.ask(&asking, prompts::part(self.desk.job, Some(self.plan), &materials, &ask)).await?;
        Ok(draft.body())
    }
}

/// A part may lose pieces, but not more than half of those that were asked for. A lesson without its diagrams still teaches.
fn too_few(part: &Part, kept: &[Placed]) -> Option<String> {
    let wanted = part.counts.iter().find(|count| count.of == "exercises")?.from;
    let left = kept.iter().filter(|placed| matches!(placed.block.body, Body::Exercise(_))).count();
    (left * 2 < wanted).then(|| format!("only {left} of {wanted} exercises passed their checks"))
}

/// The failure of a part whose blocks did not pass. Its steps are not for the next attempt: it would end as this one did.
pub(super) fn unfit<'a>(
    part: &Part,
    blocks: impl IntoIterator<Item = &'a Block>,
    problems: Vec<String>,
) -> GenerationError {
    let mut steps = vec![part.name.to_owned(), format!("check/{}", part.name)];
    for block in blocks {
        steps.extend([
            format!("again/{}", block.id),
            format!("check/{}/again", block.id),
            format!("anew/{}", block.id),
        ]);
    }
    GenerationError::Unfit { part: part.words, problems, steps }
}

/// Which models are asked for a block of this kind.
fn kind_of(body: &Body) -> StepKind {
    match body {
        Body::Exercise(_) | Body::Project(_) | Body::Code { .. } => StepKind::Practice,
        Body::Diagram { .. } | Body::Table { .. } => StepKind::Visuals,
        Body::Quiz { .. } => StepKind::Quiz,
        _ => StepKind::Text,
    }
}

/// Blocks without which a lesson still teaches what it set out to.
fn may_be_left_out(body: &Body) -> bool {
    matches!(body, Body::Exercise(_) | Body::Code { .. } | Body::Diagram { .. } | Body::Project(_) | Body::Table { .. })
}

/// What came of each check: the last word is what was found in the end; whether it was mended shows in what was found first.
pub(super) fn judged(first: &Findings, last: &Findings) -> Vec<(Check, Thing)> {
    let failed_first = |check: Check| {
        first.0.iter().any(|verdict| verdict.check == check && matches!(verdict.outcome, Outcome::Failed { .. }))
    };
    let thing = |check: Check, outcome: &Outcome| match outcome {
        Outcome::Passed if failed_first(check) => Thing::Mended,
        Outcome::Passed => Thing::Passed,
        Outcome::Failed { must, should } => {
            Thing::Accepted(must.iter().chain(should).cloned().collect::<Vec<_>>().join("; "))
        }
        Outcome::NotDone { why } => Thing::NotDone(why.clone()),
    };
    last.0.iter().map(|verdict| (verdict.check, thing(verdict.check, &verdict.outcome))).collect()
}

/// The same for a block that was left out: it counts under the checks that it failed.
fn dropped(last: &Findings) -> Vec<(Check, Thing)> {
    let failed = last.0.iter().filter_map(|verdict| match &verdict.outcome {
        Outcome::Failed { must, .. } if !must.is_empty() => Some((verdict.check, Thing::Dropped(must.join("; ")))),
        _ => None,
    });
    failed.collect()
}

impl Settled {
    /// A block that stays.
    pub(super) fn kept(block: Block, things: Vec<(Check, Thing)>) -> Self {
        Self { block: Some(block), things }
    }
}
