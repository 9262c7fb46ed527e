//! Lessons: what is asked for, what is served, how it is found, written again and shown.

pub mod cache;
pub mod changes;
pub mod checks;
pub mod document;
pub mod get_or_generate;
pub mod graphql;
pub mod key;
pub mod lesson;
pub mod markdown;
pub mod order;
pub mod pages;
pub mod profile;
pub mod progress;
pub mod regenerate;
pub mod request;
pub mod shown;
pub mod store;
pub mod versions;
pub mod views;
pub mod write;

use crate::ids::LessonId;
use crate::work::flight::{Flight, Flights};

/// What must not be written twice at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Writing {
    /// The first version of a key.
    First(key::LookupKey),
    /// Another version of a key that has one: all of it anew, or some blocks of a version.
    Again(key::LookupKey, Option<SomeBlocks>),
}

/// Some blocks of a version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SomeBlocks {
    /// The version.
    pub of: LessonId,
    /// The ids of the blocks, in the order of the lesson.
    pub blocks: Vec<String>,
}

/// A lesson that is waited for.
pub type LessonFlight = Flight<LessonId, order::Unwritten>;

/// The lessons that callers of this process wait for.
pub type LessonFlights = Flights<Writing, LessonId, order::Unwritten>;
