//! PeerTube's open search and its servers: the right answer, and every way in which there is none.

use std::time::Duration;

use serde_json::{Value, json};
use skillsync_sources::SourceError;
use skillsync_sources::transcripts::{Audio, TranscriptSource};
use skillsync_sources::videos::{PeerTube, PeerTubeError, Platform};

use crate::media::{Answer, Asked, LITTLE, PLENTY, Site, UUID, candidate, day, http, query};

/// Captions that people wrote.
pub const CAPTIONS: &str = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nA list comprehension makes a list.\n";

/// What the search tells of a video on the server itself.
pub fn entry(url: &str, uuid: &str, changes: &Value) -> Value {
    let mut entry = json!({
        "uuid": uuid, "shortUUID": "kkGMgK9ZtnKfYAgnEtQxbv", "name": "List comprehensions in Python",
        "description": "What they are.", "duration": 600, "views": 420, "likes": 31, "dislikes": 0, "nsfw": false,
        "isLive": false, "publishedAt": "2025-04-01T09:30:00.000Z", "language": { "id": "en", "label": "English" },
        "category": { "id": 15, "label": "Science & Technology" }, "licence": { "id": 1, "label": "Attribution" },
        "url": format!("{url}/videos/watch/{uuid}"), "embedUrl": format!("{url}/videos/embed/{uuid}"),
        "account": { "name": "ada", "displayName": "Ada", "host": "tube.example.org", "avatars": [] },
        "channel": { "name": "ada_teaches", "displayName": "Ada teaches", "host": "tube.example.org", "avatars": [] }
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        entry[name] = value.clone();
    }
    entry
}

/// A file as newer servers tell of it.
fn file(url: &str, lines: u32, size: u64, has_audio: bool) -> Value {
    json!({
        "id": lines, "resolution": { "id": lines, "label": format!("{lines}p") }, "size": size, "fps": 30,
        "hasAudio": has_audio, "hasVideo": lines > 0, "fileUrl": format!("{url}/files/{lines}.mp4"),
        "fileDownloadUrl": format!("{url}/download/{lines}.mp4"), "metadataUrl": null
    })
}

/// What a server tells of its video.
pub fn details(url: &str, uuid: &str) -> Value {
    let files = [
        file(url, 1080, 90_000_000, true),
        file(url, 720, 20_000_000, true),
        file(url, 144, 9, false),
        file(url, 0, 5_000, true),
    ];
    entry(url, uuid, &json!({ "files": [], "streamingPlaylists": [{ "id": 1, "type": 1, "files": files }] }))
}

/// The captions that a server lists.
pub fn captions(url: &str) -> Value {
    let caption = |language: &str, is_automatic: bool, name: &str| {
        json!({
            "language": { "id": language, "label": language }, "automaticallyGenerated": is_automatic,
            "captionPath": format!("/lazy-static/video-captions/{name}.vtt"),
            "fileUrl": format!("{url}/lazy-static/video-captions/{name}.vtt"), "updatedAt": "2025-04-02T00:00:00.000Z"
        })
    };
    let mut list =
        vec![caption("de", false, "german"), caption("en", true, "automatic"), caption("en", false, "written")];
    // Older servers tell the path alone.
    list[2].as_object_mut().expect("an object").remove("fileUrl");
    json!({ "total": list.len(), "data": list })
}

/// A search and a server in one.
pub fn answer(url: &str, asked: &Asked) -> Answer {
    let other = |last: char| format!("{}{last}", &UUID[..UUID.len() - 1]);
    match asked.path.as_str() {
        "/api/v1/search/videos" => Answer::json(&json!({ "total": 8, "data": [
            json!({ "uuid": 7 }),
            entry(url, UUID, &json!({})),
            entry(url, &other('1'), &json!({ "nsfw": true })),
            entry(url, &other('2'), &json!({ "isLive": true })),
            entry(url, &other('3'), &json!({ "duration": 60 })),
            entry(url, &other('4'), &json!({ "language": { "id": "fr", "label": "French" } })),
            entry(url, "../../admin", &json!({})),
            entry("javascript:alert(1)", &other('5'), &json!({})),
            entry(url, &other('6'), &json!({ "name": "Its server fails" })),
        ] })),
        path if path == format!("/api/v1/videos/{UUID}") => Answer::json(&details(url, UUID)),
        path if path == format!("/api/v1/videos/{UUID}/captions") => Answer::json(&captions(url)),
        "/lazy-static/video-captions/written.vtt" => Answer::text(200, CAPTIONS),
        "/files/0.mp4" => Answer::text(200, "sound"),
        _ => Answer::text(500, "…"),
    }
}

#[tokio::test]
async fn a_search_asks_the_servers_of_what_fits() {
    let site = Site::answering(answer).await;
    let videos = PeerTube::new(http(PLENTY), &site.url).search(&query()).await.expect("videos");
    let asked = site.asked();
    for (name, expected) in [
        ("search", "List comprehensions Python"),
        ("durationMin", "240"),
        ("durationMax", "1200"),
        ("languageOneOf[]", "en"),
        ("nsfw", "false"),
        ("sort", "-match"),
    ] {
        assert_eq!(asked[0].parameter(name), Some(expected), "{name}");
    }
    assert_eq!(asked.len(), 5, "the search, and two questions for each of two videos");
    let [video] = &videos[..] else { panic!("{videos:?}") };
    let host = site.url.trim_start_matches("http://");
    assert_eq!((video.platform, video.id.clone(), video.seconds), (Platform::PeerTube, format!("{UUID}@{host}"), 600));
    assert_eq!((video.views, video.likes, video.published), (420, Some(31), day("2025-04-01")));
    assert_eq!((video.hd, video.captioned, video.embeddable), (true, true, true));
    assert_eq!(video.channel, "Ada teaches");
    assert_eq!(video.url, format!("{}/videos/watch/{UUID}", site.url));
    assert_eq!(video.embed_url, format!("{}/videos/embed/{UUID}", site.url));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_out() {
    let site = Site::answering(|url, asked| match asked.path.as_str() {
        "/api/v1/search/videos" => answer(url, asked),
        _ => Answer::Silence,
    });
    let site = site.await;
    let peertube = PeerTube::new(http(PLENTY), &site.url).with_server_time_limit(LITTLE);
    assert_eq!(peertube.search(&query()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn every_failure_has_its_name() {
    let cases: Vec<(&str, Answer, Result<usize, SourceError>)> = vec![
        ("429", Answer::wait("9"), Err(SourceError::QuotaExceeded { retry_after: Some(Duration::from_secs(9)) })),
        ("403", Answer::text(403, "no"), Err(SourceError::Refused)),
        ("500", Answer::text(502, "<html>"), Err(SourceError::ServerError { status: 502 })),
        ("garbage", Answer::text(200, "<html>"), Err(SourceError::Garbage)),
        ("other JSON", Answer::json(&json!({ "data": "none" })), Err(SourceError::Garbage)),
        ("other entries", Answer::json(&json!({ "data": [{ "title": "?" }] })), Err(SourceError::Garbage)),
        ("nothing found", Answer::json(&json!({ "total": 0, "data": [] })), Ok(0)),
        ("slow", Answer::Silence, Err(SourceError::Timeout)),
    ];
    for (name, answer, expected) in cases {
        let limit = if matches!(answer, Answer::Silence) { LITTLE } else { PLENTY };
        let site = Site::always(answer).await;
        let outcome = PeerTube::new(http(limit), &site.url).search(&query()).await.map(|videos| videos.len());
        assert_eq!(outcome, expected.map_err(PeerTubeError::Site), "{name}");
    }
}

#[tokio::test]
async fn captions_that_people_wrote_come_first() {
    let site = Site::answering(answer).await;
    let video = candidate(Platform::PeerTube, UUID, &format!("{}/videos/watch/{UUID}", site.url));
    let peertube = PeerTube::new(http(PLENTY), &site.url);
    let transcript = peertube.captions(&video, "en-US").await.expect("captions");
    assert_eq!((transcript.language.as_deref(), transcript.source), (Some("en"), TranscriptSource::Captions));
    assert_eq!(transcript.cues[0].text, "A list comprehension makes a list.");
    assert_eq!(peertube.captions(&video, "it").await, Err(PeerTubeError::NoCaptions));
    let german = peertube.captions(&video, "de").await;
    assert_eq!(german, Err(PeerTubeError::Site(SourceError::ServerError { status: 500 })));
}

#[tokio::test]
async fn the_smallest_file_with_sound_is_fetched() {
    let site = Site::answering(answer).await;
    let video = candidate(Platform::PeerTube, UUID, &format!("{}/videos/watch/{UUID}", site.url));
    let audio = PeerTube::new(http(PLENTY), &site.url).audio(&video).await;
    assert_eq!(audio, Ok(Audio { file_name: "audio.mp4".into(), bytes: b"sound".to_vec() }));

    let site = Site::answering(|url, _| {
        Answer::json(&entry(
            url,
            UUID,
            &json!({ "files": [file(url, 720, 90_000_000, true), file(url, 144, 9, false)] }),
        ))
    });
    let site = site.await;
    let video = candidate(Platform::PeerTube, UUID, &format!("{}/videos/watch/{UUID}", site.url));
    assert_eq!(PeerTube::new(http(PLENTY), &site.url).audio(&video).await, Err(PeerTubeError::NoAudio));
}
