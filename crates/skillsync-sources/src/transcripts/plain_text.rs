//! Text as people hand it in: with the time at the start of lines, or just the words.

use super::read::{MAX_CUE_CHARS, MAX_CUES, TranscriptError};
use super::subtitles::clock_seconds;
use super::{Cue, cue_text};

/// How fast people speak, for the end of the last words, of which no next line tells: about 150 words of six letters a
/// minute.
const CHARS_A_SECOND: u64 = 15;

/// Whether the text tells times, and its cues. Where a first word does, it is a text with times, and lines without one go on
/// from the line above; words before the first time belong to it.
pub(super) fn read(lines: &[&str]) -> Result<(bool, Vec<Cue>), TranscriptError> {
    if lines.iter().any(|line| time_of(line).is_some()) {
        Ok((true, read_timed(lines)?))
    } else {
        Ok((false, read_untimed(lines)?))
    }
}

fn read_timed(lines: &[&str]) -> Result<Vec<Cue>, TranscriptError> {
    // Where it stands, its start and its words.
    let mut passages = Vec::<(usize, u64, String)>::new();
    for (index, line) in lines.iter().enumerate() {
        let (start_ms, words) = match time_of(line) {
            Some((seconds, words)) => (Some(seconds * 1000), words),
            None => (None, *line),
        };
        let words = cue_text::visible(words);
        match (start_ms, passages.last_mut()) {
            (Some(start_ms), _) => passages.push((index + 1, start_ms, words)),
            (None, Some((.., text))) => {
                *text = if text.is_empty() { words } else { format!("{text} {words}").trim_end().to_owned() };
            }
            (None, None) if words.is_empty() => {}
            (None, None) => passages.push((index + 1, 0, words)),
        }
        if passages.len() > MAX_CUES {
            return Err(TranscriptError::TooManyCues { limit: MAX_CUES, line: index + 1 });
        }
        if let Some((line, ..)) = passages.last().filter(|(.., text)| text.chars().count() > MAX_CUE_CHARS) {
            return Err(TranscriptError::CueTooLong { line: *line, limit_chars: MAX_CUE_CHARS });
        }
    }
    passages.sort_by_key(|(_, start_ms, _)| *start_ms);
    let starts = passages.iter().map(|(_, start_ms, _)| *start_ms).collect::<Vec<_>>();
    let cues = passages.into_iter().enumerate().map(|(index, (_, start_ms, text))| {
        let spoken_ms = text.chars().count() as u64 * 1000 / CHARS_A_SECOND;
        let end_ms = starts.get(index + 1).copied().unwrap_or(start_ms + spoken_ms.max(1000));
        Cue { start_ms, end_ms, text }
    });
    Ok(cues.collect())
}

/// A paragraph is a cue; one that is too long for that becomes several.
fn read_untimed(lines: &[&str]) -> Result<Vec<Cue>, TranscriptError> {
    let mut cues = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for text in divide(&cue_text::visible(line)) {
            if cues.len() == MAX_CUES {
                return Err(TranscriptError::TooManyCues { limit: MAX_CUES, line: index + 1 });
            }
            cues.push(Cue { start_ms: 0, end_ms: 0, text });
        }
    }
    Ok(cues)
}

/// Pieces of at most the allowed length, divided between words where there are any.
fn divide(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((bound, _)) = rest.char_indices().nth(MAX_CUE_CHARS) {
        let cut = rest[..bound].rfind(' ').filter(|at| *at > 0).unwrap_or(bound);
        pieces.push(rest[..cut].to_owned());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

/// Reads `[1:02:03] words`, `(2:03) words`, `02:03 - words` or a line of only the time, as video platforms show them.
fn time_of(line: &str) -> Option<(u64, &str)> {
    let line = line.trim();
    let bracketed =
        [('[', ']'), ('(', ')')].into_iter().find_map(|(open, close)| line.strip_prefix(open)?.split_once(close));
    if let Some((time, words)) = bracketed {
        return Some((clock_seconds(time.trim())?, words.trim_start_matches([' ', '-', ':', '–'])));
    }
    let (time, words) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    Some((clock_seconds(time.trim_end_matches(['-', '–']))?, words.trim_start_matches([' ', '-', '–'])))
}

#[cfg(test)]
mod tests {
    use super::super::{Transcript, TranscriptFormat, TranscriptSource};

    fn transcript(text: &str) -> Transcript {
        let transcript =
            Transcript::read(text.as_bytes(), TranscriptFormat::PlainText, Some("en"), TranscriptSource::Uploaded);
        transcript.expect("it reads")
    }

    #[test]
    fn times_at_the_start_of_lines_are_read() {
        for text in [
            "[0:00] Hello\nand welcome\n\n[1:05] A loop repeats",
            "0:00 Hello\nand welcome\n1:05 - A loop repeats",
            "0:00\nHello\nand welcome\n01:05\nA loop repeats",
            "Hello\nand welcome\n(00:01:05) A loop repeats",
        ] {
            let transcript = transcript(text);
            assert!(transcript.has_times);
            let told =
                transcript.cues.iter().map(|cue| (cue.start_ms, cue.end_ms, cue.text.as_str())).collect::<Vec<_>>();
            assert_eq!(told, [(0, 65_000, "Hello and welcome"), (65_000, 66_000, "A loop repeats")], "{text}");
        }
    }

    #[test]
    fn a_text_without_times_gets_none() {
        let transcript = transcript("We meet at about 10:30, she says.\n\nThen nothing.\n");
        assert!(!transcript.has_times);
        assert_eq!(transcript.cues.len(), 2);
        assert!(transcript.cues.iter().all(|cue| cue.end_ms == 0));
    }

    #[test]
    fn a_long_paragraph_is_divided_between_words() {
        let transcript = transcript(&"word ".repeat(2_000));
        assert_eq!(transcript.cues.len(), 3);
        assert!(transcript.cues.iter().all(|cue| cue.text.starts_with("word") && cue.text.ends_with("word")));
    }
}
