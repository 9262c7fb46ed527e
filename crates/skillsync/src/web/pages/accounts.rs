//! Signing in and signing up.

use askama::Template;

use super::{Frame, frame::percent_encoded};

/// The page at `/sign-in`, whose form has `email`, `password` and `next`.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// What is around the page.
    pub frame: Frame,
    /// The address typed so far.
    pub email: String,
    /// Where to go afterwards, a path on this server.
    pub next: String,
    /// What was wrong.
    pub problem: Option<String>,
}

/// The page at `/sign-up`, whose form has `email`, `password` and `next`.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage {
    /// What is around the page.
    pub frame: Frame,
    /// The address typed so far.
    pub email: String,
    /// Where to go afterwards, a path on this server.
    pub next: String,
    /// The shortest password that is accepted, in characters.
    pub shortest_password: usize,
    /// What was wrong.
    pub problem: Option<String>,
}

impl SignInPage {
    fn other(&self) -> String {
        format!("/sign-up?next={}", percent_encoded(&self.next))
    }
}

impl SignUpPage {
    fn other(&self) -> String {
        format!("/sign-in?next={}", percent_encoded(&self.next))
    }
}

#[cfg(test)]
impl SignInPage {
    pub(crate) fn sample() -> Self {
        let problem = Some("This e-mail address and password do not belong together.".into());
        Self { frame: Frame::default(), email: "ada@example.org".into(), next: "/lessons/7".into(), problem }
    }
}

#[cfg(test)]
impl SignUpPage {
    pub(crate) fn sample() -> Self {
        Self {
            frame: Frame::default(),
            email: String::new(),
            next: "/lessons/7".into(),
            shortest_password: 12,
            problem: None,
        }
    }
}
