//! Reads a transcript file of any known format, within bounds, and says what is wrong with it by line.

use super::{Cue, Transcript, TranscriptSource, plain_text, roll_up, subtitles};

/// Most bytes of a file. An hour of speech is about 100 KB as WebVTT, and five times that as automatic captions.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Most cues of a file: five hours at one in two seconds.
pub const MAX_CUES: usize = 10_000;

/// Most characters of one cue: about four minutes of speech.
pub const MAX_CUE_CHARS: usize = 4_000;

/// How a transcript is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TranscriptFormat {
    /// WebVTT, `.vtt`.
    WebVtt,
    /// SubRip, `.srt`.
    SubRip,
    /// Text, with times such as `[12:34]` at the start of lines or without any.
    PlainText,
}

/// Why a file cannot be used as a transcript.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranscriptError {
    /// It is larger than any transcript of a video that lessons use.
    #[error("the transcript has more than {limit_bytes} bytes; leave out what the video does not say")]
    TooLarge {
        /// The bound.
        limit_bytes: usize,
    },
    /// It is not text in an encoding that we know.
    #[error("line {line} of the transcript is not text; save the file as UTF-8 and send it again")]
    NotText {
        /// The first line that is none.
        line: usize,
    },
    /// There are no words in it.
    #[error("the transcript holds no words")]
    Empty,
    /// Nothing in it could be read as a cue.
    #[error(
        "line {line} of the transcript should tell the time of a cue, such as 00:01:02.000 --> 00:01:05.500, and does not"
    )]
    NoTime {
        /// The first line that looks like one and is none, or the last line.
        line: usize,
    },
    /// There are more cues than any such video has.
    #[error("the transcript has more than {limit} cues, the last one allowed ends before line {line}")]
    TooManyCues {
        /// The bound.
        limit: usize,
        /// Where the first one too many stands.
        line: usize,
    },
    /// A cue is longer than anybody speaks in one go.
    #[error("the cue at line {line} of the transcript has more than {limit_chars} characters; divide it")]
    CueTooLong {
        /// Where it stands.
        line: usize,
        /// The bound.
        limit_chars: usize,
    },
}

/// A cue as it stands in a file: its lines are still apart, because captions that roll up repeat them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawCue {
    pub(super) line: usize,
    pub(super) start_ms: u64,
    pub(super) end_ms: u64,
    pub(super) lines: Vec<String>,
}

impl TranscriptFormat {
    /// The format of a file, by its ending where that is known and else by its content.
    pub fn detect(file_name: &str, content: &[u8]) -> Self {
        match file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
            Some("vtt" | "webvtt") => return Self::WebVtt,
            Some("srt") => return Self::SubRip,
            _ => {}
        }
        let start = String::from_utf8_lossy(&content[..content.len().min(4096)]).into_owned();
        if start.trim_start_matches('\u{feff}').starts_with("WEBVTT") {
            Self::WebVtt
        } else if start.lines().any(|line| subtitles::times_of(line).is_some()) {
            Self::SubRip
        } else {
            Self::PlainText
        }
    }
}

impl Transcript {
    /// Reads a file. Single cues that cannot be read are left out; a file in which none can be read is an error.
    pub fn read(
        content: &[u8],
        format: TranscriptFormat,
        language: Option<&str>,
        source: TranscriptSource,
    ) -> Result<Self, TranscriptError> {
        if content.len() > MAX_BYTES {
            return Err(TranscriptError::TooLarge { limit_bytes: MAX_BYTES });
        }
        let text = decode(content)?;
        let lines = lines_of(&text);
        if lines.iter().all(|line| line.trim().is_empty()) {
            return Err(TranscriptError::Empty);
        }
        let (has_times, cues) = match format {
            TranscriptFormat::WebVtt => (true, roll_up::merge(subtitles::read_web_vtt(&lines)?)),
            TranscriptFormat::SubRip => (true, roll_up::merge(subtitles::read_sub_rip(&lines)?)),
            TranscriptFormat::PlainText => plain_text::read(&lines)?,
        };
        Self::of_cues(cues, has_times, language, source).ok_or(TranscriptError::Empty)
    }

    /// Puts cues in order and drops the empty ones; nothing where no words are left.
    pub(super) fn of_cues(
        mut cues: Vec<Cue>,
        has_times: bool,
        language: Option<&str>,
        source: TranscriptSource,
    ) -> Option<Self> {
        cues.retain(|cue| !cue.text.is_empty() && cue.start_ms <= cue.end_ms);
        cues.sort_by_key(|cue| cue.start_ms);
        let language = language.map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned);
        (!cues.is_empty()).then_some(Self { language, source, has_times, cues })
    }
}

/// UTF-8, or UTF-16 where the file says so in its first two bytes, as editors on Windows write it.
fn decode(content: &[u8]) -> Result<String, TranscriptError> {
    let wide = |order: fn([u8; 2]) -> u16| {
        let units = content[2..].chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect::<Vec<_>>();
        String::from_utf16(&units).map_err(|_| TranscriptError::NotText { line: 1 })
    };
    let text = match content {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes)?,
        _ => match std::str::from_utf8(content) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(error) => {
                let line = 1 + content[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
                return Err(TranscriptError::NotText { line });
            }
        },
    };
    match text.lines().position(|line| line.contains('\0')) {
        Some(index) => Err(TranscriptError::NotText { line: index + 1 }),
        None => Ok(text),
    }
}

/// Lines ended by CRLF, LF or CR alone, all of which WebVTT allows.
fn lines_of(text: &str) -> Vec<&str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(content: &[u8], format: TranscriptFormat) -> Result<Transcript, TranscriptError> {
        Transcript::read(content, format, Some("en"), TranscriptSource::Uploaded)
    }

    #[test]
    fn the_format_is_seen_in_name_or_content() {
        for (name, content, expected) in [
            ("a.vtt", "", TranscriptFormat::WebVtt),
            ("A.SRT", "", TranscriptFormat::SubRip),
            ("notes.txt", "\u{feff}WEBVTT\n\n", TranscriptFormat::WebVtt),
            ("notes", "1\r\n00:00:01,000 --> 00:00:02,000\r\nHi", TranscriptFormat::SubRip),
            ("notes.txt", "We write a --> b for a function.", TranscriptFormat::PlainText),
            ("", "[0:00] Hello", TranscriptFormat::PlainText),
        ] {
            assert_eq!(TranscriptFormat::detect(name, content.as_bytes()), expected, "{name}: {content}");
        }
    }

    #[test]
    fn encodings_and_line_ends_do_not_matter() {
        let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nGrüße\n\n00:03.000 --> 00:04.000\nan alle\n";
        let expected = read(text.as_bytes(), TranscriptFormat::WebVtt).expect("it is WebVTT");
        let wide =
            |order: fn(u16) -> [u8; 2]| format!("\u{feff}{text}").encode_utf16().flat_map(order).collect::<Vec<_>>();
        for content in [
            format!("\u{feff}{text}").into_bytes(),
            text.replace('\n', "\r\n").into_bytes(),
            text.replace('\n', "\r").into_bytes(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ] {
            assert_eq!(read(&content, TranscriptFormat::WebVtt).as_ref(), Ok(&expected));
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        use TranscriptFormat::{PlainText, SubRip, WebVtt};
        let long = "x".repeat(MAX_CUE_CHARS + 1);
        let many = "00:01.000 --> 00:02.000\na\n\n".repeat(MAX_CUES + 1);
        let cases: Vec<(Vec<u8>, TranscriptFormat, TranscriptError)> = vec![
            (vec![b'a'; MAX_BYTES + 1], PlainText, TranscriptError::TooLarge { limit_bytes: MAX_BYTES }),
            (b"one\ntwo \xff\n".to_vec(), PlainText, TranscriptError::NotText { line: 2 }),
            (b"one\n\ntwo\0".to_vec(), PlainText, TranscriptError::NotText { line: 3 }),
            (b" \r\n\n".to_vec(), PlainText, TranscriptError::Empty),
            (b"WEBVTT\n\n00:01.000 --> 00:02.000\n<i></i>\n".to_vec(), WebVtt, TranscriptError::Empty),
            (b"WEBVTT\n\nHello\nyou\n".to_vec(), WebVtt, TranscriptError::NoTime { line: 5 }),
            (b"1\n00:xx --> 00:00:02,000\nHello\n".to_vec(), SubRip, TranscriptError::NoTime { line: 2 }),
            (b"00:00:05,000 --> 00:00:02,000\nHello\n".to_vec(), SubRip, TranscriptError::NoTime { line: 1 }),
            (
                format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{long}\n").into_bytes(),
                WebVtt,
                TranscriptError::CueTooLong { line: 3, limit_chars: MAX_CUE_CHARS },
            ),
            (
                format!("[0:00] a\n[0:01] {long}\n").into_bytes(),
                PlainText,
                TranscriptError::CueTooLong { line: 2, limit_chars: MAX_CUE_CHARS },
            ),
            (many.into_bytes(), WebVtt, TranscriptError::TooManyCues { limit: MAX_CUES, line: MAX_CUES * 3 + 1 }),
        ];
        for (content, format, expected) in cases {
            assert_eq!(read(&content, format), Err(expected));
        }
    }

    /// Milliseconds as both formats write them.
    fn stamp(ms: u64, point: char) -> String {
        format!("{:02}:{:02}:{:02}{point}{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
    }

    proptest! {
        #[test]
        fn what_was_written_reads_back_the_same(
            pieces in prop::collection::vec((1u64..5_000, 1u64..5_000, "[a-zäß]{1,9}( [a-z]{1,9}){0,5}"), 1..30),
        ) {
            let mut now = 0;
            let mut cues = Vec::new();
            for (index, (pause, length, words)) in pieces.into_iter().enumerate() {
                // Numbers keep neighbours apart: the same words twice in a row are captions that roll up.
                let text = format!("{index} {words}");
                cues.push(Cue { start_ms: now + pause, end_ms: now + pause + length, text });
                now += pause + length;
            }
            let block = |point: char, cue: &Cue| {
                format!("{} --> {}\n{}\n\n", stamp(cue.start_ms, point), stamp(cue.end_ms, point), cue.text)
            };
            let vtt = format!("WEBVTT\n\n{}", cues.iter().map(|cue| block('.', cue)).collect::<String>());
            let srt = cues.iter().enumerate().map(|(at, cue)| format!("{}\n{}", at + 1, block(',', cue))).collect::<String>();
            prop_assert_eq!(&read(vtt.as_bytes(), TranscriptFormat::WebVtt).expect("WebVTT").cues, &cues);
            prop_assert_eq!(&read(srt.as_bytes(), TranscriptFormat::SubRip).expect("SubRip").cues, &cues);
        }

        #[test]
        fn no_file_breaks_the_reader(content in "[ -~\r\n\u{feff}<>:.,ä0-9-]{0,300}", at in 0usize..3) {
            let formats = [TranscriptFormat::WebVtt, TranscriptFormat::SubRip, TranscriptFormat::PlainText];
            let content = content.replace("--", "\n00:01.000 --> 00:02.000\n");
            if let Ok(transcript) = read(content.as_bytes(), formats[at]) {
                prop_assert!(!transcript.cues.is_empty());
                prop_assert!(transcript.cues.is_sorted_by_key(|cue| cue.start_ms));
                for cue in &transcript.cues {
                    prop_assert!(cue.start_ms <= cue.end_ms && !cue.text.trim().is_empty());
                    prop_assert!(!cue.text.contains(['\n', '\r']) && cue.text.chars().count() <= MAX_CUE_CHARS);
                }
            }
        }

        #[test]
        fn no_bytes_break_the_reader(content in prop::collection::vec(any::<u8>(), 0..200)) {
            for format in [TranscriptFormat::WebVtt, TranscriptFormat::SubRip, TranscriptFormat::PlainText] {
                let _ = read(&content, format);
            }
        }
    }
}
