//! All ways to a transcript: which one is taken, and what is said of those before it.

use skillsync_sources::transcripts::{Means, Transcript, TranscriptChain, TranscriptFormat, TranscriptSource, Tried};
use skillsync_sources::videos::{Candidate, PeerTube, Platform};

use crate::media::{Answer, PLENTY, Site, UUID, candidate, http};
use crate::whisper::{heard, whisper};
use crate::yt_dlp::{Script, WRITES_CAPTIONS, video};
use crate::{peertube, whisper as speech};

fn on_youtube() -> Candidate {
    candidate(Platform::YouTube, &video().id, &video().watch_url())
}

fn on_peertube(site: &Site) -> Candidate {
    candidate(Platform::PeerTube, UUID, &format!("{}/videos/watch/{UUID}", site.url))
}

fn tried(list: &[(Means, &str)]) -> Vec<Tried> {
    list.iter().map(|(means, why)| Tried { means: *means, why: (*why).to_owned() }).collect()
}

#[tokio::test]
async fn an_uploaded_transcript_comes_before_all() {
    let uploaded = Transcript::read(b"[0:05] Hello", TranscriptFormat::PlainText, None, TranscriptSource::Uploaded);
    let uploaded = uploaded.expect("a transcript");
    let script = Script::new(WRITES_CAPTIONS).await;
    let chain = TranscriptChain { yt_dlp: Some(script.program(PLENTY)), ..TranscriptChain::default() };
    let obtained = chain.transcript_of(&on_youtube(), "en", Some(uploaded.clone())).await;
    assert_eq!((obtained.transcript, obtained.tried), (Some(uploaded), Vec::new()));
}

#[tokio::test]
async fn captions_of_the_platform_come_next() {
    let site = Site::answering(peertube::answer).await;
    let chain =
        TranscriptChain { peertube: Some(PeerTube::new(http(PLENTY), &site.url)), ..TranscriptChain::default() };
    let obtained = chain.transcript_of(&on_peertube(&site), "en", None).await;
    assert_eq!(obtained.transcript.map(|transcript| transcript.source), Some(TranscriptSource::Captions));
    assert_eq!(obtained.tried, []);
}

#[tokio::test]
async fn then_the_program_is_run() {
    let script = Script::new(WRITES_CAPTIONS).await;
    let chain = TranscriptChain { yt_dlp: Some(script.program(PLENTY)), ..TranscriptChain::default() };
    let obtained = chain.transcript_of(&on_youtube(), "en", None).await;
    assert_eq!(obtained.transcript.map(|transcript| transcript.source), Some(TranscriptSource::YtDlpCaptions));
    assert_eq!(obtained.tried, tried(&[(Means::Captions, "YouTube gives captions only to the owner of a video")]));
}

#[tokio::test]
async fn then_the_audio_is_heard() {
    let server = Site::always(Answer::json(&heard())).await;
    let script = Script::new("case \"$*\" in *--max-filesize*) printf sound > transcript.m4a;; esac").await;
    let chain = TranscriptChain {
        yt_dlp: Some(script.program(PLENTY)),
        whisper: Some(whisper(&server, PLENTY)),
        ..TranscriptChain::default()
    };
    let obtained = chain.transcript_of(&on_youtube(), "en", None).await;
    assert_eq!(obtained.transcript.map(|transcript| transcript.source), Some(TranscriptSource::SpeechToText));
    assert_eq!(
        obtained.tried[1..],
        tried(&[(Means::YtDlpCaptions, "yt-dlp: found no captions in the language asked for")])
    );

    let site = Site::answering(peertube::answer).await;
    let peertube = Some(PeerTube::new(http(PLENTY), &site.url));
    let chain = TranscriptChain { peertube, whisper: Some(whisper(&server, PLENTY)), ..TranscriptChain::default() };
    let italian = Candidate { language: Some("it".into()), ..on_peertube(&site) };
    let obtained = chain.transcript_of(&italian, "en", None).await;
    assert_eq!(obtained.transcript.map(|transcript| transcript.source), Some(TranscriptSource::SpeechToText));
    assert_eq!(
        obtained.tried,
        tried(&[
            (Means::Captions, "PeerTube: has no captions for this video in the language asked for"),
            (Means::YtDlpCaptions, "yt-dlp is not used here"),
        ])
    );
    let sent = server.asked();
    assert!(String::from_utf8_lossy(&sent[1].body).contains("name=\"language\"\r\n\r\nit\r\n"));
}

#[tokio::test]
async fn at_the_end_every_way_is_named() {
    let obtained = TranscriptChain::default().transcript_of(&on_youtube(), "en", None).await;
    assert_eq!(obtained.transcript, None);
    assert_eq!(
        obtained.tried,
        tried(&[
            (Means::Captions, "YouTube gives captions only to the owner of a video"),
            (Means::YtDlpCaptions, "yt-dlp is not used here"),
            (Means::SpeechToText, "no speech-to-text server is set up here"),
        ])
    );
    let server = Site::always(Answer::wait("5")).await;
    let site = Site::answering(peertube::answer).await;
    let peertube = Some(PeerTube::new(http(PLENTY), &site.url));
    let chain =
        TranscriptChain { peertube, whisper: Some(speech::whisper(&server, PLENTY)), ..TranscriptChain::default() };
    let italian = Candidate { language: Some("it".into()), ..on_peertube(&site) };
    let obtained = chain.transcript_of(&italian, "en", None).await;
    assert_eq!(obtained.transcript, None);
    let last = obtained.tried.last().expect("a reason");
    assert_eq!(last.why, "the speech-to-text server: its quota is used up");
}
