//! All ways to a transcript of a video in turn, from the best to the dearest, and what came of each.

use serde::{Deserialize, Serialize};

use super::{SpeechError, Transcript, Whisper, YtDlp};
use crate::videos::{Candidate, PeerTube, Platform};

/// The ways that an operator has and allows.
#[derive(Debug, Clone, Default)]
pub struct TranscriptChain {
    /// PeerTube, which gives captions and files to anybody.
    pub peertube: Option<PeerTube>,
    /// The program `yt-dlp`.
    pub yt_dlp: Option<YtDlp>,
    /// A speech-to-text server.
    pub whisper: Option<Whisper>,
}

/// A way to a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// The platform's own captions, by its interface.
    Captions,
    /// Captions by the program `yt-dlp`.
    YtDlpCaptions,
    /// The audio, fetched and heard by a speech-to-text model.
    SpeechToText,
}

/// A way that led nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The way.
    pub means: Means,
    /// Why, as a sentence for operators and learners.
    pub why: String,
}

/// What came of all ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obtained {
    /// The first transcript that was found. Without one, a lesson is text only.
    pub transcript: Option<Transcript>,
    /// The ways before it that led nowhere.
    pub tried: Vec<Tried>,
}

impl TranscriptChain {
    /// The transcript of a video in a language, by the first way that leads to one. An uploaded one is the best there is.
    pub async fn transcript_of(&self, video: &Candidate, language: &str, uploaded: Option<Transcript>) -> Obtained {
        let mut tried = Vec::new();
        if let Some(transcript) = uploaded {
            return Obtained { transcript: Some(transcript), tried };
        }
        let language = video.language.as_deref().unwrap_or(language);
        for means in [Means::Captions, Means::YtDlpCaptions, Means::SpeechToText] {
            let found = match means {
                Means::Captions => self.captions(video, language).await,
                Means::YtDlpCaptions => self.captions_by_yt_dlp(video, language).await,
                Means::SpeechToText => self.speech_to_text(video, language).await,
            };
            match found {
                Ok(transcript) => return Obtained { transcript: Some(transcript), tried },
                Err(why) => tried.push(Tried { means, why }),
            }
        }
        Obtained { transcript: None, tried }
    }

    async fn captions(&self, video: &Candidate, language: &str) -> Result<Transcript, String> {
        if video.platform == Platform::YouTube {
            return Err("YouTube gives captions only to the owner of a video".to_owned());
        }
        let peertube = self.peertube.as_ref().ok_or("PeerTube is not used here")?;
        peertube.captions(video, language).await.map_err(|error| format!("PeerTube: {error}"))
    }

    async fn captions_by_yt_dlp(&self, video: &Candidate, language: &str) -> Result<Transcript, String> {
        let yt_dlp = self.yt_dlp.as_ref().ok_or("yt-dlp is not used here")?;
        yt_dlp.captions(&video.address(), language).await.map_err(|error| format!("yt-dlp: {error}"))
    }

    async fn speech_to_text(&self, video: &Candidate, language: &str) -> Result<Transcript, String> {
        let whisper = self.whisper.as_ref().ok_or("no speech-to-text server is set up here")?;
        let audio = match video.platform {
            Platform::YouTube => {
                let yt_dlp =
                    self.yt_dlp.as_ref().ok_or("the audio cannot be had without yt-dlp, which is not used here")?;
                yt_dlp.audio(&video.address()).await.map_err(|error| format!("yt-dlp: {error}"))?
            }
            Platform::PeerTube => {
                let peertube = self.peertube.as_ref().ok_or("PeerTube is not used here")?;
                peertube.audio(video).await.map_err(|error| format!("PeerTube: {error}"))?
            }
        };
        let heard = whisper.transcribe(&audio, Some(language)).await;
        heard.map_err(|error: SpeechError| format!("the speech-to-text server: {error}"))
    }
}
