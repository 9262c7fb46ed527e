//! How hard a text is to read, by LIX: words in a sentence on average, and the share of words with more than six letters in per
//! cent, added up (C. H. Björnsson, "Läsbarhet", 1968). It needs no dictionary of syllables and holds for most languages that
//! put spaces between words.

use crate::lessons::request::{Difficulty, Language};

use super::language::primary;

/// Fewest words from which the figure says anything.
const ENOUGH_WORDS: usize = 80;

/// The highest LIX for a difficulty. Björnsson calls 40 to 50 normal newspaper text and above 60 very difficult; technical terms are
/// long words, so lessons get some room above his classes.
fn highest(difficulty: Difficulty) -> f64 {
    match difficulty {
        Difficulty::Beginner => 50.0,
        Difficulty::Intermediate => 57.0,
        Difficulty::Advanced => 65.0,
    }
}

/// The LIX of a plain text; none when it is too short.
pub fn lix(plain: &str) -> Option<f64> {
    let words: Vec<_> = plain.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).collect();
    if words.len() < ENOUGH_WORDS {
        return None;
    }
    let ends_sentence =
        |word: &&&str| word.trim_end_matches(['"', '\'', ')', '*', '”', '’']).ends_with(['.', '!', '?', ':']);
    // A line without a full stop, such as a heading or an item of a list, ends a sentence too.
    let ends_line = |line: &&str| {
        let last = line.split_whitespace().last();
        last.is_some_and(|last| !ends_sentence(&&last))
    };
    let sentences = words.iter().filter(ends_sentence).count() + plain.lines().filter(ends_line).count();
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let long = words.iter().filter(|word| letters(word) > 6).count();
    let count = words.len() as f64;
    Some(count / sentences.max(1) as f64 + 100.0 * long as f64 / count)
}

/// What is wrong when a text is harder to read than its difficulty allows. Languages with long words by nature, and those
/// without spaces, are not judged.
pub fn too_hard(plain: &str, language: &Language, difficulty: Difficulty) -> Option<String> {
    let judged = ["en", "es", "fr", "it", "pt", "nl", "sv", "da", "nb", "no", "ca", "gl"];
    let level = lix(plain).filter(|_| judged.contains(&primary(language)))?;
    let highest = highest(difficulty);
    (level > highest).then(|| {
        format!(
            "the text is too hard to read for the level {difficulty} (LIX {level:.0}, at most {highest:.0}): use shorter sentences and shorter words"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_and_long_sentences_make_a_text_hard() {
        let easy = "The cat sat on the mat. It was warm. The sun was out. ".repeat(8);
        let hard = "Notwithstanding considerable organisational heterogeneity, multidimensional considerations regarding \
                    infrastructural interdependencies necessitate comprehensive methodological reconsideration throughout \
                    institutional administrations "
            .repeat(5);
        let (easy_level, hard_level) = (lix(&easy).expect("enough"), lix(&hard).expect("enough"));
        assert!(easy_level < 10.0 && hard_level > 90.0, "{easy_level} {hard_level}");
        assert_eq!(too_hard(&easy, &Language::english(), Difficulty::Beginner), None);
        assert!(too_hard(&hard, &Language::english(), Difficulty::Advanced).is_some());
        assert_eq!(too_hard(&hard, &"de".parse().expect("a tag"), Difficulty::Advanced), None);
        assert_eq!(lix("Too short."), None);
    }
}
