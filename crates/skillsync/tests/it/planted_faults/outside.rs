//! Faults that show only outside: moments of a video that nobody speaks at, and addresses that lead nowhere. Both sites stand on
//! this machine and speak as the real ones do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use skillsync::generation::sample;
use skillsync::lessons::checks::Check;
use skillsync::lessons::request::LearningStyle;
use skillsync_llm::{Script, ScriptedAnswer};
use skillsync_sources::research::Wikipedia;
use skillsync_sources::transcripts::{TranscriptChain, YtDlp, YtDlpSettings};
use skillsync_sources::videos::{VideoSettings, Videos, YouTube};
use skillsync_sources::{LinkChecker, LinkSettings, ResearchSettings, Researcher, Secret};
use tempfile::TempDir;

use super::table::VIDEOS;
use super::{job, notes, plant_all};
use crate::workshop::{Site, Workshop, http, pieces};
use crate::world::PATIENCE;

const ID: &str = "abcDEF_123-";

/// The Data API of YouTube, which knows one video of four minutes and ten seconds.
fn youtube(path: &str) -> (u16, &'static str, String) {
    let answer = match path {
        "/youtube/v3/search" => json!({ "items": [{ "id": { "kind": "youtube#video", "videoId": ID } }] }),
        "/youtube/v3/videos" => json!({ "items": [{
            "kind": "youtube#video", "id": ID,
            "snippet": {
                "publishedAt": "2025-04-01T09:30:00Z", "channelTitle": "Ada teaches", "title": "Python variables",
                "description": "What they are.", "liveBroadcastContent": "none", "defaultAudioLanguage": "en"
            },
            "contentDetails": { "duration": "PT4M10S", "definition": "hd", "caption": "true" },
            "status": { "uploadStatus": "processed", "privacyStatus": "public", "embeddable": true },
            "statistics": { "viewCount": "85321", "likeCount": "3100" }
        }] }),
        other => return (404, "text/plain", other.to_owned()),
    };
    (200, "application/json", answer.to_string())
}

/// A program in the place of yt-dlp that brings what is said up to the 200th second.
fn captions(words: &str) -> (TempDir, YtDlp) {
    let directory = tempfile::tempdir().expect("a directory");
    let program = directory.path().join("yt-dlp");
    let cues =
        format!("WEBVTT\n\n00:00.000 --> 01:00.000\nPython variables are names.\n\n01:00.000 --> 03:20.000\n{words}\n");
    fs::write(directory.path().join("captions"), cues).expect("captions");
    fs::write(&program, "#!/bin/sh\ncat \"${0%/*}/captions\" > transcript.en.vtt\n").expect("a script");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it may be run");
    let settings = YtDlpSettings { program, proxy: None, time_limit: PATIENCE };
    (directory, YtDlp::new(settings))
}

/// A workshop that finds one video, in which these words are said. The others must live as long as it.
pub async fn with_video(words: &str) -> (Workshop, TempDir, Site) {
    // Written before any child is started: a child that holds the file open would keep it from being run.
    let (directory, yt_dlp) = captions(words);
    let site = Site::answering(|_, path| youtube(path)).await;
    let mut workshop = Workshop::new().await;
    let youtube = YouTube::new(http(), &format!("{}/youtube/v3", site.url), Secret::new("key"));
    let settings =
        VideoSettings { youtube: Some(youtube), peertube: None, other_transcripts: false, time_limit: PATIENCE };
    workshop.sources.videos = Some(Videos::new(settings));
    workshop.sources.transcripts = TranscriptChain { yt_dlp: Some(yt_dlp), ..TranscriptChain::default() };
    (workshop, directory, site)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_in_what_is_said_about_a_video() {
    let (workshop, _directory, _site) = with_video("A name stands for a value.").await;
    plant_all(&workshop, LearningStyle::Video, VIDEOS).await;
}

/// Wikipedia, with two articles that say the same; the second one is gone when its page is asked for.
fn wikipedia(url: &str, path: &str, words: &str, is_gone: bool) -> (u16, &'static str, String) {
    let article = |index: u32, title: &str, page: &str| {
        json!({
            "pageid": index, "ns": 0, "index": index, "title": title, "fullurl": format!("{url}/wiki/{page}"),
            "extract": format!("Variables in Python are names that stand for values. {words}")
        })
    };
    match path {
        "/w/api.php" => {
            let pages = [article(1, "Python variables", "There"), article(2, "Variables of Python", "Gone")];
            let answer = json!({ "batchcomplete": true, "query": { "pages": pages } });
            (200, "application/json; charset=utf-8", answer.to_string())
        }
        "/wiki/Gone" if is_gone => (404, "text/html", "<h1>Not found</h1>".to_owned()),
        _ => (200, "text/html", "<h1>Variables</h1>".to_owned()),
    }
}

/// A workshop that finds two articles in which these words stand. The site must live as long as it.
pub async fn with_sources(words: &'static str, is_gone: bool) -> (Workshop, Site) {
    let site = Site::answering(move |url, path| wikipedia(url, path, words, is_gone)).await;
    let mut workshop = Workshop::new().await;
    let settings = ResearchSettings {
        time_limit: PATIENCE,
        wikipedia: Some(Wikipedia { base_url: format!("{}/", site.url) }),
        documentation: None,
        stack_overflow: None,
        github: None,
        dev_to: None,
        ..ResearchSettings::default()
    };
    workshop.sources.researcher = Some(Arc::new(Researcher::new(http(), settings)));
    let limits =
        LinkSettings { time_limit: PATIENCE, total_time_limit: Duration::from_secs(120), ..LinkSettings::default() };
    workshop.sources.links = Some(Arc::new(LinkChecker::new(http(), limits)));
    (workshop, site)
}

/// A writer who cites both articles in a text and the second one in an explanation of the quiz too.
fn citing(url: String) -> Script {
    Script::new(move |request| {
        let text = sample::written(request).expect("a request that the scripted writer knows");
        let mut draft: Value = serde_json::from_str(&text).expect("drafts are JSON");
        let append = |field: &mut Value, words: &str| {
            *field = json!(format!("{} {words}", field.as_str().expect("a text")));
        };
        match request.schema.as_ref().map(|schema| schema.name.as_str()) {
            Some("text") => append(&mut draft["sections"][1]["markdown"], "So it is said [S1] and [S2]."),
            Some("quiz") => append(&mut draft["questions"][2]["explanation"], &format!("Read [on]({url}/wiki/Gone).")),
            _ => {}
        }
        ScriptedAnswer::text(draft.to_string())
    })
}

/// No second answer can mend this: the address goes, and the words stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sources_that_lead_nowhere_are_taken_out() {
    let mut found = Vec::new();
    for is_gone in [false, true] {
        let (workshop, site) = with_sources("", is_gone).await;
        let mut job = job(LearningStyle::Mixed);
        job.request.research = true;
        let written = workshop.write(&job, &citing(site.url.clone())).await.expect("a lesson");
        let mut pieces = pieces(&written.document);
        let in_text = pieces.remove("text-2").expect("it cites").to_string().replace(&site.url, "");
        let in_quiz = pieces.remove("question-3").expect("it cites").to_string().replace(&site.url, "");
        let sources = pieces.remove("sources").expect("a list")["sources"].as_array().expect("a list").len();
        let links = written.checks.of(Check::Links).expect("they are visited").clone();
        found.push((pieces, in_text, in_quiz, sources, links));
    }
    let [(rest, text, quiz, sources, links), (rest_left, text_left, quiz_left, sources_left, links_left)] = &found[..]
    else {
        panic!("two lessons")
    };
    assert_eq!((*sources, links.of, links.passed), (2, 2, 2), "{links:?}");
    assert!(text.contains("[\\\\[2\\\\]](/wiki/Gone)") && quiz.contains("[on](/wiki/Gone)"), "{text} {quiz}");
    assert_eq!((*sources_left, links_left.of, links_left.dropped), (1, 2, 1), "{links_left:?}");
    assert!(notes(links_left, "leads nowhere"), "{links_left:?}");
    assert!(!text_left.contains("Gone") && !quiz_left.contains("Gone"), "{text_left} {quiz_left}");
    assert_eq!(*text_left, text.replace("[\\\\[2\\\\]](/wiki/Gone)", "\\\\[2\\\\]"));
    assert_eq!(*quiz_left, quiz.replace("[on](/wiki/Gone)", "on"));
    assert_eq!(rest_left, rest, "nothing else has changed");
}
