//! The pages: one struct a page with plain data to show, and one template that shows it.
//!
//! The structs decide nothing and ask nothing; who handles a request fills them in. Every page works without JavaScript
//! and under [`PAGE_POLICY`](super::PAGE_POLICY). Ids in templates hold a `_`, which the ids of a lesson's blocks never do.

mod accounts;
mod blocks;
mod changes;
mod frame;
mod home;
mod lesson;
mod problem;
mod progress;
#[cfg(test)]
mod testing;
mod words;

pub use accounts::{SignInPage, SignUpPage};
pub use blocks::{LessonBlock, OpenReport, OwnReport};
pub use changes::{ChangesPage, ShownChange};
pub use frame::Frame;
pub use home::{Field, FieldProblem, HomePage, LibraryTopic, ModelStatus, ReadyLesson, RequestForm};
pub use lesson::{Checked, Facts, LessonHead, LessonPage, OwnVote, Standing, Version, Votes};
pub use problem::{ErrorPage, NoModelPage, NotFoundPage};
pub use progress::{GenerationState, ProgressPage};
