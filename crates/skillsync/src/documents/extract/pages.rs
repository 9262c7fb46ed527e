//! Cuts text into pieces that are short enough to quote, and cleans it.

use super::Page;

/// The longest piece, in characters: about a printed page, and few enough that several fit into a question to a model.
pub const PIECE_CHARS: usize = 3_000;

/// The longest heading, in characters.
const HEADING_CHARS: usize = 200;

/// Pages under construction.
#[derive(Default)]
pub(super) struct Pages {
    pages: Vec<Page>,
}

impl Pages {
    /// A page that the file itself numbers. A page without text is none.
    pub(super) fn add_page(&mut self, number: usize, text: &str) {
        let text = clean(text);
        self.pages.extend(pieces(&text).map(|text| Page { number, heading: None, text: text.to_owned() }));
    }

    /// A part of a file without pages: each of its pieces becomes one. A part without text is none.
    pub(super) fn add_part(&mut self, heading: Option<&str>, text: &str) {
        let heading = heading.and_then(line).map(|heading| heading.chars().take(HEADING_CHARS).collect::<String>());
        let text = clean(text);
        for text in pieces(&text) {
            let number = self.pages.last().map_or(1, |page| page.number + 1);
            self.pages.push(Page { number, heading: heading.clone(), text: text.to_owned() });
        }
    }

    pub(super) fn finish(self) -> Vec<Page> {
        self.pages
    }
}

/// Text without what nobody sees: control characters, which no terminal should get and PostgreSQL does not store, invisible
/// signs, blanks at the ends of lines, and more than one empty line.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut empty_lines = 0;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for line in text.lines() {
        let line: String = line.chars().filter_map(visible).collect();
        let line = line.trim_end();
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        if !clean.is_empty() {
            clean.push_str(if empty_lines > 0 { "\n\n" } else { "\n" });
        }
        clean.push_str(line);
        empty_lines = 0;
    }
    clean
}

/// The text on one line without superfluous blanks; none when nothing is left.
pub(super) fn line(text: &str) -> Option<String> {
    let visible: String = text.chars().filter_map(|c| if c.is_whitespace() { Some(' ') } else { visible(c) }).collect();
    let words: Vec<_> = visible.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The character as it is kept; none when it has no business in a text.
fn visible(c: char) -> Option<char> {
    match c {
        '\t' => Some(c),
        '\u{a0}' => Some(' '),
        // Soft hyphens, zero-width spaces, marks of direction, and the byte-order mark. Zero-width joiners belong to words.
        '\u{ad}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// Pieces of at most [`PIECE_CHARS`] characters, cut where a reader would: between paragraphs, lines, sentences or words, in
/// this order, and only within a word where there is nothing else. Pieces without letters and digits are left out.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        text = text.trim_start_matches('\n');
        if text.is_empty() {
            return None;
        }
        let end = text.char_indices().nth(PIECE_CHARS).map_or(text.len(), |(end, _)| cut_before(text, end));
        let (piece, rest) = text.split_at(end);
        text = rest;
        Some(piece.trim_end())
    })
    .filter(|piece| piece.contains(char::is_alphanumeric))
}

/// The best place to cut at or before `end`. In the first half there is none: pieces would be too small.
fn cut_before(text: &str, end: usize) -> usize {
    let window = &text[..end];
    let places = ["\n\n", "\n", ". ", " "].into_iter().filter_map(|mark| Some(window.rfind(mark)? + mark.len()));
    places.into_iter().find(|place| *place > end / 2).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        pieces(text).map(str::to_owned).collect()
    }

    #[test]
    fn long_texts_are_cut_where_a_reader_would() {
        let paragraph = "One sentence. Another sentence.\n".repeat(60);
        let text = format!("{paragraph}\n{paragraph}\n{paragraph}");
        let cut_text = cut(&text);
        assert_eq!(cut_text, [paragraph.trim_end(), paragraph.trim_end(), paragraph.trim_end()]);
        let sentences = cut(&"Word after word. ".repeat(400));
        assert!(sentences.len() == 3 && sentences.iter().all(|piece| piece.ends_with("word.")), "{sentences:?}");
        let one_word = cut(&"ö".repeat(PIECE_CHARS * 2 + 1));
        assert_eq!(one_word.iter().map(|piece| piece.chars().count()).collect::<Vec<_>>(), [3_000, 3_000, 1]);
        assert_eq!(cut("\n\n"), Vec::<String>::new());
        assert_eq!(cut("---"), Vec::<String>::new());
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(clean("a\0\u{1b}[31m\u{200b}b  \r\n\r\n\r\n\u{202e}c\u{a0}d\te"), "a[31mb\n\nc d\te");
        assert_eq!(clean("\n\n    code\n"), "    code");
        assert_eq!(line(" a\n\n b\u{ad}c "), Some("a bc".to_owned()));
        assert_eq!(line(" \u{feff}\n"), None);
    }

    proptest::proptest! {
        #[test]
        fn pieces_are_short_and_lose_no_letter(text in "[a-z .\n]{0,200}", times in 1_usize..80) {
            let text = text.repeat(times);
            let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
            let pieces = cut(&text);
            assert!(pieces.iter().all(|piece| piece.chars().count() <= PIECE_CHARS));
            assert_eq!(letters(&pieces.concat()), letters(&text));
        }
    }
}
