//! HTML read in one pass: its title, its text without menus and programs, and its links.
//!
//! No tree is built. A hostile page can nest elements so deeply that building one takes minutes; reading tags one after the
//! other takes time in proportion to the page.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

use super::plain::{line, plain_text};

/// Most links of one page that are kept: the contents page of a large manual has about two thousand.
const MAX_LINKS: usize = 5_000;

/// A main part shorter than this is an empty frame; the whole page is read then.
const MIN_MAIN_CHARS: usize = 100;

/// How much is read between two looks at how long the present tag is.
const PIECE_BYTES: usize = 4 * 1024;

/// About as many attributes as one tag may have. The tokenizer compares each with all before it, so that a tag that goes on
/// and on would keep it busy for minutes; the page ends there.
const MAX_ATTRIBUTES: usize = 8_000;

/// A page as a reader sees it.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// What the window's title would be.
    pub(crate) title: String,
    /// The text of the main part, where the page says which that is, else all but menus and margins.
    pub(crate) text: String,
    /// All links, those of menus too.
    pub(crate) links: Vec<PageLink>,
}

/// A link on a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PageLink {
    /// The address as written, mostly a relative one.
    pub(crate) address: String,
    pub(crate) words: String,
}

impl Page {
    /// Reads a page. Anything is a page; what is no HTML is all text.
    pub(crate) fn read(html: &str) -> Self {
        let input = BufferQueue::default();
        let tokenizer = Tokenizer::new(Reader::default(), Default::default());
        let mut rest = html;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
            rest = behind;
            tokenizer.sink.0.borrow_mut().unfinished +=
                piece.bytes().filter(|byte| separates_attributes(*byte)).count();
            input.push_back(StrTendril::from_slice(piece));
            // The reader never asks for a pause, so that one call reads the piece.
            let _ = tokenizer.feed(&input);
            if tokenizer.sink.0.borrow().unfinished > MAX_ATTRIBUTES {
                break;
            }
        }
        tokenizer.end();
        tokenizer.sink.0.into_inner().page()
    }
}

#[derive(Default)]
struct Reader(RefCell<State>);

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        if !matches!(token, Token::ParseError(_)) {
            state.unfinished = 0;
        }
        match token {
            Token::TagToken(tag) => return state.tag(&tag),
            Token::CharacterTokens(text) => state.characters(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An element that is inside of, and how often its name is open.
struct Region {
    name: String,
    depth: usize,
}

impl Region {
    fn of(tag: &Tag) -> Self {
        Self { name: tag.name.to_string(), depth: 1 }
    }

    /// Follows a tag; whether the element is still open.
    fn holds(&mut self, tag: &Tag) -> bool {
        if *tag.name == *self.name {
            match tag.kind {
                TagKind::StartTag => self.depth += usize::from(!tag.self_closing),
                TagKind::EndTag => self.depth -= 1,
            }
        }
        self.depth > 0
    }
}

#[derive(Default)]
struct State {
    title: String,
    all: Column,
    main: Column,
    links: Vec<PageLink>,
    open_link: Option<PageLink>,
    /// Inside `main`, `article` or what says that it is that.
    in_main: Option<Region>,
    /// Inside what is beside the text: menus, margins, forms.
    in_margin: Option<Region>,
    /// Inside what is not shown: programs, styles, drawings.
    in_hidden: Option<Region>,
    in_title: bool,
    preformatted: usize,
    /// Signs that may have ended an attribute since the last tag or text.
    unfinished: usize,
}

impl State {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let is_start = tag.kind == TagKind::StartTag;
        let follow = |region: &mut Option<Region>| {
            if region.as_mut().is_some_and(|region| !region.holds(tag)) {
                *region = None;
                return true;
            }
            false
        };
        if self.in_hidden.is_some() {
            follow(&mut self.in_hidden);
            return TokenSinkResult::Continue;
        }
        let left_margin = follow(&mut self.in_margin);
        if !left_margin {
            follow(&mut self.in_main);
        }
        match &*tag.name {
            "title" => {
                self.in_title = is_start && self.title.is_empty();
                return if is_start { TokenSinkResult::RawData(RawKind::Rcdata) } else { TokenSinkResult::Continue };
            }
            "script" if is_start => return self.hide(tag, Some(RawKind::ScriptData)),
            "style" | "iframe" | "noframes" | "xmp" if is_start => return self.hide(tag, Some(RawKind::Rawtext)),
            "textarea" if is_start => return self.hide(tag, Some(RawKind::Rcdata)),
            "template" | "svg" | "math" | "canvas" | "object" | "noscript" if is_start && !tag.self_closing => {
                return self.hide(tag, None);
            }
            "a" => self.link(tag),
            _ => {}
        }
        if is_start && self.in_margin.is_none() && is_margin(tag, self.in_main.is_some()) {
            self.in_margin = Some(Region::of(tag));
        } else if is_start && self.in_main.is_none() && is_main(tag) {
            self.in_main = Some(Region::of(tag));
        }
        self.layout(tag, is_start);
        TokenSinkResult::Continue
    }

    fn hide(&mut self, tag: &Tag, kind: Option<RawKind>) -> TokenSinkResult<()> {
        self.in_hidden = Some(Region::of(tag));
        kind.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }

    fn link(&mut self, tag: &Tag) {
        self.links.extend(
            self.open_link
                .take()
                .filter(|link| !link.words.trim().is_empty())
                .map(|link| PageLink { words: line(&link.words), ..link }),
        );
        let address = attribute(tag, "href").filter(|_| tag.kind == TagKind::StartTag && self.links.len() < MAX_LINKS);
        self.open_link = address.map(|address| PageLink { address: address.to_owned(), words: String::new() });
    }

    fn layout(&mut self, tag: &Tag, is_start: bool) {
        let gap = match &*tag.name {
            "p" | "pre" | "blockquote" | "ul" | "ol" | "dl" | "table" | "section" | "article" | "main" | "figure"
            | "hr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "\n\n",
            "div" | "li" | "tr" | "dt" | "dd" | "br" | "details" | "summary" | "header" | "caption" => "\n",
            "td" | "th" | "option" => " ",
            _ => return,
        };
        self.each_column(|column| column.gap(gap));
        match &*tag.name {
            "pre" if is_start => self.preformatted += 1,
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            "li" if is_start => self.each_column(|column| column.item()),
            _ => {}
        }
    }

    fn characters(&mut self, text: &str) {
        if self.in_hidden.is_some() {
            return;
        }
        if self.in_title {
            self.title.push_str(text);
            return;
        }
        if let Some(link) = &mut self.open_link {
            link.words.push_str(text);
        }
        let is_preformatted = self.preformatted > 0;
        self.each_column(|column| if is_preformatted { column.verbatim(text) } else { column.words(text) });
    }

    /// Does something to the columns that the reader is in.
    fn each_column(&mut self, mut act: impl FnMut(&mut Column)) {
        if self.in_margin.is_none() {
            act(&mut self.all);
            if self.in_main.is_some() {
                act(&mut self.main);
            }
        }
    }

    fn page(self) -> Page {
        let main = plain_text(&self.main.0);
        let text = if main.chars().count() < MIN_MAIN_CHARS { plain_text(&self.all.0) } else { main };
        Page { title: line(&self.title), text: text.replace('¶', ""), links: self.links }
    }
}

/// Text as it grows, with the gaps that a page would show.
#[derive(Default)]
struct Column(String);

impl Column {
    fn words(&mut self, text: &str) {
        for sign in text.chars() {
            if !sign.is_whitespace() {
                self.0.push(sign);
            } else if !self.0.is_empty() && !self.0.ends_with([' ', '\n']) {
                self.0.push(' ');
            }
        }
    }

    fn verbatim(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn gap(&mut self, gap: &str) {
        if gap == " " {
            self.words(gap);
        } else if !self.0.is_empty() {
            self.0.truncate(self.0.trim_end_matches(' ').len());
            let there = ["\n\n", "\n"].iter().find(|end| self.0.ends_with(**end)).map_or(0, |end| end.len());
            self.0.push_str(&gap[there.min(gap.len())..]);
        }
    }

    fn item(&mut self) {
        self.0.push_str("- ");
    }
}

fn is_main(tag: &Tag) -> bool {
    matches!(&*tag.name, "main" | "article") || attribute(tag, "role") == Some("main")
}

/// Menus and margins. A heading of the page is a margin, the heading of an article is not.
fn is_margin(tag: &Tag, in_main: bool) -> bool {
    match &*tag.name {
        "nav" | "aside" | "footer" | "form" | "button" | "select" | "dialog" => !tag.self_closing,
        "header" => !in_main,
        _ => matches!(attribute(tag, "role"), Some("navigation" | "search" | "banner" | "contentinfo")),
    }
}

fn separates_attributes(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'/')
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| *attribute.name.local == *name).map(|attribute| &*attribute.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_part_is_read_and_the_rest_is_not() {
        let words = "Words that stand in the main part of the page. ".repeat(3);
        let page = Page::read(&format!(
            "<!doctype html><title>Lists &amp; more\n</title><style>p {{ }}</style><script>if (a < b) '</p>'</script>\
             <header>Brand</header><nav><ul><li><a href=other.html>Other <b>page</b></a></ul></nav>\
             <div role=main><div><h1>Lists<a href='#lists'>¶</a></h1><p>{words}</p></div><pre>for x in y:\n    print(x)\n\
             </pre><ul><li>One<li>Two</ul><table><tr><td>a<td>b</table><svg><text>no</text></svg></div>\
             <p>After<footer>Imprint</footer>"
        ));
        assert_eq!(page.title, "Lists & more");
        let expected = format!("Lists\n\n{}\n\nfor x in y:\n    print(x)\n\n- One\n- Two\n\na b", words.trim());
        assert_eq!(page.text, expected);
        let link = |address: &str, words: &str| PageLink { address: address.into(), words: words.into() };
        assert_eq!(page.links, [link("other.html", "Other page"), link("#lists", "¶")]);
    }

    #[test]
    fn a_page_without_a_main_part_is_read_whole_but_for_its_menus() {
        let page = Page::read("<nav>Menu</nav><p>One<br>two</p><form><input>Search</form><p>Three &lt;b&gt; caf\u{e9}");
        assert_eq!(page.text, "One\ntwo\n\nThree <b> café");
        assert_eq!(Page::read("no markup at all").text, "no markup at all");
        assert_eq!(Page::read("").text, "");
    }

    #[test]
    fn hostile_pages_are_read_in_one_pass() {
        let deep = "<div>".repeat(50_000);
        assert_eq!(Page::read(&format!("{deep}deep")).text, "deep");
        for broken in
            ["<p", "<a href='x", "</nav></main></pre>", "<svg/>text", "<title>never closed", "<!--", "&#0;&#xffffff;"]
        {
            Page::read(broken);
        }
        assert_eq!(Page::read("<svg/>text").text, "text");
        let attributes = (0..30_000).map(|number| format!(" a{number:x}")).collect::<String>();
        assert_eq!(Page::read(&format!("before<p{attributes}>behind")).text, "before");
        let many = Page::read(&"<a href=x>y</a>".repeat(MAX_LINKS + 10));
        assert_eq!(many.links.len(), MAX_LINKS);
    }
}
