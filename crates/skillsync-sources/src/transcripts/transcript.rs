//! What is said in a video and when: the same shape, wherever it comes from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What is said in a video, in the order in which it is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// The language as a BCP 47 tag, where it is known.
    pub language: Option<String>,
    /// Where it comes from.
    pub source: TranscriptSource,
    /// Whether the times of the cues mean anything. A plain text has none, and all its cues stand at 0.
    pub has_times: bool,
    /// The pieces, by start. There is at least one, and none is empty.
    pub cues: Vec<Cue>,
}

/// A piece of speech.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// Its start in milliseconds from the beginning of the video.
    pub start_ms: u64,
    /// Its end, never before its start.
    pub end_ms: u64,
    /// The words, in one line.
    pub text: String,
}

/// Where a transcript comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptSource {
    /// A learner or mentor handed it in.
    Uploaded,
    /// The platform's own captions, by its interface.
    Captions,
    /// The platform's captions, fetched by the program `yt-dlp`.
    YtDlpCaptions,
    /// A speech-to-text model heard the audio.
    SpeechToText,
}

impl Transcript {
    /// The end of the last words, or nothing where the transcript has no times.
    pub fn duration(&self) -> Option<Duration> {
        let last_ms = self.cues.iter().map(|cue| cue.end_ms).max()?;
        self.has_times.then(|| Duration::from_millis(last_ms))
    }

    /// Whether somebody speaks at this second of the video, give or take the tolerance. Without times nobody does.
    pub fn has_moment(&self, seconds: u64, tolerance_seconds: u64) -> bool {
        let (moment_ms, tolerance_ms) = (seconds.saturating_mul(1000), tolerance_seconds.saturating_mul(1000));
        self.has_times
            && self.cues.iter().any(|cue| {
                cue.start_ms.saturating_sub(tolerance_ms) <= moment_ms
                    && moment_ms <= cue.end_ms.saturating_add(tolerance_ms)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcript(has_times: bool) -> Transcript {
        let cue = |start_ms, end_ms| Cue { start_ms, end_ms, text: "words".into() };
        let cues = vec![cue(2_000, 9_500), cue(60_000, 64_000)];
        Transcript { language: Some("en".into()), source: TranscriptSource::Uploaded, has_times, cues }
    }

    #[test]
    fn a_moment_is_where_somebody_speaks() {
        let transcript = transcript(true);
        for (seconds, tolerance, expected) in [
            (2, 0, true),
            (9, 0, true),
            (10, 0, false),
            (10, 1, true),
            (40, 5, false),
            (66, 2, true),
            (u64::MAX, 9, false),
        ] {
            assert_eq!(transcript.has_moment(seconds, tolerance), expected, "{seconds} give or take {tolerance}");
        }
        assert_eq!(transcript.duration(), Some(Duration::from_secs(64)));
    }

    #[test]
    fn a_text_without_times_has_no_moments() {
        let transcript = transcript(false);
        assert!(!transcript.has_moment(2, 60));
        assert_eq!(transcript.duration(), None);
    }

    #[test]
    fn what_is_stored_reads_back_the_same() {
        let stored = serde_json::to_string(&transcript(true)).expect("it is JSON");
        assert!(stored.contains(r#""source":"uploaded""#));
        assert_eq!(serde_json::from_str::<Transcript>(&stored).expect("it reads back"), transcript(true));
    }
}
