//! Markdown, cut at its headings. The text keeps its marks: code stays code, and readers are used to them.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::pages::Pages;
use super::{Content, pages};

/// Headings below this level stay in the text: what stands under them is too little for a page.
const LOWEST_LEVEL: u8 = 3;

pub(super) fn read(text: &str) -> Content {
    let mut options = Options::default();
    options.extension.front_matter_delimiter = Some("---".to_owned());
    options.extension.table = true;
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options);
    let lines: Vec<&str> = text.lines().collect();
    let mut title = None;
    let mut pages = Pages::default();
    let (mut heading, mut begins) = (None, 0);
    for node in root.children() {
        let data = node.data();
        // Lines are numbered from 1.
        let (first, after) = (data.sourcepos.start.line.saturating_sub(1), data.sourcepos.end.line);
        match &data.value {
            NodeValue::FrontMatter(head) => {
                title = title_in(head);
                begins = after;
            }
            NodeValue::Heading(found) if found.level <= LOWEST_LEVEL => {
                pages.add_part(heading.as_deref(), &joined(&lines, begins, first));
                let words = words_of(node);
                if found.level == 1 && title.is_none() {
                    title = Some(words.clone());
                }
                (heading, begins) = (Some(words), after);
            }
            _ => {}
        }
    }
    pages.add_part(heading.as_deref(), &joined(&lines, begins, lines.len()));
    Content { title, pages: pages.finish() }
}

fn joined(lines: &[&str], from: usize, to: usize) -> String {
    lines.get(from..to).unwrap_or_default().join("\n")
}

/// The title that stands in the head of the file, as site generators write it.
fn title_in(head: &str) -> Option<String> {
    let title = head.lines().find_map(|line| line.strip_prefix("title:"))?;
    pages::line(title.trim().trim_matches(['"', '\'']))
}

fn words_of<'a>(heading: &'a AstNode<'a>) -> String {
    let mut words = String::new();
    for part in heading.descendants() {
        match &part.data().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {}
        }
    }
    words
}
