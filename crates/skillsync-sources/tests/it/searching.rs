//! The search over both platforms.

use serde_json::json;
use skillsync_sources::Secret;
use skillsync_sources::videos::{
    Missing, PeerTube, Platform, VideoAddress, VideoError, VideoSettings, Videos, YouTube,
};

use crate::media::{Answer, KEY, LITTLE, PLENTY, Site, http, query, today};
use crate::{peertube, youtube};

/// Both platforms on one server.
fn videos(site: &Site) -> VideoSettings {
    VideoSettings {
        youtube: Some(YouTube::new(http(PLENTY), &format!("{}/youtube/v3", site.url), Secret::new(KEY))),
        peertube: Some(PeerTube::new(http(PLENTY), &site.url)),
        other_transcripts: false,
        time_limit: PLENTY,
    }
}

async fn both() -> Site {
    Site::answering(|url, asked| {
        if asked.path.starts_with("/youtube/") { youtube::answer(asked) } else { peertube::answer(url, asked) }
    })
    .await
}

#[tokio::test]
async fn what_fits_on_either_platform_is_put_in_order() {
    let site = both().await;
    let found = Videos::new(videos(&site)).search(&query(), today()).await;
    assert_eq!(found.missing, []);
    let [first, second] = &found.ranked[..] else { panic!("{found:?}") };
    assert_eq!((first.candidate.platform, second.candidate.platform), (Platform::YouTube, Platform::PeerTube));
    assert!(first.score > second.score);
    assert_eq!(
        first.why,
        "chosen from 2 videos: 12 minutes, its title has every word of the topic, 85,000 views, 14 months old"
    );
    let stored = serde_json::to_string(&found).expect("it is JSON");
    assert_eq!(serde_json::from_str::<skillsync_sources::videos::Found>(&stored).expect("it reads back"), found);
}

#[tokio::test]
async fn without_a_key_only_peertube_is_asked() {
    let site = both().await;
    let found = Videos::new(VideoSettings { youtube: None, ..videos(&site) }).search(&query(), today()).await;
    assert_eq!((found.ranked.len(), found.missing), (1, Vec::new()));
    assert!(site.asked().iter().all(|asked| !asked.path.starts_with("/youtube/")));
}

#[tokio::test]
async fn a_platform_that_does_not_answer_is_named() {
    let site = Site::answering(|url, asked| {
        let quota = youtube::refusal(403, "quotaExceeded", &json!([]));
        if asked.path.starts_with("/youtube/") { Answer::failure(403, &quota) } else { peertube::answer(url, asked) }
    });
    let found = Videos::new(videos(&site.await)).search(&query(), today()).await;
    assert_eq!(found.ranked.len(), 1);
    assert_eq!(found.missing, [Missing { platform: Platform::YouTube, why: "its quota is used up".into() }]);

    let site = Site::always(Answer::Silence).await;
    let found = Videos::new(VideoSettings { time_limit: LITTLE, ..videos(&site) }).search(&query(), today()).await;
    let why = || "did not answer in time".to_owned();
    let missing = [Platform::YouTube, Platform::PeerTube].map(|platform| Missing { platform, why: why() });
    assert_eq!((found.ranked, found.missing), (Vec::new(), missing.to_vec()));
}

#[tokio::test]
async fn a_video_that_somebody_names_is_looked_up() {
    let site = both().await;
    let search = Videos::new(videos(&site));
    let address = VideoAddress::parse(&format!("https://youtu.be/{}", youtube::ID)).expect("an address");
    // The server tells of four videos whatever it is asked; the last that can be shown comes back.
    assert_eq!(search.look_up(&address).await.map(|video| video.platform), Ok(Platform::YouTube));
    let nothing = Site::always(Answer::json(&json!({ "items": [] }))).await;
    assert_eq!(Videos::new(videos(&nothing)).look_up(&address).await, Err(VideoError::Gone));
    let without = Videos::new(VideoSettings { youtube: None, ..videos(&site) });
    assert_eq!(without.look_up(&address).await, Err(VideoError::NotUsed("YouTube")));
}
