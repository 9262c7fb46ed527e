//! The long text of a reading lesson.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::Block;

use super::Draft;
use super::text::{Section, sections};

/// An article in the order in which it is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// The explanation, from the simple to the difficult.
    pub explanation: Vec<Section>,
    /// Cases from practice: the situation, what was done, what came of it.
    pub case_studies: Vec<Section>,
    /// Good practices, each with its reason.
    pub good_practices: Section,
    /// Bad habits that are common, and what to do instead.
    pub anti_patterns: Section,
    /// What goes wrong easily, how to notice it, and how to get out.
    pub pitfalls: Section,
    /// What to keep in mind, in a few sentences.
    pub summary: Section,
}

impl Article {
    /// The blocks of the explanation, section by section.
    pub fn explanation_sections(&self) -> Vec<Vec<Block>> {
        (1..).zip(&self.explanation).map(|(number, section)| section.blocks(&format!("text-{number}"))).collect()
    }

    /// What follows the explanation.
    pub fn practice_blocks(&self) -> Vec<Block> {
        let mut blocks = sections("case-study", &self.case_studies);
        blocks.extend(self.good_practices.blocks("good-practices"));
        blocks.extend(self.anti_patterns.blocks("anti-patterns"));
        blocks.extend(self.pitfalls.blocks("pitfalls"));
        blocks.extend(self.summary.blocks("summary"));
        blocks
    }
}

impl Draft for Article {
    const NAME: &'static str = "article";

    fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<_> = self.explanation_sections().into_iter().flatten().collect();
        blocks.extend(self.practice_blocks());
        blocks
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("explanation", self.explanation.len()), ("case_studies", self.case_studies.len())]
    }
}
