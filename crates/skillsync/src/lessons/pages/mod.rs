//! The pages around lessons: asking for one, reading it, watching it being written.

mod changes;
mod early;
mod generation;
mod home;
mod lesson;
pub mod rendered;
mod reports;

pub use changes::lesson_changes;
pub use generation::{generation, generation_diagram, generation_events};
pub use home::{ask, home};
pub use lesson::{diagram, lesson, regenerate, vote};
pub use reports::report;
