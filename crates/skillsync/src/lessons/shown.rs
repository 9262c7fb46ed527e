//! What of a lesson can be read while the rest is written: its head and its blocks, each at its place in reading order.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

impl Shown {
    /// All that was told, as it stands in the end, in reading order and without what is not part of the lesson any more.
    pub fn merged(told: impl IntoIterator<Item = Self>) -> Self {
        let mut whole = Self::default();
        for Self { head, blocks } in told {
            whole.head = head.or(whole.head);
            for block in blocks {
                whole.blocks.retain(|other| other.id != block.id);
                whole.blocks.push(block);
            }
        }
        whole.blocks.retain(|block| block.block.is_some());
        whole.blocks.sort_by_key(|block| block.position);
        whole
    }
}

impl ShownBlock {
    /// A short name of the block's content, by which two forms of a block can be told apart; empty where there is no block.
    pub fn form(&self) -> String {
        let json = self.block.as_ref().and_then(|block| serde_json::to_vec(block).ok());
        json.map(|json| hex::encode(&Sha256::digest(json)[..8])).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::document::Body;

    fn told(id: &str, position: i64, checked: bool, text: Option<&str>) -> ShownBlock {
        let body = |text: &str| Body::Prose { markdown: text.to_owned() };
        let block = text.map(|text| Block { id: id.to_owned(), body: body(text) });
        ShownBlock { id: id.to_owned(), position, checked, block }
    }

    #[test]
    fn the_last_word_on_a_block_holds() {
        let head = ShownHead { title: "t".into(), description: "d".into(), minutes: 5 };
        let whole = Shown::merged([
            Shown { head: Some(head.clone()), blocks: vec![] },
            Shown { head: None, blocks: vec![told("b", 20, false, Some("old")), told("c", 30, false, Some("gone"))] },
            Shown { head: None, blocks: vec![told("a", 10, false, Some("first"))] },
            Shown { head: None, blocks: vec![told("b", 20, true, Some("new")), told("c", 30, true, None)] },
        ]);
        let blocks = vec![told("a", 10, false, Some("first")), told("b", 20, true, Some("new"))];
        assert_eq!(whole, Shown { head: Some(head), blocks });
    }

    #[test]
    fn forms_differ_when_the_content_does() {
        let unchecked = told("a", 10, false, Some("one"));
        assert_eq!(unchecked.form(), told("a", 10, true, Some("one")).form());
        assert_ne!(unchecked.form(), told("a", 10, false, Some("two")).form());
        assert_eq!(told("a", 10, true, None).form(), "");
    }
}
