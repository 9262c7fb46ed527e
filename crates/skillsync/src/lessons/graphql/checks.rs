//! What was checked about a lesson, in the GraphQL API.

use async_graphql::{Enum, SimpleObject};

use crate::lessons::checks::{Check, CheckResult};

/// A kind of check.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "LessonCheckKind", remote = "Check")]
pub enum CheckKind {
    /// Texts: their language, length, form, and that nothing stands in them that does not belong there.
    Texts,
    /// Programs to read were run and printed what stands below them.
    Programs,
    /// Solutions of exercises were run, starters were not solved already, hints did not give the solution away.
    Exercises,
    /// Questions were answered by somebody who did not know the key.
    Answers,
    /// Right options were neither in one place nor the longest more often than chance allows.
    Balance,
    /// Diagrams were drawn.
    Diagrams,
    /// Addresses were visited.
    Links,
    /// Moments of a video exist in its transcript.
    Moments,
}

/// What came of one check over a lesson.
#[derive(SimpleObject)]
pub struct LessonCheck {
    /// What was checked.
    check: CheckKind,
    /// How many things there were to check, those that were left out included.
    of: u32,
    /// How many passed in the end.
    passed: u32,
    /// How many of those passed only after they were written again.
    mended: u32,
    /// How many were left out of the lesson, since they did not pass.
    dropped: u32,
    /// How many could not be checked.
    not_done: u32,
    /// Why something could not be checked, or what is less than it should be; sentences for people.
    notes: Vec<String>,
    /// The check in a few words for learners, such as `4 of 4 exercises run`; null when nothing of the kind is in the lesson.
    words: Option<String>,
}

impl From<&CheckResult> for LessonCheck {
    fn from(result: &CheckResult) -> Self {
        let words = result.in_words();
        let CheckResult { check, of, passed, mended, dropped, not_done, notes } = result.clone();
        Self { check: check.into(), of, passed, mended, dropped, not_done, notes, words }
    }
}
