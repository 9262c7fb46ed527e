//! What can be read of a lesson that is still being written, as pieces of its page.

use std::sync::Arc;

use serde::Serialize;

use crate::app::App;
use crate::ids::RunId;
use crate::lessons::document::{Block, Body, Video};
use crate::lessons::progress::RunProgress;
use crate::lessons::shown::{Shown, ShownBlock, ShownHead};
use crate::web::render::{EarlyBlock, Html, early_block};

/// A block as a piece of the page.
#[derive(Clone, Debug, Serialize)]
pub struct Piece {
    /// The block's id.
    pub id: String,
    /// Blocks are read in the order of their positions.
    pub position: i64,
    /// Whether it has passed its checks.
    pub checked: bool,
    /// The name of its content.
    pub form: String,
    /// The block; none when it is not part of the lesson any more.
    #[serde(serialize_with = "as_text")]
    pub html: Option<Html>,
}

fn as_text<S: serde::Serializer>(html: &Option<Html>, serializer: S) -> Result<S::Ok, S::Error> {
    html.as_ref().map(Html::as_str).serialize(serializer)
}

/// What one event tells of the lesson.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pieces {
    /// The lesson's head.
    pub head: Option<ShownHead>,
    /// Its blocks.
    pub blocks: Vec<Piece>,
}

impl Pieces {
    /// About how much memory they take.
    pub fn bytes(&self) -> usize {
        self.blocks.iter().map(|piece| piece.id.len() + piece.html.as_ref().map_or(0, |html| html.as_str().len())).sum()
    }

    /// All that was told, as it stands in the end, in reading order.
    pub fn merged<'a>(told: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut whole = Self::default();
        for Self { head, blocks } in told {
            whole.head = head.clone().or(whole.head);
            for piece in blocks {
                whole.blocks.retain(|other| other.id != piece.id);
                whole.blocks.push(piece.clone());
            }
        }
        whole.blocks.retain(|piece| piece.html.is_some());
        whole.blocks.sort_by_key(|piece| piece.position);
        whole
    }
}

/// Draws what the events of one run tell, in their order: questions lead into a video that was told before them.
pub struct Drawing {
    app: App,
    run: RunId,
    /// The lesson's video with the id of its block, as far as it was told.
    film: Option<(String, Box<Video>)>,
}

impl Drawing {
    /// Begins before the first event of a run.
    pub fn new(app: &App, run: RunId) -> Self {
        Self { app: app.clone(), run, film: None }
    }

    /// Takes note of the next event without drawing it.
    pub fn pass(&mut self, progress: &RunProgress) {
        for ShownBlock { id, block, .. } in progress.shown.iter().flat_map(|shown| &shown.blocks) {
            match block {
                Some(Block { body: Body::Video(video), .. }) => self.film = Some((id.clone(), video.clone())),
                _ if self.film.as_ref().is_some_and(|(film, _)| film == id) => self.film = None,
                _ => {}
            }
        }
    }

    /// Draws what the next event tells; none where it tells nothing of the lesson.
    pub fn draw(&mut self, progress: &RunProgress) -> Option<Arc<Pieces>> {
        self.pass(progress);
        let shown = progress.shown.as_ref()?;
        Some(self.app.rendered.pieces(self.run, progress.sequence, || self.pieces(shown)))
    }

    fn pieces(&self, shown: &Shown) -> Pieces {
        Pieces { head: shown.head.clone(), blocks: shown.blocks.iter().map(|shown| self.piece(shown)).collect() }
    }

    fn piece(&self, shown: &ShownBlock) -> Piece {
        let form = shown.form();
        let ShownBlock { id, position, checked, block } = shown;
        let film = self.film.as_ref().map(|(id, video)| (id.as_str(), &**video));
        let html = block.as_ref().map(|block| {
            let run_id = self.run.0;
            early_block(EarlyBlock { run_id, block, position: *position, checked: *checked, form: &form, film })
        });
        Piece { id: id.clone(), position: *position, checked: *checked, form, html }
    }
}
