//! Which links are alive, which are dead, and which nobody can tell.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use skillsync_sources::{Http, HttpSettings, Link, LinkChecker, LinkSettings, LinkState};

use crate::server::{Answer, Gathering, Server, here, http, page, redirect, status};

fn dead(status: Option<u16>, why: &str) -> LinkState {
    LinkState::Dead { status, why: why.into() }
}

fn unsure(why: &str) -> LinkState {
    LinkState::Unsure { why: why.into() }
}

#[tokio::test]
async fn silence_says_nothing() {
    let server = Server::answering(|_| Answer::Silence).await;
    let link = async |settings| LinkChecker::new(http(&[]), settings).check(&[server.base_url()]).await.remove(0).state;
    let short = Duration::from_millis(100);
    assert_eq!(
        link(LinkSettings { time_limit: short, ..LinkSettings::default() }).await,
        unsure("did not answer in time")
    );
    let out_of_time = unsure("was not checked: there were too many links for the time");
    assert_eq!(link(LinkSettings { total_time_limit: short, ..LinkSettings::default() }).await, out_of_time);
}

#[tokio::test]
async fn each_answer_has_its_meaning() {
    let server = Server::answering(|asked| match (asked.method.as_str(), asked.path.trim_start_matches('/')) {
        (_, "moved") => redirect("/200"),
        (_, "moved-away") => redirect("/404"),
        (_, "circle") => redirect("/circle"),
        ("HEAD", "whole-only") => status(405, ""),
        ("HEAD", "whole-only-too") => status(501, ""),
        ("HEAD", "no-robots") => status(403, ""),
        ("HEAD", "wrong-head") => status(404, ""),
        (_, "whole-only" | "whole-only-too" | "no-robots" | "wrong-head") => page(&"long ".repeat(100_000)),
        (_, code) => status(code.parse().unwrap_or(200), ""),
    })
    .await;
    let cases = [
        ("200", LinkState::Alive),
        ("204", LinkState::Alive),
        ("moved", LinkState::Alive),
        ("whole-only", LinkState::Alive),
        ("whole-only-too", LinkState::Alive),
        ("no-robots", LinkState::Alive),
        ("wrong-head", LinkState::Alive),
        ("404", dead(Some(404), "has no such page")),
        ("410", dead(Some(410), "has no such page")),
        ("moved-away", dead(Some(404), "has no such page")),
        ("401", unsure("refused to answer")),
        ("403", unsure("refused to answer")),
        ("429", unsure("its quota is used up")),
        ("500", unsure("failed with status 500")),
        ("503", unsure("failed with status 503")),
        ("circle", unsure("leads in circles")),
    ];
    let urls = cases.iter().map(|(path, _)| format!("{}{path}", server.base_url())).collect::<Vec<_>>();
    let links = LinkChecker::new(http(&[]), LinkSettings::default()).check(&urls).await;
    let expected = urls.into_iter().zip(cases).map(|(url, (_, state))| Link { url, state }).collect::<Vec<_>>();
    assert_eq!(links, expected);
}

#[tokio::test]
async fn what_may_not_be_asked_is_dead() {
    let http = Http::new(&HttpSettings { names: here(&["intern.test"]), ..HttpSettings::default() }).expect("a client");
    let not_asked = "has an address that this server does not ask";
    let cases = [
        ("http://127.0.0.1/", dead(None, not_asked)),
        ("http://intern.test/", dead(None, not_asked)),
        ("https://example.test:8443/", dead(None, not_asked)),
        ("ftp://example.test/", dead(None, not_asked)),
        ("javascript:alert(1)", dead(None, not_asked)),
        ("http://unknown.test/", dead(None, "has an address that does not exist")),
        ("example.test/page", dead(None, "has an address that cannot be read")),
        ("", dead(None, "has an address that cannot be read")),
    ];
    let urls = cases.iter().map(|(url, _)| (*url).to_owned()).collect::<Vec<_>>();
    let links = LinkChecker::new(http, LinkSettings::default()).check(&urls).await;
    assert_eq!(links.into_iter().map(|link| link.state).collect::<Vec<_>>(), cases.map(|(_, state)| state));
}

#[tokio::test]
async fn each_page_is_asked_once_and_each_link_told_once() {
    let server = Server::answering(|_| page("")).await;
    let url = |rest: &str| format!("{}{rest}", server.base_url());
    let urls = [url("a"), url("a#one"), url("a"), url("a#two"), url("b")];
    let links = LinkChecker::new(http(&[]), LinkSettings::default()).check(&urls).await;
    assert_eq!(links.iter().map(|link| &link.url).collect::<Vec<_>>(), [&urls[0], &urls[1], &urls[3], &urls[4]]);
    assert!(links.iter().all(|link| link.state == LinkState::Alive));
    assert_eq!(server.all_requests().len(), 2);
}

#[tokio::test]
async fn several_are_asked_at_once_and_few_of_one_host() {
    // The first five are answered when all of them have come; more than five may not come before that.
    let gathering = Gathering::of(5);
    let (together, count) = (Arc::clone(&gathering), AtomicUsize::new(0));
    let server = Server::answering(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0..5 => Answer::Together(Arc::clone(&together), Box::new(page(""))),
        _ if together.is_complete() => page(""),
        _ => status(410, "one too many"),
    })
    .await;
    let names = ["a.test", "b.test", "c.test"];
    let urls =
        (0..15).map(|number| format!("http://{}:{}/{number}", names[number / 5], server.port)).collect::<Vec<_>>();
    let settings = LinkSettings { max_at_once: 5, ..LinkSettings::default() };
    let links = LinkChecker::new(http(&names), settings).check(&urls).await;
    assert!(links.iter().all(|link| link.state == LinkState::Alive), "{links:?}");
    let asked = server.all_requests();
    assert_eq!(asked.len(), 15);
    for name in names {
        assert!(asked[..5].iter().filter(|asked| asked.host.starts_with(name)).count() <= 2, "{name}");
    }
}

#[tokio::test]
async fn too_many_links_stay_unsure() {
    let server = Server::answering(|_| page("")).await;
    let urls = (0..5).map(|number| format!("{}{number}", server.base_url())).collect::<Vec<_>>();
    let settings = LinkSettings { max_links: 3, ..LinkSettings::default() };
    let links = LinkChecker::new(http(&[]), settings).check(&urls).await;
    assert_eq!(links.iter().filter(|link| link.state == LinkState::Alive).count(), 3);
    assert_eq!(server.all_requests().len(), 3);
    let told = serde_json::to_value(&links[4]).expect("JSON");
    assert_eq!(told["state"], "unsure");
    assert_eq!(serde_json::from_value::<Link>(told).expect("the same"), links[4]);
}
