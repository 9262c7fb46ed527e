//! The order of passages: pure, so that both databases give the same.

use std::collections::{BTreeMap, BTreeSet};

use super::words::words;

/// How soon more of the same word stops to count, and how much long passages count less. Source: Robertson and Zaragoza,
/// The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// A word in a heading says more than one in the text.
const HEADING_WEIGHT: f64 = 3.0;

/// A passage that has less than this share of the question in it, where rare words weigh more, is about something else.
const NEEDED_SHARE: f64 = 0.25;

/// What the order of a passage depends on.
pub(super) struct Content<'a> {
    /// The document's title.
    pub title: &'a str,
    /// The heading above it.
    pub heading: Option<&'a str>,
    /// The text.
    pub text: &'a str,
}

/// The scores of the passages that have to do with the question, with their places in `passages`, the best first. Equals
/// keep their order.
///
/// `passages` are those of `total` that hold at least one of the question's words.
pub(super) fn rank(question: &[String], passages: &[Content<'_>], total: usize) -> Vec<(usize, f64)> {
    let question: BTreeSet<&str> = question.iter().map(String::as_str).collect();
    let counted: Vec<_> = passages.iter().map(|passage| Counted::new(&question, passage)).collect();
    let mean_length = counted.iter().map(|passage| passage.length).sum::<f64>() / counted.len().max(1) as f64;
    let weights: BTreeMap<&str, f64> = question
        .iter()
        .map(|word| {
            let having = counted.iter().filter(|passage| passage.frequencies.contains_key(word)).count();
            // A word that stands nowhere weighs as much as the rarest. It tells that something else is meant, or only that
            // the title is worded differently.
            let having = having.max(1) as f64;
            let lacking = total as f64 - having;
            (*word, (1.0 + (lacking.max(0.0) + 0.5) / (having + 0.5)).ln())
        })
        .collect();
    let whole: f64 = weights.values().sum();
    let mut ranked: Vec<_> = counted
        .iter()
        .map(|passage| passage.score(&weights, mean_length))
        .enumerate()
        .filter(|(_, (share, _))| *share >= whole * NEEDED_SHARE)
        .map(|(place, (_, score))| (place, score))
        .collect();
    ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    ranked
}

/// How often the question's words stand in a passage, and how long it is. The words are sorted, so that equal passages have
/// equal scores to the last bit.
struct Counted<'q> {
    frequencies: BTreeMap<&'q str, f64>,
    length: f64,
}

impl<'q> Counted<'q> {
    fn new(question: &BTreeSet<&'q str>, passage: &Content<'_>) -> Self {
        let mut counted = Self { frequencies: BTreeMap::new(), length: 0.0 };
        let heading = passage.heading.unwrap_or_default();
        for (part, weight) in [(passage.title, 1.0), (heading, HEADING_WEIGHT), (passage.text, 1.0)] {
            for word in words(part) {
                counted.length += 1.0;
                if let Some(word) = question.get(word.as_str()) {
                    *counted.frequencies.entry(word).or_default() += weight;
                }
            }
        }
        counted
    }

    /// The weight of the words that are here, and the score by BM25.
    fn score(&self, weights: &BTreeMap<&str, f64>, mean_length: f64) -> (f64, f64) {
        self.frequencies.iter().fold((0.0, 0.0), |(share, score), (word, frequency)| {
            let weight = weights.get(word).copied().unwrap_or_default();
            let damping = K1 * (1.0 - B + B * self.length / mean_length.max(1.0));
            (share + weight, score + weight * frequency * (K1 + 1.0) / (frequency + damping))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(question: &str, texts: &[&str], total: usize) -> Vec<usize> {
        let passages: Vec<_> = texts.iter().map(|text| Content { title: "T", heading: None, text }).collect();
        rank(&words(question), &passages, total).into_iter().map(|(place, _)| place).collect()
    }

    #[test]
    fn more_of_the_question_and_rarer_words_come_first() {
        let texts = ["python python python", "python closures", "closures in python explained by closures"];
        assert_eq!(order("Python closures", &texts, 100), [1, 2, 0]);
        assert_eq!(order("Closure", &["a closure", "closure closure"], 100), [1, 0]);
    }

    #[test]
    fn what_has_too_little_of_the_question_is_left_out() {
        let texts = ["how to cook rice", "the french revolution of 1789"];
        assert_eq!(order("How did the French Revolution begin", &texts, 50), [1]);
        assert_eq!(order("Quantum chromodynamics for the curious", &texts, 50), [0_usize; 0]);
    }

    #[test]
    fn headings_count_more_and_equals_keep_their_order() {
        let with_heading = Content { title: "T", heading: Some("Lifetimes"), text: "Borrowed values end." };
        let in_text = Content { title: "T", heading: Some("Other"), text: "Lifetimes end." };
        let again = Content { title: "T", heading: Some("Other"), text: "Lifetimes end." };
        let ranked = rank(&words("lifetimes"), &[in_text, with_heading, again], 10);
        assert_eq!(ranked.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1, 0, 2]);
        assert!(rank(&words("lifetimes"), &[], 0).is_empty());
    }
}
