//! The lessons that the databases are filled with: numbered topics, all with the same document.

use anyhow::Result;
use skillsync::lessons::document::Document;
use skillsync::lessons::markdown;
use skillsync::lessons::request::{LearningStyle, LessonRequest, StepTitle};

/// A lesson of the starter library. Its document has about 12 KB, as much as a lesson usually has.
const LESSON: &str = include_str!("../../../library/python/variables.mixed.md");

/// The topic that is asked for again and again.
pub const HOT: u32 = 1;

/// The title of a topic. All have the same length, so that one question can be turned into another in its place.
pub fn title(topic: u32) -> String {
    format!("Topic {topic:06}")
}

/// The request that a topic answers.
///
/// # Errors
/// When its title is none.
pub fn request(topic: u32) -> Result<LessonRequest> {
    Ok(LessonRequest::new(StepTitle::parse(title(topic))?, LearningStyle::Mixed))
}

/// The document of every topic.
///
/// # Errors
/// When the file in the library is no lesson.
pub fn document() -> Result<Document> {
    Ok(markdown::parse(LESSON)?.document)
}
