//! The passage of a long page that a question is about.

use super::plain::cut;
use super::words::{is_same_word, words_of};

/// At most so many characters of a text, from where most of the words stand close together. A page that fits is taken whole,
/// and the earliest of equal passages wins, since pages begin with what matters.
pub(crate) fn best_passage(text: &str, words: &[String], max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let paragraphs = paragraphs(text);
    let hits = paragraphs.iter().map(|(_, paragraph)| hits_in(paragraph, words)).collect::<Vec<_>>();
    let lengths = paragraphs.iter().map(|(_, paragraph)| paragraph.chars().count() + 1).collect::<Vec<_>>();
    let mut best = (0, 0);
    for first in 0..paragraphs.len() {
        let (mut left, mut seen, mut count) = (max_chars, 0u32, 0);
        for (hits, length) in hits[first..].iter().zip(&lengths[first..]) {
            seen |= hits.words;
            count += hits.count;
            left = left.saturating_sub(*length);
            if left == 0 {
                break;
            }
        }
        // Another word counts for more than the same one again. A passage begins at a hit, so that its heading comes along.
        let score = seen.count_ones() as usize * 8 + count.min(16);
        if hits[first].words != 0 && score > best.0 {
            best = (score, first);
        }
    }
    let start = paragraphs.get(best.1).map_or(0, |(start, _)| *start);
    cut(&text[start..], max_chars)
}

/// What a paragraph has of the words.
struct Hits {
    /// One bit a word.
    words: u32,
    count: usize,
}

fn hits_in(paragraph: &str, words: &[String]) -> Hits {
    let mut hits = Hits { words: 0, count: 0 };
    for word in words_of(paragraph) {
        if let Some(place) = words.iter().take(32).position(|wanted| is_same_word(wanted, &word)) {
            hits.words |= 1 << place;
            hits.count += 1;
        }
    }
    hits
}

/// The lines that hold something, each with its place.
fn paragraphs(text: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let place = start;
        start += line.len();
        (place, line.trim_end())
    });
    lines.filter(|(_, line)| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::topic_words;

    #[test]
    fn the_passage_begins_where_the_words_stand_together() {
        let page = format!(
            "Data structures\n\n{filler}\nA list has methods.\n\n{filler}\nList comprehensions\n\nList comprehensions make \
             lists.\n\n{filler}",
            filler = "Something else entirely.\n\n".repeat(20)
        );
        let passage = best_passage(&page, &topic_words("list comprehensions"), 80);
        assert!(passage.starts_with("List comprehensions\n\nList comprehensions make lists."), "{passage}");
        assert!(passage.chars().count() <= 80);
    }

    #[test]
    fn a_page_that_fits_or_says_nothing_is_taken_from_its_beginning() {
        assert_eq!(best_passage("Short.", &topic_words("list"), 80), "Short.");
        let page = format!("First words. {}", "More. ".repeat(50));
        assert!(best_passage(&page, &topic_words("monads"), 40).starts_with("First words."));
        assert_eq!(best_passage("", &[], 0), "");
    }
}
