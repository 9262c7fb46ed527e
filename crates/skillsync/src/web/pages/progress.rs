//! A lesson while it is written.

use askama::Template;

use super::{Frame, RequestForm, words};

/// The page at `/generations/{id}`.
///
/// Without JavaScript it asks again every two seconds. With it, it follows the events at `/generations/{id}/events`, each
/// a JSON object `{"percent", "stage", "state", "location", "message"}`, and goes to `location` once there is one.
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
    },
    /// It ended without a lesson.
    Failed {
        /// What went wrong and what would help, in words for the learner.
        message: String,
    },
}

impl ProgressPage {
    fn style(&self) -> &'static str {
        words::style(self.request.style)
    }
}

#[cfg(test)]
impl ProgressPage {
    pub(crate) fn sample() -> Self {
        let request = RequestForm { topic: "Rust Ownership & Borrowing".into(), ..RequestForm::default() };
        let state = GenerationState::Running { percent: 40, stage: "Writing the exercises".into() };
        Self { frame: Frame::sample_signed_out(), id: "12".into(), request, state }
    }

    pub(crate) fn sample_failed() -> Self {
        let message = "The model's answer could not be used, twice in a row. A larger model usually helps.".into();
        Self { state: GenerationState::Failed { message }, ..Self::sample() }
    }
}
