//! Lessons in the GraphQL API.

mod changes;
mod checks;
mod content;
mod generation;
mod lesson;
mod mutations;
mod profile;
mod queries;

use async_graphql::{Context, ID, Result};

use crate::api::errors::internal;
use crate::app::App;
use crate::generation::error::BUDGET_USED_UP;
use crate::ids::LessonId;
use crate::lessons::order::Unwritten;

pub use generation::LessonSubscriptions;
pub use lesson::LessonObject;
pub use mutations::LessonMutations;
pub use queries::LessonQueries;

fn app<'a>(ctx: &Context<'a>) -> &'a App {
    ctx.data_unchecked()
}

/// The code of a request that came while too much was under way.
pub const BUSY: &str = "BUSY";

/// The code of a lesson that was waited for while the server stopped.
pub const INTERRUPTED: &str = "INTERRUPTED";

/// The code of a failed run, or the error that the API shows when the server itself failed.
fn failure(error: &Unwritten) -> Result<String> {
    match error {
        Unwritten::Failed(failure) => Ok(failure.code.clone()),
        Unwritten::Budget(_) => Ok(BUDGET_USED_UP.to_owned()),
        Unwritten::OtherWish => Ok(BUSY.to_owned()),
        Unwritten::Interrupted => Ok(INTERRUPTED.to_owned()),
        Unwritten::Storage(error) => Err(internal(error)),
    }
}

/// A lesson's number. What is no number is the number of no lesson.
pub fn lesson_id(id: &ID) -> LessonId {
    id.parse().unwrap_or(LessonId(0))
}
