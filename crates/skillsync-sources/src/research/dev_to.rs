//! dev.to: the articles under a tag whose titles fit the topic. They have no licence, so that little of them is quoted.

use serde::Deserialize;

use super::Excerpt;
use super::answered::{Answered, Asking, author, title, web_address};
use super::settings::DevTo;
use crate::text::{fit, markdown_text, words_of};
use crate::{Request, SourceError};

pub(super) const NAME: &str = "dev.to";

/// How many of the tag's articles are looked through: the interface searches by tag only.
const LOOKED_THROUGH: &str = "60";

/// The best of so many days, since old articles about young tools mislead.
const DAYS: &str = "730";

#[derive(Deserialize)]
struct Listed {
    id: u64,
    title: String,
}

#[derive(Deserialize)]
struct Article {
    title: String,
    url: String,
    body_markdown: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    name: Option<String>,
}

impl DevTo {
    /// The beginning of the articles that fit best.
    pub(super) async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, SourceError> {
        let tag = tag(asking.question.programming_language.unwrap_or(&asking.topic));
        if tag.is_empty() {
            return Ok(Answered::default());
        }
        let list = self.request(&[])?.query("tag", &tag).query("top", DAYS).query("per_page", LOOKED_THROUGH);
        let listed = asking.send(list).await?.checked()?.json::<Vec<Listed>>()?;
        let language = asking.question.programming_language.map(|language| words_of(language).collect::<Vec<_>>());
        let words = match asking.words_without(&language.unwrap_or_default()) {
            words if words.is_empty() => asking.words.clone(),
            words => words,
        };
        let mut fitting =
            listed.iter().filter_map(|article| Some((fit(&words, &article.title)?, article))).collect::<Vec<_>>();
        fitting.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let mut excerpts = Vec::new();
        for (_, article) in fitting.into_iter().take(asking.bounds.max_excerpts_per_site) {
            match self.article(asking, article.id).await {
                Ok(excerpt) => excerpts.extend(excerpt),
                Err(SourceError::NotFound { .. }) => {}
                Err(_) if !excerpts.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(excerpts.into())
    }

    async fn article(&self, asking: &Asking<'_>, id: u64) -> Result<Option<Excerpt>, SourceError> {
        let article = asking.send(self.request(&[&id.to_string()])?).await?.checked()?.json::<Article>()?;
        let text = markdown_text(article.body_markdown.as_deref().unwrap_or_default());
        Ok(web_address(&article.url).map(|url| Excerpt {
            site: NAME.into(),
            title: title(&article.title, NAME),
            url,
            licence: None,
            author: author(article.user.as_ref().and_then(|user| user.name.as_deref())),
            text: asking.quote(&text, None),
        }))
    }

    fn request(&self, path: &[&str]) -> Result<Request, SourceError> {
        Ok(Request::get(&self.base_url)?.path(["api", "articles"]).path(path.iter().copied()))
    }
}

/// The tag of a topic: small letters and digits only.
fn tag(topic: &str) -> String {
    match topic.trim().to_lowercase().as_str() {
        "c++" => "cpp".to_owned(),
        "c#" => "csharp".to_owned(),
        "f#" => "fsharp".to_owned(),
        ".net" => "dotnet".to_owned(),
        "node.js" => "node".to_owned(),
        "vue.js" => "vue".to_owned(),
        other => other.chars().filter(|sign| sign.is_alphanumeric()).take(30).collect(),
    }
}
