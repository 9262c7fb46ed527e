//! WebVTT and SubRip: cues that begin with a line `from --> to`, read leniently, because most such files bend the rules.

use super::cue_text;
use super::read::{MAX_CUE_CHARS, MAX_CUES, RawCue, TranscriptError};

/// Latest moment of a cue, far beyond any video: what is later is a slip of the pen.
const MAX_HOURS: u64 = 100;

/// Reads WebVTT. Notes, styles and regions stand in blocks of their own, without a line of times, and are passed over.
pub(super) fn read_web_vtt(lines: &[&str]) -> Result<Vec<RawCue>, TranscriptError> {
    // A line of one blank is part of a cue: automatic captions begin with such lines.
    read(lines, str::is_empty)
}

/// Reads SubRip. The numbers before the times are passed over: many files have them wrong.
pub(super) fn read_sub_rip(lines: &[&str]) -> Result<Vec<RawCue>, TranscriptError> {
    read(lines, |line| line.trim().is_empty())
}

fn read(lines: &[&str], ends_a_cue: impl Fn(&str) -> bool) -> Result<Vec<RawCue>, TranscriptError> {
    let mut cues = Vec::<RawCue>::new();
    let mut current = None::<RawCue>;
    let mut first_bad_line = None;
    let mut in_comment = false;
    for (index, line) in lines.iter().enumerate() {
        let number = index + 1;
        if ends_a_cue(line) {
            cues.extend(current.take());
            in_comment = false;
        } else if in_comment {
            // Nothing in a note counts, not even a commented-out cue.
        } else if line.contains("-->") {
            cues.extend(current.take());
            match times_of(line) {
                Some((start_ms, end_ms)) if cues.len() < MAX_CUES => {
                    current = Some(RawCue { line: number, start_ms, end_ms, lines: Vec::new() });
                }
                Some(_) => return Err(TranscriptError::TooManyCues { limit: MAX_CUES, line: number }),
                None => first_bad_line = first_bad_line.or(Some(number)),
            }
        } else if let Some(cue) = &mut current {
            cue.lines.push(cue_text::clean(line));
        } else {
            in_comment = line.split_whitespace().next().is_some_and(|word| matches!(word, "NOTE" | "STYLE" | "REGION"));
        }
    }
    cues.extend(current);
    if cues.is_empty() {
        return Err(TranscriptError::NoTime { line: first_bad_line.unwrap_or(lines.len()) });
    }
    for cue in &mut cues {
        cue.lines.retain(|line| !line.is_empty());
        if cue.lines.iter().map(|line| line.chars().count() + 1).sum::<usize>() > MAX_CUE_CHARS + 1 {
            return Err(TranscriptError::CueTooLong { line: cue.line, limit_chars: MAX_CUE_CHARS });
        }
    }
    Ok(cues)
}

/// Reads `00:01:02.000 --> 00:01:05,5 align:start` as milliseconds; the settings behind the times do not matter here.
pub(super) fn times_of(line: &str) -> Option<(u64, u64)> {
    let (start, end) = line.split_once("-->")?;
    let start_ms = milliseconds(start.trim())?;
    let end_ms = milliseconds(end.split_whitespace().next()?)?;
    (start_ms <= end_ms).then_some((start_ms, end_ms))
}

/// Reads `1:02:03.4` or `02:03,400` or `02:03`.
fn milliseconds(text: &str) -> Option<u64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}")[..3].parse::<u64>().ok()?;
    Some(clock_seconds(clock)? * 1000 + thousandths)
}

/// Reads `1:02:03` or `02:03` as seconds.
pub(super) fn clock_seconds(text: &str) -> Option<u64> {
    let parts = text.split(':').map(whole_number).collect::<Option<Vec<_>>>()?;
    let (hours, minutes, seconds) = match parts[..] {
        [minutes, seconds] => (0, minutes, seconds),
        [hours, minutes, seconds] if minutes < 60 => (hours, minutes, seconds),
        _ => return None,
    };
    let sane = seconds < 60 && hours < MAX_HOURS && minutes < MAX_HOURS * 60;
    sane.then(|| (hours * 60 + minutes) * 60 + seconds)
}

/// Digits and nothing else: `parse` alone would take a sign.
fn whole_number(text: &str) -> Option<u64> {
    (text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::{Transcript, TranscriptFormat, TranscriptSource};
    use super::*;

    fn told(text: &str, format: TranscriptFormat) -> Vec<(u64, u64, String)> {
        let transcript = Transcript::read(text.as_bytes(), format, None, TranscriptSource::Uploaded).expect("it reads");
        transcript.cues.into_iter().map(|cue| (cue.start_ms, cue.end_ms, cue.text)).collect()
    }

    #[test]
    fn web_vtt_with_all_its_blocks_and_tags() {
        let text = "WEBVTT Kind: captions; Language: en\n\nSTYLE\n::cue { color: red }\n\n\
            NOTE 00:00:09.000 --> 00:00:10.000\nThis is not said.\n\nREGION\nid:bill\n\n\
            intro\n00:00:01.000 --> 00:00:04.250 align:start position:0%\n<v Ada>Hello <b>there</b>,\n<c.yellow>all</c> of you.\n\n\
            01:00:00.000 --> 01:00:02.000\nif a &lt; b &amp;&amp; b &gt; c: Vec<i32>\n";
        assert_eq!(
            told(text, TranscriptFormat::WebVtt),
            [
                (1_000, 4_250, "Hello there, all of you.".to_owned()),
                (3_600_000, 3_602_000, "if a < b && b > c: Vec<i32>".to_owned()),
            ]
        );
    }

    #[test]
    fn sub_rip_with_its_slips() {
        let text = "1\n00:00:01,000 --> 00:00:02,500\n<font color=\"#fff\">{\\an8}First</font>\n\n\
            7\n0:0:3.5 --> 00:00:04\nSecond\n \n3\n00:00:0x,000 --> 00:00:09,000\nlost\n\n00:00:02,600 --> 00:00:03,000\nBetween";
        assert_eq!(
            told(text, TranscriptFormat::SubRip),
            [
                (1_000, 2_500, "First".to_owned()),
                (2_600, 3_000, "Between".to_owned()),
                (3_500, 4_000, "Second".to_owned()),
            ]
        );
    }

    #[test]
    fn times_are_read_strictly() {
        for (text, expected) in [
            ("00:01.000 --> 00:02.000", Some((1_000, 2_000))),
            ("99:59:59,999-->99:59:59,999", Some((359_999_999, 359_999_999))),
            ("00:61.000 --> 01:02.000", None),
            ("00:+1.000 --> 00:02.000", None),
            ("100:00:00.000 --> 100:00:01.000", None),
            ("00:02.000 --> 00:01.000", None),
            ("00:02. --> 00:03.000", None),
            ("5 --> 6", None),
            ("-->", None),
        ] {
            assert_eq!(times_of(text), expected, "{text}");
        }
    }
}
