//! A speech-to-text server: what is sent, what is heard, and every way in which nothing is.

use std::time::Duration;

use serde_json::{Value, json};
use skillsync_sources::transcripts::{Audio, MAX_AUDIO_BYTES, SpeechError, TranscriptSource, Whisper, WhisperSettings};
use skillsync_sources::{Secret, SourceError};

use crate::media::{Answer, KEY, LITTLE, PLENTY, Site, http};

/// What was heard, as OpenAI tells it in full.
pub fn heard() -> Value {
    let segment = |id: u32, start: f64, end: f64, text: &str| {
        json!({
            "id": id, "seek": 0, "start": start, "end": end, "text": text, "tokens": [50364, 440], "temperature": 0.0,
            "avg_logprob": -0.28, "compression_ratio": 1.23, "no_speech_prob": 0.009
        })
    };
    json!({
        "task": "transcribe", "language": "english", "duration": 8.47, "text": "A list comprehension makes a list.",
        "segments": [segment(0, 0.0, 3.32, " A list comprehension"), segment(1, 3.32, 3.1, " makes\na list."), segment(2, 4.0, 5.0, " ")]
    })
}

/// A server behind a base URL.
pub fn whisper(site: &Site, time_limit: Duration) -> Whisper {
    let settings = WhisperSettings {
        base_url: format!("{}/v1", site.url),
        key: Some(Secret::new(KEY)),
        model: "whisper-large-v3-turbo".into(),
        time_limit,
    };
    Whisper::new(http(PLENTY), settings)
}

fn audio() -> Audio {
    Audio { file_name: "audio.m4a".into(), bytes: b"\0sound\xff".to_vec() }
}

#[tokio::test]
async fn audio_goes_out_and_words_with_times_come_back() {
    let site = Site::always(Answer::json(&heard())).await;
    let transcript = whisper(&site, PLENTY).transcribe(&audio(), Some("en-GB")).await.expect("words");
    assert_eq!((transcript.language.as_deref(), transcript.source), (Some("en-GB"), TranscriptSource::SpeechToText));
    let told = transcript.cues.iter().map(|cue| (cue.start_ms, cue.end_ms, cue.text.as_str())).collect::<Vec<_>>();
    assert_eq!(told, [(0, 3_320, "A list comprehension"), (3_320, 3_320, "makes a list.")]);

    let asked = site.asked().remove(0);
    assert_eq!(asked.path, "/v1/audio/transcriptions");
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    let body = String::from_utf8_lossy(&asked.body).into_owned();
    for part in [
        "name=\"model\"\r\n\r\nwhisper-large-v3-turbo\r\n",
        "name=\"response_format\"\r\n\r\nverbose_json\r\n",
        "name=\"language\"\r\n\r\nen\r\n",
        "name=\"file\"; filename=\"audio.m4a\"\r\ncontent-type: application/octet-stream\r\n\r\n\0sound\u{fffd}\r\n--",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    let boundary =
        asked.headers["content-type"].to_str().expect("text").rsplit('=').next().expect("a boundary").to_owned();
    assert!(body.ends_with(&format!("--{boundary}--\r\n")));
}

#[tokio::test]
async fn a_server_without_times_gives_words_without_times() {
    let site = Site::always(Answer::json(&json!({ "text": "A list. ", "language": "de" }))).await;
    let transcript = whisper(&site, PLENTY).transcribe(&audio(), None).await.expect("words");
    assert!(!transcript.has_times);
    assert_eq!((transcript.language.as_deref(), transcript.cues[0].text.as_str()), (Some("de"), "A list."));
}

#[tokio::test]
async fn every_failure_has_its_name() {
    let too_large = SpeechError::AudioTooLarge { limit_bytes: MAX_AUDIO_BYTES };
    let wait = SourceError::QuotaExceeded { retry_after: Some(Duration::from_secs(20)) };
    let error =
        json!({ "error": { "message": format!("Incorrect API key provided: {KEY}"), "code": "invalid_api_key" } });
    let backwards = json!({ "text": "a", "segments": [{ "start": -5.0, "end": 1e300, "text": "a" }] });
    let cases: Vec<(&str, Answer, SpeechError)> = vec![
        ("401", Answer::failure(401, &error), SourceError::Refused.into()),
        ("404", Answer::text(404, "no such page"), SourceError::NotFound { status: 404 }.into()),
        ("413", Answer::text(413, "Payload too large"), too_large.clone()),
        ("429", Answer::wait("20"), wait.into()),
        ("503", Answer::text(503, "loading the model"), SourceError::ServerError { status: 503 }.into()),
        ("garbage", Answer::text(200, "Hello"), SourceError::Garbage.into()),
        ("no text", Answer::json(&json!({ "task": "transcribe" })), SourceError::Garbage.into()),
        ("impossible times", Answer::json(&backwards), SourceError::Garbage.into()),
        ("silence in the audio", Answer::json(&json!({ "text": " ", "segments": [] })), SpeechError::NoSpeech),
        ("slow", Answer::Silence, SourceError::Timeout.into()),
    ];
    for (name, answer, expected) in cases {
        let limit = if matches!(answer, Answer::Silence) { LITTLE } else { PLENTY };
        let site = Site::always(answer).await;
        let error = whisper(&site, limit).transcribe(&audio(), Some("en")).await.expect_err(name);
        assert_eq!(error, expected, "{name}");
        assert!(!format!("{error} {error:?}").contains(KEY), "{name}");
    }
    let site = Site::always(Answer::json(&heard())).await;
    let huge = Audio { bytes: vec![0; MAX_AUDIO_BYTES + 1], ..audio() };
    assert_eq!(whisper(&site, PLENTY).transcribe(&huge, None).await, Err(too_large));
    assert!(site.asked().is_empty(), "what no server takes is not sent");
}
