//! Diagrams and a comparison table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::{Block, Body};

use super::{Draft, block, tidy};

/// Diagrams alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Diagrams {
    /// The diagrams, in the order in which the lesson needs them.
    pub diagrams: Vec<DraftDiagram>,
}

/// Diagrams and a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Visuals {
    /// The diagrams, in the order in which the lesson needs them.
    pub diagrams: Vec<DraftDiagram>,
    /// What is worth comparing in this lesson.
    pub comparison: Comparison,
}

/// A diagram.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftDiagram {
    /// The diagram in the Mermaid language, without a code fence.
    pub mermaid: String,
    /// One line that says what the picture shows, also for those who do not see it.
    pub caption: String,
}

/// A comparison of several things by several aspects: things side by side, one row for each aspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// One line that says what is compared.
    pub caption: String,
    /// The heading above the aspects.
    pub aspect_heading: String,
    /// The things compared, two to four of them.
    pub things: Vec<String>,
    /// The aspects.
    pub aspects: Vec<Aspect>,
}

/// One row of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aspect {
    /// What is looked at, a few words.
    pub aspect: String,
    /// What is to be said about each thing, in the order of the things, one short line for each.
    pub values: Vec<String>,
}

impl Draft for Diagrams {
    const NAME: &'static str = "diagrams";

    fn blocks(&self) -> Vec<Block> {
        diagram_blocks(&self.diagrams)
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("diagrams", self.diagrams.len())]
    }
}

impl Visuals {
    /// The diagrams as blocks.
    pub fn diagram_blocks(&self) -> Vec<Block> {
        diagram_blocks(&self.diagrams)
    }

    /// The comparison as a table.
    pub fn comparison_block(&self) -> Block {
        block("comparison", self.comparison.table())
    }
}

impl Draft for Visuals {
    const NAME: &'static str = "visuals";

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = self.diagram_blocks();
        blocks.push(self.comparison_block());
        blocks
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        let Comparison { things, aspects, .. } = &self.comparison;
        vec![
            ("diagrams", self.diagrams.len()),
            ("comparison.things", things.len()),
            ("comparison.aspects", aspects.len()),
        ]
    }
}

fn diagram_blocks(diagrams: &[DraftDiagram]) -> Vec<Block> {
    let tidied = diagrams
        .iter()
        .map(|draft| Body::Diagram { mermaid: tidy::program(&draft.mermaid), caption: tidy::line(&draft.caption) });
    (1..).zip(tidied).map(|(number, diagram)| block(format!("diagram-{number}"), diagram)).collect()
}

impl Comparison {
    /// The table. A row that is too short is filled up with empty cells; one that is too long is left for the document's
    /// rules to find, since nobody knows which value is one too many.
    pub(super) fn table(&self) -> Body {
        let line = |text: &String| tidy::line(text);
        let head = std::iter::once(line(&self.aspect_heading)).chain(self.things.iter().map(line)).collect();
        let row = |aspect: &Aspect| {
            let mut row: Vec<_> = std::iter::once(line(&aspect.aspect)).chain(aspect.values.iter().map(line)).collect();
            row.resize(row.len().max(self.things.len() + 1), String::new());
            row
        };
        Body::Table { caption: tidy::line(&self.caption), head, rows: self.aspects.iter().map(row).collect() }
    }
}
