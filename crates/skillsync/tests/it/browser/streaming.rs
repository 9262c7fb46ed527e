//! A lesson that is read while it is written.

use fantoccini::Locator;
use serde_json::json;

use super::chromium::{Browser, Look, USUAL};
use super::{close, open};
use crate::streaming::Doors;
use crate::world::{Setup, until, within};

const TOP_OF_CONCEPTS: &str =
    "return Math.round(document.querySelector('section.key_concepts').getBoundingClientRect().top)";

#[tokio::test]
async fn blocks_appear_are_checked_and_become_the_lesson() {
    let doors = Doors::closed();
    let look = Look { width: 390, ..USUAL };
    let Some((database, server, browser)) = open(Setup::written_by(&doors.writer()), look).await else { return };
    browser.ask(&server, "Rust Lifetimes", "mixed").await;
    browser.arrives(|path| path == "/generations/1").await;
    browser.value("window.isTheSamePage = true").await;
    let appears = async |css: &str, times: usize| {
        until(async || (browser.count(css).await == times).then_some(())).await;
    };

    // The introduction can be read while all other parts are unwritten, and is marked as not checked yet.
    appears(".body > section.unchecked", 2).await;
    assert_eq!(browser.text("h1").await.as_deref(), Some("Names for prices"));
    assert!(browser.text(".checking").await.is_some_and(|mark| mark.ends_with("Being checked")));
    assert!(browser.text(".body > section").await.is_some_and(|text| text.contains("sells honey")));
    assert!(browser.overflow().await <= 0);

    // It is written again: the new form stands in the place of the old one, without a mark.
    doors.again.open();
    appears(".unchecked", 0).await;
    assert_eq!(browser.count(".body > section").await, 2);
    assert_eq!(browser.text(".body > section:first-child h2").await.as_deref(), Some("Again"));
    let news = browser.value("return document.querySelector('[data-said]').textContent").await;
    assert_eq!(news, "2 parts to read, 0 of them still being checked");

    // Who reads the last block keeps it before their eyes while others come in above it.
    browser.value("document.querySelector('section.key_concepts').scrollIntoView({ block: 'start' })").await;
    let before = browser.value(TOP_OF_CONCEPTS).await.as_i64().expect("a place");
    assert_eq!(browser.value("return window.scrollY > 0").await, true);
    doors.parts.open();
    appears("section.quiz", 1).await;
    appears("section.exercise:not(.unchecked)", 1).await;
    appears("section.diagram:not(.unchecked)", 1).await;
    let after = browser.value(TOP_OF_CONCEPTS).await.as_i64().expect("a place");
    assert!((before - after).abs() <= 2, "it moved from {before} to {after}");
    let positions = "return [...document.querySelectorAll('.body > section')].map((block) => +block.dataset.position)";
    let positions = browser.value(positions).await;
    assert!(positions.as_array().is_some_and(|all| all.is_sorted_by_key(serde_json::Value::as_i64)), "{positions}");
    let drawn = "const image = document.querySelector('.picture img'); image.loading = 'eager';
        image.decode().then(() => arguments[0](image.naturalWidth > 0 && image.src.includes('/generations/1/')))";
    assert_eq!(within(browser.page.execute_async(drawn, vec![])).await.expect("a picture"), json!(true));
    assert!(browser.overflow().await <= 0);

    // The quiz works already, and an answer that was chosen stays when the quiz is confirmed.
    assert_eq!(browser.count("section.quiz.unchecked").await, 1);
    let option = "document.querySelector('section.quiz .options label').scrollIntoView({ block: 'center' })";
    browser.value(option).await;
    let option = browser.page.find(Locator::Css("section.quiz .options label")).await.expect("an option");
    option.click().await.expect("it can be chosen");
    assert_eq!(browser.count("section.quiz button.check:enabled").await, 1);
    doors.answers.open();
    until(async || browser.text("[data-open]").await.filter(|words| !words.is_empty())).await;
    assert_eq!(browser.count("section.quiz.unchecked").await, 0);
    assert_eq!(browser.count("section.quiz input:checked").await, 1);
    assert_eq!(browser.value("return window.isTheSamePage === true").await, true, "the page was not loaded again");
    Browser::is_clean(&browser.log().await);

    browser.click("[data-open]").await;
    browser.arrives(|path| path == "/lessons/1").await;
    assert!(browser.text(".checked").await.is_some_and(|words| words.contains("answers confirmed")));
    assert_eq!(browser.count(".unchecked").await, 0);
    close(database, server, browser).await;
}

#[tokio::test]
async fn who_opens_the_page_late_or_without_javascript_reads_what_is_there() {
    let doors = Doors::closed();
    doors.again.open();
    let look = Look { javascript: false, ..USUAL };
    let Some((database, server, browser)) = open(Setup::written_by(&doors.writer()), look).await else { return };
    browser.ask(&server, "Rust Lifetimes", "hands_on").await;
    browser.arrives(|path| path == "/generations/1").await;
    // The page loads itself anew until the introduction is there.
    until(async || (browser.count(".body > section:not(.unchecked)").await == 2).then_some(())).await;
    assert!(browser.text(".to-come").await.is_some_and(|words| words.contains("the exercises")));
    doors.parts.open();
    doors.answers.open();
    browser.arrives(|path| path == "/lessons/1").await;
    close(database, server, browser).await;
}
