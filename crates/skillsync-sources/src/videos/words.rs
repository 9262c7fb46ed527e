//! Whether a text is about a topic, by the topic's words: without case, accents and endings.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::VideoQuery;
use crate::transcripts::Transcript;

/// Most words of a topic that count. Titles of lessons are shorter.
const MAX_WORDS: usize = 16;

/// How often a transcript that is about a word says it at least.
const ENOUGH_MENTIONS: usize = 3;

/// English words that say nothing about the topic. In other languages such words count a little; that harms no order, since
/// all videos are asked for the same ones.
const EMPTY_WORDS: [&str; 34] = [
    "a",
    "about",
    "an",
    "and",
    "are",
    "as",
    "at",
    "basics",
    "beginner",
    "beginners",
    "by",
    "do",
    "for",
    "from",
    "how",
    "in",
    "introduction",
    "is",
    "it",
    "learn",
    "of",
    "on",
    "or",
    "the",
    "to",
    "tutorial",
    "use",
    "using",
    "what",
    "when",
    "why",
    "with",
    "work",
    "your",
];

/// The words of what is searched, each once: those of the topic and of the programming language.
pub(super) fn words_of_query(query: &VideoQuery) -> Vec<String> {
    words_of(&format!("{} {}", query.topic, query.programming_language.as_deref().unwrap_or_default()))
}

/// The words of a topic that say something, each once; where none does, all of them.
pub(super) fn words_of(topic: &str) -> Vec<String> {
    let mut all = Vec::<String>::new();
    for word in tokens(topic) {
        if !all.contains(&word) && all.len() < MAX_WORDS {
            all.push(word);
        }
    }
    let telling = all.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).cloned().collect::<Vec<_>>();
    if telling.is_empty() { all } else { telling }
}

/// How many of these words a text has.
pub(super) fn matched(words: &[String], text: &str) -> usize {
    let text = Folded::new(text);
    words.iter().filter(|word| text.mentions(word, 1) > 0).count()
}

/// How much of a topic a transcript speaks of, from 0 to 1. A word that is said three times counts whole, for one that is only
/// mentioned in passing is not taught.
pub fn match_of_transcript(transcript: &Transcript, topic: &str) -> f64 {
    let words = words_of(topic);
    if words.is_empty() {
        return 0.0;
    }
    let text = transcript.cues.iter().map(|cue| cue.text.as_str()).collect::<Vec<_>>().join(" ");
    let text = Folded::new(&text);
    let mentions = words.iter().map(|word| text.mentions(word, ENOUGH_MENTIONS)).sum::<usize>();
    mentions as f64 / (words.len() * ENOUGH_MENTIONS) as f64
}

/// A text prepared for being searched.
struct Folded {
    text: String,
    tokens: Vec<String>,
}

impl Folded {
    fn new(text: &str) -> Self {
        Self { text: fold(text), tokens: tokens(text) }
    }

    /// How often a word is there, counted up to a bound.
    fn mentions(&self, word: &str, bound: usize) -> usize {
        if word.chars().any(is_written_without_blanks) {
            return self.text.matches(word).take(bound).count();
        }
        self.tokens.iter().filter(|token| is_same_word(token, word)).take(bound).count()
    }
}

/// Words in small letters without accents. `+` and `#` belong to words, for C++ and C#.
fn tokens(text: &str) -> Vec<String> {
    let folded = fold(text);
    let pieces = folded.split(|symbol: char| !symbol.is_alphanumeric() && !matches!(symbol, '+' | '#'));
    let words = pieces.map(|piece| piece.trim_start_matches(['+', '#']));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn fold(text: &str) -> String {
    text.nfkd().filter(|symbol| !is_combining_mark(*symbol)).flat_map(char::to_lowercase).collect()
}

/// Whether two words differ at most in a short ending: `loop`, `loops`, `looping`. Short words must be equal, or `go` would be
/// in `gone`.
fn is_same_word(one: &str, other: &str) -> bool {
    let (one, other) = (stem(one), stem(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long || (short.len() >= 4 && long.len() - short.len() <= 3 && long.starts_with(short))
}

/// A word without the endings that most English words of a topic come with.
fn stem(word: &str) -> &str {
    let shorter = ["ing", "es", "s"].into_iter().find_map(|ending| word.strip_suffix(ending));
    shorter.filter(|stem| stem.len() >= 4).unwrap_or(word)
}

/// Han, Kana and Thai: a word there can only be found as a part of the text.
fn is_written_without_blanks(symbol: char) -> bool {
    matches!(symbol, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::transcripts::{Cue, TranscriptSource};

    #[test]
    fn words_are_found_in_any_dress() {
        for (topic, text, expected) in [
            ("Introduction to Loops", "LOOPING in Python", (1, 1)),
            ("Café Größe", "cafe grosse", (1, 2)),
            ("C++ pointers", "Pointers in C++ explained", (2, 2)),
            ("C# and C++", "Learn C today", (0, 2)),
            ("go routines", "Let it be gone", (0, 2)),
            ("#python", "python.", (1, 1)),
            ("Node.js", "node js", (2, 2)),
            ("変数とは", "プログラミングの変数とは何か", (1, 1)),
            ("the", "the the", (1, 1)),
            ("", "anything", (0, 0)),
        ] {
            let words = words_of(topic);
            assert_eq!((matched(&words, text), words.len()), expected, "{topic}: {text}");
        }
    }

    fn transcript(texts: &[&str]) -> Transcript {
        let cue = |text: &&str| Cue { start_ms: 0, end_ms: 1, text: (*text).to_owned() };
        let source = TranscriptSource::Captions;
        Transcript { language: None, source, has_times: true, cues: texts.iter().map(cue).collect() }
    }

    #[test]
    fn a_word_in_passing_is_not_a_topic() {
        let topic = "Recursion in Python";
        let passing = transcript(&["This has nothing to do with recursion."]);
        let teaching =
            transcript(&["Recursion is recursion", "recursive calls recur. Recursion in Python.", "Python, Python"]);
        assert!((match_of_transcript(&passing, topic) - 1.0 / 6.0).abs() < 1e-9);
        assert!((match_of_transcript(&teaching, topic) - 1.0).abs() < 1e-9);
        assert_eq!(match_of_transcript(&teaching, " "), 0.0);
    }

    proptest! {
        #[test]
        fn more_words_never_match_less(topic in "[a-z ]{0,30}", first in "[a-z ]{0,60}", more in "[a-z ]{0,60}") {
            let less = match_of_transcript(&transcript(&[&first]), &topic);
            let whole = match_of_transcript(&transcript(&[&first, &more]), &topic);
            prop_assert!((0.0..=1.0).contains(&less) && less <= whole && whole <= 1.0);
        }
    }
}
