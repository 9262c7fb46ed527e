//! Web pages, cut at their headings. Only the stream of tags and text is looked at, as browsers split it: no tree is built
//! that a file could make deep.

use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::Content;
use super::pages::Pages;

/// What holds no text to read, or leads elsewhere.
const LEFT_OUT: [&str; 10] =
    ["script", "style", "template", "svg", "nav", "iframe", "noscript", "select", "button", "canvas"];

/// What begins on a line of its own.
const ON_OWN_LINE: [&str; 11] =
    ["li", "tr", "dt", "dd", "div", "section", "article", "main", "header", "footer", "figcaption"];

/// What has an empty line before and after it.
const SET_APART: [&str; 11] = ["p", "ul", "ol", "dl", "table", "pre", "blockquote", "h4", "h5", "h6", "hr"];

pub(super) fn read(text: &str) -> Content {
    let input = BufferQueue::default();
    input.push_back(text.into());
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.reading.into_inner().finish()
}

#[derive(Default)]
struct Reader {
    reading: RefCell<Reading>,
}

/// Where text goes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Body,
    Heading,
    Title,
}

#[derive(Default)]
struct Reading {
    pages: Pages,
    place: Place,
    title: String,
    /// The first heading of the first level, for pages that have no title.
    first_heading: Option<String>,
    heading: String,
    body: String,
    /// The element that is being left out, and how many of its name are open.
    left_out: Option<(String, usize)>,
    /// How many elements are open in which blanks matter.
    preformatted: usize,
    level: u8,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reading = self.reading.borrow_mut();
        match token {
            Token::CharacterTokens(text) => reading.add_text(&text),
            Token::TagToken(tag) => {
                let name: &str = &tag.name;
                match tag.kind {
                    TagKind::StartTag => reading.begin(name, &tag),
                    TagKind::EndTag => reading.end(name),
                }
                return raw_text_after(&tag);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// In some elements, what looks like a tag is text.
fn raw_text_after(tag: &Tag) -> TokenSinkResult<()> {
    if tag.kind == TagKind::EndTag {
        return TokenSinkResult::Continue;
    }
    let name: &str = &tag.name;
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

impl Reading {
    fn add_text(&mut self, text: &str) {
        if self.left_out.is_some() {
            return;
        }
        let preformatted = self.preformatted > 0;
        match self.place {
            Place::Title => self.title.push_str(text),
            Place::Heading => self.heading.push_str(text),
            Place::Body if preformatted => self.body.push_str(text),
            Place::Body => {
                for c in text.chars() {
                    match c {
                        c if !c.is_ascii_whitespace() => self.body.push(c),
                        _ if self.body.ends_with(|c: char| c.is_ascii_whitespace()) => {}
                        _ => self.body.push(' '),
                    }
                }
            }
        }
    }

    fn begin(&mut self, name: &str, tag: &Tag) {
        if let Some((left_out, open)) = &mut self.left_out {
            *open += usize::from(left_out == name && !tag.self_closing);
            return;
        }
        match name {
            _ if LEFT_OUT.contains(&name) => {
                self.left_out = (!tag.self_closing).then(|| (name.to_owned(), 1));
            }
            "title" => self.place = Place::Title,
            "h1" | "h2" | "h3" => {
                self.end_part();
                self.place = Place::Heading;
                self.level = name.as_bytes()[1] - b'0';
            }
            _ => self.set_apart(name),
        }
        if name == "pre" {
            self.preformatted += 1;
        } else if name == "li" && self.place == Place::Body {
            self.body.push_str("- ");
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((left_out, open)) = &mut self.left_out {
            *open -= usize::from(left_out == name);
            if *open == 0 {
                self.left_out = None;
            }
            return;
        }
        match name {
            "title" => self.place = Place::Body,
            "h1" | "h2" | "h3" => {
                self.place = Place::Body;
                if self.level == 1 && self.first_heading.is_none() {
                    self.first_heading = Some(self.heading.clone());
                }
            }
            _ => self.set_apart(name),
        }
        if name == "pre" {
            self.preformatted = self.preformatted.saturating_sub(1);
        }
    }

    fn set_apart(&mut self, name: &str) {
        let is_line_empty = self.body.trim_end_matches(' ').ends_with('\n');
        let mark = match name {
            "br" => "\n",
            "td" | "th" => {
                if is_line_empty {
                    ""
                } else {
                    " "
                }
            }
            _ if SET_APART.contains(&name) => "\n\n",
            _ if !ON_OWN_LINE.contains(&name) || is_line_empty => "",
            _ => "\n",
        };
        match self.place {
            Place::Body => self.body.push_str(mark),
            Place::Heading => self.heading.push_str(if mark.is_empty() { "" } else { " " }),
            Place::Title => {}
        }
    }

    /// What was read until now stands under the heading before it.
    fn end_part(&mut self) {
        self.pages.add_part(Some(&self.heading), &self.body);
        self.heading.clear();
        self.body.clear();
    }

    fn finish(mut self) -> Content {
        self.end_part();
        let title = Some(self.title).filter(|title| !title.trim().is_empty()).or(self.first_heading);
        Content { title, pages: self.pages.finish() }
    }
}
