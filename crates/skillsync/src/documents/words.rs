//! The words of a text as both databases index them: folded, so that spelling differs less than meaning.
//!
//! What comes out holds letters, digits and marks only. Nothing in it means anything to a query language, so that a
//! stranger's question can be put into a query.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are cut: no reader looks for them, and PostgreSQL refuses words of more than 2,046 bytes.
const MAX_WORD_CHARS: usize = 64;

/// The words of a text in order. Letters are lower-cased and lose their accents, an English plural its ending; `C++` and
/// `C#` are words of their own; scripts without blanks between words become overlapping pairs of signs.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Words::default();
    let mut folded = text.chars().flat_map(char::to_lowercase).nfkd().filter(|c| !is_accent(*c)).peekable();
    while let Some(c) = folded.next() {
        match c {
            _ if is_unspaced(c) => found.add_sign(c),
            _ if c.is_alphanumeric() || is_combining_mark(c) => found.add_letter(c),
            '+' if folded.peek() == Some(&'+') => found.end_with("plusplus"),
            '#' => found.end_with("sharp"),
            _ => found.end(),
        }
    }
    found.end();
    found.words
}

/// The accents of Latin, Greek and Cyrillic letters. Marks of other scripts are vowels, without which words are others.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether this is a sign of a script that writes no blanks between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
        && (c.is_alphanumeric() || is_combining_mark(c))
}

#[derive(Default)]
struct Words {
    words: Vec<String>,
    word: String,
    chars: usize,
    sign: Option<char>,
    is_paired: bool,
}

impl Words {
    fn add_letter(&mut self, c: char) {
        self.end_signs();
        if self.chars < MAX_WORD_CHARS {
            self.word.push(c);
            self.chars += 1;
        }
    }

    fn add_sign(&mut self, c: char) {
        self.end_word();
        self.is_paired = match self.sign.replace(c) {
            Some(before) => {
                self.words.push([before, c].iter().collect());
                true
            }
            None => false,
        };
    }

    /// Languages are called by a letter and a sign: `C++`, `C#`, `F#`.
    fn end_with(&mut self, name: &str) {
        if self.chars == 1 && self.word.is_ascii() {
            self.word.push_str(name);
        }
        self.end();
    }

    fn end(&mut self) {
        self.end_word();
        self.end_signs();
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        self.chars = 0;
        // A mark alone, such as what is left of an emoji, is no word.
        if word.contains(char::is_alphanumeric) {
            self.words.push(singular(word));
        }
    }

    /// A sign that has no neighbour is a word of its own.
    fn end_signs(&mut self) {
        if let Some(sign) = self.sign.take().filter(|_| !self.is_paired) {
            self.words.push(sign.to_string());
        }
    }
}

/// Takes an English plural its ending, by the "S stemmer" of D. Harman, How effective is suffixing?, 1991. Words of other
/// languages may lose an s likewise, in documents and questions alike, which does no harm.
fn singular(mut word: String) -> String {
    if word.len() <= 3 || !word.is_ascii() {
        return word;
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    if ends(&["ies"]) && !ends(&["eies", "aies"]) {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if ends(&["es"]) && !ends(&["aes", "ees", "oes"]) || ends(&["s"]) && !ends(&["us", "ss", "es"]) {
        word.pop();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_matters_less_than_meaning() {
        assert_eq!(words("Variables, a variable; VARIABLE'S"), ["variable", "a", "variable", "variable", "s"]);
        assert_eq!(words("Café naïve Ærø Żółć"), ["cafe", "naive", "ærø", "zołc"]);
        assert_eq!(words("queries classes class status"), ["query", "classe", "class", "status"]);
        assert_eq!(words("C++ and C# and C, i++ #1"), ["cplusplus", "and", "csharp", "and", "c", "iplusplus", "1"]);
        assert_eq!(words("snake_case x.y v2.0"), ["snake", "case", "x", "y", "v2", "0"]);
    }

    #[test]
    fn scripts_without_blanks_become_pairs_and_others_keep_their_vowels() {
        assert_eq!(words("变量是 x"), ["变量", "量是", "x"]);
        assert_eq!(words("学"), ["学"]);
        assert_eq!(words("हिन्दी"), ["हिन्दी"]);
        assert_eq!(words("Привет, Мир"), ["привет", "мир"]);
    }

    #[test]
    fn nothing_is_left_that_means_something_to_a_query() {
        for hostile in ["", " ", "\"*\" ():^-&|!'\\", "🙂👩‍👩‍👧", "\0\u{200b}", "''''"] {
            assert_eq!(words(hostile), Vec::<String>::new(), "{hostile:?}");
        }
        assert_eq!(words("\" OR 1=1 --"), ["or", "1", "1"]);
        assert_eq!(words("NEAR(a b)* NOT"), ["near", "a", "b", "not"]);
        assert_eq!(words(&"x".repeat(5_000)), ["x".repeat(64)]);
    }

    proptest::proptest! {
        #[test]
        fn words_hold_letters_digits_and_marks_only(text in "\\PC{0,80}") {
            for word in words(&text) {
                assert!(word.chars().all(|c| c.is_alphanumeric() || is_combining_mark(c)), "{word:?}");
            }
        }
    }
}
