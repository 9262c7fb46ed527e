//! A short piece of a stranger's text that is safe to log and to show.

use std::fmt;

use crate::Secret;

/// Most characters that an excerpt keeps: enough for one sentence of a server, too short for a whole prompt.
const MAX_CHARS: usize = 240;

/// What a server said, cut to one short line without control characters. Whoever reads logs cannot be fooled by line breaks
/// or terminal codes in it, and it holds neither a whole body nor a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt(String);

impl Excerpt {
    /// An excerpt of a text that is known to hold no secret.
    pub fn new(text: &str) -> Self {
        let visible = text.chars().map(|symbol| if symbol.is_control() { ' ' } else { symbol }).collect::<String>();
        let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => Self(format!("{}…", &line[..end])),
            None => Self(line),
        }
    }

    /// An excerpt of a text that may quote the key back. The key goes first: cutting first could leave half of it.
    pub(crate) fn without(secret: Option<&Secret>, text: &str) -> Self {
        match secret.filter(|secret| !secret.is_empty()) {
            Some(secret) => Self::new(&text.replace(secret.expose(), "(key)")),
            None => Self::new(text),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { formatter.write_str("it gave no reason") } else { formatter.write_str(&self.0) }
    }
}

impl From<&str> for Excerpt {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
