//! Writing a lesson: with a language model, which plans it, writes its parts side by side and has them assembled, or by
//! taking it from the starter library.
//!
//! In reading order:
//!
//! - [`authors`]: who writes a lesson, the connected models or the starter library in [`library`].
//! - [`pipeline`]: the whole story, from a [`Job`](pipeline::Job) to a [`Written`](pipeline::Written) lesson.
//! - [`styles`]: one file for each learning style: which parts, how many of what, in which order.
//! - [`prompts`]: what the model is told; the texts themselves are files in `prompts/`.
//! - [`draft`]: what the model answers with: its schema, how it is read, and how it becomes blocks.
//! - `desk`: asks for one part as a durable step, and asks once more when the answer cannot be used.
//! - `topic`: whether the topic can and should be taught. `settle`: each block is checked, and written again alone when it does
//!   not pass; [`checks`] has the checks. `confirm`: whether the keys of a quiz are right. [`rewrite`]: some blocks of a
//!   published lesson again.
//! - [`sources`]: what lessons rest on; `research` and `video` find it before the writing begins, `link_check` visits every
//!   address after it.
//! - `progress`, [`error`]: what the learner sees meanwhile, and when it fails.
//! - [`sample`]: a scripted model that writes whole lessons, for tests.
//!
//! Nothing here knows HTTP, GraphQL or SQL.

pub mod authors;
pub mod checks;
mod confirm;
mod desk;
pub mod draft;
pub mod error;
pub mod library;
mod link_check;
pub mod pipeline;
mod progress;
pub mod prompts;
mod research;
pub mod rewrite;
#[doc(hidden)]
pub mod sample;
mod settle;
pub mod sources;
pub mod styles;
#[cfg(test)]
mod tests;
mod topic;
mod video;
