//! What every site needs to be asked, and what it gives.

use std::time::Duration;

use super::settings::Bounds;
use super::{Excerpt, Question};
use crate::text::{best_passage, cut, line, topic_words};
use crate::{Http, Reply, Request, SourceError};

/// Most characters of a title.
const MAX_TITLE_CHARS: usize = 200;

/// Most characters of a topic that a site is asked for.
const MAX_TOPIC_CHARS: usize = 200;

/// A good answer, an empty one included.
#[derive(Debug, Default)]
pub(super) struct Answered {
    pub(super) excerpts: Vec<Excerpt>,
    /// How long the site asks to be left alone from now on.
    pub(super) pause: Option<Duration>,
}

impl From<Vec<Excerpt>> for Answered {
    fn from(excerpts: Vec<Excerpt>) -> Self {
        Self { excerpts, pause: None }
    }
}

/// One question on its way to one site.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    http: &'a Http,
    pub(super) question: &'a Question<'a>,
    pub(super) bounds: Bounds,
    /// The topic as it is sent.
    pub(super) topic: String,
    /// The words that tell the topic from others.
    pub(super) words: Vec<String>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(http: &'a Http, question: &'a Question<'a>, bounds: Bounds) -> Self {
        let topic = cut(&line(question.topic), MAX_TOPIC_CHARS);
        Self { http, question, bounds, words: topic_words(&topic), topic }
    }

    /// Sends a request; the site judges the status itself.
    pub(super) async fn send(&self, request: Request) -> Result<Reply, SourceError> {
        self.http.send(request).await
    }

    /// The topic's words but for those that are the same on each page of a site.
    pub(super) fn words_without(&self, known: &[String]) -> Vec<String> {
        self.words.iter().filter(|word| !known.contains(word)).cloned().collect()
    }

    /// The part of a text to quote: as much as the licence allows, from where the topic is spoken of.
    pub(super) fn quote(&self, text: &str, licence: Option<&str>) -> String {
        let max = if licence.is_some() { self.bounds.max_excerpt_chars } else { self.bounds.max_unlicensed_chars };
        best_passage(text, &self.words, max)
    }
}

/// A title in one line, or what to call the page without one.
pub(super) fn title(text: &str, otherwise: &str) -> String {
    let title = line(text);
    cut(if title.is_empty() { otherwise } else { &title }, MAX_TITLE_CHARS)
}

/// A name that a site gives for an author.
pub(super) fn author(name: Option<&str>) -> Option<String> {
    name.map(|name| cut(&line(name), MAX_TITLE_CHARS)).filter(|name| !name.is_empty())
}

/// An address that a site gives, if it is one of the web.
pub(super) fn web_address(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}
