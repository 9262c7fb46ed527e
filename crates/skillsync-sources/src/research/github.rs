//! GitHub: the repositories that fit a topic, and what their READMEs say.

use reqwest::header::{ACCEPT, HeaderName};
use serde::Deserialize;

use super::Excerpt;
use super::answered::{Answered, Asking, author, title, web_address};
use super::settings::GitHub;
use crate::text::{cut, line, markdown_text};
use crate::{Reply, Request, SourceError};

pub(super) const NAME: &str = "GitHub";

/// The version of the interface that this was written for.
const VERSION: (HeaderName, &str) = (HeaderName::from_static("x-github-api-version"), "2022-11-28");

/// Repositories that few people marked are mostly somebody's exercises.
const MIN_STARS: u32 = 20;

/// Most characters of a repository's description.
const MAX_DESCRIPTION_CHARS: usize = 300;

#[derive(Deserialize)]
struct Search {
    items: Vec<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    name: String,
    full_name: String,
    html_url: String,
    description: Option<String>,
    license: Option<License>,
    owner: Owner,
}

#[derive(Deserialize)]
struct License {
    spdx_id: Option<String>,
}

#[derive(Deserialize)]
struct Owner {
    login: String,
}

impl GitHub {
    /// The READMEs of the repositories that fit best.
    pub(super) async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, SourceError> {
        let count = asking.bounds.max_excerpts_per_site.max(1);
        let search = self
            .request(&["search", "repositories"], "application/vnd.github+json")?
            .query("q", &search_words(asking))
            .query("per_page", &count.to_string());
        let found = judged(asking.send(search).await?)?.json::<Search>()?;
        let mut excerpts = Vec::<Excerpt>::new();
        for repository in found.items.iter().take(count) {
            match self.readme(asking, repository).await {
                Ok(readme) => excerpts.extend(repository.excerpt(asking, &readme)),
                Err(SourceError::NotFound { .. }) => excerpts.extend(repository.excerpt(asking, "")),
                // What is there already is worth more than knowing that the rest is missing.
                Err(_) if !excerpts.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(excerpts.into())
    }

    async fn readme(&self, asking: &Asking<'_>, repository: &Repository) -> Result<String, SourceError> {
        let path = ["repos", &repository.owner.login, &repository.name, "readme"];
        let request = self.request(&path, "application/vnd.github.raw+json")?.keeps_beginning();
        Ok(markdown_text(&judged(asking.send(request).await?)?.text()))
    }

    fn request(&self, path: &[&str], accept: &str) -> Result<Request, SourceError> {
        let (version, number) = VERSION;
        let request =
            Request::get(&self.base_url)?.path(path.iter().copied()).header(ACCEPT, accept).header(version, number);
        Ok(match &self.token {
            Some(token) => request.bearer(token),
            None => request,
        })
    }
}

impl Repository {
    fn excerpt(&self, asking: &Asking<'_>, readme: &str) -> Option<Excerpt> {
        let description = cut(&line(self.description.as_deref().unwrap_or_default()), MAX_DESCRIPTION_CHARS);
        // GitHub writes NOASSERTION for a licence that it does not recognise, which is none to rely on.
        let licence = self.license.as_ref().and_then(|license| license.spdx_id.clone());
        let licence = licence.filter(|licence| licence != "NOASSERTION");
        let text = match (description.is_empty(), readme.is_empty()) {
            (true, _) => readme.to_owned(),
            (false, true) => description,
            (false, false) => format!("{description}\n\n{readme}"),
        };
        Some(Excerpt {
            site: NAME.into(),
            title: title(&self.full_name, NAME),
            url: web_address(&self.html_url)?,
            text: asking.quote(&text, licence.as_deref()),
            licence,
            author: author(Some(&self.owner.login)),
        })
    }
}

/// The words to search for. A colon would make a qualifier of a word, and quotes a phrase, which only the program may do.
fn search_words(asking: &Asking<'_>) -> String {
    let plain = |text: &str| text.replace([':', '"'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut words = format!("{} archived:false stars:>={MIN_STARS}", plain(&asking.topic));
    if let Some(language) = asking.question.programming_language {
        words.push_str(&format!(" language:\"{}\"", plain(language)));
    }
    words
}

/// GitHub says with 403 both that it refuses and that the quota is used up; headers and words tell them apart.
fn judged(reply: Reply) -> Result<Reply, SourceError> {
    let is_limit = || {
        reply.header("x-ratelimit-remaining") == Some("0")
            || reply.retry_after().is_some()
            || reply.text().to_lowercase().contains("rate limit")
    };
    if reply.status == 403 && is_limit() {
        return Err(SourceError::QuotaExceeded { retry_after: reply.retry_after() });
    }
    reply.checked()
}
