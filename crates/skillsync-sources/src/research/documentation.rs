//! Official documentation: a list of sites by topic, and how a page is found on one of them.

mod index;
mod inventory;

use futures::future::join_all;
use reqwest::Url;
use serde::Deserialize;

use super::answered::{Answered, Asking, title};
use super::{Excerpt, Question, page_of};
use crate::text::{Page, words_of};
use crate::{AddressRule, Reply, Request, SourceError};

pub use index::IndexKind;

/// Most sites that one question goes to.
const MAX_SITES: usize = 2;

/// Most sites that a list may hold.
const MAX_LISTED: usize = 1_000;

/// The list that comes with the program.
const CURATED: &str = include_str!("../../documentation.toml");

/// A list of documentation sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documentation {
    sites: Vec<DocumentationSite>,
}

/// One site of official documentation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentationSite {
    /// What people call it.
    pub name: String,
    /// The words and programming languages that lead to this site, in small letters.
    pub topics: Vec<String>,
    /// The address that all its pages begin with.
    pub base: String,
    /// What lists its pages, below `base`.
    #[serde(default)]
    pub index: String,
    /// How that list is written.
    #[serde(default)]
    pub kind: IndexKind,
    /// The licence of its text. Without one only a little is quoted.
    pub licence: Option<String>,
}

/// Why a list of sites is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// It is not a list in this form.
    #[error("the list of documentation sites cannot be read: {reason}")]
    Form {
        /// Where and why.
        reason: String,
    },
    /// One entry cannot work.
    #[error("the documentation site `{name}` {reason}")]
    Site {
        /// Its name.
        name: String,
        /// What is wrong with it, and what to write.
        reason: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    site: Vec<DocumentationSite>,
}

impl Documentation {
    /// The list that comes with the program.
    pub fn curated() -> Self {
        // A test reads the list; were it ever broken all the same, the other sites are still asked.
        Self::read(CURATED).unwrap_or(Self { sites: Vec::new() })
    }

    /// Reads a list: TOML with a table `[[site]]` for each site.
    pub fn read(list: &str) -> Result<Self, ListError> {
        let list = toml::from_str::<List>(list).map_err(|error| ListError::Form { reason: error.to_string() })?;
        if list.site.len() > MAX_LISTED {
            return Err(ListError::Form { reason: format!("it has more than {MAX_LISTED} sites") });
        }
        list.site.iter().try_for_each(DocumentationSite::check)?;
        Ok(Self { sites: list.site })
    }

    /// This list and another one. A site of the same name is replaced, so that an operator can mend or move one.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.sites.retain(|site| !other.sites.iter().any(|new| new.name == site.name));
        self.sites.splice(0..0, other.sites);
        self
    }

    /// The sites on the list.
    pub fn sites(&self) -> &[DocumentationSite] {
        &self.sites
    }

    /// The sites that a question belongs to, the most special first: Django before Python.
    pub(super) fn sites_for(&self, question: &Question<'_>) -> Vec<&DocumentationSite> {
        let topic = words_of(question.topic).take(100).collect::<Vec<_>>();
        let language = words_of(question.programming_language.unwrap_or_default()).collect::<Vec<_>>();
        let mut fitting =
            self.sites.iter().filter_map(|site| Some((site.closeness(&topic, &language)?, site))).collect::<Vec<_>>();
        fitting.sort_by_key(|(closeness, _)| std::cmp::Reverse(*closeness));
        fitting.into_iter().map(|(_, site)| site).take(MAX_SITES).collect()
    }
}

impl DocumentationSite {
    fn check(&self) -> Result<(), ListError> {
        let fault = |reason| Err(ListError::Site { name: self.name.clone(), reason });
        let Ok(base) = Url::parse(&self.base) else { return fault("has a base that is no address") };
        if AddressRule::Any.check(&base).is_err() || !self.base.ends_with('/') {
            return fault("needs a base that begins with http:// or https:// and ends with a slash");
        }
        if base.join(&self.index).is_ok_and(|index| index.origin() == base.origin()) {
            let topics = self.topics.iter().all(|topic| words_of(topic).next().is_some());
            if topics && !self.topics.is_empty() && !self.name.trim().is_empty() {
                return Ok(());
            }
            return fault("needs a name and topics, each at least a word");
        }
        fault("needs an index on its own site")
    }

    /// How closely a question belongs to this site, or `None`. A topic in the question says more than its language, and
    /// several words in a row more than one.
    fn closeness(&self, topic: &[String], language: &[String]) -> Option<usize> {
        let closeness = |wanted: &String| {
            let wanted = words_of(wanted).collect::<Vec<_>>();
            if topic.windows(wanted.len()).any(|words| words == wanted) {
                Some(1 + wanted.len())
            } else {
                (wanted == language).then_some(1)
            }
        };
        self.topics.iter().filter_map(closeness).max()
    }

    /// The pages of this site that fit best.
    pub(super) async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, SourceError> {
        let base = Url::parse(&self.base).map_err(|_| SourceError::Malformed)?;
        let known = self.topics.iter().flat_map(|topic| words_of(topic)).collect::<Vec<_>>();
        let words = asking.words_without(&known);
        // A topic that is the site's own, such as "Python", is what its first page is about.
        let mut pages = match words.is_empty() && self.kind != IndexKind::Mdn {
            true => vec![base.clone()],
            false => self.kind.find(asking, &base, &self.index, &words).await?,
        };
        pages.truncate(asking.bounds.max_excerpts_per_site);
        let read = join_all(pages.into_iter().map(|page| self.read_page(asking, page))).await;
        let mut excerpts = Vec::<Excerpt>::new();
        let mut failure = None;
        for page in read {
            match page {
                Ok(page) if excerpts.iter().any(|other| page_of(&other.url) == page_of(&page.url)) => {}
                Ok(page) => excerpts.push(page),
                // The list is older than the site.
                Err(SourceError::NotFound { .. }) => {}
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) if excerpts.is_empty() => Err(error),
            _ => Ok(excerpts.into()),
        }
    }

    async fn read_page(&self, asking: &Asking<'_>, page: Url) -> Result<Excerpt, SourceError> {
        let reply = asking.send(Request::get(page.as_str())?.keeps_beginning()).await?;
        let reply = html(reply)?;
        let page = Page::read(&reply.text());
        let mut url = reply.url;
        url.set_fragment(None);
        Ok(Excerpt {
            site: self.name.clone(),
            title: title(&page.title, &self.name),
            url: url.into(),
            licence: self.licence.clone(),
            author: None,
            text: asking.quote(&page.text, self.licence.as_deref()),
        })
    }
}

/// A good reply that can be read as a page.
fn html(reply: Reply) -> Result<Reply, SourceError> {
    let reply = reply.checked()?;
    let is_page = matches!(reply.media_type().as_str(), "" | "text/html" | "application/xhtml+xml" | "text/plain");
    // Whatever is called HTML and has a null byte is none.
    if is_page && !reply.body.contains(&0) { Ok(reply) } else { Err(SourceError::Garbage) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn sites(topic: &str, programming_language: Option<&str>) -> Vec<String> {
        let list = Documentation::curated();
        let question = Question { topic, programming_language, language: "en" };
        list.sites_for(&question).into_iter().map(|site| site.name.clone()).collect()
    }

    #[test]
    fn the_curated_list_is_whole() {
        let list = Documentation::read(CURATED).expect("a list");
        assert!(list.sites.len() >= 60, "{}", list.sites.len());
        let names = list.sites.iter().map(|site| &site.name).collect::<HashSet<_>>();
        assert_eq!(names.len(), list.sites.len());
        for site in &list.sites {
            let base = Url::parse(&site.base).expect("an address");
            assert_eq!((base.scheme(), AddressRule::PublicOnly.check(&base)), ("https", Ok(())), "{}", site.name);
            assert!(site.topics.iter().all(|topic| *topic == topic.to_lowercase()), "{}", site.name);
        }
    }

    #[test]
    fn a_question_goes_to_the_sites_it_belongs_to() {
        assert_eq!(sites("Python list comprehensions", None), ["Python documentation"]);
        assert_eq!(sites("List comprehensions", Some("Python")), ["Python documentation"]);
        assert_eq!(sites("Django models", Some("Python")), ["Django documentation", "Python documentation"]);
        assert_eq!(sites("Templates in C++", None), ["cppreference (C++)"]);
        assert_eq!(sites("Pointers in C", Some("C")), ["cppreference (C)"]);
        assert_eq!(sites("Making bread", None), Vec::<String>::new());
    }

    #[test]
    fn an_operators_list_adds_and_replaces() {
        let own = Documentation::read(
            "[[site]]\nname = \"Handbook\"\ntopics = [\"python\"]\nbase = \"http://wiki.local:8080/\"\n\
             [[site]]\nname = \"Python documentation\"\ntopics = [\"python\"]\nbase = \"https://mirror.example.org/\"\n",
        )
        .expect("a list");
        let count = Documentation::curated().sites.len();
        let list = Documentation::curated().with(own);
        assert_eq!(list.sites.len(), count + 1);
        let question = Question { topic: "Python", programming_language: None, language: "en" };
        let bases = list.sites_for(&question).into_iter().map(|site| site.base.as_str()).collect::<Vec<_>>();
        assert_eq!(bases, ["http://wiki.local:8080/", "https://mirror.example.org/"]);
    }

    #[test]
    fn a_faulty_list_says_where() {
        let one =
            |fields: &str| Documentation::read(&format!("[[site]]\nname = \"A\"\n{fields}")).expect_err("a fault");
        let site = |topics: &str, base: &str, index: &str| {
            one(&format!("topics = {topics}\nbase = \"{base}\"\nindex = \"{index}\"\n")).to_string()
        };
        assert!(site("[\"a\"]", "example.org/", "").contains("is no address"));
        assert!(site("[\"a\"]", "ftp://example.org/", "").contains("begins with http://"));
        assert!(site("[\"a\"]", "https://example.org/a", "").contains("ends with a slash"));
        assert!(site("[\"a\"]", "https://example.org/", "https://other.example/").contains("on its own site"));
        assert!(site("[]", "https://example.org/", "").contains("topics"));
        assert!(one("topics = [\"a\"]\nbase = \"https://a.org/\"\nlicense = \"MIT\"").to_string().contains("license"));
        assert!(matches!(Documentation::read("nonsense"), Err(ListError::Form { .. })));
    }
}
