//! Before a lesson is published every address in it is visited. One that leads nowhere is taken out, and its words stay.

use skillsync_sources::{Link, LinkState};

use crate::lessons::checks::{Check, Thing};
use crate::lessons::document::{Body, Document, Exercise, Project, Question, Video};

use super::checks::links::addresses;
use super::desk::Desk;
use super::error::GenerationError;

impl Desk<'_> {
    /// Visits the addresses of a lesson and gives the lesson without those that lead nowhere.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(super) async fn check_links(&self, mut document: Document) -> Result<Document, GenerationError> {
        let addresses = addresses(&document);
        if addresses.is_empty() {
            return Ok(document);
        }
        let Some(checker) = &self.tools.sources.links else {
            let why = "Links are not checked on this server.".to_owned();
            addresses.iter().for_each(|_| self.checked(Check::Links, Thing::NotDone(why.clone())));
            return Ok(document);
        };
        let visit = async { Ok::<_, GenerationError>(checker.check(&addresses).await) };
        let links: Vec<Link> = self.steps.step("check/links", visit).await?;
        for Link { url, state } in links {
            let thing = match state {
                LinkState::Alive => Thing::Passed,
                LinkState::Unsure { why } => {
                    Thing::Accepted(format!("Nobody knows whether {url} leads somewhere: {why}."))
                }
                LinkState::Dead { why, .. } => {
                    take_out(&mut document, &url);
                    Thing::Dropped(format!("{url} leads nowhere: {why}."))
                }
            };
            self.checked(Check::Links, thing);
        }
        Ok(document)
    }
}

/// Takes an address out of a lesson. Texts keep the words that led there.
fn take_out(document: &mut Document, url: &str) {
    for block in &mut document.blocks {
        if let Body::Sources { sources } = &mut block.body {
            sources.retain(|source| source.url != url);
        }
        for text in texts(&mut block.body) {
            *text = unlinked(text, url);
        }
    }
    document.blocks.retain(|block| !matches!(&block.body, Body::Sources { sources } if sources.is_empty()));
}

/// Everything in a block that is read as Markdown.
fn texts(body: &mut Body) -> Vec<&mut String> {
    match body {
        Body::Prose { markdown } | Body::Notice { markdown } => vec![markdown],
        Body::Code { caption, .. } => caption.iter_mut().collect(),
        Body::Diagram { caption, .. } => vec![caption],
        Body::Exercise(exercise) => {
            let Exercise { title, task, hints, .. } = exercise.as_mut();
            hints.iter_mut().chain([title, task]).collect()
        }
        Body::Project(project) => {
            let Project { title, brief, steps, .. } = project.as_mut();
            steps.iter_mut().chain([title, brief]).collect()
        }
        Body::Quiz { questions } => questions.iter_mut().flat_map(of_question).collect(),
        Body::Table { caption, head, rows } => {
            head.iter_mut().chain(rows.iter_mut().flatten()).chain([caption]).collect()
        }
        Body::KeyConcepts { concepts } => {
            concepts.iter_mut().flat_map(|concept| [&mut concept.term, &mut concept.meaning]).collect()
        }
        Body::Video(video) => {
            let Video { summary, guide, .. } = video.as_mut();
            guide.iter_mut().map(|moment| &mut moment.what).chain([summary]).collect()
        }
        Body::Sources { .. } => Vec::new(),
    }
}

fn of_question(question: &mut Question) -> Vec<&mut String> {
    let Question { question, options, why, .. } = question;
    options.iter_mut().chain([question, why]).collect()
}

/// A text without links to an address: `[words](address)` becomes `words`.
fn unlinked(text: &str, url: &str) -> String {
    let end = format!("]({url})");
    let mut unlinked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(&end) {
        match opening(before) {
            Some(at) => {
                unlinked.push_str(&before[..at]);
                unlinked.push_str(&before[at + 1..]);
            }
            None => unlinked.push_str(before),
        }
        rest = after;
    }
    unlinked.push_str(rest);
    unlinked
}

/// Where the bracket is that the end of this text closes; escaped ones do not count.
fn opening(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).rev().find(|at| bytes[*at] == b'[' && (*at == 0 || bytes[at - 1] != b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_when_their_link_goes() {
        let text = "Read [the \\[long\\] page](https://a.example/x) and [\\[1\\]](https://a.example/x), not [b](https://b.example).";
        let expected = "Read the \\[long\\] page and \\[1\\], not [b](https://b.example).";
        assert_eq!(unlinked(text, "https://a.example/x"), expected);
        assert_eq!(unlinked("no link", "https://a.example/x"), "no link");
    }
}
