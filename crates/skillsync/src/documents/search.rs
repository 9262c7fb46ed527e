//! Finds the passages that have to do with a topic.

use crate::storage::{Db, StorageError};

use super::document::Passage;
use super::question;
use super::rank::{Content, rank};
use super::store::{self, Candidate};

/// The most passages in one answer.
pub const MAX_PASSAGES: usize = 50;

/// How many pages the database proposes. They are put into order here.
const MAX_CANDIDATES: i64 = 200;

/// The passages that have most to do with a question, such as the title of a lesson, the best first; at most `limit` and
/// [`MAX_PASSAGES`]. None where the question has no word in it, or nothing has enough to do with it.
///
/// The question may be a stranger's: whatever stands in it is taken for words.
///
/// # Errors
/// When the database cannot be used.
pub async fn search(db: &Db, question: &str, limit: usize) -> Result<Vec<Passage>, StorageError> {
    let question = question::words_of(question);
    if question.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let candidates = store::candidates(db, &question, MAX_CANDIDATES).await?;
    let total = store::count_pages(db).await?;
    let contents: Vec<_> = candidates.iter().map(Candidate::content).collect();
    let ranked = rank(&question, &contents, usize::try_from(total).unwrap_or_default());
    let best = ranked.into_iter().take(limit.min(MAX_PASSAGES));
    let mut candidates: Vec<_> = candidates.into_iter().map(Some).collect();
    Ok(best.filter_map(|(place, score)| Some(candidates[place].take()?.into_passage(score))).collect())
}

impl Candidate {
    fn content(&self) -> Content<'_> {
        Content { title: &self.title, heading: self.heading.as_deref(), text: &self.text }
    }

    fn into_passage(self, score: f64) -> Passage {
        let Self { document_id, title, page, heading, text, licence, address } = self;
        Passage { document_id, title, page, heading, text, licence, address, score }
    }
}
