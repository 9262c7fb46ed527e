//! What changed between two versions of a lesson: which blocks came, went, moved or say something else, line by line. Pure.

use std::collections::{HashMap, HashSet};

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use super::document::{Block, Document};
use super::markdown;

/// How many lines that stayed are told around those that did not.
const CONTEXT_LINES: usize = 2;

/// A block of more lines, both versions together, is told as taken away and added whole: what it takes to compare lines grows
/// faster than their number.
const MOST_COMPARED_LINES: usize = 4_000;

/// What happened to a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
    /// It stands elsewhere among those that stayed.
    Moved,
}

impl Change {
    /// The name as the API shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineChange {
    /// It stayed; it is told for its neighbours' sake.
    Kept,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Here stand lines that stayed and are not told.
    Skipped,
}

impl LineChange {
    /// The name as the API shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Skipped => "skipped",
        }
    }
}

/// A line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What happened to it.
    pub change: LineChange,
    /// The line, without its break; empty where lines are skipped.
    pub text: String,
}

/// What happened to one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockChange {
    /// The block.
    pub id: String,
    /// What happened to it.
    pub change: Change,
    /// Its lines in the form of a lesson file; none for one that only moved.
    pub lines: Vec<Line>,
}

/// What changed between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The title, the description and the minutes, a line each; empty when they are the same.
    pub head: Vec<Line>,
    /// The blocks that are not as they were: those of the new version in its order, then those that are gone. One that moved
    /// and says something else is told twice.
    pub blocks: Vec<BlockChange>,
}

impl Changes {
    /// Whether the two are the same.
    pub fn is_empty(&self) -> bool {
        self.head.is_empty() && self.blocks.is_empty()
    }
}

/// Compares two versions, block by block by their ids.
pub fn changes(old: &Document, new: &Document) -> Changes {
    let old_blocks: HashMap<&str, &Block> = by_id(old).collect();
    let new_ids: HashSet<&str> = by_id(new).map(|(id, _)| id).collect();
    let moved = moved(old, new);
    let mut blocks = Vec::new();
    let mut tell = |block: &Block, change, lines| blocks.push(BlockChange { id: block.id.clone(), change, lines });
    for block in &new.blocks {
        match old_blocks.get(block.id.as_str()) {
            None => tell(block, Change::Added, compared("", &text(block))),
            Some(before) => {
                if before.body != block.body {
                    tell(block, Change::Changed, compared(&text(before), &text(block)));
                }
                if moved.contains(block.id.as_str()) {
                    tell(block, Change::Moved, Vec::new());
                }
            }
        }
    }
    for block in old.blocks.iter().filter(|block| !new_ids.contains(block.id.as_str())) {
        tell(block, Change::Removed, compared(&text(block), ""));
    }
    Changes { head: compared(&head(old), &head(new)), blocks }
}

fn by_id(document: &Document) -> impl Iterator<Item = (&str, &Block)> {
    document.blocks.iter().map(|block| (block.id.as_str(), block))
}

/// The blocks that stand elsewhere: of those in both versions, the ones outside a longest sequence that kept its order.
fn moved<'a>(old: &'a Document, new: &'a Document) -> HashSet<&'a str> {
    let ids = |document: &'a Document| by_id(document).map(|(id, _)| id).collect::<Vec<_>>();
    let (mut old, mut new) = (ids(old), ids(new));
    let both: HashSet<&str> = old.iter().copied().filter(|id| new.contains(id)).collect();
    old.retain(|id| both.contains(id));
    new.retain(|id| both.contains(id));
    let mut moved = both;
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { new_index, len, .. } = op {
            for id in &new[new_index..new_index + len] {
                moved.remove(id);
            }
        }
    }
    moved
}

fn head(document: &Document) -> String {
    format!("{}\n{}\n{} minutes", document.title, document.description, document.minutes)
}

/// A block as a lesson file has it, but with the names of its parts in words.
fn text(block: &Block) -> String {
    let file = markdown::write_body(&block.body);
    let part = |line: &str| {
        line.strip_prefix("<!-- @").and_then(|rest| rest.strip_suffix(" -->")).map(|name| format!("{name}:"))
    };
    file.lines().map(|line| part(line).unwrap_or_else(|| line.to_owned())).collect::<Vec<_>>().join("\n")
}

/// The lines that differ, with some around them; none when the two are the same.
fn compared(old: &str, new: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let line = |change, text: &str| Line { change, text: text.to_owned() };
    if old.len() + new.len() > MOST_COMPARED_LINES && old != new {
        let removed = old.iter().map(|text| line(LineChange::Removed, text));
        return removed.chain(new.iter().map(|text| line(LineChange::Added, text))).collect();
    }
    let mut lines = Vec::new();
    for group in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT_LINES) {
        if !lines.is_empty() {
            lines.push(line(LineChange::Skipped, ""));
        }
        for op in group {
            let (removed, added) = (&old[op.old_range()], &new[op.new_range()]);
            if let DiffOp::Equal { .. } = op {
                lines.extend(added.iter().map(|text| line(LineChange::Kept, text)));
            } else {
                lines.extend(removed.iter().map(|text| line(LineChange::Removed, text)));
                lines.extend(added.iter().map(|text| line(LineChange::Added, text)));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lessons::document::{Body, FORMAT};

    fn document(blocks: &[(&str, &str)]) -> Document {
        let block = |&(id, text): &(&str, &str)| Block { id: id.into(), body: Body::Prose { markdown: text.into() } };
        let (title, description) = ("A title".to_owned(), "What it is".to_owned());
        Document { format: FORMAT, title, description, minutes: 5, blocks: blocks.iter().map(block).collect() }
    }

    fn told(changes: &Changes) -> Vec<(&str, &str)> {
        changes.blocks.iter().map(|block| (block.id.as_str(), block.change.as_str())).collect()
    }

    fn lines(lines: &[Line]) -> String {
        let sign = |line: &Line| match line.change {
            LineChange::Kept => ' ',
            LineChange::Added => '+',
            LineChange::Removed => '-',
            LineChange::Skipped => '…',
        };
        lines.iter().map(|line| format!("{}{}", sign(line), line.text)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn blocks_come_go_move_and_change() {
        let old = document(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")]);
        assert!(changes(&old, &old).is_empty());
        let new = document(&[("e", "five"), ("a", "1"), ("x", "new"), ("c", "3"), ("d", "four")]);
        let changes = changes(&old, &new);
        let expected = [("e", "changed"), ("e", "moved"), ("x", "added"), ("d", "changed"), ("b", "removed")];
        assert_eq!(told(&changes), expected);
        let shown: Vec<_> = changes.blocks.iter().map(|block| lines(&block.lines)).collect();
        assert_eq!(shown, ["-5\n+five", "", "+new", "-4\n+four", "-2"]);
        assert!(changes.head.is_empty());
    }

    #[test]
    fn lines_around_a_change_are_told_and_others_skipped() {
        let text: Vec<String> = (1..=20).map(|line| format!("line {line}")).collect();
        let mut other = text.clone();
        other[3] = "line four".into();
        other.remove(15);
        let shown = lines(&compared(&text.join("\n"), &other.join("\n")));
        let expected = " line 2\n line 3\n-line 4\n+line four\n line 5\n line 6\n…\n line 14\n line 15\n-line 16\n line 17\n line 18";
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_head_and_the_parts_of_a_block_are_named() {
        let old = document(&[("a", "1")]);
        let new = Document { minutes: 7, ..old.clone() };
        assert_eq!(lines(&changes(&old, &new).head), " A title\n What it is\n-5 minutes\n+7 minutes");
        let mut old = old;
        old.blocks[0].body = Body::Diagram { mermaid: "flowchart LR".into(), caption: "One".into() };
        let mut new = old.clone();
        new.blocks[0].body = Body::Diagram { mermaid: "flowchart LR".into(), caption: "Two".into() };
        assert_eq!(lines(&changes(&old, &new).blocks[0].lines), " caption:\n \n-One\n+Two");
    }

    proptest! {
        #[test]
        fn what_is_told_leads_from_the_old_text_to_the_new(old in "([ab]\n){0,12}", new in "([abc]\n){0,12}") {
            let told = compared(&old, &new);
            let count = |change| told.iter().filter(|line| line.change == change).count();
            let difference = new.lines().count() as i64 - old.lines().count() as i64;
            prop_assert_eq!(count(LineChange::Added) as i64 - count(LineChange::Removed) as i64, difference);
            prop_assert_eq!(told.is_empty(), old == new);
        }

        #[test]
        fn the_same_blocks_in_any_order_only_move(order in Just(vec!["a", "b", "c", "d", "e"]).prop_shuffle()) {
            let old = document(&["a", "b", "c", "d", "e"].map(|id| (id, "same")));
            let new = document(&order.iter().map(|id| (*id, "same")).collect::<Vec<_>>());
            let changes = changes(&old, &new);
            prop_assert!(changes.blocks.iter().all(|block| block.change == Change::Moved && block.lines.is_empty()));
            prop_assert_eq!(changes.is_empty(), old == new);
            prop_assert!(changes.blocks.len() < 5, "one of them has not moved: {:?}", changes.blocks);
        }
    }
}
