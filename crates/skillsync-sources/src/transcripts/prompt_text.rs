//! A transcript as text for a prompt: short, with the times that a model may cite.

use super::{Cue, Transcript};

/// About how much speech stands behind one time. Finer times cost tokens and help nobody to find a place.
const PASSAGE_MS: u64 = 20_000;

/// About how many characters a passage has where there are no times to go by.
const PASSAGE_CHARS: usize = 300;

/// Characters kept free for the line that says what was left out.
const NOTE_CHARS: usize = 80;

impl Transcript {
    /// The transcript as lines of `[m:ss] words`, one about every twenty seconds; without times as lines of words.
    ///
    /// It has at most `max_chars` characters. Where that is too few, passages are left out evenly over the whole video, and
    /// the first line says so.
    pub fn text_with_times(&self, max_chars: usize) -> String {
        let passages = self.passages();
        let whole = passages.join("\n");
        if whole.chars().count() <= max_chars {
            return whole;
        }
        let room = max_chars.saturating_sub(NOTE_CHARS);
        let total = passages.len();
        let lengths = passages.iter().map(|passage| passage.chars().count() + 1).collect::<Vec<_>>();
        let picked = |count: usize| (0..count).map(move |index| index * total / count);
        let fits = |count: &usize| picked(*count).map(|index| lengths[index]).sum::<usize>() <= room;
        let Some(count) = (1..total).rev().find(fits) else {
            return whole.chars().take(max_chars).collect();
        };
        let kept = picked(count).map(|index| passages[index].as_str()).collect::<Vec<_>>().join("\n");
        format!("(shortened: {count} of {total} passages, evenly spread over the video)\n{kept}")
    }

    fn passages(&self) -> Vec<String> {
        let mut passages = Vec::<(u64, String)>::new();
        for Cue { start_ms, text, .. } in &self.cues {
            match passages.last_mut() {
                Some((start, words)) if self.goes_on(*start, words, *start_ms) => {
                    words.push(' ');
                    words.push_str(text);
                }
                _ => passages.push((*start_ms, text.clone())),
            }
        }
        let line =
            |(start_ms, words)| if self.has_times { format!("[{}] {words}", clock(start_ms / 1000)) } else { words };
        passages.into_iter().map(line).collect()
    }

    fn goes_on(&self, start_ms: u64, words: &str, next_ms: u64) -> bool {
        if self.has_times { next_ms - start_ms < PASSAGE_MS } else { words.len() < PASSAGE_CHARS }
    }
}

/// Seconds as people write them for videos: `0:07`, `12:34`, `1:02:03`.
pub fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::TranscriptSource;
    use super::*;

    fn transcript(cues: usize, words: &str, has_times: bool) -> Transcript {
        let cue = |index: usize| {
            let start_ms = if has_times { index as u64 * 5_000 } else { 0 };
            Cue { start_ms, end_ms: start_ms + 4_000, text: format!("{words}{index}") }
        };
        let cues = (0..cues).map(cue).collect();
        Transcript { language: None, source: TranscriptSource::Captions, has_times, cues }
    }

    #[test]
    fn a_time_stands_about_every_twenty_seconds() {
        assert_eq!(transcript(6, "w", true).text_with_times(1_000), "[0:00] w0 w1 w2 w3\n[0:20] w4 w5");
        assert_eq!(transcript(3, "w", false).text_with_times(1_000), "w0 w1 w2");
        assert_eq!((clock(7), clock(754), clock(3_723)), ("0:07".into(), "12:34".into(), "1:02:03".into()));
    }

    #[test]
    fn a_long_one_is_thinned_evenly_and_says_so() {
        let text = transcript(240, "some words ", true).text_with_times(1_000);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("(shortened: 14 of 60 passages, evenly spread over the video)"));
        let minutes = lines.map(|line| line[1..].split(':').next().expect("a time").to_owned()).collect::<Vec<_>>();
        assert_eq!(minutes.join(" "), "0 1 2 4 5 7 8 10 11 12 14 15 17 18");
    }

    proptest! {
        #[test]
        fn the_bound_holds(cues in 1usize..200, words in "[a-zä]{0,40}", max_chars in 0usize..3_000, has_times: bool) {
            let text = transcript(cues, &words, has_times).text_with_times(max_chars);
            prop_assert!(text.chars().count() <= max_chars);
        }
    }
}
