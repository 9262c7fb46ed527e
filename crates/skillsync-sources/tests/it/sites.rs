//! The sites that research asks, as they answer on a good day and on a bad one, in their own documented forms.

use serde_json::json;
use skillsync_sources::research::{DevTo, Documentation, GitHub, StackOverflow, Wikipedia};
use skillsync_sources::{ResearchSettings, Secret};

use crate::server::{Answer, Asked, json, page, status};

/// The sites, in the order in which they are given.
pub const SITES: [Site; 5] = [Site::Documentation, Site::Wikipedia, Site::StackOverflow, Site::GitHub, Site::DevTo];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    Documentation,
    Wikipedia,
    StackOverflow,
    GitHub,
    DevTo,
}

/// Nothing is asked.
pub fn nothing() -> ResearchSettings {
    ResearchSettings {
        documentation: None,
        wikipedia: None,
        stack_overflow: None,
        github: None,
        dev_to: None,
        ..ResearchSettings::default()
    }
}

impl Site {
    pub fn name(self) -> &'static str {
        match self {
            Self::Documentation => "Handbook",
            Self::Wikipedia => "Wikipedia",
            Self::StackOverflow => "Stack Overflow",
            Self::GitHub => "GitHub",
            Self::DevTo => "dev.to",
        }
    }

    /// Switches this site on, at an address.
    pub fn switch_on(self, settings: &mut ResearchSettings, base_url: &str) {
        let base_url = base_url.to_owned();
        match self {
            Self::Documentation => {
                let list = format!(
                    "[[site]]\nname = \"Handbook\"\ntopics = [\"python\"]\nbase = \"{base_url}\"\n\
                     index = \"contents.html\"\nlicence = \"PSF-2.0\"\n"
                );
                settings.documentation = Some(Documentation::read(&list).expect("a list"));
            }
            Self::Wikipedia => settings.wikipedia = Some(Wikipedia { base_url }),
            Self::StackOverflow => {
                settings.stack_overflow = Some(StackOverflow { base_url, key: Some(Secret::new("so-key")) });
            }
            Self::GitHub => settings.github = Some(GitHub { base_url, token: Some(Secret::new("gh-token")) }),
            Self::DevTo => settings.dev_to = Some(DevTo { base_url }),
        }
    }

    /// What the site says when it knows something.
    pub fn right(self, asked: &Asked) -> Answer {
        match (self, asked.path.as_str()) {
            (Self::Documentation, "/contents.html") => page(CONTENTS),
            (Self::Documentation, "/tutorial/datastructures.html") => page(DATA_STRUCTURES),
            (Self::Wikipedia, "/w/api.php") => wikipedia(),
            (Self::StackOverflow, "/2.3/search/advanced") => questions(),
            (Self::StackOverflow, "/2.3/answers/34835952;1747827") => answers(),
            (Self::GitHub, "/search/repositories") => repositories(),
            (Self::GitHub, "/repos/someone/comprehensions/readme") => Answer::Whole(
                200,
                vec![("content-type", "application/vnd.github.raw+json; charset=utf-8".into())],
                README.into(),
            ),
            (Self::GitHub, _) => json(404, json!({ "message": "Not Found", "status": "404" })),
            (Self::DevTo, "/api/articles") => articles(),
            (Self::DevTo, "/api/articles/1") => article(),
            (Self::DevTo, _) => json(404, json!({ "error": "not found", "status": 404 })),
            (_, path) => panic!("{self:?} has no {path}"),
        }
    }

    /// What the site says when it knows nothing.
    pub fn empty(self) -> Answer {
        match self {
            Self::Documentation => page("<ul><li><a href=faq.html>Questions</a></ul>"),
            Self::Wikipedia => json(200, json!({ "batchcomplete": true })),
            Self::StackOverflow => {
                json(200, json!({ "items": [], "has_more": false, "quota_max": 10000, "quota_remaining": 9990 }))
            }
            Self::GitHub => json(200, json!({ "total_count": 0, "incomplete_results": false, "items": [] })),
            Self::DevTo => json(200, json!([])),
        }
    }

    /// All the ways in which the site says that its quota is used up.
    pub fn quota_exceeded(self) -> Vec<Answer> {
        let mut answers = vec![status(429, "<h1>Too Many Requests</h1>").header("retry-after", "30")];
        match self {
            Self::Documentation => {}
            Self::Wikipedia => answers.extend(["ratelimited", "maxlag"].map(|code| {
                json(200, json!({ "error": { "code": code, "info": "Please wait.", "docref": "See the manual." } }))
            })),
            Self::StackOverflow => answers.push(json(
                400,
                json!({
                    "error_id": 502, "error_name": "throttle_violation",
                    "error_message": "too many requests from this IP, more requests available in 78903 seconds"
                }),
            )),
            Self::GitHub => {
                let message = "API rate limit exceeded for 203.0.113.1.";
                answers.push(json(403, json!({ "message": message })).header("x-ratelimit-remaining", "0"));
                let message =
                    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
                answers.push(json(403, json!({ "message": message })));
                answers.push(json(403, json!({ "message": "Wait." })).header("retry-after", "60"));
            }
            Self::DevTo => {
                let error = json!({ "error": "Rate limit reached, try again in 30 seconds", "status": 429 });
                answers.push(json(429, error).header("retry-after", "30"));
            }
        }
        answers
    }

    /// All the ways in which the site refuses.
    pub fn refused(self) -> Vec<Answer> {
        let mut answers = vec![status(403, "<h1>Forbidden</h1>"), status(401, "")];
        match self {
            Self::Documentation | Self::DevTo => {}
            Self::Wikipedia => {
                answers
                    .push(json(200, json!({ "error": { "code": "readapidenied", "info": "You need permission." } })));
            }
            Self::StackOverflow => answers.push(json(
                403,
                json!({ "error_id": 403, "error_name": "access_denied", "error_message": "`key` is not valid" }),
            )),
            Self::GitHub => answers.push(json(401, json!({ "message": "Bad credentials", "status": "401" }))),
        }
        answers
    }

    /// What the site never says.
    pub fn garbage(self) -> Vec<Answer> {
        match self {
            Self::Documentation => vec![
                json(200, json!({})),
                page("no links here"),
                Answer::Whole(200, vec![("content-type", "text/html".into())], b"\x00\x01<a href=x>y</a>".to_vec()),
                Answer::Whole(200, vec![("content-type", "image/png".into())], b"\x89PNG".to_vec()),
            ],
            _ => vec![
                page("<html>Welcome</html>"),
                json(200, json!({ "items": 7, "query": 7, "documents": 7 })),
                json(200, json!("text")),
                json(200, json!({})),
                page(""),
                page("{\"items\": [{\"titl"),
            ],
        }
    }
}

const CONTENTS: &str = r#"<!doctype html><html><head><title>Contents</title></head><body>
<nav><ul><li><a href="tutorial/datastructures.html#list-comprehensions">List Comprehensions</a></li>
<li><a href="tutorial/datastructures.html#more">More on Lists</a></li>
<li><a href="http://elsewhere.test/list-comprehensions">List Comprehensions elsewhere</a></li>
<li><a href="javascript:alert(1)">List Comprehensions</a></li></ul></nav></body></html>"#;

const DATA_STRUCTURES: &str = r#"<!doctype html><html><head><title>5. Data Structures &#8212; Handbook</title></head><body>
<nav>Menu</nav><main><h1>Data Structures</h1><p>List comprehensions provide a concise way to create lists.</p>
<pre>squares = [x**2 for x in range(10)]</pre><p>They are used where each element is the result of an operation.</p></main>
<script>track()</script></body></html>"#;

const README: &str = "# Comprehensions\n\nExamples of *list comprehensions*.\n\n<script>alert(1)</script>\n";

fn wikipedia() -> Answer {
    json(
        200,
        json!({
            "batchcomplete": true,
            "continue": { "gsroffset": 4, "continue": "gsroffset||" },
            "query": { "pages": [
                { "pageid": 3, "ns": 0, "title": "Comprehension", "index": 3, "extract": "Comprehension may refer to lists:",
                  "fullurl": "https://en.wikipedia.org/wiki/Comprehension", "pageprops": { "disambiguation": "" } },
                { "pageid": 2, "ns": 0, "title": "Monty Python", "index": 2, "extract": "A comedy troupe.",
                  "fullurl": "https://en.wikipedia.org/wiki/Monty_Python" },
                { "pageid": 1, "ns": 0, "title": "List comprehension", "index": 1,
                  "extract": "A list comprehension is a syntactic construct for creating a list from existing lists.\u{200b}",
                  "fullurl": "https://en.wikipedia.org/wiki/List_comprehension", "touched": "2026-01-01T00:00:00Z" }
            ] }
        }),
    )
}

fn questions() -> Answer {
    json(
        200,
        json!({
            "items": [
                { "tags": ["python", "list"], "owner": { "display_name": "Asker" }, "is_answered": true, "score": 1500,
                  "accepted_answer_id": 34835952, "question_id": 34835951, "content_license": "CC BY-SA 4.0",
                  "link": "https://stackoverflow.com/questions/34835951/x",
                  "title": "What does &quot;list comprehension&quot; mean?" },
                { "tags": ["python"], "owner": {}, "is_answered": true, "accepted_answer_id": 1747827,
                  "question_id": 1747817, "title": "Create a dictionary" }
            ],
            "has_more": true, "quota_max": 10000, "quota_remaining": 9991
        }),
    )
}

fn answers() -> Answer {
    json(
        200,
        json!({
            "items": [
                { "owner": { "display_name": "Downvoted" }, "is_accepted": true, "score": -2, "answer_id": 1747827,
                  "question_id": 1747817, "content_license": "CC BY-SA 3.0", "body": "<p>Wrong.</p>" },
                { "owner": { "display_name": "Ann &amp; Bob" }, "is_accepted": true, "score": 500, "answer_id": 34835952,
                  "question_id": 34835951, "content_license": "CC BY-SA 4.0",
                  "body": "<p>A list comprehension makes a list:</p>\n<pre><code>[x for x in y]\n</code></pre>" }
            ],
            "has_more": false, "quota_max": 10000, "quota_remaining": 9990
        }),
    )
}

fn repositories() -> Answer {
    json(
        200,
        json!({
            "total_count": 2, "incomplete_results": false,
            "items": [
                { "id": 1, "name": "comprehensions", "full_name": "someone/comprehensions", "private": false,
                  "owner": { "login": "someone", "id": 1 }, "html_url": "https://github.com/someone/comprehensions",
                  "description": "List comprehensions explained", "fork": false, "stargazers_count": 321,
                  "language": "Python", "license": { "key": "mit", "name": "MIT License", "spdx_id": "MIT" } },
                { "id": 2, "name": "bare", "full_name": "other/bare", "owner": { "login": "other" },
                  "html_url": "https://github.com/other/bare", "description": "Only a description",
                  "license": { "key": "other", "name": "Other", "spdx_id": "NOASSERTION" } }
            ]
        }),
    )
}

fn articles() -> Answer {
    let listed =
        |id: u64, title: &str| json!({ "type_of": "article", "id": id, "title": title, "tag_list": ["python"] });
    json(
        200,
        json!([listed(3, "Ten editors"), listed(2, "List comprehension, gone"), listed(1, "List comprehensions")]),
    )
}

fn article() -> Answer {
    let body = format!("# Hello\n\nA **list comprehension** is short.\n\n{}", "More words. ".repeat(100));
    json(
        200,
        json!({
            "type_of": "article", "id": 1, "title": "List comprehensions", "url": "https://dev.to/ann/list-1",
            "canonical_url": "https://ann.example.org/list", "body_html": "<p>…</p>", "body_markdown": body,
            "user": { "name": "Ann", "username": "ann" }
        }),
    )
}
