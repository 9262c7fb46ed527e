//! What changed between two versions of a lesson.

use askama::Template;

use super::Frame;
use crate::lessons::changes::{Change, Line, LineChange};

/// The page at `/lessons/{id}/changes?since=N`.
#[derive(Clone, Debug, Template)]
#[template(path = "changes.html")]
pub struct ChangesPage {
    /// What is around the page.
    pub frame: Frame,
    /// The version's id.
    pub id: i64,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// The BCP 47 tag of the language that the lesson is written in.
    pub language: String,
    /// The number of the version that it is compared with.
    pub since: i64,
    /// That version's id.
    pub since_id: i64,
    /// The numbers of the other versions that it can be compared with.
    pub others: Vec<i64>,
    /// The lines of the title, the description and the minutes that differ.
    pub head: Vec<Line>,
    /// The blocks that differ.
    pub blocks: Vec<ShownChange>,
}

/// A block that is not as it was.
#[derive(Clone, Debug)]
pub struct ShownChange {
    /// Its id.
    pub id: String,
    /// What it is, in a few words of plain text.
    pub name: String,
    /// What happened to it.
    pub change: Change,
    /// Its lines that differ.
    pub lines: Vec<Line>,
}

impl ChangesPage {
    fn is_same(&self) -> bool {
        self.head.is_empty() && self.blocks.is_empty()
    }
}

impl ShownChange {
    fn words(&self) -> &'static str {
        match self.change {
            Change::Added => "New",
            Change::Removed => "Gone",
            Change::Changed => "Changed",
            Change::Moved => "Moved",
        }
    }

    fn is_there(&self) -> bool {
        self.change != Change::Removed
    }
}

#[cfg(test)]
impl ChangesPage {
    pub(crate) fn sample() -> Self {
        let line = |change, text: &str| Line { change, text: text.into() };
        let block =
            |id: &str, name: &str, change, lines| ShownChange { id: id.into(), name: name.into(), change, lines };
        Self {
            frame: Frame::sample_signed_in(),
            id: 9,
            number: 3,
            title: "Python variables: first steps".into(),
            language: "en".into(),
            since: 2,
            since_id: 7,
            others: vec![1],
            head: vec![line(LineChange::Removed, "45 minutes"), line(LineChange::Added, "50 minutes")],
            blocks: vec![
                block(
                    "text-1",
                    "Text: Names and values",
                    Change::Changed,
                    vec![
                        line(LineChange::Kept, "## Names and values"),
                        line(LineChange::Kept, ""),
                        line(LineChange::Removed, "A variable is a box. <script>alert(1)</script>"),
                        line(
                            LineChange::Added,
                            "A name stands for a value, as the sign on a shelf stands for what lies there. Whoever reads the \
                             sign knows what to reach for.",
                        ),
                        line(LineChange::Skipped, ""),
                        line(LineChange::Kept, "The rule is short."),
                    ],
                ),
                block("exercise-1", "Exercise: A price sign", Change::Moved, Vec::new()),
                block(
                    "text-2-code",
                    "Program",
                    Change::Added,
                    vec![
                        line(LineChange::Added, "```python"),
                        line(
                            LineChange::Added,
                            "    total_of_all_the_jars_of_the_day = price_of_one_jar * jars_on_the_shelf",
                        ),
                        line(LineChange::Added, "```"),
                    ],
                ),
                block("diagram-1", "Diagram: A box", Change::Removed, vec![line(LineChange::Removed, "flowchart LR")]),
            ],
        }
    }

    pub(crate) fn sample_same() -> Self {
        Self { head: Vec::new(), blocks: Vec::new(), others: Vec::new(), ..Self::sample() }
    }
}
