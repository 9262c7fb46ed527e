//! Finished markup, kept apart from plain text by its type.

use std::fmt;

use askama::filters::HtmlSafe;

/// Markup that is safe to put into a page as it stands; templates do not escape it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Takes markup that the renderer itself has made. The caller has escaped every text in it.
    pub(super) fn trusted(markup: String) -> Self {
        Self(markup)
    }

    /// Makes markup that shows a plain text.
    pub fn text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len() + text.len() / 8);
        escape_into(&mut html, text);
        Self(html)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl From<Html> for String {
    fn from(html: Html) -> Self {
        html.0
    }
}

/// Appends a text so that it is text, in an element as well as in a quoted attribute.
pub(super) fn escape_into(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}
