//! YouTube's Data API: the right answer, and every way in which there is none.

use std::time::Duration;

use serde_json::{Value, json};
use skillsync_sources::videos::{Platform, YouTube, YouTubeError};
use skillsync_sources::{Secret, SourceError};

use crate::media::{Answer, Asked, KEY, LITTLE, PLENTY, Site, day, http, query};

/// The video that fits.
pub const ID: &str = "abcDEF_123-";

/// `videos.list` tells this of a video.
pub fn item(id: &str, changes: &Value) -> Value {
    let mut item = json!({
        "kind": "youtube#video", "etag": "e", "id": id,
        "snippet": {
            "publishedAt": "2025-04-01T09:30:00Z", "channelId": "UCada", "channelTitle": "Ada teaches",
            "title": "List comprehensions\u{202e} in Python", "description": "What they are.\nLinks: …",
            "liveBroadcastContent": "none", "categoryId": "27", "defaultAudioLanguage": "en-US",
            "thumbnails": { "default": { "url": "x", "width": 120, "height": 90 } }
        },
        "contentDetails": {
            "duration": "PT12M7S", "dimension": "2d", "definition": "hd", "caption": "true",
            "licensedContent": true, "projection": "rectangular"
        },
        "status": { "uploadStatus": "processed", "privacyStatus": "public", "license": "youtube", "embeddable": true },
        "statistics": { "viewCount": "85321", "likeCount": "3100", "favoriteCount": "0", "commentCount": "77" }
    });
    for (part, fields) in changes.as_object().into_iter().flatten() {
        for (name, value) in fields.as_object().into_iter().flatten() {
            item[part][name] = value.clone();
        }
    }
    item
}

/// `search.list` found these ids, and a channel besides.
pub fn found(ids: &[&str]) -> Value {
    let mut items =
        vec![json!({ "kind": "youtube#searchResult", "id": { "kind": "youtube#channel", "channelId": "UCx" } })];
    items.extend(ids.iter().map(|id| {
        json!({ "kind": "youtube#searchResult", "etag": "e", "id": { "kind": "youtube#video", "videoId": id }, "snippet": {} })
    }));
    let page = json!({ "totalResults": 1_000_000, "resultsPerPage": 25 });
    json!({ "kind": "youtube#searchListResponse", "regionCode": "DE", "pageInfo": page, "items": items })
}

/// An error as YouTube words it.
pub fn refusal(code: u16, reason: &str, details: &Value) -> Value {
    let errors = json!([{ "message": "…", "domain": "youtube.quota", "reason": reason }]);
    json!({ "error": { "code": code, "message": format!("… {KEY} …"), "errors": errors, "details": details } })
}

/// The usual two answers.
pub fn answer(asked: &Asked) -> Answer {
    match asked.path.as_str() {
        "/youtube/v3/search" => Answer::json(&found(&[ID, "not an id", "live_live_l", "hiddenLikes", "privateOne0"])),
        "/youtube/v3/videos" => Answer::json(&json!({ "kind": "youtube#videoListResponse", "items": [
            item(ID, &json!({})),
            json!({ "kind": "youtube#video", "id": "oddOddOddOd" }),
            item("live_live_l", &json!({ "snippet": { "liveBroadcastContent": "live" } })),
            item("hiddenLikes", &json!({
                "statistics": { "likeCount": null }, "snippet": { "defaultAudioLanguage": null, "publishedAt": "2020-01-01T00:00:00Z" },
                "contentDetails": { "definition": "sd", "caption": "false", "duration": "PT1H" }, "status": { "embeddable": false }
            })),
            item("privateOne0", &json!({ "status": { "privacyStatus": "private" } })),
        ] })),
        other => Answer::text(404, other),
    }
}

fn client(site: &Site, limit: Duration) -> YouTube {
    YouTube::new(http(limit), &format!("{}/youtube/v3", site.url), Secret::new(KEY))
}

#[tokio::test]
async fn a_search_asks_twice_and_tells_what_is_known() {
    let site = Site::answering(|_, asked| answer(asked)).await;
    let videos = client(&site, PLENTY).search(&query()).await.expect("videos");
    let asked = site.asked();
    let [search, details] = &asked[..] else { panic!("{} questions", asked.len()) };
    for (name, expected) in [
        ("q", "List comprehensions Python"),
        ("type", "video"),
        ("videoEmbeddable", "true"),
        ("videoCaption", "closedCaption"),
        ("videoDefinition", "high"),
        ("videoDuration", "medium"),
        ("relevanceLanguage", "en"),
        ("safeSearch", "strict"),
        ("key", KEY),
    ] {
        assert_eq!(search.parameter(name), Some(expected), "{name}");
    }
    assert_eq!(details.parameter("id"), Some("abcDEF_123-,live_live_l,hiddenLikes,privateOne0"));
    assert_eq!(details.parameter("part"), Some("snippet,contentDetails,statistics,status"));

    let [first, second] = &videos[..] else { panic!("{videos:?}") };
    assert_eq!((first.platform, first.id.as_str(), first.seconds), (Platform::YouTube, ID, 727));
    assert_eq!((first.title.as_str(), first.channel.as_str()), ("List comprehensions in Python", "Ada teaches"));
    assert_eq!((first.views, first.likes, first.published), (85_321, Some(3_100), day("2025-04-01")));
    assert_eq!(
        (first.language.as_deref(), first.hd, first.captioned, first.embeddable),
        (Some("en-US"), true, true, true)
    );
    assert_eq!(first.embed_url, "https://www.youtube-nocookie.com/embed/abcDEF_123-");
    assert_eq!((second.likes, second.language.as_deref(), second.seconds), (None, None, 3_600));
    assert!(!second.hd && !second.captioned && !second.embeddable);
}

#[tokio::test]
async fn every_failure_has_its_name() {
    let site_error = |error: SourceError| Err(YouTubeError::Site(error));
    let quota = |seconds: Option<u64>| SourceError::QuotaExceeded { retry_after: seconds.map(Duration::from_secs) };
    let info = |reason: &str| json!([{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason }]);
    let cases: Vec<(&str, Answer, Result<usize, YouTubeError>)> = vec![
        ("quota", Answer::failure(403, &refusal(403, "quotaExceeded", &json!([]))), site_error(quota(None))),
        ("rate", Answer::failure(403, &refusal(403, "rateLimitExceeded", &json!([]))), site_error(quota(None))),
        ("too many", Answer::wait("7"), site_error(quota(Some(7)))),
        ("old key", Answer::failure(400, &refusal(400, "keyInvalid", &json!([]))), Err(YouTubeError::KeyRejected)),
        (
            "key",
            Answer::failure(400, &refusal(400, "badRequest", &info("API_KEY_INVALID"))),
            Err(YouTubeError::KeyRejected),
        ),
        (
            "blocked",
            Answer::failure(403, &refusal(403, "forbidden", &info("API_KEY_SERVICE_BLOCKED"))),
            Err(YouTubeError::KeyRejected),
        ),
        ("off", Answer::failure(403, &refusal(403, "accessNotConfigured", &json!([]))), Err(YouTubeError::NotEnabled)),
        (
            "disabled",
            Answer::failure(403, &refusal(403, "forbidden", &info("SERVICE_DISABLED"))),
            Err(YouTubeError::NotEnabled),
        ),
        ("403", Answer::text(403, "Forbidden"), site_error(SourceError::Refused)),
        ("500", Answer::text(500, "<html>"), site_error(SourceError::ServerError { status: 500 })),
        ("garbage", Answer::text(200, "<html>Sign in</html>"), site_error(SourceError::Garbage)),
        ("other JSON", Answer::json(&json!({ "items": 3 })), site_error(SourceError::Garbage)),
        ("nothing found", Answer::json(&found(&[])), Ok(0)),
        ("slow", Answer::Silence, site_error(SourceError::Timeout)),
    ];
    for (name, answer, expected) in cases {
        let limit = if matches!(answer, Answer::Silence) { LITTLE } else { PLENTY };
        let site = Site::always(answer).await;
        let outcome = client(&site, limit).search(&query()).await.map(|videos| videos.len());
        assert_eq!(outcome, expected, "{name}");
        assert!(site.asked().len() <= 1, "{name} was asked again");
        let shown = format!("{outcome:?} {}", outcome.as_ref().err().map(ToString::to_string).unwrap_or_default());
        assert!(!shown.contains(KEY) && !shown.contains("127.0.0.1"), "{name}: {shown}");
    }
}
