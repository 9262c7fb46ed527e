//! Automatic captions roll up: each cue repeats the lines above its new one. Here every line is left once.

use super::Cue;
use super::read::RawCue;

/// Cues further apart than this are not one rolling display, and a repetition is one of the speaker.
const LONGEST_GAP_MS: u64 = 250;

/// Joins the lines of each cue, without those that only roll on from the cue before.
pub(super) fn merge(mut cues: Vec<RawCue>) -> Vec<Cue> {
    cues.sort_by_key(|cue| cue.start_ms);
    let mut merged = Vec::<Cue>::new();
    let mut shown = Vec::<String>::new();
    let mut shown_until_ms = 0;
    for cue in cues {
        let rolls = cue.start_ms <= shown_until_ms + LONGEST_GAP_MS;
        let repeated = if rolls { overlap(&shown, &cue.lines) } else { 0 };
        let text = cue.lines[repeated..].join(" ");
        match merged.last_mut() {
            // Nothing new: the display only stands on.
            Some(last) if text.is_empty() && repeated > 0 => last.end_ms = last.end_ms.max(cue.end_ms),
            // The same line grows word by word.
            Some(last) if rolls && repeated == 0 && grows(&last.text, &text) => {
                last.text = text;
                last.end_ms = last.end_ms.max(cue.end_ms);
            }
            _ if text.is_empty() => {}
            _ => merged.push(Cue { start_ms: cue.start_ms, end_ms: cue.end_ms, text }),
        }
        if !cue.lines.is_empty() {
            shown = cue.lines;
            shown_until_ms = cue.end_ms;
        }
    }
    merged
}

/// How many lines at the top of a cue are the last ones of the cue before.
fn overlap(before: &[String], now: &[String]) -> usize {
    (1..=before.len().min(now.len())).rev().find(|count| before[before.len() - count..] == now[..*count]).unwrap_or(0)
}

/// Whether a text goes on from another one, of which there are at least two words: one word is a usual start of a sentence.
fn grows(before: &str, now: &str) -> bool {
    before.contains(' ') && now.strip_prefix(before).is_some_and(|more| more.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::super::{Transcript, TranscriptFormat, TranscriptSource};

    fn told(text: &str) -> Vec<(u64, u64, String)> {
        let transcript =
            Transcript::read(text.as_bytes(), TranscriptFormat::WebVtt, None, TranscriptSource::YtDlpCaptions);
        transcript.expect("it reads").cues.into_iter().map(|cue| (cue.start_ms, cue.end_ms, cue.text)).collect()
    }

    #[test]
    fn automatic_captions_say_every_line_once() {
        let text = "WEBVTT\nKind: captions\nLanguage: en\n\n\
            00:00:00.160 --> 00:00:02.470 align:start position:0%\n \nwelcome<00:00:00.560><c> to</c><00:00:00.720><c> this</c>\n\n\
            00:00:02.470 --> 00:00:02.480 align:start position:0%\nwelcome to this\n \n\n\
            00:00:02.480 --> 00:00:04.789 align:start position:0%\nwelcome to this\nvideo<00:00:02.800><c> on</c><00:00:03.000><c> loops</c>\n\n\
            00:00:04.789 --> 00:00:04.799 align:start position:0%\nvideo on loops\n \n\n\
            00:00:04.799 --> 00:00:06.000 align:start position:0%\nvideo on loops\nin<00:00:05.000><c> Python</c>\n";
        assert_eq!(
            told(text),
            [
                (160, 2_480, "welcome to this".to_owned()),
                (2_480, 4_799, "video on loops".to_owned()),
                (4_799, 6_000, "in Python".to_owned()),
            ]
        );
    }

    #[test]
    fn a_line_that_grows_is_one_line() {
        let text = "WEBVTT\n\n00:01.000 --> 00:02.000\na list\n\n00:02.000 --> 00:03.000\na list of\n\n\
            00:03.000 --> 00:04.000\na list of numbers\n";
        assert_eq!(told(text), [(1_000, 4_000, "a list of numbers".to_owned())]);
    }

    #[test]
    fn a_speaker_may_repeat_himself_after_a_pause() {
        let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nAgain\n\n00:05.000 --> 00:06.000\nAgain\n";
        assert_eq!(told(text), [(1_000, 2_000, "Again".to_owned()), (5_000, 6_000, "Again".to_owned())]);
    }
}
