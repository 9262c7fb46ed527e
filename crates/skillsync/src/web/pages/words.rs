//! The words in which pages speak of styles and levels.

use crate::lessons::profile::{CareerStage, Industry, Profile, WeeklyHours};
use crate::lessons::request::{Difficulty, LearningStyle};
use crate::reports::report::ReportKind;

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

/// What is the matter with a block, as a button says it.
pub(super) fn report_kind(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Wrong => "It is wrong",
        ReportKind::Unclear => "It is unclear",
        ReportKind::Outdated => "It is outdated",
        ReportKind::Broken => "It does not work",
    }
}

/// Whom a lesson was written for, such as "healthcare, mid level, 3 to 5 hours a week"; nothing for everybody.
pub(super) fn profile(profile: &Profile) -> Option<String> {
    let Profile { industry, career_stage, weekly_hours, goal } = profile;
    let told = [
        industry.map(industry_words),
        career_stage.map(career_words),
        weekly_hours.map(|hours| format!("{} hours a week", hours_words(hours))),
        goal.as_ref().map(|goal| format!("with the goal “{}”", goal.given().trim())),
    ];
    (!profile.is_empty()).then(|| told.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn industry_words(industry: Industry) -> String {
    match industry {
        Industry::Other => "another industry".to_owned(),
        industry => industry.as_str().replace('_', "-"),
    }
}

fn career_words(stage: CareerStage) -> String {
    stage.as_str().replace('_', " ")
}

fn hours_words(hours: WeeklyHours) -> &'static str {
    match hours {
        WeeklyHours::OneToThree => "1 to 3",
        WeeklyHours::ThreeToFive => "3 to 5",
        WeeklyHours::FiveToTen => "5 to 10",
        WeeklyHours::TenOrMore => "10 or more",
    }
}
