//! Strangers' text made plain: no control characters, no invisible ones, no rows of empty lines, no more than is wanted.

/// The same text without what nobody sees. Invisible characters can hide words from the person who reads along; the two
/// joiners stay, since Persian, Hindi and others are written with them.
pub(crate) fn plain_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for line in text.lines() {
        let visible = line.chars().filter(|sign| !is_invisible(*sign)).collect::<String>();
        let line = visible.trim_end();
        if !line.is_empty() || !(plain.is_empty() || plain.ends_with("\n\n")) {
            plain.push_str(line);
            plain.push('\n');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// The same text in one line.
pub(crate) fn line(text: &str) -> String {
    plain_text(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most so many characters, ending with a whole word.
pub(crate) fn cut(text: &str, max_chars: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max_chars) else { return text.to_owned() };
    // One place is for the sign that something is missing.
    let whole = text[..end].char_indices().next_back().map_or(0, |(last, _)| last);
    let ends_a_word = text[whole..].starts_with(char::is_whitespace);
    let space = text[..whole].rfind(char::is_whitespace).filter(|space| !ends_a_word && space * 2 > whole);
    let kept = space.unwrap_or(whole);
    format!("{}…", text[..kept].trim_end())
}

fn is_invisible(sign: char) -> bool {
    (sign.is_control() && sign != '\t')
        || matches!(sign,
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_dropped() {
        assert_eq!(plain_text("\n\na\u{200b}b\u{202e}c \u{7}\r\n\n\n\n\td\u{e0041}\n\n"), "abc\n\n\td");
        assert_eq!(plain_text("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(line(" two\n words\u{feff} "), "two words");
    }

    #[test]
    fn a_cut_keeps_whole_words_and_its_length() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("several words here", 14), "several words…");
        assert_eq!(cut("unbreakable", 5), "unbr…");
        assert_eq!(cut("ééé ééé", 6), "ééé…");
        assert_eq!(cut("anything", 0), "…");
        for max in 1..30 {
            assert!(cut("a few words and averyveryverylongone", max).chars().count() <= max, "{max}");
        }
    }
}
