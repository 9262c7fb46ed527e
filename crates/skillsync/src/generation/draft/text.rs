//! Texts in sections, each with a program where one helps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::{Block, Body, Program};

use super::{Draft, block, prose, tidy};

/// A text that teaches, one section after another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The sections, in teaching order.
    pub sections: Vec<Section>,
}

/// A section of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The heading: plain text in one line, without `#`.
    pub heading: String,
    /// The text in Markdown, without the heading and without raw HTML.
    pub markdown: String,
    /// A complete program that shows what the text says, without a code fence; an empty string for none.
    pub program: String,
    /// The program's language, a short lower-case name such as python; an empty string for none.
    pub program_language: String,
    /// Exactly what the program prints; an empty string when it prints nothing or there is none.
    pub program_output: String,
    /// One line that says what to look at in the program; an empty string for none.
    pub program_caption: String,
}

impl Text {
    /// The blocks of each section.
    pub fn section_blocks(&self) -> Vec<Vec<Block>> {
        (1..).zip(&self.sections).map(|(number, section)| section.blocks(&format!("text-{number}"))).collect()
    }
}

impl Draft for Text {
    const NAME: &'static str = "text";

    fn blocks(&self) -> Vec<Block> {
        self.section_blocks().concat()
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("sections", self.sections.len())]
    }
}

/// Sections as blocks `{name}-1`, `{name}-1-code`, `{name}-2` and so on.
pub(super) fn sections(name: &str, sections: &[Section]) -> Vec<Block> {
    (1..).zip(sections).flat_map(|(number, section)| section.blocks(&format!("{name}-{number}"))).collect()
}

impl Section {
    /// The text, then the program if there is one.
    pub(super) fn blocks(&self, id: &str) -> Vec<Block> {
        let mut blocks = vec![prose(id, &self.headed_text())];
        let code = tidy::program(&self.program);
        if !code.is_empty() {
            let filled = |text: String| (!text.is_empty()).then_some(text);
            let body = Body::Code {
                program: Program { language: tidy::language(&self.program_language), code },
                output: filled(tidy::program(&self.program_output)),
                caption: filled(tidy::line(&self.program_caption)),
            };
            blocks.push(block(format!("{id}-code"), body));
        }
        blocks
    }

    /// The text under its heading, which models like to write twice. A heading alone is no text.
    fn headed_text(&self) -> String {
        let heading = tidy::heading(&self.heading);
        let markdown = tidy::markdown(&self.markdown);
        let (first, rest) = markdown.split_once('\n').unwrap_or((&markdown, ""));
        let repeats_heading = first.starts_with('#') && tidy::heading(first) == heading;
        let text = if repeats_heading { rest.trim() } else { &markdown };
        if heading.is_empty() || text.is_empty() { text.to_owned() } else { format!("## {heading}\n\n{text}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(heading: &str, markdown: &str) -> Section {
        let empty = String::new;
        Section {
            heading: heading.into(),
            markdown: markdown.into(),
            program: empty(),
            program_language: empty(),
            program_output: empty(),
            program_caption: empty(),
        }
    }

    #[test]
    fn a_heading_stands_once_and_never_alone() {
        assert_eq!(section("Names", "A name.").headed_text(), "## Names\n\nA name.");
        assert_eq!(section("# Names", "# Names\n\nA name.").headed_text(), "## Names\n\nA name.");
        assert_eq!(section("", "A name.").headed_text(), "A name.");
        assert_eq!(section("Names", "## Names").headed_text(), "");
        let text = Text { sections: vec![section("Names", " ")] };
        assert_eq!(text.problems(), ["block `text-1`: the text is empty"]);
    }

    #[test]
    fn a_program_becomes_a_block_with_only_what_it_has() {
        let program = "```js\nlet x = 1;\n```".to_owned();
        let section = Section { program, program_language: "JavaScript".into(), ..section("Names", "A name.") };
        let blocks = section.blocks("text-2");
        assert_eq!(blocks[1].id, "text-2-code");
        let program = Program { language: "javascript".into(), code: "let x = 1;".into() };
        assert_eq!(blocks[1].body, Body::Code { program, output: None, caption: None });
    }
}
