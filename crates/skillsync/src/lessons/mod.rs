//! Lessons: what is asked for, what is served, how it is found, written again and shown.

pub mod document;
pub mod key;
pub mod markdown;
pub mod request;
