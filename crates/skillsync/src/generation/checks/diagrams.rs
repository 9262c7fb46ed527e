//! Diagrams: whether the server can draw them.

use crate::web::render::{Theme, diagram};

use super::Outcome;

/// Draws a diagram and throws the picture away.
pub fn check(mermaid: &str) -> Outcome {
    match diagram(mermaid, Theme::Light) {
        Ok(_) => Outcome::Passed,
        Err(error) => Outcome::of(vec![error.to_string()], Vec::new()),
    }
}
