//! A lesson while it is written, with all that can be read of it.

use askama::Template;

use super::{Frame, RequestForm, words};
use crate::lessons::shown::ShownHead;
use crate::web::render::Html;

/// The page at `/generations/{id}`.
///
/// Without JavaScript it asks again every few seconds. With it, it follows the events at `/generations/{id}/events`, each
/// a JSON object `{"percent", "stage", "state", "location", "message", "head", "blocks"}`, puts each block in its place, and goes
/// to `location` once there is one.
#[derive(Clone, Debug, Template)]
#[template(path = "progress.html")]
pub struct ProgressPage {
    /// What is around the page.
    pub frame: Frame,
    /// The generation's id as it stands in its address.
    pub id: String,
    /// What was asked for; it is asked for again when the writing failed.
    pub request: RequestForm,
    /// How far it is.
    pub state: GenerationState,
}

/// How far a generation is.
#[derive(Clone, Debug)]
pub enum GenerationState {
    /// It goes on.
    Running {
        /// 0 to 100.
        percent: u8,
        /// What is being done, such as "Writing the exercises".
        stage: String,
        /// The number of the last event that the page knows.
        heard: i64,
        /// The lesson's head, once it is known.
        head: Option<ShownHead>,
        /// The blocks that can be read, in reading order, each from [`early_block`](crate::web::render::early_block).
        blocks: Vec<Html>,
    },
    /// It ended without a lesson.
    Failed {
        /// What went wrong and what would help, in words for the learner.
        message: String,
    },
}

impl ProgressPage {
    /// How often a page without JavaScript asks again: less often once there is something to read in peace.
    fn seconds(&self, blocks: &[Html]) -> u8 {
        if blocks.is_empty() { 2 } else { 10 }
    }

    fn style(&self) -> &'static str {
        words::style(self.request.style)
    }
}

#[cfg(test)]
use crate::web::render::{EarlyBlock, early_block, sample};

#[cfg(test)]
impl ProgressPage {
    pub(crate) fn sample() -> Self {
        let request = RequestForm { topic: "Rust Ownership & Borrowing".into(), ..RequestForm::default() };
        let stage = "Planning the lesson".into();
        let state = GenerationState::Running { percent: 5, stage, heard: 3, head: None, blocks: Vec::new() };
        Self { frame: Frame::sample_signed_out(), id: "12".into(), request, state }
    }

    /// Every kind of block, every second one checked.
    pub(crate) fn sample_early() -> Self {
        let document = sample::document();
        let film = document.videos().next();
        let early = |(position, block)| {
            early_block(EarlyBlock { run_id: 12, block, position, checked: position % 2 == 0, form: "f0", film })
        };
        let blocks = (0..).zip(&document.blocks).map(early).collect();
        let stage = "Writing the exercises and the quiz; checking the explanation".into();
        let (title, description) = (document.title.clone(), document.description.clone());
        let head = Some(ShownHead { title, description, minutes: document.minutes });
        Self { state: GenerationState::Running { percent: 55, stage, heard: 9, head, blocks }, ..Self::sample() }
    }

    pub(crate) fn sample_failed() -> Self {
        let message = "The model's answer could not be used, twice in a row. A larger model usually helps.".into();
        Self { state: GenerationState::Failed { message }, ..Self::sample() }
    }
}
