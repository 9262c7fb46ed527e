//! Texts: raw HTML, pictures, links, headings, fences, language, length. All of it is pure.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::lessons::document::{Block, Body};

use super::{Length, Outcome, Rules, language, leak, reading_level};

/// How far a text may be from the length that was asked for: six tenths of the fewest words, sixteen tenths of the most.
const SLACK: (usize, usize) = (6, 16);

/// Checks all texts of a block; none when it has none.
pub fn check(block: &Block, rules: &Rules) -> Option<Outcome> {
    let (texts, lines) = written(&block.body);
    if texts.is_empty() && lines.is_empty() {
        return None;
    }
    let (mut must, mut should) = (Vec::new(), Vec::new());
    let mut plain = String::new();
    for text in &texts {
        let read = Read::text(text);
        must.extend(read.problems(rules));
        plain.push_str(&read.words);
        plain.push('\n');
    }
    for line in &lines {
        let read = Read::text(line);
        must.extend(read.problems(rules));
        plain.push_str(&read.words);
        plain.push('\n');
    }
    must.extend(leak::find(&plain));
    must.extend(language::mismatch(&plain, &rules.language));
    if matches!(block.body, Body::Prose { .. }) {
        should.extend(length(block, rules.lengths, word_count(&plain, &rules.language)));
        should.extend(reading_level::too_hard(&plain, &rules.language, rules.difficulty));
    }
    must.dedup();
    Some(Outcome::of(must, should))
}

/// The texts of a block, and its lines: what a model wrote for people to read.
fn written(body: &Body) -> (Vec<&str>, Vec<&str>) {
    match body {
        Body::Prose { markdown } | Body::Notice { markdown } => (vec![markdown], vec![]),
        Body::Code { caption, .. } => (vec![], caption.iter().map(String::as_str).collect()),
        Body::Diagram { caption, .. } => (vec![], vec![caption]),
        Body::Exercise(exercise) => {
            let texts = exercise.hints.iter().map(String::as_str).chain([exercise.task.as_str()]).collect();
            (texts, vec![&exercise.title])
        }
        Body::Project(project) => {
            let lines = project.steps.iter().map(String::as_str).chain([project.title.as_str()]).collect();
            (vec![&project.brief], lines)
        }
        Body::Quiz { questions } => {
            let texts = questions.iter().flat_map(|question| [question.question.as_str(), &question.why]).collect();
            (texts, questions.iter().flat_map(|question| question.options.iter().map(String::as_str)).collect())
        }
        Body::Table { caption, head, rows } => {
            let cells = head.iter().chain(rows.iter().flatten()).map(String::as_str);
            (vec![], cells.chain([caption.as_str()]).collect())
        }
        Body::KeyConcepts { concepts } => {
            let words = concepts.iter().flat_map(|concept| [concept.term.as_str(), &concept.meaning]);
            (vec![], words.collect())
        }
        Body::Video(video) => {
            let moments = video.guide.iter().map(|moment| moment.what.as_str()).collect();
            (vec![&video.summary], moments)
        }
        Body::Sources { .. } => (vec![], vec![]),
    }
}

/// A text as a reader of Markdown understands it.
#[derive(Default)]
struct Read {
    words: String,
    html: Vec<String>,
    pictures: bool,
    links: Vec<String>,
    headings: Vec<u8>,
    untagged_fence: bool,
}

impl Read {
    fn text(text: &str) -> Self {
        let mut options = Options::default();
        options.extension.table = true;
        options.extension.strikethrough = true;
        options.extension.autolink = true;
        let arena = Arena::new();
        let mut read = Self::default();
        read.node(parse_document(&arena, text, &options));
        read
    }

    fn node<'a>(&mut self, node: &'a AstNode<'a>) {
        match &node.data.borrow().value {
            NodeValue::Text(text) => self.words.push_str(text),
            NodeValue::SoftBreak | NodeValue::LineBreak => self.words.push(' '),
            NodeValue::HtmlBlock(html) => self.html.push(html.literal.clone()),
            NodeValue::HtmlInline(html) => self.html.push(html.clone()),
            NodeValue::Image(_) => self.pictures = true,
            NodeValue::Link(link) => self.links.push(link.url.clone()),
            NodeValue::Heading(heading) => self.headings.push(heading.level),
            NodeValue::CodeBlock(code) => self.untagged_fence |= code.fenced && code.info.trim().is_empty(),
            NodeValue::Code(code) => {
                // A name in a sentence is a word of it, but says nothing about the sentence's language.
                self.words.push_str(if code.literal.is_empty() { "" } else { "x" });
            }
            _ => {}
        }
        for child in node.children() {
            self.node(child);
        }
        if node.data.borrow().value.block() {
            self.words.push('\n');
        }
    }

    fn problems(&self, rules: &Rules) -> Vec<String> {
        let mut problems = Vec::new();
        for html in self.html.iter().take(3) {
            let shown: String = html.trim().chars().take(40).collect();
            problems.push(format!("raw HTML such as `{shown}` is not allowed; what is code belongs in backticks"));
        }
        if self.pictures {
            problems.push("pictures are not allowed".to_owned());
        }
        for link in self.links.iter().filter(|link| !rules.citable.get().is_some_and(|citable| citable.contains(link)))
        {
            let shown: String = link.chars().take(80).collect();
            problems.push(format!("the link to `{shown}` is not allowed; only given sources may be cited"));
        }
        if self.headings.first().is_some_and(|level| *level > 2) || self.headings.contains(&1) {
            problems.push("the first heading of a text must be of the second level, `##`".to_owned());
        } else if self.headings.windows(2).any(|pair| pair[1] > pair[0] + 1) {
            problems.push("a heading skips a level".to_owned());
        }
        if self.untagged_fence {
            problems.push("a code fence is not tagged with its language".to_owned());
        }
        problems
    }
}

fn length(block: &Block, lengths: &[Length], words: usize) -> Option<String> {
    let length = lengths.iter().find(|length| block.id.starts_with(length.blocks))?;
    let (least, most) = (length.from * SLACK.0 / 10, length.to * SLACK.1 / 10);
    let wanted = format!("{} to {} are wanted", length.from, length.to);
    if words < least {
        Some(format!("the text is too short: it has about {words} words, {wanted}"))
    } else if words > most {
        Some(format!("the text is too long: it has about {words} words, {wanted}"))
    } else {
        None
    }
}

/// The number of words in a plain text. Where words are not separated by spaces, two characters count as one word.
pub fn word_count(plain: &str, language: &crate::lessons::request::Language) -> usize {
    match language::primary(language) {
        "zh" | "ja" | "th" | "lo" | "km" | "my" => plain.chars().filter(|c| c.is_alphanumeric()).count() / 2,
        _ => plain.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count(),
    }
}

/// All the words of a lesson's texts, without programs.
pub fn plain_text(body: &Body) -> String {
    let (texts, lines) = written(body);
    texts.iter().chain(&lines).map(|text| Read::text(text).words).collect::<Vec<_>>().join("\n")
}

/// The addresses that the texts of a block lead to.
pub(super) fn linked(body: &Body) -> Vec<String> {
    let (texts, lines) = written(body);
    texts.iter().chain(&lines).flat_map(|text| Read::text(text).links).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::request::{Difficulty, Language};

    fn rules() -> Rules {
        let lengths = &[Length { blocks: "text-", from: 10, to: 20 }];
        let citable = std::sync::OnceLock::from(vec!["https://example.org/a".to_owned()]);
        let (language, difficulty) = (Language::english(), Difficulty::Beginner);
        Rules { language, difficulty, lengths, citable, transcript: Default::default() }
    }

    fn judged(id: &str, markdown: &str) -> Outcome {
        let block = Block { id: id.to_owned(), body: Body::Prose { markdown: markdown.to_owned() } };
        check(&block, &rules()).expect("it has a text")
    }

    #[test]
    fn what_does_not_belong_in_a_text_is_named() {
        let cases = [
            ("Use <b>bold</b>.", "raw HTML such as `<b>`"),
            ("A `Vec` or a Vec<String>.", "raw HTML such as `<String>`"),
            ("<script>alert(1)</script>", "raw HTML such as `<script>"),
            ("![a](https://example.org/a.png)", "pictures are not allowed"),
            ("[a](javascript:alert(1))", "the link to `javascript:alert(1)` is not allowed"),
            ("See https://example.com/b for more.", "the link to `https://example.com/b` is not allowed"),
            ("# One", "the first heading of a text must be of the second level"),
            ("### One", "the first heading of a text must be of the second level"),
            ("## One\n\n#### Two", "a heading skips a level"),
            ("```\nx = 1\n```", "a code fence is not tagged"),
        ];
        for (markdown, problem) in cases {
            let Outcome::Failed { must, .. } = judged("intro", markdown) else { panic!("{markdown} passed") };
            assert!(must.iter().any(|found| found.starts_with(problem)), "{markdown}: {must:?}");
        }
        let good =
            ["## One\n\nText with `a < b` and [a](https://example.org/a).\n\n### Two\n\n```python\nx\n```", "a < b"];
        for markdown in good {
            assert_eq!(judged("intro", markdown), Outcome::Passed, "{markdown}");
        }
    }

    #[test]
    fn texts_far_from_their_length_are_told_and_harmless() {
        for (words, problem) in [(5, "too short"), (33, "too long")] {
            let Outcome::Failed { must, should } = judged("text-1", &"word ".repeat(words)) else { panic!("passed") };
            assert!(must.is_empty() && should.iter().any(|found| found.contains(problem)), "{should:?}");
        }
        assert_eq!(judged("text-1", &"word ".repeat(15)), Outcome::Passed);
    }
}
