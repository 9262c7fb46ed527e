//! What a lesson rests on: pages and documents that are found before it is written, given to the model as data, cited in the texts
//! by number, and listed at the end.

use futures::join;
use serde::{Deserialize, Serialize};
use skillsync_sources::{Excerpt, Found, Question};

use crate::lessons::document::{Block, Body, Source};

use super::desk::Desk;
use super::draft::topic::Topic;
use super::error::GenerationError;
use super::settle::Placed;

/// Most passages of the operator's own documents that are given to a model.
const MOST_PASSAGES: usize = 4;

/// What was found for a lesson.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Research {
    /// What was found, numbered from 1.
    pub sources: Vec<FoundSource>,
    /// Which sites gave no answer, and why.
    pub missing: Vec<String>,
}

/// One page, or one passage of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct FoundSource {
    /// What texts cite it by.
    pub number: usize,
    /// Where it stands in the lesson's list.
    pub source: Source,
    /// What it says, for the model.
    pub text: String,
}

impl Desk<'_> {
    /// Looks for sources when the request wants them. What does not answer is missing, and said to be; nothing of it ends a
    /// lesson.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(super) async fn gather(&self, topic: &Topic) -> Result<(), GenerationError> {
        if self.job.request.research {
            let research = self.steps.step("research", self.look_for_sources(topic)).await?;
            // Both are set once: a desk writes one lesson.
            let _ = self.rules.citable.set(research.addresses());
            let _ = self.research.set(research);
        }
        Ok(())
    }

    async fn look_for_sources(&self, topic: &Topic) -> Result<Research, GenerationError> {
        let request = &self.job.request;
        let title = request.step_title.given();
        let programming_language = (!topic.programming_language.is_empty()).then_some(&*topic.programming_language);
        let question = Question { topic: title, programming_language, language: request.language.as_str() };
        let sources = &self.tools.sources;
        let asked = async {
            match &sources.researcher {
                Some(researcher) => researcher.ask_all(&question).await,
                None => Found::default(),
            }
        };
        let (found, passages) = join!(asked, sources.own_passages(title, MOST_PASSAGES));
        let read_on = self.tools.clock.now().date_naive().to_string();
        let own = passages?.into_iter().map(|passage| {
            let source = Source {
                title: passage.title,
                url: passage.address.unwrap_or_else(|| format!("document:{}", passage.document_id.0)),
                site: None,
                licence: passage.licence,
                read_on: Some(read_on.clone()),
                page: u32::try_from(passage.page).ok(),
            };
            (source, passage.text)
        });
        let pages = found.excerpts.into_iter().map(|excerpt| {
            let Excerpt { site, title, url, licence, text, .. } = excerpt;
            let source = Source { title, url, site: Some(site), licence, read_on: Some(read_on.clone()), page: None };
            (source, text)
        });
        let sources = (1..).zip(own.chain(pages)).map(|(number, (source, text))| FoundSource { number, source, text });
        let missing = found.missing.into_iter().map(|missing| format!("{}: {}", missing.site, missing.why));
        Ok(Research { sources: sources.collect(), missing: missing.collect() })
    }
}

impl Research {
    /// The addresses that texts may link to.
    pub(super) fn addresses(&self) -> Vec<String> {
        self.sources.iter().map(|found| found.source.url.clone()).collect()
    }

    /// Makes links of the numbers by which a block's texts cite sources, `[S1]`; a number that no source has goes.
    pub(super) fn cite(&self, block: &mut Block) {
        match &mut block.body {
            Body::Prose { markdown } => *markdown = self.cited(markdown),
            Body::Video(video) => video.summary = self.cited(&video.summary),
            _ => {}
        }
    }

    fn cited(&self, text: &str) -> String {
        let mut cited = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("[S") {
            cited.push_str(before);
            let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            match (after[..digits].parse::<usize>(), after[digits..].strip_prefix(']')) {
                (Ok(number), Some(following)) => {
                    cited.push_str(&self.link(number).unwrap_or_default());
                    rest = following;
                }
                _ => {
                    cited.push_str("[S");
                    rest = after;
                }
            }
        }
        cited.push_str(rest);
        cited
    }

    fn link(&self, number: usize) -> Option<String> {
        let url = &self.sources.iter().find(|found| found.number == number)?.source.url;
        Some(if url.starts_with("document:") { format!("\\[{number}\\]") } else { format!("[\\[{number}\\]]({url})") })
    }

    /// What stands at the end of the lesson: the sources, and what is missing.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        if !self.sources.is_empty() {
            let sources = self.sources.iter().map(|found| found.source.clone()).collect();
            blocks.push(Block { id: "sources".to_owned(), body: Body::Sources { sources } });
        }
        if !self.missing.is_empty() {
            let markdown =
                format!("These sources gave no answer when the lesson was written: {}.", self.missing.join("; "));
            blocks.push(Block { id: "missing-sources".to_owned(), body: Body::Notice { markdown } });
        }
        blocks
    }

    /// The blocks at their places.
    pub(super) fn placed(&self, position: i64) -> Vec<Placed> {
        super::settle::placed_from(position, self.blocks())
    }
}
