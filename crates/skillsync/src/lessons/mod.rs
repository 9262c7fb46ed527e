//! Lessons: what is asked for, what is served, how it is found, written again and shown.

pub mod cache;
pub mod document;
pub mod get_or_generate;
pub mod graphql;
pub mod key;
pub mod lesson;
pub mod markdown;
pub mod pages;
pub mod progress;
pub mod regenerate;
pub mod request;
pub mod store;
pub mod versions;
pub mod views;
pub mod write;

use crate::generation::error::GenerationError;
use crate::ids::LessonId;
use crate::work::flight::{Flight, Flights};

/// What must not be written twice at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Writing {
    /// The first version of a key.
    First(key::LookupKey),
    /// Another version of a key that has one.
    Again(key::LookupKey),
}

/// A lesson being written.
pub type LessonFlight = Flight<LessonId, GenerationError>;

/// The lessons that this process is writing.
pub type LessonFlights = Flights<Writing, LessonId, GenerationError>;
