//! What public sites say about a topic: asked side by side, each within its time, and named where it said nothing.

mod answered;
mod dev_to;
pub mod documentation;
mod github;
mod pauses;
pub mod settings;
mod stack_overflow;
mod wikipedia;

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;

use futures::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout};

use crate::{Http, SourceError};
use answered::{Answered, Asking};
use pauses::Pauses;

pub use documentation::{Documentation, DocumentationSite, ListError};
pub use settings::{DevTo, GitHub, ResearchSettings, StackOverflow, Wikipedia};

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The topic in a person's words. It reaches sites only as an encoded parameter.
    pub topic: &'a str,
    /// The programming language that the topic belongs to.
    pub programming_language: Option<&'a str>,
    /// The language to read, as BCP 47.
    pub language: &'a str,
}

/// A piece of a page, to quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The site's name for people.
    pub site: String,
    /// The page's title.
    pub title: String,
    /// Where the page is.
    pub url: String,
    /// The licence of the text, as its site names it. Without one it may only be quoted shortly, and is short.
    pub licence: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Plain text of bounded length.
    pub text: String,
}

/// A site that was asked and said nothing usable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The site's name for people.
    pub site: String,
    /// Why, as the rest of a sentence: "did not answer in time".
    pub why: String,
}

/// All that was found: documentation, Wikipedia, Stack Overflow, GitHub, dev.to, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What the sites say, each page once.
    pub excerpts: Vec<Excerpt>,
    /// The sites that did not answer. One that answered and knows nothing is not among them.
    pub missing: Vec<Missing>,
}

/// Asks all sites that are switched on. It remembers which of them asked to be left alone for a while.
#[derive(Debug)]
pub struct Researcher {
    http: Http,
    settings: ResearchSettings,
    pauses: Pauses,
}

type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answered, SourceError>> + Send + 'a>>;

impl Researcher {
    /// Prepares to ask. Nothing is asked yet.
    pub fn new(http: Http, settings: ResearchSettings) -> Self {
        Self { http, settings, pauses: Pauses::default() }
    }

    /// Asks all sites side by side. It takes no longer than the time limit for one site, and never fails as a whole.
    pub async fn ask_all(&self, question: &Question<'_>) -> Found {
        let settings = &self.settings;
        let asking = &Asking::new(&self.http, question, settings.bounds);
        let mut sites = Vec::<(&str, Answering<'_>)>::new();
        for site in settings.documentation.iter().flat_map(|list| list.sites_for(question)) {
            sites.push((&site.name, Box::pin(site.ask(asking))));
        }
        if let Some(site) = &settings.wikipedia {
            sites.push((wikipedia::NAME, Box::pin(site.ask(asking))));
        }
        if let Some(site) = &settings.stack_overflow {
            sites.push((stack_overflow::NAME, Box::pin(site.ask(asking))));
        }
        if let Some(site) = &settings.github {
            sites.push((github::NAME, Box::pin(site.ask(asking))));
        }
        if let Some(site) = &settings.dev_to {
            sites.push((dev_to::NAME, Box::pin(site.ask(asking))));
        }
        let answers = join_all(sites.into_iter().map(|(name, answering)| self.ask(name, answering))).await;

        let mut found = Found::default();
        let mut seen = HashSet::new();
        for answer in answers {
            match answer {
                Ok(excerpts) => {
                    found.excerpts.extend(excerpts.into_iter().filter(|excerpt| seen.insert(page_of(&excerpt.url))));
                }
                Err(missing) => found.missing.push(missing),
            }
        }
        found
    }

    /// Asks one site, unless it asked to be left alone.
    async fn ask(&self, site: &str, answering: Answering<'_>) -> Result<Vec<Excerpt>, Missing> {
        let answer = match self.pauses.left(site, Instant::now()) {
            Some(left) => Err(SourceError::QuotaExceeded { retry_after: Some(left) }),
            None => {
                let answer = timeout(self.settings.time_limit, answering).await.unwrap_or(Err(SourceError::Timeout));
                match &answer {
                    Ok(Answered { pause: Some(pause), .. }) => self.pauses.begin(site, Some(*pause), Instant::now()),
                    Err(SourceError::QuotaExceeded { retry_after }) => {
                        self.pauses.begin(site, *retry_after, Instant::now());
                    }
                    _ => {}
                }
                answer
            }
        };
        match answer {
            Ok(Answered { mut excerpts, .. }) => {
                excerpts.retain(|excerpt| !excerpt.text.is_empty());
                excerpts.truncate(self.settings.bounds.max_excerpts_per_site);
                Ok(excerpts)
            }
            Err(error) => {
                tracing::info!(site, error = %error, "a site is missing from the research");
                Err(Missing { site: site.to_owned(), why: error.to_string() })
            }
        }
    }
}

/// What makes two addresses the same page.
fn page_of(url: &str) -> String {
    url.split('#').next().unwrap_or_default().trim_end_matches('/').to_owned()
}
