//! Speech to text by a server that speaks OpenAI's interface for it, as Groq and local Whisper servers do too.

use std::time::Duration;

use serde::Deserialize;

use super::{Cue, MAX_CUE_CHARS, MAX_CUES, Transcript, TranscriptSource, cue_text, read};
use crate::{Http, Request, Secret, SourceError};

/// Most bytes of audio that are sent: OpenAI's limit, and enough for 20 minutes at a good quality.
pub const MAX_AUDIO_BYTES: usize = 25 * 1024 * 1024;

/// Longest answer that is read; 20 minutes of speech with all figures of its segments are about 100 KB.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Where a speech-to-text server is and how it is asked.
#[derive(Debug, Clone)]
pub struct WhisperSettings {
    /// What stands before `/audio/transcriptions`, such as `http://localhost:8000/v1`.
    pub base_url: String,
    /// Local servers need none.
    pub key: Option<Secret>,
    /// The model's name, such as `whisper-1`.
    pub model: String,
    /// How long one transcription may take. A local server needs minutes.
    pub time_limit: Duration,
}

/// A speech-to-text server.
#[derive(Debug, Clone)]
pub struct Whisper {
    http: Http,
    settings: WhisperSettings,
}

/// Sound to be heard. A video file serves too: the servers take its sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    /// A name, whose ending tells the server the format.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Why nothing was heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// The audio is larger than is sent, or than the server takes (status 413).
    #[error("takes no audio of this size; the limit is about {} MB", limit_bytes / 1024 / 1024)]
    AudioTooLarge {
        /// Our bound.
        limit_bytes: usize,
    },
    /// The server heard no words.
    #[error("heard no words")]
    NoSpeech,
    /// The server gave nothing.
    #[error(transparent)]
    Site(#[from] SourceError),
}

#[derive(Deserialize)]
struct Heard {
    language: Option<String>,
    text: Option<String>,
    #[serde(default)]
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    start: f64,
    end: f64,
    text: String,
}

impl Whisper {
    /// A server that is asked through this client. It must be one that may ask private addresses where the server is local.
    pub fn new(http: Http, settings: WhisperSettings) -> Self {
        Self { http, settings }
    }

    /// Sends audio and reads what was heard. A server that tells no times gives a transcript without.
    pub async fn transcribe(&self, audio: &Audio, language: Option<&str>) -> Result<Transcript, SpeechError> {
        let too_large = SpeechError::AudioTooLarge { limit_bytes: MAX_AUDIO_BYTES };
        if audio.bytes.len() > MAX_AUDIO_BYTES {
            return Err(too_large);
        }
        let mut fields = vec![
            ("model", self.settings.model.as_str()),
            ("response_format", "verbose_json"),
            ("timestamp_granularities[]", "segment"),
        ];
        fields.extend(language.map(|language| ("language", primary(language))));
        let (content_type, body) = form(&fields, audio);
        let mut request = Request::post(&self.settings.base_url)?
            .path(["audio", "transcriptions"])
            .body(&content_type, body)
            .max_bytes(MAX_ANSWER_BYTES)
            .time_limit(self.settings.time_limit);
        if let Some(key) = &self.settings.key {
            request = request.bearer(key);
        }
        let reply = self.http.send(request).await?;
        if reply.status == 413 {
            return Err(too_large);
        }
        transcript(reply.checked()?.json()?, language)
    }
}

fn transcript(heard: Heard, language: Option<&str>) -> Result<Transcript, SpeechError> {
    // OpenAI names the language in English ("english"), others give its code: only a code is of use.
    let code = heard.language.filter(|name| (2..=3).contains(&name.len()));
    let language = code.as_deref().or(language);
    let has_times = !heard.segments.is_empty();
    let cues = if has_times {
        if heard.segments.len() > MAX_CUES {
            return Err(SourceError::Garbage.into());
        }
        heard.segments.iter().map(cue).collect::<Option<Vec<_>>>().ok_or(SourceError::Garbage)?
    } else {
        let text = heard.text.ok_or(SourceError::Garbage)?;
        let read =
            Transcript::read(text.as_bytes(), read::TranscriptFormat::PlainText, None, TranscriptSource::SpeechToText);
        read.map(|transcript| transcript.cues).unwrap_or_default()
    };
    Transcript::of_cues(cues, has_times, language, TranscriptSource::SpeechToText).ok_or(SpeechError::NoSpeech)
}

fn cue(segment: &Segment) -> Option<Cue> {
    let sane = |seconds: f64| seconds.is_finite() && (0.0..360_000.0).contains(&seconds);
    let text = cue_text::visible(&segment.text);
    let fits = sane(segment.start) && sane(segment.end) && text.chars().count() <= MAX_CUE_CHARS;
    let start_ms = (segment.start * 1000.0).round() as u64;
    // Whisper's last segment sometimes ends before it starts.
    let end_ms = ((segment.end * 1000.0).round() as u64).max(start_ms);
    fits.then_some(Cue { start_ms, end_ms, text })
}

/// The servers know languages without regions.
fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

/// A form with a file as `multipart/form-data` (RFC 7578): its content type and its body.
fn form(fields: &[(&str, &str)], audio: &Audio) -> (String, Vec<u8>) {
    let mut boundary = String::from("skillsync-form");
    while contains(&audio.bytes, boundary.as_bytes()) {
        boundary.push('-');
    }
    let mut body = Vec::with_capacity(audio.bytes.len() + 1024);
    for (name, value) in fields {
        let value = value.replace(['\r', '\n'], " ").replace(&boundary, "");
        body.extend_from_slice(
            format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    let is_plain = |symbol: &char| symbol.is_ascii_alphanumeric() || matches!(symbol, '.' | '-' | '_');
    let file_name = audio.file_name.chars().filter(is_plain).collect::<String>();
    body.extend_from_slice(
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        )
        .as_bytes(),
    );
    body.extend_from_slice(&audio.bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_cannot_end_its_form() {
        let audio = Audio { file_name: "a\".mp3\r\n".into(), bytes: b"\r\n--skillsync-form--\r\n".to_vec() };
        let (content_type, body) = form(&[("model", "whisper\r\n-1")], &audio);
        assert_eq!(content_type, "multipart/form-data; boundary=skillsync-form---");
        let body = String::from_utf8(body).expect("it is text");
        assert_eq!(body.matches("--skillsync-form---\r\n").count(), 2);
        assert!(body.contains("filename=\"a.mp3\"\r\n") && body.contains("\r\n\r\nwhisper  -1\r\n"));
        assert!(body.ends_with("\r\n--skillsync-form-----\r\n"));
    }
}
