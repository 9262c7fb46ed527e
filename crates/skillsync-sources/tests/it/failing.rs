//! Every site in every case: what is found, and what is said of a site that gives nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use skillsync_sources::{Found, Missing, Question, ResearchSettings, Researcher};

use crate::server::{Answer, Gathering, Server, http, page, redirect, status};
use crate::sites::{SITES, Site, nothing};

const QUESTION: Question<'_> =
    Question { topic: "Python list comprehensions", programming_language: Some("Python"), language: "en" };

async fn ask(site: Site, settings: ResearchSettings, answer: Option<Answer>) -> Found {
    let server = Server::answering(move |asked| answer.clone().unwrap_or_else(|| site.right(asked))).await;
    let mut settings = settings;
    site.switch_on(&mut settings, &server.base_url());
    Researcher::new(http(&[]), settings).ask_all(&QUESTION).await
}

/// All the ways in which a site fails, and what is said then.
fn failures(site: Site) -> Vec<(&'static str, Vec<Answer>)> {
    vec![
        ("its quota is used up", site.quota_exceeded()),
        ("refused to answer", site.refused()),
        ("sent something that cannot be read", site.garbage()),
        ("sent more than is read", vec![page(&" ".repeat(5 * 1024 * 1024))]),
        ("leads in circles", vec![redirect("/again?and=again")]),
        ("failed with status 500", vec![status(500, "<h1>Oops</h1>")]),
        ("failed with status 503", vec![status(503, "")]),
        ("did not answer in time", vec![status(504, "")]),
    ]
}

#[tokio::test]
async fn each_failure_of_each_site_is_named() {
    for site in SITES {
        for (why, answers) in failures(site) {
            for (number, answer) in answers.into_iter().enumerate() {
                let found = ask(site, nothing(), Some(answer)).await;
                let missing = Missing { site: site.name().into(), why: why.into() };
                assert_eq!(found, Found { excerpts: Vec::new(), missing: vec![missing] }, "{site:?}, {why}, {number}");
            }
        }
    }
}

#[tokio::test]
async fn a_site_that_knows_something_is_quoted() {
    for site in SITES {
        let found = ask(site, nothing(), None).await;
        assert_eq!(found.missing, [], "{site:?}");
        assert!(!found.excerpts.is_empty(), "{site:?}");
        for excerpt in found.excerpts {
            assert_eq!(excerpt.site, site.name());
            assert!(!excerpt.text.is_empty() && !excerpt.title.is_empty(), "{excerpt:?}");
        }
    }
}

#[tokio::test]
async fn a_site_that_knows_nothing_is_not_missing() {
    for site in SITES {
        assert_eq!(ask(site, nothing(), Some(site.empty())).await, Found::default(), "{site:?}");
    }
}

#[tokio::test]
async fn a_site_that_never_answers_is_given_up() {
    for site in SITES {
        let settings = ResearchSettings { time_limit: Duration::from_millis(100), ..nothing() };
        let begun = Instant::now();
        let found = ask(site, settings, Some(Answer::Silence)).await;
        assert_eq!(found.missing, [Missing { site: site.name().into(), why: "did not answer in time".into() }]);
        // Long before the client by itself would give up.
        assert!(begun.elapsed() < Duration::from_secs(15), "{site:?}");
    }
}

#[tokio::test]
async fn all_sites_are_asked_side_by_side() {
    // Each site answers its first request only when all the others have got theirs.
    let gathering = Gathering::of(SITES.len());
    let mut settings = nothing();
    let mut servers = Vec::new();
    for site in SITES {
        let (gathering, first) = (Arc::clone(&gathering), AtomicBool::new(true));
        let server = Server::answering(move |asked| match (site, first.swap(false, Ordering::SeqCst)) {
            (Site::StackOverflow, _) => Answer::Together(Arc::clone(&gathering), Box::new(status(500, ""))),
            (_, true) => Answer::Together(Arc::clone(&gathering), Box::new(site.right(asked))),
            (_, false) => site.right(asked),
        })
        .await;
        site.switch_on(&mut settings, &server.base_url());
        servers.push(server);
    }
    let found = Researcher::new(http(&[]), settings).ask_all(&QUESTION).await;
    assert_eq!(found.missing, [Missing { site: "Stack Overflow".into(), why: "failed with status 500".into() }]);
    let mut sites = found.excerpts.iter().map(|excerpt| excerpt.site.as_str()).collect::<Vec<_>>();
    sites.dedup();
    assert_eq!(sites, ["Handbook", "Wikipedia", "GitHub", "dev.to"]);
}

#[tokio::test]
async fn nobody_is_asked_when_all_is_switched_off() {
    let found = Researcher::new(http(&[]), nothing()).ask_all(&QUESTION).await;
    assert_eq!(found, Found::default());
}
