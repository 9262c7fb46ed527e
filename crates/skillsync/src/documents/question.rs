//! What is looked for when somebody asks for a topic.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::words::words;

/// How much of a question is looked at. A topic is a line.
const MAX_QUESTION_CHARS: usize = 1_000;

/// How many different words of it.
const MAX_QUESTION_WORDS: usize = 32;

/// Words that say nothing about the topic, though they may be rare in documents: those of English grammar, and those that
/// any lesson may have in its title.
const SAYING_NOTHING: &str = "a about all an and are as at be by can do does for from get getting had has have how i if in into
is it its me my not of on or our so than that the their them then there these they this those to up us was we what when where
which who why will with without you your
advanced basics beginner beginners course deep dive essentials explained first fundamentals guide intermediate intro introduction
know learn learning lesson made need overview part practice practical simple start started step steps tutorial understand
understanding use using work working";

static FILLERS: LazyLock<HashSet<String>> = LazyLock::new(|| words(SAYING_NOTHING).into_iter().collect());

/// The different words of a question that say something about its topic, within bounds; all of them where none does.
pub(super) fn words_of(question: &str) -> Vec<String> {
    let question: String = question.chars().take(MAX_QUESTION_CHARS).collect();
    let mut different = Vec::new();
    for word in words(&question) {
        if !different.contains(&word) {
            different.push(word);
        }
    }
    if different.iter().any(|word| !FILLERS.contains(word)) {
        different.retain(|word| !FILLERS.contains(word));
    }
    different.truncate(MAX_QUESTION_WORDS);
    different
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_its_telling_words() {
        assert_eq!(words_of("An Introduction to Rust Ownership for Beginners"), ["rust", "ownership"]);
        assert_eq!(words_of("Python, python and PYTHON variables"), ["python", "variable"]);
        assert_eq!(words_of("AND NOT"), ["and", "not"]);
        assert_eq!(words_of("*"), Vec::<String>::new());
        let many: String = (0..500).map(|number| format!("w{number} ")).collect();
        assert_eq!(words_of(&many).len(), MAX_QUESTION_WORDS);
    }
}
