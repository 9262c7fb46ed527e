//! A video in the page: nothing from elsewhere before the click, one frame after it, and moments that move it.

use serde_json::{Value, json};

use super::chromium::{Browser, Look, USUAL};
use super::{close, open};
use crate::world::{Setup, TestServer};

const FILM: &str = include_str!("../../lessons/film.md");
const PLAYER: &str = "https://www.youtube-nocookie.com/embed/aBc-123_xyz";

/// Everything that the page has loaded or shows from another host than its own.
const FOREIGN: &str = "return [
    ...performance.getEntriesByType('resource').map((entry) => entry.name),
    ...[...document.querySelectorAll('iframe')].map((frame) => frame.src),
  ].filter((address) => new URL(address).origin !== location.origin)";

async fn open_film(server: &TestServer, browser: &Browser) {
    let id = server.import(FILM).await;
    browser.goto(server, &format!("/lessons/{id}")).await;
}

async fn frames(browser: &Browser) -> Value {
    browser.value("return [...document.querySelectorAll('iframe')].map((frame) => frame.getAttribute('src'))").await
}

#[tokio::test]
async fn a_video_plays_in_the_page_after_a_click_and_jumps() {
    let Some((database, server, browser)) = open(Setup::default(), USUAL).await else { return };
    open_film(&server, &browser).await;
    let note = browser.text(".player .watch + .hint").await.expect("a word about the player");
    assert!(note.contains("www.youtube-nocookie.com"), "{note}");
    assert_eq!((frames(&browser).await, browser.value(FOREIGN).await), (json!([]), json!([])));
    Browser::is_clean(&browser.log().await);

    browser.click(".player button").await;
    assert_eq!(frames(&browser).await, json!([format!("{PLAYER}?start=0&autoplay=1")]));
    let frame = browser.value("return [...document.querySelector('iframe').attributes].map((one) => one.name)").await;
    for attribute in ["title", "sandbox", "allow", "referrerpolicy", "loading"] {
        assert!(frame.as_array().is_some_and(|names| names.iter().any(|name| name == attribute)), "{attribute}");
    }
    assert_eq!(browser.count(".player button").await, 0);

    browser.click(".guide li:nth-child(2) a").await;
    assert_eq!(frames(&browser).await, json!([format!("{PLAYER}?start=65&autoplay=1")]));
    browser.click(".question a[data-play]").await;
    assert_eq!(frames(&browser).await, json!([format!("{PLAYER}?start=431&autoplay=1")]));
    assert!(browser.path().await.starts_with("/lessons/"), "the page is still there");
    // The player itself cannot be reached from here; the policy is no reason for it.
    let refused = browser.log().await.to_string();
    assert!(!refused.contains("Content Security Policy"), "{refused}");
    close(database, server, browser).await;
}

#[tokio::test]
async fn without_javascript_a_video_is_a_link() {
    let Some((database, server, browser)) = open(Setup::default(), Look { javascript: false, ..USUAL }).await else {
        return;
    };
    open_film(&server, &browser).await;
    assert_eq!((browser.count(".player button").await, browser.count("iframe").await), (0, 0));
    assert_eq!(browser.count(".player a[href='https://www.youtube.com/watch?v=aBc-123_xyz']").await, 1);
    assert_eq!(browser.count(".guide a[href='https://www.youtube.com/watch?v=aBc-123_xyz&t=65s']").await, 1);
    close(database, server, browser).await;
}

#[tokio::test]
async fn a_video_fits_a_phone() {
    let look = Look { dark: true, width: 320, ..USUAL };
    let Some((database, server, browser)) = open(Setup::default(), look).await else { return };
    open_film(&server, &browser).await;
    assert!(browser.overflow().await <= 0, "{} px too wide", browser.overflow().await);
    browser.click(".player button").await;
    assert!(browser.overflow().await <= 0, "with the player {} px too wide", browser.overflow().await);
    close(database, server, browser).await;
}
