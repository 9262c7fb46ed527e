//! How a site lists its pages, and which of them fit a topic.

use std::collections::HashSet;

use reqwest::Url;
use serde::Deserialize;

use super::html;
use super::inventory;
use crate::research::answered::Asking;
use crate::text::{Page, fit};
use crate::{Request, SourceError};

/// Longest list that is read: an inventory of a large library has about half a megabyte, packed.
const MAX_INDEX_BYTES: usize = 4 * 1024 * 1024;

/// How a site lists its pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// A page of links, such as a table of contents.
    #[default]
    Links,
    /// The inventory that Sphinx writes, `objects.inv`.
    Sphinx,
    /// The search of MDN Web Docs, which answers with JSON.
    Mdn,
}

#[derive(Deserialize)]
struct MdnSearch {
    documents: Vec<MdnDocument>,
}

#[derive(Deserialize)]
struct MdnDocument {
    mdn_url: String,
}

impl IndexKind {
    /// The pages below `base` that fit the words, the best first.
    pub(super) async fn find(
        self,
        asking: &Asking<'_>,
        base: &Url,
        index: &str,
        words: &[String],
    ) -> Result<Vec<Url>, SourceError> {
        let list = base.join(index).map_err(|_| SourceError::Malformed)?;
        let request = Request::get(list.as_str())?.max_bytes(MAX_INDEX_BYTES);
        let mut ranked = match self {
            Self::Links => {
                let reply = html(asking.send(request).await?)?;
                let links = Page::read(&reply.text()).links;
                if links.is_empty() {
                    return Err(SourceError::Garbage);
                }
                rank(words, links.iter().map(|link| (link.words.as_str(), reply.url.join(&link.address).ok())))
            }
            Self::Sphinx => {
                let reply = asking.send(request).await?.checked()?;
                let entries = inventory::read(&reply.body)?;
                rank(words, entries.iter().map(|entry| (entry.title.as_str(), base.join(&entry.address).ok())))
            }
            Self::Mdn => {
                let request = request.query("q", &asking.topic).query("locale", "en-US");
                let found = asking.send(request).await?.checked()?.json::<MdnSearch>()?;
                found.documents.iter().filter_map(|document| base.join(&document.mdn_url).ok()).collect()
            }
        };
        // A page that the list names elsewhere is not this site's, and sections of one page are read once.
        let mut seen = HashSet::new();
        ranked.retain_mut(|page| {
            page.set_fragment(None);
            page.as_str().starts_with(base.as_str()) && seen.insert(page.clone())
        });
        Ok(ranked)
    }
}

/// The pages whose titles fit, the best first, and of equal ones the first on the list.
fn rank<'a>(words: &[String], titles: impl Iterator<Item = (&'a str, Option<Url>)>) -> Vec<Url> {
    let mut fitting = titles.filter_map(|(title, page)| Some((fit(words, title)?, page?))).collect::<Vec<_>>();
    fitting.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    fitting.into_iter().map(|(_, page)| page).collect()
}
