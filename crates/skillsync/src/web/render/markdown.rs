//! Turns the Markdown of a lesson into HTML.
//!
//! comrak parses; what it would pass through is changed here: raw HTML is shown as text, links lead to `http` and `https`
//! only, pictures become links because the page's policy loads none from elsewhere, and programs get their colours.

use std::{collections::HashSet, fmt::Write};

use comrak::{
    Arena, Options, create_formatter,
    html::{ChildRendering, format_node_default},
    nodes::{AstNode, NodeValue},
    parse_document,
};

use super::{highlight, html::Html};

/// A heading in a text, to lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub level: u8,
    pub id: String,
    pub text: String,
}

/// Turns a text, Markdown with tables, into blocks of HTML.
pub fn markdown(text: &str) -> Html {
    render(text, None).0
}

/// Turns a line of Markdown into HTML for the inside of an element. Signs that would begin a block are shown as they are.
pub fn markdown_line(line: &str) -> Html {
    let html = String::from(render(&guarded(line), None).0);
    let inner = html.trim_end().strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    Html::trusted(inner.and_then(|html| html.strip_prefix(GUARD)).unwrap_or_default().to_owned())
}

/// A block begins only at the beginning of a line, so a word before a line keeps all of it inline.
const GUARD: &str = "x ";

fn guarded(line: &str) -> String {
    format!("{GUARD}{}", line.trim().replace('\n', " "))
}

/// The words of a line of Markdown, for places that take no markup, such as the text that stands for a picture.
pub(super) fn words_of_line(line: &str) -> String {
    let arena = Arena::new();
    let line = guarded(line);
    let words = plain_text(parse_document(&arena, &line, &Options::default()));
    words.strip_prefix(GUARD).unwrap_or_default().to_owned()
}

/// Like [`markdown`], with an id on each heading: the block's id, `_`, and the heading's words. A block's id has no `_`,
/// so no heading meets another block's heading.
pub(super) fn markdown_with_headings(text: &str, block: &str) -> (Html, Vec<Heading>) {
    render(text, Some(block))
}

fn render(text: &str, block: Option<&str>) -> (Html, Vec<Heading>) {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.escape = true;
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options);
    let headings = Headings { block: block.map(str::to_owned), ..Headings::default() };
    let mut html = String::with_capacity(text.len() * 2);
    match Formatter::format_document(root, &options, &mut html, headings) {
        Ok(headings) => (Html::trusted(html), headings.found),
        // Writing to a string does not fail; should a formatter ever refuse, the reader still gets the text.
        Err(std::fmt::Error) => (Html::text(text), Vec::new()),
    }
}

#[derive(Default)]
struct Headings {
    block: Option<String>,
    taken: HashSet<String>,
    found: Vec<Heading>,
}

impl Headings {
    /// Notes a heading and gives its id, when ids are wanted at all.
    fn add(&mut self, level: u8, text: String) -> Option<&str> {
        let block = self.block.as_ref()?;
        let plain = format!("{block}_{}", slug(&text));
        let mut id = plain.clone();
        let mut number = 2;
        while !self.taken.insert(id.clone()) {
            id = format!("{plain}_{number}");
            number += 1;
        }
        self.found.push(Heading { level, id, text });
        self.found.last().map(|heading| heading.id.as_str())
    }
}

/// Words in lower case, joined by hyphens.
fn slug(text: &str) -> String {
    let lowered = text.to_lowercase();
    let words = lowered.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

pub(super) fn is_web_address(url: &str) -> bool {
    let scheme = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    scheme("https://") || scheme("http://")
}

fn plain_text<'a>(node: &'a AstNode<'a>) -> String {
    let mut text = String::new();
    for part in node.descendants() {
        match &part.data().value {
            NodeValue::Text(words) => text.push_str(words),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

create_formatter!(Formatter<Headings>, {
    NodeValue::Heading(ref heading) => |context, node, entering| {
        // The lesson's title is the only heading of the first level.
        let level = heading.level.clamp(2, 6);
        if entering {
            match context.user.add(level, plain_text(node)).map(str::to_owned) {
                Some(id) => write!(context, "<h{level} id=\"{id}\">")?,
                None => write!(context, "<h{level}>")?,
            }
        } else {
            writeln!(context, "</h{level}>")?;
        }
    },
    NodeValue::Link(ref link) => |context, entering| {
        if is_web_address(&link.url) {
            if entering {
                context.write_str("<a rel=\"nofollow noopener\" href=\"")?;
                context.escape_href(&link.url)?;
                context.write_str("\">")?;
            } else {
                context.write_str("</a>")?;
            }
        }
    },
    NodeValue::Image(ref image) => |context, node, entering| {
        // A link must not hold another link, as in a picture that leads somewhere.
        let inside = node.ancestors().skip(1).any(|above| matches!(above.data().value, NodeValue::Link(_)));
        if is_web_address(&image.url) && !inside {
            if entering {
                context.write_str("<a rel=\"nofollow noopener\" href=\"")?;
                context.escape_href(&image.url)?;
                context.write_str("\">")?;
            } else {
                context.write_str("</a>")?;
            }
        }
    },
    NodeValue::CodeBlock(ref block) => |context, entering| {
        if entering {
            let language = block.info.split_whitespace().next().unwrap_or_default();
            let code = highlight(block.literal.trim_end_matches('\n'), language);
            writeln!(context, "<pre class=\"program\"><code>{code}</code></pre>")?;
        }
    },
    NodeValue::HtmlBlock(ref block) => |context, entering| {
        if entering {
            writeln!(context, "<p>{}</p>", Html::text(block.literal.trim_end()))?;
        }
        return Ok(ChildRendering::Skip);
    },
    NodeValue::Table(_) => |context, node, entering| {
        if entering {
            context.write_str("<div class=\"scroll\">")?;
            format_node_default(context, node, entering)?;
        } else {
            format_node_default(context, node, entering)?;
            context.write_str("</div>\n")?;
        }
    },
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_html() {
        let text = "## Names & *values*\n\nA **variable**, see <https://example.org/a?b=1&c=2>.\n\n\
                    ```python\nage = 12\n```\n\n| a | b |\n|---|--:|\n| `1` | 2 |\n\n# Names & values\n";
        let (html, headings) = markdown_with_headings(text, "intro");
        insta::assert_snapshot!(html.as_str(), @r#"
<h2 id="intro_names-values">Names &amp; <em>values</em></h2>
<p>A <strong>variable</strong>, see <a rel="nofollow noopener" href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>.</p>
<pre class="program"><code>age <span class="hl-operator">= </span><span class="hl-constant">12</span></code></pre>
<div class="scroll">
<table>
<thead>
<tr>
<th>a</th>
<th align="right">b</th>
</tr>
</thead>
<tbody>
<tr>
<td><code>1</code></td>
<td align="right">2</td>
</tr>
</tbody>
</table>
</div>
<h2 id="intro_names-values_2">Names &amp; values</h2>
"#);
        let ids: Vec<_> = headings.iter().map(|heading| (heading.level, heading.id.as_str())).collect();
        assert_eq!(ids, [(2, "intro_names-values"), (2, "intro_names-values_2")]);
    }

    #[test]
    fn nothing_active_passes() {
        for hostile in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,x) [d](vbscript:x) [e](//evil.example)",
            "[f](java&#115;cript:alert(1)) <javascript:alert(1)> [g]( javascript:alert(1) )",
            "![x](javascript:alert(1)) ![y](data:image/svg+xml,<svg/onload=alert(1)>)",
            "[a](https://example.org/\"onclick=\"alert(1)) [b](https://x.example 'a\" onclick=\"b')",
            "```\"><script>alert(1)</script>\n</code></pre><script>\n```",
            "## <script>alert(1)</script> \" onclick=\"x",
            "[x]: javascript:alert(1)\n\n[x]",
            "mail@example.org ftp://example.org",
        ] {
            let (html, _) = markdown_with_headings(hostile, "a");
            let html = html.as_str();
            for active in [
                "<script",
                "<img",
                "href=\"java",
                "href=\"data",
                "href=\"//",
                "href=\"mail",
                "href=\"ftp",
                "\"onclick",
                "\" onclick",
            ] {
                assert!(!html.contains(active), "{active} in {html}");
            }
        }
    }

    #[test]
    fn links_tell_search_engines_nothing_and_open_nothing() {
        assert_eq!(
            markdown("[a *b*](https://example.org/?q=\"x\")").as_str(),
            "<p><a rel=\"nofollow noopener\" href=\"https://example.org/?q=%22x%22\">a <em>b</em></a></p>\n"
        );
    }

    #[test]
    fn a_line_stays_a_line() {
        for (line, html) in [
            ("The name `age` is *new*", "The name <code>age</code> is <em>new</em>"),
            ("# not a heading", "# not a heading"),
            ("1. not a list", "1. not a list"),
            ("    not code", "not code"),
            ("> a < b", "&gt; a &lt; b"),
            ("**\"quoted\"** _and_", "<strong>&quot;quoted&quot;</strong> <em>and</em>"),
            ("```x", "```x"),
            ("<b>", "&lt;b&gt;"),
            ("", ""),
        ] {
            assert_eq!(markdown_line(line).as_str(), html);
        }
        assert_eq!(words_of_line("# The *name* `age` <b>"), "# The name age ");
        assert_eq!(words_of_line(""), "");
    }

    #[test]
    fn deep_nesting_ends() {
        for sign in ["> ", "- ", "*", "[", "`", "![", "<"] {
            assert!(!markdown(&sign.repeat(5_000)).as_str().is_empty());
        }
    }
}
