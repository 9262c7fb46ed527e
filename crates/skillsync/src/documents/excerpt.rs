//! The part of a passage to show where there is no room for all of it.

use super::question;
use super::words::words;

/// The longest excerpt, in characters.
const EXCERPT_CHARS: usize = 240;

/// How many words are shown before the first that was asked for.
const WORDS_BEFORE: usize = 8;

/// Some words of the text on one line, from a little before the first that the question asks for.
pub fn around(text: &str, question: &str) -> String {
    let asked = question::words_of(question);
    let parts: Vec<&str> = text.split_whitespace().collect();
    let first = parts.iter().position(|part| words(part).iter().any(|word| asked.contains(word))).unwrap_or(0);
    let begin = first.saturating_sub(WORDS_BEFORE);
    let whole = parts[begin..].join(" ");
    let mut excerpt: String = whole.chars().take(EXCERPT_CHARS).collect();
    if excerpt.len() < whole.len() {
        // A word that was cut is left out, unless it is all there is.
        excerpt.truncate(excerpt.rfind(' ').unwrap_or(excerpt.len()));
        excerpt.push_str(" …");
    }
    if begin > 0 { format!("… {excerpt}") } else { excerpt }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_begins_near_what_is_asked_for() {
        assert_eq!(around("All of\n\nit.", "it"), "All of it.");
        let text = format!("{}The variable holds.", "Word ".repeat(100));
        assert_eq!(around(&text, "variables"), format!("… {}The variable holds.", "Word ".repeat(7)));
        let long = around(&"Ünïcödé wörds ".repeat(100), "nothing");
        assert!(long.ends_with(" …") && long.chars().count() <= EXCERPT_CHARS + 2, "{long}");
        assert_eq!(around("", ""), "");
    }
}
