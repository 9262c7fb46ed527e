//! The words that a topic is made of, and how well a title fits them.

/// Words that say how something is taught or join others, and so fit every page.
const COMMON: &[&str] = &[
    "a",
    "about",
    "advanced",
    "an",
    "and",
    "are",
    "as",
    "at",
    "basic",
    "basics",
    "beginner",
    "beginners",
    "by",
    "concepts",
    "course",
    "for",
    "from",
    "fundamentals",
    "getting",
    "guide",
    "how",
    "in",
    "intermediate",
    "into",
    "introduction",
    "is",
    "it",
    "its",
    "learn",
    "learning",
    "of",
    "on",
    "or",
    "overview",
    "practical",
    "programming",
    "started",
    "the",
    "to",
    "tutorial",
    "understanding",
    "use",
    "using",
    "what",
    "when",
    "why",
    "with",
    "work",
    "working",
    "your",
];

/// Most words of a topic that are looked at.
const MAX_WORDS: usize = 12;

/// How much longer one of two words may be that are taken as one: "loop" and "looping", "class" and "classes".
const MAX_ENDING_CHARS: usize = 3;

/// The words of a text in small letters. Signs inside and behind a word stay where they make a name: `C++`, `C#`, `node.js`.
pub(crate) fn words_of(text: &str) -> impl Iterator<Item = String> {
    let pieces = text.split(|sign: char| !(sign.is_alphanumeric() || matches!(sign, '+' | '#' | '.' | '_')));
    pieces.map(|piece| piece.trim_matches(['.', '_']).to_lowercase()).filter(|word| !word.is_empty())
}

/// The words of a topic that tell it from others, each once. Where there are only common ones, those are taken.
pub(crate) fn topic_words(topic: &str) -> Vec<String> {
    let mut all = Vec::<String>::new();
    for word in words_of(topic) {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    let telling = all.iter().filter(|word| !COMMON.contains(&word.as_str())).cloned().collect::<Vec<_>>();
    let mut words = if telling.is_empty() { all } else { telling };
    words.truncate(MAX_WORDS);
    words
}

/// Whether two words are one but for an ending.
pub(crate) fn is_same_word(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long
        || (short.chars().count() >= 4
            && long.strip_prefix(short).is_some_and(|ending| ending.chars().count() <= MAX_ENDING_CHARS))
}

/// How well a title fits the words: the share of them that it has, a little less for each word of its own. Nothing where
/// it has fewer than half.
pub(crate) fn fit(words: &[String], title: &str) -> Option<f32> {
    let title = words_of(title).take(40).collect::<Vec<_>>();
    let found = words.iter().filter(|word| title.iter().any(|other| is_same_word(word, other))).count();
    if found == 0 || found * 2 < words.len() {
        return None;
    }
    let own = title.len().saturating_sub(found).min(20);
    Some(found as f32 / words.len() as f32 - 0.01 * own as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_its_telling_words() {
        assert_eq!(topic_words("Introduction to the C++ Standard Library"), ["c++", "standard", "library"]);
        assert_eq!(topic_words("node.js: Streams, streams."), ["node.js", "streams"]);
        assert_eq!(topic_words("The Basics"), ["the", "basics"]);
        assert_eq!(topic_words("!!!"), Vec::<String>::new());
    }

    #[test]
    fn titles_fit_by_the_words_they_share() {
        let words = topic_words("list comprehensions");
        assert!(fit(&words, "List Comprehension") > fit(&words, "List comprehensions and generator expressions"));
        assert!(fit(&words, "Lists") > None);
        assert_eq!(fit(&words, "Dictionaries"), None);
        assert_eq!(fit(&topic_words("merge rebase cherry-pick bisect"), "Merge"), None);
        assert!(is_same_word("class", "classes") && !is_same_word("int", "into") && !is_same_word("c", "c++"));
    }
}
