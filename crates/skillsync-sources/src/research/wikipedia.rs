//! Wikipedia: the introductions of the articles that fit, in the reader's language or else in English.

use serde::Deserialize;

use super::Excerpt;
use super::answered::{Answered, Asking, title, web_address};
use super::settings::Wikipedia;
use crate::text::{fit, plain_text};
use crate::{Reply, Request, SourceError};

pub(super) const NAME: &str = "Wikipedia";

/// All text of Wikipedia is under this licence; <https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use>, section 7.
const LICENCE: &str = "CC BY-SA 4.0";

#[derive(Deserialize)]
struct Outcome {
    batchcomplete: Option<bool>,
    query: Option<Query>,
    error: Option<ApiError>,
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    pages: Vec<Article>,
}

#[derive(Deserialize)]
struct Article {
    title: String,
    /// The place among what was found; the list itself is in no order.
    index: Option<u32>,
    extract: Option<String>,
    fullurl: Option<String>,
    /// Present where the page only lists the meanings of a word.
    pageprops: Option<PageProps>,
}

#[derive(Deserialize)]
struct PageProps {
    disambiguation: Option<String>,
}

#[derive(Deserialize)]
struct ApiError {
    code: String,
}

impl Wikipedia {
    /// The introductions of the articles that fit best.
    pub(super) async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, SourceError> {
        let edition = edition(asking.question.language);
        match self.ask_edition(&edition, asking).await {
            // There is no edition in this language, or it has nothing.
            Ok(excerpts) if excerpts.is_empty() && edition != "en" => {}
            Err(SourceError::UnknownHost | SourceError::NotFound { .. }) if edition != "en" => {}
            outcome => return Ok(outcome?.into()),
        }
        Ok(self.ask_edition("en", asking).await?.into())
    }

    async fn ask_edition(&self, edition: &str, asking: &Asking<'_>) -> Result<Vec<Excerpt>, SourceError> {
        let count = asking.bounds.max_excerpts_per_site.max(1);
        let request = Request::get(&self.base_url.replace("{language}", edition))?
            .path(["w", "api.php"])
            .query("action", "query")
            .query("format", "json")
            .query("formatversion", "2")
            .query("generator", "search")
            .query("gsrsearch", &search_words(asking))
            .query("gsrnamespace", "0")
            .query("gsrlimit", &(count * 2).to_string())
            .query("prop", "extracts|info|pageprops")
            .query("exintro", "1")
            .query("explaintext", "1")
            .query("exlimit", "max")
            .query("inprop", "url")
            .query("ppprop", "disambiguation")
            .query("redirects", "1");
        let mut articles = judged(asking.send(request).await?)?;
        articles.sort_by_key(|article| article.index);
        let wanted = articles.iter().filter(|article| {
            let lists_meanings = article.pageprops.as_ref().is_some_and(|props| props.disambiguation.is_some());
            !lists_meanings && article.concerns(asking)
        });
        let excerpts = wanted.filter_map(|article| {
            Some(Excerpt {
                site: NAME.into(),
                title: title(&article.title, NAME),
                url: web_address(article.fullurl.as_deref()?)?,
                licence: Some(LICENCE.into()),
                author: None,
                text: asking.quote(&plain_text(article.extract.as_deref()?), Some(LICENCE)),
            })
        });
        Ok(excerpts.take(count).collect())
    }
}

impl Article {
    /// The search finds words anywhere in an article. One that has too few of them in its title and introduction is about
    /// something else.
    fn concerns(&self, asking: &Asking<'_>) -> bool {
        let introduction = format!("{} {}", self.title, self.extract.as_deref().unwrap_or_default());
        // Words of writing systems without spaces cannot be compared, and the search is trusted.
        !asking.topic.is_ascii() || fit(&asking.words, &introduction).is_some()
    }
}

/// The search reads some signs as operators; the topic's are taken out.
fn search_words(asking: &Asking<'_>) -> String {
    let plain = asking.topic.replace(['"', ':', '~', '*', '\\', '|', '!'], " ");
    plain.split_whitespace().map(|word| word.trim_start_matches('-')).collect::<Vec<_>>().join(" ")
}

/// The edition of a language: its first part, or English where that is no code.
fn edition(language: &str) -> String {
    let code = language.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    match code.as_str() {
        "nb" => "no".to_owned(),
        _ if matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_lowercase()) => code,
        _ => "en".to_owned(),
    }
}

/// MediaWiki reports its errors in answers with a good status.
fn judged(reply: Reply) -> Result<Vec<Article>, SourceError> {
    let retry_after = reply.retry_after();
    let outcome = reply.checked()?.json::<Outcome>()?;
    match (outcome.error, outcome.query) {
        (Some(error), _) => Err(match error.code.as_str() {
            "ratelimited" | "maxlag" => SourceError::QuotaExceeded { retry_after },
            "readapidenied" | "blocked" => SourceError::Refused,
            _ => SourceError::Failed,
        }),
        (None, Some(query)) => Ok(query.pages),
        // An answer without anything found has no `query`; other JSON has neither.
        (None, None) if outcome.batchcomplete.is_some() => Ok(Vec::new()),
        (None, None) => Err(SourceError::Garbage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_are_codes_and_nothing_else() {
        for (language, expected) in [
            ("de", "de"),
            ("pt-BR", "pt"),
            ("zh_Hans", "zh"),
            ("nb-NO", "no"),
            ("gsw", "gsw"),
            ("DE", "de"),
            ("", "en"),
        ] {
            assert_eq!(edition(language), expected);
        }
        for strange in ["evil.example/", "e1", "english", "../", "é"] {
            assert_eq!(edition(strange), "en", "{strange}");
        }
    }
}
