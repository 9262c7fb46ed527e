//! What is asked of each site, and what is made of its answers.

use std::time::Duration;

use serde_json::json;
use skillsync_sources::research::Documentation;
use skillsync_sources::research::settings::Bounds;
use skillsync_sources::{Excerpt, Found, Question, Researcher};

use crate::server::{Answer, Server, http, json, page, status};
use crate::sites::{SITES, Site, nothing};

fn question(topic: &str) -> Question<'_> {
    Question { topic, programming_language: Some("Python"), language: "en" }
}

async fn server_of(site: Site) -> Server {
    Server::answering(move |asked| site.right(asked)).await
}

fn researcher(site: Site, server: &Server) -> Researcher {
    let mut settings = nothing();
    site.switch_on(&mut settings, &server.base_url());
    Researcher::new(http(&[]), settings)
}

async fn found_at(site: Site) -> (Vec<Excerpt>, Server) {
    let server = server_of(site).await;
    let found = researcher(site, &server).ask_all(&question("Python list comprehensions")).await;
    assert_eq!(found.missing, []);
    (found.excerpts, server)
}

#[tokio::test]
async fn stack_overflow_gives_accepted_answers() {
    let (excerpts, server) = found_at(Site::StackOverflow).await;
    let expected = Excerpt {
        site: "Stack Overflow".into(),
        title: "What does \"list comprehension\" mean?".into(),
        url: "https://stackoverflow.com/a/34835952".into(),
        licence: Some("CC BY-SA 4.0".into()),
        author: Some("Ann & Bob".into()),
        text: "A list comprehension makes a list:\n\n[x for x in y]".into(),
    };
    assert_eq!(excerpts, [expected]);
    let [search, answers] = &server.all_requests()[..] else { panic!("two requests") };
    let parameter = |name| search.parameter(name).unwrap_or_default();
    assert_eq!(parameter("q"), "Python list comprehensions");
    assert_eq!(
        (parameter("site"), parameter("tagged"), parameter("accepted")),
        ("stackoverflow".into(), "python".into(), "True".into())
    );
    assert_eq!(parameter("key"), "so-key");
    assert_eq!(answers.parameter("filter").as_deref(), Some("withbody"));
}

#[tokio::test]
async fn github_gives_readmes_with_their_licence() {
    let (excerpts, server) = found_at(Site::GitHub).await;
    let excerpt = |name: &str, licence: Option<&str>, text: &str| Excerpt {
        site: "GitHub".into(),
        title: name.into(),
        url: format!("https://github.com/{name}"),
        licence: licence.map(Into::into),
        author: name.split('/').next().map(Into::into),
        text: text.into(),
    };
    let explained = "List comprehensions explained\n\nComprehensions\n\nExamples of list comprehensions.";
    assert_eq!(
        excerpts,
        [excerpt("someone/comprehensions", Some("MIT"), explained), excerpt("other/bare", None, "Only a description")]
    );
    let search = server.all_requests().remove(0);
    let words = "Python list comprehensions archived:false stars:>=20 language:\"Python\"";
    assert_eq!(search.parameter("q").as_deref(), Some(words));
    assert_eq!(search.headers.get("authorization").expect("a token"), "Bearer gh-token");
}

#[tokio::test]
async fn dev_to_is_quoted_shortly() {
    let (excerpts, server) = found_at(Site::DevTo).await;
    let [excerpt] = &excerpts[..] else { panic!("{excerpts:?}") };
    assert_eq!((excerpt.url.as_str(), excerpt.author.as_deref()), ("https://dev.to/ann/list-1", Some("Ann")));
    assert_eq!(excerpt.licence, None);
    assert!(excerpt.text.starts_with("A list comprehension is short."), "{}", excerpt.text);
    assert!(excerpt.text.chars().count() <= Bounds::default().max_unlicensed_chars);
    assert_eq!(server.all_requests()[0].parameter("tag").as_deref(), Some("python"));
}

#[tokio::test]
async fn wikipedia_gives_introductions_that_fit() {
    let (excerpts, server) = found_at(Site::Wikipedia).await;
    let expected = Excerpt {
        site: "Wikipedia".into(),
        title: "List comprehension".into(),
        url: "https://en.wikipedia.org/wiki/List_comprehension".into(),
        licence: Some("CC BY-SA 4.0".into()),
        author: None,
        text: "A list comprehension is a syntactic construct for creating a list from existing lists.".into(),
    };
    assert_eq!(excerpts, [expected]);
    assert_eq!(server.all_requests()[0].parameter("gsrsearch").as_deref(), Some("Python list comprehensions"));
}

#[tokio::test]
async fn wikipedia_is_asked_in_the_readers_language_and_then_in_english() {
    for (language, names, hosts) in [
        ("de-AT", vec!["de.wiki.test", "en.wiki.test"], vec!["de.wiki.test", "en.wiki.test"]),
        ("xx", vec!["en.wiki.test"], vec!["en.wiki.test"]),
        ("en-GB", vec!["en.wiki.test"], vec!["en.wiki.test"]),
    ] {
        let server = Server::answering(|asked| {
            if asked.host.starts_with("en.") { Site::Wikipedia.right(asked) } else { Site::Wikipedia.empty() }
        })
        .await;
        let mut settings = nothing();
        Site::Wikipedia.switch_on(&mut settings, &format!("http://{{language}}.wiki.test:{}/", server.port));
        let question = Question { language, ..question("Python list comprehensions") };
        let found = Researcher::new(http(&names), settings).ask_all(&question).await;
        assert_eq!((found.excerpts.len(), found.missing.len()), (1, 0), "{language}");
        let asked = server.all_requests();
        let asked = asked.iter().map(|asked| asked.host.split(':').next().unwrap_or_default()).collect::<Vec<_>>();
        assert_eq!(asked, hosts, "{language}");
    }
}

#[tokio::test]
async fn documentation_is_found_by_its_contents() {
    let (excerpts, server) = found_at(Site::Documentation).await;
    let expected = Excerpt {
        site: "Handbook".into(),
        title: "5. Data Structures — Handbook".into(),
        url: format!("{}tutorial/datastructures.html", server.base_url()),
        licence: Some("PSF-2.0".into()),
        author: None,
        text:
            "Data Structures\n\nList comprehensions provide a concise way to create lists.\n\nsquares = [x**2 for x in \
               range(10)]\n\nThey are used where each element is the result of an operation."
                .into(),
    };
    assert_eq!(excerpts, [expected]);
    let paths = server.all_requests().into_iter().map(|asked| asked.path).collect::<Vec<_>>();
    assert_eq!(paths, ["/contents.html", "/tutorial/datastructures.html"]);
}

#[tokio::test]
async fn documentation_is_found_by_search_and_by_inventory() {
    let inventory = {
        use std::io::Write;
        let head = b"# Sphinx inventory version 2\n# Project: P\n# Version: 1\n# Packed.\n".to_vec();
        let mut packed = flate2::write::ZlibEncoder::new(head, flate2::Compression::default());
        packed.write_all(b"tut-listcomps std:label -1 lists.html#$ List Comprehensions\n").expect("memory");
        packed.finish().expect("memory")
    };
    let server = Server::answering(move |asked| match asked.path.as_str() {
        "/sphinx/objects.inv" => Answer::Whole(200, Vec::new(), inventory.clone()),
        "/sphinx/lists.html" => page("<title>Lists</title>All about list comprehensions."),
        "/mdn/search" => json(
            200,
            json!({ "documents": [
            { "mdn_url": "/mdn/gone", "title": "Gone" }, { "mdn_url": "/mdn/docs/lists", "title": "Lists" },
            { "mdn_url": "https://elsewhere.test/", "title": "Elsewhere" }
        ], "suggestions": [] }),
        ),
        "/mdn/docs/lists" => page("<title>Lists</title>Comprehensions of lists."),
        _ => status(404, ""),
    })
    .await;
    let list = ["sphinx", "mdn"].map(|kind| {
        let index = if kind == "mdn" { "search" } else { "objects.inv" };
        let base = server.base_url();
        format!("[[site]]\nname = \"{kind}\"\ntopics = [\"python\"]\nbase = \"{base}{kind}/\"\nindex = \"{index}\"\nkind = \"{kind}\"\n")
    });
    let mut settings = nothing();
    settings.documentation = Some(Documentation::read(&list.concat()).expect("a list"));
    let found = Researcher::new(http(&[]), settings).ask_all(&question("Python list comprehensions")).await;
    assert_eq!(found.missing, []);
    let texts = found.excerpts.iter().map(|excerpt| (excerpt.site.as_str(), excerpt.text.as_str())).collect::<Vec<_>>();
    assert_eq!(texts, [("sphinx", "All about list comprehensions."), ("mdn", "Comprehensions of lists.")]);
    let search = server.all_requests().into_iter().find(|asked| asked.path == "/mdn/search").expect("a search");
    assert_eq!(search.parameter("q").as_deref(), Some("Python list comprehensions"));
}

#[tokio::test]
async fn a_strangers_topic_reaches_sites_only_as_a_parameter() {
    let topic =
        "python ../../admin?x=1&site=evil#frag\u{202e} \"quoted\" user:root site:evil.test %2e%2e/ \r\nHost: evil";
    for site in SITES {
        let server = Server::answering(move |_| site.empty()).await;
        researcher(site, &server).ask_all(&question(topic)).await;
        for asked in server.all_requests() {
            let known =
                ["/contents.html", "/w/api.php", "/2.3/search/advanced", "/search/repositories", "/api/articles"];
            assert!(known.contains(&asked.path.as_str()), "{site:?}: {}", asked.path);
            assert_eq!(asked.host, format!("127.0.0.1:{}", server.port));
            for (name, expected) in [("site", "stackoverflow"), ("x", ""), ("per_page", "")] {
                if let Some(value) = asked.parameter(name).filter(|_| !expected.is_empty()) {
                    assert_eq!(value, expected, "{site:?}");
                }
            }
            assert_eq!(asked.parameter("x"), None, "{site:?}");
            if let Some(words) = asked.parameter("q").filter(|_| site == Site::GitHub) {
                assert!(!words.contains("user:") && words.matches('"').count() == 2, "{words}");
            }
        }
    }
}

#[tokio::test]
async fn a_site_that_asks_to_be_left_alone_is_left_alone() {
    // Once with an error, once with a good answer that says to back off or that was the last of the day.
    let last = json!({ "items": [], "has_more": false, "quota_max": 300, "quota_remaining": 0 });
    let backoff = json!({ "items": [], "has_more": false, "backoff": 10, "quota_remaining": 200 });
    let mut answers = Site::StackOverflow.quota_exceeded();
    answers.extend([json(200, last), json(200, backoff)]);
    for answer in answers {
        let server = Server::answering(move |_| answer.clone()).await;
        let researcher = researcher(Site::StackOverflow, &server);
        researcher.ask_all(&question("Python")).await;
        assert_eq!(server.all_requests().len(), 1);
        let found = researcher.ask_all(&question("Python")).await;
        assert_eq!(found.missing[0].why, "its quota is used up");
        assert_eq!(server.all_requests().len(), 0);
    }
}

#[tokio::test]
async fn what_is_found_is_bounded_and_comes_once() {
    let long = format!(
        "<a href=a.html>Lists</a><a href=b.html>Lists too</a><a href=c.html>More lists</a>{}",
        "word ".repeat(5_000)
    );
    let server = Server::answering(move |_| page(&long)).await;
    let site = |name: &str| {
        format!(
            "[[site]]\nname = \"{name}\"\ntopics = [\"python\"]\nbase = \"{}\"\nlicence = \"MIT\"\n",
            server.base_url()
        )
    };
    let mut settings = nothing();
    settings.bounds = Bounds { max_excerpts_per_site: 2, max_excerpt_chars: 300, max_unlicensed_chars: 50 };
    settings.documentation = Some(Documentation::read(&format!("{}{}", site("One"), site("Two"))).expect("a list"));
    settings.time_limit = Duration::from_secs(30);
    let found = Researcher::new(http(&[]), settings).ask_all(&question("Python lists")).await;
    let pages = found
        .excerpts
        .iter()
        .map(|excerpt| (excerpt.site.as_str(), excerpt.url.rsplit('/').next().unwrap_or_default()));
    assert_eq!(pages.collect::<Vec<_>>(), [("One", "a.html"), ("One", "b.html")]);
    assert!(found.excerpts.iter().all(|excerpt| excerpt.text.chars().count() <= 300));
    let kept = serde_json::to_string(&found).expect("JSON");
    assert_eq!(serde_json::from_str::<Found>(&kept).expect("the same"), found);
}
