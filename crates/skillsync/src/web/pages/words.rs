//! The words in which pages speak of styles and levels.

use crate::lessons::request::{Difficulty, LearningStyle};

/// A style's name.
pub(super) fn style(style: LearningStyle) -> &'static str {
    match style {
        LearningStyle::HandsOn => "Hands-on",
        LearningStyle::Video => "Video",
        LearningStyle::Reading => "Reading",
        LearningStyle::Mixed => "Mixed",
    }
}

/// What a style is like, in one line.
pub(super) fn style_explained(style: LearningStyle) -> &'static str {
    match style {
        LearningStyle::HandsOn => "Mostly practice: short theory, exercises that get harder, a project.",
        LearningStyle::Video => "A good video, with its key concepts and a study guide.",
        LearningStyle::Reading => "A thorough text with case studies, diagrams and a long quiz.",
        LearningStyle::Mixed => "Some of everything: text, diagrams, an exercise, a quiz.",
    }
}

/// A level's name.
pub(super) fn difficulty(difficulty: Difficulty) -> &'static str {
    match difficulty {
        Difficulty::Beginner => "Beginner",
        Difficulty::Intermediate => "Intermediate",
        Difficulty::Advanced => "Advanced",
    }
}
