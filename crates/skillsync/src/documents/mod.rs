//! Operators' own documents as sources for lessons: read, cut into pages, indexed, found by topic, and cited by page.
//!
//! Read [`add`] and [`search`] first. Both databases index the same words, those that [`words`] makes, and find the same
//! pages; the order is made here, in [`rank`]. So a lesson has the same sources on either.

pub mod add;
pub mod document;
pub mod excerpt;
pub mod extract;
pub mod files;
pub mod keep;
mod question;
mod rank;
pub mod search;
mod store;
pub mod words;

#[cfg(test)]
mod tests;

pub use document::{Document, Passage};
pub use search::search;
