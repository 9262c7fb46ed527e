//! Where lessons come from when nobody has asked for them before.

pub mod authors;
pub mod error;
pub mod library;
pub mod pipeline;
pub mod styles;
