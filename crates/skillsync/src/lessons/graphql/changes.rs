//! What changed between two versions, in the GraphQL API.

use async_graphql::{ID, SimpleObject};

use crate::lessons::changes::{BlockChange, Changes, Line};

/// A line of a comparison.
#[derive(SimpleObject)]
pub struct ChangedLine {
    /// `kept`, `added`, `removed`, or `skipped` where lines that stayed are left out.
    kind: &'static str,
    /// The line, without its break.
    text: String,
}

impl From<Line> for ChangedLine {
    fn from(line: Line) -> Self {
        Self { kind: line.change.as_str(), text: line.text }
    }
}

/// A block that is not as it was.
#[derive(SimpleObject)]
pub struct ChangedBlock {
    /// The block's id in the lesson's `content`.
    block_id: ID,
    /// `added`, `removed`, `changed` or `moved`.
    change: &'static str,
    /// Its lines that differ, with some around them, in the Markdown form of lessons; none for one that only moved.
    lines: Vec<ChangedLine>,
}

impl From<BlockChange> for ChangedBlock {
    fn from(block: BlockChange) -> Self {
        let lines = block.lines.into_iter().map(ChangedLine::from).collect();
        Self { block_id: block.id.into(), change: block.change.as_str(), lines }
    }
}

/// What changed between two versions.
#[derive(SimpleObject)]
pub struct LessonChanges {
    /// The title, the description and the minutes, a line each; none when they are the same.
    head: Vec<ChangedLine>,
    /// The blocks that are not as they were: those of this version in its order, then those that are gone. One that moved and
    /// says something else is listed twice.
    blocks: Vec<ChangedBlock>,
}

impl From<Changes> for LessonChanges {
    fn from(changes: Changes) -> Self {
        Self {
            head: changes.head.into_iter().map(ChangedLine::from).collect(),
            blocks: changes.blocks.into_iter().map(ChangedBlock::from).collect(),
        }
    }
}
