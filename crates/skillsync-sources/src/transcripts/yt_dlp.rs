//! Captions and audio of YouTube videos by the program `yt-dlp`, where the operator has it and allows it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::process::{self, NotEnded, Run};
use super::{
    Audio, MAX_AUDIO_BYTES, MAX_BYTES, Transcript, TranscriptError, TranscriptFormat, TranscriptSource, cue_text,
};
use crate::videos::{Platform, VideoAddress, is_youtube_id};

/// Most characters of a message of the program that are shown.
const MAX_REASON_CHARS: usize = 200;

/// The program and how it is run.
#[derive(Debug, Clone)]
pub struct YtDlpSettings {
    /// Its path, or a name to be found in `/usr/local/bin`, `/usr/bin` or `/bin`.
    pub program: PathBuf,
    /// A proxy for its requests.
    pub proxy: Option<String>,
    /// How long one run may take.
    pub time_limit: Duration,
}

/// The program `yt-dlp`.
#[derive(Debug, Clone)]
pub struct YtDlp {
    settings: YtDlpSettings,
}

/// Why the program brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YtDlpError {
    /// It is only used for YouTube: PeerTube gives its captions and files itself.
    #[error("is only used for videos of YouTube")]
    OtherPlatform,
    /// No language that captions could be asked for.
    #[error("cannot be asked for captions in a language named `{0}`")]
    UnknownLanguage(String),
    /// The program cannot be run.
    #[error("cannot be started: {reason}; check the path in the settings")]
    NotStarted {
        /// The operating system's reason.
        reason: String,
    },
    /// It took longer than allowed and was ended.
    #[error("was ended after {seconds} seconds")]
    TimedOut {
        /// The bound.
        seconds: u64,
    },
    /// It wrote more than is read and was ended.
    #[error("was ended because it wrote too much")]
    TooMuchOutput,
    /// It failed and says why.
    #[error("failed: {reason}")]
    Failed {
        /// Its last message, cut to one line.
        reason: String,
    },
    /// There are no captions in the language.
    #[error("found no captions in the language asked for")]
    NoCaptions,
    /// There is no audio of a size that could be heard.
    #[error("found no audio of at most {} MB", MAX_AUDIO_BYTES / 1024 / 1024)]
    NoAudio,
    /// The captions are not what they should be.
    #[error("brought captions that cannot be used: {0}")]
    Unreadable(#[from] TranscriptError),
}

impl YtDlp {
    /// A program that may be run.
    pub fn new(settings: YtDlpSettings) -> Self {
        Self { settings }
    }

    /// The captions in a language, those that people wrote before automatic ones. The video itself is not fetched.
    pub async fn captions(&self, video: &VideoAddress, language: &str) -> Result<Transcript, YtDlpError> {
        let language = primary(language)?;
        // The language itself, then with a region, then as YouTube marks the speaker's own words among translations.
        let languages = format!("{language},{language}-[A-Z][A-Z],{language}-orig");
        let kind = ["--skip-download", "--write-subs", "--write-auto-subs", "--sub-langs", &languages];
        let directory = self.run(video, &[&kind[..], &["--sub-format", "vtt"]].concat()).await?;
        let mut files = files_in(directory.path());
        files.retain(|file| file.extension().is_some_and(|ending| ending == "vtt"));
        // `transcript.en.vtt` sorts before `transcript.en-GB.vtt` by length, and that before `transcript.en-orig.vtt`.
        files.sort_by_key(|file| (file.as_os_str().len(), file.clone()));
        let file = files.first().ok_or(YtDlpError::NoCaptions)?;
        let content = read_bounded(file, MAX_BYTES).ok_or(TranscriptError::TooLarge { limit_bytes: MAX_BYTES })?;
        let source = TranscriptSource::YtDlpCaptions;
        Ok(Transcript::read(&content, TranscriptFormat::WebVtt, Some(&language), source)?)
    }

    /// The audio, in the best quality that a speech-to-text server takes.
    pub async fn audio(&self, video: &VideoAddress) -> Result<Audio, YtDlpError> {
        let megabytes = format!("{}M", MAX_AUDIO_BYTES / 1024 / 1024);
        let format = format!("bestaudio[filesize<{megabytes}]/bestaudio[filesize_approx<{megabytes}]/worstaudio");
        let directory = self.run(video, &["--format", &format, "--max-filesize", &megabytes]).await?;
        let mut files = files_in(directory.path());
        // Unfinished files end in `.part`.
        files.retain(|file| file.extension().is_some_and(|ending| ending != "part" && ending != "ytdl"));
        let file = files.first().ok_or(YtDlpError::NoAudio)?;
        let bytes = read_bounded(file, MAX_AUDIO_BYTES).filter(|bytes| !bytes.is_empty()).ok_or(YtDlpError::NoAudio)?;
        let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Audio { file_name, bytes })
    }

    /// Runs the program for a video in a new directory, which goes away with what is returned.
    async fn run(&self, video: &VideoAddress, kind: &[&str]) -> Result<TempDir, YtDlpError> {
        if video.platform != Platform::YouTube || !is_youtube_id(&video.id) {
            return Err(YtDlpError::OtherPlatform);
        }
        let not_started = |error: &std::io::Error| YtDlpError::NotStarted { reason: error.kind().to_string() };
        let directory = tempfile::tempdir().map_err(|error| not_started(&error))?;
        let address = video.watch_url();
        // Neither settings of whoever runs the server nor an old cache may change what is fetched.
        let mut arguments = vec!["--ignore-config", "--no-cache-dir", "--no-playlist", "--no-progress", "--quiet"];
        arguments.extend(["--socket-timeout", "15", "--retries", "2", "--output", "transcript.%(ext)s"]);
        arguments.extend(kind);
        arguments.extend(["--", &address]);
        let settings = &self.settings;
        let run = Run {
            program: &settings.program,
            arguments: &arguments,
            proxy: settings.proxy.as_deref(),
            directory: directory.path(),
            time_limit: settings.time_limit,
        };
        match process::run(run).await {
            Ok(ended) if ended.is_success => Ok(directory),
            Ok(ended) => Err(YtDlpError::Failed { reason: reason_in(&ended.messages, directory.path()) }),
            Err(NotEnded::Failed(error)) => Err(not_started(&error)),
            Err(NotEnded::TimedOut) => Err(YtDlpError::TimedOut { seconds: settings.time_limit.as_secs() }),
            Err(NotEnded::TooMuchOutput) => Err(YtDlpError::TooMuchOutput),
        }
    }
}

/// A language without its region, which becomes part of a pattern and must hold nothing but letters.
fn primary(language: &str) -> Result<String, YtDlpError> {
    let code = language.split(['-', '_']).next().unwrap_or_default();
    let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { Ok(code.to_ascii_lowercase()) } else { Err(YtDlpError::UnknownLanguage(cut(language))) }
}

/// The files in a directory. What cannot be read counts as not there.
fn files_in(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let files = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut files = files.map(|entry| entry.path()).take(100).collect::<Vec<_>>();
    files.sort();
    files
}

fn read_bounded(file: &Path, max_bytes: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(file).ok()?.take(max_bytes as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= max_bytes).then_some(bytes)
}

/// The last line that the program calls an error, or its last line, without the name of the directory.
fn reason_in(messages: &str, directory: &Path) -> String {
    let messages = messages.replace(&*directory.to_string_lossy(), "");
    let lines = || messages.lines().rev().filter(|line| !line.trim().is_empty());
    let line =
        lines().find(|line| line.starts_with("ERROR")).or_else(|| lines().next()).unwrap_or("it gives no reason");
    cut(line.trim_start_matches("ERROR:"))
}

fn cut(text: &str) -> String {
    cue_text::visible(text).chars().take(MAX_REASON_CHARS).collect()
}
