//! What is said in a video: read from files, fetched as captions, or heard by a speech-to-text model.
//!
//! - `transcript`: [`Transcript`] and its [`Cue`]s, the same wherever they come from.
//! - `read`, `subtitles`, `cue_text`, `roll_up`, `plain_text`: files of any known format become one.
//! - `prompt_text`: a transcript as bounded text for a prompt.
//! - `whisper`, `yt_dlp`: a server that hears audio, and a program that fetches captions and audio.
//! - `chain`: all ways to a transcript in turn, and why each that failed did.

mod chain;
mod cue_text;
mod plain_text;
mod process;
mod prompt_text;
mod read;
mod roll_up;
mod subtitles;
mod transcript;
mod whisper;
mod yt_dlp;

pub(crate) use cue_text::visible;

pub use chain::{Means, Obtained, TranscriptChain, Tried};
pub use prompt_text::clock;
pub use read::{MAX_BYTES, MAX_CUE_CHARS, MAX_CUES, TranscriptError, TranscriptFormat};
pub use transcript::{Cue, Transcript, TranscriptSource};
pub use whisper::{Audio, MAX_AUDIO_BYTES, SpeechError, Whisper, WhisperSettings};
pub use yt_dlp::{YtDlp, YtDlpError, YtDlpSettings};
