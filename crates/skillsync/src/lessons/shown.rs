//! What of a lesson can be read while the rest is written: its head and its blocks, each at its place in reading order.

use serde::{Deserialize, Serialize};

use super::document::Block;

/// One piece of news about a lesson that is being written. A block can be told several times: as it was written, as it was
/// checked, and as it was written again; the last word on an id holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The lesson's head, told once, before all blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<ShownHead>,
    /// Blocks.
    pub blocks: Vec<ShownBlock>,
}

/// The head of a lesson that is being written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownHead {
    /// The heading.
    pub title: String,
    /// What the learner will be able to do.
    pub description: String,
    /// How long it will take.
    pub minutes: u32,
}

/// A block of a lesson that is being written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownBlock {
    /// The block's id, which it keeps.
    pub id: String,
    /// Blocks are read in the order of their positions.
    pub position: i64,
    /// Whether it has passed its checks.
    pub checked: bool,
    /// The block; none when it is not part of the lesson any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<Block>,
}
