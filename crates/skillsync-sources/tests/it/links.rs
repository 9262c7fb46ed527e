//! Which links are alive, which are dead, and which nobody can tell.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use skillsync_sources::{Http, HttpSettings, Link, LinkChecker, LinkSettings, LinkState};

use crate::server::{Answer, Server, here, http, page, redirect, status};

fn dead(status: Option<u16>, why: &str) -> LinkState {
    LinkState::Dead { status, why: why.into() }
}

fn unsure(why: &str) -> LinkState {
    LinkState::Unsure { why: why.into() }
}

fn impatient() -> LinkSettings {
    LinkSettings { time_limit: Duration::from_millis(200), ..LinkSettings::default() }
}

#[tokio::test]
async fn each_answer_has_its_meaning() {
    let server = Server::answering(|asked| match (asked.method.as_str(), asked.path.trim_start_matches('/')) {
        (_, "silence") => Answer::Silence,
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
        ("silence", unsure("did not answer in time")),
    ];
    let urls = cases.iter().map(|(path, _)| format!("{}{path}", server.base_url())).collect::<Vec<_>>();
    let links = LinkChecker::new(http(&[]), impatient()).check(&urls).await;
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
    let links = LinkChecker::new(http, impatient()).check(&urls).await;
    assert_eq!(links.into_iter().map(|link| link.state).collect::<Vec<_>>(), cases.map(|(_, state)| state));
}

#[tokio::test]
async fn each_page_is_asked_once_and_each_link_told_once() {
    let server = Server::answering(|_| page("")).await;
    let url = |rest: &str| format!("{}{rest}", server.base_url());
    let urls = [url("a"), url("a#one"), url("a"), url("a#two"), url("b")];
    let links = LinkChecker::new(http(&[]), impatient()).check(&urls).await;
    assert_eq!(links.iter().map(|link| &link.url).collect::<Vec<_>>(), [&urls[0], &urls[1], &urls[3], &urls[4]]);
    assert!(links.iter().all(|link| link.state == LinkState::Alive));
    assert_eq!(server.all_requests().len(), 2);
}

#[tokio::test]
async fn one_host_is_asked_for_two_links_at_a_time() {
    // Nobody is answered, so that all who may be asked at once are asked before the time is up.
    let count = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&count);
    let server = Server::answering(move |_| {
        counting.fetch_add(1, Ordering::SeqCst);
        Answer::Silence
    })
    .await;
    let names = ["a.test", "b.test", "c.test"];
    let urls =
        (0..15).map(|number| format!("http://{}:{}/{number}", names[number % 3], server.port)).collect::<Vec<_>>();
    let settings =
        LinkSettings { total_time_limit: Duration::from_millis(500), max_at_once: 5, ..LinkSettings::default() };
    let links = LinkChecker::new(http(&names), settings).check(&urls).await;
    assert_eq!(count.load(Ordering::SeqCst), 5);
    let asked = server.all_requests();
    for name in names {
        assert!(asked.iter().filter(|asked| asked.host.starts_with(name)).count() <= 2, "{name}");
    }
    assert!(links.iter().all(|link| link.state == unsure("was not checked: there were too many links for the time")));
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
