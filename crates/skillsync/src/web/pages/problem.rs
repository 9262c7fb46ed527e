//! Pages for when something is not there or did not work. Each says what to do next.

use askama::Template;

use super::{Frame, LibraryTopic, RequestForm, words};

/// Any refusal or failure without a page of its own.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What is around the page.
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// What happened, in a sentence or two for the learner.
    pub message: String,
    /// What would help.
    pub hint: Option<String>,
}

/// Nothing is at this address: ask for a lesson instead.
#[derive(Clone, Debug, Template)]
#[template(path = "not_found.html")]
pub struct NotFoundPage {
    /// What is around the page.
    pub frame: Frame,
    /// What is missing, such as "There is no lesson 99."
    pub message: String,
}

/// A lesson would have to be written, and no model is connected.
#[derive(Clone, Debug, Template)]
#[template(path = "no_model.html")]
pub struct NoModelPage {
    /// What is around the page.
    pub frame: Frame,
    /// What was asked for.
    pub request: RequestForm,
    /// What the starter library has.
    pub library: Vec<LibraryTopic>,
}

impl NoModelPage {
    fn style(&self) -> &'static str {
        words::style(self.request.style)
    }
}

#[cfg(test)]
impl ErrorPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: Frame::sample_signed_in(),
            status: 403,
            title: "This form is no longer valid".into(),
            message: "It was sent from another page, or you signed out in the meantime.".into(),
            hint: Some("Go back, load the page again, and send the form once more.".into()),
        }
    }
}

#[cfg(test)]
impl NotFoundPage {
    pub(crate) fn sample() -> Self {
        Self { frame: Frame::sample_signed_out(), message: "There is no lesson 99.".into() }
    }
}

#[cfg(test)]
impl NoModelPage {
    pub(crate) fn sample() -> Self {
        let request = RequestForm { topic: "Rust Ownership".into(), ..RequestForm::default() };
        Self { frame: Frame::sample_signed_out(), request, library: LibraryTopic::samples() }
    }
}
