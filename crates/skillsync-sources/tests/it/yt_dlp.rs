//! The program `yt-dlp`, played by small scripts: what it brings, and how it is kept within bounds.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use skillsync_sources::transcripts::{TranscriptError, TranscriptSource, YtDlp, YtDlpError, YtDlpSettings};
use skillsync_sources::videos::VideoAddress;
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

use crate::media::{LITTLE, PLENTY};

/// A file that is being written cannot be started, and a child that another test starts meanwhile holds it open.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A script that plays the program. It keeps its arguments beside itself.
pub struct Script {
    directory: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Script {
    pub async fn new(body: &str) -> Self {
        let turn = ONE_AT_A_TIME.lock().await;
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("yt-dlp");
        fs::write(
            &path,
            format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$0.arguments\"\nenv > \"$0.environment\"\n{body}\n"),
        )
        .expect("a script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it may be run");
        Self { directory, _turn: turn }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("yt-dlp")
    }

    /// What the script left beside itself, once it has.
    fn left(&self, what: &str) -> Option<String> {
        fs::read_to_string(self.path().with_extension(what)).ok().filter(|text| text.ends_with('\n'))
    }

    pub fn program(&self, time_limit: Duration) -> YtDlp {
        YtDlp::new(YtDlpSettings {
            program: self.path(),
            proxy: Some("http://me:pw@proxy.example:3128".into()),
            time_limit,
        })
    }
}

/// A video of YouTube.
pub fn video() -> VideoAddress {
    VideoAddress::parse("https://youtu.be/-bcDEF_123-").expect("an address")
}

/// What a script does that finds captions.
pub const WRITES_CAPTIONS: &str = "printf 'WEBVTT\\n\\n00:01.000 --> 00:02.000\\nexact\\n' > transcript.en.vtt
printf 'WEBVTT\\n\\n00:01.000 --> 00:02.000\\nregional\\n' > transcript.en-GB.vtt";

#[tokio::test]
async fn captions_are_fetched_with_fixed_arguments_and_no_environment() {
    let script = Script::new(WRITES_CAPTIONS).await;
    let transcript = script.program(PLENTY).captions(&video(), "en-US").await.expect("captions");
    assert_eq!((transcript.language.as_deref(), transcript.source), (Some("en"), TranscriptSource::YtDlpCaptions));
    assert_eq!(transcript.cues[0].text, "exact");

    let arguments = script.left("arguments").expect("arguments");
    let arguments = arguments.lines().collect::<Vec<_>>();
    assert_eq!(arguments[0], "--ignore-config");
    assert_eq!(arguments[arguments.len() - 2..], ["--", "https://www.youtube.com/watch?v=-bcDEF_123-"]);
    for (name, value) in
        [("--sub-langs", "en,en-[A-Z][A-Z],en-orig"), ("--sub-format", "vtt"), ("--write-auto-subs", "--sub-langs")]
    {
        assert!(arguments.windows(2).any(|pair| pair == [name, value]), "{name} {value}: {arguments:?}");
    }
    assert!(arguments.contains(&"--skip-download") && arguments.contains(&"--no-playlist"));

    let environment = script.left("environment").expect("an environment");
    const KNOWN: [&str; 10] =
        ["PATH", "LANG", "HOME", "TMPDIR", "http_proxy", "https_proxy", "PWD", "OLDPWD", "SHLVL", "_"];
    let names = environment.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name);
    let unknown = names.filter(|name| !KNOWN.contains(name));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(environment.contains("https_proxy=http://me:pw@proxy.example:3128\n"));
    assert!(!arguments.iter().any(|argument| argument.contains("pw")), "every user may read arguments");
    let home = environment.lines().find_map(|line| line.strip_prefix("HOME=")).expect("a home");
    assert!(!PathBuf::from(home).exists(), "the directory is gone");
}

#[tokio::test]
async fn audio_is_fetched_up_to_a_size() {
    let script = Script::new("printf sound > transcript.m4a; printf x > transcript.webm.part").await;
    let audio = script.program(PLENTY).audio(&video()).await.expect("audio");
    assert_eq!((audio.file_name.as_str(), audio.bytes.as_slice()), ("transcript.m4a", &b"sound"[..]));
    assert!(script.left("arguments").expect("arguments").contains("--max-filesize\n25M\n"));
    drop(script);
    let script = Script::new("head -c 27000000 /dev/zero > transcript.m4a").await;
    assert_eq!(script.program(PLENTY).audio(&video()).await, Err(YtDlpError::NoAudio));
}

#[tokio::test]
async fn every_failure_has_its_name() {
    let failed = |reason: &str| YtDlpError::Failed { reason: reason.into() };
    let no_time = TranscriptError::NoTime { line: 3 };
    let cases: Vec<(&str, &str, YtDlpError)> = vec![
        ("no captions", "exit 0", YtDlpError::NoCaptions),
        ("another file", "printf x > transcript.json", YtDlpError::NoCaptions),
        (
            "a refusal",
            "echo 'ERROR: [youtube] abc: Sign in to confirm' >&2; echo 'more' >&2; exit 1",
            failed("[youtube] abc: Sign in to confirm"),
        ),
        ("its own path", "echo \"ERROR: no room in $PWD/x\" >&2; exit 3", failed("no room in /x")),
        ("no reason", "exit 2", failed("it gives no reason")),
        ("no captions inside", "printf 'WEBVTT\\n\\nx' > transcript.en.vtt", YtDlpError::Unreadable(no_time)),
        ("a flood", "while :; do echo flood; done", YtDlpError::TooMuchOutput),
        ("a flood of errors", "while :; do echo flood >&2; done", YtDlpError::TooMuchOutput),
    ];
    for (name, body, expected) in cases {
        let script = Script::new(body).await;
        assert_eq!(script.program(PLENTY).captions(&video(), "en").await, Err(expected), "{name}");
    }
}

#[tokio::test]
async fn what_hangs_is_ended() {
    let script = Script::new("sleep 1000").await;
    let limit = LITTLE;
    assert_eq!(
        script.program(limit).captions(&video(), "en").await,
        Err(YtDlpError::TimedOut { seconds: limit.as_secs() })
    );
}

#[tokio::test]
async fn nothing_that_it_started_outlives_it() {
    let script = Script::new("sleep 1000 & echo $! > \"$0.child\"; wait").await;
    let program = script.program(PLENTY);
    let (video, started) = (video(), until(|| script.left("child").is_some()));
    tokio::select! {
        outcome = program.captions(&video, "en") => panic!("it ended: {outcome:?}"),
        () = started => {}
    }
    let child = script.left("child").expect("a number").trim().to_owned();
    // A zombie is dead too; who reaps it is this machine's business.
    let is_gone = || fs::read_to_string(format!("/proc/{child}/stat")).map_or(true, |state| state.contains(") Z "));
    until(is_gone).await;
}

#[tokio::test]
async fn it_is_not_run_for_what_it_is_not_for() {
    let script = Script::new(WRITES_CAPTIONS).await;
    let elsewhere = VideoAddress::parse("https://tube.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv").expect("an address");
    let program = script.program(PLENTY);
    assert_eq!(program.captions(&elsewhere, "en").await, Err(YtDlpError::OtherPlatform));
    let forged = VideoAddress { id: "a&list=PL1234".into(), ..video() };
    assert_eq!(program.audio(&forged).await, Err(YtDlpError::OtherPlatform));
    assert_eq!(program.captions(&video(), ".*").await, Err(YtDlpError::UnknownLanguage(".*".into())));
    assert_eq!(script.left("arguments"), None, "it was never started");
    let missing = YtDlp::new(YtDlpSettings { program: "/nowhere/yt-dlp".into(), proxy: None, time_limit: PLENTY });
    assert!(matches!(missing.captions(&video(), "en").await, Err(YtDlpError::NotStarted { .. })));
}

/// Waits until something is so, looking again whenever nothing else is to do.
async fn until(is_so: impl Fn() -> bool) {
    let looking = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PLENTY, looking).await.expect("it comes about");
}
