//! Lessons as HTML and diagrams as pictures, kept in memory: drawing them takes milliseconds, and a version never changes.

use std::convert::Infallible;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::ids::{LessonId, RunId};
use crate::web::render::{Anchor, Html, Theme};

use super::early::Pieces;

/// How much is kept of each kind: 32 MiB.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// A lesson ready to be put into its page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The places in the lesson.
    pub outline: Vec<Anchor>,
    /// The blocks of the lesson.
    pub pieces: Vec<Piece>,
    /// The hosts that the players of its videos are loaded from.
    pub player_hosts: Vec<String>,
}

/// A block ready to be put into the page.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The block's id.
    pub id: String,
    /// What it is, in a few words.
    pub name: String,
    /// The block itself.
    pub body: Html,
    /// Whether it can be written again alone.
    pub can_be_written_again: bool,
}

/// What a picture belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Drawn {
    /// A published version.
    Lesson(LessonId),
    /// One form of a block of a lesson that is being written.
    Early(RunId, String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Picture {
    of: Drawn,
    block: String,
    theme: &'static str,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<LessonId, Arc<Page>> for ByBytes {
    fn weight(&self, _: &LessonId, page: &Arc<Page>) -> u64 {
        page.pieces.iter().map(|piece| piece.body.as_str().len() as u64 + 256).sum::<u64>() + 1024
    }
}

impl Weighter<Picture, Arc<str>> for ByBytes {
    fn weight(&self, picture: &Picture, svg: &Arc<str>) -> u64 {
        (svg.len() + picture.block.len()) as u64 + 64
    }
}

impl Weighter<(RunId, i64), Arc<Pieces>> for ByBytes {
    fn weight(&self, _: &(RunId, i64), pieces: &Arc<Pieces>) -> u64 {
        pieces.bytes() as u64 + 256
    }
}

/// What was drawn lately.
pub struct Rendered {
    /// By the run and the number of the event that told of them.
    pieces: Cache<(RunId, i64), Arc<Pieces>, ByBytes>,
    pages: Cache<LessonId, Arc<Page>, ByBytes>,
    pictures: Cache<Picture, Arc<str>, ByBytes>,
}

impl Default for Rendered {
    fn default() -> Self {
        let items = 1024;
        Self {
            pieces: Cache::with_weighter(items, MAX_BYTES, ByBytes),
            pages: Cache::with_weighter(items, MAX_BYTES, ByBytes),
            pictures: Cache::with_weighter(items, MAX_BYTES, ByBytes),
        }
    }
}

impl Rendered {
    /// The lesson's page, drawn by `draw` where it is not kept.
    ///
    /// # Errors
    /// With what `draw` failed with.
    pub fn page<E>(&self, lesson: LessonId, draw: impl FnOnce() -> Result<Page, E>) -> Result<Arc<Page>, E> {
        self.pages.get_or_insert_with(&lesson, || draw().map(Arc::new))
    }

    /// What an event of a run tells of its lesson, drawn by `draw` where it is not kept. An event never changes.
    pub fn pieces(&self, run: RunId, sequence: i64, draw: impl FnOnce() -> Pieces) -> Arc<Pieces> {
        let drawn = self.pieces.get_or_insert_with(&(run, sequence), || Ok::<_, Infallible>(Arc::new(draw())));
        let Ok(pieces) = drawn;
        pieces
    }

    /// A diagram of a lesson, drawn by `draw` where it is not kept.
    ///
    /// # Errors
    /// With what `draw` failed with.
    pub fn picture<E>(
        &self,
        of: Drawn,
        block: &str,
        theme: Theme,
        draw: impl FnOnce() -> Result<String, E>,
    ) -> Result<Arc<str>, E> {
        let picture = Picture { of, block: block.to_owned(), theme: theme.as_str() };
        self.pictures.get_or_insert_with(&picture, || draw().map(Arc::from))
    }
}
